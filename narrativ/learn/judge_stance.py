"""Agreement on targets, stance and holder with labelled passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from narrativ.learn.corpus import SCRIPTS, STANCES, Example
from narrativ.records import Labels
from narrativ.text.normalize import match_form

__all__ = ["holders", "mentions", "same_name", "stances"]

_NOT_FOUND = "not found"


def mentions(examples: Sequence[Example], labels: Sequence[Labels], targets: Sequence[str]) -> dict[str, Any] | None:
    """Precision, recall and F1 of "the passage is about this target", per target and over all; ``None`` without any answer."""
    if not any(label.stance for label in labels):
        return None
    per_target = {}
    for target in targets:
        gold = [target in example.stance for example in examples]
        told = [target in label.stance for label in labels]
        per_target[target] = _f1(sum(g and t for g, t in zip(gold, told, strict=True)), sum(told), sum(gold))
    total = {name: sum(item[name] for item in per_target.values()) for name in ("right", "told", "gold")}
    return {"all": _f1(total["right"], total["told"], total["gold"]), "targets": per_target}


def _f1(right: int, told: int, gold: int) -> dict[str, Any]:
    return {
        "gold": gold,
        "told": told,
        "right": right,
        "precision": round(right / max(told, 1), 3),
        "recall": round(right / max(gold, 1), 3),
        "f1": round(2 * right / max(told + gold, 1), 3),
    }


def stances(examples: Sequence[Example], labels: Sequence[Labels], targets: Sequence[str]) -> dict[str, Any] | None:
    """Stance where the gold labels see a mention: macro-F1 over favor, against and neutral, per target, script and over all.

    A mention that the engine did not see counts as wrong for every stance. ``None`` for engines that judge no stance.
    """
    if not any(label.stance for label in labels):
        return None
    pairs = [
        (target, example.script, example.stance[target], label.stance.get(target, _NOT_FOUND))
        for example, label in zip(examples, labels, strict=True)
        for target in targets
        if target in example.stance
    ]
    return {
        "all": _macro(pairs),
        "targets": {target: _macro([pair for pair in pairs if pair[0] == target]) for target in targets},
        "scripts": {
            script: _macro([pair for pair in pairs if pair[1] == script])
            for script in SCRIPTS
            if any(pair[1] == script for pair in pairs)
        },
    }


def _macro(pairs: Sequence[tuple[str, str, str, str]]) -> dict[str, Any]:
    counts = Counter((gold, told) for _, _, gold, told in pairs)
    per_stance = {}
    for stance in STANCES:
        right = counts[stance, stance]
        told = sum(number for (_, said), number in counts.items() if said == stance)
        gold = sum(number for (true, _), number in counts.items() if true == stance)
        per_stance[stance] = _f1(right, told, gold)
    present = [item["f1"] for item in per_stance.values() if item["gold"]]
    return {
        "n": len(pairs),
        "macro_f1": round(sum(present) / max(len(present), 1), 3),
        "accuracy": round(sum(item["right"] for item in per_stance.values()) / max(len(pairs), 1), 3),
        "stances": per_stance,
    }


def same_name(gold: str, told: str | None) -> bool:
    """Whether two holders' names mean the same one.

    Compared in match form, letters and digits only: equal, or one of two or more characters stands in the other.

    >>> same_name("Glenn Youngkin", "Youngkin"), same_name("輝達", "辉达"), same_name("高盛", "花旗")
    (True, True, False)
    """
    if told is None:
        return False
    short, long = sorted(("".join(filter(str.isalnum, match_form(name))) for name in (gold, told)), key=len)
    return short == long or (len(short) >= 2 and short in long)


def holders(examples: Sequence[Example], labels: Sequence[Labels]) -> dict[str, Any] | None:
    """Whether the view is the author's or another's, and whose; ``None`` for engines that do not judge it."""
    if all(label.holder is None for label in labels):
        return None
    both = list(zip(examples, labels, strict=True))
    author = [(example.holder == "author") == (label.holder == "author") for example, label in both]
    named = [(example, label) for example, label in both if example.holder not in ("author", "others")]
    right = sum(same_name(example.holder, label.holder) for example, label in named)
    table = Counter((_kind(example.holder), _kind(label.holder)) for example, label in both)
    kinds = ("author", "named", "others")
    return {
        "n": len(both),
        "author_or_other": round(sum(author) / len(both), 3),
        "scripts": {
            script: round(
                sum(a for a, example in zip(author, examples, strict=True) if example.script == script)
                / sum(example.script == script for example in examples),
                3,
            )
            for script in SCRIPTS
            if any(example.script == script for example in examples)
        },
        "named": len(named),
        "name_right": round(right / len(named), 3) if named else None,
        "gold_by_told": {gold: {told: table[gold, told] for told in kinds} for gold in kinds},
    }


def _kind(holder: str | None) -> str:
    return holder if holder in ("author", "others") else "named"
