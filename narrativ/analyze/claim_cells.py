"""Claims brought to a common scale, clustered where they agree, and measured by what others say; plain arrays.

A cell holds the claims that can be compared: of one type, subject, unit and detail.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FACTOR", "OTHER", "SLIP", "Cell", "cells", "checked_rates"]

FACTOR = 2.0
"""Beyond this ratio to what the others say a figure is an outlier: no rounding and no "about" explains it."""
SLIP = 0.15
"""How near, in powers of ten, the ratio must be to 10, 100, … to be a likely slip of a zero or of 万 and 亿: a factor of 1.41."""
OTHER = "of the other"
"""Unit of relative values: the share that the cheaper is of the dearer."""

_SOURCES = 2  # other sources that must speak before a figure is far off: one against one is a dispute
_OPEN = ("under", "over", "up to")
_FLIPPED = {"under": "over", "up to": "over", "over": "under"}

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]


def checked_rates(rates: Mapping[str, float] | None) -> dict[str, float]:
    """Rates by upper-case code.

    Raises
    ------
    OptionError
        A rate is no positive number.
    """
    known = {code.upper(): float(rate) for code, rate in (rates or {}).items()}
    for code, rate in known.items():
        if not (math.isfinite(rate) and rate > 0):
            raise OptionError(f"rate of {code} is {rate}; a rate is US dollars for one unit, above 0")
    return known


@dataclass(slots=True)
class Cell:
    """Claims that can be compared with each other.

    Attributes
    ----------
    type, subject, unit, detail
        What they share; `unit` is :data:`OTHER` for relative values.
    rows
        Their rows in the table of claims; shape (n_claims,), as all that follow.
    point, lower, upper
        The value, and the ends of its rounding interval or of the span that the words give.
    form
        ``under``, ``over``, ``up to``, or empty for a figure that is no open bound.
    speaker
        Code of who says it: the source, or the document where none is named.
    """

    type: str
    subject: str
    unit: str
    detail: str
    rows: _Integers
    point: _Floats
    lower: _Floats
    upper: _Floats
    form: list[str]
    speaker: _Integers

    def clusters(self) -> list[_Integers]:
        """Positions of claims that agree, cluster by cluster.

        The values that most speakers give are anchors, the most precise first among equals; each takes what is left and
        overlaps it. Open bounds agree only with the same bound.
        """
        support: dict[tuple[str, float], set[int]] = {}
        first: dict[tuple[str, float], int] = {}
        for number, key in enumerate(zip(self.form, self.point.tolist(), strict=True)):
            support.setdefault(key, set()).add(int(self.speaker[number]))
            first.setdefault(key, number)
            if self._width(number) < self._width(first[key]):
                first[key] = number
        anchors = sorted(support, key=lambda key: (-len(support[key]), self._width(first[key]), key[1], key[0]))
        order = np.argsort(self.lower, kind="stable")
        lower = self.lower[order]
        widest = float(
            np.nanmax(np.where(np.isfinite(self.upper - self.lower), self.upper - self.lower, 0.0), initial=0.0)
        )
        form = np.array(self.form)
        left = np.ones(len(order), dtype=bool)
        found = []
        for name, point in anchors:
            low, high = self.lower[first[name, point]], self.upper[first[name, point]]
            near = order[np.searchsorted(lower, low - widest, "left") : np.searchsorted(lower, high, "right")]
            agrees = (self.point[near] == point) | (
                np.minimum(self.upper[near], high) > np.maximum(self.lower[near], low)
            ) * (name == "")
            taken = near[left[near] & (form[near] == name) & agrees]
            if len(taken):
                left[taken] = False
                found.append(np.sort(taken))
        rest = np.flatnonzero(left)  # values beyond all floats
        return [*found, *([rest] if len(rest) else [])]

    def _width(self, number: int) -> float:
        return float(self.upper[number] - self.lower[number])

    def said(self) -> _Floats:
        """Each speaker's median value, NaN for codes that do not speak here; shape (highest code + 1,)."""
        medians = np.full(int(self.speaker.max()) + 1, np.nan)
        order = np.argsort(self.speaker, kind="stable")
        codes, starts = np.unique(self.speaker[order], return_index=True)
        for code, values in zip(codes, np.split(self.point[order], starts[1:]), strict=True):
            medians[code] = np.median(values)
        return medians

    def far_off(self, members: _Integers, said: _Floats) -> tuple[float, list[str]]:
        """Ratio of a cluster's value to the consensus of the other speakers, and its flags.

        The consensus is the middle of their medians on the scale of ratios (of 0.4 and 6 trillion it is 1.5), and only where most of
        them stand within :data:`FACTOR` of it.
        """
        others = said.copy()
        others[self.speaker[members]] = np.nan
        others = others[np.isfinite(others) & (others > 0)]
        point = float(np.median(self.point[members]))
        if len(others) < _SOURCES or not (math.isfinite(point) and point > 0):
            return math.nan, []
        consensus = float(np.exp(np.median(np.log(others))))
        agreeing = int(((others > consensus / FACTOR) & (others < consensus * FACTOR)).sum())
        if 2 * agreeing <= len(others):
            return math.nan, []
        ratio = point / consensus
        form = self.form[int(members[0])]
        allowed = (form in ("under", "up to") and ratio > 1) or (form == "over" and ratio < 1)
        spans = float(self.lower[members].min()) <= consensus <= float(self.upper[members].max())
        if allowed or spans or abs(math.log(ratio)) <= math.log(FACTOR) + 1e-9:
            return ratio, []
        power = round(math.log10(ratio))
        slip = power != 0 and abs(math.log10(ratio) - power) <= SLIP
        return ratio, ["outlier", "power_of_ten"] if slip else ["outlier"]


def cells(data: pd.DataFrame, book: Codebook, rates: Mapping[str, float] | None) -> Iterator[Cell]:
    """Cells of a table of claims, in the order in which they begin; amounts at the given rates in dollars."""
    import pandas as pd

    known = checked_rates(rates)
    units = data["unit"].replace({"pp": "%"})
    factor = units.map(lambda unit: known.get(unit, 1.0)).to_numpy(dtype=float)
    low, high, value, step, share = (
        data[name].to_numpy(dtype=float) for name in ("low", "high", "value", "step", "relative")
    )
    hedge = data["hedge"].to_numpy(dtype=object)
    with np.errstate(invalid="ignore", over="ignore"):
        middle = np.where(np.isnan(low), high, np.where(np.isnan(high), low, (low + high) / 2))
        point = np.where(np.isnan(value), middle, value) * factor
        half = step * factor / 2
        vague = np.isnan(value) | np.isin(hedge.astype(str), ["about", "nearly", "range"])
        lower = np.where(vague, np.fmin(low * factor, point), point - half)
        upper = np.where(vague, np.fmax(high * factor, point), point + half)
        relative = data["type"].isin([kind.id for kind in book.claims.types if kind.relative]).to_numpy() & ~np.isnan(
            share
        )
        ends = np.stack([lower, upper]) / np.where(point > 0, point, 1.0)
        # "20 times" or "95 % cheaper" grows as the share shrinks: its bounds change places.
        shrinks = relative & ~np.isclose(share, point / 100)
        lower = np.where(relative, share * np.clip(np.where(shrinks, 2 - ends[1], ends[0]), 0.5, 1), lower)
        upper = np.where(relative, share * np.clip(np.where(shrinks, 2 - ends[0], ends[1]), 1, 1.5), upper)
        point = np.where(relative, share, point)
    scale = np.where(relative, OTHER, np.where(units.isin(list(known)), "USD", units))
    form = [
        (_FLIPPED[name] if flip else name) if name in _OPEN else "" for name, flip in zip(hedge, shrinks, strict=True)
    ]
    speaker, _ = pd.factorize(data["source"].where(data["source"] != "", data["doc_id"]))
    keys: dict[tuple[str, str, str, str], list[int]] = {}
    for number, key in enumerate(zip(data["type"], data["subject"], scale, data["detail"], strict=True)):
        keys.setdefault(key, []).append(number)
    for (kind, subject, unit, detail), numbers in keys.items():
        rows = np.array(numbers, dtype=np.int64)
        yield Cell(
            kind, subject, str(unit), detail, rows, point[rows], lower[rows], upper[rows], [form[n] for n in numbers], speaker[rows].astype(np.int64)
        )  # fmt: skip
