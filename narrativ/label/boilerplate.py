"""Promotion, reprint notices, cookie banners: found by reviewed patterns, kept, and marked.

``lexicons/boilerplate.tsv`` holds regular expressions over the match form of a sentence or a short paragraph, each
with cues: literal words of which one must stand in the text for the pattern to be tried. One automaton looks for all
cues at once, so ordinary text costs one scan.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick_rs

from narrativ.errors import LexiconError
from narrativ.resources import lexicons_dir, read_tsv

__all__ = ["Boilerplate", "Pattern", "load_boilerplate"]

_COLUMNS = ("kind", "language", "cue", "pattern", "example", "note")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row of the pattern file."""

    kind: str
    language: str
    cues: tuple[str, ...]
    regex: re.Pattern[str]
    example: str
    note: str


class Boilerplate:
    """Decides which stretches of text are boilerplate.

    Parameters
    ----------
    patterns
        As :func:`load_boilerplate` reads them.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        cues = sorted({cue for pattern in self.patterns for cue in pattern.cues})
        self._by_cue = [[i for i, pattern in enumerate(self.patterns) if cue in pattern.cues] for cue in cues]
        self._automaton = ahocorasick_rs.AhoCorasick(cues, implementation=ahocorasick_rs.Implementation.DFA)

    def cue_positions(self, form: str) -> list[int]:
        """Where cues stand in a match form, in order; nothing without one is boilerplate."""
        return [start for _, start, _ in self._automaton.find_matches_as_indexes(form, overlapping=True)]

    def kind(self, form: str) -> str | None:
        """Kind of boilerplate that a sentence or short paragraph in match form is, ``None`` when it is none."""
        hits = self._automaton.find_matches_as_indexes(form, overlapping=True)
        if not hits:
            return None
        for number in sorted({number for cue, _, _ in hits for number in self._by_cue[cue]}):
            if self.patterns[number].regex.search(form):
                return self.patterns[number].kind
        return None


@lru_cache(maxsize=4)
def load_boilerplate(path: Path | None = None) -> Boilerplate:
    """The patterns of ``lexicons/boilerplate.tsv``, or of another file of that form.

    Raises
    ------
    LexiconError
        A row has no cue or no valid pattern; file and line are named.
    """
    path = path or lexicons_dir() / "boilerplate.tsv"
    patterns = []
    for line, row in read_tsv(path, _COLUMNS):
        cues = tuple(cue.strip() for cue in row["cue"].split(" | ") if cue.strip())
        if not cues:
            raise LexiconError(f"{path}:{line}: a pattern needs a cue")
        try:
            regex = re.compile(row["pattern"])
        except re.error as error:
            raise LexiconError(f"{path}:{line}: pattern is no regular expression: {error}") from error
        patterns.append(Pattern(row["kind"], row["language"], cues, regex, row["example"], row["note"]))
    return Boilerplate(patterns)
