"""Cells of a label table as a file holds them, and as people and spreadsheets leave them, turned into what they stand for.

Each reader raises ``ValueError`` with a few words on what is wrong; :mod:`narrativ.table` adds the file, row and column.
"""

from __future__ import annotations

import csv
import math
from typing import Any

import orjson

__all__ = ["delimiter", "integer", "items", "mapping", "names", "number", "text"]

_LARGEST = 2**63


def delimiter(header: str) -> str:
    """What stands between the columns of a CSV: a spreadsheet set to a decimal comma saves semicolons."""
    for mark in (",", ";", "\t"):
        if "doc_id" in next(csv.reader([header], delimiter=mark), []):
            return mark
    return ","


def text(value: Any) -> str:
    """A string; a number is one too (sources that are called 1, 2, 3), nothing is the empty one."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    raise ValueError(f"{_short(value)} is no text")


def integer(value: Any) -> int | None:
    """A whole number, also as spreadsheets write it (``3.0``, ``1.2E+07``); ``None`` for nothing."""
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "" or value != value:
        return None
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        amount = number(value)
        if amount is None:
            return None
        whole = int(amount)
        if whole != amount:
            raise ValueError(f"{_short(value)} is no whole number") from None
    if isinstance(value, float) and whole != value:
        raise ValueError(f"{_short(value)} is no whole number")
    if abs(whole) >= _LARGEST:
        raise ValueError(f"{_short(value)} is too large")
    return whole


def number(value: Any) -> float | None:
    """A finite number, also with a decimal comma; ``None`` for nothing, which some programs write ``nan``."""
    if value is None or value == "":
        return None
    try:
        amount = float(value.replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{_short(value)} is no number") from error
    if math.isinf(amount):
        raise ValueError(f"{_short(value)} is no number")
    return None if math.isnan(amount) else amount


def names(value: Any) -> list[str]:
    """A list of names; in CSV and Parquet they are joined by ``|``."""
    if isinstance(value, str):
        return [part for part in (part.strip() for part in value.split("|")) if part]
    if value is None or value != value:
        return []
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return value
    raise ValueError(f"{_short(value)} is no list of names")


def items(value: Any, kind: type = dict) -> list[Any]:
    """A list of objects (evidence, voices) or of strings (notes); in CSV and Parquet it is JSON."""
    if isinstance(value, str):
        if not value:
            return []
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"{_short(value)} is no JSON") from error
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(part, kind) for part in value):
        return value
    raise ValueError(f"{_short(value)} is no list of {'objects' if kind is dict else 'texts'}")


def mapping(value: Any, *, numbers: bool) -> dict[str, Any]:
    """An object of numbers or of names by key, without its empty ones."""
    if value is None or value != value:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{_short(value)} is no object")
    read = {key: number(item) if numbers else text(item) for key, item in value.items()}
    return {key: item for key, item in read.items() if item is not None and item != ""}


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:37] + "…"
