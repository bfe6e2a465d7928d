"""The words around a numeral: currencies, percent, times, durations, hedges, falling and rising.

Everything is in match form (Simplified, half width, lower case). The tables are compiled into regular expressions that are tried
only at the border of a numeral.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["MAGNITUDE", "UNIT_AFTER", "Unit", "currency_before", "direction", "hedge", "unit_after"]


class Unit(NamedTuple):
    """What a numeral counts: a kind, a unit of that kind, and a factor (0.01 for cents)."""

    kind: str
    name: str
    factor: str = "1"


# A bare $ is the US dollar and a bare 元 or ¥ the yuan: what the texts mean far more often than not (docs/claims.md).
_CURRENCIES = {
    "USD": "us$|usd|$|美元|美金|美刀|刀|us dollars|us dollar|u.s. dollars|american dollars|dollars|dollar|bucks",
    "CNY": "rmb|cny|¥|￥|人民币元|元人民币|人民币|元|块钱|yuan|renminbi",
    "HKD": "hk$|hkd|港元|港币|hong kong dollars",
    "TWD": "nt$|twd|新台币|台币|元新台币",
    "JPY": "jpy|日元|日圆|yen",
    "EUR": "€|eur|欧元|euros|euro",
    "GBP": "£|gbp|英镑|pounds sterling|pounds",
    "KRW": "krw|韩元|韩圜",
    "RUB": "卢布|roubles|rubles",
    "SGD": "s$|sgd|新加坡元|新币",
    "AUD": "a$|aud|澳元|australian dollars",
    "CAD": "c$|cad|加元|canadian dollars",
}
_HUNDREDTHS = {"USD": "美分|cents|cent|¢", "CNY": "分钱"}
_CODES = {name: code for code, names in _CURRENCIES.items() for name in names.split("|")}
_CENTS = {name: code for code, names in _HUNDREDTHS.items() for name in names.split("|")}
_UNITS = {
    "percent": {"%": "%|percent|per cent|pct|个点", "pp": "个百分点|百分点|percentage points|percentage point|pp"},
    "times": {"times": "多倍|倍|times|-fold|fold|x"},
    "points": {"points": "点|points|pts"},
    "duration": {
        "years": "年|years|year|yrs", "months": "个月|个多月|月|months|month", "weeks": "周|个星期|星期|weeks|week",
        "days": "天|days|day", "hours": "个小时|小时|hours|hour",
    },
}  # fmt: skip
_NAMES = {
    name: Unit(kind, unit)
    for kind, units in _UNITS.items()
    for unit, names in units.items()
    for name in names.split("|")
}


def _alternatives(names: object) -> str:
    """Longest first; a Latin name ends where its word does."""
    words = sorted(map(str, names), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(
        re.escape(word) + (r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else "") for word in words
    )


MAGNITUDE = re.compile(
    r"[\s-]?(?:(hundred|thousand|millions?|billions?|trillions?)|(mln|mio|trn|mn|bn|tn|[kmbw]))(?![a-z0-9$])"
)
"""An English multiplier after a numeral; the second group holds the short ones."""
_CODE_ENDS = frozenset(name[-1] for name in _CODES)
_CODE_LENGTHS = sorted({len(name) for name in _CODES}, reverse=True)
UNIT_AFTER = re.compile(
    rf"[\s-]?(?:in\s|of\s)?(?:(?P<money>{_alternatives(_CODES)})|(?P<cents>{_alternatives(_CENTS)})|(?P<other>{_alternatives(_NAMES)}))"
)
# 元素, 元旦, 刀片: words that only begin like a currency. 年 of a calendar year and the like are the caller's to judge.
_NOT_UNIT = re.compile(
    "元[素旦宵首老宇帅]|刀[片具剑]|点[开击赞名评]|倍[感增受]|周[围边年一二三四五六日末]|天[才然使]|月[日初中末底]"
)


def currency_before(form: str, start: int) -> tuple[str, int] | None:
    """Code of a currency written before position `start`, and where it begins."""
    end = _trimmed(form, start)
    if not end or form[end - 1] not in _CODE_ENDS:
        return None
    for length in _CODE_LENGTHS:
        code = _CODES.get(form[max(0, end - length) : end])
        begin = end - length
        if (
            code
            and begin >= 0
            and not (form[begin].isalpha() and begin and form[begin - 1].isalpha() and form[begin].isascii())
        ):
            return code, begin
    return None


def unit_after(form: str, end: int) -> tuple[Unit, int] | None:
    """The unit that follows position `end`, and where it ends."""
    match = UNIT_AFTER.match(form, end)
    if not match or _NOT_UNIT.match(form, match.start(match.lastgroup or 0)):
        return None
    if match["money"]:
        return Unit("money", _CODES[match["money"]]), match.end()
    if match["cents"]:
        return Unit("money", _CENTS[match["cents"]], "0.01"), match.end()
    return _NAMES[match["other"]], match.end()


# --- hedges ----------------------------------------------------------------------------------------------------------

# What stands before or after the numeral, and what it does to the bounds; docs/claims.md shows the table.
_BEFORE = {
    "under": "不到|不到了|还不到|少于|低于|小于|不足|未到|未满|未达|不超过|不超|没超过|最多|至多|顶多|under|below|less than|fewer than|lower than|"
    "no more than|not more than|at most|not exceeding|not exceed|within|sub-",
    "over": "远不止|不止|不只|远超|超过|超过了|超出|超出了|超逾|大超|超|逾越|逾|突破|突破了|破|多于|高于|大于|不少于|不低于|不下|至少|起码|最少|"
    "more than|over|above|at least|no less than|no fewer than|not less than|upward of|upwards of|exceed|exceeds|exceeded|exceeding|"
    "in excess of|north of|surpassed|surpassing|topping|topped|a minimum of",
    "nearly": "将近|接近|逼近|几近|近乎|几乎|快到|近|nearly|almost|close to|approaching|just under|just shy of|just short of",
    "about": "大约|大概|约莫|约为|约|大致|差不多|估计|around|about|roughly|approximately|approx|approx.|circa|some|an estimated|"
    "estimated at|in the region of|~|≈",
    "up to": "高达|多达|最高可达|最高|最多可达|up to|as much as|as many as|as high as|a maximum of",
}
_AFTER = {
    "about": "左右|上下|前后|许|or so|give or take|more or less|or thereabouts",
    "over": "以上|之多|开外|出头|有余|\\+|or more|plus(?![a-z])|and up|at least",
    "under": "以下|以内|之内|不到|or less|or fewer|at most|or under",
}
# Short words that may stand between the hedge and its numeral: 约损失4500亿, 最高判20年, over the $5m.
_FILLERS = (
    "达到",
    "可判",
    "可达",
    "可处",
    "损失",
    "蒸发",
    "下跌",
    "花费",
    "判处",
    "判",
    "为",
    "有",
    "了",
    "达",
    "用",
    "花",
    "跌",
    "涨",
    " a",
    " an",
    " the",
    " its",
    " some",
)
_FILLER_ENDS = frozenset(word[-1] for word in _FILLERS)
_HEDGES = {word: name for name, words in _BEFORE.items() for word in words.split("|")}
_HEDGE_ENDS = frozenset(word[-1] for word in _HEDGES)
_LENGTHS = sorted({len(word) for word in _HEDGES}, reverse=True)
_HEDGE_AFTER = re.compile(r"\s?(?:" + "|".join(f"(?P<h{n}>{words})" for n, words in enumerate(_AFTER.values())) + ")")
_CLASSIFIERS = tuple("个名张台块颗枚人位家次")
_AFTER_NAMES = tuple(_AFTER)


def _hedge_word(form: str, end: int) -> tuple[str, int] | None:
    """The longest hedge that ends at a position: 不超过 before 超过, no more than before more than."""
    if not end or form[end - 1] not in _HEDGE_ENDS:
        return None
    for length in _LENGTHS:
        start = end - length
        name = _HEDGES.get(form[start:end]) if start >= 0 else None
        if name and not (
            form[start].isalpha()
            and form[start].isascii()
            and start
            and form[start - 1].isalpha()
            and form[start - 1].isascii()
        ):
            return name, start
    return None


def _trimmed(form: str, end: int) -> int:
    return end - 1 if end and form[end - 1] == " " else end


def hedge(form: str, start: int, end: int) -> tuple[str, int, int]:
    """The hedge of a quantity at ``[start, end)``: ``under``, ``over``, ``nearly``, ``about``, ``up to`` or none.

    Returns
    -------
    (hedge, start, end)
        With the span widened over the words of the hedge.
    """
    border = _trimmed(form, start)
    if border and form[border - 1] == "(":
        border = _trimmed(form, border - 1)
    found = _hedge_word(form, border)
    if not found and border and form[border - 1] in _FILLER_ENDS:
        for filler in _FILLERS:
            if form.endswith(filler, 0, border):
                found = _hedge_word(form, _trimmed(form, border - len(filler)))
                if found:
                    break
    if found:
        return found[0], found[1], end
    if form[start - 1 : start] == "上" and form[start] in "百千万亿":  # 上百亿: ten billion and more
        return "over", start - 1, end
    match = _HEDGE_AFTER.match(form, end)
    if not match and form[end : end + 1] in _CLASSIFIERS:  # 200人以上
        match = _HEDGE_AFTER.match(form, end + 1)
    if match and match.lastgroup:
        return _AFTER_NAMES[int(match.lastgroup[1:])], start, match.end()
    return "", start, end


_DOWN = (
    "跌|挫|崩|泻|下滑|下挫|缩水|下降|减少|降低|抹去|蒸发|fell|falls?|falling|down|drop(?:s|ped|ping)?|plung(?:e|es|ed|ing)|tumbl(?:e|es|ed|ing)|"
    "slid|slides?|sank|sinks?|lost|loses?|slump(?:s|ed)?|crash(?:es|ed)?|declin(?:e|es|ed)|shed|plummet(?:s|ed)?|fallen|dived|nosedived"
)
_UP = "涨|升|反弹|回升|增长|增加|暴增|rose|risen|rises?|rising|up(?! to)|gain(?:s|ed)?|jump(?:s|ed)?|surg(?:e|es|ed)|climb(?:s|ed)?|rebound(?:s|ed)?|rall(?:y|ies|ied)|added|grew"
_DIRECTION = re.compile(rf"(?P<down>{_DOWN})|(?P<up>{_UP})")
_DIRECTION_WINDOW = 16


def direction(form: str, start: int) -> str:
    """``down`` or ``up`` by the last such word within 16 characters before `start`, in the same clause."""
    window = form[max(0, start - _DIRECTION_WINDOW) : start]
    cut = max(window.rfind(mark) for mark in ",;。!?、:")
    found = ""
    for match in _DIRECTION.finditer(window, cut + 1):
        found = match.lastgroup or ""
    return found
