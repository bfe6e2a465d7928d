"""Groups of claims for people: on a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrativ.analyze.claim_groups import describe
from narrativ.codebook import Codebook
from narrativ.show.terminal import safe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["amount", "claims_page", "print_claims"]

_SCALES = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
_HANT = {"万亿": "萬億", "亿": "億", "万": "萬"}
_UNITS = {
    "en": {"USD": "US dollars", "CNY": "yuan", "money": "(currency not stated)", "%": "%", "pp": "points of %", "of the other": "% of the other",
           "times": "times", "count": "", "chips": "chips"},
    "zh-Hans": {"USD": "美元", "CNY": "元", "money": "（货币未说明）", "of the other": "%（相对于另一方）", "times": "倍", "points": "点",
                "years": "年", "months": "个月", "weeks": "周", "days": "天", "count": "", "chips": "块", "people": "人", "parameters": "参数"},
    "zh-Hant": {"USD": "美元", "CNY": "元", "money": "（貨幣未說明）", "of the other": "%（相對於另一方）", "times": "倍", "points": "點",
                "years": "年", "months": "個月", "weeks": "週", "days": "天", "count": "", "chips": "塊", "people": "人", "parameters": "參數"},
}  # fmt: skip
_HEADS = {
    "en": ("value", "as written", "said by", "docs", "notes"),
    "zh-Hans": ("数值", "原文", "谁说的", "文档数", "备注"),
    "zh-Hant": ("數值", "原文", "誰說的", "文件數", "備註"),
}
_DOUBT = {"en": "doubted in {0} of {1}", "zh-Hans": "{1} 处中有 {0} 处带质疑", "zh-Hant": "{1} 處中有 {0} 處帶質疑"}
_NOBODY = {"en": "(subject not stated)", "zh-Hans": "（未说明对象）", "zh-Hant": "（未說明對象）"}
_POSITIONS = {
    "en": {"endorses": "endorsed", "reports": "reported", "rejects": "rejected"},
    "zh-Hans": {"endorses": "认同", "reports": "转述", "rejects": "否定"},
    "zh-Hant": {"endorses": "認同", "reports": "轉述", "rejects": "否定"},
}
_WIDTHS = (27, 24, 26)
_SOURCES, _FIGURES = 4, 4


def _line(text: str) -> str:
    return safe(text).replace("\n", " ")


def _digits(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value >= 0.01 else f"{value:.3g}"


def amount(value: float, unit: str, *, language: str = "en") -> str:
    """A value with its unit as people read it.

    >>> amount(5.58e6, "USD"), amount(5.58e6, "USD", language="zh-Hans"), amount(0.03, "of the other")
    ('5.58 million US dollars', '558万美元', '3% of the other')
    """
    if unit == "of the other":
        value *= 100
    chinese = language.startswith("zh")
    text = ""
    for scale, name in _SCALES["zh" if chinese else "en"]:
        if value >= scale:
            text = _digits(value / scale) + (_HANT[name] if language == "zh-Hant" else name)
            break
    text = text or _digits(value)
    name = _UNITS.get(language, _UNITS["en"]).get(unit, unit)
    return text + (name if chinese or name.startswith("%") or not name else " " + name)


def _value(group: Mapping[str, Any], language: str) -> str:
    """What a group says: an amount, a bound or a span."""
    value, low, high, hedge = (group[name] for name in ("value", "low", "high", "hedge"))
    text = amount(value, group["unit"], language=language)
    if hedge:
        sign = {"under": "< ", "up to": "≤ ", "over": "> ", "about": "≈ "}[hedge]
        text = sign + text
    elif low == low and high == high and high > low * 1.001:
        share = 100 if group["unit"] == "of the other" else 1
        first, last = amount(low * share, "count", language=language), amount(high, group["unit"], language=language)
        text = f"{first} – {last}"
    return f"{text} {group['detail']}" if group["detail"] else text


def _said_by(group: Mapping[str, Any], language: str) -> str:
    names = [_line(name) for name in group["said_by"]]
    text = ", ".join(names[:_SOURCES]) + (f" +{len(names) - _SOURCES}" if len(names) > _SOURCES else "")
    others = [_line(name) for name in group["holders"] if name not in ("author", "others") and name not in names]
    cited = ", ".join(others[:_SOURCES])
    return f"{text} ({'citing ' if language == 'en' else '引'}{cited})" if cited else text


def _notes(group: Mapping[str, Any], language: str) -> str:
    notes = [describe(group, language=language)]
    if group["doubted"]:
        notes.append(_DOUBT[language].format(group["doubted"], group["claims"]))
    if group["positions"]:
        words = ", ".join(_POSITIONS[language].get(name, name) for name in group["positions"])
        notes.append(words)
    return "; ".join(note for note in notes if note)


def _rows(
    groups: pd.DataFrame, book: Codebook, language: str
) -> Iterator[tuple[str, str, tuple[str, str, str, str, str]]]:
    """Type, subject and cells of every group, in order."""
    records: list[dict[str, Any]] = groups.to_dict("records")  # type: ignore[assignment]
    for group in records:
        kind = book.claims.type(group["type"])
        name = kind.name.get(language) or kind.name["en"]
        subject = book.claims.subject_name(group["subject"], language) if group["subject"] else _NOBODY[language]
        figures = [_line(text) for text in group["figures"]]
        written = " · ".join(figures[:_FIGURES]) + (" …" if len(figures) > _FIGURES else "")
        cells = (
            _value(group, language),
            written,
            _said_by(group, language),
            str(group["documents"]),
            _notes(group, language),
        )
        yield name, subject, cells


def print_claims(out: Console, groups: pd.DataFrame, book: Codebook, *, language: str = "en", most: int = 0) -> None:
    """Groups by type and subject; `most` limits the groups shown of each subject, 0 for all."""
    language = language if language in _HEADS else "en"
    seen: tuple[str, str] = ("", "")
    table: Table | None = None
    shown = hidden = 0
    for name, subject, cells in _rows(groups, book, language):
        if (name, subject) != seen:
            if table is not None:
                _flush(out, table, hidden)
            if name != seen[0]:
                out.print()
                out.print(Text(name, style="bold"))
            seen, shown, hidden = (name, subject), 0, 0
            table = _table(subject, language)
        if most and shown >= most:
            hidden += 1
            continue
        shown += 1
        assert table is not None
        value, written, said, documents, notes = cells
        flagged = bool(notes)
        table.add_row(
            Text(value),
            Text(written, style="dim"),
            Text(said),
            documents,
            Text(notes, style="yellow" if flagged else ""),
        )
    if table is not None:
        _flush(out, table, hidden)


def _table(subject: str, language: str) -> Table:
    heads = _HEADS[language]
    table = Table(
        box=None,
        pad_edge=False,
        expand=True,
        header_style="dim",
        title=Text(subject, style="cyan"),
        title_style="cyan",
        title_justify="left",
    )
    for head, width in zip(heads[:3], _WIDTHS, strict=True):
        table.add_column(head, width=width, overflow="fold")
    table.add_column(heads[3], justify="right", width=6)
    table.add_column(heads[4], ratio=1, overflow="fold")
    return table


def _flush(out: Console, table: Table, hidden: int) -> None:
    out.print(table)
    if hidden:
        out.print(Text(f"  … +{hidden}", style="dim"))


def claims_page(groups: pd.DataFrame, book: Codebook, *, language: str = "en") -> str:
    """Groups by type and subject as Markdown."""
    language = language if language in _HEADS else "en"
    lines: list[str] = []
    seen: tuple[str, str] = ("", "")
    for name, subject, cells in _rows(groups, book, language):
        if name != seen[0]:
            lines += ["", f"## {name}"]
        if (name, subject) != seen:
            lines += [
                "",
                f"### {_cell(subject)}",
                "",
                "| " + " | ".join(_HEADS[language]) + " |",
                "|---|---|---|---|---|",
            ]
            seen = name, subject
        lines.append("| " + " | ".join(_cell(text) for text in cells) + " |")
    return "\n".join(lines).strip() + "\n"


def _cell(text: str) -> str:
    """Text that stays in its cell and is no markup: names and figures come from other people's documents."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for mark in "\\`*_[]|#~$":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", " ")
