"""Quantities in a text: numerals with their unit, bounds and hedge, as spans.

The text is scanned in match form, so 5億美元 and 5亿美元 read alike, and spans are spans of the text. A scan finds numerals by one
regular expression whose first character is a digit or a Chinese numeral (and a second one for English number words); what stands at
a numeral's borders then decides whether it is a quantity: currency, multiplier, unit, range, hedge. Dates, times, model names,
section numbers, addresses and ordinals are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import ahocorasick_rs

from narrativ.text.noquantity import addresses, no_quantity
from narrativ.text.normalize import match_form
from narrativ.text.numerals import ENGLISH_MULTIPLIERS, Figure, digits_figure, english_figure, han_figure
from narrativ.text.shares import SHARE_WORDS, shares
from narrativ.text.units import MAGNITUDE, Unit, currency_before, direction, hedge, unit_after

__all__ = ["NEAR", "Kind", "Quantity", "find_quantities", "may_hold_quantity", "quantities"]

Kind: TypeAlias = Literal["money", "percent", "times", "points", "duration", "count", "billions"]
"""``count`` has no unit of its own; ``billions`` is a count written with a bare B (671B), as sizes of models are."""

NEAR = 0.1
"""What 约 or "about" allows on either side of a number, and 近 or "nearly" below it, as a share of it. A convention: wide enough
for what journalists round away, narrow enough that 5 and 6 million stay apart."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as written.

    Attributes
    ----------
    start, end
        Span in the text, from the first word of the hedge or currency to the end of the unit.
    kind, unit
        What is counted: ``money`` in a currency (ISO 4217, ``""`` where none is stated), ``percent`` in ``%`` or ``pp``,
        ``times``, ``points``, ``duration`` in years, months, weeks, days or hours, ``count``, ``billions``.
    value
        The number stated, in that unit (a share of a third is 33.3 %); ``None`` where the words give a span only (数十亿).
    low, high
        Bounds that the words set, ``None`` where open; both equal `value` where nothing qualifies it.
    step
        Worth of the last significant digit: 100,000 for 550万.
    hedge
        ``under``, ``over``, ``nearly``, ``about``, ``up to``, ``range`` or empty.
    direction
        ``down`` or ``up`` by a sign or a word before it, else empty.
    """

    start: int
    end: int
    kind: Kind
    unit: str
    value: float | None
    low: float | None
    high: float | None
    step: float
    hedge: str = ""
    direction: str = ""

    @property
    def stated(self) -> float:
        """One number for it: the value, or the middle of its bounds."""
        if self.value is not None:
            return self.value
        return ((self.low or 0.0) + (self.high if self.high is not None else self.low or 0.0)) / 2


class _Part(NamedTuple):
    """A numeral with its unit, before ranges and hedges are seen."""

    start: int
    end: int
    figure: Figure
    unit: Unit | None
    scaled: bool
    literal: bool


_HAN = "零〇一二两三四五六七八九十百千万亿兆几数"
_TAIL = "十百千万亿兆多余来"
# A lone Chinese digit is a number only before one of these; 一些, 三星, 万一 are none.
_AFTER_LONE = "十百千万亿兆多余来点成倍折分个张名台块枚颗人位家年月天周次元刀笔件款项片套种轮条"
_AFTER_ONE = "十百千万亿兆多余来点成倍折分年月天周元刀"  # 一个 and 一家 count nothing
_NUMERAL = re.compile(
    rf"[0-9{_HAN}](?:"
    rf"(?<=[0-9])(?:(?<![0-9][0-9])[0-9]{{0,2}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]*)(?:\.[0-9]+)?"
    rf"(?:\s?(?:[{_TAIL}]|个(?=[万亿兆]))(?:[{_TAIL}一二三四五六七八九零]|[0-9](?=[{_TAIL}])|个(?=[万亿兆]))*)?"
    rf"|(?<=[{_HAN}])(?:[{_HAN}多余来]|点(?=[零一二三四五六七八九几])|个(?=[万亿兆]))+"
    rf"|(?<=[零〇二两三四五六七八九几数])(?=[{_AFTER_LONE}])|(?<=一)(?=[{_AFTER_ONE}]|个(?=[月星小百点亿万]))|(?<=[十百千万亿])(?=[张名台块枚颗人位家年月天次元刀倍个多余分美])"
    r")"
)
_WORD = "|".join(
    "half|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|"
    "thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|several|few|couple|tens".split(
        "|"
    )
)
_WORDS = re.compile(
    rf"(?<![a-z0-9$.,-])(?:an?[\s-]+)?(?:{_WORD})(?:(?:\s+and|\s+of|\s+an?)?[\s-]+(?:{_WORD}|point))*(?=fold)?(?![a-eg-z]|f(?!old))"
)
_DIGIT = re.compile("[0-9]")
_HINT = re.compile(rf"[{_HAN}](?:[{_HAN}多余]|[成倍半个分张名台块枚颗人位年月天周])")
_CONNECTOR = re.compile(r"\s?(?:-|–|—|~|至|到|与|和|to|and|or)\s?")
_BETWEEN = re.compile(r"(?:between|介[乎于]|from|从|在)\s?\S{0,3}$")

_LEVEL_BEFORE = re.compile(r"(?:报|至|到|见|于|(?<![a-z])at|(?<![a-z])to|收)\s?$")
_WITH_LONE = tuple("上近过破超逾成")


# --- one numeral with its unit ---------------------------------------------------------------------------------------


def _part(form: str, start: int, end: int, figure: Figure, *, literal: bool) -> _Part:
    """A numeral with the multiplier and unit after it and the currency before it."""
    scaled = any(char in "万亿兆" for char in form[start:end])
    unit: Unit | None = None
    magnitude = MAGNITUDE.match(form, end) if literal else None
    short = ""
    if magnitude:
        short = magnitude[2] or ""
        word = magnitude[1] or short
        figure, end, scaled = figure.times(ENGLISH_MULTIPLIERS[word]), magnitude.end(), True
    elif literal and form.startswith("%", end):
        return _Part(start, end + 1, figure, Unit("percent", "%"), scaled, literal)
    before = currency_before(form, start)
    if before:
        unit, start = Unit("money", before[0]), before[1]
        after = unit_after(form, end)
        if after and after[0].kind == "money":
            end = after[1]
        return _Part(start, end, figure, unit, scaled, literal)
    after = unit_after(form, end)
    if after:
        unit, end = after
        figure = figure.times(Decimal(unit.factor))
    elif short == "b":
        unit = Unit("billions", "")
    return _Part(start, end, figure, unit, scaled, literal)


def _accepts(form: str, part: _Part) -> bool:
    """Whether the unit is meant: 3点 is a time, 2025年 a year, 1月 a month."""
    unit = part.unit
    if unit is None or unit.kind not in ("points", "duration"):
        return True
    value = part.figure.high
    if unit.kind == "points":  # 3点 is a time, 收报10576点 a level and no change
        return value > 24 and not _LEVEL_BEFORE.search(form[max(0, part.start - 4) : part.start])
    if unit.name == "months":
        return form.startswith(("个", " ", "-"), part.end - 2) or form[part.end - 1 : part.end] != "月"
    return not (unit.name == "years" and value > 1000)


def _numeric(form: str, part: _Part, text: str) -> bool:
    """Whether Chinese characters state a number: 上万 and 百万美元 do, 百万 in 百万富翁 and 万元 in 万元户 do not."""
    if text[0] <= "9":
        return True
    if all(char in "百千万亿兆" for char in text):
        return form[part.start - 1 : part.start] in _WITH_LONE or (len(text) > 1 and part.unit is not None)
    return part.unit is not None or len(text) > 1


def _parts(form: str, *, words: bool) -> Iterator[_Part]:
    """Every numeral that is a quantity, in order of its start; they may overlap where a word list and a share meet."""
    inside = addresses(form)
    taken = 0
    found = sorted(_Part(*share, Unit("percent", "%"), True, True) for share in shares(form, words=words))
    index = 0
    for match in _NUMERAL.finditer(form):
        start, end = match.span()
        while index < len(found) and found[index].start < end:
            yield found[index]
            taken = max(taken, found[index].end)
            index += 1
        if start < taken or any(low <= start < high for low, high in inside):
            continue
        text = match.group()
        literal = text[0] <= "9"
        if text[-1] == "点":
            end -= 1
        stripped = text.replace(" ", "")
        digits_only = literal and stripped[-1] <= "9" and not any(char in _TAIL for char in stripped)
        if no_quantity(form, start, end):
            continue
        if not literal and len(stripped) > 2 and not any(char in "十百千万亿兆几数" for char in stripped):
            continue  # 二〇二五, 一二三
        figure = digits_figure(stripped) if digits_only else han_figure(stripped)
        part = _part(form, start, end, figure, literal=digits_only)
        if _accepts(form, part) and _numeric(form, part, stripped):
            taken = part.end
            yield part
    yield from found[index:]


def _english(form: str, starts: Sequence[int]) -> Iterator[_Part]:
    """Numbers in English words, at the places where a number word begins."""
    taken = 0
    for start in starts:
        if start < taken:
            continue
        for article in ("a ", "an ", "a-"):
            if (
                form.endswith(article, 0, start)
                and not form[max(0, start - len(article) - 1) : start - len(article)].isalnum()
            ):
                start -= len(article)
                break
        match = None if form.endswith("per ", 0, start) else _WORDS.match(form, start)
        figure = english_figure(match.group()) if match else None
        if match is None or figure is None:
            continue
        part = _part(form, match.start(), match.end(), figure, literal=False)
        taken = part.end
        if _accepts(form, part):
            yield part._replace(scaled=True)


def _word_starts(form: str) -> list[int]:
    """Where English number words begin."""
    found = _word_automaton().find_matches_as_indexes(form)
    return [start for _, start, _ in found if not start or not ("a" <= form[start - 1] <= "z")]


@lru_cache(maxsize=1)
def _word_automaton() -> ahocorasick_rs.AhoCorasick:
    words = [*_WORD.replace("s?", "").split("|"), *SHARE_WORDS]
    return ahocorasick_rs.AhoCorasick(list(dict.fromkeys(words)), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)


# --- ranges, hedges, the whole ---------------------------------------------------------------------------------------


def _joined(form: str, left: _Part, right: _Part) -> _Part | None:
    """Two numerals as a range, if what stands between and around them makes them one."""
    gap = form[left.end : right.start]
    match = _CONNECTOR.fullmatch(gap)
    if not match or left.figure.high > right.figure.high * 1000:
        return None
    word = gap.strip()
    if word in ("and", "or", "和", "与", "在") and not _BETWEEN.search(form[max(0, left.start - 12) : left.start]):
        return None
    low, unit = left.figure, left.unit or right.unit
    if left.unit and right.unit and left.unit[:2] != right.unit[:2]:
        return None
    if not left.scaled and right.scaled and low.high < right.figure.high / max(right.figure.step, Decimal(1)) * 1000:
        low = low.times(_multiplier(form, right))
    if left.unit and not right.unit and left.unit.kind != "money":
        return None
    if low.low >= right.figure.high:
        return None
    figure = Figure(None, low.low, right.figure.high, min(low.step, right.figure.step))
    return _Part(left.start, right.end, figure, unit, True, left.literal)


def _multiplier(form: str, part: _Part) -> Decimal:
    """The multiplier that stands after a numeral: 亿 of 6,000亿, million of 6 million."""
    text = form[part.start : part.end]
    literal = re.search(r"[0-9][0-9,.]*", text)
    if literal:
        own = digits_figure(literal.group().rstrip(",.")).high
        return part.figure.high / own if own else Decimal(1)
    factor = Decimal(1)
    for word in re.findall("[a-z]+|[万亿兆]", text):
        factor *= ENGLISH_MULTIPLIERS.get(word, {"万": 10**4, "亿": 10**8, "兆": 10**12}.get(word, 1))
    return factor


def _bounds(figure: Figure, words: str) -> tuple[float | None, float | None]:
    low, high, near = figure.low, figure.high, Decimal(str(NEAR))
    if words in ("under", "up to"):
        return None, float(high)
    if words == "over":
        return float(low), float(high) if high > low else None
    if words in ("nearly", "about"):
        return float(low * (1 - near)), float(high * (1 + near) if words == "about" else high)
    return float(low), float(high)


_MINUS = re.compile(r"(?:^|[\s(:\u4e00-\u9fff])[-−–]$")


def _quantity(form: str, part: _Part) -> Quantity:
    unit = part.unit or Unit("count", "")
    kind: Kind = unit.kind  # type: ignore[assignment]
    words, start, end = hedge(form, part.start, part.end)
    figure = part.figure
    low, high = _bounds(figure, words)
    if figure.value is None and figure.low < figure.high:
        words = words or "range"
    elif figure.low < figure.high:
        words = words if words not in ("", "about") else "over"
    way = direction(form, start) if kind in ("percent", "points", "money") else ""
    if kind in ("percent", "points") and _MINUS.search(form[max(0, part.start - 3) : part.start]):
        way, start = "down", min(start, part.start - 1)
    return Quantity(
        start, end, kind, unit.name, None if figure.value is None else float(figure.value), low, high, float(figure.step), words, way
    )  # fmt: skip


def may_hold_quantity(form: str) -> bool:
    """Whether a match form has a digit or a number word at all: a cheap test before :func:`find_quantities`."""
    return bool(_DIGIT.search(form) or _HINT.search(form) or _word_starts(form))


def find_quantities(form: str) -> list[Quantity]:
    """Quantities of a match form, in order; see :func:`quantities`."""
    starts = _word_starts(form)
    parts = list(_parts(form, words=bool(starts)))
    english = list(_english(form, starts)) if starts else []
    if english:
        taken = [(part.start, part.end) for part in parts]
        parts += [part for part in english if not any(part.start < high and low < part.end for low, high in taken)]
        parts.sort(key=lambda part: part.start)
    found: list[Quantity] = []
    position = 0
    while position < len(parts):
        part = parts[position]
        if position + 1 < len(parts):
            both = _joined(form, part, parts[position + 1])
            if both:
                part, position = both, position + 1
        found.append(_quantity(form, part))
        position += 1
    return found


def quantities(text: str) -> list[Quantity]:
    """Quantities of a text, in order of their start.

    Parameters
    ----------
    text
        Any text in Chinese or English.

    Returns
    -------
    list of Quantity
        Spans are code points of `text`.

    >>> [(q.unit, q.value, q.hedge) for q in quantities("訓練成本不到600万美元，英偉達跌了百分之十七。")]
    [('USD', 6000000.0, 'under'), ('%', 17.0, '')]
    """
    return find_quantities(match_form(text))
