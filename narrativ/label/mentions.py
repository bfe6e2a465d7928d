"""Which targets a passage is about, and where it names them.

Names come from the codebook (``targets.tsv``); those that mean several things count only near a word that decides (苹果 beside
iPhone or 股价, not beside 水果). Of names that overlap the longest counts, so 美国政府 is not also 美国.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from narrativ.codebook import Codebook
from narrativ.label.batchtext import BatchText, Words, find_words, join_forms
from narrativ.label.terms import Terms
from narrativ.text.tokenize import Tokenizer

__all__ = ["Mention", "Mentions"]

_NEAR = 40
_NEVER = 12


class Mention(NamedTuple):
    """A name of a target in a text: the target's number in the codebook, and the name's span."""

    target: int
    start: int
    end: int


def _any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True)))) if words else None


class Mentions:
    """Finds the names of a codebook's targets.

    Parameters
    ----------
    codebook
        Whose targets and aliases to use.
    tokenizer
        With the codebook's terms as user words; made when none is given.
    """

    def __init__(self, codebook: Codebook, tokenizer: Tokenizer | None = None) -> None:
        self.codebook = codebook
        self.tokenizer = tokenizer or Tokenizer(codebook.terms())
        self._aliases = codebook.aliases
        self._terms = Terms((term, number) for number, alias in enumerate(self._aliases) for term in alias.terms)
        self._near = [_any_of(alias.near) for alias in self._aliases]
        self._never = [_any_of(alias.never) for alias in self._aliases]
        number = {target: place for place, target in enumerate(codebook.target_ids)}
        self._target = [number[alias.target] for alias in self._aliases]

    def find(self, forms: Sequence[str]) -> list[list[Mention]]:
        """Mentions in each text in match form, in order, without overlaps."""
        text = join_forms(forms)
        return self.find_in(text, forms, find_words(text, self.tokenizer))

    def find_in(self, text: BatchText, forms: Sequence[str], words: Words) -> list[list[Mention]]:
        """The same for a batch whose words are known."""
        found = self._terms.find(text, words)
        offset = text.starts[found.text]
        result: list[list[tuple[int, int, int]]] = [[] for _ in forms]
        for alias, number, start, end in zip(
            found.owner.tolist(),
            found.text.tolist(),
            (found.start - offset).tolist(),
            (found.end - offset).tolist(),
            strict=True,
        ):
            if self._meant(forms[number], alias, start, end):
                result[number].append((start, end, self._target[alias]))
        return [_longest(hits) for hits in result]

    def _meant(self, form: str, alias: int, start: int, end: int) -> bool:
        never = self._never[alias]
        if never is not None and never.search(form, max(start - _NEVER, 0), end + _NEVER):
            return False
        near = self._near[alias]
        if near is None:
            return True
        before, after = form[max(start - _NEAR, 0) : start], form[end : end + _NEAR]
        return bool(near.search(before) or near.search(after))


def _longest(hits: list[tuple[int, int, int]]) -> list[Mention]:
    """Hits without overlaps, longer ones first, in order; one span that names two targets (美中) names both."""
    kept: list[tuple[int, int, int]] = []
    for hit in sorted(hits, key=lambda h: (h[0] - h[1], h[0], h[2])):
        start, end, _ = hit
        if all(end <= s or start >= e or (s, e) == (start, end) for s, e, _ in kept) and hit not in kept:
            kept.append(hit)
    return [Mention(target, start, end) for start, end, target in sorted(kept)]
