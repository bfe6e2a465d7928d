"""Near-duplicates: pairs of texts whose character 3-grams overlap, found exactly.

Similarity is Jaccard's over the sets of character 3-grams (Broder 1997 calls them shingles) of letters and digits in
match form, so neither script, width, case, spaces nor punctuation tell copies apart.

All pairs above a threshold are found without comparing all pairs, by prefix filtering (Bayardo, Ma & Srikant 2007;
Xiao et al. 2008): with every text's 3-grams ordered from rare to frequent, two sets that overlap enough share a 3-gram
among their first ones. What the first ones share also bounds what the rest can, which leaves few pairs to compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["Pair", "near_duplicates"]

_ORDER = 3
_ROWS = 2_000
"""Rows of the candidate matrix made at once: bounds memory to some hundred MB."""
_EPSILON = 1e-9


class Pair(NamedTuple):
    """Two texts, by their place, and how much of their 3-grams they share (0 to 1)."""

    first: int
    second: int
    similarity: float


def _shingles(forms: Sequence[str]) -> Any:
    """Binary CSR matrix of shape (n_texts, n_3grams), columns from rare to frequent; a shorter text is one 3-gram."""
    ids: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for form in forms:
        plain = "".join(char for char in form if char.isalnum())
        found = {plain[i : i + _ORDER] for i in range(max(len(plain) - _ORDER + 1, 1))} if plain else set()
        columns += [ids.setdefault(gram, len(ids)) for gram in found]
        ends.append(len(columns))
    indices = np.array(columns, dtype=np.int64)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.argsort(np.bincount(indices, minlength=len(ids)), kind="stable")] = np.arange(len(ids))
    matrix = sparse.csr_matrix(
        (np.ones(len(indices), dtype=np.int32), rank[indices], np.array(ends)), shape=(len(forms), max(len(ids), 1))
    )
    matrix.sort_indices()
    return matrix


def near_duplicates(forms: Sequence[str], *, at_least: float = 0.5) -> list[Pair]:
    """Pairs of texts whose 3-grams have a Jaccard similarity of `at_least`, most similar first.

    Parameters
    ----------
    forms
        Texts in match form (:func:`narrativ.text.normalize.match_forms`).
    at_least
        Above 0, up to 1. Lower ones take longer: 14,000 passages take some 5 s at 0.5.

    Raises
    ------
    ValueError
        `at_least` is not in that range.
    """
    if not 0 < at_least <= 1:
        raise ValueError(f"at_least is above 0 and up to 1, not {at_least}")
    matrix = _shingles(forms)
    sizes = np.diff(matrix.indptr).astype(np.int64)
    # A set of n 3-grams shares at least `at_least` × n of them with its duplicates: so one of the first n - that + 1.
    rest = np.maximum(np.ceil(at_least * sizes - _EPSILON).astype(np.int64) - 1, 0)
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], sizes)
    inside = place < np.repeat(sizes - rest, sizes)
    prefix = sparse.csr_matrix(
        (matrix.data[inside], matrix.indices[inside], np.concatenate([[0], np.cumsum(sizes - rest)])), matrix.shape
    )
    last = np.full(len(sizes), -1, dtype=np.int64)  # rank of the prefix's last 3-gram
    last[sizes > 0] = prefix.indices[prefix.indptr[1:][sizes > 0] - 1]
    needed = at_least / (1 + at_least)
    found: list[Pair] = []
    for start in range(0, len(sizes), _ROWS):
        shared = (prefix[start : start + _ROWS] @ prefix[start:].T).tocoo()
        i, j = shared.row.astype(np.int64) + start, shared.col.astype(np.int64) + start
        # Shared 3-grams beyond the prefix that ends first lie in the rest of that text.
        bound = shared.data + np.where(last[i] <= last[j], rest[i], rest[j])
        bound = np.minimum(bound, np.minimum(sizes[i], sizes[j]))
        keep = (i < j) & (bound >= needed * (sizes[i] + sizes[j]) - _EPSILON)
        found += _compared(matrix, sizes, i[keep], j[keep], at_least)
    found.sort(key=lambda pair: (-pair.similarity, pair.first, pair.second))
    return found


def _compared(
    matrix: Any, sizes: npt.NDArray[np.int64], i: npt.NDArray[np.int64], j: npt.NDArray[np.int64], at_least: float
) -> list[Pair]:
    """Those of the candidate pairs that are similar enough."""
    if not len(i):
        return []
    shared = np.asarray(matrix[i].multiply(matrix[j]).sum(axis=1)).ravel()
    similarity = shared / (sizes[i] + sizes[j] - shared)
    return [Pair(int(i[k]), int(j[k]), float(similarity[k])) for k in np.flatnonzero(similarity >= at_least - _EPSILON)]
