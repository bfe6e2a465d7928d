"""Delimited text: CSV, TSV and their dialects, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from narrativ.errors import InputError
from narrativ.read.build import failed, from_fields
from narrativ.read.columns import assign
from narrativ.records import Document

__all__ = ["documents", "rows"]

_DELIMITERS = ",\t;|"
_FIELD_LIMIT = 64 * 1024 * 1024


def _delimiter(header: str, suffix: str) -> str:
    if suffix in (".tsv", ".tab"):
        return "\t"
    counts = {delimiter: header.count(delimiter) for delimiter in _DELIMITERS}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ","


def _header_line(text: str) -> str:
    """The first record's text outside quotes, which is where delimiters count."""
    outside: list[str] = []
    quoted = False
    for char in text[:20_000]:
        if char == '"':
            quoted = not quoted
        elif char in "\r\n" and not quoted:
            if outside:
                break
        elif not quoted:
            outside.append(char)
    return "".join(outside)


def rows(text: str, *, suffix: str = ".csv") -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Rows of a delimited text with the line each begins on; a string is what is wrong with that row.

    The first row names the columns. Quotes have no meaning in TSV when its cells are not quoted. A file whose every
    line is one quoted field that holds the real line is unwrapped.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    delimiter = _delimiter(_header_line(text), suffix)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
    if delimiter == "\t" and not any(line.startswith('"') or '\t"' in line for line in text.split("\n", 50)[:50]):
        quoting = csv.QUOTE_NONE
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    header: list[str] | None = None
    last_line = text.count("\n")
    unbalanced = quoting == csv.QUOTE_MINIMAL and text.count('"') % 2 == 1
    wrapped = False
    inner = ","
    line = 1
    while True:
        start = line
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = reader.line_num + 1
            yield start, f"line {start}: {error}"
            continue
        line = reader.line_num + 1
        if not any(cell.strip() for cell in record):
            continue
        if line - start > 1 and unbalanced and line > last_line:
            # The last record runs to the end because its quote is never closed: the lines after its first are rows.
            yield start, f"line {start}: a quote is opened and never closed"
            rest = text.split("\n")[start:]
            if header is not None and not wrapped:
                again = "\n".join([delimiter.join(header), *rest])
                for offset, row in rows(again, suffix=suffix):
                    yield start + offset - 1, row
            return
        if header is None:
            if len(record) == 1:
                inner = _delimiter(_header_line(record[0]), "") if any(d in record[0] for d in _DELIMITERS) else ""
                wrapped = bool(inner)
            if wrapped:
                record = next(csv.reader([record[0]], delimiter=inner))
            header = [cell.strip().lstrip("\ufeff") for cell in record]
            header = [name or f"column {number}" for number, name in enumerate(header, 1)]
            if len(set(header)) != len(header):
                header = [
                    name if header.index(name) == number else f"{name} ({number + 1})"
                    for number, name in enumerate(header)
                ]
            continue
        if wrapped and len(record) == 1:
            record = next(csv.reader([record[0]], delimiter=inner))
        if len(record) > len(header):
            if any(cell.strip() for cell in record[len(header) :]):
                yield (
                    start,
                    f"line {start}: {len(record)} cells, but {len(header)} columns; quote cells that hold {delimiter!r}",
                )
                continue
            record = record[: len(header)]
        yield start, dict(zip(header, [*record, *[""] * (len(header) - len(record))], strict=True))


def documents(
    text: str,
    *,
    id: str,
    suffix: str = ".csv",
    columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Iterator[Document]:
    """A document a row.

    Raises
    ------
    InputError
        No column holds text; the message lists the columns.
    """
    checked = False
    for number, (_, row) in enumerate(rows(text, suffix=suffix), 1):
        row_id = f"{id}#{number}"
        if isinstance(row, str):
            yield failed(row_id, row)
            continue
        if not checked:
            require_text(row, columns)
            checked = True
        yield from_fields(row, id=row_id, columns=columns, defaults=defaults, notes=notes)


def require_text(row: Mapping[str, Any], columns: Mapping[str, str] | None, *, lenient: bool = False) -> None:
    """Raise unless some column of `row` holds text or a title."""
    roles = assign(row, columns, lenient=lenient)
    if "text" not in roles and "title" not in roles:
        names = ", ".join(repr(name) for name in row)
        raise InputError(f"no text column among {names}: name it with --text-column (text=… in Python)")
