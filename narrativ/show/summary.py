"""A summary on a terminal: a table as wide as it may be, then the sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrativ.analyze.summary.page import by_group, column, enough, quotations, reasons, small_groups, tables
from narrativ.analyze.summary.wording import wording
from narrativ.show.terminal import safe

if TYPE_CHECKING:
    from narrativ.analyze.summary import Summary

__all__ = ["print_summary"]

# What stays on one line: a run of anything but wide characters and space, or one wide character; opening marks before, closing
# marks and space after it.
_OPEN, _CLOSE = "（「『《“", "，。；：、！？）」』》”％"
_PIECES = re.compile(rf"[{_OPEN}]*(?:[^\s\u2e80-\uffef{_OPEN}{_CLOSE}]+|\S)?[{_CLOSE}]*\s*")
_NAME = 20
_GAP = 2


def print_summary(out: Console, summary: Summary, *, most: int = 20, quotes: bool = False) -> None:
    """Shares and net stances of the first `most` groups, what is said of them, and their telling passages if wanted.

    Columns that do not fit the console go into further tables below.
    """
    head = wording(summary.language).headings
    for title, names, rows in tables(summary):
        if rows:
            _print_table(out, title, column(summary), names, rows[:most])
    groups, small = enough(summary)
    said, quoted = summary.describe(), by_group(summary.passages)
    for group in groups[:most]:
        _print_wrapped(out, said[group["group"]])
        if quotes:
            _print_quotes(out, summary, quoted.get(group["group"], []))
        out.print()
    if len(groups) > most:
        out.print(Text(f"… {head['more'].format(n=f'{len(groups) - most:,}')}", style="dim"))
    for note in (*summary.notes, small_groups(summary) if small else "", head["interval"] if groups else ""):
        if note:
            _print_wrapped(out, note, style="dim")


def _print_table(out: Console, title: str, by: str, names: list[str], rows: list[tuple[str, list[str]]]) -> None:
    """Tables of as many columns each as the console is wide."""
    name_width = min(_NAME, max(cell_len(safe(name)) for name, _ in rows))
    widths = []
    for number, name in enumerate(names):
        words = max(cell_len(word) for word in name.split())
        widths.append(max(words, *(cell_len(cells[number]) for _, cells in rows)))
    for part in _fitting(widths, out.width - name_width):
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold", title=Text(title, style="dim"), title_style="dim",
                      title_justify="left")  # fmt: skip
        table.add_column(Text(safe(by)), no_wrap=True, overflow="ellipsis", max_width=_NAME, vertical="bottom")
        for number in part:
            table.add_column(
                Text(safe(names[number])), justify="right", min_width=widths[number], max_width=widths[number]
            )
        for name, cells in rows:
            table.add_row(Text(safe(name).replace("\n", " ")), *(Text(cells[number]) for number in part))
        out.print(table)
        out.print()


def _fitting(widths: list[int], room: int) -> list[list[int]]:
    """Columns in their order, as many a table as fit into `room`."""
    parts: list[list[int]] = [[]]
    used = 0
    for number, width in enumerate(widths):
        if parts[-1] and used + width + _GAP > room:
            parts.append([])
            used = 0
        parts[-1].append(number)
        used += width + _GAP
    return parts


def _print_quotes(out: Console, summary: Summary, rows: list[dict[str, Any]]) -> None:
    for row, chosen in quotations(rows):
        _print_wrapped(out, reasons(summary, chosen), style="bold", indent=2)
        _print_wrapped(out, " ".join(row["text"].split()), indent=2)
        where = (row["source"], row["published"], row["url"], f"{row['doc_id']}, {row['passage']}")
        _print_wrapped(out, " · ".join(str(part) for part in where if part), style="dim", indent=2)


def _print_wrapped(out: Console, text: str, *, style: str = "", indent: int = 0) -> None:
    """Lines of the console's width; Chinese breaks anywhere but before a closing mark, numbers and words nowhere."""
    line, used, room = "", 0, max(out.width - indent, 20)
    lines = []
    for piece in _PIECES.findall(safe(text)):
        width = cell_len(piece.rstrip())
        if line and used + width > room:
            lines.append(line.rstrip())
            line, used = "", 0
        line += piece
        used += cell_len(piece)
    lines.append(line.rstrip())
    for part in lines:
        out.print(Text(" " * indent + part, style=style), soft_wrap=True)
