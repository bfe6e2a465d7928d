"""Training of stance from the project's own corpora, per (passage, target).

1. Every labelled passage is seen as the engine sees it: evaluations, frame points, hashed n-grams and, where given, the encoder's
   vector. The targets are those of the labels.
2. Logistic regressions, one against the rest for each stance, every class weighed alike: one over the evaluations with
   weights of its own per target, and per target one over the n-grams and one over the vectors.
3. Documents written as a whole are held out in turn (five folds, by document) and calibrate the probabilities per
   language (multinomial Platt scaling: one slope, an intercept per stance).

Nothing else is read, and two runs give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from narrativ.codebook import Codebook
from narrativ.label import ngrams
from narrativ.label.batchtext import BatchText, find_words, join_forms
from narrativ.label.evaluations import Judged
from narrativ.label.lexicon import LexiconEngine
from narrativ.label.linear import lexicon_points
from narrativ.label.model import LANGUAGES, language_of
from narrativ.label.stance import STANCES, StanceModel, row_features, rule_share
from narrativ.learn.card import corpus_hash
from narrativ.learn.corpus import Example
from narrativ.learn.features import gram_matrix
from narrativ.text.normalize import match_forms

__all__ = ["ENCODER_SHARE", "NGRAM_SHARE", "Seen", "StanceReader", "train_stance"]

NGRAM_SHARE = 1.0
ENCODER_SHARE = 0.5
"""Of what their own classifiers say; held-out documents ask for the former, minimal pairs bound the latter (docs/stance.md)."""

_FOLDS = 5
_C_FEATURES = 0.003
_C_NGRAMS = 2.0
_C_VECTORS = 0.003

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]
_Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """Passages as the stance model sees them: forms, the batch, evaluations, and frame points (n_texts, n_frames)."""

    forms: list[str]
    text: BatchText
    judged: Judged
    points: _Floats


class StanceReader:
    """Brings passages into the form that :class:`~narrativ.label.stance.StanceModel` takes.

    Parameters
    ----------
    codebook
        Whose targets and frames to use.
    """

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.lexicon = LexiconEngine(codebook)
        self.mentions = self.lexicon.reader.mentions
        self.evaluations = self.lexicon.reader.evaluations

    def read(self, texts: Sequence[str], asked: Sequence[Sequence[str]] | None = None) -> Seen:
        """What is to be seen in texts; `asked` has the ids of the targets to judge, those mentioned if not given."""
        forms = match_forms([text.replace("\0", " ") for text in texts])
        text = join_forms(forms)
        words = find_words(text, self.lexicon.tokenizer)
        mentions = self.mentions.find_in(text, forms, words)
        number = {target: place for place, target in enumerate(self.codebook.target_ids)}
        wanted = None if asked is None else [[number[target] for target in targets] for targets in asked]
        judged = self.evaluations.find(text, forms, words, mentions, wanted)
        hits = self.lexicon.find_in(text, words)
        points = lexicon_points(self.lexicon, hits, self.codebook.frame_ids, len(forms))
        return Seen(forms, text, judged, points)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Training rows: features, n-grams and vectors by row, and what is to be learned."""

    features: _Floats
    grams: Any
    vectors: _Floats | None
    target: _Integers
    stance: _Integers


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Fitted weights of each block."""

    weights: _Floats
    bias: _Floats
    ngram: _Floats
    ngram_bias: _Floats
    encoder: _Floats
    encoder_bias: _Floats

    def log_odds(self, rows: _Rows) -> _Floats:
        """Log-odds of rows, without the rules' share."""
        target = rows.target
        total = np.einsum("rf,rfs->rs", rows.features, self.weights[target]) + self.bias[target]
        for number in range(len(self.bias)):
            mine = np.flatnonzero(target == number)
            total[mine] += NGRAM_SHARE * (rows.grams[mine] @ self.ngram[number] + self.ngram_bias[number])
            if rows.vectors is not None:
                learned = rows.vectors[mine] @ self.encoder[number] + self.encoder_bias[number]
                total[mine] += ENCODER_SHARE * learned
        return np.asarray(total)


def _take(rows: _Rows, kept: _Integers) -> _Rows:
    vectors = None if rows.vectors is None else rows.vectors[kept]
    return _Rows(rows.features[kept], rows.grams[kept], vectors, rows.target[kept], rows.stance[kept])


def _one_against_rest(matrix: Any, stance: _Integers, strength: float, *, dense: bool) -> tuple[_Floats, _Floats]:
    """Weights (n_columns, 3) and biases (3,); zeros for a stance that the rows never or always have."""
    weights, bias = np.zeros((matrix.shape[1], len(STANCES))), np.zeros(len(STANCES))
    for number in range(len(STANCES)):
        here = stance == number
        if here.all() or not here.any():
            continue
        model = LogisticRegression(
            C=strength, solver="lbfgs" if dense else "liblinear", class_weight="balanced", max_iter=3000, random_state=0
        )
        model.fit(matrix, here)
        weights[:, number], bias[number] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _standard(values: _Floats) -> tuple[_Floats, _Floats]:
    scale = values.std(axis=0)
    return values.mean(axis=0), np.where(scale > 1e-9, scale, 1.0)


def _fit(rows: _Rows, targets: int) -> _Blocks:
    """All blocks; standardisation is folded into the weights."""
    one_hot = np.eye(targets)[rows.target]
    crossed = (one_hot[:, :, None] * rows.features[:, None, :]).reshape(len(one_hot), -1)
    wide = np.concatenate([rows.features, crossed, one_hot], axis=1)
    mean, scale = _standard(wide)
    weights, bias = _one_against_rest((wide - mean) / scale, rows.stance, _C_FEATURES, dense=True)
    weights = weights / scale[:, None]
    bias = bias - mean @ weights
    size = rows.features.shape[1]
    own = weights[size : size * (targets + 1)].reshape(targets, size, len(STANCES))

    ngram = np.zeros((targets, ngrams.BUCKETS, len(STANCES)))
    ngram_bias = np.zeros((targets, len(STANCES)))
    dimensions = 0 if rows.vectors is None else rows.vectors.shape[1]
    encoder, encoder_bias = np.zeros((targets, dimensions, len(STANCES))), np.zeros((targets, len(STANCES)))
    for number in range(targets):
        mine = np.flatnonzero(rows.target == number)
        if not len(mine):
            continue
        ngram[number], ngram_bias[number] = _one_against_rest(
            rows.grams[mine], rows.stance[mine], _C_NGRAMS, dense=False
        )
        if rows.vectors is not None:
            mean, scale = _standard(rows.vectors[mine])
            learned, constant = _one_against_rest(
                (rows.vectors[mine] - mean) / scale, rows.stance[mine], _C_VECTORS, dense=True
            )
            encoder[number] = learned / scale[:, None]
            encoder_bias[number] = constant - mean @ encoder[number]
    return _Blocks(
        weights[:size] + own, bias + weights[size * (targets + 1) :], ngram, ngram_bias, encoder, encoder_bias
    )


def _calibrate(log_odds: _Floats, stance: _Integers) -> tuple[float, _Floats]:
    """Slope and intercepts that make the probabilities likeliest; the last stance's intercept is 0."""

    def loss(parameters: _Floats) -> float:
        scaled = parameters[0] * log_odds + np.append(parameters[1:], 0.0)
        top = scaled.max(axis=1)
        total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        penalty = 1e-3 * float(parameters[1:] @ parameters[1:])
        return float((total - scaled[np.arange(len(stance)), stance]).mean()) + penalty

    found = minimize(loss, np.array([1.0, 0.0, 0.0]), method="L-BFGS-B", bounds=[(0.05, 5.0), (-5, 5), (-5, 5)])
    return float(found.x[0]), np.append(found.x[1:], 0.0)


def train_stance(
    examples: Sequence[Example],
    codebook: Codebook,
    encoder_vectors: _Vectors | None = None,
    *,
    folds: int = _FOLDS,
) -> StanceModel:
    """The stance model's numbers, learned from labelled passages.

    Parameters
    ----------
    examples
        Labelled passages; those of documents calibrate.
    codebook
        Whose targets to learn.
    encoder_vectors
        The passages' sentence vectors, shape (n_examples, n_dimensions), for an engine that has an encoder.
    folds
        Parts into which the documents fall for calibration.

    Raises
    ------
    ValueError
        No passage has a stance, or there are too few documents to calibrate on.
    """
    reader = StanceReader(codebook)
    seen = reader.read([example.text for example in examples], [tuple(example.stance) for example in examples])
    judged = seen.judged
    if not len(judged.text):
        raise ValueError("no passage has a stance to learn from")
    ids = codebook.target_ids
    owner, target = judged.text, judged.target
    stance = np.array(
        [STANCES.index(examples[i].stance[ids[k]]) for i, k in zip(owner.tolist(), target.tolist(), strict=True)]
    )
    matrix, idf = gram_matrix(seen.forms)
    vectors = None if encoder_vectors is None else encoder_vectors[owner].astype(np.float64)
    rows = _Rows(row_features(judged, seen.points), matrix[owner], vectors, target, stance)

    documents = sorted({example.document for example in examples if example.document})
    if len(documents) < 2 * folds:
        raise ValueError(f"{len(documents)} documents are too few to calibrate on")
    part = {name: int(hashlib.sha256(name.encode()).hexdigest(), 16) % folds for name in documents}
    fold = np.array([part.get(examples[number].document, -1) for number in owner.tolist()])
    held_out = np.zeros((len(owner), len(STANCES)))
    for number in range(folds):
        outside = np.flatnonzero(fold == number)
        blocks = _fit(_take(rows, np.flatnonzero(fold != number)), len(ids))
        held_out[outside] = blocks.log_odds(_take(rows, outside))
    held_out += rule_share(judged, seen.text)
    language = np.array([language_of(examples[number].script) for number in owner.tolist()])
    slope: dict[str, float] = {}
    intercept: dict[str, _Floats] = {}
    for name in LANGUAGES:
        kept = np.flatnonzero((fold >= 0) & (language == name))
        slope[name], intercept[name] = _calibrate(held_out[kept], stance[kept]) if len(kept) else (1.0, np.zeros(3))

    blocks = _fit(rows, len(ids))
    inside = np.flatnonzero(fold >= 0)
    return StanceModel(
        targets=ids,
        frames=codebook.frame_ids,
        weights=np.round(blocks.weights, 6),
        bias=np.round(blocks.bias, 6),
        idf=idf,
        ngram_table=ngrams.with_squares(_flat(blocks.ngram, idf), idf),
        ngram_bias=np.round(blocks.ngram_bias, 6),
        ngram_share=NGRAM_SHARE,
        encoder_share=ENCODER_SHARE,
        encoder_weights=blocks.encoder.astype(np.float32).astype(np.float64) if vectors is not None else np.zeros(0),
        encoder_bias=np.round(blocks.encoder_bias, 6) if vectors is not None else np.zeros(0),
        slope=slope,
        intercept=intercept,
        card=_card(examples, codebook, held_out[inside], stance[inside], target[inside]),
    )


def _flat(ngram: _Floats, idf: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Weights times idf, shape (BUCKETS, 3 * n_targets), as precise as the file will be."""
    flat = np.moveaxis(ngram, 0, 1).reshape(ngrams.BUCKETS, -1) * idf[:, None]
    return np.asarray(flat.astype(np.float16).astype(np.float32))


def _card(
    examples: Sequence[Example], codebook: Codebook, log_odds: _Floats, stance: _Integers, target: _Integers
) -> dict[str, Any]:
    from sklearn.metrics import f1_score

    predicted = log_odds.argmax(axis=1)
    labels = list(range(len(STANCES)))

    def macro(mask: npt.NDArray[np.bool_]) -> float:
        score = f1_score(stance[mask], predicted[mask], average="macro", labels=labels, zero_division=0.0)
        return round(float(score), 3)

    everything = np.ones(len(stance), dtype=bool)
    return {
        "corpus": {"sha256": corpus_hash(examples), "rows": sum(len(example.stance) for example in examples)},
        "codebook": {"id": codebook.id, "version": codebook.version},
        "held_out_documents": {
            "rows": len(stance),
            "macro_f1": macro(everything),
            **{
                name: macro(target == number)
                for number, name in enumerate(codebook.target_ids)
                if (target == number).any()
            },
        },
    }
