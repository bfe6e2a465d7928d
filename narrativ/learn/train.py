"""Training of the fast engine from the project's own corpora: ``python -m narrativ.learn.train`` (``make train``).

1. Every labelled passage is seen as the engine sees it: match form, hashed n-grams, lexicon points.
2. One logistic regression a frame, one for positions, over the n-grams alone.
3. Documents written as a whole are held out in turn (five folds, by document): their natural mix of passages with and
   without frames gives calibration (a slope and an intercept per frame and language, Platt 1999) and thresholds. The single
   passages stay in every training fold: they have more frames than real text and calibrate nothing.
4. The final weights are fitted on everything; the model is written as arrays and JSON, the card as Markdown.

Nothing else is read, and two runs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from narrativ.codebook import Codebook, load_codebook
from narrativ.label import ngrams
from narrativ.label.batchtext import join_forms
from narrativ.label.lexicon import BIAS, POINT, LexiconEngine
from narrativ.label.linear import LANGUAGES, FrameModel, language_of, lexicon_points
from narrativ.learn.corpus import POSITIONS, Example, load_corpus
from narrativ.resources import models_dir
from narrativ.text.normalize import match_forms

__all__ = ["corpus_hash", "features", "main", "train"]

_FOLDS = 5
_MIN_DOCUMENTS = 2
"""An n-gram must stand in this many passages to count."""
_C = 4.0
_C_POSITION = 2.0
LEXICON_SHARE = 0.6
"""Chosen on real passages between 0.3 and 1 (docs/experiments.md)."""
_THRESHOLDS = np.round(np.arange(0.20, 0.61, 0.02), 2)

_Floats = npt.NDArray[np.float64]


def corpus_hash(examples: Sequence[Example]) -> str:
    """SHA-256 over ids, texts and labels, in order."""
    digest = hashlib.sha256()
    for example in examples:
        row = [example.id, example.text, example.script, dict(example.frames), dict(example.stance), example.holder]
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode("utf-8"))
    return digest.hexdigest()


def features(forms: Sequence[str], idf: npt.NDArray[np.float32] | None = None) -> tuple[Any, npt.NDArray[np.float32]]:
    """N-gram matrix of texts in match form, and the inverse document frequencies it was made with.

    Returns
    -------
    matrix, idf
        CSR matrix of shape (n_texts, BUCKETS) and an array of shape (BUCKETS,), learned from these texts when not given.
    """
    found = ngrams.positions(join_forms(forms))
    rows = np.concatenate([np.repeat(np.arange(len(forms)), np.diff(item.offsets)) for item in found])
    buckets = np.concatenate([item.bucket for item in found])
    if idf is None:
        pairs = np.unique(rows.astype(np.int64) * ngrams.BUCKETS + buckets)
        frequency = np.bincount(pairs % ngrams.BUCKETS, minlength=ngrams.BUCKETS)
        values = np.where(frequency >= _MIN_DOCUMENTS, np.log((1 + len(forms)) / (1 + frequency)) + 1, 0.0)
        # The model file holds half precision; training sees what the engine will see.
        idf = values.astype(np.float16).astype(np.float32)
    norm = ngrams.norms(found, idf)
    matrix = sparse.csr_matrix((idf[buckets] / norm[rows], (rows, buckets)), shape=(len(forms), ngrams.BUCKETS))
    matrix.sum_duplicates()
    return matrix, idf


def _fit(matrix: Any, target: npt.NDArray[np.int64], strength: float) -> tuple[_Floats, float]:
    """Weights and bias of a logistic regression; a constant where the corpus has only one answer."""
    rate = (float(target.sum()) + 0.5) / (len(target) + 1)
    if target.min() == target.max():
        return np.zeros(matrix.shape[1]), float(np.log(rate / (1 - rate)))
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=1000, random_state=0)
    model.fit(matrix, target)
    return np.asarray(model.coef_[0]), float(model.intercept_[0])


def _platt(log_odds: _Floats, target: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Slope and intercept, with Platt's smoothed targets; slope 1 and a prior where there is too little to learn from."""
    positive = int(target.sum())
    if positive < 10 or positive > len(target) - 10:
        return 1.0, 0.0
    model = LogisticRegression(C=1.0, solver="lbfgs", max_iter=1000)
    model.fit(log_odds[:, None], target)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _best_threshold(scores: _Floats, target: npt.NDArray[np.int64]) -> float:
    """Threshold with the best F1, each averaged with its neighbours so that no single passage decides."""
    f1 = []
    for threshold in _THRESHOLDS:
        predicted = scores >= threshold
        hit = float((predicted & (target == 1)).sum())
        f1.append(2 * hit / max(float(predicted.sum() + target.sum()), 1.0))
    padded = np.pad(np.array(f1), 2, mode="edge")
    smooth = np.convolve(padded, np.ones(5) / 5, mode="valid")
    return float(_THRESHOLDS[int(smooth.argmax())])


def train(examples: Sequence[Example], codebook: Codebook) -> FrameModel:
    """The fast engine's numbers, learned from labelled passages.

    Raises
    ------
    ValueError
        There are too few documents to calibrate on.
    """
    frames = codebook.frame_ids
    forms = match_forms([example.text for example in examples])
    matrix, idf = features(forms)
    lexicon = LexiconEngine(codebook)
    points = lexicon_points(lexicon, lexicon.find(forms), frames, len(forms))
    target = np.array([[int(frame in example.frames) for frame in frames] for example in examples])
    documents = sorted({example.document for example in examples if example.document})
    if len(documents) < _FOLDS * 4:
        raise ValueError(f"{len(documents)} documents are too few to calibrate on")
    fold_of = {name: int(hashlib.sha256(name.encode()).hexdigest(), 16) % _FOLDS for name in documents}
    fold = np.array([fold_of[example.document] if example.document else -1 for example in examples])
    held = np.flatnonzero(fold >= 0)
    language = np.array([language_of(example.script) for example in examples])

    out_of_fold = np.zeros((len(examples), len(frames)))
    for number in range(_FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        for index in range(len(frames)):
            coefficients, constant = _fit(matrix[inside], target[inside, index], _C)
            out_of_fold[outside, index] = matrix[outside] @ coefficients + constant
    raw = out_of_fold + LEXICON_SHARE * (POINT * points + BIAS)

    slope = {name: np.ones(len(frames)) for name in LANGUAGES}
    intercept = {name: np.zeros(len(frames)) for name in LANGUAGES}
    threshold = np.full(len(frames), 0.5)
    calibrated = np.zeros_like(raw)
    for index in range(len(frames)):
        for name in LANGUAGES:
            rows = held[language[held] == name]
            slope[name][index], intercept[name][index] = _platt(raw[rows, index], target[rows, index])
            calibrated[rows, index] = slope[name][index] * raw[rows, index] + intercept[name][index]
        threshold[index] = _best_threshold(1 / (1 + np.exp(-calibrated[held, index])), target[held, index])

    weights = np.zeros((ngrams.BUCKETS, len(frames) + len(POSITIONS)))
    bias = np.zeros(len(frames) + len(POSITIONS))
    for index in range(len(frames)):
        coefficients, constant = _fit(matrix, target[:, index], _C)
        weights[:, index] = coefficients * idf
        bias[index] = constant + LEXICON_SHARE * BIAS
    pairs = [(row, position) for row, example in enumerate(examples) for position in example.frames.values()]
    rows = np.array([row for row, _ in pairs])
    for index, name in enumerate(POSITIONS):
        coefficients, constant = _fit(
            matrix[rows], np.array([int(position == name) for _, position in pairs]), _C_POSITION
        )
        weights[:, len(frames) + index] = coefficients * idf
        bias[len(frames) + index] = constant
    return FrameModel(
        frames=frames,
        positions=POSITIONS,
        idf=idf,
        weights=weights.astype(np.float16).astype(np.float32),
        bias=bias,
        lexicon_share=LEXICON_SHARE,
        slope=slope,
        intercept=intercept,
        threshold=threshold,
        card=_card(examples, codebook, calibrated[held], target[held], threshold),
    )


def _card(
    examples: Sequence[Example],
    codebook: Codebook,
    log_odds: _Floats,
    target: npt.NDArray[np.int64],
    threshold: _Floats,
) -> dict[str, Any]:
    scores = 1 / (1 + np.exp(-log_odds))
    held_out = {}
    for index, frame in enumerate(codebook.frame_ids):
        predicted = scores[:, index] >= threshold[index]
        hit = int((predicted & (target[:, index] == 1)).sum())
        held_out[frame] = {
            "passages": int(target[:, index].sum()),
            "precision": round(hit / max(int(predicted.sum()), 1), 3),
            "recall": round(hit / max(int(target[:, index].sum()), 1), 3),
        }
    import sklearn

    return {
        "corpus": {
            "sha256": corpus_hash(examples),
            "passages": len(examples),
            "by_script": dict(sorted(Counter(example.script for example in examples).items())),
            "documents": len({example.document for example in examples if example.document}),
        },
        "codebook": {"id": codebook.id, "version": codebook.version},
        "held_out_documents": held_out,
        "scikit_learn": sklearn.__version__,
    }


def card_page(model: FrameModel) -> str:
    """The model card, in Markdown."""
    corpus = model.card["corpus"]
    lines = [
        "# Model card: fast",
        "",
        "Written by the training run (`make train`); do not edit.",
        "",
        "A linear model over character n-grams beside the lexicon, calibrated per language, for the frames of the codebook",
        f"`{model.card['codebook']['id']}` (version {model.card['codebook']['version']}); also the position toward them.",
        "",
        f"- Trained on {corpus['passages']:,} passages that this project wrote ({_listed(corpus['by_script'])}), "
        f"{corpus['documents']} whole documents among them. SHA-256 of the corpus: `{corpus['sha256']}`.",
        f"- Arrays and JSON: `weights.npz`, `model.json`. scikit-learn {model.card['scikit_learn']}.",
        "- The text is fiction in the shape of news, written for this purpose by few hands: real text is more various. Scores on",
        "  texts of other stories, registers and years will be lower than those below.",
        "",
        "## On held-out documents of the training corpus (five folds, by document)",
        "",
        "| frame | passages | precision | recall | threshold |",
        "|---|---|---|---|---|",
    ]
    for frame, threshold in zip(model.frames, model.threshold, strict=True):
        row = model.card["held_out_documents"][frame]
        lines.append(
            f"| {frame} | {row['passages']} | {row['precision']:.2f} | {row['recall']:.2f} | {threshold:.2f} |"
        )
    return "\n".join(lines) + "\n"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())


def main() -> None:
    """Train on ``corpora/<codebook>/`` and write ``models/<codebook>/fast/``."""
    root = models_dir().parent
    codebook = load_codebook("deepseek")
    examples = load_corpus(root / "corpora" / codebook.id, codebook=codebook)
    model = train(examples, codebook)
    folder = Path(models_dir()) / codebook.id / "fast"
    model.save(folder)
    (folder / "CARD.md").write_text(card_page(model), encoding="utf-8")
    print(json.dumps(model.card, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
