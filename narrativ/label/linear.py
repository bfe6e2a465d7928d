"""The engines ``fast`` and ``accurate``: linear models beside the lexicon, calibrated per language.

Both see a passage's character n-grams and the lexicon's points; ``fast`` also what each word adds
(:mod:`narrativ.label.wordtable`), ``accurate`` a frozen sentence encoder's vector. The weights are learned from the project's
corpora, but for the lexicon's share, which was chosen: text written for training avoids the typical words more than real
text does, so learning would underrate them. Everything is a sum, so the evidence adds up to the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.batchtext import BatchText, find_words, join_forms
from narrativ.label.encoders import Encoder, load_encoder
from narrativ.label.engine import Batch
from narrativ.label.evaluations import baseline_stance
from narrativ.label.explain import POINTS_RANGE, Explainer
from narrativ.label.judge import Reading, stances_of
from narrativ.label.lexicon import POINT, Hit, LexiconEngine
from narrativ.label.model import FrameModel, language_of
from narrativ.label.stance import StanceModel
from narrativ.records import Evidence, Labels
from narrativ.text.normalize import to_simplified

__all__ = ["LinearEngine", "lexicon_points", "sigmoid"]

_FloatArray = npt.NDArray[np.float64]


def lexicon_points(
    lexicon: LexiconEngine, hits: Mapping[int, Mapping[str, Sequence[Hit]]], frames: Sequence[str], texts: int
) -> _FloatArray:
    """Points per text and frame as training and engine see them, clipped; shape (n_texts, n_frames)."""
    place = {frame: index for index, frame in enumerate(frames)}
    points = np.zeros((texts, len(frames)))
    for number, by_frame in hits.items():
        for frame, found in by_frame.items():
            if frame in place:
                points[number, place[frame]] = lexicon.points(found)
    return np.asarray(np.clip(points, *POINTS_RANGE))


def sigmoid(values: _FloatArray) -> _FloatArray:
    """Logistic function, without overflow."""
    small = np.exp(-np.abs(values))
    return np.asarray(np.where(values >= 0, 1 / (1 + small), small / (1 + small)))


class LinearEngine:
    """Frames, positions, holder and stance by linear models and rules.

    Parameters
    ----------
    codebook
        Whose frames and lexicon to use; must be the one that the model was trained for.
    model
        A loaded model.
    stance
        The stance model of the same engine; without it stance is judged by the rules alone, and has no probability.
    encoder
        The sentence encoder that the model was trained with; loaded by its name when not given.
    by_sentence
        Explain what the encoder adds by leaving out one sentence at a time. Costs an encoding per sentence of the passages that tell
        a frame; without it the encoder's part is one item of evidence.
    """

    def __init__(
        self,
        codebook: Codebook,
        model: FrameModel,
        *,
        stance: StanceModel | None = None,
        encoder: Encoder | None = None,
        by_sentence: bool = False,
    ) -> None:
        if model.frames != codebook.frame_ids:
            raise TableError(
                f"the model knows the frames {model.frames}, the codebook {codebook.frame_ids}: run make train"
            )
        self.name = model.engine
        self.codebook = codebook
        self.model = model
        self.by_sentence = by_sentence
        self.stance = stance
        self.lexicon = LexiconEngine(codebook)
        self._given = encoder
        weights = np.concatenate([model.weights, model.position.table], axis=1)
        self._table = ngrams.with_squares(weights, model.idf)

    @cached_property
    def encoder(self) -> Encoder | None:
        """The sentence encoder, ``None`` for a model without one."""
        if not self.model.encoder:
            return None
        return self._given or load_encoder(self.model.encoder)

    def vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32] | None:
        """Sentence vectors, shape (n_texts, n_dimensions); ``None`` without an encoder."""
        return self.encoder.encode([to_simplified(text) for text in texts]) if self.encoder else None

    def encoded(self, vectors: npt.NDArray[np.float32] | None, texts: int) -> _FloatArray:
        """What the encoder adds to the raw log-odds of each frame; shape (n_texts, n_frames)."""
        if vectors is None:
            return np.zeros((texts, len(self.model.frames)))
        return np.asarray(vectors.astype(np.float64) @ self.model.encoder_weights)

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
        use = model.words.look_up(text, words)
        grams = ngrams.scores(found, self._table)
        vectors = self.vectors([passage.text for passage in batch.passages])
        encoded = self.encoded(vectors, text.count)
        points = lexicon_points(self.lexicon, hits, model.frames, text.count)
        raw = model.bias + grams[:, :count] + model.words.scores(use) + encoded
        raw += model.lexicon_share * POINT * points
        language = [language_of(passage.script) for passage in batch.passages]
        slope = np.array([model.slope[name] for name in language])
        log_odds = slope * raw + np.array([model.intercept[name] for name in language])
        scores = sigmoid(log_odds)
        present = scores >= model.threshold
        doubtful = (scores >= model.doubt) & ~present
        reading = self.lexicon.reader.read(batch, text, words)
        position = model.position.decide(model.position.log_odds(grams[:, count:], reading.attribution))
        stances, polarities = self._stances(reading, points, text, found, language, vectors)
        stance_evidence = reading.evidence(batch.passages, self.codebook.target_ids)
        explain = Explainer(
            self.lexicon,
            model,
            batch,
            text,
            words,
            found,
            use,
            present,
            slope,
            encoded,
            self._left_out(batch, present, encoded),
        )
        labels = []
        for number in range(len(batch.passages)):
            frames = tuple(frame for index, frame in enumerate(model.frames) if present[number, index])
            evidence: list[Evidence] = []
            for index in np.flatnonzero(present[number]).tolist():
                here = hits.get(number, {}).get(model.frames[index], [])
                evidence += explain.frame(number, index, here, float(log_odds[number, index]))
            labels.append(
                Labels(
                    frames=frames,
                    frame_scores=dict(zip(model.frames, scores[number].tolist(), strict=True)),
                    abstained=tuple(frame for index, frame in enumerate(model.frames) if doubtful[number, index]),
                    positions={
                        frame: model.position.positions[position[number, index]]
                        for index, frame in enumerate(model.frames)
                        if present[number, index]
                    },
                    stance=stances[number],
                    polarity=polarities[number],
                    holder=reading.holders[number],
                    voices=reading.voices[number],
                    evidence=tuple(evidence),
                    stance_evidence=tuple(stance_evidence[number]),
                )
            )
        return labels

    def _stances(
        self,
        reading: Reading,
        points: _FloatArray,
        text: BatchText,
        found: Sequence[ngrams.Positions],
        language: Sequence[str],
        vectors: npt.NDArray[np.float32] | None,
    ) -> tuple[list[dict[str, str]], list[dict[str, float]]]:
        """Stance and polarity per passage and target."""
        judged, targets = reading.judged, self.codebook.target_ids
        if self.stance is None:
            return stances_of(judged, baseline_stance(judged.score), targets, text.count), [
                {} for _ in range(text.count)
            ]
        verdict = self.stance.predict(judged, points, text, found, language, vectors)
        polarities: list[dict[str, float]] = [{} for _ in range(text.count)]
        for number, target, value in zip(
            judged.text.tolist(), judged.target.tolist(), verdict.polarity.tolist(), strict=True
        ):
            polarities[number][targets[target]] = value
        return stances_of(judged, verdict.stance, targets, text.count), polarities

    def _left_out(
        self, batch: Batch, present: npt.NDArray[np.bool_], encoded: _FloatArray
    ) -> dict[int, list[tuple[int, int, _FloatArray]]]:
        """Per passage that tells a frame: spans of its sentences, and what the encoder adds less without each."""
        if not self.by_sentence or self.encoder is None:
            return {}
        from narrativ.text.segment import sentence_spans

        jobs: list[tuple[int, int, int]] = []
        texts: list[str] = []
        for number in np.flatnonzero(present.any(axis=1)).tolist():
            passage = batch.passages[number]
            spans = sentence_spans(passage.text)
            if len(spans) > 1:
                jobs += [(number, start, end) for start, end in spans]
                texts += [passage.text[:start] + passage.text[end:] for start, end in spans]
        without = self.encoded(self.vectors(texts), len(texts))
        result: dict[int, list[tuple[int, int, _FloatArray]]] = {}
        for (number, start, end), part in zip(jobs, without, strict=True):
            result.setdefault(number, []).append((start, end, encoded[number] - part))
        return result
