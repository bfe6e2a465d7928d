"""Sentences by rule: they say what the numbers allow, in three languages, and nothing more."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.analyze.summary.figures import cell, net_figure, share_figure
from narrativ.analyze.summary.sentences import MARGIN, leaders, paragraph, stance_word
from narrativ.analyze.summary.wording import WORDINGS, wording
from narrativ.codebook import LANGUAGES, load_codebook
from narrativ.errors import LexiconError, OptionError
from narrativ.text.normalize import match_form
from tests.conftest import cases

BOOK = load_codebook("deepseek")
CASES = cases("summary_sentences.json")
_FRAME = ("frame", "share", "low", "high", "of_told_low", "ahead")
_STANCE = ("target", "favor", "neutral", "against", "net", "low", "high")
_VOICE = ("frame", "voice", "position", "share", "low", "high")
_GROUP = {"reach": None, "reach_documents": 0, "unlabelled": 0, "resampled": "documents"}


def _say(case: dict[str, Any], language: str) -> str:
    stances = [dict(zip(_STANCE, row, strict=True)) for row in case["stance"]]
    for row in stances:
        row["n"] = row["favor"] + row["neutral"] + row["against"]
    return paragraph(
        {**_GROUP, "resampled": case.get("resampled", "documents"), **case["group"]},
        [dict(zip(_FRAME, row, strict=True), passages=number) for number, row in enumerate(case["frames"])],
        stances,
        [dict(zip(_VOICE, row, strict=True)) for row in case["voice"]],
        words=wording(language),
        codebook=BOOK,
        language=language,
        weighted=case.get("weighted", False),
    )


@pytest.mark.parametrize(
    ("case", "language"),
    list(itertools.product(CASES, LANGUAGES)),
    ids=lambda v: v if isinstance(v, str) else v["comment"][:40],
)
def test_sentences(case: dict[str, Any], language: str) -> None:
    assert _say(case, language) == case["expected"][language]


@pytest.mark.parametrize(("low", "high", "neutral", "word"), [
    (0.3, 0.5, 0, "favor"), (0.01, 0.24, 0, "slightly_favor"), (-0.5, -0.3, 0, "against"), (-0.2, -0.01, 0, "slightly_against"),
    (-0.07, 0.23, 0, "balanced"), (-0.07, 0.23, 9, "neutral"), (-0.07, 0.26, 9, "unclear"), (-0.4, 0.0, 0, "unclear"),
])  # fmt: skip
def test_words_for_a_stance(low: float, high: float, neutral: int, word: str) -> None:
    assert stance_word({"low": low, "high": high, "neutral": neutral, "n": 10}) == word


@given(st.tuples(*[st.floats(-1, 1)] * 2).map(sorted), st.integers(0, 10))
@settings(max_examples=200, deadline=None)
def test_a_word_for_a_stance_never_claims_more_than_its_interval(ends: list[float], neutral: int) -> None:
    low, high = ends
    word = stance_word({"low": low, "high": high, "neutral": neutral, "n": 10})
    if "favor" in word:
        assert low > 0
    if "against" in word:
        assert high < 0
    if word in ("balanced", "neutral"):
        assert low <= 0 <= high
        assert -MARGIN <= low <= high <= MARGIN


def test_leaders_are_ahead_of_all_others_and_only_they() -> None:
    def row(frame: str, share: float, *ahead: str) -> dict[str, Any]:
        return {"frame": frame, "share": share, "low": share / 2, "ahead": list(ahead)}

    assert [r["frame"] for r in leaders([row("a", 0.1), row("b", 0.5, "a", "c"), row("c", 0.2)])] == ["b"]
    assert [r["frame"] for r in leaders([row("a", 0.4, "c"), row("b", 0.5, "c"), row("c", 0.2)])] == ["b", "a"]
    assert leaders([row("a", 0.4), row("b", 0.5, "c"), row("c", 0.2)]) == []
    assert leaders([]) == []


@pytest.mark.parametrize(("value", "low", "high", "text", "short"), [
    (0.38, 0.24, 0.52, "(38%, ±14)", "38% ±14"), (0.04, 0.01, 0.11, "(4%, 1 to 11)", "4% 1–11"),
    (0.0, 0.0, 0.08, "(0%, at most 8%)", "0% ≤8"), (1.0, 0.9, 1.0, "(100%, at least 90%)", "100% ≥90"),
    (0.003, 0.001, 0.02, "(0.3%, 0.1 to 2)", "0.3% 0.1–2"), (0.05, 0.0, 0.12, "(5%, 0 to 12)", "5% 0–12"),
])  # fmt: skip
def test_shares_in_words(value: float, low: float, high: float, text: str, short: str) -> None:
    assert share_figure(value, low, high, wording("en")) == text
    assert cell(value, low, high) == short


@pytest.mark.parametrize(("value", "low", "high", "text", "short"), [
    (0.08, -0.07, 0.23, "(+0.08, ±0.15)", "+0.08 ±0.15"), (-0.2, -0.5, 0.4, "(−0.20, −0.50 to +0.40)", "−0.20 −0.50…+0.40"),
    (0.001, -0.1, 0.1, "(0.00, ±0.10)", "0.00 ±0.10"), (1.0, 0.2, 1.0, "(+1.00, +0.20 to +1.00)", "+1.00 +0.20…+1.00"),
])  # fmt: skip
def test_net_stances_in_words(value: float, low: float, high: float, text: str, short: str) -> None:
    assert net_figure(value, low, high, wording("en")) == text
    assert cell(value, low, high, net=True) == short


@given(st.tuples(*[st.floats(0, 1)] * 3).map(sorted))
@settings(max_examples=300, deadline=None)
def test_plus_minus_never_reaches_the_impossible(ends: list[float]) -> None:
    low, value, high = ends
    text = cell(value, low, high)
    if "±" in text:
        middle, half = (float(part.strip("%± ")) for part in text.split(" "))
        assert middle - half >= 0
        assert middle + half <= 100


def test_every_frame_has_its_phrases_in_every_language() -> None:
    for frame in BOOK.frames:
        assert set(frame.phrases) == {"topic", "endorses", "reports", "rejects"}, frame.id
        for position in ("endorses", "reports", "rejects"):
            assert set(frame.phrases[position]) == set(LANGUAGES), frame.id
            simplified, traditional = (frame.phrases[position][language] for language in ("zh-Hans", "zh-Hant"))
            # 計畫 and 计划, 隱密 and 隐秘 are the regions' own words.
            regional = match_form(traditional).replace("隐密", "隐秘").replace("计画", "计划")
            assert regional == match_form(simplified), frame.id


def test_templates_have_the_same_fields_in_every_language() -> None:
    import re
    from dataclasses import fields

    def braces(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: braces(text) for key, text in value.items()}
        texts = value if isinstance(value, tuple) else (value,)
        return {field for text in texts for field in re.findall(r"\{\w+\}", text)}

    for item in fields(WORDINGS["en"]):
        if item.name == "columns":  # English has them as they are
            continue
        shapes = [braces(getattr(words, item.name)) for words in WORDINGS.values()]
        assert shapes[0] == shapes[1] == shapes[2], item.name


def test_simplified_and_traditional_say_the_same() -> None:
    """Nothing but characters and regional terms (文档/文件, 行/列) tells the two Chinese wordings apart."""
    from dataclasses import asdict

    def flat(value: Any) -> str:
        if isinstance(value, dict):
            return " ".join(flat(item) for item in value.values())
        return " ".join(value) if isinstance(value, (tuple, list)) else str(value)

    simplified, traditional = (match_form(flat(asdict(WORDINGS[name]))) for name in ("zh-Hans", "zh-Hant"))
    terms = str.maketrans({"“": "「", "”": "」"})
    for one, other in (("文件", "文档"), ("列未", "行未"), ("贴文", "帖子")):
        traditional = traditional.replace(one, other)
    assert traditional == simplified.translate(terms)


def test_errors_say_what_there_is() -> None:
    with pytest.raises(OptionError, match="no language 'fr'"):
        wording("fr")


def test_a_codebook_with_other_phrases_is_refused(tmp_path: Any) -> None:
    (tmp_path / "codebook.yaml").write_text(
        "frames:\n- {id: f, name: {en: F}, definition: {en: d}, phrases: {loves: {en: x}}}\ntargets: []\n",
        encoding="utf-8",
    )
    with pytest.raises(LexiconError, match="frame f: phrases: expected texts under topic, endorses, reports, rejects"):
        load_codebook(str(tmp_path))
