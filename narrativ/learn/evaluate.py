"""How well an engine agrees with labelled passages: scores with intervals, calibration, and the worst misses.

Passages are judged by themselves, as they stand in the gold file. Intervals are percentile bootstraps (Efron 1979) over
documents where the file names them, over passages where it does not. Calibration error is the expected calibration error
over fifteen bins of equal width (Naeini et al. 2015), pooled over frames.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.label.engine import Batch, Engine
from narrativ.learn import judge_stance
from narrativ.learn.agreement import calibration, f1
from narrativ.learn.corpus import POSITIONS, Example
from narrativ.records import Document, Labels, Passage
from narrativ.text.normalize import match_forms

__all__ = ["Report", "evaluate", "label_examples"]

_RESAMPLES = 1000
_BATCH = 512
_MISSES = 20
_SEED = 20250127

_Bools = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Report:
    """Results of an evaluation, all of them plain values in ``data``; see :func:`markdown` for people."""

    data: dict[str, Any]

    def json(self) -> str:
        """The results as JSON, keys in order."""
        return json.dumps(self.data, indent=1, ensure_ascii=False) + "\n"


def label_examples(engine: Engine, examples: Sequence[Example]) -> list[Labels]:
    """What an engine says of each passage, taken by itself."""
    found: list[Labels] = []
    for start in range(0, len(examples), _BATCH):
        part = examples[start : start + _BATCH]
        documents = [Document(e.id, e.text.replace("\0", " "), title=e.title, source=e.source) for e in part]
        passages = [
            Passage(document, 0, 0, len(document.text), example.script)  # type: ignore[arg-type]
            for document, example in zip(documents, part, strict=True)
        ]
        found += engine.label(Batch(passages, match_forms([document.text for document in documents])))
    return found


def _average_precision(gold: _Bools, scores: _Floats) -> float | None:
    if not gold.any():
        return None
    order = np.argsort(-scores, kind="stable")
    hits = gold[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def _interval(gold: _Bools, told: _Bools, groups: npt.NDArray[np.int64]) -> tuple[list[float], list[list[float]]]:
    """95 % intervals of macro-F1 and of each frame's F1, resampling groups of passages."""
    rng = np.random.default_rng(_SEED)
    count = int(groups.max()) + 1
    hit = np.stack([np.bincount(groups, (gold & told)[:, k], count) for k in range(gold.shape[1])], axis=1)
    total = np.stack(
        [np.bincount(groups, gold[:, k].astype(float) + told[:, k], count) for k in range(gold.shape[1])], axis=1
    )
    weights = rng.multinomial(count, np.full(count, 1 / count), size=_RESAMPLES)
    values = 2 * (weights @ hit) / np.maximum(weights @ total, 1e-9)
    bounds = np.percentile(values, [2.5, 97.5], axis=0)
    macro = np.percentile(values.mean(axis=1), [2.5, 97.5])
    return [round(float(x), 3) for x in macro], [[round(float(x), 3) for x in pair] for pair in bounds.T]


def fingerprint(examples: Sequence[Example]) -> str:
    """Short SHA-256 of the gold passages and their labels, so that floors are compared on the set they were set on."""
    digest = hashlib.sha256()
    for example in examples:
        row = [example.id, example.text, dict(example.frames), dict(example.stance), example.holder]
        digest.update(json.dumps(row, ensure_ascii=False).encode())
    return digest.hexdigest()[:16]


def evaluate(engine: Engine, examples: Sequence[Example]) -> Report:
    """Compare an engine with labelled passages.

    Raises
    ------
    ValueError
        There is nothing to compare with.
    """
    if not examples:
        raise ValueError("no gold passages")
    frames = engine.codebook.frame_ids
    labels = label_examples(engine, examples)
    gold = np.array([[frame in example.frames for frame in frames] for example in examples])
    told = np.array([[frame in label.frames for frame in frames] for label in labels])
    scores = np.array([[label.frame_scores[frame] for frame in frames] for label in labels])
    names = [example.document or example.id for example in examples]
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    groups = np.array([number[name] for name in names])
    scripts = np.array([example.script for example in examples])

    data: dict[str, Any] = {
        "engine": engine.name,
        "gold": {"passages": len(examples), "documents": len(number), "fingerprint": fingerprint(examples)},
        "scripts": {},
        "calibration": {},
    }
    for name in ("all", *dict.fromkeys(scripts.tolist())):
        rows = np.ones(len(examples), dtype=bool) if name == "all" else scripts == name
        macro, intervals = _interval(gold[rows], told[rows], np.unique(groups[rows], return_inverse=True)[1])
        per_frame = {}
        for index, frame in enumerate(frames):
            hit = int((gold[rows, index] & told[rows, index]).sum())
            average = _average_precision(gold[rows, index], scores[rows, index])
            per_frame[frame] = {
                "gold": int(gold[rows, index].sum()),
                "told": int(told[rows, index].sum()),
                "precision": round(hit / max(int(told[rows, index].sum()), 1), 3),
                "recall": round(hit / max(int(gold[rows, index].sum()), 1), 3),
                "f1": round(f1(gold[rows, index], told[rows, index]), 3),
                "f1_interval": intervals[index],
                "average_precision": None if average is None else round(average, 3),
            }
        data["scripts"][name] = {
            "passages": int(rows.sum()),
            "macro_f1": round(float(np.mean([item["f1"] for item in per_frame.values()])), 3),
            "macro_f1_interval": macro,
            "frames": per_frame,
        }
    for language, rows in (("zh", scripts != "Latn"), ("en", scripts == "Latn")):
        if rows.any():
            error, bins = calibration(scores[rows], gold[rows])
            data["calibration"][language] = {"error": error, "bins": bins}
    data["positions"] = _positions(examples, labels)
    data["abstained"] = _abstained(gold, told, labels, frames)
    data["mentions"] = judge_stance.mentions(examples, labels, engine.codebook.target_ids)
    data["stance"] = judge_stance.stances(examples, labels, engine.codebook.target_ids)
    data["holder"] = judge_stance.holders(examples, labels)
    data["confusion"] = _confusion(examples, labels)
    data["misses"] = _misses(examples, labels, frames)
    return Report(data)


def _abstained(gold: _Bools, told: _Bools, labels: Sequence[Labels], frames: Sequence[str]) -> dict[str, float]:
    """How often the engine abstains, and what that is worth.

    ``passages``: share of passages without a frame told where it abstains from one or more; ``carried``: share of the
    frames abstained from that the gold labels carry; ``macro_f1_decided``: macro-F1 over the decisions that it made.
    """
    doubtful = np.array([[frame in label.abstained for frame in frames] for label in labels])
    decided = [f1(gold[~doubtful[:, k], k], told[~doubtful[:, k], k]) for k in range(len(frames))]
    return {
        "passages": round(float((doubtful.any(axis=1) & ~told.any(axis=1)).mean()), 3),
        "carried": round(float(gold[doubtful].mean()), 3) if doubtful.any() else 0.0,
        "macro_f1_decided": round(float(np.mean(decided)), 3),
    }


def _positions(examples: Sequence[Example], labels: Sequence[Labels]) -> dict[str, Any] | None:
    """Accuracy of the position where the frame is right, and what was taken for what; ``None`` for engines without."""
    pairs: Counter[tuple[str, str]] = Counter()
    for example, label in zip(examples, labels, strict=True):
        for frame, position in example.frames.items():
            if frame in label.positions:
                pairs[position, label.positions[frame]] += 1
    total = sum(pairs.values())
    if not total:
        return None
    right = sum(count for (gold, told), count in pairs.items() if gold == told)
    table = {gold: {told: pairs[gold, told] for told in POSITIONS} for gold in POSITIONS}
    return {"n": total, "accuracy": round(right / total, 3), "gold_by_told": table}


def _confusion(examples: Sequence[Example], labels: Sequence[Labels]) -> list[dict[str, Any]]:
    """Pairs of a missed frame and one told instead, and frames missed or told alone; most frequent first."""
    pairs: Counter[tuple[str, str]] = Counter()
    for example, label in zip(examples, labels, strict=True):
        missed = [frame for frame in example.frames if frame not in label.frames]
        extra = [frame for frame in label.frames if frame not in example.frames]
        for frame in missed:
            for other in extra or ["–"]:
                pairs[frame, other] += 1
        if not missed:
            for other in extra:
                pairs["–", other] += 1
    return [{"gold": gold, "told": told, "n": count} for (gold, told), count in pairs.most_common(15)]


def _misses(examples: Sequence[Example], labels: Sequence[Labels], frames: Sequence[str]) -> list[dict[str, Any]]:
    """The passages whose score is farthest from the truth, one frame each."""
    worst = []
    for example, label in zip(examples, labels, strict=True):
        for frame in frames:
            present = frame in example.frames
            if present != (frame in label.frames):
                score = label.frame_scores[frame]
                worst.append((abs(present - score), example, frame, score, present))
    worst.sort(key=lambda item: -item[0])
    return [
        {
            "id": example.id,
            "frame": frame,
            "gold": present,
            "score": round(score, 3),
            "script": example.script,
            "text": example.text[:200],
        }
        for _, example, frame, score, present in worst[:_MISSES]
    ]
