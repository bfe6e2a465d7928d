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
    """A name of a target in a text: the target's number in the codebook, and the name's span.

    With `if_judged` it counts only if the passage evaluates it.
    """

    target: int
    start: int
    end: int
    if_judged: bool = False


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
        every = self.candidates_in(text, forms, words)
        return [[item for item in mentions if not item.if_judged] for mentions in every]

    def candidates_in(self, text: BatchText, forms: Sequence[str], words: Words) -> list[list[Mention]]:
        """Mentions, and names that are ones if the passage evaluates them."""
        found = self._terms.find(text, words)
        offset = text.starts[found.text]
        result: list[list[tuple[int, int, int, bool]]] = [[] for _ in forms]
        for alias, number, start, end in zip(
            found.owner.tolist(),
            found.text.tolist(),
            (found.start - offset).tolist(),
            (found.end - offset).tolist(),
            strict=True,
        ):
            meant = self._meant(forms[number], alias, start, end)
            if meant is not None:
                result[number].append((start, end, self._target[alias], not meant))
        return [_longest(hits) for hits in result]

    def _meant(self, form: str, alias: int, start: int, end: int) -> bool | None:
        """Whether a name means its target; ``False``: if it is judged, ``None``: no."""
        never = self._never[alias]
        if never is not None and never.search(form, max(start - _NEVER, 0), end + _NEVER):
            return None
        near = self._near[alias]
        if near is None:
            return True
        before, after = form[max(start - _NEAR, 0) : start], form[end : end + _NEAR]
        if near.search(before) or near.search(after):
            return True
        return False if self._aliases[alias].judged else None


def _longest(hits: list[tuple[int, int, int, bool]]) -> list[Mention]:
    """Hits without overlaps, longer ones first, in order; one span that names two targets (美中) names both."""
    kept: list[tuple[int, int, int, bool]] = []
    for hit in sorted(hits, key=lambda h: (h[0] - h[1], h[0], h[2], h[3])):
        start, end, target, _ = hit
        free = all(end <= s or start >= e or ((s, e) == (start, end) and t != target) for s, e, t, _ in kept)
        if free:
            kept.append(hit)
    return [Mention(target, start, end, weak) for start, end, target, weak in sorted(kept)]
