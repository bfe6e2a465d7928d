"""Passages and sentences are true spans that lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.read.clean import clean
from narrativ.text.segment import MAX_CHARACTERS, paragraph_spans, passage_spans, sentence_spans, size
from tests.conftest import cases

TEXT = st.text(
    alphabet=st.sampled_from("国股a B1.。！？!?；…，, “”\"'「」()\n-–3%AIUS"),
    max_size=300,
)


@pytest.mark.parametrize("case", cases("sentences.json"), ids=lambda case: case["text"][:40])
def test_sentences(case: dict[str, object]) -> None:
    text = str(case["text"])
    assert [text[start:end] for start, end in sentence_spans(text)] == case["sentences"]


@given(TEXT)
@settings(max_examples=500, deadline=None)
def test_sentences_cover_the_text(text: str) -> None:
    _covers(text, sentence_spans(text))


@given(st.lists(TEXT, max_size=12).map(lambda parts: clean("\n".join(parts))))
@settings(max_examples=300, deadline=None)
def test_passages_cover_the_text(text: str) -> None:
    # Rules of six or more equal signs are the one thing that belongs to no passage; the alphabet cannot make one but of "-".
    spans = passage_spans(text.replace("-", "–"))
    _covers(text.replace("-", "–"), spans, skipping="–,.\"'!?")


def _covers(text: str, spans: list[tuple[int, int]], skipping: str = "") -> None:
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert not text[position:start].strip(" \n" + skipping)
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip(" \n" + skipping)


@given(
    st.lists(
        st.sampled_from(["股价下跌。", "他没有说话", "Shares fell. ", "word ", "，", "\n", "3.5 %"]),
        max_size=700,
    ).map("".join)
)
@settings(max_examples=100, deadline=None)
def test_no_passage_exceeds_the_limit(text: str) -> None:
    for start, end in passage_spans(clean(text)):
        assert size(clean(text)[start:end]) <= 1.0


def test_a_short_text_is_one_passage() -> None:
    text = "第一段。\n第二段。\nA third one."
    assert passage_spans(text) == [(0, len(text))]


def test_paragraphs_of_a_long_text_are_passages() -> None:
    text = "\n".join(["这一段有二十来个字，说的是别的事情，没有什么要紧。"] * 30)
    assert len(passage_spans(text)) == 30


def test_a_long_paragraph_becomes_balanced_runs_of_sentences() -> None:
    text = "这句话有十个字左右吧。" * 80
    spans = passage_spans(text)
    lengths = [end - start for start, end in spans]
    assert len(spans) == 3
    assert max(lengths) <= MAX_CHARACTERS
    assert max(lengths) - min(lengths) <= 11
    assert all(text[end - 1] == "。" for _, end in spans)


def test_speech_without_punctuation_is_cut_between_words() -> None:
    text = "and then we said that it was fine " * 60
    spans = passage_spans(text.strip())
    assert len(spans) > 2
    assert all(not text[start - 1 : start].strip() and not text[end : end + 1].strip() for start, end in spans if start)


def test_chinese_speech_without_punctuation_is_cut() -> None:
    spans = passage_spans("大家好我们今天聊一聊这个话题" * 80)
    assert len(spans) == 3
    assert spans[0][0] == 0


def test_a_rule_separates_what_someone_glued_together() -> None:
    text = "歡迎訂閱本頻道－－－－－－－－－－首先，這家公司推出新模型。"
    assert [text[s:e] for s, e in paragraph_spans(text)] == ["歡迎訂閱本頻道", "首先，這家公司推出新模型。"]
    assert len(passage_spans(text)) == 2


def test_empty_texts_have_no_passages() -> None:
    assert passage_spans("") == []
    assert passage_spans(" \n ") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("国" * 400, 1.0),
        ("word " * 150, 1.0),
        ("5.6 " * 150, 1.0),
        ("state-of-the-art " * 150, 1.0),
        ("国" * 200 + "word " * 75, 1.0),
        ("", 0.0),
    ],
)
def test_size_counts_characters_and_words(text: str, expected: float) -> None:
    assert size(text) == pytest.approx(expected)
