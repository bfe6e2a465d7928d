"""Shares, counts and sums of cells (a period in a group), each with its interval.

Shares come from the cluster bootstrap of :mod:`narrativ.analyze.resample`. It knows nothing of what it has not seen: of four posts
none of which tells a frame it says 0 % for certain. So where a cell rests on few documents, Wilson's interval (1927) stands in its
place, with Kish's effective number of clusters (1965). Counts and sums of reach get the interval of a scaled Poisson distribution
(Bohm & Zech 2014), which for plain counts is Garwood's exact one (1936).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

from narrativ.analyze.resample import DRAWS, SEED, bootstrap_ratios, interval

__all__ = ["MIN_CLUSTERS", "Shares", "difference", "poisson_interval", "shares", "summed"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

MIN_CLUSTERS = 3
"""Documents or stories that a share needs; with two, 95 % intervals leave out next to nothing."""
_MANY_CLUSTERS = 30
_MANY_OF_EACH = 5
"""Clusters in all, and with and without the frame, from which on the bootstrap covers as it should."""
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares per cell and frame.

    Attributes
    ----------
    value, low, high
        Share and the ends of its interval, 0 to 1; NaN where there are too few clusters; shape (n_cells, n_frames).
    leads
        Part of the draws in which the frame has the largest share of its cell; shape (n_cells, n_frames).
    bootstrapped
        Whether the interval is the bootstrap's, not Wilson's; shape (n_cells, n_frames).
    clusters
        Clusters in each cell; shape (n_cells,).
    """

    value: _Floats
    low: _Floats
    high: _Floats
    leads: _Floats
    bootstrapped: npt.NDArray[np.bool_]
    clusters: _Integers


def summed(cell: npt.NDArray[np.integer], values: npt.NDArray[Any], cells: int) -> _Floats:
    """Sum of `values` (shape (n_rows,) or (n_rows, n_columns)) per cell."""
    if values.ndim == 1:
        return np.bincount(cell, weights=values, minlength=cells).astype(np.float64)
    columns = [np.bincount(cell, weights=values[:, k], minlength=cells) for k in range(values.shape[1])]
    return np.column_stack(columns).astype(np.float64) if columns else np.zeros((cells, 0))


def shares(
    cell: _Integers,
    cluster: _Integers,
    numerator: _Floats,
    denominator: _Floats,
    *,
    cells: int,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Shares:
    """Shares of `numerator` in `denominator` per cell.

    Parameters
    ----------
    cell, cluster
        Codes of each row; shape (n_rows,).
    numerator, denominator
        Weighted passages that tell each frame, shape (n_rows, n_frames), and all of them, shape (n_rows,).
    cells
        Number of cells.
    level, draws, seed
        Of the intervals, and of the bootstrap.
    """
    frames = numerator.shape[1]
    kept = denominator > 0
    cell, cluster, numerator, denominator = cell[kept], cluster[kept], numerator[kept], denominator[kept]
    # One row a cluster and cell: a story's copies on one day are one observation.
    key, at = np.unique(cell * (int(cluster.max()) + 1 if len(cluster) else 1) + cluster, return_inverse=True)
    below = np.bincount(at, weights=denominator, minlength=len(key))
    above = summed(at, numerator, len(key))
    where = np.zeros(len(key), dtype=np.int64)
    where[at] = cell
    whose = np.zeros(len(key), dtype=np.int64)
    whose[at] = cluster
    total = summed(where, below, cells)
    told = summed(where, above, cells)
    clusters: _Integers = np.bincount(where, minlength=cells).astype(np.int64)
    with_frame = summed(where, (above > 0).astype(np.float64), cells)
    without = summed(where, (above < below[:, None]).astype(np.float64), cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = told / total[:, None]
        effective = total**2 / summed(where, below**2, cells)
    low, high = _wilson(value, effective[:, None], level)
    leads = np.full((cells, frames), np.nan)
    enough = clusters >= MIN_CLUSTERS
    many = (clusters[:, None] >= _MANY_CLUSTERS) & (with_frame >= _MANY_OF_EACH) & (without >= _MANY_OF_EACH)
    for block in _blocks(np.flatnonzero(enough), draws * max(frames, 1)):
        rows = np.isin(where, block)
        found = bootstrap_ratios(
            np.unique(whose[rows], return_inverse=True)[1], np.searchsorted(block, where[rows]), above[rows],
            np.repeat(below[rows, None], frames, axis=1), groups=len(block), draws=draws, seed=seed,
        )  # fmt: skip
        lower, upper = interval(found.draws, level)
        low[block] = np.where(many[block], lower, low[block])
        high[block] = np.where(many[block], upper, high[block])
        leads[block] = _leading(found.draws)
    for values in (value, low, high):
        values[~enough] = np.nan
    return Shares(value, low, high, leads, many & enough[:, None], clusters)


def _blocks(cells: _Integers, per_cell: int) -> list[_Integers]:
    size = max(1, _BLOCK // per_cell)
    return [cells[start : start + size] for start in range(0, len(cells), size)] if per_cell else []


def _leading(draws: _Floats) -> _Floats:
    """Part of the draws in which each measure is the largest; ties are divided; shape (n_cells, n_frames)."""
    if not draws.shape[2]:
        return np.zeros(draws.shape[1:])
    filled = np.nan_to_num(draws, nan=-1.0)
    largest = filled.max(axis=2, keepdims=True)
    first = (filled == largest) & (largest > 0)
    parts = first / np.maximum(first.sum(axis=2, keepdims=True), 1)
    drawn = np.maximum((largest >= 0).sum(axis=0), 1)
    result: _Floats = parts.sum(axis=0) / drawn
    return result


def _wilson(share: _Floats, number: _Floats, level: float) -> tuple[_Floats, _Floats]:
    z = float(norm.ppf((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (share + z**2 / (2 * number)) / (1 + z**2 / number)
        half = z / (1 + z**2 / number) * np.sqrt(share * (1 - share) / number + z**2 / (4 * number**2))
    return np.where(share == 0, 0.0, np.clip(middle - half, 0, 1)), np.where(
        share == 1, 1.0, np.clip(middle + half, 0, 1)
    )


def poisson_interval(total: _Floats, squares: _Floats, level: float = 0.95) -> tuple[_Floats, _Floats]:
    """Interval of a sum of independent parts that come at random; the parts are documents, or stories of several.

    Parameters
    ----------
    total, squares
        Sum of the parts, and of their squares; any shape, the same. For plain counts the two are equal.
    level
        Of the interval.

    Returns
    -------
    low, high
        Where nothing came, 0 and the count that would still be no surprise if each part counted 1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(total > 0, squares / total, 1.0)
    number = total / scale
    tail = (1 - level) / 2
    low = np.where(number > 0, chi2.ppf(tail, 2 * np.maximum(number, 1e-12)) / 2, 0.0)
    high = chi2.ppf(1 - tail, 2 * (number + 1)) / 2
    return low * scale, high * scale


def difference(
    first: tuple[_Floats, _Floats, _Floats], second: tuple[_Floats, _Floats, _Floats]
) -> tuple[_Floats, _Floats, _Floats]:
    """Second share minus first with its interval, from value, low and high of each (Newcombe 1998; Zou & Donner 2008)."""
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    change = b - a
    return change, change - np.hypot(b - b_low, a_high - a), change + np.hypot(b_high - b, a - a_low)
