"""Shares as percent: 二十分之一, 百分之十七, 九成五, 1/20, 一半, one third, half."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from narrativ.text.numerals import Figure, digits_figure, english_figure, han_figure

__all__ = ["SHARE_WORDS", "Share", "shares"]


class Share(NamedTuple):
    """A span that states a share, and the share in percent."""

    start: int
    end: int
    figure: Figure


_HAN = "零〇一二两三四五六七八九十百千万亿兆几数"
_WORDS = "half|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|twentieths?|thirtieths?|fortieths?|fiftieths?|hundredths?"
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
                "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100}  # fmt: skip
_SHARE = re.compile(
    rf"(?<![a-z])(?:(?P<above>an?|one|two|three|four|[1-9])[\s-])?(?P<below>{_WORDS})(?=\s+(?:of|the|as|that)(?![a-z])|\s+what|\s+its|\s*[,.;)]|$)"
)
_FRACTION = re.compile(rf"(?P<below>[0-9.,{_HAN}]+)分之(?P<above>[0-9{_HAN}](?:[0-9.点{_HAN}]*[0-9{_HAN}])?)")
_SLASH = re.compile(r"(?<![0-9/.])([1-9])/([1-9][0-9]{0,3})(?![0-9/年月日号])")
_SLASH_BEFORE = re.compile(r"(?:的|只有|仅|为|到|至|约|about|only|just|at|for|to|than|~|is|a)\s?$")
_SLASH_AFTER = re.compile(r"\s?(?:of|the|th|的)")
_TENTHS = re.compile(
    r"(?P<low>[0-9一二两三四五六七八九])(?P<more>[一二三四五六七八九])?成(?P<part>[一二三四五六七八九半])?(?![本立为功员果长熟就分型交品都形语人因])"
)

SHARE_WORDS = tuple(_PARTS)
"""English words without which no English share is written."""


def shares(form: str, *, words: bool) -> Iterator[Share]:
    """Shares of a match form, kind by kind; `words`: whether to look for English ones."""
    if "分之" in form:
        yield from _fractions(form)
    if "成" in form:
        yield from _tenths(form)
    if "/" in form:
        yield from _slashes(form)
    if "一半" in form or "半数" in form:
        for match in re.finditer("一半|半数", form):
            yield Share(match.start(), match.end(), digits_figure("1").times(50))
    if words:
        yield from _english(form)


def _of(above: Figure, below: Decimal) -> Figure:
    """`above` parts of `below` in percent. A tenth is one part of ten and not of nine or eleven: so far its rounding goes."""
    share = above.times(100 / below)
    return share if below in (100, 1000, 10000) else share._replace(step=share.high / below)


def _fractions(form: str) -> Iterator[Share]:
    for match in _FRACTION.finditer(form):
        below, above = han_figure(match["below"]), han_figure(match["above"])
        if below.low > 0:
            yield Share(match.start(), match.end(), _of(above, below.low))


def _tenths(form: str) -> Iterator[Share]:
    for match in _TENTHS.finditer(form):
        before = form[match.start() - 1 : match.start()]
        part_of_number = before and (before in _HAN or before.isdigit() or before in ".第")
        if part_of_number or (match.group() == "一成" and form.startswith("不变", match.end())):
            continue
        part = Decimal(5) if match["part"] == "半" else han_figure(match["part"] or "零").low
        stated = han_figure(match["low"]).low * 10 + part
        high = han_figure(match["more"]).low * 10 if match["more"] else stated
        step = Decimal(1 if part else 10)
        yield Share(match.start(), match.end(), Figure(None if match["more"] else stated, stated, high, step))


def _slashes(form: str) -> Iterator[Share]:
    for match in _SLASH.finditer(form):
        before = form[max(0, match.start() - 7) : match.start()]
        above, below = Decimal(match[1]), Decimal(match[2])
        if above < below and (_SLASH_BEFORE.search(before) or _SLASH_AFTER.match(form, match.end())):
            yield Share(match.start(), match.end(), _of(digits_figure(match[1]), below))


def _english(form: str) -> Iterator[Share]:
    for match in _SHARE.finditer(form):
        word = match["below"] if match["below"] == "half" else match["below"].rstrip("s")
        if match["above"] is None and word != "half":
            continue  # "third of all" is an ordinal
        above = match["above"] or "one"
        figure = digits_figure(above) if above.isdigit() else english_figure("one" if above in ("a", "an") else above)
        if figure:
            yield Share(match.start(), match.end(), _of(figure, Decimal(_PARTS[word])))
