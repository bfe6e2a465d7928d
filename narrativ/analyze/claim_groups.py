"""Who says which value: claims of one type and subject grouped where they agree, with what stands far off.

Two figures agree when their rounding intervals overlap: 5.58 million rounds to 6 million, 5 million does not. A figure under or
over a bound agrees only with the same bound. What most sources say is the consensus; a figure is compared with that of the
*other* sources, so that nobody is measured by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.claim_cells import Cell, cells, checked_rates
from narrativ.codebook import Codebook, load_codebook
from narrativ.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GROUP_COLUMNS", "claim_groups", "describe", "flagged"]

GROUP_COLUMNS = (
    "type", "subject", "unit", "detail", "value", "low", "high", "hedge", "claims", "documents", "sources", "stories", "said_by", "holders",
    "doubted", "positions", "figures", "dates", "ratio", "flags",
)  # fmt: skip
"""Columns of :func:`claim_groups`, in order."""


def _implausible(row: Mapping[str, Any], limits: Mapping[str, tuple[float, float]]) -> bool:
    low, high = limits.get(row["unit"], (-math.inf, math.inf))
    number = next((row[name] for name in ("value", "low", "high") if row[name] == row[name]), math.nan)
    return not low <= number <= high


def flagged(data: pd.DataFrame, book: Codebook, *, rates: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Claims with ``implausible``, ``outlier`` and ``power_of_ten`` added to their flags."""
    checked_rates(rates)
    if not len(data):
        return data
    data = data.reset_index(drop=True)
    flags = [list(items) for items in data["flags"]]
    limits = {kind.id: kind.plausible for kind in book.claims.types}
    for number, row in enumerate(data[["type", "unit", "value", "low", "high"]].to_dict("records")):
        if _implausible(row, limits.get(row["type"], {})):
            flags[number].append("implausible")
    for cell, members, _, found in _judged(data, book, rates):
        if found:
            for row in cell.rows[members]:
                flags[row].extend(found)
    data["flags"] = flags
    return data


def _judged(
    data: pd.DataFrame, book: Codebook, rates: Mapping[str, float] | None
) -> Iterator[tuple[Cell, npt.NDArray[np.int64], float, list[str]]]:
    """Every cluster of every cell, with its ratio to what others say and its flags (of types that have one true value)."""
    single = {kind.id for kind in book.claims.types if kind.one_value}
    for cell in cells(data, book, rates):
        said = cell.said()
        for members in cell.clusters():
            ratio, found = cell.far_off(members, said) if cell.type in single else (math.nan, [])
            yield cell, members, ratio, found


def claim_groups(
    claims: pd.DataFrame, *, codebook: str | Codebook = "deepseek", rates: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Groups of claims that agree, per type and subject.

    Parameters
    ----------
    claims
        What :func:`claims` gives.
    codebook
        The codebook, or its name.
    rates
        US dollars for one unit of a currency (``{"CNY": 0.138}``): amounts in these currencies are compared in dollars. Without
        a rate currencies stay apart.

    Returns
    -------
    DataFrame of one row a group
        With :data:`GROUP_COLUMNS`; types in the codebook's order, subjects by number of claims, groups by number of sources.
        ``value`` is the most precise figure that most sources give, ``low`` and ``high`` the span of all (of the bound, for one).
        ``said_by`` lists the sources, ``figures`` what is written. ``ratio`` is the group's value by the median of the other
        sources, NaN where fewer than two speak. ``flags``: ``outlier`` from twice or half on; ``power_of_ten`` where the ratio is
        near 10, 100, …; and those of the claims.

    Raises
    ------
    OptionError
        A rate is no positive number.
    TableError
        The table is not one of claims.
    """
    import pandas as pd

    missing = [name for name in ("type", "subject", "relative", "hedge", "step") if name not in claims.columns]
    if missing:
        raise TableError("not a table of claims; make one with narrativ.claims")
    book = codebook if isinstance(codebook, Codebook) else load_codebook(codebook)
    data = claims.reset_index(drop=True)
    order = {name: number for number, name in enumerate(book.claims.type_ids)}
    columns = {name: data[name].tolist() for name in _READ if name in data.columns}
    rows = []
    for cell, members, ratio, flags in _judged(data, book, rates):
        own = [
            flag
            for row in cell.rows[members]
            for flag in columns["flags"][row]
            if flag not in ("outlier", "power_of_ten")
        ]
        rows.append(_group_row(cell, members, columns) | {"ratio": ratio, "flags": [*dict.fromkeys([*flags, *own])]})
    total: dict[tuple[str, str], int] = {}
    for row in rows:
        total[row["type"], row["subject"]] = total.get((row["type"], row["subject"]), 0) + row["claims"]
    rows.sort(key=lambda row: (
        order.get(row["type"], len(order)), row["subject"] == "", -total[row["type"], row["subject"]], row["subject"], row["unit"], row["detail"],
        -row["sources"], -row["claims"], row["value"],
    ))  # fmt: skip
    groups: pd.DataFrame = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    return groups


_READ = ("doc_id", "value", "hedge", "holder", "doubt", "position", "text", "date", "source", "story", "flags")


def _group_row(cell: Cell, members: npt.NDArray[np.int64], columns: Mapping[str, list[Any]]) -> dict[str, Any]:
    rows = cell.rows[members].tolist()
    own = {name: [values[row] for row in rows] for name, values in columns.items()}
    stated = [number for number, value in zip(members, own["value"], strict=True) if value == value]
    spans = [number for number, value in zip(members, own["value"], strict=True) if value != value]
    value = _leading(cell, stated or spans)  # a number says more than a span
    ends = [*cell.point[stated], *cell.lower[spans], *cell.upper[spans]]
    low, high, hedge = float(min(ends)), float(max(ends)), cell.form[int(members[0])]
    if hedge:
        low, high = (value, math.nan) if hedge == "over" else (math.nan, value)
    elif all(name in ("about", "nearly") for name in own["hedge"]):
        hedge = "about"
    said_by = _distinct(source or document for source, document in zip(own["source"], own["doc_id"], strict=True))
    return {
        "type": cell.type, "subject": cell.subject, "unit": cell.unit, "detail": cell.detail, "value": value, "low": low, "high": high, "hedge": hedge,
        "claims": len(rows), "documents": len(set(own["doc_id"])), "sources": len(said_by),
        "stories": len({story for story in own["story"] if story == story and story not in (None, "")}) if "story" in own else None,
        "said_by": said_by, "holders": _distinct(own["holder"]), "doubted": sum(bool(cue) for cue in own["doubt"]),
        "positions": _distinct(own["position"]), "figures": _distinct(own["text"]), "dates": sorted({day for day in own["date"] if day}),
    }  # fmt: skip


def _leading(cell: Cell, numbers: list[Any]) -> float:
    """The value that most speakers give; the most precise of equals, then the lowest."""
    speakers: dict[float, set[int]] = {}
    width: dict[float, float] = {}
    for number in numbers:
        point = float(cell.point[number])
        speakers.setdefault(point, set()).add(int(cell.speaker[number]))
        width[point] = min(width.get(point, math.inf), float(cell.upper[number] - cell.lower[number]))
    return min(speakers, key=lambda point: (-len(speakers[point]), width[point], point))


def _distinct(values: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(str(value) for value in values if value))


# --- plain words -----------------------------------------------------------------------------------------------------

_WORDS = {
    "en": {
        "outlier": "{ratio} what the other sources say",
        "power_of_ten": "{ratio} what the other sources say: a slip of a zero or a unit?",
        "implausible": "outside the plausible range of the codebook",
        "currency_not_stated": "no currency stated",
    },
    "zh-Hans": {
        "outlier": "是其他来源说法的 {ratio}",
        "power_of_ten": "是其他来源说法的 {ratio}：多写或少写了零，或用错了单位？",
        "implausible": "超出编码手册的合理范围",
        "currency_not_stated": "未说明货币",
    },
    "zh-Hant": {
        "outlier": "是其他來源說法的 {ratio}",
        "power_of_ten": "是其他來源說法的 {ratio}：多寫或少寫了零，或用錯了單位？",
        "implausible": "超出編碼手冊的合理範圍",
        "currency_not_stated": "未說明貨幣",
    },
}


def describe(group: Mapping[str, Any], *, language: str = "en") -> str:
    """The flags of a row of :func:`claim_groups` in plain words; empty for a row without flags.

    >>> describe({"flags": ["outlier", "power_of_ten"], "ratio": 12.6})
    '12.6 times what the other sources say: a slip of a zero or a unit?'
    """
    words = _WORDS.get(language, _WORDS["en"])
    flags = list(group["flags"])
    if "power_of_ten" in flags:
        flags.remove("outlier")
    ratio = group["ratio"]
    times = ratio if ratio != ratio or ratio >= 1 else 1 / ratio
    number = f"{times:.3g}"
    text = f"{number} times" if ratio >= 1 else f"1/{number} of"
    if language.startswith("zh"):
        text = f"{number} 倍" if ratio >= 1 else f"1/{number}"
    return "; ".join(words[flag].format(ratio=text) for flag in flags if flag in words)
