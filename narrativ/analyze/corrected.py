"""A comparison's numbers corrected by a labelled sample, beside the naive ones, per group and language; and who errs where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.correct import (
    MIN_GOLD,
    Corrected,
    Sampled,
    corrected_ratio,
    corrected_share,
    square_and_add,
    wilson,
)
from narrativ.analyze.estimate import NOT_ENOUGH, Estimates, adjusted, estimate
from narrativ.analyze.gold import Gold
from narrativ.analyze.groups import language_of
from narrativ.analyze.measures import Measure, Units

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Correction", "corrections"]

_SHUFFLES = 1999
_ALPHA = 0.05
_VALUES = {"favor": 1.0, "against": -1.0, "neutral": 0.0, "": 0.0}

_Floats = npt.NDArray[np.float64]
_Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Correction:
    """Corrected numbers.

    Attributes
    ----------
    shares
        A row a group, language (``all``, or one of several) and measure: naive and corrected value and interval, and `gold`, the
        labelled passages that it rests on (for stance: those about the target).
    differences
        The same per comparison.
    errors
        A row a group and frame: how the classifier errs there. ``missed``, the share of telling passages that it does not find,
        and ``false_alarms``, the share of others that it takes for telling, with Wilson intervals; ``net_error``, the truth's share
        minus the classifier's; ``p``, ``p_adjusted``: whether net errors differ between groups (shuffled).
    """

    shares: pd.DataFrame
    differences: pd.DataFrame
    errors: pd.DataFrame


def corrections(
    units: Units,
    found: Estimates,
    pairs: Sequence[tuple[int, int]],
    gold: Gold,
    *,
    draws: int,
    seed: int,
    min_n: int,
) -> Correction:
    """Corrected shares and differences; `gold.row` are places in ``units.table``, which must be passages."""
    import pandas as pd

    language = language_of(units.table["script"]).to_numpy()
    names = list(dict.fromkeys(language.tolist()))
    codes = np.array([names.index(name) for name in language], dtype=np.int64)
    parts: list[tuple[str, npt.NDArray[np.bool_], Estimates]] = [("all", np.ones(len(codes), dtype=bool), found)]
    if len(names) > 1:
        for code, name in enumerate(names):
            mask = codes == code
            parts.append((name, mask, estimate(_part(units, mask), draws=draws, seed=seed, min_n=min_n)))
    measures = [(place, m) for place, m in enumerate(units.measures) if _asked(m, gold)]
    shares: list[dict[str, Any]] = []
    differences: list[dict[str, Any]] = []
    groups = len(units.names)
    for label, mask, naive in parts:
        for place, measure in measures:
            truth = _Truth(units, codes, gold, measure, place)
            known: dict[int, Corrected] = {}
            for g in range(groups):
                known[g] = truth.corrected(mask & (units.group == g))
                shares.append(
                    {"group": units.names[g], "language": label, "kind": measure.kind, "key": measure.key}
                    | _naive(naive, g, place)
                    | _written(known[g].value, known[g].low, known[g].high)
                    | {"gold": known[g].gold}
                )
            for a, second in pairs:
                b = second if second >= 0 else groups + a
                if b not in known:
                    known[b] = truth.corrected(mask & (units.group != a))
                gap = square_and_add(known[a], known[b], 1 - measure.low)
                differences.append(
                    {
                        "group": units.names[a],
                        "baseline": units.names[second] if second >= 0 else "rest",
                        "language": label,
                    }
                    | {"kind": measure.kind, "key": measure.key}
                    | {"naive_value": naive.value[a, place], "naive_baseline": naive.value[b, place]}
                    | {"naive_difference": _gap(naive, a, b, place)}
                    | _side("value", known[a])
                    | _side("baseline", known[b])
                    | _written(*gap)
                    | {"gold": known[a].gold, "baseline_gold": known[b].gold}
                )
    numbers = ["naive", "naive_low", "naive_high", "corrected", "low", "high"]
    return Correction(
        pd.DataFrame(shares, columns=["group", "language", "kind", "key", *numbers, "gold", "status"]),
        pd.DataFrame(
            differences,
            columns=["group", "baseline", "language", "kind", "key", "naive_value", "naive_baseline", "naive_difference", "value",
                     "value_low", "value_high", "baseline_value", "baseline_low", "baseline_high", "corrected", "low", "high",
                     "gold", "baseline_gold", "status"],
        ),
        _errors(units, gold, seed),
    )  # fmt: skip


def _part(units: Units, mask: npt.NDArray[np.bool_]) -> Units:
    return replace(
        units,
        table=units.table[mask],
        group=units.group[mask],
        cluster=units.cluster[mask],
        weight=units.weight[mask],
        numerator=units.numerator[mask],
        denominator=units.denominator[mask],
    )


def _asked(measure: Measure, gold: Gold) -> bool:
    return (measure.kind == "frame" and measure.key in gold.frames) or (
        measure.kind == "stance" and measure.key in gold.stance
    )


def _naive(found: Estimates, group: int, place: int) -> dict[str, float]:
    enough = bool(found.enough[group, place])
    values = (found.value[group, place], found.low[group, place], found.high[group, place])
    return {
        name: float(value) if enough else np.nan
        for name, value in zip(("naive", "naive_low", "naive_high"), values, strict=True)
    }


def _gap(found: Estimates, a: int, b: int, place: int) -> float:
    enough = found.enough[a, place] and found.enough[b, place]
    return float(found.value[a, place] - found.value[b, place]) if enough else np.nan


def _side(name: str, known: Corrected) -> dict[str, float]:
    first = "value" if name == "value" else f"{name}_value"
    return {first: known.value, f"{name}_low": known.low, f"{name}_high": known.high}


def _written(value: float, low: float, high: float) -> dict[str, Any]:
    status = "ok" if np.isfinite(value) else NOT_ENOUGH
    return {"corrected": float(value), "low": float(low), "high": float(high), "status": status}


class _Truth:
    """One measure: what the classifier says of every passage, and what people say of the labelled ones."""

    def __init__(self, units: Units, language: _Codes, gold: Gold, measure: Measure, place: int) -> None:
        self._units, self._gold, self._measure, self._language = units, gold, measure, language
        says = units.numerator[:, place] / units.weight
        about = units.denominator[:, place] > 0
        if measure.kind == "frame":
            self._said: _Codes = says.round().astype(np.int64)
            self._classes = 2
            self._over = gold.frames[measure.key]
            self._under = np.ones_like(self._over)
        else:
            self._said = np.where(about, says.round().astype(np.int64) + 2, 0)
            self._classes = 4
            given = gold.stance[measure.key]
            self._over = np.array([_VALUES[str(value)] for value in given])
            self._under = (given != "").astype(np.float64)
        of_gold = self._said[gold.row]
        number = np.bincount(of_gold, minlength=self._classes)
        # Where a group's cell has no labelled passage: what all labelled passages of that class say, drawn to their mean.
        self._fallback = tuple(
            (np.bincount(of_gold, values, minlength=self._classes) + values.mean()) / (number + 1)
            for values in (self._over, self._under)
        )

    def corrected(self, mask: npt.NDArray[np.bool_]) -> Corrected:
        """Of the passages in `mask`."""
        rows = np.flatnonzero(mask)
        position = np.full(len(mask), -1, dtype=np.int64)
        position[rows] = np.arange(len(rows))
        inside = position[self._gold.row] >= 0
        place = position[self._gold.row[inside]]
        cell, times = self._cells(rows, place)
        sampled = Sampled(
            self._units.weight[rows], self._units.cluster[rows], cell, place, self._gold.probability[inside]
        )
        over, under = self._over[inside], self._under[inside]
        fallback = [np.tile(values, times) for values in self._fallback]
        if self._measure.kind == "frame":
            return corrected_share(sampled, over, fallback[0])
        return corrected_ratio(sampled, over, under, (fallback[0], fallback[1]), self._measure.low)

    def _cells(self, rows: _Codes, gold: _Codes) -> tuple[_Codes, int]:
        """Cells by what is said, and by language where each has labelled passages enough."""
        said = self._said[rows]
        codes, language = np.unique(self._language[rows], return_inverse=True)
        if len(codes) > 1 and np.bincount(language[gold], minlength=len(codes)).min() >= MIN_GOLD:
            return language * self._classes + said, len(codes)
        return said, 1


def _errors(units: Units, gold: Gold, seed: int) -> pd.DataFrame:
    import pandas as pd

    group = units.group[gold.row]
    weight = 1 / gold.probability
    number = np.bincount(group, minlength=len(units.names))
    ready = np.flatnonzero(number >= MIN_GOLD)
    rows: list[dict[str, Any]] = []
    for place, measure in enumerate(units.measures):
        if measure.kind != "frame" or measure.key not in gold.frames:
            continue
        truth = gold.frames[measure.key]
        said = (units.numerator[gold.row, place] > 0).astype(np.float64)
        p = _differ(truth - said, group, weight, ready, seed)
        for g in ready:
            mine = group == g
            missed = _rate(1 - said, weight, mine & (truth > 0))
            alarms = _rate(said, weight, mine & (truth == 0))
            rows.append(
                {
                    "group": units.names[g],
                    "key": measure.key,
                    "gold": int(number[g]),
                    "missed": missed[0],
                    "missed_low": missed[1],
                    "missed_high": missed[2],
                    "false_alarms": alarms[0],
                    "false_alarms_low": alarms[1],
                    "false_alarms_high": alarms[2],
                    "net_error": float(np.average((truth - said)[mine], weights=weight[mine])),
                    "p": p,
                }
            )
    columns = ["group", "key", "gold", "missed", "missed_low", "missed_high", "false_alarms", "false_alarms_low",
               "false_alarms_high", "net_error", "p"]  # fmt: skip
    table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    per_frame = table.drop_duplicates("key").set_index("key")["p"]
    corrected = dict(zip(per_frame.index, adjusted(per_frame.to_numpy(dtype=np.float64)), strict=True))
    table["p_adjusted"] = table["key"].map(corrected).astype(np.float64)
    return table


def _rate(values: _Floats, weight: _Floats, mask: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    if not mask.any():
        return np.nan, np.nan, np.nan
    mine = weight[mask]
    share = np.array([np.average(values[mask], weights=mine)])
    low, high = wilson(share, np.array([mine.sum() ** 2 / (mine**2).sum()]))
    return float(share[0]), float(low[0]), float(high[0])


def _differ(error: _Floats, group: _Codes, weight: _Floats, ready: _Codes, seed: int) -> float:
    """p-value of equal mean errors in the groups: the spread of weighted means, labels shuffled over labelled passages."""
    mine = np.isin(group, ready)
    if len(ready) < 2:
        return np.nan
    error, weight, codes = error[mine], weight[mine], np.searchsorted(ready, group[mine])
    member = (codes[:, None] == np.arange(len(ready))[None, :]).astype(np.float64)
    rng = np.random.default_rng(seed)

    def spread(values: _Floats, weights: _Floats) -> _Floats:
        total = weights @ member
        means = (values * weights) @ member / total
        overall = (means * total).sum(axis=1, keepdims=True) / total.sum(axis=1, keepdims=True)
        return np.asarray((total * (means - overall) ** 2).sum(axis=1))

    seen = spread(error[None], weight[None])[0]
    order = rng.permuted(np.broadcast_to(np.arange(len(error)), (_SHUFFLES, len(error))), axis=1)
    drawn = spread(error[order], weight[order])
    return float((1 + (drawn >= seen - 1e-12).sum()) / (1 + _SHUFFLES))
