"""How well holders agree with labelled passages: ``python -m narrativ.learn.voice_score FILE.jsonl …``.

Two numbers: *author or other*, the accuracy of that decision over all passages; *name right*, among the passages whose gold
holder is named, how often the same one is told (a passage taken for the author's, or for unnamed others', counts as wrong).
Names are compared in match form, letters and digits only; they are the same when they are equal or one of two or more
characters stands in the other (马斯克 and 特斯拉CEO马斯克, Youngkin and Glenn Youngkin). Intervals are percentile
bootstraps over documents (Efron 1979).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.codebook import load_codebook
from narrativ.label.holder import AUTHOR, HolderModel, holder_of
from narrativ.label.voice import OTHERS
from narrativ.learn.corpus import Example, load_corpus
from narrativ.learn.judge_stance import same_name
from narrativ.learn.voice import passages_of, voices_of

__all__ = ["score_holders"]

_RESAMPLES = 1000
_SEED = 20250127


def _interval(right: npt.NDArray[np.bool_], groups: npt.NDArray[np.int64]) -> list[float]:
    names, inverse = np.unique(groups, return_inverse=True)
    hit, total = np.bincount(inverse, right), np.bincount(inverse)
    weights = np.random.default_rng(_SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), size=_RESAMPLES)
    values = (weights @ hit) / np.maximum(weights @ total, 1)
    return [round(float(value), 3) for value in np.percentile(values, [2.5, 97.5])]


def score_holders(
    examples: Sequence[Example], *, together: bool = False, model: HolderModel | None = None
) -> dict[str, dict[str, Any]]:
    """Scores over all passages and per script.

    Parameters
    ----------
    examples
        Labelled passages.
    together
        Whether passages of one document are judged together, so that a speaker is carried over; otherwise each alone.
    model
        The shipped one when none is given.

    Returns
    -------
    dict
        Per script (and ``all``): ``passages``, ``author_or_other`` and ``name_right`` from 0 to 1 with their intervals,
        ``named``, and ``always_author``, the accuracy of never telling anybody else. Without named passages
        ``name_right`` is ``None``.

    Raises
    ------
    ValueError
        There is nothing to compare with.
    """
    if not examples:
        raise ValueError("no gold passages")
    passages, forms = passages_of(examples, together=together)
    told = holder_of(passages, forms, voices_of(passages, forms), model=model)
    gold = [example.holder for example in examples]
    decided = np.array([(a == AUTHOR) == (b == AUTHOR) for a, b in zip(gold, told, strict=True)])
    named = np.array([holder not in (AUTHOR, OTHERS) for holder in gold])
    right = np.array(
        [b not in (AUTHOR, OTHERS) and same_name(a, b) for a, b in zip(gold, told, strict=True)], dtype=bool
    )
    author = np.array([holder == AUTHOR for holder in gold])
    scripts = np.array([example.script for example in examples])
    ids = [example.document or example.id for example in examples]
    number = {name: place for place, name in enumerate(dict.fromkeys(ids))}
    groups = np.array([number[name] for name in ids])
    result: dict[str, dict[str, Any]] = {}
    for script in ("all", *dict.fromkeys(scripts.tolist())):
        rows = np.ones(len(gold), dtype=bool) if script == "all" else scripts == script
        inside = rows & named
        result[script] = {
            "passages": int(rows.sum()),
            "author_or_other": round(float(decided[rows].mean()), 3),
            "author_or_other_interval": _interval(decided[rows], groups[rows]),
            "always_author": round(float(author[rows].mean()), 3),
            "named": int(inside.sum()),
            "name_right": round(float(right[inside].mean()), 3) if inside.any() else None,
            "name_right_interval": _interval(right[inside], groups[inside]) if inside.any() else None,
        }
    return result


def main() -> None:
    """Print the scores of gold files."""
    parser = argparse.ArgumentParser(description="How well holders agree with labelled passages.")
    parser.add_argument("files", nargs="+", help="JSONL files, or folders of them, as docs/voice.md describes")
    parser.add_argument("--codebook", default="deepseek")
    parser.add_argument(
        "--together", action="store_true", help="judge the passages of a document together, not each alone"
    )
    options = parser.parse_args()
    examples = load_corpus(*options.files, codebook=load_codebook(options.codebook))
    print(json.dumps(score_holders(examples, together=options.together), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
