"""A batch of match forms as one array of characters: what scanning, n-grams and words work on without a loop over texts.

Positions are those of the joined text: text `i` begins at ``starts[i]`` and is followed by one separator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from narrativ.text.tokenize import Tokenizer

__all__ = ["SEPARATOR", "BatchText", "Words", "among", "find_words", "hash_words", "join_forms"]

SEPARATOR = "\0"

_BASE = 0x100000001B3  # the FNV prime; any odd number would do
_LONGEST = 64

_Bools = npt.NDArray[np.bool_]
_Integers = npt.NDArray[np.int64]

# jieba's own range of Han; word borders are asked for in a wider one.
_JIEBA_FIRST, _JIEBA_LAST = 0x4E00, 0x9FD5
_HAN_FIRST, _HAN_LAST = 0x3400, 0x9FFF


@dataclass(frozen=True, slots=True)
class BatchText:
    """Texts joined by a separator.

    Attributes
    ----------
    joined
        The texts, each followed by the separator.
    codes
        Its code points, shape (n_characters,).
    starts
        Where each text begins, and the end; shape (n_texts + 1,).
    """

    joined: str
    codes: npt.NDArray[np.uint32]
    starts: _Integers

    @property
    def count(self) -> int:
        """Number of texts."""
        return len(self.starts) - 1

    def owner(self, place: _Integers) -> _Integers:
        """Number of the text in which each position stands."""
        return np.asarray(np.searchsorted(self.starts, place, side="right") - 1)

    def latin(self) -> _Bools:
        """Letters and digits below U+0250, shape (n_characters,)."""
        codes = self.codes
        ascii_ = ((codes >= 97) & (codes <= 122)) | ((codes >= 48) & (codes <= 57)) | ((codes >= 65) & (codes <= 90))
        letters = (codes >= 0xC0) & (codes < 0x250) & (codes != 0xD7) & (codes != 0xF7)
        return np.asarray(ascii_ | letters | (codes == 0xAA) | (codes == 0xB5) | (codes == 0xBA))

    def han(self) -> _Bools:
        """Unified ideographs of the basic plane and extension A, shape (n_characters,)."""
        return np.asarray((self.codes >= _HAN_FIRST) & (self.codes <= _HAN_LAST))


def join_forms(forms: Sequence[str]) -> BatchText:
    """Texts in match form as one batch; none may hold the separator U+0000."""
    joined = SEPARATOR.join(forms) + SEPARATOR
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter((len(form) for form in forms), dtype=np.int64, count=len(forms))
    return BatchText(joined, codes, np.concatenate([[0], np.cumsum(lengths + 1)]))


def _powers() -> npt.NDArray[np.uint64]:
    return np.array([pow(_BASE, place, 1 << 64) for place in range(_LONGEST)], dtype=np.uint64)


_POWERS = _powers()


def hash_words(
    codes: npt.NDArray[np.uint32], start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    """A number for each word: a polynomial in its code points modulo 2^64, shape (n_words,).

    Words longer than 64 characters are hashed by their first 64.
    """
    if not len(start):
        return np.zeros(0, dtype=np.uint64)
    length = np.minimum(end - start, _LONGEST)
    begin = np.cumsum(length) - length
    inside = np.arange(int(length.sum())) - np.repeat(begin, length)
    values = (codes[np.repeat(start, length) + inside].astype(np.uint64) + np.uint64(1)) * _POWERS[inside]
    return np.asarray(np.add.reduceat(values, begin))


@lru_cache(maxsize=64)
def _members(characters: str) -> _Bools:
    table = np.zeros(0x10000, dtype=bool)
    table[[ord(character) for character in characters]] = True
    return table


def among(codes: npt.NDArray[np.uint32], characters: str) -> _Bools:
    """Which code points are among `characters` (of the basic plane); a table look-up, many times faster than ``isin``."""
    return np.asarray(_members(characters)[np.minimum(codes, 0xFFFF)] & (codes < 0x10000))


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a batch: runs of Han as jieba cuts them, runs of Latin letters and digits, in order of place.

    Attributes
    ----------
    start, end
        Spans in the joined text, shape (n_words,).
    text
        Number of each word's text, shape (n_words,).
    key
        A number for each word, see :func:`hash_words`; shape (n_words,).
    edges
        Whether no word runs across a position (a position next to something that is no Han is always one), the borders
        between the plain words of a user word among them; shape (n_characters + 1,).
    """

    start: _Integers
    end: _Integers
    text: _Integers
    key: npt.NDArray[np.uint64]
    edges: _Bools


def find_words(text: BatchText, tokenizer: Tokenizer) -> Words:
    """Words of a batch; jieba is called once, for all runs of Han together."""
    codes = text.codes
    inside = (codes >= _JIEBA_FIRST) & (codes <= _JIEBA_LAST)
    after = np.concatenate([[False], inside[:-1]])
    kept = np.flatnonzero(inside | after)  # a run and the one character behind it, which becomes a space
    compact = np.where(inside[kept], codes[kept], 32).astype(np.uint32)
    cut = tokenizer.cut(compact.tobytes().decode("utf-32-le"))
    lengths = np.fromiter(map(len, cut), dtype=np.int64, count=len(cut))
    ends = np.cumsum(lengths)
    starts = ends - lengths
    is_word = compact[starts] != 32 if len(starts) else np.zeros(0, dtype=bool)
    first = kept[starts[is_word]]
    last = kept[ends[is_word] - 1] + 1

    han = text.han()
    edges = np.ones(len(codes) + 1, dtype=bool)
    edges[1:-1] = ~(han[1:] & han[:-1]) | ~(inside[1:] & inside[:-1])
    edges[first] = True
    latin = text.latin()
    change = np.diff(np.concatenate([[False], latin, [False]]).astype(np.int8))
    latin_first, latin_last = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    start, end = _merged(first, latin_first, len(codes)), _merged(last, latin_last, len(codes) + 1)
    key = hash_words(codes, start, end)
    # The borders inside user words, found by their keys: most words are none.
    known = _user_keys(tokenizer)
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    for place in np.flatnonzero(known[at] == key).tolist() if len(known) else ():
        begin, stop = int(start[place]), int(end[place])
        inner = (
            tokenizer.inner_borders(text.joined[begin:stop]) if text.joined[begin:stop] in tokenizer.user_words else ()
        )
        for border in inner:
            edges[begin + border] = True
    number = np.repeat(np.arange(text.count), np.diff(np.searchsorted(start, text.starts)))
    return Words(start, end, number, key, edges)


def _merged(one: _Integers, other: _Integers, size: int) -> _Integers:
    """Two ascending arrays of positions as one."""
    marks = np.zeros(size, dtype=bool)
    marks[one] = True
    marks[other] = True
    return np.flatnonzero(marks)


@lru_cache(maxsize=16)
def _user_keys(tokenizer: Tokenizer) -> npt.NDArray[np.uint64]:
    words = join_forms(sorted(tokenizer.user_words))
    return np.unique(hash_words(words.codes, words.starts[:-1], words.starts[1:] - 1))
