"""The match form has the text's length and OpenCC's characters."""

from __future__ import annotations

import random
from functools import lru_cache

import jieba
import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.text.normalize import match_form, match_forms, opencc_rows, to_simplified

KEYS = [key for name in ("TSPhrases", "TSCharacters") for key, _ in opencc_rows(name)]
PHRASES = [key for key, _ in opencc_rows("TSPhrases")]


@lru_cache(maxsize=4)
def converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def test_conversion_equals_opencc_on_the_sample_corpus(sample_texts: list[str]) -> None:
    traditional = converter("s2twp")
    for text in sample_texts:
        for version in (text, traditional.convert(text)):
            assert to_simplified(version, regional=False) == converter("t2s").convert(version)


def test_conversion_equals_opencc_on_jiebas_dictionary() -> None:
    """Every twelfth of 349,046 words, as they stand and in Traditional characters."""
    with jieba.get_dict_file() as stream:
        words = [line.decode("utf-8").split(" ")[0] for line in stream][::12]
    assert len(words) > 20_000
    text = "，".join(words)
    for version in (text, converter("s2t").convert(text)):
        assert to_simplified(version, regional=False) == converter("t2s").convert(version)


def test_conversion_equals_opencc_for_every_character() -> None:
    han = [
        chr(code)
        for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA20))
        for code in range(first, last)
    ]
    text = "，".join(han)
    assert to_simplified(text, regional=False) == converter("t2s").convert(text)


def test_conversion_equals_opencc_where_phrases_overlap() -> None:
    """Adversarial: pieces of the phrase dictionary glued together, cut and mixed with other characters."""
    rng = random.Random(7)
    for _ in range(6000):
        parts = [rng.choice(PHRASES)[rng.randrange(2) :] if rng.random() < 0.6 else rng.choice(KEYS) for _ in range(6)]
        text = "".join(part + rng.choice(["", "", "了", "瞭", "a", "，"]) for part in parts)
        assert to_simplified(text, regional=False) == converter("t2s").convert(text), text


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(KEYS).map(lambda key: key[0])), max_size=60))
@settings(max_examples=400, deadline=None)
def test_conversion_equals_opencc_on_anything(text: str) -> None:
    # The reference joins what its separators split; lone surrogates cannot reach it (reading replaces them).
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    assert to_simplified(text, regional=False) == converter("t2s").convert(text)


@given(st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_match_form_is_as_long_as_the_text(text: str) -> None:
    form = match_form(text)
    assert len(form) == len(text)
    assert match_form(form) == form


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0"), max_size=40), max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_batch_gives_what_single_texts_give(texts: list[str]) -> None:
    assert match_forms(texts) == [match_form(text) for text in texts]


def test_a_batch_refuses_the_separator() -> None:
    with pytest.raises(ValueError, match=r"U\+0000"):
        match_forms(["a\0b", "c"])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("輝達ＧＰＵ", "辉达gpu"),  # characters only: 輝達 (Taiwan's Nvidia) does not become 英伟达
        ("İstanbul", "İstanbul"),  # lower case of İ is two characters, so it stays
        ("ﬀ", "ﬀ"),
        ("ΑΣ", "ας"[:1] + "σ"),  # case by case: no final sigma
        ("　（％）", " (%)"),
        ("後天", "后天"),
        ("乾坤", "乾坤"),  # a phrase: 乾 alone becomes 干
        ("國家衞生局的枱燈", "国家卫生局的台灯"),  # Hong Kong's characters, which OpenCC's t2s leaves
        ("看著辦，意味著什麼", "看着办,意味着什么"),  # Taiwan's particle …
        ("著名的著作，名著，顯著", "著名的著作,名著,显著"),  # … but not the words that every region writes so
        ("昇騰", "升腾"),  # Huawei's chip, as OpenCC has it; lexicons pass through the same conversion
    ],
)
def test_match_form_examples(text: str, form: str) -> None:
    assert match_form(text) == form


def test_text_converted_to_a_region_keeps_its_form(sample_texts: list[str]) -> None:
    """Simplified text in the characters of Taiwan or Hong Kong has the form that it had."""
    simplified = [text for text in sample_texts if text == converter("t2s").convert(text)]
    assert len(simplified) > 60
    for region in ("s2tw", "s2hk"):
        for text in simplified:
            converted = converter(region).convert(text)
            assert to_simplified(converted) == text
            assert match_form(converted) == match_form(text)


def test_no_dictionary_entry_changes_length() -> None:
    for name in ("TSPhrases", "TSCharacters"):
        for key, values in opencc_rows(name):
            assert len(key) == len(values[0]), key
