"""Shares per group with intervals, and differences between groups with intervals, p-values and effect sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from narrativ.analyze.measures import Measure, Units
from narrativ.analyze.permute import permutation_p
from narrativ.analyze.resample import Ratios, block_sums, bootstrap_ratios, interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NOT_ENOUGH", "Estimates", "adjusted", "difference_rows", "estimate", "pairs_of", "share_rows"]

_Floats = npt.NDArray[np.float64]
_Bools = npt.NDArray[np.bool_]

NOT_ENOUGH = "not enough"
LEVEL = 0.95
_UNTESTED = frozenset({"no_frame"})
MIN_EVENTS = 5
"""Clusters of both groups that must show something, and that must not, for a test: shuffling one or two rare events about says
nothing of the groups, only of their sizes (Cochran 1954 asks as much of expected counts)."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Values and their bootstrap, with "the rest" of each group as further groups after the groups.

    Attributes
    ----------
    value, low, high
        Shape (2 n_groups, n_measures): the groups, then all others of each group.
    draws
        Shape (n_draws, 2 n_groups, n_measures).
    clusters, effective, units
        Clusters with a denominator; their effective number, Kish's (sum of d)² / sum of d² of their denominators d; and units
        with a denominator. Same shape as `value`.
    enough
        Whether there is enough to say a number; same shape.
    """

    value: _Floats
    low: _Floats
    high: _Floats
    draws: _Floats
    clusters: npt.NDArray[np.int64]
    effective: _Floats
    units: npt.NDArray[np.int64]
    enough: _Bools


def estimate(units: Units, *, draws: int, seed: int, min_n: int) -> Estimates:
    """Values, intervals and what they rest on, per group and per rest of a group."""
    groups = len(units.names)
    ratios = bootstrap_ratios(
        units.cluster, units.group, units.numerator, units.denominator, groups=groups, draws=draws, seed=seed
    )
    counted = _counts(units, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = counted["above"] / np.where(counted["below"] > 0, counted["below"], np.nan)
        effective = counted["below"] ** 2 / np.where(counted["squares"] > 0, counted["squares"], np.nan)
    effective = np.nan_to_num(effective)
    clusters = counted["clusters"].astype(np.int64)
    enough = (clusters >= min_n) & (effective >= min_n / 2)
    drawn = np.concatenate([ratios.draws, _rest(ratios)], axis=1)
    low, high = interval(drawn, LEVEL, clusters=effective)
    low, high = _bounded(value, low, high, effective, units.measures)
    return Estimates(value, low, high, drawn, clusters, effective, counted["units"].astype(np.int64), enough)


def _counts(units: Units, groups: int) -> dict[str, _Floats]:
    """Sums, clusters and units per group and per rest of it."""
    measures = len(units.measures)
    cluster, group, sums = block_sums(units.cluster, units.group, np.hstack([units.numerator, units.denominator]))
    below = sums[:, measures:]
    # The rest of a group is other groups together: a story that stands in two of them is one cluster there.
    cluster = np.unique(cluster, return_inverse=True)[1]
    whole = block_sums(cluster, np.zeros_like(cluster), below)[2]
    own = np.zeros((groups, measures, 5))
    for g in range(groups):
        part = below[group == g]
        mine = units.group == g
        own[g, :, 0] = sums[group == g, :measures].sum(axis=0)
        own[g, :, 1] = part.sum(axis=0)
        own[g, :, 2] = (part**2).sum(axis=0)
        own[g, :, 3] = (part > 0).sum(axis=0)
        own[g, :, 4] = (units.denominator[mine] > 0).sum(axis=0)
    rest = own.sum(axis=0) - own
    total_squares, total_clusters = (whole**2).sum(axis=0), (whole > 0).sum(axis=0)
    for g in range(groups):
        touched = cluster[group == g]
        others = whole[np.unique(touched)].copy()
        np.subtract.at(others, np.searchsorted(np.unique(touched), touched), below[group == g])
        others[np.abs(others) < 1e-9] = 0.0
        mine = whole[np.unique(touched)]
        rest[g, :, 2] = total_squares - (mine**2).sum(axis=0) + (others**2).sum(axis=0)
        rest[g, :, 3] = total_clusters - (mine > 0).sum(axis=0) + (others > 0).sum(axis=0)
    every = np.concatenate([own, rest])
    return {name: every[:, :, k] for k, name in enumerate(("above", "below", "squares", "clusters", "units"))}


def _rest(ratios: Ratios) -> _Floats:
    above = ratios.above.sum(axis=1, keepdims=True) - ratios.above
    below = ratios.below.sum(axis=1, keepdims=True) - ratios.below
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(above / np.where(below > 1e-9, below, np.nan))


def _bounded(
    value: _Floats, low: _Floats, high: _Floats, effective: _Floats, measures: Sequence[Measure]
) -> tuple[_Floats, _Floats]:
    """Intervals where every cluster says the same: no draw differs then, yet none of 12 is not none of all.

    They take the exact bound for none of n (Clopper & Pearson 1934), with n the effective number of clusters.
    """
    lowest = np.array([measure.low for measure in measures])
    slack = (1 - ((1 - LEVEL) / 2) ** (1 / np.maximum(effective, 1.0))) * (1 - lowest)
    flat = (high - low) < 1e-12
    with np.errstate(invalid="ignore"):
        return (
            np.where(flat, np.maximum(lowest, value - slack), low),
            np.where(flat, np.minimum(1.0, value + slack), high),
        )


def share_rows(units: Units, found: Estimates) -> pd.DataFrame:
    """A row a group and measure; numbers are missing where there is not enough."""
    import pandas as pd

    abstained = _abstained(units)
    rows: list[dict[str, Any]] = []
    for g, name in enumerate(units.names):
        for m, measure in enumerate(units.measures):
            enough = bool(found.enough[g, m])
            shown = [float(x) if enough else np.nan for x in (found.value[g, m], found.low[g, m], found.high[g, m])]
            rows.append(
                {
                    "group": name,
                    "kind": measure.kind,
                    "key": measure.key,
                    "category": measure.category,
                    "value": shown[0],
                    "low": shown[1],
                    "high": shown[2],
                    "abstained": abstained.get((g, measure.key), np.nan) if measure.kind == "frame" else np.nan,
                    "n": int(found.units[g, m]),
                    "clusters": int(found.clusters[g, m]),
                    "effective": round(float(found.effective[g, m]), 1),
                    "status": "ok" if enough else NOT_ENOUGH,
                }
            )
    result: pd.DataFrame = pd.DataFrame(rows)
    return result


def _abstained(units: Units) -> dict[tuple[int, str], float]:
    """Share of passages on which the engine abstained, per group and frame; only where it ever does."""
    if len(units.table) != len(units.group):  # whole documents
        return {}
    lists = units.table["abstained"].tolist()
    if not any(lists):
        return {}
    size = np.bincount(units.group, minlength=len(units.names))
    counts = {(g, m.key): 0.0 for g in range(len(units.names)) for m in units.measures if m.kind == "frame"}
    for g, names in zip(units.group.tolist(), lists, strict=True):
        for name in names:
            if (g, name) in counts:
                counts[g, name] += 1
    return {(g, name): number / size[g] for (g, name), number in counts.items()}


def pairs_of(names: Sequence[str], ready: _Bools, baseline: str | None) -> tuple[list[tuple[int, int]], str]:
    """Which groups are compared with which, and what to call it: ``pairs``, ``rest`` or the group's name.

    Without a baseline: all pairs of up to four groups, two of which have enough data, otherwise each group against all others.
    Two groups are one pair however it is asked.
    """
    many = len(names)
    usable = [g for g in range(many) if ready[g]]
    if baseline in names:
        other = list(names).index(str(baseline))
        return [(g, other) for g in range(many) if g != other], str(baseline)
    if many == 2:
        return [(0, 1)], "pairs"
    if baseline is None and many <= 4 and len(usable) > 1:
        usable = list(range(many))
    elif baseline != "pairs":
        return [(g, -1) for g in range(many)] if many > 1 else [], "rest"
    return [(a, b) for place, a in enumerate(usable) for b in usable[place + 1 :]], "pairs"


def difference_rows(
    units: Units, found: Estimates, pairs: Sequence[tuple[int, int]], *, permutations: int, seed: int
) -> pd.DataFrame:
    """A row a comparison and measure: both values, the difference with its interval, p-values, effect sizes."""
    import pandas as pd

    groups = len(units.names)
    tested = [m for m, measure in enumerate(units.measures) if measure.kind not in _UNTESTED]
    other = [b if b >= 0 else groups + a for a, b in pairs]
    enough = np.array([found.enough[a] & found.enough[b] for (a, _), b in zip(pairs, other, strict=True)])
    p = np.full((len(pairs), len(units.measures)), np.nan)
    live = [k for k in range(len(pairs)) if enough[k][tested].any()]
    if live:
        used = [m for m in tested if enough[live][:, m].any()]
        p[np.ix_(live, used)] = permutation_p(
            units.cluster, units.group, units.numerator[:, used], units.denominator[:, used], [pairs[k] for k in live],
            permutations=permutations, seed=seed,
        )  # fmt: skip
        p[_too_rare(units, pairs)] = np.nan
    rows: list[dict[str, Any]] = []
    for k, ((a, second), b) in enumerate(zip(pairs, other, strict=True)):
        low, high = _difference_interval(found, units.measures, a, b)
        for m in tested:
            measure, ok = units.measures[m], bool(enough[k][m])
            one, two = found.value[a, m], found.value[b, m]
            row: dict[str, Any] = {
                "group": units.names[a],
                "baseline": units.names[second] if second >= 0 else "rest",
                "kind": measure.kind,
                "key": measure.key,
                "category": measure.category,
            }
            numbers: dict[str, float] = {
                "value": one,
                "value_low": found.low[a, m],
                "value_high": found.high[a, m],
                "baseline_value": two,
                "baseline_low": found.low[b, m],
                "baseline_high": found.high[b, m],
                "difference": one - two,
                "low": low[m],
                "high": high[m],
                "p": p[k, m],
            }
            numbers |= _effects(measure, one, two, found.effective[a, m], found.effective[b, m])
            row |= {name: float(number) if ok else np.nan for name, number in numbers.items()}
            row |= {
                "n": int(found.units[a, m]),
                "baseline_n": int(found.units[b, m]),
                "clusters": int(found.clusters[a, m]),
                "baseline_clusters": int(found.clusters[b, m]),
                "status": "ok" if ok else NOT_ENOUGH,
            }
            rows.append(row)
    columns = ["group", "baseline", "kind", "key", "category", "value", "value_low", "value_high", "baseline_value", "baseline_low",
               "baseline_high", "difference", "low", "high", "p", "p_adjusted", "cohen_h", "odds_ratio", "n", "baseline_n", "clusters",
               "baseline_clusters", "status"]  # fmt: skip
    result: pd.DataFrame = pd.DataFrame(rows, columns=columns)
    # Each kind of measure is a question of its own, and a family of tests.
    p_values, corrected = result["p"].to_numpy(dtype=np.float64), np.full(len(result), np.nan)
    for kind in result["kind"].unique():
        mine = (result["kind"] == kind).to_numpy()
        corrected[mine] = adjusted(p_values[mine])
    result["p_adjusted"] = corrected
    return result


def _too_rare(units: Units, pairs: Sequence[tuple[int, int]]) -> _Bools:
    """Comparisons and measures with fewer than five clusters that show something, or that do not; shape (n_pairs, n_measures)."""
    measures = len(units.measures)
    _, group, sums = block_sums(units.cluster, units.group, np.hstack([units.numerator, units.denominator]))
    above, below = sums[:, :measures], sums[:, measures:]
    some = np.zeros((len(units.names), measures), dtype=np.int64)
    none = np.zeros_like(some)
    np.add.at(some, group, np.abs(above) > 1e-12)
    np.add.at(none, group, (below > 0) & (np.abs(below - above) > 1e-12))
    rare = np.zeros((len(pairs), measures), dtype=bool)
    for k, (a, b) in enumerate(pairs):
        for counts in (some, none):
            both = counts[a] + counts[b] if b >= 0 else counts.sum(axis=0)
            rare[k] |= both < MIN_EVENTS
    return rare


def _difference_interval(found: Estimates, measures: Sequence[Measure], a: int, b: int) -> tuple[_Floats, _Floats]:
    """From the same draws for both groups; where either never varies, from the two intervals.

    The latter is the square-and-add method (Newcombe 1998; Zou & Donner 2008).
    """
    gap = found.draws[:, a] - found.draws[:, b]
    low, high = interval(gap, LEVEL, clusters=np.minimum(found.effective[a], found.effective[b]))
    flat = (np.nanstd(np.nan_to_num(found.draws[:, a]), axis=0) < 1e-12) | (
        np.nanstd(np.nan_to_num(found.draws[:, b]), axis=0) < 1e-12
    )
    difference = found.value[a] - found.value[b]
    with np.errstate(invalid="ignore"):
        below = difference - np.hypot(found.value[a] - found.low[a], found.high[b] - found.value[b])
        above = difference + np.hypot(found.high[a] - found.value[a], found.value[b] - found.low[b])
    limit = np.array([1 - measure.low for measure in measures])
    return np.where(flat, np.maximum(below, -limit), low), np.where(flat, np.minimum(above, limit), high)


def _effects(measure: Measure, one: float, two: float, n_one: float, n_two: float) -> dict[str, float]:
    """Cohen's h (1988) and the odds ratio of two shares; a share of 0 or 1 counts half a cluster more on either side.

    Net stance is no share and has neither: its difference, on −2 to +2, is the effect.
    """
    if measure.kind == "stance" or not (np.isfinite(one) and np.isfinite(two)):
        return {"cohen_h": np.nan, "odds_ratio": np.nan}
    h = 2 * (np.arcsin(np.sqrt(one)) - np.arcsin(np.sqrt(two)))
    if max(one, two) < 1e-12 or min(one, two) > 1 - 1e-12:
        return {"cohen_h": 0.0, "odds_ratio": np.nan}
    if min(one, two) < 1e-12 or max(one, two) > 1 - 1e-12:
        one, two = (one * n_one + 0.5) / (n_one + 1), (two * n_two + 0.5) / (n_two + 1)
    return {"cohen_h": float(h), "odds_ratio": float(one / (1 - one) / (two / (1 - two)))}


def adjusted(p: _Floats) -> _Floats:
    """p-values adjusted for their number by Benjamini & Hochberg (1995); missing ones are no tests."""
    result = np.full(len(p), np.nan)
    tests = np.isfinite(p)
    if tests.any():
        result[tests] = stats.false_discovery_control(p[tests], method="bh")
    return result
