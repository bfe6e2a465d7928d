"""Word weights learned through static word vectors: English learns from Chinese at the price of a lookup.

Each word of a Chinese and English vocabulary was encoded once by a multilingual sentence encoder, and the vectors reduced
(principal components); a linear model over the mean vector of a text's words was trained on them. As everything is linear, what a word
adds to a score is one number a frame, and the vectors themselves are not needed any more: the model holds those numbers.
The idea of static vectors from an encoder is that of Tulkens & van Dongen (Model2Vec, 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.label.batchtext import BatchText, Words

__all__ = ["WordTable", "WordUse"]

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WordUse:
    """Known words of a batch.

    Attributes
    ----------
    word
        Which of the batch's words, shape (n_known,).
    row
        Its row in the table, shape (n_known,).
    text
        Number of its text, shape (n_known,).
    norm
        What a text's sum is divided by, shape (n_texts,).
    """

    word: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    text: npt.NDArray[np.int64]
    norm: _Floats


@dataclass(frozen=True, slots=True)
class WordTable:
    """What each word adds.

    Attributes
    ----------
    key
        Hashes of the words, ascending, shape (n_words,).
    idf
        Inverse document frequency, shape (n_words,).
    weights
        Weight times inverse document frequency, shape (n_words, n_outputs).
    """

    key: npt.NDArray[np.uint64]
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]

    def look_up(self, text: BatchText, words: Words) -> WordUse:
        """The batch's words that the table knows."""
        if not len(self.key):
            nothing = np.zeros(0, dtype=np.int64)
            return WordUse(nothing, nothing, nothing, np.ones(text.count))
        row = np.minimum(np.searchsorted(self.key, words.key), len(self.key) - 1)
        known = np.flatnonzero(self.key[row] == words.key)
        row = row[known]
        owner = words.text[known]
        squares = np.bincount(owner, weights=self.idf[row].astype(np.float64) ** 2, minlength=text.count)
        return WordUse(known, row, owner, np.sqrt(np.maximum(squares, 1e-12)))

    def scores(self, use: WordUse) -> _Floats:
        """Sum of each text's words over its norm; shape (n_texts, n_outputs)."""
        total = np.zeros((len(use.norm), self.weights.shape[1]))
        for output in range(self.weights.shape[1]):
            total[:, output] = np.bincount(use.text, weights=self.weights[use.row, output], minlength=len(use.norm))
        return np.asarray(total / use.norm[:, None])
