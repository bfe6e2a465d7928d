"""What a numeral says: 2,048, 5.5百万, 两千零四十八, 十几亿, half a million, tens of thousands.

A numeral is read from the match form (Simplified, half width, lower case). What comes out is a :class:`Figure`: the number as
stated, the bounds that its own words set (十几: 11 to 19, 一万多: 10,000 to 20,000) and the place of its last significant digit,
from which rounding can be judged (5.5 million stands for 5.45 to 5.55). Arithmetic is decimal, so that 5.58 million is 5,580,000.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

__all__ = ["ENGLISH_MULTIPLIERS", "HAN_MULTIPLIERS", "Figure", "digits_figure", "english_figure", "han_figure"]

HAN_MULTIPLIERS = {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "亿": 10**8, "兆": 10**12}
"""兆 is a trillion, as in Taiwan and Japan; mainland texts write 万亿."""
ENGLISH_MULTIPLIERS = {
    "hundred": 100, "k": 10**3, "thousand": 10**3, "thousands": 10**3, "w": 10**4, "m": 10**6, "mn": 10**6, "mln": 10**6, "mio": 10**6,
    "million": 10**6, "millions": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9,
    "tn": 10**12, "trn": 10**12, "trillion": 10**12, "trillions": 10**12,
}  # fmt: skip

_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
# The same few figures fill a corpus; a numeral's worth depends on nothing but its characters.
_CACHED = 1 << 14
_BIG = frozenset("万亿兆")
_LITERAL = re.compile(r"\d[\d,]*(?:\.\d+)?|\.\d+")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_WORDS |= {"a": 1, "an": 1}
_VAGUE = {"few": (3, 10), "several": (3, 10), "couple": (2, 3), "dozens": (24, 100), "tens": (20, 100), "hundreds": (200, 1000),
          "thousands": (2000, 10**4)}  # fmt: skip
_ZERO, _ONE, _TEN = Decimal(0), Decimal(1), Decimal(10)


class Figure(NamedTuple):
    """A number as its words state it.

    Attributes
    ----------
    value
        The stated number, ``None`` where the words give a span only (十几, tens of thousands).
    low, high
        Its bounds; both equal `value` where the words are exact.
    step
        Worth of the last significant digit: 100,000 for 550万.
    """

    value: Decimal | None
    low: Decimal
    high: Decimal
    step: Decimal

    def times(self, factor: Decimal | int) -> Figure:
        """The figure with a multiplier."""
        value = None if self.value is None else self.value * factor
        return Figure(value, self.low * factor, self.high * factor, self.step * factor)


def _exact(value: Decimal, step: Decimal) -> Figure:
    return Figure(value, value, value, step)


@lru_cache(maxsize=_CACHED)
def digits_figure(literal: str) -> Figure:
    """A figure of Arabic digits, grouped or not: ``2,048``, ``5.58``, ``.5``."""
    plain = literal.replace(",", "")
    value = Decimal(plain)
    if "." in plain:
        return _exact(value, Decimal(1).scaleb(-len(plain.split(".")[1])))
    zeros = len(plain) - len(plain.rstrip("0"))
    return _exact(value, Decimal(10) ** (zeros if value else 0))


class _Han:
    """Reads a numeral from left to right: digits fill `current`, 十百千 the section, 万亿兆 the total."""

    def __init__(self) -> None:
        self.total = self.section = (_ZERO, _ZERO)
        self.current: tuple[Decimal, Decimal] | None = None
        self.step = _ONE
        self.over = _ZERO
        self.vague = False
        self.unit = _ONE
        self.zero = False

    def digit(self, low: Decimal, high: Decimal, step: Decimal = _ONE) -> None:
        self.current, self.step = (low, high), step

    def _take(self) -> tuple[Decimal, Decimal]:
        low, high = self.current or (_ZERO, _ZERO)
        self.current = None
        return low, high

    def multiply(self, char: str) -> None:
        unit = Decimal(HAN_MULTIPLIERS[char])
        self.zero = False
        if char not in _BIG:
            if self.current is None:
                self.current, self.step = (_ONE, _ONE), _ONE
            low, high = self._take()
            self.section = (self.section[0] + low * unit, self.section[1] + high * unit)
            self.step, self.unit = self.step * unit, unit
            return
        low, high = self._take()
        low, high = self.section[0] + low, self.section[1] + high
        self.section = (_ZERO, _ZERO)
        if self.total[1] and self.total[1] < unit:  # 1.2万亿, 3万多亿
            self.total = ((self.total[0] + low) * unit, (self.total[1] + high) * unit)
            self.step *= unit
        else:
            if not high:
                low = high = self.step = _ONE
            self.total = (self.total[0] + low * unit, self.total[1] + high * unit)
            self.step = self.step * unit
        self.over *= unit
        self.unit = unit

    def result(self) -> Figure:
        if self.current is not None and not self.zero and self.unit > _TEN and self.step == _ONE:
            # 一万五: a last digit without its unit is worth a tenth of the unit before it.
            self.current = (self.current[0] * self.unit / 10, self.current[1] * self.unit / 10)
            self.step = self.unit / 10
        low, high = (sum(pair, _ZERO) for pair in zip(self.total, self.section, self._take(), strict=True))
        if self.over:
            return Figure(low, low, high + self.over, self.step)
        return Figure(None if self.vague else low, low, high, self.step)


def _han_character(reader: _Han, text: str, position: int) -> int:
    """Read one character of a numeral; where to go on."""
    char, before = text[position], text[position - 1] if position else ""
    if char in _HAN_DIGITS:
        low = high = Decimal(_HAN_DIGITS[char])
        following = text[position + 1 : position + 2]
        if char in "零〇":
            reader.zero = True
        elif following in _HAN_DIGITS and _HAN_DIGITS[following] == low + 1:  # 五六千
            high, position, reader.vague = low + 1, position + 1, True
        reader.digit(low, high)
    elif char in "几数":
        # 十几 is 11 to 19; 几十 is 20 to just below 100, so the multiplied digit runs to ten.
        reader.vague = True
        reader.digit(*((_ONE, Decimal(9)) if before in HAN_MULTIPLIERS else (Decimal(2), _TEN)))
    elif char in "多余来":
        reader.over = reader.step
    elif char == "点":
        position = _han_decimals(reader, text, position)
    elif char in HAN_MULTIPLIERS:
        reader.multiply(char)
    return position + 1


def _han_decimals(reader: _Han, text: str, position: int) -> int:
    low, high = reader.current or (_ZERO, _ZERO)
    scale = _ONE
    while position + 1 < len(text) and (text[position + 1] in _HAN_DIGITS or text[position + 1] in "几数"):
        position += 1
        scale /= 10
        char = text[position]
        if char in _HAN_DIGITS:
            low, high = low + _HAN_DIGITS[char] * scale, high + _HAN_DIGITS[char] * scale
        else:
            low, high, reader.vague = low + scale, high + 9 * scale, True
    reader.digit(low, high, scale)
    return position


@lru_cache(maxsize=_CACHED)
def han_figure(text: str) -> Figure:
    """A figure of Chinese numerals, or of Arabic digits with Chinese multipliers (``5.5百万``, ``5000多亿``).

    Parameters
    ----------
    text
        Match form, of the characters ``0-9.,零〇一二两三四五六七八九十百千万亿兆几数多余来点个`` and spaces.

    Returns
    -------
    Figure
        几 and 数 stand for 2 to 10 of their unit, after a unit for 1 to 9; 多, 余 and 来 add at most one of the last place;
        neighbouring digits (五六千) are a range.
    """
    reader = _Han()
    position = 0
    while position < len(text):
        literal = _LITERAL.match(text, position)
        if literal:
            figure = digits_figure(literal.group())
            reader.digit(figure.low, figure.high, figure.step)
            position = literal.end()
        else:
            position = _han_character(reader, text, position)
    return reader.result()


@lru_cache(maxsize=_CACHED)
def english_figure(text: str) -> Figure | None:
    """A figure of English number words: ``two thousand and forty-eight``, ``half a million``, ``tens of billions``.

    Returns
    -------
    Figure or None
        ``None`` for words that state no number (``a`` alone).
    """
    total = current = _ZERO
    low_factor, high_factor = _ONE, _ONE
    step, seen, vague, half = _ONE, False, False, False
    scale: Decimal | None = None
    for word in re.split(r"[\s-]+", text):
        if word in _VAGUE and not (vague and word == "thousands"):
            low_factor, high_factor = (low_factor * _VAGUE[word][0], high_factor * _VAGUE[word][1])
            current, vague, seen = _ONE, True, True
        elif word == "half":
            half = seen = True
        elif word == "point" and seen:
            scale = _ONE
        elif scale is not None and word in _WORDS:
            scale /= 10
            current, step = current + _WORDS[word] * scale, scale
        elif word == "dozen":
            current, step, seen = (current or _ONE) * 12, _ONE, True
        elif word in _WORDS:
            seen = seen or word not in ("a", "an")
            if not half and not vague:
                current += _WORDS[word]
                step = _TEN if _WORDS[word] >= 10 and _WORDS[word] % 10 == 0 else _ONE
        elif word in ENGLISH_MULTIPLIERS:
            scale = None
            if word.endswith("s") and not current:
                vague, low_factor, high_factor, current = True, Decimal(2), Decimal(10), _ONE
            unit = Decimal(ENGLISH_MULTIPLIERS[word])
            current = (current or _ONE) * unit
            step, seen = step * unit, True
            if unit > 100:
                total, current = total + current, _ZERO
    value = (total + current) / (2 if half else 1)
    if not seen or not value:
        return None
    if vague:
        return Figure(None, value * low_factor, value * high_factor, value)
    return _exact(value, step / 2 if half else step)
