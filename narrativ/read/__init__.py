"""Real files in, :class:`~narrativ.records.Document`s out, one at a time and none lost.

The order of a file's way:

1. :mod:`files` finds it and loads its bytes (folders, globs, gzip, size bound);
2. its format is that of its name, or what its content shows (a ``.txt`` that is Markdown, standard input);
3. :mod:`decode` makes text of bytes, and reports what it had to do;
4. the format's reader takes it apart into fields and text (:mod:`markdownfile`, :mod:`html`, :mod:`plain`,
   :mod:`tables`, :mod:`jsonfile`, :mod:`frames`);
5. :mod:`build` cleans the text once and for all, and settles title, source, author, date and reach.

What cannot be read becomes a document with the status ``error: …``: every input appears in the output.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from narrativ.errors import InputError, OptionError
from narrativ.read import files, frames, html, jsonfile, markdownfile, plain, tables
from narrativ.read.build import build, failed, from_fields, skipped, with_defaults
from narrativ.read.byline import find
from narrativ.read.clean import clean
from narrativ.read.columns import ROLES, assign
from narrativ.read.decode import decode
from narrativ.read.markdown import looks_like_markdown
from narrativ.records import Document

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["READ_FORMATS", "read", "read_text"]

READ_FORMATS = ("markdown", "text", "html", "csv", "json", "jsonl", "excel", "parquet")
_STDIN = "<stdin>"


def _sniff(text: str) -> str:
    """Format of text that came without a name."""
    head = text.lstrip("\ufeff \t\r\n")[:5000]
    if head.startswith("{"):
        first = head.split("\n", 1)[0].rstrip()
        return "jsonl" if first.endswith("}") and "\n{" in text[: len(first) + 5000] else "json"
    if head.startswith("[") and re.match(r"\[\s*[{\]]", head):
        return "json"
    if re.match(
        r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body)\b",
        head,
        re.IGNORECASE | re.DOTALL,
    ):
        return "html"
    first, _, second = head.partition("\n")
    cells = [cell.strip(' "\r') for cell in re.split(r"[,\t]", first)]
    if len(cells) > 1 and second and not re.search(r"[。！？]", first) and "text" in assign(cells):
        return "csv"
    return "markdown" if looks_like_markdown(text) else "text"


def _binary_format(data: bytes) -> str | None:
    if data.startswith(b"PAR1"):
        return "parquet"
    return "excel" if data.startswith(b"PK\x03\x04") and b"xl/" in data[:4096] + data[-65536:] else None


def _html_document(text: str, *, id: str, defaults: Mapping[str, Any] | None, notes: tuple[str, ...]) -> Document:
    body, facts = html.page(text)
    lines = [clean(line) for line in body.split("\n")]
    lines = [line for line in lines if line]
    heading = clean(str(facts.get("title", ""))).replace("\n", " ")
    while (
        lines
        and heading
        and lines[0] in (heading, heading.split(" - ")[0], heading.split("_")[0], heading.split(" | ")[0])
    ):
        del lines[0]
    found = find(lines)
    text = "\n".join(line for number, line in enumerate(lines) if number not in found.lines)
    said = {
        "author": found.author,
        "source": found.source,
        "published": found.published,
        "reach": found.reach,
    }
    return from_fields(facts, id=id, text=text, defaults=with_defaults(said, defaults), notes=notes)


class _Options(NamedTuple):
    format: str | None
    columns: Mapping[str, str]
    defaults: Mapping[str, Any]
    source_from_folder: bool
    encoding: str | None
    max_bytes: int


def _parse(data: bytes, *, id: str, name: str, options: _Options) -> Iterator[Document]:
    columns = options.columns
    defaults = dict(options.defaults)
    if options.source_from_folder and name != "-":
        defaults["source"] = Path(name).absolute().parent.name
    known, suffix = files.format_of(name)
    kind = options.format or (None if name == "-" else known)
    if kind is None:
        kind = _binary_format(data)
    if kind == "excel":
        yield from frames.excel_documents(data, id=id, columns=columns, defaults=defaults)
        return
    if kind == "parquet":
        yield from frames.parquet_documents(data, id=id, columns=columns, defaults=defaults)
        return
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        yield from_fields({}, id=id, text="", defaults=defaults)
        return
    declared = html.declared_encoding(data) if kind in (None, "html") else None
    decoded = decode(data, declared=declared, encoding=options.encoding)
    text, notes = decoded.text, decoded.notes
    if kind is None:
        kind = _sniff(text)
    elif kind == "text" and not options.format and looks_like_markdown(text):
        kind = "markdown"
    if kind == "markdown":
        yield from markdownfile.documents(text, id=id, defaults=defaults, notes=notes)
    elif kind == "html":
        yield _html_document(text, id=id, defaults=defaults, notes=notes)
    elif kind == "csv":
        yield from tables.documents(text, id=id, suffix=suffix, columns=columns, defaults=defaults, notes=notes)
    elif kind == "jsonl":
        yield from jsonfile.line_documents(text, id=id, columns=columns, defaults=defaults, notes=notes)
    elif kind == "json":
        yield from jsonfile.documents(text, id=id, columns=columns, defaults=defaults, notes=notes)
    else:
        yield plain.document(text, id=id, defaults=defaults, notes=notes)


def read(
    path_or_paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | pd.DataFrame,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    source: str = "",
    author: str = "",
    source_from_folder: bool = False,
    encoding: str | None = None,
    max_bytes: int = files.MAX_BYTES,
) -> Iterator[Document]:
    """Documents behind paths, streamed in order.

    Parameters
    ----------
    path_or_paths
        Files, folders (recursively, hidden files aside), globs, or ``-`` for standard input; or a DataFrame with a
        document a row.
    format
        One of :data:`READ_FORMATS` for every file, whatever its name says.
    columns
        Role to column name for tables and JSON, where the usual names do not fit: ``{"text": "Nachricht"}``. Roles are
        id, text, title, source, author, date, url, reach, language.
    source, author
        For documents that name none.
    source_from_folder
        For documents that name no source, the name of the folder they lie in (a folder an outlet) instead of `source` or
        their author.
    encoding
        Encoding of every text file, instead of detection.
    max_bytes
        Largest file, in bytes after decompression.

    Yields
    ------
    Document
        With status ``ok``, ``empty``, ``error: …`` (unreadable; the rest goes on) or ``skipped: …`` (a file in a
        folder whose format narrativ does not read).

    Raises
    ------
    OptionError
        `format` or a role in `columns` is unknown.
    """
    if format is not None and format not in READ_FORMATS:
        raise OptionError(f"no format {format!r}; formats are {', '.join(READ_FORMATS)}")
    for role in columns or {}:
        if role not in ROLES:
            raise OptionError(f"no role {role!r}; roles are {', '.join(ROLES)}")
    defaults = {role: value for role, value in (("source", source), ("author", author)) if value}
    if hasattr(path_or_paths, "itertuples"):
        frame = cast("pd.DataFrame", path_or_paths)
        return frames.dataframe_documents(frame, id="row", columns=columns, defaults=defaults)
    single = isinstance(path_or_paths, str | os.PathLike)
    inputs = [os.fspath(path_or_paths)] if single else [os.fspath(path) for path in path_or_paths]  # type: ignore[arg-type,union-attr]
    options = _Options(format, dict(columns or {}), defaults, source_from_folder, encoding, max_bytes)
    return _stream(inputs, options)


def _stream(inputs: list[str], options: _Options) -> Iterator[Document]:
    for found in files.walk(inputs):
        name = _STDIN if found.path == "-" else _printable(Path(found.path).as_posix())
        if found.error:
            yield failed(name, found.error)
            continue
        if found.skip:
            yield skipped(name, found.skip)
            continue
        try:
            data = files.load(found.path, limit=options.max_bytes)
            yield from _parse(data, id=name, name=found.path, options=options)
        except InputError as error:
            yield failed(name, str(error))
        except OptionError:
            raise
        except (RecursionError, MemoryError, ValueError, ArithmeticError, LookupError, OSError) as error:
            # A parser met something nobody foresaw: the input is reported with the reason, the others are read.
            yield failed(name, f"cannot be parsed: {type(error).__name__}: {error}")


def _printable(name: str) -> str:
    """A file name that can be written down: bytes that are no UTF-8 (names out of old archives) as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def read_text(text: str, *, id: str = "text", source: str = "", title: str = "") -> Document:
    """One string as a document: cleaned like any input, nothing else looked for in it."""
    return build(id=id, text=text, source=source, title=title)


class _Callable(ModuleType):
    """``narrativ.read`` is this package and the function in it: ``narrativ.read(path)`` calls the function."""

    def __call__(self, *args: Any, **options: Any) -> Iterator[Document]:
        return read(*args, **options)


sys.modules[__name__].__class__ = _Callable
