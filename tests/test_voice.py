"""Whose words a passage gives: voices are exact spans, the same in both scripts and all styles of quotation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.errors import LexiconError
from narrativ.label.voice import OTHERS, VoiceFinder, find_voices, scan_forms
from narrativ.label.voice_lexicon import CUES, HOLDERS, VERBS, load_voice_lexicon
from narrativ.records import Document, Passage, Voice
from narrativ.text.normalize import match_form, match_forms, to_simplified
from tests.conftest import cases

CASES: list[dict[str, Any]] = cases("voices.json")
SPEAKING = [case for case in CASES if case["voices"]]
SILENT = [case for case in CASES if not case["voices"]]


def passage(text: str, script: str = "Hans", *, title: str = "", source: str = "") -> Passage:
    return Passage(Document("d", text, title=title, source=source), 0, 0, len(text), script)  # type: ignore[arg-type]


def voices(text: str, script: str = "Hans", *, title: str = "", source: str = "") -> tuple[Voice, ...]:
    return find_voices([passage(text, script, title=title, source=source)], [match_form(text)])[0]


def plain(found: Sequence[Voice]) -> list[list[str]]:
    return [[voice.holder, voice.text, voice.form] for voice in found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_voices_of_the_case(case: dict[str, Any]) -> None:
    assert plain(voices(case["text"], case["script"], title=case.get("title", ""))) == case["voices"]


def test_there_are_cases_enough_of_every_kind() -> None:
    assert len(CASES) >= 200
    assert len(SILENT) >= 90
    for script in ("Hans", "Hant", "Latn"):
        assert sum(case["script"] == script for case in CASES) >= 60
    assert len({case["text"] for case in CASES}) == len(CASES)


@given(
    st.lists(st.sampled_from([case["text"] for case in CASES]), min_size=1, max_size=6),
    st.sampled_from(["", "\n", " "]),
)
@settings(max_examples=150, deadline=None)
def test_spans_are_exact_wherever_the_passage_stands(texts: list[str], glue: str) -> None:
    text = glue.join(texts)
    document = Document("d", "一段别的话。\n" + text + "\n另一段。")
    part = Passage(document, 1, 7, 7 + len(text), "Hans")
    assert part.text == text
    for voice in find_voices([part], [match_form(text)])[0]:
        assert document.text[voice.start : voice.end] == voice.text
        assert part.start <= voice.start < voice.end <= part.end
        assert voice.holder == OTHERS or voice.holder in text
        assert voice.verb in text
        assert voice.form in ("direct", "indirect", "headline")


@given(st.text(alphabet="说称，。：“”「」『』\"' 他据的王小明Annsaid.,\n《》（）()@?！", max_size=60))
@settings(max_examples=300, deadline=None)
def test_nonsense_gives_spans_within_it(text: str) -> None:
    for voice in voices(text):
        assert text[voice.start : voice.end] == voice.text


def test_a_batch_gives_what_single_passages_give() -> None:
    texts = [case["text"] for case in CASES]
    together = find_voices([passage(text) for text in texts], match_forms(texts))
    assert together == [voices(text) for text in texts]
    forms = match_forms(texts)
    assert find_voices([passage(t) for t in texts], forms, scan=scan_forms(forms)) == together


def test_no_passages_no_voices() -> None:
    assert find_voices([], []) == []
    assert find_voices([passage("")], [""]) == [()]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["script"] == "Hant"], ids=lambda case: case["text"][:24]
)
def test_traditional_and_simplified_give_the_same_spans(case: dict[str, Any]) -> None:
    simplified = to_simplified(case["text"])
    here, there = voices(case["text"], "Hant"), voices(simplified, "Hans")
    assert [(v.start, v.end, v.form) for v in here] == [(v.start, v.end, v.form) for v in there]
    assert [to_simplified(v.holder) for v in here] == [v.holder for v in there]


STYLES = ["“”", "「」", '""', "『』"]
QUOTED = [
    "林若川说：“权重谁都可以拿去改。”",
    "“权重谁都可以拿去改。”林若川说。",
    "“权重谁都可以拿去改，”林若川说，“学校尤其受益。”",
    "“Anyone can change the weights,” Mara Ellison said.",
    "“Anyone can change the weights,” said Mara Ellison. “Schools gain most of all.”",
    "这就是所谓“时刻”。",
    "The “moment” was a headline.",
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", QUOTED)
def test_styles_of_quotation_are_interchangeable(text: str, style: str) -> None:
    other = text.replace("“", style[0]).replace("”", style[1])
    assert plain(voices(other)) == plain(voices(text))


@pytest.mark.parametrize(
    "case", [case for case in SPEAKING if case["script"] == "Hans"], ids=lambda case: case["text"][:24]
)
def test_the_sentence_of_another_speaker_adds_his_voice_and_moves_none(case: dict[str, Any]) -> None:
    before = voices(case["text"])
    after = voices(case["text"] + "\n欧阳静则表示，这些话她一句也不同意。")
    assert after[: len(before)] == before
    assert [v.holder for v in after[len(before) :]] == ["欧阳静"]


@pytest.mark.parametrize("case", SPEAKING, ids=lambda case: case["text"][:24])
def test_a_paragraph_without_speakers_changes_nothing(case: dict[str, Any]) -> None:
    text = case["text"] + "\n" + "机房在十月完工。"
    headline = any(form == "headline" for _, _, form in case["voices"])
    assert headline or plain(voices(text, case["script"])) == case["voices"]


def test_who_spoke_before_is_known_within_a_document_only() -> None:
    first, second = "顾长庚说，训练只用了两个月。", "他又说，电费没有算进去。"
    document = Document("d", first + "\n" + second)
    parts = [
        Passage(document, 0, 0, len(first), "Hans"),
        Passage(document, 1, len(first) + 1, len(document.text), "Hans"),
    ]
    forms = match_forms([part.text for part in parts])
    assert [[v.holder for v in found] for found in find_voices(parts, forms)] == [["顾长庚"], ["顾长庚"]]
    assert [v.holder for v in voices(second)] == [OTHERS]
    strangers = [passage(first), passage(second)]
    assert [[v.holder for v in found] for found in find_voices(strangers, forms)] == [["顾长庚"], [OTHERS]]


def test_a_quotation_goes_on_in_the_next_passage_of_the_document() -> None:
    first, second = "顾长庚说：“训练只用了两个月。”", "“剩下的时间都在等电。”"
    document = Document("d", first + "\n" + second)
    parts = [
        Passage(document, 0, 0, len(first), "Hans"),
        Passage(document, 1, len(first) + 1, len(document.text), "Hans"),
    ]
    found = find_voices(parts, match_forms([part.text for part in parts]))
    assert [v.holder for v in found[1]] == ["顾长庚"]
    assert [v.holder for v in voices(second)] == [OTHERS]


def test_a_comment_on_a_post_gives_the_views_of_its_account() -> None:
    text = "强调开放的价值，并嘲讽封锁。"
    assert [v.holder for v in voices(text, title="对 @openhand 帖子的评价")][:1] == ["@openhand"]
    assert voices(text, title="@openhand 的帖子", source="@openhand") == ()
    assert voices(text) == ()


def test_a_pronoun_means_whom_the_title_names() -> None:
    text = "他还说，价格会再降一半。"
    assert [v.holder for v in voices(text, title="顾长庚：价格会再降")] == ["顾长庚"]
    assert [v.holder for v in voices(text, title="快讯：价格会再降")] == [OTHERS]


@pytest.mark.parametrize(
    ("text", "distancing"),
    [
        ("赵启明妄称，那笔钱从来没有存在过。", True),
        ("赵启明声称，那笔钱从来没有存在过。", True),
        ("趙啟明聲稱，那筆錢從來沒有存在過。", True),
        ("Lowell Pryce claims the money never existed.", True),
        ("赵启明表示，那笔钱从来没有存在过。", False),
        ("Lowell Pryce said the money never existed.", False),
    ],
)
def test_verbs_that_keep_a_distance_are_marked(text: str, distancing: bool) -> None:
    assert [voice.distancing for voice in voices(text)] == [distancing]


def test_a_saying_that_is_denied_is_none() -> None:
    assert voices("赵启明没有说价格会降。") == ()
    assert voices("他从未表示支持。") == ()


def test_the_lexicon_is_well_formed() -> None:
    lexicon = load_voice_lexicon()
    assert len(lexicon.words) >= 1500
    assert set(lexicon.verb_kind) - {""} == set(VERBS)
    assert {number for number in lexicon.cue_number.tolist() if number >= 0} == set(range(len(CUES)))
    assert {kind for language, kind in lexicon.holders if lexicon.holders[language, kind]} == set(HOLDERS)
    for word in ("妄称", "声称", "claims", "alleging"):
        assert lexicon.verb_kind[lexicon.words.index(word)] == "distance"


def test_every_cancelling_phrase_holds_a_verb() -> None:
    """A phrase of kind `not` that overlaps no verb can never cancel anything."""
    lexicon = load_voice_lexicon()
    verbs = [w for w, kind in zip(lexicon.words, lexicon.verb_kind, strict=True) if kind not in ("", "not")]
    idle = [
        phrase
        for phrase, kind in zip(lexicon.words, lexicon.verb_kind, strict=True)
        if kind == "not" and not any(verb in phrase for verb in verbs)
    ]
    assert idle == []


def test_errors_of_the_lexicon_name_file_and_line(tmp_path: Path) -> None:
    header = "forms\tlanguage\tkind\tnote\n"
    for name, row in (
        ("verbs", "说\tzh\tsay\tn\n"),
        ("holders", "教授\tzh\trole\tn\n"),
        ("cues", "或许\tzh\thedge\tn\n"),
    ):
        (tmp_path / f"{name}.tsv").write_text(header + row, encoding="utf-8")
    assert load_voice_lexicon(tmp_path).words == ["或许", "说"]
    for row, message in (
        ("说\tzh\tsings\tn\n", r"verbs\.tsv:2: kind 'sings'"),
        ("說\tzh\tsay\tn\n", r"verbs\.tsv:2: '說' is not in match form"),
        ("说 | 称\tzh\tsay\tn\n称\tzh\tthink\tn\n", r"verbs\.tsv:3: '称' stands already in line 2"),
    ):
        (tmp_path / "verbs.tsv").write_text(header + row, encoding="utf-8")
        load_voice_lexicon.cache_clear()
        with pytest.raises(LexiconError, match=message):
            load_voice_lexicon(tmp_path)
    load_voice_lexicon.cache_clear()


def test_a_lexicon_of_ones_own_is_used(tmp_path: Path) -> None:
    header = "forms\tlanguage\tkind\tnote\n"
    for name, row in (
        ("verbs", "吟唱\tzh\tsay\tn\n"),
        ("holders", "教授\tzh\trole\tn\n"),
        ("cues", "或许\tzh\thedge\tn\n"),
    ):
        (tmp_path / f"{name}.tsv").write_text(header + row, encoding="utf-8")
    finder = VoiceFinder(load_voice_lexicon(tmp_path))
    text = "王小明吟唱，门开着。"
    assert plain(finder.find([passage(text)], [text])[0]) == [["王小明", "门开着", "indirect"]]
    assert voices(text) == ()
    load_voice_lexicon.cache_clear()
