"""Who says which value: claims of one type and subject grouped where they agree, with what stands far off.

Two figures agree when their rounding intervals overlap: 5.58 million rounds to 6 million, 5 million does not. A figure under or
over a bound agrees only with the same bound. What most sources say is the consensus; a figure is compared with that of the
*other* sources, so that nobody is measured by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from narrativ.codebook import Codebook, load_codebook
from narrativ.errors import OptionError, TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FACTOR", "GROUP_COLUMNS", "SLIP", "claim_groups", "describe", "flagged"]

GROUP_COLUMNS = (
    "type", "subject", "unit", "detail", "value", "low", "high", "hedge", "claims", "documents", "sources", "stories", "said_by", "holders",
    "doubted", "positions", "figures", "dates", "ratio", "flags",
)  # fmt: skip
"""Columns of :func:`claim_groups`, in order."""

FACTOR = 2.0
"""From this ratio to what the others say a figure is an outlier: no rounding and no "about" explains it."""
SLIP = 0.15
"""How near, in powers of ten, the ratio must be to 10, 100, … to be a likely slip of a zero or of 万 and 亿: a factor of 1.41."""
_SOURCES = 2
"""Other sources that must speak before a figure is called far off: one against one is a dispute, not an outlier."""
_OPEN = ("under", "over", "up to")


def _rates(rates: Mapping[str, float] | None) -> dict[str, float]:
    known = {code.upper(): float(rate) for code, rate in (rates or {}).items()}
    for code, rate in known.items():
        if not (math.isfinite(rate) and rate > 0):
            raise OptionError(f"rate of {code} is {rate}; a rate is US dollars for one unit, above 0")
    return known


def _comparable(data: pd.DataFrame, book: Codebook, rates: Mapping[str, float] | None) -> pd.DataFrame:
    """Claims with the columns in which they are compared: ``point``, ``lower``, ``upper``, ``scale`` and ``form``."""
    known = _rates(rates)
    relative = {kind.id for kind in book.claims.types if kind.relative}
    units = data["unit"].replace({"pp": "%"})
    factor = units.map(lambda unit: known.get(unit, 1.0)).to_numpy(dtype=float)
    scale = units.map(lambda unit: "USD" if unit in known else unit)
    ratio = data["type"].isin(relative) & data["relative"].notna()
    low, high, value = (data[name].to_numpy(dtype=float) for name in ("low", "high", "value"))
    middle = np.where(np.isnan(low), high, np.where(np.isnan(high), low, (low + high) / 2))
    point = np.where(np.isnan(value), middle, value) * factor
    half = data["step"].to_numpy(dtype=float) * factor / 2
    vague = np.isnan(value) | data["hedge"].isin(["about", "nearly", "range"]).to_numpy()
    lower = np.where(vague, np.fmin(low * factor, point), point - half)
    upper = np.where(vague, np.fmax(high * factor, point), point + half)
    share = np.where(ratio, data["relative"].to_numpy(dtype=float), np.nan)
    spread = np.where(point > 0, np.clip(half / np.where(point > 0, point, 1.0), 0, 0.5), 0.0)
    compared: pd.DataFrame = data.assign(
        point=np.where(ratio, share, point),
        lower=np.where(ratio, share * (1 - spread), lower),
        upper=np.where(ratio, share * (1 + spread), upper),
        scale=scale.where(~ratio, "of the other"),
        form=data["hedge"].where(data["hedge"].isin(_OPEN), ""),
        speaker=data["source"].where(data["source"] != "", data["doc_id"]),
    )
    return compared


def _cells(data: pd.DataFrame) -> Iterable[tuple[tuple[str, str, str, str], pd.DataFrame]]:
    """What is compared with each other: one type, subject, scale and detail."""
    groups: Iterable[tuple[Any, pd.DataFrame]] = data.groupby(["type", "subject", "scale", "detail"], sort=False)
    return groups


def _clusters(cell: pd.DataFrame) -> list[list[int]]:
    """Rows that agree: anchors are the values that most speakers give; each takes the unassigned rows that overlap it."""
    rows = list(
        zip(cell.index, cell["point"], cell["lower"], cell["upper"], cell["form"], cell["speaker"], strict=True)
    )
    support: dict[tuple[str, float], set[str]] = {}
    for _, point, _, _, form, speaker in rows:
        support.setdefault((form, point), set()).add(speaker)
    # The more precise of two equally supported anchors comes first, so that a vague one does not swallow it.
    width = {(form, point): upper - lower for _, point, lower, upper, form, _ in rows}
    anchors = sorted(support, key=lambda key: (-len(support[key]), width[key], key[1]))
    span = {(form, point): (lower, upper) for _, point, lower, upper, form, _ in rows}
    left = {index: (form, point, lower, upper) for index, point, lower, upper, form, _ in rows}
    clusters = []
    for form, point in anchors:
        low, high = span[form, point]
        taken = [
            index
            for index, (other, value, lower, upper) in left.items()
            if other == form and (value == point or (form == "" and min(high, upper) > max(low, lower)))
        ]
        for index in taken:
            del left[index]
        if taken:
            clusters.append(taken)
    return clusters


def _far_off(cell: pd.DataFrame, rows: list[int]) -> tuple[float, list[str]]:
    """Ratio of a cluster's value to what the other speakers say, and its flags."""
    inside = cell.loc[rows]
    others = cell[~cell["speaker"].isin(inside["speaker"])]
    if others["speaker"].nunique() < _SOURCES:
        return math.nan, []
    point = float(inside["point"].median())
    said = others.groupby("speaker")["point"].median().to_numpy(dtype=float)
    said = said[said > 0]
    if not point > 0 or len(said) < _SOURCES:
        return math.nan, []
    # On the scale of ratios: of 0.4 and 6 trillion the middle is 1.5, and neither is a consensus.
    consensus = float(np.exp(np.median(np.log(said))))
    agreeing = int(((said > consensus / FACTOR) & (said < consensus * FACTOR)).sum())
    if 2 * agreeing <= len(said):
        return math.nan, []
    ratio = point / consensus
    open_end = {"under": ratio > 1, "up to": ratio > 1, "over": ratio < 1}.get(str(inside["form"].iloc[0]), False)
    spans = bool((inside["lower"].min() <= consensus) and (consensus <= inside["upper"].max()))
    if open_end or spans or 1 / FACTOR <= ratio <= FACTOR:
        return ratio, []
    power = round(math.log10(ratio))
    slip = power != 0 and abs(math.log10(ratio) - power) <= SLIP
    return ratio, ["outlier", "power_of_ten"] if slip else ["outlier"]


def _implausible(row: Mapping[str, Any], limits: Mapping[str, tuple[float, float]]) -> bool:
    low, high = limits.get(row["unit"], (-math.inf, math.inf))
    number = next((row[name] for name in ("value", "low", "high") if row[name] == row[name]), math.nan)
    return not low <= number <= high


def flagged(data: pd.DataFrame, book: Codebook, *, rates: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Claims with ``implausible``, ``outlier`` and ``power_of_ten`` added to their flags."""
    _rates(rates)
    if not len(data):
        return data
    data = data.reset_index(drop=True)
    flags = [list(items) for items in data["flags"]]
    limits = {kind.id: kind.plausible for kind in book.claims.types}
    for number, row in enumerate(data[["type", "unit", "value", "low", "high"]].to_dict("records")):
        if _implausible(row, limits.get(row["type"], {})):
            flags[number].append("implausible")
    single = {kind.id for kind in book.claims.types if kind.one_value}
    for (kind, *_), cell in _cells(_comparable(data, book, rates)):
        if kind not in single:
            continue
        for rows in _clusters(cell):
            for flag in _far_off(cell, rows)[1]:
                for index in rows:
                    flags[index].append(flag)
    data["flags"] = flags
    return data


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
    data = _comparable(claims.reset_index(drop=True), book, rates)
    order = {name: number for number, name in enumerate(book.claims.type_ids)}
    single = {kind.id for kind in book.claims.types if kind.one_value}
    rows = []
    for (kind, subject, scale, detail), cell in _cells(data):
        for members in _clusters(cell):
            ratio, flags = _far_off(cell, members) if kind in single else (math.nan, [])
            rows.append(_group_row(cell.loc[members], kind, subject, scale, detail) | {"ratio": ratio, "flags": flags})
            own = [
                flag
                for flags in cell.loc[members, "flags"]
                for flag in flags
                if flag not in ("outlier", "power_of_ten")
            ]
            rows[-1]["flags"] = [*dict.fromkeys([*rows[-1]["flags"], *own])]
    total: dict[tuple[str, str], int] = {}
    for row in rows:
        total[row["type"], row["subject"]] = total.get((row["type"], row["subject"]), 0) + row["claims"]
    rows.sort(key=lambda row: (
        order.get(row["type"], len(order)), row["subject"] == "", -total[row["type"], row["subject"]], row["subject"], row["unit"], row["detail"],
        -row["sources"], -row["claims"], row["value"],
    ))  # fmt: skip
    groups: pd.DataFrame = pd.DataFrame(rows, columns=list(GROUP_COLUMNS))
    return groups


def _group_row(rows: pd.DataFrame, kind: str, subject: str, scale: str, detail: str) -> dict[str, Any]:
    stated = rows[rows["value"].notna()] if rows["value"].notna().any() else rows  # a number says more than a span
    by_value = stated.groupby("point")["speaker"].nunique()
    width = (stated["upper"] - stated["lower"]).groupby(stated["point"]).min()
    value = max(by_value.index, key=lambda point: (by_value[point], -width[point]))
    open_form = str(rows["form"].iloc[0])
    spans = rows[rows["value"].isna()]
    low = float(min([*stated["point"], *spans["lower"]])) if len(spans) else float(stated["point"].min())
    high = float(max([*stated["point"], *spans["upper"]])) if len(spans) else float(stated["point"].max())
    if open_form:
        low, high = (math.nan, float(value)) if open_form != "over" else (float(value), math.nan)
    elif rows["hedge"].isin(["about", "nearly"]).all():
        open_form = "about"
    return {
        "type": kind, "subject": subject, "unit": scale, "detail": detail, "value": float(value), "low": low, "high": high, "hedge": open_form,
        "claims": len(rows), "documents": rows["doc_id"].nunique(), "sources": rows["speaker"].nunique(),
        "stories": rows["story"].nunique() if "story" in rows.columns else None, "said_by": _distinct(rows["speaker"]),
        "holders": _distinct(rows["holder"]), "doubted": int((rows["doubt"] != "").sum()), "positions": _distinct(rows["position"]),
        "figures": _distinct(rows["text"]), "dates": sorted({day for day in rows["date"] if day}),
    }  # fmt: skip


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
