"""Words: jieba's for Chinese, spaCy's for English, links and handles whole."""

from __future__ import annotations

import random

import jieba
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.codebook import load_codebook
from narrativ.errors import OptionError
from narrativ.text.normalize import match_form
from narrativ.text.tokenize import Tokenizer


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    return Tokenizer(engine="jieba")


@pytest.fixture(scope="module")
def terms() -> list[str]:
    return list(load_codebook().terms())


def test_rjieba_equals_jieba_on_the_sample_corpus(
    tokenizer: Tokenizer, reference: Tokenizer, sample_texts: list[str]
) -> None:
    for text in sample_texts:
        for version in (text, match_form(text)):
            assert tokenizer.tokenize(version) == reference.tokenize(version)


def test_rjieba_equals_jieba_with_the_codebooks_words(terms: list[str], sample_texts: list[str]) -> None:
    fast, slow = Tokenizer(terms), Tokenizer(terms, engine="jieba")
    rng = random.Random(5)
    for text in sample_texts:
        version = match_form(text + rng.choice(terms) + rng.choice(terms))
        assert fast.tokenize(version) == slow.tokenize(version)


def test_rjieba_equals_jieba_on_glued_words(tokenizer: Tokenizer, reference: Tokenizer) -> None:
    """Random runs of dictionary words, names and rare characters, which is where unknown-word guessing works."""
    rng = random.Random(11)
    with jieba.get_dict_file() as stream:
        words = [line.decode("utf-8").split(" ")[0] for line in stream][::97]
    words = [word for word in words if word.isalpha()]
    for _ in range(1500):
        text = "".join(
            rng.choice(words) if rng.random() < 0.8 else chr(rng.randrange(0x4E00, 0x9FD5)) for _ in range(8)
        )
        assert tokenizer.tokenize(text) == reference.tokenize(text), text


def test_latin_runs_equal_spacys_tokenizer(tokenizer: Tokenizer, sample_texts: list[str]) -> None:
    nlp = spacy.blank("en")
    plain = [t for t in sample_texts if t.isascii() and not any(sign in t for sign in ("@", "#", "$", "://", "www."))]
    assert len(plain) > 10
    for text in plain:
        expected = [(token.idx, token.idx + len(token)) for token in nlp(text) if not token.is_space]
        assert [(token.start, token.end) for token in tokenizer.tokenize(text)] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DeepSeek开源了R1", ["DeepSeek", "开源", "了", "R1"]),
        ("我不反对制裁", ["我", "不", "反对", "制裁"]),  # one-character words stay: the stance hangs on 不
        ("@deepseek_ai 说 #DeepSeek 比 $NVDA 强", ["@deepseek_ai", "说", "#DeepSeek", "比", "$NVDA", "强"]),
        (
            "#人工智能# 看 https://example.com/a?b=1，好",
            ["#人工智能#", "看", "https://example.com/a?b=1", "，", "好"],
        ),
        (
            "It doesn't cost $5.6m.",
            [
                "It",
                "does",
                "n't",
                "cost",
                "$",
                "5.6",
                "m.",
            ],
        ),
        ("邮箱a@b.com不是提及", None),
        ("跌17%，涨3.5%", ["跌", "17", "%", "，", "涨", "3.5", "%"]),
        ("C# and $5", None),
    ],
)
def test_examples(tokenizer: Tokenizer, text: str, words: list[str] | None) -> None:
    tokens = tokenizer.tokenize(text)
    if words is not None:
        assert [text[t.start : t.end] for t in tokens] == words
    else:
        assert not {t.kind for t in tokens} & {"mention", "hashtag", "cashtag"}


@given(st.text(alphabet=st.sampled_from("国股价开源节流的了a B1.。！？@#$:/-_'’ \n“”「」é𠀀鿫，wht"), max_size=120))
@settings(max_examples=400, deadline=None)
def test_tokens_are_spans_that_lose_nothing(text: str) -> None:
    position = 0
    for start, end, _ in _TOKENIZER.tokenize(text):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()


_TOKENIZER = Tokenizer()


def test_word_edges_see_through_user_words() -> None:
    """A term may begin inside a longer user word, not inside a word of the dictionary."""
    tokenizer = Tokenizer(["全面制裁升级"])
    text = "宣布全面制裁升级之后"
    assert text.index("制裁") in tokenizer.word_edges(text, text.index("制裁"))
    text = "中国运动员"
    assert text.index("国运") not in tokenizer.word_edges(text, text.index("国运"))


def test_unknown_engine_is_an_error() -> None:
    with pytest.raises(OptionError, match="no segmentation engine"):
        Tokenizer(engine="none")  # type: ignore[arg-type]
