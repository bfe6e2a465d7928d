"""The lexicon engine's scores are what its evidence adds up to."""

from __future__ import annotations

import math

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import narrativ
from narrativ.codebook import Codebook, Concept, Frame, load_codebook
from narrativ.label.lexicon import BIAS, POINT, THRESHOLD, LexiconEngine
from narrativ.text.normalize import match_form
from tests.conftest import SAMPLE, cases


@pytest.fixture(scope="module")
def labeler() -> narrativ.Labeler:
    return narrativ.Labeler(engine="lexicon")


def small(*concepts: tuple[str, str, float, str]) -> Codebook:
    """A codebook of one frame per name: (frame, terms, weight, unless), terms separated by |."""
    frames = tuple(dict.fromkeys(frame for frame, *_ in concepts))
    made = tuple(
        Concept(
            f"c{number}",
            frame,
            tuple(match_form(term) for term in terms.split("|")),
            {},
            weight,
            tuple(filter(None, unless.split("|"))),
            "",
        )
        for number, (frame, terms, weight, unless) in enumerate(concepts)
    )
    return Codebook("small", "", "1", tuple(Frame(f, {"en": f}, {"en": f}) for f in frames), (), made, ())


def evidence(book: Codebook, text: str) -> list[tuple[str, str, float]]:
    labeler = narrativ.Labeler(book, LexiconEngine(book))
    return [(item.frame, item.text, item.weight / POINT) for item in labeler(text).evidence]


def test_a_term_inside_a_longer_word_does_not_count() -> None:
    """国运 (national destiny) in 中国运动员 (Chinese athlete); `open` in `opening`."""
    book = small(("f", "国运|open", 2.0, ""))
    assert evidence(book, "中国运动员抵达巴黎参加比赛") == []
    assert evidence(book, "这是国运级别的成果") == [("f", "国运", 2.0)]
    assert evidence(book, "an opening ceremony with reopened doors") == []
    assert evidence(book, "the model is open, they say") == [("f", "open", 2.0)]


def test_a_star_lets_a_latin_word_go_on() -> None:
    book = small(("f", "sanction*", 2.0, ""))
    assert evidence(book, "Sanctioned firms and sanctions remain") == [
        ("f", "Sanction", 1.0),
        ("f", "sanction", 1.0),
    ]
    assert evidence(book, "unsanctioned use of the tools") == []


def test_unless_cancels_only_inside_its_phrase() -> None:
    """开源 (open source) in 开源节流 (find income, cut spending)."""
    book = small(("f", "开源", 2.0, "开源节流"))
    assert evidence(book, "公司要开源节流，不招人了") == []
    assert evidence(book, "公司开源节流，模型却开源了") == [("f", "开源", 2.0)]


def test_longer_terms_win_and_repeats_share_the_weight() -> None:
    book = small(("f", "开源", 1.0, ""), ("f", "完全开源", 2.5, ""))
    assert evidence(book, "模型完全开源，真的开源，就是开源") == [
        ("f", "完全开源", 2.5),
        ("f", "开源", 0.5),
        ("f", "开源", 0.5),
    ]


def test_frames_do_not_hide_each_others_evidence() -> None:
    book = small(("f", "出口管制", 2.0, ""), ("g", "管制", 1.0, ""))
    assert evidence(book, "宣布出口管制升级措施") == [("f", "出口管制", 2.0), ("g", "管制", 1.0)]


def test_scores_are_the_sum_of_bias_and_evidence(labeler: narrativ.Labeler) -> None:
    checked = 0
    for labelled in labeler.label_documents(narrativ.read(SAMPLE)):
        for passage, labels in labelled:
            if labels is None:
                continue
            for frame, score in labels.frame_scores.items():
                total = BIAS + math.fsum(item.weight for item in labels.evidence if item.frame == frame)
                assert score == pytest.approx(1 / (1 + math.exp(-total)))
                assert (frame in labels.frames) == (score >= THRESHOLD)
            for item in labels.evidence:
                assert passage.start <= item.start < item.end <= passage.end
                assert passage.document.text[item.start : item.end] == item.text
                checked += 1
    assert checked > 150


def test_the_same_text_gets_the_same_labels_in_either_script(labeler: narrativ.Labeler) -> None:
    simplify = opencc.OpenCC("t2s")
    compared = 0
    for document in narrativ.read(SAMPLE):
        if document.script == "Hant":
            for line in document.text.split("\n"):
                if simplify.convert(line) != line:
                    there, back = labeler(line), labeler(simplify.convert(line))
                    assert there.frames == back.frames
                    assert there.frame_scores == back.frame_scores
                    compared += 1
    assert compared > 50


@pytest.mark.parametrize("case", cases("lexicon.json"), ids=lambda case: case["text"][:30])
def test_the_codebooks_lexicon(case: dict[str, object], labeler: narrativ.Labeler) -> None:
    assert labeler(str(case["text"])).frames == case["frames"]


_WORDS = [term for term in load_codebook().terms() if term][::23]


@given(st.lists(st.one_of(st.sampled_from(_WORDS), st.text(max_size=6)), max_size=12).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_true_spans(text: str) -> None:
    result = _LABELER(text)
    for item in result.evidence:
        assert result.document.text[item.start : item.end] == item.text


_LABELER = narrativ.Labeler()
