"""From a path to bytes: folders walked, globs resolved, compressed files opened, sizes bounded."""

from __future__ import annotations

import errno
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from glob import glob, has_magic
from pathlib import Path
from typing import NamedTuple

from narrativ.errors import InputError
from narrativ.table import is_table

__all__ = ["FORMATS", "MAX_BYTES", "Found", "format_of", "load", "walk"]

MAX_BYTES = 1 << 30
"""Largest input in bytes, after decompression: 1 GiB. Split larger ones; JSON lines and CSV split well."""

FORMATS: dict[str, str] = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown", ".qmd": "markdown", ".mdx": "markdown",
    ".txt": "text", ".text": "text", ".asc": "text", "": "text",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html",
    ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonlines": "jsonl",
    ".xlsx": "excel", ".xlsm": "excel", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip


class Found(NamedTuple):
    """A path to read, what is wrong with it (``error``), or why it is left out (``skip``)."""

    path: str
    error: str = ""
    skip: str = ""


def format_of(name: str) -> tuple[str | None, str]:
    """Format by the name's ending, compression aside: ``("csv", ".csv")`` for ``posts.csv.gz``; ``None`` when unknown."""
    lower = name.lower().removesuffix(".gz")
    suffix = Path(lower).suffix
    return FORMATS.get(suffix), suffix


def _walk_folder(folder: str) -> Iterator[Found]:
    problems: list[Found] = []

    def remember(error: OSError) -> None:
        problems.append(Found(str(error.filename), f"folder cannot be read: {error.strerror}"))

    for root, folders, names in os.walk(folder, onerror=remember):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from problems
        problems.clear()
        for name in sorted(names):
            path = os.path.join(root, name)  # noqa: PTH118 -- keeps the spelling that the user gave
            if name.startswith((".", "~$")):
                continue
            if format_of(name)[0] is None:
                yield Found(path, skip=f"{Path(name).suffix.lower()} is no format that narrativ reads")
            elif is_table(path):
                yield Found(path, skip="a label table, narrativ's own output")
            else:
                yield Found(path)
    yield from problems


def walk(inputs: Iterable[str]) -> Iterator[Found]:
    """Files behind paths, folders (recursively), globs and ``-``, each once, in sorted order within a folder or glob."""
    seen: set[str] = set()
    for item in inputs:
        found: Iterable[Found]
        path = Path(item)
        if item == "-":
            found = [Found("-")]
        elif path.is_dir():
            found = _walk_folder(item)
        elif path.exists() or path.is_symlink() or not has_magic(item):
            found = [Found(item)]
        else:
            matches = sorted(glob(item, recursive=True))  # noqa: PTH207 -- keeps the spelling that the user gave
            expanded: list[Found] = []
            for match in matches:
                expanded.extend(_walk_folder(match) if Path(match).is_dir() else [Found(match)])
            found = expanded or [Found(item, "no file matches this pattern")]
        for one in found:
            key = one.path if one.path == "-" else os.path.realpath(one.path)
            if key not in seen:
                seen.add(key)
                yield one


def _bounded(stream: io.BufferedIOBase, limit: int) -> bytes:
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise InputError(f"larger than {limit:,} bytes after decompression: split it")
    return data


def load(path: str, *, limit: int = MAX_BYTES) -> bytes:
    """Content of a file or of standard input (``-``), decompressed when it is gzip.

    Raises
    ------
    InputError
        It cannot be opened, is too large, or its compression is damaged.
    """
    try:
        if path == "-":
            data = _bounded(sys.stdin.buffer, limit)  # type: ignore[arg-type]
        else:
            file = Path(path)
            if not file.is_file():
                raise InputError("no such file" if not file.exists() else "no regular file")
            if file.stat().st_size > limit:
                raise InputError(f"larger than {limit:,} bytes: split it")
            data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {os.strerror(error.errno or errno.EIO)}") from error
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = _bounded(stream, limit)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"damaged gzip data: {error}") from error
    return data
