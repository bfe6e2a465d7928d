"""Intervals of shares and means by a cluster bootstrap, vectorised.

Passages of one document, and copies of one story, are not independent; so whole clusters (documents or stories) are drawn with
replacement, all their passages with them, in whatever groups they stand (Davison & Hinkley 1997, section 3.8). A share or mean
is a ratio of two sums over passages, so a draw needs only each cluster's sums: drawing is one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

__all__ = ["DRAWS", "SEED", "Ratios", "block_sums", "bootstrap_ratios", "interval"]

DRAWS = 1000
"""Draws of a bootstrap: the ends of a 95 % interval then rest on 25 draws each."""
SEED = 20250127
_CHUNK = 100
# Weights of drawn clusters that are held at a time: 8 million numbers are 64 MB.
_CELLS = 8_000_000

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Ratios:
    """Ratios per group and measure, and what they were in each draw.

    Attributes
    ----------
    value
        Shape (n_groups, n_measures); NaN where the denominator is 0.
    draws
        Shape (n_draws, n_groups, n_measures); NaN where a draw has no denominator.
    clusters
        Clusters with a denominator per group and measure: how much an interval rests on; shape (n_groups, n_measures).
    above, below
        The sums whose ratio `draws` is, in each draw; shape (n_draws, n_groups, n_measures). With them, ratios of groups
        taken together can be had from the same draws.
    """

    value: _Floats
    draws: _Floats
    clusters: npt.NDArray[np.int64]
    above: _Floats
    below: _Floats


def block_sums(first: _Integers, second: _Integers, values: _Floats) -> tuple[_Integers, _Integers, _Floats]:
    """Sums of rows that share both codes, in order of `second`, then `first`.

    Parameters
    ----------
    first, second
        Codes from 0, such as cluster and group; shape (n_rows,).
    values
        Shape (n_rows, n_columns).

    Returns
    -------
    tuple of two code arrays of shape (n_blocks,) and sums of shape (n_blocks, n_columns)
    """
    wide = int(first.max()) + 1 if len(first) else 1
    pairs, block = np.unique(np.asarray(second, dtype=np.int64) * wide + first, return_inverse=True)
    rows = len(first)
    collect = sparse.csr_matrix((np.ones(rows), (block, np.arange(rows))), shape=(len(pairs), rows))
    return pairs % wide, pairs // wide, np.asarray(collect @ values)


def bootstrap_ratios(
    cluster: _Integers,
    group: _Integers,
    numerator: _Floats,
    denominator: _Floats,
    *,
    groups: int | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Ratios:
    """Ratios of sums per group, with draws of whole clusters.

    Parameters
    ----------
    cluster
        Code of each row's document or story, from 0; shape (n_rows,).
    group
        Code of each row's group, from 0; shape (n_rows,).
    numerator, denominator
        What is summed, per row and measure; shape (n_rows, n_measures). For a share of weighted passages, weight times 0
        or 1, and weight; rows that a measure does not concern have a denominator of 0.
    groups
        Number of groups; one more than the highest code when not given.
    draws, seed
        Number of draws, and where they start.

    Returns
    -------
    Ratios
        The same draw of clusters serves every group, so differences of groups can be taken draw by draw.
    """
    rows, measures = numerator.shape
    count = int(cluster.max()) + 1 if rows else 0
    wide = groups if groups is not None else (int(group.max()) + 1 if rows else 0)
    which, where, sums = block_sums(cluster, group, np.hstack([numerator, denominator]))
    # Blocks are sorted by group, so each group's are one slice.
    edges = np.searchsorted(where, np.arange(wide + 1))
    total = np.zeros((wide, 2 * measures))
    clusters = np.zeros((wide, measures), dtype=np.int64)
    for g in range(wide):
        part = sums[edges[g] : edges[g + 1]]
        total[g] = part.sum(axis=0)
        clusters[g] = (part[:, measures:] > 0).sum(axis=0)
    drawn = np.zeros((draws, wide, 2 * measures))
    rng = np.random.default_rng(seed)
    chunk = max(1, min(_CHUNK, _CELLS // max(count, 1)))
    for start in range(0, draws if rows else 0, chunk):
        size = min(chunk, draws - start)
        picked = rng.integers(count, size=(size, count)) + np.arange(size)[:, None] * count
        weights = np.bincount(picked.ravel(), minlength=size * count).reshape(size, count).astype(np.float64)
        for g in range(wide):
            mine = slice(edges[g], edges[g + 1])
            drawn[start : start + size, g] = weights[:, which[mine]] @ sums[mine]
    above, below = drawn[..., :measures], drawn[..., measures:]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = total[:, :measures] / np.where(total[:, measures:] > 0, total[:, measures:], np.nan)
        ratio = above / np.where(below > 0, below, np.nan)
    return Ratios(value, ratio, clusters, above, below)


def interval(draws: _Floats, level: float = 0.95, *, clusters: npt.ArrayLike | None = None) -> tuple[_Floats, _Floats]:
    """Percentile interval over the first axis (Efron 1979); NaN where fewer than half of the draws have a value.

    Parameters
    ----------
    draws
        Shape (n_draws, …).
    level
        Share of intervals that should cover.
    clusters
        Clusters behind each value, shape of `draws` without its first axis: with few of them, percentiles further out are
        taken, as far as Student's distribution asks (expanded percentile interval, Hesterberg 2015, section 5.3).
        Without it, plain percentiles.
    """
    empty = np.isnan(draws).mean(axis=0) > 0.5
    filled = np.where(empty, 0.0, draws)
    tail = (1 - level) / 2
    if clusters is None:
        low, high = np.nanpercentile(filled, [tail * 100, 100 - tail * 100], axis=0)
        return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
    number = np.maximum(np.broadcast_to(np.asarray(clusters, dtype=np.float64), filled.shape[1:]), 2.0)
    further = stats.norm.cdf(np.sqrt(number / (number - 1)) * stats.t.ppf(tail, number - 1))
    ordered = np.sort(filled, axis=0)  # NaN last
    last = (~np.isnan(filled)).sum(axis=0) - 1
    bounds = []
    for quantile in (further, 1 - further):
        place = quantile * np.maximum(last, 0)
        under = np.floor(place).astype(np.int64)
        left = np.take_along_axis(ordered, under[None], axis=0)[0]
        right = np.take_along_axis(ordered, np.minimum(under + 1, np.maximum(last, 0))[None], axis=0)[0]
        bounds.append(np.where(empty, np.nan, left + (place - under) * (right - left)))
    return bounds[0], bounds[1]
