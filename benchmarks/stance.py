"""Evaluations beside mentions of targets over the same batch, one core, one run.

What the evaluative lexicon and its rules cost, given the batch, its words and the names in it, in parts of what finding the words and
the names costs. The ratio is the number that means something on a shared machine.

Run: ``python -m benchmarks.stance --passages 2000``.
"""

from __future__ import annotations

import argparse
import time

from benchmarks.pipeline import texts
from narrativ.codebook import load_codebook
from narrativ.label.batchtext import find_words, join_forms
from narrativ.label.evaluations import Evaluations
from narrativ.label.mentions import Mentions
from narrativ.text.normalize import match_forms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    codebook = load_codebook()
    mentions, evaluations = Mentions(codebook), Evaluations(codebook)
    forms = match_forms(texts(options.passages))
    best = {"words and names": float("inf"), "evaluations": float("inf")}
    rows = 0
    for _ in range(options.rounds):
        started = time.process_time()
        text = join_forms(forms)
        words = find_words(text, mentions.tokenizer)
        named = mentions.find_in(text, forms, words)
        between = time.process_time()
        rows = len(evaluations.find(text, forms, words, named).text)
        ended = time.process_time()
        best["words and names"] = min(best["words and names"], between - started)
        best["evaluations"] = min(best["evaluations"], ended - between)
    for name, seconds in best.items():
        print(f"{name}: {options.passages / seconds:,.0f} passages of 300 characters per second of processor time")
    print(
        f"{rows:,} passages and targets; evaluations take {best['evaluations'] / best['words and names']:.2f} of the time"
    )


if __name__ == "__main__":
    main()
