"""The fast engine: a linear model over character n-grams beside the lexicon, calibrated per language.

Log-odds of a frame = slope · (bias + n-grams + share · lexicon points) + intercept, slope and intercept by language. The
n-grams' weights are learned from the project's corpora; the lexicon's points are the lexicon engine's, at a share that was chosen
and is not learned: text written for training avoids the typical words more than real text does, so learning would
underrate them. Everything is a sum, so the evidence adds up to the score: spans of concepts, words with what their
n-grams add, and one item without a span for the rest.

A model is a folder of arrays and JSON (``weights.npz``, ``model.json``); loading runs no code from it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.batchtext import find_words, join_forms
from narrativ.label.engine import Batch
from narrativ.label.lexicon import POINT, Hit, LexiconEngine
from narrativ.records import Evidence, Labels, Passage

__all__ = ["LANGUAGES", "FastEngine", "FrameModel", "language_of", "lexicon_points", "load_model"]

LANGUAGES = ("zh", "en")
_FORMAT = 1
_FloatArray = npt.NDArray[np.float64]

# Phrases that add at least this much to a frame's log-odds are evidence of their own; the rest is summed up.
_WORTH_SAYING = 0.2
_WORTH_A_WORD = 0.1
_MOST_PHRASES = 10
_POINTS_RANGE = (-1.0, 4.0)


def language_of(script: str) -> str:
    """Which calibration a passage of this script takes."""
    return "en" if script == "Latn" else "zh"


@dataclass(frozen=True, slots=True)
class FrameModel:
    """Learned numbers of the fast engine.

    Attributes
    ----------
    frames, positions
        Names of the outputs.
    idf
        Shape (BUCKETS,).
    weights
        N-gram weights times idf, shape (BUCKETS, n_frames + n_positions).
    bias
        Shape (n_frames + n_positions,).
    lexicon_share
        What the lexicon's points count, in parts of what they count in the lexicon engine.
    slope, intercept
        Calibration by language, each shape (n_frames,).
    threshold
        Score from which a frame is present, shape (n_frames,).
    card
        Everything else that the training run said.
    """

    frames: tuple[str, ...]
    positions: tuple[str, ...]
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: _FloatArray
    lexicon_share: float
    slope: dict[str, _FloatArray]
    intercept: dict[str, _FloatArray]
    threshold: _FloatArray
    card: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Write ``weights.npz`` and ``model.json``; the same numbers always give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        used = np.flatnonzero(self.idf)
        np.savez_compressed(
            folder / "weights.npz",
            used=used.astype(np.uint32),
            idf=self.idf[used].astype(np.float16),
            weights=self.weights[used].astype(np.float16),
        )
        data = {
            "format": _FORMAT,
            "engine": "fast",
            "frames": list(self.frames),
            "positions": list(self.positions),
            "buckets": ngrams.BUCKETS,
            "orders": list(ngrams.ORDERS),
            "bias": self.bias.tolist(),
            "lexicon_share": self.lexicon_share,
            "slope": {name: values.tolist() for name, values in self.slope.items()},
            "intercept": {name: values.tolist() for name, values in self.intercept.items()},
            "threshold": self.threshold.tolist(),
            "card": self.card,
        }
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")


@lru_cache(maxsize=4)
def load_model(folder: Path) -> FrameModel:
    """Read a model's folder.

    Raises
    ------
    TableError
        There is none, or it is of another format or feature set.
    """
    try:
        data = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            used = arrays["used"].astype(np.int64)
            idf = np.zeros(ngrams.BUCKETS, dtype=np.float32)
            idf[used] = arrays["idf"]
            weights = np.zeros((ngrams.BUCKETS, arrays["weights"].shape[1]), dtype=np.float32)
            weights[used] = arrays["weights"]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise TableError(f"{folder}: no model that this version reads ({error})") from error
    if data.get("format") != _FORMAT or data["buckets"] != ngrams.BUCKETS or tuple(data["orders"]) != ngrams.ORDERS:
        raise TableError(f"{folder}: a model of another version; run make train")
    return FrameModel(
        tuple(data["frames"]),
        tuple(data["positions"]),
        idf,
        weights,
        np.array(data["bias"]),
        float(data["lexicon_share"]),
        {name: np.array(values) for name, values in data["slope"].items()},
        {name: np.array(values) for name, values in data["intercept"].items()},
        np.array(data["threshold"]),
        data["card"],
    )


def lexicon_points(
    lexicon: LexiconEngine, hits: Mapping[int, Mapping[str, Sequence[Hit]]], frames: Sequence[str], texts: int
) -> _FloatArray:
    """Points per text and frame as training and engine see them, clipped; shape (n_texts, n_frames)."""
    points = np.zeros((texts, len(frames)))
    for number, by_frame in hits.items():
        for index, frame in enumerate(frames):
            if frame in by_frame:
                points[number, index] = lexicon.points(by_frame[frame])
    return np.asarray(np.clip(points, *_POINTS_RANGE))


def sigmoid(values: _FloatArray) -> _FloatArray:
    """Logistic function, without overflow."""
    return np.asarray(np.where(values >= 0, 1 / (1 + np.exp(-np.abs(values))), 1 - 1 / (1 + np.exp(-np.abs(values)))))


class FastEngine:
    """Frames and positions by the linear model.

    Parameters
    ----------
    codebook
        Whose frames and lexicon to use; must be the one that the model was trained for.
    model
        A loaded model.
    """

    name = "fast"

    def __init__(self, codebook: Codebook, model: FrameModel) -> None:
        if model.frames != codebook.frame_ids:
            raise TableError(
                f"the model knows the frames {model.frames}, the codebook {codebook.frame_ids}: run make train"
            )
        self.codebook = codebook
        self.model = model
        self.lexicon = LexiconEngine(codebook)

    def raw(self, found: Sequence[ngrams.Positions], points: _FloatArray) -> _FloatArray:
        """Uncalibrated log-odds of frames, then of positions; shape (n_passages, n_frames + n_positions)."""
        model = self.model
        total = ngrams.scores(found, model.weights, model.idf) + model.bias
        total[:, : len(model.frames)] += model.lexicon_share * POINT * points
        return np.asarray(total)

    def label(self, batch: Batch) -> list[Labels]:
        """Labels of each passage, in order."""
        if not batch.passages:
            return []
        model = self.model
        count = len(model.frames)
        text = join_forms(batch.forms)
        words = find_words(text, self.lexicon.tokenizer)
        found = ngrams.positions(text)
        hits = self.lexicon.find_in(text, words)
        raw = self.raw(found, lexicon_points(self.lexicon, hits, model.frames, len(batch.forms)))
        language = [language_of(passage.script) for passage in batch.passages]
        slope = np.array([model.slope[name] for name in language])
        log_odds = slope * raw[:, :count] + np.array([model.intercept[name] for name in language])
        scores = sigmoid(log_odds)
        present = scores >= model.threshold
        position = raw[:, count:].argmax(axis=1)
        explain = _Explainer(self, batch, found, present, slope)
        labels = []
        for number, passage in enumerate(batch.passages):
            frames = tuple(frame for index, frame in enumerate(model.frames) if present[number, index])
            evidence: list[Evidence] = []
            for index, frame in enumerate(model.frames):
                if present[number, index]:
                    here = hits.get(number, {}).get(frame, [])
                    evidence += explain.frame(passage, number, index, here, float(log_odds[number, index]))
            labels.append(
                Labels(
                    frames=frames,
                    frame_scores=dict(zip(model.frames, scores[number].tolist(), strict=True)),
                    positions=dict.fromkeys(frames, model.positions[position[number]]),
                    evidence=tuple(evidence),
                )
            )
        return labels


class _Explainer:
    """Spans behind the scores of one batch.

    What an n-gram adds is shared evenly among its characters, and a word adds what its characters do.
    """

    def __init__(
        self,
        engine: FastEngine,
        batch: Batch,
        found: Sequence[ngrams.Positions],
        present: npt.NDArray[np.bool_],
        slope: _FloatArray,
    ) -> None:
        self.engine = engine
        self.batch = batch
        self.slope = slope
        self._cut: dict[int, npt.NDArray[np.int64]] = {}
        lengths = np.array([len(form) + 1 for form in batch.forms])
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        norms = ngrams.norms(found, engine.model.idf)
        self.per_char = np.zeros((present.shape[1], int(self.starts[-1])))
        for item in found:
            owner = np.repeat(np.arange(len(batch.forms)), np.diff(item.offsets))
            for index in np.flatnonzero(present.any(axis=0)):
                kept = np.flatnonzero(present[owner, index])
                whose, place = owner[kept], item.place[kept]
                value = engine.model.weights[item.bucket[kept], index] * slope[whose, index] / norms[whose] / item.order
                for shift in range(item.order):
                    self.per_char[index] += np.bincount(place + shift, weights=value, minlength=self.per_char.shape[1])

    def _words(self, number: int) -> npt.NDArray[np.int64]:
        """Starts of the words of a passage, signs and white space apart, and its end."""
        known = self._cut.get(number)
        if known is None:
            form = self.batch.forms[number]
            starts = [0]
            for word in self.engine.lexicon.tokenizer.cut(form):
                starts.append(starts[-1] + len(word))
            known = self._cut[number] = np.array(starts if starts[-1] == len(form) else [0, len(form)])
        return known

    def frame(self, passage: Passage, number: int, index: int, hits: Sequence[Hit], log_odds: float) -> list[Evidence]:
        """Concepts, telling words, and the rest, of one frame in one passage; weights add up to the log-odds."""
        model = self.engine.model
        frame = model.frames[index]
        text = passage.document.text
        evidence = []
        points, shares = self.engine.lexicon.shares(hits)
        factor = float(self.slope[number, index]) * model.lexicon_share * POINT
        if points:
            factor *= min(max(points, _POINTS_RANGE[0]), _POINTS_RANGE[1]) / points
        for hit, share, concept in shares:
            start, end = passage.start + hit.start, passage.start + hit.end
            evidence.append(Evidence(frame, start, end, text[start:end], factor * share, concept))
        values = self.per_char[index, self.starts[number] : self.starts[number + 1] - 1]
        for weight, first, last in _phrases(values, self._words(number)):
            start, end = passage.start + first, passage.start + last
            evidence.append(Evidence(frame, start, end, text[start:end], weight))
        evidence.sort(key=lambda item: (item.start, item.end))
        total = math.fsum(item.weight for item in evidence)
        evidence.append(Evidence(frame, passage.start, passage.start, "", log_odds - total, "rest"))
        return evidence


def _phrases(values: _FloatArray, words: npt.NDArray[np.int64]) -> list[tuple[float, int, int]]:
    """The words that add most, neighbours of one sign as one phrase: (sum, start, end).

    `words` holds the start of each word and the end of the text.
    """
    if len(words) < 2:
        return []
    sums = np.add.reduceat(values, words[:-1])
    told = np.flatnonzero(np.abs(sums) >= _WORTH_A_WORD)
    found: list[tuple[float, int, int]] = []
    last = -2
    for word, weight in zip(told.tolist(), sums[told].tolist(), strict=True):
        if word == last + 1 and found and (found[-1][0] > 0) == (weight > 0):
            found[-1] = (found[-1][0] + weight, found[-1][1], int(words[word + 1]))
        else:
            found.append((weight, int(words[word]), int(words[word + 1])))
        last = word
    found = [item for item in found if abs(item[0]) >= _WORTH_SAYING]
    found.sort(key=lambda item: -abs(item[0]))
    return found[:_MOST_PHRASES]
