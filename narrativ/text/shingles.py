"""Shingles and fingerprints of many texts at once, as hashes.

A text is a row of tokens: each Chinese character (kana and Hangul too) is one, each run of other letters and digits is
one (``deepseek``, ``h800``, ``5,890.5``). Punctuation, white space and web addresses are none, so they cannot tell two
copies apart. A *shingle* is three tokens in a row, or two where both are words: character 3-grams for Chinese, word
2-grams for English, which are about as long in speech.

*Fingerprints* are those of longer runs (six characters, or five words) that are the smallest hash of some window of
eight: winnowing (Schleimer, Wilkerson & Aiken, SIGMOD 2003). Two texts with a run of 13 tokens in common, wherever it
stands, have a fingerprint in common; a short text keeps all of its runs. Hashing is pandas' 64-bit integer mix.

Everything is worked on as arrays over a batch of texts; no text sees its neighbours, so their order changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["WORD_LENGTH", "Shingled", "shingled", "without_links"]

WORD_LENGTH = 2.5
"""Length of a word in Chinese characters, for one measure of length in both (codebook: 400 characters or 150 words)."""

_Hashes = npt.NDArray[np.uint64]
_Integers = npt.NDArray[np.int64]

_WINDOW = 8
_ALL_PRINTS = 200  # texts of fewer tokens keep the fingerprint of every run
_BATCH = 4_000_000  # characters; holds memory at some 500 MB
_WORD_POWERS = 64  # a word's letters beyond these share a place value
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_NUMBER = np.uint64(0x165667B19E3779F9)
_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)
_LINK = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*")
_GAP, _SIGN, _LETTER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Shingled:
    """Hashes of n texts; what belongs to text i of `shingles` is ``shingles[shingle_ends[i]:shingle_ends[i + 1]]``, and so on.

    Attributes
    ----------
    shingles, shingle_ends
        Distinct shingles of each text, ascending; and their borders, shape (n + 1,).
    prints, print_ends
        Distinct fingerprints of each text, ascending.
    slots, slot_values, slot_ends
        Figures: what stands two tokens to either side of one (figures masked), ascending, and the figure itself.
    length
        Length of each text in Chinese characters, a word as :data:`WORD_LENGTH` of them; shape (n,).
    digest
        One hash of all of a text's tokens: equal for texts that differ in punctuation and script only; shape (n,).
    """

    shingles: _Hashes
    shingle_ends: _Integers
    prints: _Hashes
    print_ends: _Integers
    slots: _Hashes
    slot_values: _Hashes
    slot_ends: _Integers
    length: npt.NDArray[np.float64]
    digest: _Hashes


def without_links(form: str) -> str:
    """A text with its web addresses blanked; the same address is shortened differently by every platform."""
    return _LINK.sub(" ", form) if "://" in form or "www." in form else form


def shingled(forms: Sequence[str]) -> Shingled:
    """Shingles, fingerprints and figures of texts in match form.

    Parameters
    ----------
    forms
        Texts as :func:`narrativ.text.match_forms` gives them, without U+0000.
    """
    parts = [_batch(batch) for batch in _batches(forms)] or [_batch([])]

    def joined(name: str) -> Any:
        return np.concatenate([part[name] for part in parts])

    def ends(name: str) -> _Integers:
        return np.concatenate([[0], np.cumsum(joined(name))]).astype(np.int64)

    return Shingled(
        joined("shingles"), ends("shingle_count"), joined("prints"), ends("print_count"), joined("slots"), joined("values"),
        ends("slot_count"), joined("length"), joined("digest"),
    )  # fmt: skip


def _batches(forms: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for form in forms:
        batch.append(without_links(form))
        size += len(form)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@lru_cache(maxsize=1)
def _classes() -> npt.NDArray[np.uint8]:
    """Per code point: no token, a token by itself, or a letter of a word."""
    classes = np.zeros(0x110000, dtype=np.uint8)
    for code in range(0x20000):
        if chr(code).isalnum():
            classes[code] = _LETTER
    for first, last in ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)):
        classes[first : last + 1] = _SIGN
    return classes


@lru_cache(maxsize=1)
def _figures() -> npt.NDArray[np.bool_]:
    """Code points that begin a figure; 一 and 两 stand in too many other words."""
    table = np.zeros(0x110000, dtype=np.bool_)
    table[ord("0") : ord("9") + 1] = True
    table[[ord(char) for char in "二三四五六七八九十百"]] = True
    return table


def _mix(values: _Hashes) -> _Hashes:
    from pandas.util import hash_array

    mixed: _Hashes = hash_array(values, categorize=False)
    return mixed


def _batch(forms: Sequence[str]) -> dict[str, Any]:
    """Everything of one batch; counts are per text."""
    tokens, owner, word, figure = _tokens(forms)
    count = len(forms)
    length = np.bincount(owner, np.where(word, WORD_LENGTH, 1.0), minlength=count)[:count]
    place = np.arange(len(tokens), dtype=np.uint64)
    first = np.searchsorted(owner, np.arange(count))
    digest = np.zeros(count, dtype=np.uint64)
    np.add.at(digest, owner, _mix(tokens ^ _mix(place - first.astype(np.uint64)[owner])))
    shingles, whose = _runs(tokens, owner, word)
    prints, printed = _fingerprints(shingles, whose, count)
    shingles, shingle_count = _distinct(shingles, whose, count)
    prints, print_count = _distinct(prints, printed, count)
    slots, values, slot_count = _slots(tokens, owner, figure, count)
    return {
        "shingles": shingles, "shingle_count": shingle_count, "prints": prints, "print_count": print_count, "slots": slots,
        "values": values, "slot_count": slot_count, "length": length, "digest": digest,
    }  # fmt: skip


def _tokens(
    forms: Sequence[str],
) -> tuple[_Hashes, _Integers, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Token hashes in order, the text of each, whether it is a word, whether it is a figure."""
    codes = np.frombuffer("\0".join(forms).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if not len(codes):
        nothing = np.zeros(0, dtype=np.bool_)
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64), nothing, nothing
    classes = _classes()[codes]
    digit = (codes >= 48) & (codes <= 57)
    inner = (codes[1:-1] == 46) | (codes[1:-1] == 44)  # the point and the comma of 5,890.5
    classes[1:-1][inner & digit[:-2] & digit[2:]] = _LETTER
    letter = classes == _LETTER
    starts = letter.copy()
    starts[1:] &= ~letter[:-1]
    begin = np.flatnonzero(starts | (classes == _SIGN))
    word = letter[begin]
    letters = np.flatnonzero(letter)
    tokens = codes[begin].astype(np.uint64)
    if len(letters):
        run_starts = np.flatnonzero(starts[letters])
        run = np.cumsum(starts[letters]) - 1
        offset = np.minimum(letters - letters[run_starts][run], _WORD_POWERS - 1)
        powers = _PRIME ** np.arange(1, _WORD_POWERS + 1, dtype=np.uint64)
        tokens[word] = np.add.reduceat(codes[letters].astype(np.uint64) * powers[offset], run_starts)
    texts = np.cumsum(codes == 0)
    return _mix(tokens), texts[begin].astype(np.int64), word, _figures()[codes[begin]]


def _runs(tokens: _Hashes, owner: _Integers, word: npt.NDArray[np.bool_]) -> tuple[_Hashes, _Integers]:
    """Shingles in order, and the text of each."""
    if len(tokens) < 2:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    third = np.append(tokens[2:], np.uint64(0))
    inside = np.append(owner[2:] == owner[:-2], False)
    words = word[:-1] & word[1:]
    pair = tokens[:-1] + tokens[1:] * _PRIME
    hashes = np.where(words, pair, pair + third[: len(pair)] * _SECOND)
    kept = (owner[:-1] == owner[1:]) & (words | inside[: len(pair)])
    return _mix(hashes[kept]), owner[:-1][kept]


def _fingerprints(shingles: _Hashes, whose: _Integers, count: int) -> tuple[_Hashes, _Integers]:
    """Winnowed hashes of runs of six characters or five words, and the text of each."""
    if len(shingles) < 4:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    kept = whose[:-3] == whose[3:]
    runs = _mix(shingles[:-3] + shingles[3:] * _PRIME)[kept]
    owner = whose[:-3][kept]
    many = np.bincount(owner, minlength=count)
    # Between two texts stand as many highest hashes as a window is wide: no window sees both.
    place = np.arange(len(runs)) + owner * _WINDOW + _WINDOW
    line = np.full(len(runs) + (count + 2) * _WINDOW, _LAST)
    line[place] = runs
    low = _sliding(np.minimum, line)
    high = _sliding(np.maximum, low)  # the highest of the minima of the windows that hold a place
    chosen = (runs == high[place - _WINDOW + 1]) | (many[owner] < _ALL_PRINTS)
    return runs[chosen], owner[chosen]


def _sliding(function: Any, line: _Hashes) -> _Hashes:
    """`function` over each window of eight, by doubling."""
    for step in (1, 2, 4):
        line = function(line[:-step], line[step:])
    return line


def _distinct(values: _Hashes, owner: _Integers, count: int) -> tuple[_Hashes, _Integers]:
    """Distinct values of each text, ascending, and their number per text; `owner` ascends."""
    values = values.copy()
    borders = np.searchsorted(owner, np.arange(count + 1)).tolist()
    for start, end in pairwise(borders):
        values[start:end].sort()
    new = np.ones(len(values), dtype=np.bool_)
    new[1:] = (values[1:] != values[:-1]) | (owner[1:] != owner[:-1])
    return values[new], np.bincount(owner[new], minlength=count)


def _slots(
    tokens: _Hashes, owner: _Integers, figure: npt.NDArray[np.bool_], count: int
) -> tuple[_Hashes, _Hashes, _Integers]:
    """Surroundings of figures, the figures in them, and their number per text; a place that repeats keeps its first."""
    where = np.flatnonzero(figure)
    padded = np.concatenate([[0, 0], np.where(figure, _NUMBER, tokens), [0, 0]]).astype(np.uint64)
    texts = np.concatenate([[-1, -1], owner, [-1, -1]])
    key = np.zeros(len(where), dtype=np.uint64)
    for step, factor in ((0, 3), (1, 5), (3, 7), (4, 11)):
        near = np.where(texts[where + step] == owner[where], padded[where + step], np.uint64(0))
        key = key * _PRIME + near * np.uint64(factor)
    key = _mix(key)
    order = np.lexsort((where, key, owner[where]))
    key, values, whose = key[order], tokens[where][order], owner[where][order]
    new = np.ones(len(key), dtype=np.bool_)
    new[1:] = (key[1:] != key[:-1]) | (whose[1:] != whose[:-1])
    return key[new], values[new], np.bincount(whose[new], minlength=count)
