"""The lexicon engine: a frame's score is what its concepts add up to.

A linear model whose features are the codebook's concepts and whose weights are written by hand: log-odds = bias + the
sum of the points of the concepts present, times what a point is worth. It needs no training, every point of a score is a quoted span, and it is
the baseline that other engines must beat.

How a term counts:

1. all terms are found in one pass (Aho-Corasick over the match forms of the batch);
2. a Latin term must stand between word boundaries; a Han term must not cut through a word that jieba sees (国运 does
   not count in 中国运动员);
3. a term inside one of its concept's ``unless`` phrases does not count (开源 in 开源节流);
4. within a frame the longest terms win over those they overlap;
5. a concept counts once a passage; its weight is shared among its occurrences.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import ahocorasick_rs

from narrativ.codebook import Codebook, Concept
from narrativ.label.engine import Batch
from narrativ.records import Evidence, Labels, Passage
from narrativ.text.tokenize import Tokenizer

__all__ = ["BIAS", "POINT", "THRESHOLD", "Hit", "LexiconEngine"]

BIAS = -2.25
"""Log-odds of a frame without any evidence: a score of 0.10, about the share of passages that carry one frame."""

POINT = 2.5
"""Log-odds that a weight of 1 in the lexicon adds. With this bias a frame needs 0.9 points: one supporting concept, or two
topical ones. Real passages rarely hold a strong one: asking for 2 points halves the recall (docs/experiments.md)."""

THRESHOLD = 0.5
"""A frame is present from this score on."""


class Hit(NamedTuple):
    """A term of a concept in a text: its span and the concept's number."""

    start: int
    end: int
    concept: int


class LexiconEngine:
    """Frames from the codebook's term lists.

    Parameters
    ----------
    codebook
        Whose frames and concepts to use.
    tokenizer
        With the codebook's terms as user words; made when none is given.
    """

    name = "lexicon"

    def __init__(self, codebook: Codebook, tokenizer: Tokenizer | None = None) -> None:
        self.codebook = codebook
        self.bias = BIAS
        self.threshold = THRESHOLD
        self.tokenizer = tokenizer or Tokenizer(codebook.terms())
        self._concepts: tuple[Concept, ...] = codebook.concepts
        patterns: dict[str, int] = {}
        self._uses: list[list[tuple[int, bool]]] = []  # per pattern: (concept, may the word go on)
        self._blocks: list[list[int]] = []  # per pattern: concepts that it cancels
        for number, concept in enumerate(self._concepts):
            for term in concept.terms:
                self._uses[self._pattern(patterns, term.rstrip("*"))].append((number, term.endswith("*")))
            for phrase in concept.unless:
                self._blocks[self._pattern(patterns, phrase)].append(number)
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns), implementation=ahocorasick_rs.Implementation.DFA)

    def _pattern(self, patterns: dict[str, int], text: str) -> int:
        if text not in patterns:
            patterns[text] = len(patterns)
            self._uses.append([])
            self._blocks.append([])
        return patterns[text]

    def label(self, batch: Batch) -> list[Labels]:
        """Labels of each passage; see the module's text for how they come about."""
        found = self.find(batch.forms)
        return [self._labels(passage, found.get(number, {})) for number, passage in enumerate(batch.passages)]

    def find(self, forms: Sequence[str]) -> dict[int, dict[str, list[Hit]]]:
        """Per text that has any, per frame, the terms that count, without overlaps."""
        result: dict[int, dict[str, list[Hit]]] = {}
        for number, hits in self._scan(forms).items():
            by_frame: dict[str, list[Hit]] = defaultdict(list)
            for hit in hits:
                by_frame[self._concepts[hit.concept].frame].append(hit)
            result[number] = {frame: _longest(found) for frame, found in by_frame.items()}
        return result

    def points(self, hits: Sequence[Hit]) -> float:
        """Points of the concepts among the hits of one frame; each concept counts once."""
        return math.fsum(self._concepts[concept].weight for concept in {hit.concept for hit in hits})

    def shares(self, hits: Sequence[Hit]) -> tuple[float, list[tuple[Hit, float, str]]]:
        """Points of the hits of one frame, and each hit with its share of them and its concept's name."""
        counts = Counter(hit.concept for hit in hits)
        shares = [
            (hit, self._concepts[hit.concept].weight / counts[hit.concept], self._concepts[hit.concept].id)
            for hit in hits
        ]
        return self.points(hits), shares

    def _scan(self, forms: Sequence[str]) -> dict[int, list[Hit]]:
        """Per passage the hits that pass the boundary and ``unless`` rules."""
        texts: list[str] = list(forms)
        joined = "\0".join(texts)
        starts = [0, *accumulate(len(text) + 1 for text in texts)]
        hits: dict[int, list[Hit]] = defaultdict(list)
        blocked: dict[int, list[Hit]] = defaultdict(list)
        edges: dict[int, set[int]] = defaultdict(set)  # borders of words seen so far
        seen: set[tuple[int, int]] = set()
        for pattern, start, end in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            number = bisect_right(starts, start) - 1
            first, last = start - starts[number], end - starts[number]
            for concept in self._blocks[pattern]:
                blocked[number].append(Hit(first, last, concept))
            uses = self._uses[pattern]
            if not uses:
                continue
            text = texts[number]
            left, right = _latin_edges(text, first, last)
            if left:
                continue
            if not all(self._on_edge(text, number, position, edges, seen) for position in (first, last)):
                continue
            for concept, goes_on in uses:
                if not right or goes_on:
                    hits[number].append(Hit(first, last, concept))
        for number, blocks in blocked.items():
            if number in hits:
                hits[number] = [
                    hit
                    for hit in hits[number]
                    if not any(b.concept == hit.concept and b.start <= hit.start and hit.end <= b.end for b in blocks)
                ]
        return {number: found for number, found in hits.items() if found}

    def _on_edge(
        self, text: str, number: int, position: int, edges: dict[int, set[int]], seen: set[tuple[int, int]]
    ) -> bool:
        """Whether a Han word begins or ends at `position` of text `number`; runs are segmented once."""
        if _edge_free(text, position) or position in edges[number]:
            return True
        if (number, position) in seen:
            return False
        found = self.tokenizer.word_edges(text, position)
        edges[number] |= found
        seen.update((number, inside) for inside in range(min(found), max(found) + 1))
        return position in edges[number]

    def _labels(self, passage: Passage, found: Mapping[str, Sequence[Hit]]) -> Labels:
        scores: dict[str, float] = {}
        evidence: list[Evidence] = []
        text = passage.document.text
        for frame in self.codebook.frame_ids:
            points, shares = self.shares(found.get(frame, ()))
            scores[frame] = _sigmoid(self.bias + POINT * points)
            for hit, share, concept in shares:
                start, end = passage.start + hit.start, passage.start + hit.end
                evidence.append(Evidence(frame, start, end, text[start:end], POINT * share, concept))
        evidence.sort(key=lambda item: (item.start, item.end, item.frame))
        frames = tuple(frame for frame in self.codebook.frame_ids if scores[frame] >= self.threshold)
        return Labels(frames=frames, frame_scores=scores, evidence=tuple(evidence))


def _sigmoid(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))


def _is_latin(char: str) -> bool:
    return char.isalnum() and char < "\u0250"


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _latin_edges(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether a Latin word goes on to the left, to the right of the span."""
    left = start > 0 and _is_latin(text[start]) and _is_latin(text[start - 1])
    right = end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    return left, right


def _edge_free(text: str, position: int) -> bool:
    """Whether no Han word can run across a position: one side of it is no Han."""
    return position in (0, len(text)) or not (_is_han(text[position - 1]) and _is_han(text[position]))


def _longest(hits: list[Hit]) -> list[Hit]:
    """Hits of one frame without overlaps, longer ones first; of equal length the earlier."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.concept)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return kept
