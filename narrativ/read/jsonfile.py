"""JSON and JSON lines: a list of objects, an object with such a list inside, one object, or an object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from narrativ.errors import InputError
from narrativ.read.build import failed, from_fields
from narrativ.read.columns import flatten
from narrativ.read.tables import require_text
from narrativ.records import Document

__all__ = ["documents", "line_documents"]

_LIST_KEYS = (
    "articles",
    "posts",
    "data",
    "items",
    "results",
    "records",
    "documents",
    "tweets",
    "statuses",
    "rows",
    "entries",
    "hits",
    "list",
)
_MAX_DEPTH = 3


def _loads(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # pandas and Python write NaN and lone surrogates, which are no JSON; the standard library reads them.
        try:
            return json.loads(text)
        except (json.JSONDecodeError, RecursionError) as strict:
            where = f"line {error.lineno}, column {error.colno}"
            raise InputError(f"no valid JSON at {where}: {strict.args[0] if strict.args else error}") from error


def _records(value: Any, depth: int = 0) -> list[Any] | None:
    """The list of objects inside `value`, nearest to the top; of several, one of the usual names, else the longest."""
    if isinstance(value, list):
        return value if any(isinstance(item, Mapping) for item in value) else None
    if not isinstance(value, Mapping) or depth >= _MAX_DEPTH:
        return None
    for key in _LIST_KEYS:
        for name in value:
            if str(name).casefold() == key and isinstance(value[name], list | Mapping):
                found = _records(value[name], depth + 1)
                if found:
                    return found
    return None


def _usable(record: Any) -> dict[str, Any] | str:
    if isinstance(record, str):
        return {"text": record}
    if not isinstance(record, Mapping):
        return f"a {type(record).__name__} instead of an object"
    flat = flatten(record)
    return {name: "" if isinstance(value, float) and math.isnan(value) else value for name, value in flat.items()}


def _document(record: Any, *, id: str, where: str, columns: Mapping[str, str] | None, defaults: Mapping[str, Any] | None,
              notes: tuple[str, ...]) -> Document:  # fmt: skip
    fields = _usable(record)
    if isinstance(fields, str):
        return failed(id, f"{where}: {fields}")
    try:
        require_text(fields, columns)
    except InputError as error:
        return failed(id, f"{where}: {error}")
    return from_fields(fields, id=id, columns=columns, defaults=defaults, notes=notes)


def documents(text: str, *, id: str, columns: Mapping[str, str] | None = None, defaults: Mapping[str, Any] | None = None,
              notes: tuple[str, ...] = ()) -> Iterator[Document]:  # fmt: skip
    """Documents of a JSON file.

    Raises
    ------
    InputError
        The file is no valid JSON, or holds no object.
    """
    value = _loads(text)
    records = _records(value)
    if records is None:
        if not isinstance(value, Mapping):
            raise InputError("JSON holds no objects: expected a list of objects, or an object with one inside")
        records = [value]
    for number, record in enumerate(records, 1):
        yield _document(record, id=f"{id}#{number}" if len(records) > 1 else id, where=f"object {number}", columns=columns,
                        defaults=defaults, notes=notes)  # fmt: skip


def line_documents(text: str, *, id: str, columns: Mapping[str, str] | None = None, defaults: Mapping[str, Any] | None = None,
                   notes: tuple[str, ...] = ()) -> Iterator[Document]:  # fmt: skip
    """Documents of JSON lines; a broken line is a failed document that names its number, and the rest goes on."""
    number = 0
    for line_number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        number += 1
        line_id = f"{id}#{number}"
        try:
            record = _loads(line)
        except InputError as error:
            yield failed(line_id, f"line {line_number}: {error}")
            continue
        yield _document(
            record, id=line_id, where=f"line {line_number}", columns=columns, defaults=defaults, notes=notes
        )
