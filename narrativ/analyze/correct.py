"""Shares and net stance corrected for the classifier's errors by a labelled random sample, with intervals that say so.

The table holds the classifier's label of every passage, the sample the true labels of a few, drawn with known probabilities. Every
group is cut by what the classifier says (and by language, where both have enough sampled passages): the sizes W of these cells
are known from the whole table, the truth q within each is estimated from the sample, and the corrected number is the sum of W q.
This is the design-based difference estimator (Särndal, Swensson & Wretman 1992, ch. 6), post-stratified by the prediction; it
is prediction-powered inference (Angelopoulos et al. 2023) with the best linear predictor in each cell, and unbiased however the
classifier errs, in whatever group.

Two things make it uncertain, and both are in the interval: which passages were sampled (a Wilson interval per cell, which stays
open where no error was seen, added up by the square-and-add method of Zou & Donner 2008), and which stories were collected (the
variance of cluster sums of the truth, estimated from the cells, the sampled passages, and their pairs within a cluster).

ppi-python, quapy and samplics were tried for this and do not fit: the first takes an independent sample without clusters, strata or
a finite table and gives width zero where no error is seen, the second estimates a classifier's priors rather than a table's share,
the third has no predictions; together they would bring numba, statsmodels, matplotlib and polars.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

__all__ = ["MIN_GOLD", "Corrected", "Sampled", "corrected_ratio", "corrected_share", "square_and_add", "wilson"]

MIN_GOLD = 10
"""Labelled passages that a group needs for a corrected number."""
_Z = float(stats.norm.ppf(0.975))

_Floats = npt.NDArray[np.float64]
_Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A group's passages and those of them that were labelled by people.

    Attributes
    ----------
    weight
        Of each passage of the group; shape (n_passages,).
    cluster
        Code of its story or document; shape (n_passages,).
    cell
        Code of what the classifier says of it, and its language; shape (n_passages,).
    gold
        Places of the labelled passages; shape (n_gold,).
    probability
        With which each of them was drawn; shape (n_gold,).
    """

    weight: _Floats
    cluster: _Codes
    cell: _Codes
    gold: _Codes
    probability: _Floats


@dataclass(frozen=True, slots=True)
class Corrected:
    """A corrected number, its 95 % interval, and the labelled passages that it rests on; NaN where there are too few."""

    value: float
    low: float
    high: float
    gold: int


def wilson(share: _Floats, n: _Floats) -> tuple[_Floats, _Floats]:
    """Wilson's score interval of a share at 95 % (Wilson 1927); 0 to 1 where `n` is 0. `n` may be an effective number."""
    size = np.maximum(n, 1e-9)
    centre = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * np.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    return np.where(n > 0, np.maximum(centre - half, 0.0), 0.0), np.where(n > 0, np.minimum(centre + half, 1.0), 1.0)


def square_and_add(one: Corrected, two: Corrected, limit: float) -> tuple[float, float, float]:
    """Difference of two corrected numbers with its interval from theirs (Newcombe 1998); at most `limit` either way."""
    gap = one.value - two.value
    low = gap - float(np.hypot(one.value - one.low, two.high - two.value))
    high = gap + float(np.hypot(one.high - one.value, two.value - two.low))
    return gap, max(low, -limit), min(high, limit)


def corrected_share(sampled: Sampled, truth: _Floats, fallback: _Floats) -> Corrected:
    """Share of passages, corrected.

    Parameters
    ----------
    sampled
        The group's passages.
    truth
        0 or 1 per labelled passage; shape (n_gold,).
    fallback
        Truth per cell to assume where a cell has no labelled passage (its interval is 0 to 1); shape (n_cells,).
    """
    if len(truth) < MIN_GOLD:
        return Corrected(np.nan, np.nan, np.nan, len(truth))
    cells = _Cells(sampled, len(fallback))
    inside = cells.means(truth, fallback)
    value = float(cells.size @ inside)
    residual = truth - inside[cells.of_gold]
    story = cells.story_variance(inside - value, residual)
    low, high = wilson(inside, cells.effective)
    below = np.sqrt(story + ((cells.size * (inside - low)) ** 2 * cells.unsampled).sum())
    above = np.sqrt(story + ((cells.size * (high - inside)) ** 2 * cells.unsampled).sum())
    return Corrected(value, max(0.0, value - float(below)), min(1.0, value + float(above)), len(truth))


def corrected_ratio(
    sampled: Sampled, above: _Floats, below: _Floats, fallback: tuple[_Floats, _Floats], lowest: float
) -> Corrected:
    """Ratio of two totals, corrected, such as favor minus against out of passages about a target.

    The variance is linearised; each cell's takes two more pseudo-observations of the spread over all cells, so that a cell in which
    all labelled passages agree does not count as certain.

    Parameters
    ----------
    sampled
        The group's passages.
    above, below
        What is summed, per labelled passage; shape (n_gold,).
    fallback
        Means per cell of `above` and `below` to assume where a cell has no labelled passage.
    lowest
        The smallest value that the ratio can have; the largest is 1.
    """
    counted = int((below > 0).sum())
    if counted < MIN_GOLD:
        return Corrected(np.nan, np.nan, np.nan, counted)
    cells = _Cells(sampled, len(fallback[0]))
    over, under = cells.means(above, fallback[0]), cells.means(below, fallback[1])
    total = float(cells.size @ under)
    value = float(cells.size @ over) / total
    linear = (above - value * below) / total
    inside = (over - value * under) / total
    residual = linear - inside[cells.of_gold]
    n = np.bincount(cells.of_gold, minlength=len(cells.size))
    squares = np.bincount(cells.of_gold, residual**2, minlength=len(cells.size))
    pooled = squares.sum() / max(len(residual) - np.count_nonzero(n), 1)
    spread = (squares + 2 * pooled) / (np.maximum(n - 1, 0) + 2)
    sampling = (cells.size**2 * spread / np.maximum(cells.effective, 1.0) * cells.unsampled).sum()
    t = float(stats.t.ppf(0.975, max(counted - 1, 2)))
    half = np.sqrt(cells.story_variance(inside, residual) + t**2 * sampling)
    return Corrected(value, max(lowest, value - float(half)), min(1.0, value + float(half)), counted)


class _Cells:
    """A group's cells: their sizes, and what the sample says of each."""

    def __init__(self, sampled: Sampled, number: int) -> None:
        self._sampled = sampled
        total = sampled.weight.sum()
        weight = np.bincount(sampled.cell, sampled.weight, minlength=number)
        self.size: _Floats = weight / total
        self.of_gold: _Codes = sampled.cell[sampled.gold]
        self._design: _Floats = sampled.weight[sampled.gold] / sampled.probability
        drawn = np.bincount(self.of_gold, self._design, minlength=number)
        squares = np.bincount(self.of_gold, self._design**2, minlength=number)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Kish's effective number of labelled passages: all of them where they weigh alike.
            self.effective: _Floats = np.where(squares > 0, drawn**2 / squares, 0.0)
            share = np.bincount(self.of_gold, minlength=number) / np.bincount(sampled.cell, minlength=number)
            scale = np.where(drawn > 0, weight / drawn, 0.0)
        # A cell that was labelled whole has no sampling error left (finite population correction).
        self.unsampled: _Floats = 1 - np.nan_to_num(share)
        self._drawn = drawn
        # How many passages' weight a labelled one stands for, so that every cell adds up to its size.
        self._stands_for: _Floats = self._design * scale[self.of_gold] / total

    def means(self, values: _Floats, fallback: _Floats) -> _Floats:
        """Weighted mean of the labelled passages per cell; `fallback` where there are none."""
        sums = np.bincount(self.of_gold, self._design * values, minlength=len(self.size))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self._drawn > 0, sums / self._drawn, fallback)

    def story_variance(self, deviation: _Floats, residual: _Floats) -> float:
        """Variance, times t squared, of the truth's mean over clusters, were every passage labelled.

        A cluster's sum is that of its passages' cells, known, and of their residuals, seen only where labelled. The square of
        it has three parts: the first is known; the product and the residuals' square are estimated, the latter from labelled
        passages and their pairs within a cluster. Not less than if residuals were independent of all else.
        """
        weight, cluster = self._sampled.weight / self._sampled.weight.sum(), self._sampled.cluster
        codes, inverse = np.unique(cluster, return_inverse=True)
        if len(codes) < 2:
            return np.inf
        known = np.bincount(inverse, weight * deviation[self._sampled.cell])
        of_gold = inverse[self._sampled.gold]
        each = self._stands_for * residual
        n = np.bincount(self.of_gold, minlength=len(self.size))[self.of_gold]
        own = self._sampled.weight[self._sampled.gold] / self._sampled.weight.sum()
        alone = float((each * residual * own * n / np.maximum(n - 1, 1)).sum())
        pairs = float((np.bincount(of_gold, each, minlength=len(codes)) ** 2).sum() - (each**2).sum())
        product = float((each * known[of_gold]).sum())
        floor = float((known**2).sum()) + alone
        total = max(floor, floor + pairs + 2 * product)
        return total * len(codes) / (len(codes) - 1) * float(stats.t.ppf(0.975, len(codes) - 1)) ** 2
