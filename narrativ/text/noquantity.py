"""What is no quantity: numerals in dates, times, names of models, ordinals, lists, addresses."""

from __future__ import annotations

import re

from narrativ.text.units import currency_before, unit_after

__all__ = ["addresses", "no_quantity"]

_BAD_BEFORE = re.compile(
    r"(?:[a-z_@#&]|昇腾\s?|ascend\s|每\s?|每隔|(?<![a-z])per\s|[a-z0-9][-:./_]|[a-z]-|第|no\.\s?|number\s|top\s|vol\.\s?|chapter\s|section\s|version\s|v\.\s?|页|phase\s|q|fp|int)$"
)
_NAME_BEFORE = re.compile(
    r"(?<![a-z])(?:gpt|claude|llama|gemini|sonnet|opus|qwen|grok|kimi|iphone|rtx|gtx|windows|office|mistral|deepseek|ios|android|cctv|series|o)\s$"
)
_SIZE_AFTER = re.compile(r"\s?b(?![a-z0-9])")  # Qwen 1.5B
_BAD_AFTER = re.compile(
    r"[:/][0-9]|\.[0-9]|-[0-9]{1,2}-|年[0-9代底初末春夏秋冬]|月[0-9份底初中末]|日(?![元圆])|[号岁届版楼层级角]|世纪|年代|s(?![a-z])|点[0-9钟半整]|时[0-9]?|st(?![a-z])|nd(?![a-z])|rd(?![a-z])|th(?![a-z])|"
    r"\s?(?:a\.?m|p\.?m|gb|mb|tb|kb|ghz|kw|mw|gw|km|kg|nm|cm|mm)(?![a-z])"
)
_MONTHS = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_MONTH_BEFORE = re.compile(rf"(?:{_MONTHS})\.?\s(?:[0-9]{{1,2}},\s)?$")
_MONTH_AFTER = re.compile(rf"\s(?:of\s)?(?:{_MONTHS})(?![a-z])")
_YEAR_BEFORE = re.compile(r"(?:in|since|from|by|until|during|of|early|late|自|于|在)\s?$")
_LIST_BEFORE = re.compile(r"(?:^|[\s。;:,(])$")
_LIST_AFTER = re.compile(r"[)、](?![0-9])|\.\s|\s[-–]\s")
_GLUED = re.compile("[a-z]{3}$")
_IDIOM = re.compile("几多|万一|千万[不别要记]|十分[^之]|一一|三三两两|七七八八|一五一十|百分百")
_ADDRESS = re.compile(r"(?:https?://|www\.|\bbit\.ly/)[^\s\u4e00-\u9fff]*")
_CALENDAR_YEAR = re.compile(r"(?:1[89]|20)[0-9]{2}")


def addresses(form: str) -> list[tuple[int, int]]:
    """Spans of web addresses, in which no numeral counts."""
    return [match.span() for match in _ADDRESS.finditer(form)] if "/" in form or "www" in form else []


def no_quantity(form: str, start: int, end: int) -> bool:
    """Whether a numeral is part of a name, a date, a time, an ordinal or an address."""
    if _BAD_AFTER.match(form, end):
        return True
    last = form[start - 1 : start]
    before = form[max(0, start - 14) : start]
    if last == " " and (
        _MONTH_BEFORE.search(before) or (_NAME_BEFORE.search(before) and not _SIZE_AFTER.match(form, end))
    ):
        return True
    if (last.isascii() or last in "第每隔页腾") and not currency_before(form, start) and _BAD_BEFORE.search(before):
        glued = _GLUED.search(before) and any(char in "万亿兆" for char in form[start:end])  # Meta650亿美元
        if not (glued or _between_numerals(before)):
            return True
    if form[end : end + 1] == " " and _MONTH_AFTER.match(form, end):
        return True
    text = form[start:end]
    if len(text) < 3 and _LIST_BEFORE.search(before) and _LIST_AFTER.match(form, end):
        return True
    if text[0] > "9":
        return bool(_IDIOM.match(form, start))
    if _CALENDAR_YEAR.fullmatch(text):
        return form.startswith("年", end) or bool(_YEAR_BEFORE.search(before)) or form[end : end + 1] in ("-", "/")
    # A run of eight digits or more with nothing beside it is a number of a phone or an account.
    return len(text) >= 8 and text.isdigit() and not (currency_before(form, start) or unit_after(form, end))


def _between_numerals(before: str) -> bool:
    """Whether a hyphen before a numeral is a dash after a number ("40-50"), not part of a name ("gpt-4")."""
    return bool(re.search(r"(?:^|[^a-z0-9.\-/])(?!(?:19|20)[0-9]{2}-)[0-9][0-9,.]*[kmbw]?-$", before))
