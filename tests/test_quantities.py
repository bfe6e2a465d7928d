"""Quantities: numerals with unit, bounds and hedge, as spans of the text."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narrativ.read.numbers import parse_count
from narrativ.text.normalize import match_form
from narrativ.text.numerals import english_figure, han_figure
from narrativ.text.quantities import NEAR, Quantity, may_hold_quantity, quantities
from tests.conftest import cases

CASES = cases("quantities.json")
_DIGITS = "零一二三四五六七八九"


def facts(text: str) -> list[list[Any]]:
    return [[text[q.start : q.end], q.kind, q.unit, q.value, q.low, q.high, q.hedge] for q in quantities(text)]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_what_is_written_is_what_is_read(case: dict[str, Any]) -> None:
    assert facts(case["text"]) == [
        [item[0], item[1], item[2], *(None if n is None else pytest.approx(n, rel=1e-6) for n in item[3:6]), item[6]]
        for item in case["found"]
    ]


def test_there_are_cases_without_a_quantity() -> None:
    assert sum(not case["found"] for case in CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_the_quick_look_misses_nothing(case: dict[str, Any]) -> None:
    assert may_hold_quantity(match_form(case["text"])) or not case["found"]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_a_quantity_reads_alike_inside_a_sentence(case: dict[str, Any]) -> None:
    """Text before and after, with a mark between, moves the span and nothing else."""
    alone = facts(case["text"])
    assert facts(f"据报道；{case['text']}；另有消息。") == alone


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_traditional_characters_read_alike(case: dict[str, Any]) -> None:
    traditional = "".join(
        {"万": "萬", "亿": "億", "两": "兩", "数": "數", "余": "餘", "个": "個", "约": "約", "过": "過"}.get(c, c)
        for c in case["text"]
    )
    assert [item[1:] for item in facts(traditional)] == [item[1:] for item in facts(case["text"])]


def test_full_width_digits_read_alike() -> None:
    wide = "１７％和＄５．６ｍ"
    assert [(q.kind, q.value) for q in quantities(wide)] == [("percent", 17.0), ("money", 5.6e6)]


def _han(number: int) -> str:
    """A number below ten thousand in Chinese numerals."""
    text, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return text


@given(st.integers(1, 9999), st.sampled_from([("", 1), ("万", 10**4), ("亿", 10**8), ("万亿", 10**12)]))
def test_chinese_numerals_are_worth_what_they_say(number: int, unit: tuple[str, int]) -> None:
    assert han_figure(_han(number) + unit[0]).value == number * unit[1]


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_chinese_numerals_add_up_over_ten_thousand(high: int, low: int) -> None:
    """Without the zero, 一万五 is 15,000: the last digit takes its unit from the one before it."""
    zero = "零" if low < 1000 else ""
    assert han_figure(f"{_han(high)}万{zero}{_han(low)}").value == high * 10**4 + low


@given(st.integers(10, 10**15))
def test_grouping_changes_nothing(number: int) -> None:
    assert (
        [q.value for q in quantities(f"约值{number:,}美元")]
        == [q.value for q in quantities(f"约值{number}美元")]
        == [float(number)]
    )


@given(
    st.decimals(min_value="0.01", max_value="9999", places=2),
    st.sampled_from([("million", 6), ("bn", 9), ("trillion", 12), ("k", 3)]),
)
def test_multipliers_are_exact(number: Any, unit: tuple[str, int]) -> None:
    [found] = quantities(f"${number} {unit[0]}")
    assert found.value == float(number.scaleb(unit[1]))


@given(st.text(alphabet="0123456789.,-%$ 万亿千百十两数几多近约不到超过美元倍成分之点至到abkm年月日号个", max_size=24))
@example("一")
@example("分之")
@example("1/0")
@example("几几几")
@example("0%")
@example("百分之")
def test_any_text_gives_spans_in_order(text: str) -> None:
    found = quantities(text)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert [q.start for q in found] == sorted(q.start for q in found)
    for q in found:
        assert q.value is None or math.isfinite(q.value)
        assert q.low is None or q.high is None or q.low <= q.high
        assert q.step > 0


@given(st.integers(2, 10**12))
def test_hedges_widen_one_way(number: int) -> None:
    def one(text: str) -> Quantity:
        [found] = quantities(text)
        return found

    for hedge in ("不到", "under "):
        assert (one(f"{hedge}{number}美元").low, one(f"{hedge}{number}美元").high) == (None, number)
    for hedge in ("超过", "more than "):
        assert (one(f"{hedge}{number}美元").low, one(f"{hedge}{number}美元").high) == (number, None)
    about = one(f"约{number}美元")
    assert about.low == pytest.approx(number * (1 - NEAR))
    assert about.high == pytest.approx(number * (1 + NEAR))


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("股价下跌17%", "down"),
        ("shares fell 17 percent", "down"),
        ("跌幅为-13%", "down"),
        ("反弹近10%", "up"),
        ("gained 3 percent", "up"),
        ("占比17%", ""),
    ],
)
def test_which_way_it_moved(text: str, way: str) -> None:
    [found] = quantities(text)
    assert found.direction == way


@pytest.mark.parametrize(
    ("text", "step"),
    [("550万", 1e5), ("600万", 1e6), ("5.58 million", 1e4), ("2,048", 1), ("三千亿", 1e11), ("16.97%", 0.01)],
)
def test_the_last_significant_digit_is_known(text: str, step: float) -> None:
    [found] = quantities(text)
    assert found.step == pytest.approx(step)


def test_a_word_that_states_no_number_is_none() -> None:
    assert english_figure("a") is None
    assert quantities("a an the") == []


@pytest.mark.parametrize("text", ["140.4万", "1.2千万", "3亿", "45.6k", "2.3 million", "1,234"])
def test_counts_of_cells_and_of_texts_agree(text: str) -> None:
    """Reading has its own strict grammar for cells; what both read, they read alike."""
    [found] = quantities(text)
    assert found.value == parse_count(text)
