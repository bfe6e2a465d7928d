"""Counts as people write them: 140.4万, 1.2千万, 3亿, 45.6k, 1.2M, 2.3 million, 10万+, 1,234."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from narrativ.text.numerals import ENGLISH_MULTIPLIERS, HAN_MULTIPLIERS

__all__ = ["parse_count"]

_UNITS = {
    **HAN_MULTIPLIERS, **ENGLISH_MULTIPLIERS, "佰": 100, "仟": 10**3, "萬": 10**4, "億": 10**8, "lakh": 10**5, "crore": 10**7,
}  # fmt: skip
_COUNT = re.compile(
    r"^[~≈约約]?\s*(?P<number>\d[\d,\s']*(?:\.\d+)?|\.\d+)\s*"
    r"(?P<units>[十百佰千仟万萬亿億兆]{1,3}|thousand|millions?|billions?|lakh|crore|mio|mn|bn|[kmbw])?\s*\+?\s*"
    r"(?:次|人|个|個|views?|reads?|impressions?|plays?|浏览|瀏覽|阅读|閱讀|播放|观看|觀看|次观看|次觀看|次播放)?$",
    re.IGNORECASE,
)


def parse_count(value: object) -> int | None:
    """A count from a cell or a phrase; ``None`` when it is none.

    Decimal arithmetic keeps it exact; a fraction that remains (``1.5`` alone) makes it no count.

    >>> parse_count("140.4万"), parse_count("1.2千万"), parse_count("45.6K views"), parse_count("n/a")
    (1404000, 12000000, 45600, None)
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    if isinstance(value, float):
        return int(value) if value >= 0 and value == int(value) else None
    text = unicodedata.normalize("NFKC", str(value)).strip().strip("*_()（） ")
    match = _COUNT.match(text)
    if not match:
        return None
    try:
        number = Decimal(re.sub(r"[,\s']", "", match["number"]))
    except InvalidOperation:
        return None
    units = (match["units"] or "").lower()
    for unit in [units] if units in _UNITS else units:
        number *= _UNITS[unit]
    return int(number) if number == int(number) else None
