"""Dates as they stand in front matter, bylines and table cells, in Chinese and English."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import warnings

from narrativ.records import Published

__all__ = ["iso", "parse_date"]

_FULL = re.compile(
    r"(?P<y>\d{4})\s*(?:[-/.]|年)\s*(?P<m>\d{1,2})\s*(?:[-/.]|月)\s*(?P<d>\d{1,2})\s*[日号號]?"
    r"(?:[T\s,]*(?:星期.|周.|週.)?\s*(?P<half>上午|下午|凌晨|早上|中午|晚上|傍晚|am|pm)?\s*"
    r"(?P<H>\d{1,2})\s*[:时時点點]\s*(?P<M>\d{1,2})?\s*[:分]?\s*(?P<S>\d{1,2})?(?:[.,](?P<f>\d{1,9}))?\s*秒?\s*"
    r"(?P<half2>[ap]\.?m\b\.?)?)?"
    r"\s*(?P<z>(?:UTC|GMT)\s*[+-]\d{1,2}(?::?\d{2})?|Z|UTC|GMT|[+-]\d{2}:?\d{2}|北京时间|北京時間|CST|HKT)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<y>20\d{2}|19\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:[T_]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?P<z>Z)?)?$"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?$")
_DAY_MONTH = re.compile(r"^(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4})(?P<rest>\s.*)?$")
_CHINA = dt.timezone(dt.timedelta(hours=8))
_HALF_DAY = {"下午": 12, "晚上": 12, "傍晚": 12, "pm": 12}
_BEIJING = re.compile("北京时间|北京時間")
_ENGLISH_HOURS = {"EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BST": 1, "CET": 1,
                  "CEST": 2, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11}  # fmt: skip
_ENGLISH_ZONES = {name: 3600 * hours for name, hours in _ENGLISH_HOURS.items()}
_EARLIEST, _LATEST = 1900, 2100
_ENGLISH_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)


def _zone(name: str | None) -> dt.tzinfo | None:
    if not name:
        return None
    upper = name.upper()
    if upper in ("Z", "UTC", "GMT"):
        return dt.timezone.utc
    if upper in ("CST", "HKT") or name.startswith("北京"):
        return _CHINA  # on Chinese pages CST is China Standard Time
    offset = re.sub(r"^(?:UTC|GMT)\s*", "", upper)
    sign = -1 if offset[0] == "-" else 1
    hours, _, minutes = offset[1:].partition(":")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return dt.timezone(sign * dt.timedelta(hours=int(hours), minutes=int(minutes or 0)))


def _build(match: re.Match[str]) -> Published:
    part = match.groupdict()
    try:
        day = dt.date(int(part["y"]), int(part["m"]), int(part["d"]))
        if part.get("H") is None:
            return day
        hour = int(part["H"])
        half = (part.get("half") or part.get("half2") or "").lower().replace(".", "")
        if half == "晚上" and hour == 12:
            return day  # midnight of which night?
        if (half in _HALF_DAY and hour < 12) or (half == "中午" and hour < 3):
            hour += 12
        elif half in ("am", "凌晨") and hour == 12:
            hour = 0
        micro = int((part.get("f") or "0").ljust(6, "0")[:6])
        return dt.datetime(
            day.year, day.month, day.day, hour, int(part.get("M") or 0), int(part.get("S") or 0), micro,
            tzinfo=_zone(part.get("z")) or (_CHINA if _BEIJING.search(match.string) else None),
        )  # fmt: skip
    except (ValueError, OverflowError):
        return None


def _english(text: str) -> Published:
    """English dates through dateutil, believed only as far as the text really states day, month and year."""
    from dateutil import parser

    if not _ENGLISH_MONTH.search(text) or len(text) > 60:
        return None
    found: list[dt.datetime] = []
    for default in (dt.datetime(1904, 2, 3, 4, 5, 6), dt.datetime(1908, 7, 9, 10, 11, 12)):
        try:
            with warnings.catch_warnings():
                # A zone that is not in the list is unknown (CST is three), and the time stays without one.
                warnings.simplefilter("ignore", parser.UnknownTimezoneWarning)
                found.append(parser.parse(text, default=default, tzinfos=_ENGLISH_ZONES))
        except (ValueError, OverflowError):
            return None
    first, second = found
    if first.date() != second.date():
        return None
    if (first.hour, first.minute) != (second.hour, second.minute):
        return first.date()
    return first.replace(second=0) if first.second != second.second else first


def _year_first(text: str) -> str:
    """13/02/2025 and 02/13/2025 with the year first; 03/04/2025 stays, for nobody can tell which is the month."""
    match = _DAY_MONTH.match(text)
    if not match:
        return text
    first, second = int(match["a"]), int(match["b"])
    if first > 12 >= second or first == second:
        day, month = first, second
    elif second > 12 >= first:
        day, month = second, first
    else:
        return ""
    return f"{match['y']}-{month}-{day}{match['rest'] or ''}"


def parse_date(value: object, *, zone: dt.tzinfo | None = None) -> Published:
    """A date, with its time and zone as far as they are stated; ``None`` when there is none or it cannot be.

    Parameters
    ----------
    value
        A string in ISO 8601, 2025年1月27日 下午3:05, 2025/1/27 15:05, 27/01/2025 (where only one order is possible), 27 Jan
        2025, RFC 2822 and their like, a Unix time in seconds or milliseconds, or a date object.
    zone
        Zone to give to a time that states none.

    >>> parse_date("2025年1月27日"), parse_date("2025-02-30"), parse_date("Lunar New Year")
    (datetime.date(2025, 1, 27), None, None)
    """
    result: Published = None
    if isinstance(value, dt.datetime | dt.date):
        result = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value)) if value == value and abs(value) < 1e15 else ""
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip().strip("\"'")
        match = _COMPACT.match(text)
        if match:
            result = _build(match)
        elif _EPOCH.match(text):
            result = dt.datetime.fromtimestamp(int(text[:10]), dt.timezone.utc)
        else:
            match = _FULL.search(_year_first(text))
            result = _build(match) if match else _english(text)
    if result is None or not _EARLIEST <= result.year <= _LATEST:
        return None
    if isinstance(result, dt.datetime) and result.tzinfo is None and zone is not None:
        result = result.replace(tzinfo=zone)
    return result


def iso(published: Published) -> str:
    """ISO 8601: ``2025-01-27``, ``2025-01-27T15:05:00`` (zone unknown) or ``2025-01-27T15:05:00+08:00``; ``""`` for none."""
    return "" if published is None else published.isoformat()
