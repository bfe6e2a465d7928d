"""Labelling and read-to-table beside a plain loop of the declared packages, one core, one run.

The plain loop is what one writes first: ``opencc`` converts, ``jieba`` cuts, one regular expression holds all terms, and
``TfidfVectorizer`` counts, passage by passage. narrativ reads the same file, converts, segments every passage and labels it
with evidence. Both conversions must be equal, and so must the Chinese words; then the times are compared as a ratio, the
only number that means something on a shared machine.

Run: ``make bench`` (or ``python -m benchmarks.pipeline --passages 2000``).
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import os
import random
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

# One core for everybody: BLAS and Rust thread pools read these when they are loaded.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import narrativ  # noqa: E402
from narrativ.codebook import load_codebook  # noqa: E402
from narrativ.label.engine import Batch  # noqa: E402
from narrativ.label.labeler import Labeler  # noqa: E402
from narrativ.read import read_text  # noqa: E402
from narrativ.records import Passage  # noqa: E402
from narrativ.text.normalize import match_form, to_simplified  # noqa: E402
from narrativ.text.tokenize import Tokenizer  # noqa: E402

_ROOT = Path(__file__).resolve().parent.parent
_LENGTH = 300
_BATCH = 500
_ACCURATE = 200  # passages of each language that the accurate engine is timed on
_HAN = re.compile("[\u4e00-\u9fd5]")


def texts(count: int, seed: int = 20250127) -> list[str]:
    """Passages of about 300 characters from the sample corpus: 70 % Chinese of both scripts, 30 % English."""
    rng = random.Random(seed)
    pools: dict[bool, list[str]] = {True: [], False: []}
    for document in narrativ.read(str(_ROOT / "corpora" / "sample" / "texts")):
        for line in document.text.split("\n"):
            pools[document.script == "Latn"].append(line)
    made = []
    for _ in range(count):
        pool = pools[rng.random() < 0.3]
        parts: list[str] = []
        while sum(map(len, parts)) < _LENGTH:
            parts.append(rng.choice(pool))
        made.append(" ".join(parts)[:_LENGTH])
    return made


def plain_loop(path: Path) -> tuple[float, list[str], list[list[str]]]:
    """Seconds, conversions and words of the plain loop."""
    import jieba
    import opencc
    import pandas as pd
    from sklearn.feature_extraction.text import TfidfVectorizer

    jieba.setLogLevel(logging.ERROR)
    jieba.initialize()
    converter = opencc.OpenCC("t2s")
    terms = sorted({term for term in load_codebook().terms() if term}, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(term) for term in terms))
    started = time.perf_counter()
    converted, words, hits = [], [], []
    for text in pd.read_csv(path)["text"]:
        simplified = converter.convert(text)
        converted.append(simplified)
        lowered = simplified.lower()
        words.append(jieba.lcut(lowered))
        hits.append(pattern.findall(lowered))
    TfidfVectorizer(analyzer=lambda tokens: tokens).fit_transform(words)
    return time.perf_counter() - started, converted, words


def pipeline(path: Path, labeler: Labeler) -> tuple[float, int]:
    """Seconds and rows of narrativ from the file to the table."""
    started = time.perf_counter()
    table = labeler.label(narrativ.read(path))
    return time.perf_counter() - started, len(table)


def labelling(passages: Sequence[str], engine: str) -> float:
    """Seconds that an engine takes from passages to labels with evidence."""
    made = Labeler(engine=engine).engine
    documents = [read_text(text, id=str(number)) for number, text in enumerate(passages)]
    found = [Passage(document, 0, 0, len(document.text), document.script) for document in documents]
    forms = [match_form(document.text) for document in documents]
    made.label(Batch(found[:64], forms[:64]))  # loads the model
    started = time.perf_counter()
    for first in range(0, len(found), _BATCH):
        made.label(Batch(found[first : first + _BATCH], forms[first : first + _BATCH]))
    return time.perf_counter() - started


def segmentation(path: Path, tokenizer: Tokenizer) -> float:
    """Seconds to segment every passage with every kind of token, which the lexicon engine does only where it needs it."""
    documents = list(narrativ.read(path))
    forms = [match_form(document.text) for document in documents]
    started = time.perf_counter()
    for form in forms:
        tokenizer.tokenize(form)
    return time.perf_counter() - started


def same_words(reference: list[list[str]], converted: list[str], tokenizer: Tokenizer) -> tuple[int, int]:
    """Passages whose words of Han alone differ from jieba's, of how many."""
    differing = 0
    for words, text in zip(reference, converted, strict=True):
        expected = [word for word in words if all(map(_HAN.match, word))]
        text = text.lower()
        found = [text[t.start : t.end] for t in tokenizer.tokenize(text) if t.kind == "han"]
        differing += expected != found
    return differing, len(reference)


def main() -> None:
    """Run, check equality, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=1500)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "passages.csv"
        passages = texts(arguments.passages)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["text", "source"])
            writer.writerows([text, f"source {number % 7}"] for number, text in enumerate(passages))
        labeler = Labeler()
        plain = Tokenizer()  # no user words: jieba's own dictionary on both sides
        pipeline(path, labeler)  # loads dictionaries
        reference, converted, words = plain_loop(path)
        own, rows = min(pipeline(path, labeler) for _ in range(arguments.repeat))
        engines = {
            name: min(labelling(passages, name) for _ in range(arguments.repeat)) for name in ("lexicon", "fast")
        }
        chinese = [text for text in passages if _HAN.search(text)][:_ACCURATE]
        english = [text for text in passages if not _HAN.search(text)][:_ACCURATE]
        accurate = {"zh": labelling(chinese, "accurate"), "en": labelling(english, "accurate")}
        segmenting = min(segmentation(path, plain) for _ in range(arguments.repeat))
        different = sum(
            to_simplified(text, regional=False) != value for text, value in zip(passages, converted, strict=True)
        )
        words_differ, of = same_words(words, converted, plain)
    result = {
        "passages": len(passages),
        "rows": rows,
        "characters": sum(map(len, passages)),
        "plain_loop_per_second": round(len(passages) / reference),
        "read_to_table_per_second": round(len(passages) / own),
        "label_per_second": {name: round(len(passages) / seconds) for name, seconds in engines.items()},
        "label_ratio": {name: round(reference / seconds, 1) for name, seconds in engines.items()},
        "accurate_per_second": {
            "zh": round(len(chinese) / accurate["zh"]),
            "en": round(len(english) / accurate["en"]),
        },
        "ratio": round(reference / own, 1),
        "ratio_with_full_segmentation": round(reference / (own + segmenting), 1),
        "conversions_different": different,
        "segmentations_different": f"{words_differ} of {of}",
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
