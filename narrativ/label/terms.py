"""Finding many terms in a batch of texts at once, between word boundaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from narrativ.label.batchtext import BatchText, Words

__all__ = ["Found", "Terms"]

_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """Where terms stand, in order of their end.

    Attributes
    ----------
    use
        Number of the (term, owner) pair, shape (n_found,).
    owner
        What the term belongs to, as given, shape (n_found,).
    text
        Number of the text, shape (n_found,).
    start, end
        Span in the joined text, shape (n_found,).
    """

    owner: _Integers
    text: _Integers
    start: _Integers
    end: _Integers

    def take(self, kept: npt.NDArray[np.bool_] | _Integers) -> Found:
        """Those that a mask or an index picks."""
        return Found(self.owner[kept], self.text[kept], self.start[kept], self.end[kept])


class Terms:
    """An automaton over terms in match form.

    Parameters
    ----------
    terms
        Pairs of a term and the number of its owner. A trailing ``*`` lets a Latin term run to the end of its word.
    anywhere
        Whether terms count wherever they stand, across words too.
    compact
        Smaller automaton: faster from some ten thousand terms on, where the other one no longer fits a processor's cache.
    """

    def __init__(self, terms: Iterable[tuple[str, int]], *, anywhere: bool = False, compact: bool = False) -> None:
        patterns: dict[str, list[tuple[int, bool]]] = {}
        for term, owner in terms:
            use = (owner, term.endswith("*"))
            uses = patterns.setdefault(term.rstrip("*"), [])
            if use not in uses:
                uses.append(use)
        patterns.pop("", None)
        self._anywhere = anywhere
        self._offsets = np.cumsum([0, *(len(uses) for uses in patterns.values())])
        self._owners = np.array([owner for uses in patterns.values() for owner, _ in uses], dtype=np.int64)
        self._goes_on = np.array([on for uses in patterns.values() for _, on in uses], dtype=bool)
        kinds = ahocorasick_rs.Implementation
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(patterns), implementation=kinds.ContiguousNFA if compact else kinds.DFA
        )
        self._empty = not patterns

    def find(self, text: BatchText, words: Words | None) -> Found:
        """Every occurrence that stands between word boundaries, overlapping ones among them.

        A Latin term must be a word (or, with ``*``, begin one); a Han term must not cut through a word that jieba sees,
        which takes `words`.
        """
        matches = [] if self._empty else self._automaton.find_matches_as_indexes(text.joined, overlapping=True)
        found = np.array(matches, dtype=np.int64).reshape(-1, 3)
        pattern, start, end = found[:, 0], found[:, 1], found[:, 2]
        right = np.zeros(len(found), dtype=bool)
        if not self._anywhere and len(found):
            latin = text.latin()
            inside = latin[1:] & latin[:-1]  # a Latin word runs across position i + 1
            crossed = np.concatenate([[False], inside, [False]])
            kept = ~crossed[start]
            if words is not None:
                kept &= words.edges[start] & words.edges[end]
            pattern, start, end = pattern[kept], start[kept], end[kept]
            right = crossed[end]
        count = self._offsets[pattern + 1] - self._offsets[pattern] if len(pattern) else np.zeros(0, dtype=np.int64)
        row = np.repeat(np.arange(len(pattern)), count)
        use = (
            np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(self._offsets[pattern], count)
            if len(row)
            else row
        )
        if len(row):
            kept = ~right[row] | self._goes_on[use]
            row, use = row[kept], use[kept]
        return Found(self._owners[use] if len(use) else row, text.owner(start[row]), start[row], end[row])
