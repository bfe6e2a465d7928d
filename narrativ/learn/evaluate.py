"""How well an engine agrees with labelled passages: scores with intervals, calibration, and the worst misses.

Passages are judged by themselves, as they stand in the gold file. Intervals are percentile bootstraps (Efron 1979) over
documents where the file names them, over passages where it does not. Calibration error is the expected calibration error
over fifteen bins of equal width (Naeini et al. 2015), pooled over frames.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.label.engine import Batch, Engine
from narrativ.learn.corpus import POSITIONS, Example
from narrativ.records import Document, Labels, Passage
from narrativ.text.normalize import match_forms

__all__ = ["Report", "check_floors", "evaluate", "markdown"]

BINS = 15
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


def _labels(engine: Engine, examples: Sequence[Example]) -> list[Labels]:
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


def _f1(gold: _Bools, told: _Bools) -> float:
    total = float(gold.sum() + told.sum())
    return 2 * float((gold & told).sum()) / total if total else 0.0


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
    f1 = 2 * (weights @ hit) / np.maximum(weights @ total, 1e-9)
    bounds = np.percentile(f1, [2.5, 97.5], axis=0)
    macro = np.percentile(f1.mean(axis=1), [2.5, 97.5])
    return [round(float(x), 3) for x in macro], [[round(float(x), 3) for x in pair] for pair in bounds.T]


def _calibration(gold: _Bools, scores: _Floats) -> tuple[float, list[dict[str, float]]]:
    """Expected calibration error, and the bins of the reliability plot."""
    flat, truth = scores.ravel(), gold.ravel()
    which = np.minimum((flat * BINS).astype(int), BINS - 1)
    bins = []
    error = 0.0
    for number in range(BINS):
        inside = which == number
        if inside.any():
            said, seen = float(flat[inside].mean()), float(truth[inside].mean())
            error += float(inside.mean()) * abs(said - seen)
            bins.append(
                {
                    "from": round(number / BINS, 3),
                    "n": int(inside.sum()),
                    "said": round(said, 3),
                    "seen": round(seen, 3),
                }
            )
    return round(error, 4), bins


def fingerprint(examples: Sequence[Example]) -> str:
    """Short SHA-256 of the gold passages and their frames, so that floors are compared on the set they were set on."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps([example.id, example.text, dict(example.frames)], ensure_ascii=False).encode())
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
    labels = _labels(engine, examples)
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
                "f1": round(_f1(gold[rows, index], told[rows, index]), 3),
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
            error, bins = _calibration(gold[rows], scores[rows])
            data["calibration"][language] = {"error": error, "bins": bins}
    data["positions"] = _positions(examples, labels)
    data["confusion"] = _confusion(examples, labels)
    data["misses"] = _misses(examples, labels, frames)
    return Report(data)


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


def check_floors(report: Report, floors: dict[str, Any]) -> list[str]:
    """What falls below pinned floors, as sentences; empty when nothing does.

    Raises
    ------
    ValueError
        The floors were pinned on another gold set, or pin nothing: a gate that checks nothing is an error.
    """
    if floors.get("fingerprint") != report.data["gold"]["fingerprint"]:
        raise ValueError("the gold set has changed since its floors were pinned: measure again and pin new ones")
    checks = {name: value for name, value in floors.items() if name != "fingerprint"}
    if not checks:
        raise ValueError("no floors are pinned")
    result = report.data["scripts"]
    found = {"macro_f1": result["all"]["macro_f1"]}
    found |= {f"macro_f1_{name}": part["macro_f1"] for name, part in result.items() if name != "all"}
    found |= {f"f1_{frame}": part["f1"] for frame, part in result["all"]["frames"].items()}
    if report.data["positions"]:
        found["position_accuracy"] = report.data["positions"]["accuracy"]
    errors = {f"calibration_error_{name}": part["error"] for name, part in report.data["calibration"].items()}
    problems = []
    for name, bound in checks.items():
        if name in errors:
            if errors[name] > bound:
                problems.append(f"{name} is {errors[name]:.3f}, above its ceiling {bound:.3f}")
        elif name not in found:
            raise ValueError(f"no such measure: {name}")
        elif found[name] < bound:
            problems.append(f"{name} is {found[name]:.3f}, below its floor {bound:.3f}")
    return problems


def markdown(report: Report) -> str:
    """The results as a page for people."""
    data = report.data
    gold = data["gold"]
    lines = [
        f"# Evaluation of the engine `{data['engine']}`",
        "",
        f"{gold['passages']:,} passages of {gold['documents']:,} documents (fingerprint `{gold['fingerprint']}`). Intervals are 95 %.",
        "",
    ]
    by_script: dict[str, list[str]] = defaultdict(list)
    for name, part in data["scripts"].items():
        low, high = part["macro_f1_interval"]
        by_script[name] += [
            f"## {'All scripts' if name == 'all' else name}: macro-F1 {part['macro_f1']:.3f} ({low:.3f} to {high:.3f}), {part['passages']:,} passages",
            "",
            "| frame | gold | told | precision | recall | F1 | interval | average precision |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for frame, item in part["frames"].items():
            average = "–" if item["average_precision"] is None else f"{item['average_precision']:.3f}"
            lower, upper = item["f1_interval"]
            by_script[name].append(
                f"| {frame} | {item['gold']} | {item['told']} | {item['precision']:.3f} | {item['recall']:.3f} | {item['f1']:.3f} "
                f"| {lower:.3f}–{upper:.3f} | {average} |"
            )
        lines += [*by_script[name], ""]
    for language, part in data["calibration"].items():
        lines += [
            f"## Calibration, {language}: error {part['error']:.3f}",
            "",
            "| score from | n | said | seen | |",
            "|---|---|---|---|---|",
        ]
        for item in part["bins"]:
            plot = _plot(item["said"], item["seen"])
            lines.append(f"| {item['from']:.2f} | {item['n']} | {item['said']:.2f} | {item['seen']:.2f} | `{plot}` |")
        lines.append("")
    if data["positions"]:
        lines += [
            f"## Position: {data['positions']['accuracy']:.3f} right of {data['positions']['n']} where the frame is right",
            "",
        ]
        lines += ["| gold | " + " | ".join(POSITIONS) + " |", "|---|" + "---|" * len(POSITIONS)]
        for name, row in data["positions"]["gold_by_told"].items():
            lines.append(f"| {name} | " + " | ".join(str(row[told]) for told in POSITIONS) + " |")
        lines.append("")
    lines += ["## What is taken for what", "", "| gold | told | n |", "|---|---|---|"]
    lines += [f"| {item['gold']} | {item['told']} | {item['n']} |" for item in data["confusion"]]
    lines += ["", "## The worst misses", ""]
    for item in data["misses"]:
        text = item["text"].replace("\n", " ").replace("|", "\\|")
        verdict = "missed" if item["gold"] else "told wrongly"
        lines.append(f"- {item['frame']} {verdict} ({item['score']:.2f}), {item['script']}, `{item['id']}`: {text}")
    return "\n".join(lines) + "\n"


def _plot(said: float, seen: float, width: int = 30) -> str:
    """A row of the reliability plot: ``·`` up to what was seen, ``|`` where the score said it would be."""
    row = ["·" if place < round(seen * width) else " " for place in range(width + 1)]
    row[round(said * width)] = "|"
    return "".join(row)
