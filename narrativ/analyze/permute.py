"""p-values of differences between groups, by shuffling the groups' names over documents.

A document's passages move together, and so do copies of one story within a group. A difference must be extreme in two ways: by
itself, and divided by its standard error over documents. The second keeps the level for equal shares where the groups' documents
differ in length or spread, and the first does not (Janssen 1997; Chung & Romano 2013); but a small group without any positive
shows no spread of its own, and there the second ranks noise and the first does not. The larger of the two p-values is given: it
errs on the safe side wherever either is right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from narrativ.analyze.resample import SEED, block_sums

__all__ = ["PERMUTATIONS", "permutation_p"]

PERMUTATIONS = 1999
"""Shuffles: the smallest p-value is then 1 in 2,000."""
_CELLS = 4_000_000
_CHUNK = 25

_Floats = npt.NDArray[np.float64]
_Codes = npt.NDArray[np.int64]


def permutation_p(
    cluster: _Codes,
    group: _Codes,
    numerator: _Floats,
    denominator: _Floats,
    pairs: Sequence[tuple[int, int]],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> _Floats:
    """Two-sided p-values of the differences between groups.

    Parameters
    ----------
    cluster, group
        Codes per row, from 0; shape (n_rows,).
    numerator, denominator
        As :func:`narrativ.analyze.resample.bootstrap_ratios` takes them; shape (n_rows, n_measures).
    pairs
        Codes of the two groups of each comparison; a second of -1 stands for all other groups together.
    permutations, seed
        Number of shuffles, and where they start.

    Returns
    -------
    array of shape (n_pairs, n_measures)
        (1 + shuffles at least as extreme) / (1 + shuffles) (Phipson & Smyth 2010). NaN where a group has no denominator.
    """
    measures = numerator.shape[1]
    result = np.full((len(pairs), measures), np.nan)
    _, where, sums = block_sums(cluster, group, np.hstack([numerator, denominator]))
    wide = int(where.max()) + 1 if len(where) else 0
    against_rest = [number for number, (_, other) in enumerate(pairs) if other < 0]
    if against_rest:
        sizes = np.bincount(where, minlength=wide)
        picks = [pairs[number][0] for number in against_rest]
        result[against_rest] = _shuffled(sums, sizes, measures, permutations, seed, rest=True)[picks]
    for number, (one, other) in enumerate(pairs):
        if other >= 0:
            mine = np.concatenate([np.flatnonzero(where == one), np.flatnonzero(where == other)])
            sizes = np.array([(where == one).sum(), (where == other).sum()])
            result[number] = _shuffled(sums[mine], sizes, measures, permutations, seed + number, rest=False)[0]
    return result


def _shuffled(
    sums: _Floats, sizes: npt.NDArray[np.int64], measures: int, permutations: int, seed: int, *, rest: bool
) -> _Floats:
    """p-values of each group against the rest, or of the first group against the second."""
    columns, parts = _moments(sums, measures)
    edges = np.concatenate([[0], np.cumsum(sizes)])
    blocks = len(sums)
    total = columns.sum(axis=0)
    common = total[parts["n"]] / np.where(total[parts["d"]] > 0, total[parts["d"]], np.nan)

    def statistic(grouped: _Floats) -> _Floats:
        """Bare and studentised, of sums of shape (n, n_groups, n_columns): shape (2, n, n_groups or 1, n_measures)."""
        if rest:
            number = sizes[:, None]
            one = _mean_and_error(grouped, parts, common, number)
            other = _mean_and_error(total - grouped, parts, common, blocks - number)
        else:
            one = _mean_and_error(grouped[:, :1], parts, common, sizes[:1, None])
            other = _mean_and_error(grouped[:, 1:], parts, common, sizes[1:, None])
        gap = np.abs(one[0] - other[0])
        gap[gap < 1e-12] = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.stack([gap, np.where(gap == 0, 0.0, gap / np.sqrt(one[1] + other[1]))])

    seen = statistic(np.add.reduceat(columns, edges[:-1], axis=0)[None])[:, 0]
    count = np.zeros_like(seen)
    rng = np.random.default_rng(seed)
    # Few at a time, so that the sums being collected stay in the processor's cache.
    chunk = max(1, min(_CHUNK, _CELLS // max(blocks, 1)))
    labels = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    bar = np.where(np.isfinite(seen), seen * (1 - 1e-9), seen)
    for start in range(0, permutations, chunk):
        size = min(chunk, permutations - start)
        shuffled = rng.permuted(np.broadcast_to(labels, (size, blocks)), axis=1)
        # Column b of this matrix says to which group block b falls in each shuffle.
        falls = (shuffled + np.arange(size, dtype=np.int32)[:, None] * len(sizes)).T.ravel()
        picks = sparse.csc_matrix(
            (np.ones(size * blocks), falls, np.arange(blocks + 1) * size), shape=(size * len(sizes), blocks)
        )
        drawn = statistic(np.asarray(picks @ columns).reshape(size, len(sizes), -1))
        # A shuffle that leaves a group nothing to be counted is no evidence against chance.
        count += (np.isnan(drawn) | (drawn >= bar[:, None])).sum(axis=1)
    return np.where(np.isnan(seen[0]), np.nan, (1 + count.max(axis=0)) / (1 + permutations))


def _moments(sums: _Floats, measures: int) -> tuple[_Floats, dict[str, list[int]]]:
    """Columns whose sums give each measure's ratio and its error; equal columns stand once."""
    above, below = sums[:, :measures], sums[:, measures:]
    known: dict[bytes, int] = {}
    kept: list[_Floats] = []
    parts: dict[str, list[int]] = {}
    for name, values in (("n", above), ("d", below), ("nn", above**2), ("nd", above * below), ("dd", below**2)):
        places = []
        for column in values.T:
            key = column.tobytes()
            if key not in known:
                known[key] = len(kept)
                kept.append(column)
            places.append(known[key])
        parts[name] = places
    return np.ascontiguousarray(np.stack(kept, axis=1)), parts


def _mean_and_error(
    grouped: _Floats, parts: dict[str, list[int]], common: _Floats, blocks: npt.NDArray[np.int64]
) -> tuple[_Floats, _Floats]:
    """A ratio, and the variance of it that its blocks show (linearised) around the groups' common ratio.

    Around its own ratio a group without any positive would have no variance, and its difference be infinitely sure.
    """
    over, under = grouped[..., parts["n"]], grouped[..., parts["d"]]
    under = np.where(under > 1e-12, under, np.nan)
    ratio = over / under
    spread = grouped[..., parts["nn"]] - 2 * common * grouped[..., parts["nd"]] + common**2 * grouped[..., parts["dd"]]
    scale = blocks / np.maximum(blocks - 1, 1)
    return ratio, np.maximum(spread, 0.0) / under**2 * scale
