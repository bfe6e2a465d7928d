"""Model cards: what a training run knows of its model, as data and as a page."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.label.model import FrameModel, language_of
from narrativ.label.stance import StanceModel
from narrativ.learn.agreement import calibration, f1
from narrativ.learn.corpus import SCRIPTS, Example

__all__ = ["card_data", "card_page", "corpus_hash"]

_WHAT = {
    "fast": "character n-grams, static word vectors and the lexicon",
    "accurate": "a frozen sentence encoder, character n-grams and the lexicon",
}


def corpus_hash(examples: Sequence[Example]) -> str:
    """SHA-256 over ids, texts and labels, in order."""
    digest = hashlib.sha256()
    for example in examples:
        row = [example.id, example.text, example.script, dict(example.frames), dict(example.stance), example.holder]
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False).encode("utf-8"))
    return digest.hexdigest()


def card_data(
    examples: Sequence[Example],
    held: npt.NDArray[np.bool_],
    codebook: Codebook,
    scores: npt.NDArray[np.float64],
    threshold: float,
    curve: Sequence[Mapping[str, float]],
) -> dict[str, Any]:
    """What the training run knows.

    Parameters
    ----------
    held
        Which passages were judged by models that had not seen their document, shape (n_passages,).
    scores
        Their calibrated scores, shape (n_held, n_frames).
    threshold
        Score from which a frame is present.
    """
    import sklearn

    judged = [example for example, inside in zip(examples, held, strict=True) if inside]
    target = np.array([[frame in example.frames for frame in codebook.frame_ids] for example in judged])
    told = scores >= threshold
    scripts = np.array([example.script for example in judged])
    held_out: dict[str, Any] = {}
    for name in ("all", *SCRIPTS):
        rows = np.ones(len(judged), dtype=bool) if name == "all" else scripts == name
        if rows.any():
            values = {frame: round(f1(target[rows, k], told[rows, k]), 3) for k, frame in enumerate(codebook.frame_ids)}
            held_out[name] = {
                "passages": int(rows.sum()),
                "macro_f1": round(float(np.mean(list(values.values()))), 3),
                "f1": values,
            }
    language = np.array([language_of(script) for script in scripts])
    errors = {
        name: calibration(scores[language == name], target[language == name])[0]
        for name in dict.fromkeys(language.tolist())
    }
    return {
        "corpus": {
            "sha256": corpus_hash(examples),
            "passages": len(examples),
            "by_script": dict(sorted(Counter(example.script for example in examples).items())),
            "documents": len({example.document for example in examples if example.document}),
        },
        "codebook": {"id": codebook.id, "version": codebook.version},
        "held_out": held_out,
        "calibration_error": errors,
        "learning_curve": [dict(point) for point in curve],
        "scikit_learn": sklearn.__version__,
    }


def card_page(model: FrameModel, stance: StanceModel) -> str:
    """The model card of an engine, frames and stance, in Markdown."""
    card = model.card
    corpus, held = card["corpus"], card["held_out"]
    scripts = ", ".join(f"{number:,} {name}" for name, number in corpus["by_script"].items())
    lines = [
        f"# Model card: {model.engine}",
        "",
        "Written by the training run (`make train`); do not edit.",
        "",
        f"A linear model over {_WHAT[model.engine]}, calibrated per language, for the frames of the codebook",
        f"`{card['codebook']['id']}` (version {card['codebook']['version']}); positions toward them by n-grams and attribution, stance toward",
        "targets by rules, n-grams and evaluative words (docs/stance.md).",
        "",
        f"- Trained on {corpus['passages']:,} passages that this project wrote ({scripts}), "
        f"{corpus['documents']} whole documents among them. SHA-256 of the corpus: `{corpus['sha256']}`.",
        f"- Arrays and JSON: `weights.npz`, `model.json`. scikit-learn {card['scikit_learn']}."
        + (f" Encoder: `{model.encoder}`." if model.encoder else ""),
        "- The text is fiction in the shape of news, written for this purpose by few hands: real text is more various. Scores on",
        "  real texts, and on other stories, registers and years, are lower than those below (docs/experiments.md has them).",
        "- Not for judging people, and not for a single passage without reading it: it counts stories over many passages.",
        "",
        "## On held-out documents of the training corpus (five folds, by document)",
        "",
        "| frame | " + " | ".join(f"F1, {name}" for name in held) + " | threshold |",
        "|---|" + "---|" * (len(held) + 1),
    ]
    for frame, threshold in zip(model.frames, model.threshold, strict=True):
        row = " | ".join(f"{part['f1'][frame]:.2f}" for part in held.values())
        lines.append(f"| {frame} | {row} | {threshold:.2f} |")
    lines.append("| macro | " + " | ".join(f"{part['macro_f1']:.2f}" for part in held.values()) + " | |")
    errors = ", ".join(f"{value:.3f} ({name})" for name, value in card["calibration_error"].items())
    lines += [
        "",
        f"Calibration error, 15 bins: {errors}.",
        "",
        "## Learning curve, macro-F1 on held-out documents",
        "",
        "| passages learned from | macro-F1 |",
        "|---|---|",
        *(f"| {point['passages']:,} | {point['macro_f1']:.3f} |" for point in card["learning_curve"]),
        "",
        *_stance_lines(stance),
    ]
    return "\n".join(lines) + "\n"


def _stance_lines(stance: StanceModel) -> list[str]:
    """Stance on held-out documents, per target."""
    held = stance.card["held_out_documents"]
    return [
        "## Stance on held-out documents, macro-F1 over favor, against and neutral",
        "",
        f"{held['rows']:,} pairs of a passage and a target; learned from {stance.card['corpus']['rows']:,}.",
        "",
        "| target | macro-F1 |",
        "|---|---|",
        *(f"| {target} | {held[target]:.2f} |" for target in stance.targets if target in held),
        f"| all | {held['macro_f1']:.2f} |",
    ]
