"""Cleaning happens once and is stable."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.read.clean import clean, clean_line

INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


@pytest.mark.parametrize(
    ("dirty", "text"),
    [
        ("Deep\u00adSeek", "DeepSeek"),
        ("英\u200b伟\u2060达", "英伟达"),
        ("\u2067second\u2069 bidder\u200f", "second bidder"),
        ("AT&amp;T &quot;x&quot; &#39;y&#39; &nbsp;z", "AT&T \"x\" 'y' z"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("  一　二\t三  \n\n\n 四 ", "一 二 三\n四"),
        ("e\u0301", "é"),
        ("\uf900", "豈"),  # a compatibility ideograph becomes the unified one
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),  # joined emoji stay whole
        ("bad \ud83d surrogate", "bad \ufffd surrogate"),
        ("nul\0byte", "nul byte"),
        ("R&D AT&T a&b;", "R&D AT&T a&b;"),  # no entities
        ("", ""),
    ],
)
def test_examples(dirty: str, text: str) -> None:
    assert clean(dirty) == text


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("&amp;#\n\r \u00ad\u200b\u202e\u0301e\ud800")),
        max_size=120,
    )
)
@settings(max_examples=500, deadline=None)
def test_cleaning_is_idempotent_and_thorough(dirty: str) -> None:
    text = clean(dirty, entities=False)
    assert clean(text, entities=False) == text
    assert unicodedata.is_normalized("NFC", text)
    assert not INVISIBLE.search(text)
    assert "\n\n" not in text
    assert "  " not in text
    assert text == text.strip(" \n")
    text.encode("utf-8")


def test_a_line_has_no_line_break() -> None:
    assert clean_line(" a \n b ") == "a b"
    assert clean_line(None) == ""
    assert clean_line(5) == "5"
