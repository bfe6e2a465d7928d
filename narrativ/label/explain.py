"""Evidence of the linear engines: spans whose weights, with one item for the rest, add up to a score's log-odds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from narrativ.label.batchtext import BatchText, Words
from narrativ.label.engine import Batch
from narrativ.label.lexicon import POINT, Hit, LexiconEngine
from narrativ.label.model import FrameModel
from narrativ.label.ngrams import Positions, norms
from narrativ.label.wordtable import WordUse
from narrativ.records import Evidence

__all__ = ["POINTS_RANGE", "Explainer"]

POINTS_RANGE = (-1.0, 4.0)
"""Lexicon points count between these: a passage of many concepts is not more certain than one of four points."""

# Phrases that add at least this much to a frame's log-odds are evidence of their own; the rest is summed up.
_WORTH_SAYING = 0.3
_WORTH_A_WORD = 0.15
_MOST_PHRASES = 8

_Floats = npt.NDArray[np.float64]
_Phrase = tuple[float, int, int]


class Explainer:
    """Spans behind the scores of one batch.

    What an n-gram adds is shared evenly among its characters, and a word adds what its characters do and what the table
    of words says. Words that add the same way side by side are one phrase.

    Parameters
    ----------
    lexicon, model
        Of the engine.
    batch, text, words, found, use
        The batch, as one text, its words, n-grams and known words.
    present
        Frames told, shape (n_passages, n_frames).
    slope
        Calibration of each passage, shape (n_passages, n_frames).
    encoded
        What the encoder adds, uncalibrated, shape (n_passages, n_frames).
    left_out
        Per passage sentences and what the encoder adds less without each, where that was asked for.
    """

    def __init__(
        self,
        lexicon: LexiconEngine,
        model: FrameModel,
        batch: Batch,
        text: BatchText,
        words: Words,
        found: Sequence[Positions],
        use: WordUse,
        present: npt.NDArray[np.bool_],
        slope: _Floats,
        encoded: _Floats,
        left_out: Mapping[int, Sequence[tuple[int, int, _Floats]]],
    ) -> None:
        self._lexicon = lexicon
        self._model = model
        self._batch = batch
        self._slope = slope
        self._encoded = encoded
        self._left_out = left_out
        norm = norms(found, model.idf)
        word_offsets = np.searchsorted(words.start, text.starts)
        use_offsets = np.searchsorted(use.text, np.arange(text.count + 1))
        self._phrases: list[dict[int, list[_Phrase]]] = []
        for index in range(present.shape[1]):
            told = np.flatnonzero(present[:, index])
            if not len(told):
                self._phrases.append({})
                continue
            factor = slope[told, index]
            weights = model.weights[:, index]
            per_char = _per_character(told, text, found, weights, factor / norm[told])
            total = np.concatenate([[0.0], np.cumsum(per_char)])
            which, row = _ranges(word_offsets[told], word_offsets[told + 1])
            shift = (_local_starts(told, text) - text.starts[told])[row]
            weight = total[words.end[which] + shift] - total[words.start[which] + shift]
            known, known_row = _ranges(use_offsets[told], use_offsets[told + 1])
            if len(known):
                added = model.words.weights[use.row[known], index] * (factor / use.norm[told])[known_row]
                weight[np.searchsorted(which, use.word[known])] += added
            kept = np.flatnonzero(np.abs(weight) >= _WORTH_A_WORD)
            self._phrases.append(_joined(which[kept], weight[kept], words, told[row[kept]], text))

    def frame(self, number: int, index: int, hits: Sequence[Hit], log_odds: float) -> list[Evidence]:
        """Concepts, telling words, and the rest, of one frame in one passage; weights add up to the log-odds."""
        model, passage = self._model, self._batch.passages[number]
        name, begin, text = model.frames[index], passage.start, passage.document.text
        evidence = []
        slope = float(self._slope[number, index])
        if hits:
            points, shares = self._lexicon.shares(hits)
            factor = slope * model.lexicon_share * POINT
            if points:
                factor *= min(max(points, POINTS_RANGE[0]), POINTS_RANGE[1]) / points
            for hit, share, concept in shares:
                start, end = begin + hit.start, begin + hit.end
                evidence.append(Evidence(name, start, end, text[start:end], factor * share, concept))
        for weight, first, last in self._phrases[index].get(number, ()):
            evidence.append(Evidence(name, begin + first, begin + last, text[begin + first : begin + last], weight))
        for first, last, less in self._left_out.get(number, ()):
            start, end = begin + first, begin + last
            evidence.append(
                Evidence(name, start, end, text[start:end], slope * float(less[index]), "sentence left out")
            )
        evidence.sort(key=lambda item: (item.start, item.end))
        if model.encoder and number not in self._left_out:
            evidence.append(Evidence(name, begin, begin, "", slope * float(self._encoded[number, index]), "encoder"))
        rest = log_odds - math.fsum(item.weight for item in evidence)
        evidence.append(Evidence(name, begin, begin, "", rest, "rest"))
        return evidence


def _ranges(
    first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers from each first to before each last, in one array, and which of the ranges each is of."""
    count = last - first
    row = np.repeat(np.arange(len(first)), count)
    return np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count), row


def _local_starts(told: npt.NDArray[np.int64], text: BatchText) -> npt.NDArray[np.int64]:
    """Where the told passages begin when only they are joined."""
    length = text.starts[told + 1] - text.starts[told]
    return np.asarray(np.cumsum(length) - length)


def _per_character(
    told: npt.NDArray[np.int64],
    text: BatchText,
    found: Sequence[Positions],
    weights: npt.NDArray[np.float32],
    factor: _Floats,
) -> _Floats:
    """What each character of the told passages adds, those passages joined."""
    starts = _local_starts(told, text)
    size = int(starts[-1] + text.starts[told[-1] + 1] - text.starts[told[-1]]) + 1
    change = np.zeros(size)
    for item in found:
        which, row = _ranges(item.offsets[told], item.offsets[told + 1])
        place = item.place[which] + (starts - text.starts[told])[row]
        value = weights[item.bucket[which]] * factor[row] / item.order
        # An n-gram of length n adds to n characters: a difference array says so in two writes.
        change += np.bincount(place, weights=value, minlength=size)
        change -= np.bincount(place + item.order, weights=value, minlength=size)
    return np.cumsum(change)


def _joined(
    kept: npt.NDArray[np.int64], weight: _Floats, words: Words, owner: npt.NDArray[np.int64], text: BatchText
) -> dict[int, list[_Phrase]]:
    """The words that add most, neighbours of one sign as one phrase: (sum, start, end) in each passage."""
    if not len(kept):
        return {}
    start, end = words.start[kept], words.end[kept]
    gap = start[1:] - end[:-1]
    # Neighbours: nothing or one character between, in the same passage, adding the same way.
    joins = (gap <= 1) & (owner[1:] == owner[:-1]) & ((weight[1:] > 0) == (weight[:-1] > 0)) & (np.diff(kept) == 1)
    first = np.flatnonzero(np.concatenate([[True], ~joins]))
    last = np.concatenate([first[1:], [len(kept)]]) - 1
    sums = np.add.reduceat(weight, first)
    told = np.abs(sums) >= _WORTH_SAYING
    first, last, sums = first[told], last[told], sums[told]
    offset = text.starts[owner[first]]
    phrases: dict[int, list[_Phrase]] = {}
    for whose, value, begin, stop in zip(
        owner[first].tolist(),
        sums.tolist(),
        (start[first] - offset).tolist(),
        (end[last] - offset).tolist(),
        strict=True,
    ):
        phrases.setdefault(whose, []).append((value, begin, stop))
    for whose, found in phrases.items():
        if len(found) > _MOST_PHRASES:
            phrases[whose] = sorted(found, key=lambda item: -abs(item[0]))[:_MOST_PHRASES]
    return phrases
