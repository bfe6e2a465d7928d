"""Intervals of shares and means by a cluster bootstrap, vectorised.

Passages of one document, and copies of one story, are not independent; so whole clusters (documents or stories) are drawn with
replacement, all their passages with them, in whatever groups they stand (Davison & Hinkley 1997, section 3.8). A share or mean
is a ratio of two sums over passages, so a draw needs only each cluster's sums: drawing is one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["DRAWS", "SEED", "Ratios", "bootstrap_ratios", "interval"]

DRAWS = 1000
"""Draws of a bootstrap: the ends of a 95 % interval then rest on 25 draws each."""
SEED = 20250127
_CHUNK = 100

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
    """

    value: _Floats
    draws: _Floats
    clusters: npt.NDArray[np.int64]


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
    column = np.asarray(group, dtype=np.int64)
    shape = (count, wide)

    def summed(values: _Floats) -> list[sparse.csr_matrix]:
        return [sparse.csr_matrix((values[:, k], (cluster, column)), shape=shape) for k in range(measures)]

    above, below = summed(numerator), summed(denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.stack([_total(a) / _total(b) for a, b in zip(above, below, strict=True)], axis=1)
        result = np.full((draws, wide, measures), np.nan)
        rng = np.random.default_rng(seed)
        for start in range(0, draws, _CHUNK):
            part = slice(start, min(start + _CHUNK, draws))
            weights = rng.multinomial(count, np.full(count, 1 / count), size=part.stop - start).astype(np.float64)
            for k in range(measures):
                result[part, :, k] = (below[k].T @ weights.T).T
                result[part, :, k] = (above[k].T @ weights.T).T / np.where(
                    result[part, :, k] > 0, result[part, :, k], np.nan
                )
    clusters = np.stack([np.asarray((b > 0).sum(axis=0)).ravel() for b in below], axis=1).astype(np.int64)
    return Ratios(value, result, clusters)


def _total(matrix: sparse.csr_matrix) -> _Floats:
    return np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()


def interval(draws: _Floats, level: float = 0.95) -> tuple[_Floats, _Floats]:
    """Percentile interval over the first axis (Efron 1979); NaN where fewer than half of the draws have a value."""
    tail = (1 - level) / 2 * 100
    empty = np.isnan(draws).mean(axis=0) > 0.5
    filled = np.where(empty, 0.0, draws)
    low, high = np.nanpercentile(filled, [tail, 100 - tail], axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
