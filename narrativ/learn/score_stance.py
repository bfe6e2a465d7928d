"""How right stances are: ``python -m narrativ.learn.score_stance CORPUS… [--pairs FILE…] [--model FOLDER]``.

Without a model the rules alone are scored: favor and against from two thresholds on the score. Targets are those of the labels.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook, load_codebook
from narrativ.label import ngrams
from narrativ.label.encoders import Encoder, load_encoder
from narrativ.label.evaluations import baseline_stance
from narrativ.label.model import language_of
from narrativ.label.stance import STANCES, StanceModel, load_stance
from narrativ.learn.corpus import Example, load_corpus
from narrativ.learn.stance import StanceReader
from narrativ.resources import read_tsv
from narrativ.text.normalize import to_simplified

__all__ = ["PAIR_COLUMNS", "Pair", "load_pairs", "macro_f1", "predict_stance", "score_pairs", "score_stance"]

PAIR_COLUMNS = ("id", "script", "phenomenon", "target", "first", "stance_first", "second", "stance_second", "note")
_BATCH = 500

_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that differ in little, and the stance of each toward one target."""

    id: str
    script: str
    phenomenon: str
    target: str
    texts: tuple[str, str]
    stances: tuple[str, str]


def load_pairs(path: Path) -> list[Pair]:
    """Minimal pairs of a reviewed file."""
    return [
        Pair(
            row["id"], row["script"], row["phenomenon"], row["target"],
            (row["first"], row["second"]), (row["stance_first"], row["stance_second"]),
        )
        for _, row in read_tsv(path, PAIR_COLUMNS)
    ]  # fmt: skip


def predict_stance(
    reader: StanceReader,
    texts: Sequence[str],
    scripts: Sequence[str],
    asked: Sequence[Sequence[str]],
    model: StanceModel | None = None,
    vectors: npt.NDArray[np.float32] | None = None,
) -> list[dict[str, str]]:
    """Stance of each asked target in each text, by the rules alone or by a model."""
    ids = reader.codebook.target_ids
    result: list[dict[str, str]] = [{} for _ in texts]
    for first in range(0, len(texts), _BATCH):
        part = slice(first, first + _BATCH)
        seen = reader.read(texts[part], asked[part])
        if model is None:
            stance = baseline_stance(seen.judged.score)
        else:
            found = ngrams.positions(seen.text)
            own = None if vectors is None else vectors[part]
            languages = [language_of(script) for script in scripts[part]]
            stance = model.predict(seen.judged, seen.points, seen.text, found, languages, own).stance
        rows = zip(seen.judged.text.tolist(), seen.judged.target.tolist(), stance.tolist(), strict=True)
        for number, target, value in rows:
            result[first + number][ids[target]] = STANCES[value]
    return result


def macro_f1(gold: Sequence[str], predicted: Sequence[str]) -> float:
    """F1 averaged over favor, against and neutral; a stance that neither has counts 0."""
    total = 0.0
    for stance in STANCES:
        both = sum(a == b == stance for a, b in zip(gold, predicted, strict=True))
        either = sum(a == stance for a in gold) + sum(b == stance for b in predicted)
        total += 2 * both / either if either else 0.0
    return total / len(STANCES)


def score_stance(
    examples: Sequence[Example],
    reader: StanceReader,
    model: StanceModel | None = None,
    vectors: npt.NDArray[np.float32] | None = None,
) -> dict[str, float]:
    """Macro-F1 over all rows (``all``), per target and per script, of the targets that the labels name."""
    predicted = predict_stance(
        reader,
        [example.text for example in examples],
        [example.script for example in examples],
        [tuple(example.stance) for example in examples],
        model,
        vectors,
    )
    rows = [
        (target, example.script, stance, answer[target])
        for example, answer in zip(examples, predicted, strict=True)
        for target, stance in example.stance.items()
    ]

    def score(chosen: Iterable[tuple[str, str, str, str]]) -> float:
        kept = list(chosen)
        return macro_f1([row[2] for row in kept], [row[3] for row in kept])

    scores = {"all": score(rows)}
    for target in reader.codebook.target_ids:
        scores[target] = score(row for row in rows if row[0] == target)
    for script in sorted({row[1] for row in rows}):
        scores[script] = score(row for row in rows if row[1] == script)
    return scores


def score_pairs(
    pairs: Sequence[Pair],
    reader: StanceReader,
    model: StanceModel | None = None,
    vectors: npt.NDArray[np.float32] | None = None,
) -> list[tuple[bool, bool]]:
    """Whether each member of each pair is right; `vectors` has the first and second text of each pair in turn."""
    predicted = predict_stance(
        reader,
        [text for pair in pairs for text in pair.texts],
        [pair.script for pair in pairs for _ in pair.texts],
        [(pair.target,) for pair in pairs for _ in pair.texts],
        model,
        vectors,
    )
    answers = iter(
        answer[pair.target] for pair, answer in zip((p for p in pairs for _ in p.texts), predicted, strict=True)
    )
    return [(next(answers) == pair.stances[0], next(answers) == pair.stances[1]) for pair in pairs]


def _report(
    codebook: Codebook,
    corpora: Sequence[Path],
    pairs: Sequence[Path],
    model: StanceModel | None,
    encoder: Encoder | None,
) -> None:
    reader = StanceReader(codebook)

    def vectors(texts: Iterable[str]) -> npt.NDArray[np.float32] | None:
        return encoder.encode([to_simplified(text) for text in texts]) if encoder else None

    for path in corpora:
        examples = load_corpus(path, codebook=codebook)
        scores = score_stance(examples, reader, model, vectors(example.text for example in examples))
        print(path, " ".join(f"{name} {value:.3f}" for name, value in scores.items()))
    for path in pairs:
        loaded = load_pairs(path)
        own = vectors(text for pair in loaded for text in pair.texts)
        right = np.array(score_pairs(loaded, reader, model, own)).reshape(-1, 2)
        print(f"{path} {len(loaded)} pairs: both right {right.all(axis=1).mean():.3f}, sentences {right.mean():.3f}")
        for phenomenon in sorted({pair.phenomenon for pair in loaded}):
            mine = np.array([pair.phenomenon == phenomenon for pair in loaded])
            print(f"  {phenomenon}: {int(right[mine].all(axis=1).sum())} of {int(mine.sum())}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print scores."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("corpora", nargs="*", type=Path)
    parser.add_argument("--pairs", nargs="*", type=Path, default=[])
    parser.add_argument("--model", type=Path, help="folder of a trained stance model; the rules alone without it")
    parser.add_argument("--encoder", help="the sentence encoder of a model that has one")
    parser.add_argument("--codebook", default="deepseek")
    options = parser.parse_args(arguments)
    model = load_stance(options.model) if options.model else None
    encoder = load_encoder(options.encoder) if options.encoder else None
    _report(load_codebook(options.codebook), options.corpora, options.pairs, model, encoder)


if __name__ == "__main__":
    main()
