"""Stories and reprints on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrativ.show.terminal import safe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_reprints", "print_stories"]

_SOURCES = 4


def print_stories(out: Console, found: pd.DataFrame, *, most: int = 10) -> None:
    """The biggest stories, as :func:`narrativ.story_table` gives them: members, sources, dates, title."""
    unit = _unit(found)
    if not len(found):
        out.print(Text(f"no two {unit} are copies of one another", style="dim"))
        return
    table = Table(
        box=None, pad_edge=False, header_style="bold", title="biggest stories", title_style="dim", title_justify="left"
    )
    table.add_column("story", no_wrap=True)
    table.add_column("docs" if unit == "documents" else unit, justify="right")
    table.add_column("alike", justify="right")
    table.add_column("first", no_wrap=True)
    table.add_column("sources", overflow="fold", ratio=2)
    table.add_column("title", overflow="fold", ratio=3)
    for row in found.head(most).to_dict("records"):
        first = str(row["first_published"])[:10] or "–"
        table.add_row(
            str(row["story"]),
            str(row[unit]),
            f"{row['similarity']:.0%}",
            first,
            _sources(row),
            Text(safe(row["title"])),
        )
    out.print(table)
    if len(found) > most:
        rest = found.iloc[most:]
        out.print(
            Text(f"… and {len(rest):,} stories more of two or more, with {rest[unit].sum():,} {unit}", style="dim")
        )


def _sources(row: dict[str, Any]) -> Text:
    names: Sequence[str] = row["sources"]
    shown = Text(", ").join(
        Text(safe(name) or "(none)", style="bold" if name and name == row["first_source"] else "")
        for name in names[:_SOURCES]
    )
    if len(names) > _SOURCES:
        shown.append(f" +{len(names) - _SOURCES}", style="dim")
    return shown


def print_reprints(out: Console, counts: pd.DataFrame, *, most: int = 20) -> None:
    """Sources with their reprint rate, as :func:`narrativ.reprints` gives it."""
    unit = _unit(counts)
    shared = counts[counts["shared"] > 0]
    if not len(shared):
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title="who prints what stood elsewhere, or in itself, before",
                  title_style="dim", title_justify="left")  # fmt: skip
    table.add_column("source", no_wrap=True, overflow="ellipsis", max_width=24)
    for name in (unit, "stories", "first", "copies", "unclear", "reprint rate"):
        table.add_column(name, justify="right")
    ranked = shared.sort_values(["copies", "unclear", "source"], ascending=[False, False, True])
    for row in ranked.head(most).to_dict("records"):
        low, high = row["reprint_rate"], row["reprint_rate_max"]
        rate = f"{low:.0%}" if row["unclear"] == 0 else f"{low:.0%} to {high:.0%}"
        numbers = [f"{row[name]:,}" if row[name] else "·" for name in (unit, "stories", "first", "copies", "unclear")]
        table.add_row(Text(safe(str(row["source"])) or "(none)"), *numbers, rate)
    out.print(table)
    if len(shared) > most:
        out.print(Text(f"… and {len(shared) - most:,} sources more", style="dim"))
    if len(counts) > len(shared):
        out.print(Text(f"{len(counts) - len(shared):,} sources share no story", style="dim"))


def _unit(table: pd.DataFrame) -> str:
    return "documents" if "documents" in table.columns else "passages"
