"""Comparisons on a terminal and as Markdown; computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrativ.analyze.compare import Comparison
from narrativ.show.markdown import escaped
from narrativ.show.terminal import safe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["comparison_markdown", "print_comparison", "print_words", "words_markdown"]

_TITLES = {
    "frame": "share of {unit}s that tell each frame (95 % interval)",
    "stance": "net stance, −1 to +1: favor minus against, of {unit}s about the target",
    "voice": "whose view {unit}s give",
    "position": "position toward a frame, where it is told",
}
_GROUP_WIDTH = 18
_ALPHA = 0.05
Names = Mapping[str, str]
_Rows = list[list[str]]


def _line(text: object) -> str:
    """A name or sentence on one line, without what a terminal would obey."""
    return safe(str(text)).replace("\n", " ")


def _group(name: object) -> str:
    text = _line(name) or "(none)"
    # Paths differ at their end.
    return f"…{text[1 - _GROUP_WIDTH :]}" if "/" in text and len(text) > _GROUP_WIDTH else text


def _number(kind: str, value: float, *, signed: bool = False) -> str:
    if kind == "stance":
        return f"{value:+.2f}"
    return f"{value * 100:+.0f}" if signed else f"{value:.0%}"


def _cell(row: Mapping[str, Any]) -> str:
    if row["status"] != "ok":
        return "not enough"
    if row["kind"] == "stance":
        return f"{row['value']:+.2f} {row['low']:+.2f}…{row['high']:+.2f}"
    return f"{row['value']:.0%} {row['low'] * 100:.0f}–{row['high'] * 100:.0f}"


def _grid(c: Comparison, kind: str, names: Names, most: int) -> tuple[list[str], _Rows, int]:
    """Header and rows of one kind of share: groups down, keys across; and how many groups are left out."""
    part = c.shares[c.shares["kind"] == kind]
    enough = part[part["status"] == "ok"]["group"].drop_duplicates().tolist()
    shown = enough[:most]
    keys = part[["key", "category"]].drop_duplicates()
    across = keys["category"].tolist() if kind == "voice" else keys["key"].drop_duplicates().tolist()
    header = [c.facts["by"], *(names.get(key, key) for key in across)]
    number = (
        "documents"
        if c.facts["cluster"] == "document"
        else {"story": "stories", "passage": "passages"}[c.facts["cluster"]]
    )
    rows = []
    for group in shown:
        mine = part[part["group"] == group]
        cells = []
        for key in across:
            found = mine[mine["category" if kind == "voice" else "key"] == key].to_dict("records")
            told = [(f"{row['category']} " if kind == "position" else "") + _cell(row) for row in found]
            cells.append("not enough" if all("not enough" in text for text in told) else "\n".join(told))
        rows.append([_group(group), *cells, f"{mine['n'].max():,}", f"{mine['clusters'].max():,}"])
    columns = [*header, f"{c.facts['unit']}s", number]
    if kind == "frame" and part["abstained"].notna().any():
        columns.append("abstained")
        for row, group in zip(rows, shown, strict=True):
            row.append(f"{part[part['group'] == group]['abstained'].mean():.0%}")
    if columns[-1] == columns[-2]:  # passages that are their own clusters
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return columns, rows, part["group"].nunique() - len(shown)


def _what(row: Mapping[str, Any], names: Names) -> str:
    key = names.get(row["key"], row["key"])
    return " · ".join(
        filter(None, [{"frame": "", "stance": "stance"}.get(row["kind"], row["kind"]), key, row.get("category", "")])
    )


def _differences(c: Comparison, names: Names, most: int) -> tuple[list[str], _Rows, str]:
    table = c.differences[c.differences["p"].notna()].sort_values(["p_adjusted", "p"], kind="stable")
    held = int((table["p_adjusted"] < _ALPHA).sum())
    shown = table.head(max(min(held, most), min(5, len(table))))
    rows = []
    for row in shown.to_dict("records"):
        kind = row["kind"]
        span = f"{_number(kind, row['low'], signed=True)} … {_number(kind, row['high'], signed=True)}"
        rows.append(
            [
                _group(row["group"]),
                _group(row["baseline"]),
                _what(row, names),
                f"{_number(kind, row['value'])} : {_number(kind, row['baseline_value'])}",
                f"{_number(kind, row['difference'], signed=True)} ({span})",
                "–" if row["cohen_h"] != row["cohen_h"] else f"{row['cohen_h']:+.2f}",
                "–" if row["odds_ratio"] != row["odds_ratio"] else f"{row['odds_ratio']:.2f}",
                f"{row['p']:.4f}",
                f"{row['p_adjusted']:.4f}" + (" *" if row["p_adjusted"] < _ALPHA else ""),
            ]
        )
    title = f"differences, in points or net stance: {held} of {sum(c.facts['tests'].values())} hold (*: p < 0.05, adjusted by Benjamini–Hochberg within each kind)"
    return [c.facts["by"], "against", "of", "values", "difference (95 %)", "h", "odds", "p", "adjusted"], rows, title


def _distances(c: Comparison, names: Names, most: int) -> tuple[list[str], _Rows]:
    rows = []
    for row in c.distances.pairs.sort_values("distance", ascending=False).head(most).to_dict("records"):
        drivers = c.distances.drivers
        mine = drivers[(drivers["group"] == row["group"]) & (drivers["other"] == row["other"])].nlargest(2, "part")
        chief = ", ".join(
            f"{names.get(key, key)} {part:.0%}" for key, part in zip(mine["key"], mine["part"], strict=True)
        )
        rows.append(
            [
                _group(row["group"]),
                _group(row["other"]),
                f"{row['distance']:.2f}",
                f"{row['chance_high']:.2f}",
                f"{row['p_adjusted']:.4f}" + (" *" if row["p_adjusted"] < _ALPHA else ""),
                chief,
            ]
        )
    return [c.facts["by"], "other", "distance", "chance, 95 %", "adjusted p", "driven by"], rows


def _order(c: Comparison) -> str:
    order = c.distances.order
    clusters = [", ".join(_group(name) for name in part["group"]) for _, part in order.groupby("cluster", sort=False)]
    return " | ".join(clusters) if len(order) > 1 else ""


def _corrected(c: Comparison, names: Names, most: int) -> tuple[list[str], _Rows]:
    assert c.correction is not None
    table = c.correction.shares
    rows = []
    for row in table[table["status"] == "ok"].head(most * 5).to_dict("records"):
        naive = "not enough" if row["naive"] != row["naive"] else _cell(row | {"status": "ok", "value": row["naive"], "low": row["naive_low"], "high": row["naive_high"]})  # fmt: skip
        rows.append([_group(row["group"]), row["language"], _what(row, names), naive, _cell(row | {"value": row["corrected"]}), str(row["gold"])])  # fmt: skip
    return [c.facts["by"], "language", "of", "naive", "corrected", "labelled"], rows


def _corrected_differences(c: Comparison, names: Names, most: int) -> tuple[list[str], _Rows]:
    assert c.correction is not None
    table = c.correction.differences
    table = table[(table["status"] == "ok") & (table["language"] == "all")]
    rows = []
    for row in table.head(most * 5).to_dict("records"):
        kind = row["kind"]
        naive = "not enough" if row["naive_difference"] != row["naive_difference"] else _number(kind, row["naive_difference"], signed=True)  # fmt: skip
        span = f"{_number(kind, row['low'], signed=True)} … {_number(kind, row['high'], signed=True)}"
        sure = " *" if row["low"] > 0 or row["high"] < 0 else ""
        rows.append([_group(row["group"]), _group(row["baseline"]), _what(row, names), naive, f"{_number(kind, row['corrected'], signed=True)} ({span}){sure}"])  # fmt: skip
    return [c.facts["by"], "against", "of", "naive difference", "corrected (95 %; *: without 0)"], rows


def _sections(c: Comparison, names: Names, most: int) -> list[tuple[str, list[str], _Rows, str]]:
    """Title, header, rows and a line below, per section."""
    found: list[tuple[str, list[str], _Rows, str]] = []
    for kind, title in _TITLES.items():
        if (c.shares["kind"] == kind).any():
            header, rows, left = _grid(c, kind, names, most)
            below = f"{left} groups not shown: not enough data, or beyond {most}" if left else ""
            found.append((title.format(unit=c.facts["unit"]), header, rows, below))
    header, rows, title = _differences(c, names, most)
    found.append((title, header, rows, ""))
    header, rows = _distances(c, names, most)
    order = _order(c)
    below = "; ".join(filter(None, [f"alike stand together: {order}" if order else "", c.distances.note]))
    found.append(("distance of the mixes of frames (Jensen–Shannon, 0 to 1)", header, rows, below))
    if c.correction is not None:
        found.append(("corrected by the labelled sample", *_corrected(c, names, most), ""))
        found.append(("differences, corrected", *_corrected_differences(c, names, most), ""))
    return found


def _table(header: Sequence[str], rows: _Rows, text: set[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(header):
        left = number == 0 or name in text
        longest = None if left else max((cell_len(word) for word in _line(name).split()), default=None)
        table.add_column(Text(_line(name)), justify="left" if left else "right", min_width=longest, max_width=_GROUP_WIDTH if number == 0 else None,
                         overflow="ellipsis" if number == 0 else "fold", no_wrap=number == 0)  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell, style="dim" if cell == "not enough" else "") for cell in row))
    return table


_TEXT = {"against", "of", "other", "driven by", "language", "term", "words"}


def print_comparison(
    out: Console, comparison: Comparison, *, names: Names, language: str = "en", most: int = 20
) -> None:
    """A comparison: in words, then in tables of at most `most` groups or rows."""
    for sentence in comparison.sentences(language, names=names):
        out.print(Text(_line(sentence)))
    for title, header, rows, below in _sections(comparison, names, most):
        if rows:
            out.print()
            out.print(Text(title, style="dim"))
            out.print(_table(header, rows, _TEXT))
        if below:
            out.print(Text(_line(below), style="dim"))


def _word_rows(words: pd.DataFrame, most: int) -> _Rows:
    rows = []
    for (group, language), part in words.groupby(["group", "language"], sort=False):
        told = [
            f"{_line(row['term'])} {row['z']:.1f}{'*' if row['p_adjusted'] < _ALPHA else ''}"
            for row in part.to_dict("records")
        ]
        rows.append([_group(group), str(language), ", ".join(told[:most])])
    return rows


def print_words(out: Console, words: pd.DataFrame, title: str, *, most: int = 15) -> None:
    """Distinctive words of each group, as :func:`narrativ.distinctive_words` gives them."""
    out.print()
    out.print(Text(title, style="dim"))
    rows = _word_rows(words, most)
    if rows:
        out.print(_table(["group", "language", "words"], rows, _TEXT))
    else:
        out.print(
            Text(
                "not enough: no group and its rest have documents enough in one language, or no word stands out",
                style="dim",
            )
        )


def _markdown(header: Sequence[str], rows: _Rows) -> str:
    cells = [[escaped(_line(cell)) for cell in line] for line in (header, *rows)]
    lines = [cells[0], ["---"] * len(header), *cells[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def comparison_markdown(comparison: Comparison, *, names: Names, language: str = "en", most: int = 50) -> str:
    """The same as a Markdown page."""
    parts = [f"# {escaped(_line(comparison.by))}", escaped(_line(comparison.describe(language, names=names)))]
    for title, header, rows, below in _sections(comparison, names, most):
        if rows:
            parts += [f"## {title}", _markdown(header, rows)]
        if below:
            parts.append(escaped(_line(below)))
    if comparison.notes:
        parts += ["## notes", "\n".join(f"- {escaped(_line(note))}" for note in comparison.notes)]
    return "\n\n".join(parts) + "\n"


def words_markdown(words: pd.DataFrame, title: str, *, most: int = 15) -> str:
    """Distinctive words as a Markdown section."""
    return f"## {escaped(_line(title))}\n\n{_markdown(['group', 'language', 'words'], _word_rows(words, most))}\n"
