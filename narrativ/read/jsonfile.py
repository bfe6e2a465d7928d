"""JSON and JSON lines: a list of objects, an object with such a list inside, one object, or an object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from narrativ.errors import InputError
from narrativ.read.build import failed, from_fields
from narrativ.read.columns import assign, flatten, normalized
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
_MAX_DEPTH = 5


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


def _lists(value: Any, depth: int = 0) -> Iterator[tuple[bool, int, list[Any]]]:
    """Lists of objects inside `value`: (of an unusual name, minus its length, the list); objects by id count as a list."""
    if isinstance(value, list):
        if any(isinstance(item, Mapping) for item in value):
            yield True, -len(value), value
        return
    if not isinstance(value, Mapping) or depth >= _MAX_DEPTH:
        return
    inner = list(value.values())
    if len(inner) > 1 and all(isinstance(item, Mapping) for item in inner) and all(_has_text(item) for item in inner):
        yield True, -len(inner), inner
    for name, content in value.items():
        usual = str(name).casefold() in _LIST_KEYS
        for unusual, size, found in _lists(content, depth + 1):
            yield unusual and not usual, size, found


def _has_text(item: Any) -> bool:
    return isinstance(item, Mapping) and bool({"text", "title"} & set(assign(flatten(item))))


def _records(value: Any) -> list[Any] | None:
    """The list of objects that a JSON value is or holds: of several, one of a usual name, then the longest.

    An object that has a text of its own is a record itself, whatever lists it holds.
    """
    if isinstance(value, list):
        return value if any(isinstance(item, Mapping) for item in value) else None
    if isinstance(value, Mapping):
        own = assign({name: 0 for name, content in flatten(value, depth=1).items() if isinstance(content, str)})
        if "text" in own and normalized(own["text"]) != "description":
            return None
    candidates = [item for item in _lists(value) if sum(map(_has_text, item[2])) * 2 >= len(item[2])]
    return min(candidates, key=lambda item: item[:2])[2] if candidates else None


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
        require_text(fields, columns, lenient=True)
    except InputError as error:
        return failed(id, f"{where}: {error}")
    return from_fields(fields, id=id, columns=columns, defaults=defaults, notes=notes, lenient=True)


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
