"""Training of the position classifier, for :mod:`narrativ.learn.train` to call; ``python -m narrativ.learn.position`` measures.

One example a frame present. Features are the text's n-grams, the same once more for the frame alone (so that a frame can have
words of its own), the frame, and the attribution features in standard deviations; a logistic regression a position.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from narrativ.codebook import Codebook, load_codebook
from narrativ.label import ngrams
from narrativ.label.attribution import attribution_features
from narrativ.label.batchtext import join_forms
from narrativ.label.holder import HolderModel
from narrativ.label.position import PositionModel
from narrativ.learn.corpus import POSITIONS, Example, load_corpus
from narrativ.learn.features import gram_matrix
from narrativ.learn.voice import passages_of, voices_of
from narrativ.resources import models_dir

__all__ = ["score_positions", "train_positions"]

_STRENGTH = 2.0
_SHARED, _OWN, _ATTRIBUTION = 0.7, 0.7, 0.1
"""Scales of the blocks: a scale is a prior, small blocks are trusted less. Chosen on real passages (docs/voice.md)."""
_SPREAD = 4.0

_Floats = npt.NDArray[np.float64]


def _rows(examples: Sequence[Example], frames: Sequence[str]) -> npt.NDArray[np.int64]:
    """(example, frame, position) of every frame present, shape (n, 3)."""
    rows = [
        (number, frames.index(frame), POSITIONS.index(position))
        for number, example in enumerate(examples)
        for frame, position in example.frames.items()
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def attribution_of(examples: Sequence[Example], holder: HolderModel | None = None) -> tuple[list[str], _Floats]:
    """Match forms of examples, each judged by itself, and their attribution features."""
    passages, forms = passages_of(examples)
    return forms, attribution_features(passages, forms, voices_of(passages, forms), model=holder)


def train_positions(
    examples: Sequence[Example],
    codebook: Codebook,
    *,
    matrix: Any = None,
    idf: npt.NDArray[np.float32] | None = None,
    holder: HolderModel | None = None,
    per_frame: bool = False,
) -> PositionModel:
    """The position classifier's numbers, learned from labelled passages.

    Parameters
    ----------
    examples
        Labelled passages; those without a frame teach nothing.
    codebook
        Whose frames to use.
    matrix, idf
        What :func:`narrativ.learn.features.gram_matrix` gave for these examples, when it is there already.
    holder
        What judges the holder, a feature; the shipped model when none is given.
    per_frame
        Whether each frame has n-gram weights of its own beside the shared ones: no better beyond chance, and a table as many times larger
        as there are frames.
    """
    frames = codebook.frame_ids
    forms, attribution = attribution_of(examples, holder)
    if matrix is None or idf is None:
        matrix, idf = gram_matrix(forms)
    rows = _rows(examples, frames)
    mean, spread = attribution.mean(axis=0), attribution.std(axis=0) + 1e-9
    low, high = mean - _SPREAD * spread, mean + _SPREAD * spread
    scaled = (np.clip(attribution, low, high) - mean) / spread * _ATTRIBUTION
    grams = matrix[rows[:, 0]]
    shown = np.eye(len(frames))[rows[:, 1]]
    blocks = [grams * _SHARED, sparse.csr_matrix(scaled[rows[:, 0]]), sparse.csr_matrix(shown)]
    if per_frame:
        blocks += [sparse.diags(shown[:, index]) @ grams * _OWN for index in range(len(frames))]
    design = sparse.hstack(blocks).tocsr()
    outputs = len(frames) * len(POSITIONS) if per_frame else len(POSITIONS)
    table = np.zeros((ngrams.BUCKETS, outputs))
    weights = np.zeros((attribution.shape[1], len(POSITIONS)))
    bias = np.zeros((len(frames), len(POSITIONS)))
    edges = np.cumsum([0, ngrams.BUCKETS, attribution.shape[1], len(frames)])
    for number in range(len(POSITIONS)):
        target = (rows[:, 2] == number).astype(int)
        if not len(target) or target.min() == target.max():  # the corpus has only one answer
            rate = (float(target.sum()) + 0.5) / (len(target) + 1)
            bias[:, number] = math.log(rate / (1 - rate))
            continue
        model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=1000, random_state=0)
        model.fit(design, target)
        learned = model.coef_[0]
        shared = learned[edges[0] : edges[1]] * _SHARED
        weights[:, number] = learned[edges[1] : edges[2]] * _ATTRIBUTION / spread
        bias[:, number] = learned[edges[2] : edges[3]] + float(model.intercept_[0]) - float(mean @ weights[:, number])
        if not per_frame:
            table[:, number] = shared * idf
            continue
        for index in range(len(frames)):
            begin = int(edges[3]) + index * ngrams.BUCKETS
            own = learned[begin : begin + ngrams.BUCKETS] * _OWN
            table[:, index * len(POSITIONS) + number] = (shared + own) * idf
    kept = table.astype(np.float16).astype(np.float32)
    return PositionModel(frames, POSITIONS, kept, weights, bias, low, high)


def score_positions(model: PositionModel, idf: npt.NDArray[np.float32], examples: Sequence[Example]) -> dict[str, Any]:
    """Accuracy over the frames present (gold frames), and the share of each position that is found."""
    rows = _rows(examples, model.frames)
    if not len(rows):
        raise ValueError("no frames to judge the position of")
    forms, attribution = attribution_of(examples)
    grams = ngrams.scores(ngrams.positions(join_forms(forms)), ngrams.with_squares(model.table, idf))
    told = model.decide(model.log_odds(grams, attribution))[rows[:, 0], rows[:, 1]]
    right = told == rows[:, 2]
    found = {name: right[rows[:, 2] == number] for number, name in enumerate(POSITIONS)}
    return {
        "n": len(rows),
        "accuracy": round(float(right.mean()), 3),
        "found": {name: round(float(hits.mean()), 3) if len(hits) else None for name, hits in found.items()},
    }


def main() -> None:
    """Train on ``corpora/`` alone and print the accuracy on gold files."""
    parser = argparse.ArgumentParser(description="Accuracy of the position toward frames present.")
    parser.add_argument("files", nargs="+", help="JSONL files or folders of them")
    parser.add_argument("--shared", action="store_true", help="no n-gram weights of a frame's own")
    options = parser.parse_args()
    codebook = load_codebook("deepseek")
    examples = load_corpus(models_dir().parent / "corpora" / codebook.id, codebook=codebook)
    matrix, idf = gram_matrix(passages_of(examples)[1])
    model = train_positions(examples, codebook, matrix=matrix, idf=idf, per_frame=not options.shared)
    for file in options.files:
        print(file, json.dumps(score_positions(model, idf, load_corpus(file, codebook=codebook))))


if __name__ == "__main__":
    main()
