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
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from narrativ.codebook import Codebook, Concept
from narrativ.label.batchtext import BatchText, Words, find_words, join_forms
from narrativ.label.engine import Batch
from narrativ.label.evaluations import baseline_stance
from narrativ.label.judge import Reader, stances_of
from narrativ.label.terms import Terms
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
        self._weights = [concept.weight for concept in self._concepts]
        numbered = list(enumerate(self._concepts))
        self._terms = Terms((term, number) for number, concept in numbered for term in concept.terms)
        self._blocks = Terms(
            ((phrase, number) for number, concept in numbered for phrase in concept.unless), anywhere=True
        )

    @cached_property
    def reader(self) -> Reader:
        """Finds voices and targets, by rules."""
        return Reader(self.codebook, self.tokenizer)

    def label(self, batch: Batch) -> list[Labels]:
        """Labels of each passage: frames as the module's text says, stance by the rules alone, without probability."""
        if not batch.passages:
            return []
        text = join_forms(batch.forms)
        words = find_words(text, self.tokenizer)
        found = self.find_in(text, words)
        reading = self.reader.read(batch, text, words)
        targets = self.codebook.target_ids
        stances = stances_of(reading.judged, baseline_stance(reading.judged.score), targets, text.count)
        evidence = reading.evidence(batch.passages, targets)
        return [
            replace(
                self._labels(passage, found.get(number, {})),
                stance=stances[number],
                holder=reading.holders[number],
                voices=reading.voices[number],
                stance_evidence=tuple(evidence[number]),
            )
            for number, passage in enumerate(batch.passages)
        ]

    def find(self, forms: Sequence[str]) -> dict[int, dict[str, list[Hit]]]:
        """Per text that has any, per frame, the terms that count, without overlaps."""
        text = join_forms(forms)
        return self.find_in(text, find_words(text, self.tokenizer))

    def find_in(self, text: BatchText, words: Words) -> dict[int, dict[str, list[Hit]]]:
        """The same for a batch whose words are known."""
        found = self._terms.find(text, words)
        blocked: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        blocks = self._blocks.find(text, None)
        for owner, start, end in zip(blocks.owner.tolist(), blocks.start.tolist(), blocks.end.tolist(), strict=True):
            blocked[owner, int(text.owner(np.array([start]))[0])].append((start, end))
        grouped: dict[int, dict[str, list[Hit]]] = {}
        offset = text.starts[found.text]
        for concept, number, start, first, last in zip(
            found.owner.tolist(),
            found.text.tolist(),
            found.start.tolist(),
            (found.start - offset).tolist(),
            (found.end - offset).tolist(),
            strict=True,
        ):
            spans = blocked.get((concept, number)) if blocked else None
            if spans and any(begin <= start and start - first + last <= stop for begin, stop in spans):
                continue
            by_frame = grouped.setdefault(number, {})
            by_frame.setdefault(self._concepts[concept].frame, []).append(Hit(first, last, concept))
        return {number: {frame: _longest(hits) for frame, hits in by.items()} for number, by in grouped.items()}

    def points(self, hits: Sequence[Hit]) -> float:
        """Points of the concepts among the hits of one frame; each concept counts once."""
        if len(hits) == 1:
            return self._weights[hits[0].concept]
        return math.fsum([self._weights[concept] for concept in {hit.concept for hit in hits}])

    def shares(self, hits: Sequence[Hit]) -> tuple[float, list[tuple[Hit, float, str]]]:
        """Points of the hits of one frame, and each hit with its share of them and its concept's name."""
        counts: dict[int, int] = {}
        for hit in hits:
            counts[hit.concept] = counts.get(hit.concept, 0) + 1
        weights, concepts = self._weights, self._concepts
        shares = [(hit, weights[hit.concept] / counts[hit.concept], concepts[hit.concept].id) for hit in hits]
        return math.fsum([weights[concept] for concept in counts]), shares

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


def _longest(hits: list[Hit]) -> list[Hit]:
    """Hits of one frame without overlaps, longer ones first; of equal length the earlier."""
    if len(hits) == 1:
        return hits
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.concept)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return kept
