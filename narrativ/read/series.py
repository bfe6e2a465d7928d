"""Series of numbers over time as people export them: a search index, a share price, a count per day."""

from __future__ import annotations

import datetime as dt
import os
import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from narrativ.errors import InputError
from narrativ.read.dates import parse_date
from narrativ.read.decode import decode
from narrativ.read.files import load
from narrativ.read.numbers import parse_count
from narrativ.read.tables import rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["parse_number", "read_series"]

_PREAMBLE = 30
"""Lines that an export may write before its header (title, category, an empty line)."""
_MOST_ROWS = 1_000_000
_CURRENCY = re.compile(r"^[¥￥$€£₹]|^(?:RMB|CNY|USD|HKD|TWD|NT\$|HK\$|US\$)\s*|\s*(?:元|美元|港元|%)$", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"^-?\d{1,3}(?:\.\d{3})+(?:,\d+)?$|^-?\d+,\d+$")
_PLAIN = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$", re.IGNORECASE)


def parse_number(cell: object, *, decimal_comma: bool = False) -> float | None:
    """A number from a cell; ``None`` when it is none. ``<1`` of search indices counts one half.

    >>> parse_number("1,234.5"), parse_number("¥118.42"), parse_number("−3.1%"), parse_number("12.4万"), parse_number("<1")
    (1234.5, 118.42, -3.1, 124000.0, 0.5)
    >>> parse_number("1.234,5", decimal_comma=True), parse_number("n/a")
    (1234.5, None)
    """
    text = unicodedata.normalize("NFKC", str(cell)).strip().replace("\u2212", "-")
    if text.startswith("<"):
        bound = parse_number(text[1:], decimal_comma=decimal_comma)
        return None if bound is None else bound / 2
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    text = _CURRENCY.sub("", _CURRENCY.sub("", text)).strip()
    if decimal_comma and _DECIMAL_COMMA.match(text):
        text = text.replace(".", "").replace(",", ".")
    plain = re.sub(r"(?<=\d)[,\s'](?=\d{3}(?!\d))", "", text)
    if _PLAIN.match(plain):
        value = float(plain)
        return value if abs(value) < 1e300 else None
    count = parse_count(text)
    return None if count is None else float(count)


def read_series(path: str | os.PathLike[str]) -> tuple[pd.DataFrame, list[str]]:
    """A table of dates and numbers from a CSV or TSV file.

    Finds the header below an export's preamble, the column of dates by its cells, and every column of numbers. Dates are kept as
    stated: a day, or a time with its zone if there is one.

    Returns
    -------
    series
        Indexed by ``date`` or ``datetime`` objects, one float column a series (NaN where a cell is empty), in the file's order.
    notes
        What was left out and why.

    Raises
    ------
    InputError
        The file cannot be read, or holds no dates or no numbers.
    """
    import pandas as pd

    name = os.fspath(path)
    try:
        content = load(name)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    decoded = decode(content)
    text = _without_preamble(decoded.text.lstrip("\ufeff"))
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, perhaps with .gz, not a path on disk
    records: list[Mapping[str, Any]] = []
    bad = 0
    for _, row in rows(text, suffix=suffix):
        if isinstance(row, str):
            bad += 1
        elif len(records) < _MOST_ROWS:
            records.append(row)
        else:
            raise InputError(f"{name}: more than {_MOST_ROWS:,} rows")
    columns = list(records[0]) if records else []
    dates, date_column = _dates(records, columns)
    if not date_column:
        raise InputError(f"{name}: no column of dates (write days as 2025-01-27)")
    comma = ";" in text.split("\n", 1)[0] or _mostly_decimal_commas(records, columns, date_column)
    numbers = {
        column: [parse_number(row.get(column) or "", decimal_comma=comma) for row in records] for column in columns
    }
    kept = {
        column: values
        for column, values in numbers.items()
        if column != date_column and _is_numeric(values, records, column)
    }
    if not kept:
        raise InputError(f"{name}: no column of numbers beside {date_column!r}")
    usable = [at for at, date in enumerate(dates) if date is not None]
    index = pd.Index([dates[at] for at in usable], dtype="object", name=date_column)
    data = {
        column: [float("nan") if values[at] is None else values[at] for at in usable] for column, values in kept.items()
    }
    notes = [*decoded.notes]
    if len(usable) < len(records):
        notes.append(f"{len(records) - len(usable)} of {len(records)} rows without a date that can be told, left out")
    if bad:
        notes.append(f"{bad} broken rows, left out")
    if len(set(index)) < len(index):
        notes.append("several rows of the same date are averaged")
    return pd.DataFrame(data, index=index, dtype="float64"), notes


def _without_preamble(text: str) -> str:
    """The text from its header on: the line before the first one that holds a date and a number."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:_PREAMBLE]):
        cells = [cell.strip(' "') for cell in re.split(r"[,;\t|]", line)]
        if len(cells) > 1 and any(parse_date(cell) for cell in cells) and number:
            header = max((at for at in range(number) if lines[at].strip()), default=0)
            return "\n".join(lines[header:])
    return text


def _dates(records: list[Mapping[str, Any]], columns: list[str]) -> tuple[list[dt.date | None], str]:
    """Dates of the first column most of whose cells are dates."""
    for column in columns:
        found: list[dt.date | None] = [parse_date(row.get(column) or "") for row in records]
        filled = sum(bool(str(row.get(column) or "").strip()) for row in records)
        # A bare number of eight or ten digits may be a date or a volume: it is one only if all its neighbours are, too.
        if filled and sum(date is not None for date in found) > 0.8 * filled:
            return found, column
    return [], ""


def _mostly_decimal_commas(records: list[Mapping[str, Any]], columns: list[str], date_column: str) -> bool:
    cells = [str(row.get(column) or "").strip() for row in records[:200] for column in columns if column != date_column]
    commas = sum(bool(re.match(r"^-?\d+,\d{1,2}$", cell)) for cell in cells)
    return commas > 0.5 * max(1, sum(bool(cell) for cell in cells))


def _is_numeric(values: list[float | None], records: list[Mapping[str, Any]], column: str) -> bool:
    filled = sum(bool(str(row.get(column) or "").strip()) for row in records)
    return sum(value is not None for value in values) > 0.5 * filled if filled else False
