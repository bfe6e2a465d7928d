"""The corpora load, and documents are split as narrativ splits them."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from narrativ.codebook import load_codebook
from narrativ.learn.corpus import Example, load_corpus
from narrativ.read.clean import clean
from narrativ.text.scripts import detect_script
from narrativ.text.segment import passage_spans, size
from tests.conftest import ROOT

BOOK = load_codebook()


@pytest.fixture(scope="module")
def training() -> list[Example]:
    return load_corpus(ROOT / "corpora" / "deepseek", codebook=BOOK)


@pytest.fixture(scope="module")
def gold() -> list[Example]:
    return load_corpus(ROOT / "corpora" / "gold", codebook=BOOK)


def test_sizes(training: list[Example], gold: list[Example]) -> None:
    assert len(training) >= 9000
    assert len(gold) >= 400
    frames = Counter(frame for example in training for frame in example.frames)
    assert min(frames[frame] for frame in BOOK.frame_ids) >= 1200
    assert sum(not example.frames for example in training) * 3 >= len(training)
    assert len({example.document for example in training if example.document}) >= 130


def test_documents_are_split_as_narrativ_splits_them(training: list[Example], gold: list[Example]) -> None:
    for examples in (training, gold):
        documents: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            if example.document:
                documents[example.document].append(clean(example.text))
        for name, paragraphs in documents.items():
            text = "\n".join(paragraphs)
            assert [text[start:end] for start, end in passage_spans(text)] == paragraphs, name


def test_passages_fit_the_codebook(training: list[Example]) -> None:
    for example in training:
        assert size(example.text) <= 1.25, example.id
        # Holders stand in their passages as they are written.
        assert example.holder in ("author", "others") or example.holder in example.text, example.id


def test_scripts_are_what_they_say(training: list[Example]) -> None:
    wrong = [e.id for e in training if detect_script(e.text, fallback=e.script) not in (e.script, "mixed")]  # type: ignore[arg-type]
    assert len(wrong) < 0.005 * len(training), wrong[:20]


def test_no_training_passage_is_in_the_gold_set(training: list[Example], gold: list[Example]) -> None:
    def shingles(example: Example) -> set[str]:
        plain = "".join(char for char in example.text.lower() if char.isalnum())
        length = 30 if example.script == "Latn" else 12
        return {plain[i : i + length] for i in range(len(plain) - length + 1)}

    seen = {piece for example in training for piece in shingles(example)}
    for example in gold:
        own = shingles(example)
        assert not own or len(own & seen) < 0.2 * len(own), example.id


def test_stance_pairs_are_well_formed() -> None:
    """390 minimal pairs for the stance engine to come: one word changes, and the stance must change or must not."""
    from narrativ.resources import read_tsv
    from tests.conftest import CASES

    columns = ("id", "script", "phenomenon", "target", "first", "stance_first", "second", "stance_second", "note")
    rows = [row for _, row in read_tsv(CASES / "stance_pairs.tsv", columns)]
    assert len({row["id"] for row in rows}) == len(rows) >= 300
    for row in rows:
        assert row["script"] in ("Hans", "Hant", "Latn")
        assert row["target"] in BOOK.target_ids
        assert {row["stance_first"], row["stance_second"]} <= {"favor", "against", "neutral"}
        assert row["first"] != row["second"]
    assert min(Counter((row["target"], row["script"]) for row in rows).values()) >= 20
