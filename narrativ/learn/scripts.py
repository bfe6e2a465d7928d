"""Whether an engine gives a text the same labels in either Chinese script.

Passages are converted by OpenCC, characters only (no change of wording): Simplified into those of Taiwan (``s2tw``) and of
Hong Kong (``s2hk``), Traditional into Simplified (``t2s``, and ``tw2s`` and ``hk2s``, which also take back regional
characters). Labels are frames, positions, stance and holder; a holder is compared in match form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from narrativ.label.engine import Engine
from narrativ.learn.corpus import Example
from narrativ.learn.evaluate import label_examples
from narrativ.records import Labels
from narrativ.text.normalize import match_form

__all__ = ["DIRECTIONS", "script_agreement"]

DIRECTIONS: dict[str, tuple[str, str]] = {
    "s2tw": ("Hans", "Hant"),
    "s2hk": ("Hans", "Hant"),
    "t2s": ("Hant", "Hans"),
    "tw2s": ("Hant", "Hans"),
    "hk2s": ("Hant", "Hans"),
}
"""OpenCC configuration → script before and after."""


def _answer(labels: Labels) -> dict[str, Any]:
    """What is compared, by the name it is reported under."""
    return {
        "frames": set(labels.frames),
        "positions": dict(labels.positions),
        "stance": dict(labels.stance),
        "holder": None if labels.holder is None else match_form(labels.holder),
    }


def script_agreement(engine: Engine, examples: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """Compare the labels of Chinese passages with those of the same passages in the other script.

    Returns
    -------
    dict
        Per direction that has passages: ``passages`` (how many), ``agreement`` (share with all labels the same, 0 to 1) and
        ``differences`` (id, and the names of the labels that differ).
    """
    import opencc

    found: dict[str, dict[str, Any]] = {}
    for config, (source, target) in DIRECTIONS.items():
        part = [example for example in examples if example.script == source]
        if not part:
            continue
        convert = opencc.OpenCC(config).convert
        other = [
            replace(example, text=convert(example.text), title=convert(example.title), script=target)
            for example in part
        ]
        differences = []
        for example, before, after in zip(
            part, label_examples(engine, part), label_examples(engine, other), strict=True
        ):
            one, two = _answer(before), _answer(after)
            names = [name for name in one if one[name] != two[name]]
            if names:
                differences.append({"id": example.id, "labels": names})
        found[config] = {
            "passages": len(part),
            "agreement": round(1 - len(differences) / len(part), 4),
            "differences": differences,
        }
    return found
