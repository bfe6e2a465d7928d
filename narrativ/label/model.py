"""The numbers of a trained engine, and their file form: arrays and JSON, nothing that could run.

Log-odds of a frame = slope · raw + intercept, slope and intercept by language, with

    raw = bias + n-grams + words + encoder + share · lexicon points

where a part that an engine has not is zero. The position toward a frame is judged by :mod:`narrativ.label.position`. A model is a folder with ``weights.npz`` and ``model.json``.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.attribution import FEATURE_NAMES
from narrativ.label.position import PositionModel
from narrativ.label.wordtable import WordTable

__all__ = ["LANGUAGES", "FrameModel", "language_of", "load_model"]

LANGUAGES = ("zh", "en")
_FORMAT = 3
_FloatArray = npt.NDArray[np.float64]


def language_of(script: str) -> str:
    """Which calibration a passage of this script takes."""
    return "en" if script == "Latn" else "zh"


@dataclass(frozen=True, slots=True)
class FrameModel:
    """Learned numbers of a linear engine.

    Attributes
    ----------
    engine
        ``fast`` or ``accurate``.
    frames
        Names of the outputs.
    idf
        Of each n-gram bucket, shape (BUCKETS,).
    weights
        N-gram weights times idf, shape (BUCKETS, n_frames).
    bias
        Shape (n_frames,).
    position
        Judges the position toward frames; with n-gram weights that all frames share.
    words
        Word weights of the frames, or an empty table.
    encoder
        Name of the sentence encoder, empty without one.
    encoder_weights
        Shape (n_dimensions, n_frames); (0, n_frames) without an encoder.
    lexicon_share
        What the lexicon's points count, in parts of what they count in the lexicon engine.
    slope, intercept
        Calibration by language, each shape (n_frames,).
    threshold
        Score from which a frame is present, shape (n_frames,).
    doubt
        Score from which an absent frame is abstained from, shape (n_frames,).
    card
        Everything else that the training run said.
    """

    engine: str
    frames: tuple[str, ...]
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: _FloatArray
    position: PositionModel
    words: WordTable
    encoder: str
    encoder_weights: _FloatArray
    lexicon_share: float
    slope: dict[str, _FloatArray]
    intercept: dict[str, _FloatArray]
    threshold: _FloatArray
    doubt: _FloatArray
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
            position_weights=self.position.table[used].astype(np.float16),
            position_attribution=self.position.attribution,
            position_bias=self.position.bias,
            position_bounds=np.stack([self.position.low, self.position.high]),
            word_key=self.words.key,
            word_idf=self.words.idf.astype(np.float16),
            word_weights=self.words.weights.astype(np.float16),
            encoder_weights=self.encoder_weights.astype(np.float32),
        )
        data = {
            "format": _FORMAT,
            "engine": self.engine,
            "frames": list(self.frames),
            "positions": list(self.position.positions),
            "attribution": list(FEATURE_NAMES),
            "buckets": ngrams.BUCKETS,
            "orders": list(ngrams.ORDERS),
            "encoder": self.encoder,
            "bias": self.bias.tolist(),
            "lexicon_share": self.lexicon_share,
            "slope": {name: values.tolist() for name, values in self.slope.items()},
            "intercept": {name: values.tolist() for name, values in self.intercept.items()},
            "threshold": self.threshold.tolist(),
            "doubt": self.doubt.tolist(),
            "card": self.card,
        }
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def _spread(used: npt.NDArray[np.int64], kept: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    """Rows of the n-grams in use in a table of all buckets."""
    table = np.zeros((ngrams.BUCKETS, kept.shape[1]), dtype=np.float32)
    table[used] = kept
    return table


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
        of_this_version = (
            data.get("format") == _FORMAT
            and data["buckets"] == ngrams.BUCKETS
            and tuple(data["orders"]) == ngrams.ORDERS
            and tuple(data["attribution"]) == FEATURE_NAMES
        )
        if not of_this_version:
            raise TableError(f"{folder}: a model of another version; run make train")
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            used = arrays["used"].astype(np.int64)
            idf = np.zeros(ngrams.BUCKETS, dtype=np.float32)
            idf[used] = arrays["idf"]
            weights = _spread(used, arrays["weights"])
            position = PositionModel(
                frames=tuple(data["frames"]),
                positions=tuple(data["positions"]),
                table=_spread(used, arrays["position_weights"]),
                attribution=arrays["position_attribution"],
                bias=arrays["position_bias"],
                low=arrays["position_bounds"][0],
                high=arrays["position_bounds"][1],
            )
            words = WordTable(
                arrays["word_key"], arrays["word_idf"].astype(np.float32), arrays["word_weights"].astype(np.float32)
            )
            encoder_weights = arrays["encoder_weights"].astype(np.float64)
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise TableError(f"{folder}: no model that this version reads ({error})") from error
    return FrameModel(
        engine=str(data["engine"]),
        frames=tuple(data["frames"]),
        idf=idf,
        weights=weights,
        bias=np.array(data["bias"]),
        position=position,
        words=words,
        encoder=str(data["encoder"]),
        encoder_weights=encoder_weights,
        lexicon_share=float(data["lexicon_share"]),
        slope={name: np.array(values) for name, values in data["slope"].items()},
        intercept={name: np.array(values) for name, values in data["intercept"].items()},
        threshold=np.array(data["threshold"]),
        doubt=np.array(data["doubt"]),
        card=data["card"],
    )
