"""What the linear engines learn from: n-grams, words with static vectors, sentence vectors, lexicon points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from narrativ.label import ngrams
from narrativ.label.batchtext import BatchText, Words, find_words, hash_words, join_forms
from narrativ.label.encoders import Encoder
from narrativ.label.wordtable import WordTable
from narrativ.text.tokenize import Tokenizer, dictionary_words

__all__ = ["StaticWords", "gram_matrix", "static_words", "word_matrix"]

_MIN_DOCUMENTS = 2
"""An n-gram or a word of the corpus must stand in this many passages to count."""
_DICTIONARY_FREQUENCY = 300
"""Words of jieba's dictionary that are at least so frequent (11,000 of 350,000) are known beside those of the corpus."""
DIMENSIONS = 128
"""Of the reduced word vectors; 64 are worse, 256 no better (docs/experiments.md)."""

_Floats = npt.NDArray[np.float64]


def gram_matrix(
    forms: Sequence[str], idf: npt.NDArray[np.float32] | None = None
) -> tuple[Any, npt.NDArray[np.float32]]:
    """N-gram matrix of texts in match form, and the inverse document frequencies it was made with.

    Returns
    -------
    matrix, idf
        CSR matrix of shape (n_texts, BUCKETS) and an array of shape (BUCKETS,), learned from these texts when not given.
    """
    found = ngrams.positions(join_forms(forms))
    rows = np.concatenate([np.repeat(np.arange(len(forms)), np.diff(item.offsets)) for item in found])
    buckets = np.concatenate([item.bucket for item in found])
    if idf is None:
        pairs = np.unique(rows.astype(np.int64) * ngrams.BUCKETS + buckets)
        idf = _idf(np.bincount(pairs % ngrams.BUCKETS, minlength=ngrams.BUCKETS), len(forms), _MIN_DOCUMENTS)
    norm = ngrams.norms(found, idf)
    matrix = sparse.csr_matrix((idf[buckets] / norm[rows], (rows, buckets)), shape=(len(forms), ngrams.BUCKETS))
    matrix.sum_duplicates()
    return matrix, idf


def _idf(frequency: npt.NDArray[np.int64], texts: int, least: int) -> npt.NDArray[np.float32]:
    values = np.where(frequency >= least, np.log((1 + texts) / (1 + frequency)) + 1, 0.0)
    # The model file holds half precision; training sees what the engine will see.
    return np.asarray(values.astype(np.float16).astype(np.float32))


@dataclass(frozen=True, slots=True)
class StaticWords:
    """A vocabulary with a vector for each word.

    Attributes
    ----------
    key, idf
        As in :class:`~narrativ.label.wordtable.WordTable`.
    vectors
        Shape (n_words, DIMENSIONS).
    """

    key: npt.NDArray[np.uint64]
    idf: npt.NDArray[np.float32]
    vectors: _Floats


def static_words(forms: Sequence[str], tokenizer: Tokenizer, encoder: Encoder) -> StaticWords:
    """Vocabulary of texts in match form and of jieba's dictionary, encoded word by word and reduced.

    Vectors are the leading principal components of the encoder's vectors of the words.
    """
    text = join_forms(forms)
    words = find_words(text, tokenizer)
    hashed = words.key
    owner = text.owner(words.start)
    pairs = np.unique(np.stack([hashed, owner.astype(np.uint64)], axis=1), axis=0)
    key, frequency = np.unique(pairs[:, 0], return_counts=True)
    frequent = dict(
        zip(key[frequency >= _MIN_DOCUMENTS].tolist(), frequency[frequency >= _MIN_DOCUMENTS].tolist(), strict=True)
    )
    first = dict(zip(hashed.tolist()[::-1], range(len(hashed) - 1, -1, -1), strict=True))
    known = {number: text.joined[words.start[first[number]] : words.end[first[number]]] for number in frequent}
    further = join_forms(dictionary_words(_DICTIONARY_FREQUENCY))
    for number, start, end in zip(
        hash_words(further.codes, further.starts[:-1], further.starts[1:] - 1).tolist(),
        further.starts[:-1].tolist(),
        (further.starts[1:] - 1).tolist(),
        strict=True,
    ):
        known.setdefault(number, further.joined[start:end])
    order = sorted(known)
    vectors = encoder.encode([known[number] for number in order]).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(vectors.T @ vectors)
    counts = np.array([frequent.get(number, 1) for number in order], dtype=np.int64)
    return StaticWords(np.array(order, dtype=np.uint64), _idf(counts, len(forms), 0), vectors @ axes[:DIMENSIONS].T)


def word_matrix(text: BatchText, words: Words, static: StaticWords) -> _Floats:
    """Mean word vectors of texts, weighted by inverse document frequency; shape (n_texts, DIMENSIONS)."""
    table = WordTable(static.key, static.idf, np.zeros((len(static.key), 0), dtype=np.float32))
    use = table.look_up(text, words)
    weights = static.idf[use.row].astype(np.float64) / use.norm[use.text]
    matrix = sparse.csr_matrix((weights, (use.text, use.row)), shape=(text.count, len(static.key)))
    return np.asarray(matrix @ static.vectors)
