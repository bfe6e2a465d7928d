"""Stance as the engines tell it: minimal pairs from text to label, with nothing told to the engine but the text."""

from __future__ import annotations

from collections import Counter

import pytest

import narrativ
from narrativ.learn.corpus import Example
from narrativ.learn.evaluate import label_examples
from narrativ.learn.score_stance import load_pairs
from tests.conftest import ROOT


@pytest.mark.parametrize(("name", "floor"), [("stance_pairs", 0.78), ("stance_pairs_more", 0.76)])
def test_minimal_pairs_right(name: str, floor: float) -> None:
    """A pair is right when both sentences are; a target that is not found is wrong."""
    pairs = load_pairs(ROOT / "tests" / "cases" / f"{name}.tsv")
    examples = [
        Example(f"{number}-{side}", text, pair.script, {}, {}, "author")
        for number, pair in enumerate(pairs)
        for side, text in enumerate(pair.texts)
    ]
    labels = label_examples(narrativ.Labeler(engine="fast").engine, examples)
    right: Counter[str] = Counter()
    for number, pair in enumerate(pairs):
        told = [labels[2 * number + side].stance.get(pair.target) for side in (0, 1)]
        right[pair.phenomenon] += tuple(told) == pair.stances
    share = right.total() / len(pairs)
    assert share >= floor, dict(right)


@pytest.mark.parametrize("engine", ["lexicon", "fast"])
def test_a_place_is_a_target_only_when_it_is_judged(engine: str) -> None:
    labeler = narrativ.Labeler(engine=engine)
    assert labeler("会议下周在北京举行，注册从九点开始。").stance == [{}]
    assert labeler("北京的承诺不可信。").stance == [{"china": "against"}]


@pytest.mark.parametrize("engine", ["lexicon", "fast"])
def test_evidence_of_stance_quotes_the_text(engine: str) -> None:
    labeler = narrativ.Labeler(engine=engine)
    checked = 0
    for labelled in labeler.label_documents(narrativ.read(ROOT / "corpora" / "sample" / "texts")):
        for passage, labels in labelled:
            for item in labels.stance_evidence if labels else ():
                assert passage.start <= item.start < item.end <= passage.end
                assert passage.document.text[item.start : item.end] == item.text
                assert item.target in labels.stance
                checked += 1
            for target, value in labels.polarity.items() if labels else ():
                assert target in labels.stance
                assert -1 <= value <= 1
    assert checked > 100
