"""Character n-grams of the match form, hashed: the linear engines' view of a text, for a whole batch at once.

One to three characters, in Chinese and English alike (a word of either is a few n-grams), counted by position. A text's
vector is the sum over its positions of the n-gram's inverse document frequency, divided by the root of the sum of their
squares: TF-IDF with linear term frequency, but for the norm, which takes every occurrence by itself. So a score is a sum
over positions, and what each position adds is known. Everything is array arithmetic over the batch; no loop runs over
texts or characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from narrativ.label.batchtext import BatchText

__all__ = ["BUCKETS", "ORDERS", "Positions", "norms", "positions", "scores", "with_squares"]

BUCKETS = 1 << 18
"""Size of the hash table. Ten thousand passages have about 215,000 n-grams that occur twice."""

ORDERS = (1, 2, 3)
"""Lengths of the n-grams. Longer ones and words add nothing (docs/experiments.md)."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: Knuth's multiplicative hashing
_SHIFT = np.uint64(64 - 18)


@dataclass(frozen=True, slots=True)
class Positions:
    """Every n-gram of one length of a batch, in order of text and place.

    Attributes
    ----------
    order
        Length of the n-grams.
    bucket
        Hash bucket, shape (n_positions,).
    place
        Where the n-gram begins in the texts joined by one separator, shape (n_positions,).
    offsets
        Text `i` has the positions ``offsets[i]:offsets[i + 1]``, shape (n_texts + 1,).
    """

    order: int
    bucket: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]


def positions(text: BatchText) -> list[Positions]:
    """N-grams of a batch of texts in match form, one item per length.

    N-grams do not begin or end with white space and do not cross line breaks; single characters count only when they
    are letters beyond ASCII (Han), since a Latin letter says nothing.
    """
    codes, starts = text.codes, text.starts
    blank = (codes == 32) | (codes == 9)
    stop = (codes == 0) | (codes == 10)
    wide = codes >= 0x3400
    hashed = np.zeros(len(codes), dtype=np.uint64)
    alive = np.ones(len(codes), dtype=bool)
    found: list[Positions] = []
    for order in range(1, max(ORDERS) + 1):
        size = max(len(codes) - order + 1, 0)
        tail = slice(order - 1, order - 1 + size)
        alive = alive[:size] & ~stop[tail]
        hashed = (hashed[:size] * np.uint64(1_000_003) + codes[tail] + np.uint64(order)) * _MULTIPLIER
        if order not in ORDERS:
            continue
        kept = alive & ~blank[:size] & ~blank[tail]
        if order == 1:
            kept &= wide[:size]
        place = np.flatnonzero(kept)
        bucket = (hashed[place] >> _SHIFT).astype(np.int64)
        found.append(Positions(order, bucket, place, np.searchsorted(place, starts)))
    return found


def with_squares(table: npt.NDArray[np.float32], idf: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A table for :func:`scores`: the weights and, as one more column, what the norm sums.

    Parameters
    ----------
    table
        Weight of each bucket times its inverse document frequency, per output; shape (BUCKETS, n_outputs).
    idf
        Inverse document frequency, 0 for n-grams that count for nothing; shape (BUCKETS,).
    """
    return np.concatenate([table, (idf**2)[:, None]], axis=1).astype(np.float32)


def scores(found: Sequence[Positions], table: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Sum of each text's n-grams in a table of weights, over the text's norm.

    Parameters
    ----------
    found
        What :func:`positions` gives.
    table
        What :func:`with_squares` gives, shape (BUCKETS, n_outputs + 1).

    Returns
    -------
    array of shape (n_texts, n_outputs)
        Zero for a text without known n-grams.
    """
    total = np.zeros((len(found[0].offsets) - 1, table.shape[1]))
    for item in found:
        total += _counts(item) @ table
    return np.asarray(total[:, :-1] / np.sqrt(np.maximum(total[:, -1:], 1e-12)))


def norms(found: Sequence[Positions], idf: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """What :func:`scores` divides by, per text; shape (n_texts,)."""
    squares = np.zeros(len(found[0].offsets) - 1)
    for item in found:
        squares += _counts(item) @ idf**2
    return np.asarray(np.sqrt(np.maximum(squares, 1e-12)))


def _counts(item: Positions) -> sparse.csr_matrix:
    """N-grams of one length as a matrix of ones, shape (n_texts, BUCKETS); its product with a table is the sum per text."""
    ones = np.ones(len(item.bucket), dtype=np.float32)
    return sparse.csr_matrix((ones, item.bucket, item.offsets), shape=(len(item.offsets) - 1, BUCKETS))
