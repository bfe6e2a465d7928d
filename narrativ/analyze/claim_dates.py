"""The date that a sentence states for a figure."""

from __future__ import annotations

import datetime as dt
import re

__all__ = ["stated_date"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATE_HINT = re.compile(rf"[月号]|[12][90][0-9]{{2}}[./-]|(?:{'|'.join(_MONTHS)})")
_DATE = re.compile(
    r"(?P<y1>(?:19|20)\d\d)[年/.-](?P<m1>\d{1,2})[月/.-](?P<d1>\d{1,2})日?|(?<!\d)(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号]?"
    r"|(?<![\d.])(?P<m5>\d{1,2})\.(?P<d5>\d{1,2})号"
    rf"|(?<![a-z])(?P<m3>{'|'.join(_MONTHS)})[a-z]*\.?\s(?P<d3>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s(?P<y3>(?:19|20)\d\d))?"
    rf"|(?<!\d)(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<m4>{'|'.join(_MONTHS)})[a-z]*(?:,?\s(?P<y4>(?:19|20)\d\d))?"
)


def stated_date(form: str, low: int, high: int, position: int, published: str) -> str:
    """The date stated nearest before a position in its sentence, as ISO 8601; ``--01-27`` where no year is known."""
    best: tuple[int, str] | None = None
    if not _DATE_HINT.search(form, low, high):
        return ""
    for match in _DATE.finditer(form, low, high):
        groups = {key[0]: value for key, value in match.groupdict().items() if value}
        month = int(groups["m"]) if groups["m"].isdigit() else _MONTHS.index(groups["m"][:3]) + 1
        day = _day(int(groups["y"]) if "y" in groups else None, month, int(groups["d"]), published)
        distance = position - match.end() if match.end() <= position else 2 * (match.start() - position)
        if day and (best is None or distance < best[0]):
            best = distance, day
    return best[1] if best else ""


def _day(year: int | None, month: int, day: int, published: str) -> str:
    try:
        if year is None and published:
            # "1月27日" is the one nearest to publication.
            near = dt.date.fromisoformat(published[:10])
            days = [dt.date(near.year + shift, month, day) for shift in (-1, 0, 1)]
            return min(days, key=lambda item: abs((item - near).days)).isoformat()
        return dt.date(year, month, day).isoformat() if year else dt.date(2000, month, day).strftime("--%m-%d")
    except ValueError:
        return ""
