"""Shingles and fingerprints: what they see, what they do not, and what is guaranteed of them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from narrativ.text.normalize import match_forms
from narrativ.text.shingles import Shingled, shingled

HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔"
WORDS = [a + b for a in "ba ce di fo gu ly mo na pe ri".split() for b in "tan sel mor vik dun pra lot".split()]


def prints(data: Shingled, text: int) -> set[int]:
    return set(data.prints[data.print_ends[text] : data.print_ends[text + 1]].tolist())


def shingles(data: Shingled, text: int) -> set[int]:
    return set(data.shingles[data.shingle_ends[text] : data.shingle_ends[text + 1]].tolist())


def random_text(rng: random.Random, tokens: int, *, han: bool) -> list[str]:
    return [rng.choice(HAN) if han else rng.choice(WORDS) + " " for _ in range(tokens)]


@pytest.mark.parametrize("han", [True, False])
def test_a_run_in_common_is_a_fingerprint_in_common(han: bool) -> None:
    """Thirteen characters, wherever they stand in two long texts (words: fourteen tokens)."""
    rng = random.Random(7)
    for _ in range(150):
        run = random_text(rng, 14, han=han)
        one, other = (
            "".join([*random_text(rng, rng.randrange(220, 400), han=han), *run, *random_text(rng, 300, han=han)])
            for _ in "ab"
        )
        data = shingled([one, other])
        assert prints(data, 0) & prints(data, 1)


def test_a_short_text_inside_a_long_one_is_found() -> None:
    rng = random.Random(8)
    for _ in range(50):
        post = random_text(rng, 40, han=True)
        long = [*random_text(rng, 300, han=True), *post, *random_text(rng, 300, han=True)]
        data = shingled(["".join(post), "".join(long)])
        assert shingles(data, 0) <= shingles(data, 1)
        assert prints(data, 0) & prints(data, 1)


def test_neighbours_change_nothing() -> None:
    rng = random.Random(9)
    texts = ["".join(random_text(rng, n, han=bool(n % 2))) for n in (0, 1, 2, 3, 5, 40, 199, 200, 201, 750)]
    together = shingled(texts)
    for number, text in enumerate(texts):
        alone = shingled([text])
        assert prints(alone, 0) == prints(together, number)
        assert shingles(alone, 0) == shingles(together, number)
        assert alone.digest[0] == together.digest[number]
        assert alone.length[0] == together.length[number]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("模型開放下載，人人可用。", "模型开放下载——人人可用"),
        ("Ｏｐｅｎ weights, for “all”!", "open weights\nfor all"),
        ("see https://a.example/x1 now", "see https://b.example/zz?utm=7 now"),
    ],
)
def test_script_width_punctuation_and_links_are_not_seen(one: str, other: str) -> None:
    data = shingled(match_forms([one, other]))
    assert data.digest[0] == data.digest[1]
    assert shingles(data, 0) == shingles(data, 1) != set()


def test_what_differs_is_seen() -> None:
    texts = [
        "模型开放下载",
        "模型开放下戴",
        "下载开放模型",
        "model opens",
        "opens model",
        "1,204 units sold",
        "1,240 units sold",
        "",
    ]
    assert len(set(shingled(texts).digest.tolist())) == len(texts)


def test_length_counts_words_as_two_and_a_half_characters() -> None:
    assert shingled(["模型开放", "the model is open", "用DeepSeek写", "", "，。！"]).length.tolist() == [
        4,
        10,
        4.5,
        0,
        0,
    ]


def test_nothing_gives_nothing() -> None:
    for texts in ([], [""], ["", "。", "🚀"]):
        data = shingled(texts)
        assert len(data.shingles) == len(data.prints) == len(data.slots) == 0
        assert len(data.shingle_ends) == len(texts) + 1


def test_figures_are_known_by_their_surroundings() -> None:
    data = shingled(["股价收报 48.60 元整", "股价收报 51.20 元整", "成交额为 48.60 亿元"])
    slots = [data.slots[a:b].tolist() for a, b in zip(data.slot_ends[:-1], data.slot_ends[1:], strict=True)]
    assert slots[0] == slots[1] != slots[2]
    assert data.slot_values[0] != data.slot_values[1]
    assert np.isin(data.slot_values[2], data.slot_values[:1])
