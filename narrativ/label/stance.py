"""Stance by rules and learned weights together: favor, against or neutral for each target that a passage is about.

Log-odds of each stance = what the evaluations say (:mod:`narrativ.label.evaluations`), by weights learned per target, + a share of
what the passage's n-grams say, + where there is a sentence encoder, a share of what its vector says, + the rules' own verdict at
a fixed share that falls with the passage's length: rules read a sentence, learning reads a page. The share is fixed because text
written for training avoids typical words, so that learning underrates them.

Classes are weighed alike in training, since most of what is written about anybody is neutral; the highest log-odds is the stance.
Probabilities are calibrated apart, per language, on whole documents with their natural mix.

A model is arrays and JSON (``stance.npz``, ``stance.json``); loading runs no code from it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.batchtext import BatchText
from narrativ.label.evaluations import FEATURES, Judged

__all__ = ["STANCES", "StanceModel", "Verdict", "load_stance", "row_features", "rule_share"]

STANCES = ("favor", "against", "neutral")

RULES = 1.5
"""Share of the rules' own verdict in a short passage; chosen by minimal pairs, where each more costs on long passages (docs/stance.md)."""

SHORT = 40.0
"""Up to this length, in Chinese characters or pairs of Latin letters, the rules have their whole share; then it falls with the
square of the length."""

_FORMAT = 1
_RULES_MOST = 2.0
_RULES_NEUTRAL = 0.8
_HINTS = (FEATURES.index("hint_for"), FEATURES.index("hint_against"))

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says, a row per passage and target as in :class:`~narrativ.label.evaluations.Judged`.

    Attributes
    ----------
    stance
        Number in :data:`STANCES`, shape (n_rows,).
    probability
        Calibrated, of each of :data:`STANCES`; shape (n_rows, 3).
    log_odds
        What decides the stance, shape (n_rows, 3).
    """

    stance: _Integers
    probability: _Floats
    log_odds: _Floats

    @property
    def polarity(self) -> _Floats:
        """Probability of favor minus that of against, -1 to +1; shape (n_rows,)."""
        return np.asarray(self.probability[:, 0] - self.probability[:, 1])


@dataclass(frozen=True, slots=True)
class StanceModel:
    """Learned numbers.

    Attributes
    ----------
    targets, frames
        Ids that the model was trained for, in the codebook's order.
    weights, bias
        Of :func:`row_features`, shapes (n_targets, n_features, 3) and (n_targets, 3).
    idf, ngram_table, ngram_bias
        Shapes (BUCKETS,), (BUCKETS, 3 * n_targets + 1) and (n_targets, 3); weights times idf, with the norm's column.
    ngram_share, encoder_share
        What these count.
    encoder_weights, encoder_bias
        Shapes (n_targets, n_dimensions, 3) and (n_targets, 3); empty arrays without an encoder.
    slope, intercept
        Calibration by language: a number, and one per stance.
    card
        What the training run said.
    """

    targets: tuple[str, ...]
    frames: tuple[str, ...]
    weights: _Floats
    bias: _Floats
    idf: npt.NDArray[np.float32]
    ngram_table: npt.NDArray[np.float32]
    ngram_bias: _Floats
    ngram_share: float
    encoder_share: float
    encoder_weights: _Floats
    encoder_bias: _Floats
    slope: dict[str, float]
    intercept: dict[str, _Floats]
    card: dict[str, Any]

    def log_odds(
        self,
        judged: Judged,
        points: _Floats,
        text: BatchText,
        found: Sequence[ngrams.Positions],
        vectors: npt.NDArray[np.float32] | None = None,
    ) -> _Floats:
        """Log-odds of each stance, shape (n_rows, 3).

        Parameters
        ----------
        judged
            What :class:`~narrativ.label.evaluations.Evaluations` found in the batch.
        points
            The frames' lexicon points per passage, shape (n_texts, n_frames).
        text, found
            The batch and its n-grams.
        vectors
            The passages' sentence vectors, shape (n_texts, n_dimensions); needed when the model has weights for them.

        Raises
        ------
        TableError
            The model has weights for vectors and there are none, or the other way round.
        """
        if (vectors is not None) != bool(self.encoder_weights.size):
            raise TableError(
                "this stance model and this engine do not fit: one has a sentence encoder, the other has none"
            )
        target = judged.target
        features = row_features(judged, points)
        total = np.einsum("rf,rfs->rs", features, self.weights[target]) + self.bias[target]
        grams = ngrams.scores(found, self.ngram_table).reshape(text.count, len(self.targets), 3)
        total += self.ngram_share * (grams[judged.text, target] + self.ngram_bias[target])
        if vectors is not None:
            rows = vectors[judged.text].astype(np.float64)
            learned = np.einsum("rd,rds->rs", rows, self.encoder_weights[target]) + self.encoder_bias[target]
            total += self.encoder_share * learned
        return np.asarray(total + rule_share(judged, text))

    def predict(
        self,
        judged: Judged,
        points: _Floats,
        text: BatchText,
        found: Sequence[ngrams.Positions],
        languages: Sequence[str],
        vectors: npt.NDArray[np.float32] | None = None,
    ) -> Verdict:
        """Stance and probabilities; `languages` has ``zh`` or ``en`` per passage, the rest is as in :meth:`log_odds`."""
        log_odds = self.log_odds(judged, points, text, found, vectors)
        language = [languages[number] for number in judged.text.tolist()]
        slope = np.array([self.slope[name] for name in language]).reshape(-1, 1)
        intercept = np.array([self.intercept[name] for name in language]).reshape(-1, 3)
        scaled = slope * log_odds + intercept
        scaled -= scaled.max(axis=1, keepdims=True, initial=-np.inf)
        probability = np.exp(scaled)
        return Verdict(log_odds.argmax(axis=1), probability / probability.sum(axis=1, keepdims=True), log_odds)

    def save(self, folder: Path) -> None:
        """Write ``stance.npz`` and ``stance.json``; the same numbers always give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        used = np.flatnonzero(self.idf)
        np.savez_compressed(
            folder / "stance.npz",
            used=used.astype(np.uint32),
            idf=self.idf[used].astype(np.float16),
            ngram_weights=self.ngram_table[used, :-1].astype(np.float16),
            weights=self.weights,
            bias=self.bias,
            ngram_bias=self.ngram_bias,
            encoder_weights=self.encoder_weights.astype(np.float32),
            encoder_bias=self.encoder_bias,
        )
        data = {
            "format": _FORMAT,
            "targets": list(self.targets),
            "frames": list(self.frames),
            "features": list(FEATURES),
            "buckets": ngrams.BUCKETS,
            "orders": list(ngrams.ORDERS),
            "ngram_share": self.ngram_share,
            "encoder_share": self.encoder_share,
            "slope": self.slope,
            "intercept": {name: values.tolist() for name, values in self.intercept.items()},
            "card": self.card,
        }
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "stance.json").write_text(text + "\n", encoding="utf-8")


def load_stance(folder: Path) -> StanceModel:
    """Read a model's folder.

    Raises
    ------
    TableError
        There is none, or it is of another format or feature set.
    """
    try:
        data = json.loads((folder / "stance.json").read_text(encoding="utf-8"))
        with np.load(folder / "stance.npz", allow_pickle=False) as arrays:
            loaded = {name: arrays[name] for name in arrays.files}
        used = loaded["used"].astype(np.int64)
        idf = np.zeros(ngrams.BUCKETS, dtype=np.float32)
        idf[used] = loaded["idf"]
        weights = np.zeros((ngrams.BUCKETS, loaded["ngram_weights"].shape[1]), dtype=np.float32)
        weights[used] = loaded["ngram_weights"]
        of_this_version = (
            data.get("format") == _FORMAT
            and tuple(data["features"]) == FEATURES
            and data["buckets"] == ngrams.BUCKETS
            and tuple(data["orders"]) == ngrams.ORDERS
        )
        if not of_this_version:
            raise TableError(f"{folder}: a stance model of another version; train it again")
        return StanceModel(
            targets=tuple(data["targets"]),
            frames=tuple(data["frames"]),
            weights=loaded["weights"],
            bias=loaded["bias"],
            idf=idf,
            ngram_table=ngrams.with_squares(weights, idf),
            ngram_bias=loaded["ngram_bias"],
            ngram_share=float(data["ngram_share"]),
            encoder_share=float(data["encoder_share"]),
            encoder_weights=loaded["encoder_weights"].astype(np.float64),
            encoder_bias=loaded["encoder_bias"],
            slope={name: float(value) for name, value in data["slope"].items()},
            intercept={name: np.array(values) for name, values in data["intercept"].items()},
            card=data["card"],
        )
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise TableError(f"{folder}: no stance model that this version reads ({error})") from error


def row_features(judged: Judged, points: _Floats) -> _Floats:
    """The evaluations' numbers and the passage's frame points, shape (n_rows, n_features + n_frames)."""
    return np.concatenate([judged.features, points[judged.text]], axis=1)


def rule_share(judged: Judged, text: BatchText) -> _Floats:
    """What the rules alone add to each stance's log-odds, shape (n_rows, 3).

    Hints of the codebook do not count here: a topic is not a verdict, and their weights are learned.
    """
    size = np.add.reduceat(np.where(text.codes >= 0x3400, 1.0, 0.5), text.starts[:-1]) if text.count else np.zeros(0)
    share = RULES * np.minimum(1.0, (SHORT / np.maximum(size, 1.0)) ** 2)[judged.text]
    plain = judged.score - judged.features[:, _HINTS[0]] + judged.features[:, _HINTS[1]]
    plain = np.clip(plain, -_RULES_MOST, _RULES_MOST)
    return np.asarray(share[:, None] * np.stack([plain, -plain, _RULES_NEUTRAL - np.abs(plain)], axis=1))
