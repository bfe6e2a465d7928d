"""Scripts are told from the characters."""

from __future__ import annotations

import random

import jieba
import opencc
import pytest

import narrativ
from narrativ.text.scripts import class_counts, detect_script, detect_scripts
from tests.conftest import SAMPLE


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("英伟达股价暴跌", "Hans"),
        ("輝達股價暴跌", "Hant"),
        ("Nvidia shares fell 17 %", "Latn"),
        ("人工智能", "Hans"),  # shared characters only: the fallback
        ("DeepSeek发布R1，性能对标OpenAI o1", "Hans"),
        ("DeepSeek 發布 R1 模型，震撼矽谷", "Hant"),
        ("我把三段話放在一起，even though every message mentions the same thing again", "mixed"),
        ("英伟达股价暴跌，輝達股價暴跌，两边说法不同，兩邊說法不同", "mixed"),
        ("ディープシークの衝撃が広がっている", "other"),
        ("딥시크 충격이 확산되고 있다", "other"),
        ("Акции Nvidia упали на семнадцать процентов", "other"),
        ("Café für Ünïcode", "Latn"),
        ("12345 %&/", ""),
        ("", ""),
        ("约翰·史密斯说", "Hans"),
    ],
)
def test_examples(text: str, script: str) -> None:
    assert detect_script(text) == script


def test_shared_characters_take_the_fallback() -> None:
    assert detect_script("人工智能", fallback="Hant") == "Hant"


def test_synthetic_passages_are_told_apart() -> None:
    """300 passages of 60 words from jieba's dictionary, and the same in Traditional characters."""
    rng = random.Random(3)
    with jieba.get_dict_file() as stream:
        words = [line.decode("utf-8").split(" ")[0] for line in stream]
    words = [word for word in words if len(word) > 1][::40]
    simplified = ["".join(rng.choices(words, k=60)) for _ in range(300)]
    traditional = [opencc.OpenCC("s2tw").convert(text) for text in simplified]
    assert detect_scripts(simplified) == ["Hans"] * 300
    assert detect_scripts(traditional) == ["Hant"] * 300


def test_the_sample_corpus_is_told_apart() -> None:
    expected = {"申江财经": "Hans", "铁流观澜": "Hans", "港灣經濟報": "Hant", "潮間科技": "Hant",
                "Northgate Wire": "Latn", "Cold Arithmetic": "Latn"}  # fmt: skip
    for document in narrativ.read(SAMPLE):
        folder = document.id.split("texts/")[1].split("/")[0]
        assert document.script == expected[folder], document.id


def test_counts_have_a_row_a_text() -> None:
    counts = class_counts(["国a1", "", "國"])
    assert counts.shape == (3, 6)
    assert counts.sum(axis=1).tolist() == [3, 0, 1]
