"""The label table: one row a passage, the same in pandas, JSONL, CSV and Parquet.

``docs/label-table.md`` documents the columns. JSONL and DataFrames hold the nested form; CSV and Parquet the flat one,
by this rule: a list of names is joined by ``|``; an object becomes a column per key, named ``score_…``,
``position_…``, ``stance_…``, ``polarity_…``; voices, evidence and notes are JSON. Columns that a user or a later command added
stand after these and are kept. Reading turns the flat form back, so that a table read from
any of the three equals the one that was written.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

import orjson

from narrativ import cells
from narrativ.errors import OptionError, TableError
from narrativ.records import OK, Document, Evidence, Labels, Passage, StanceEvidence, Voice

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COLUMNS",
    "TABLE_FORMATS",
    "TableWriter",
    "guard",
    "read_table",
    "row_of",
    "table_format",
    "to_dataframe",
    "unguard",
    "write_table",
]

COLUMNS = (
    "doc_id", "passage", "start", "end", "text", "source", "title", "author", "published", "url", "reach", "script", "status",
    "frames", "frame_scores", "abstained", "positions", "stance", "polarity", "holder", "voices", "evidence", "stance_evidence",
    "kind", "about", "notes",
)  # fmt: skip
"""Columns of the nested form, in order."""

TABLE_FORMATS = ("csv", "jsonl", "parquet")

_OBJECTS = {"frame_scores": "score_", "positions": "position_", "stance": "stance_", "polarity": "polarity_"}
_NUMBERS = ("frame_scores", "polarity")
_LISTS = ("frames", "abstained")
_JSON = ("voices", "evidence", "stance_evidence", "notes")
_LATER = frozenset({"abstained", "polarity", "voices", "stance_evidence", "kind", "about", "notes"})
"""Columns that tables written before they existed, or by hand, may lack."""
_INTEGERS = ("passage", "start", "end", "reach")

# A spreadsheet runs a cell that begins with one of these (CWE-1236). The apostrophe itself is guarded too, so that reading
# can take exactly one away.
_FORMULA = re.compile(r"^[=+\-@\t\r']")
_BOM = "\ufeff"


def row_of(document: Document, passage: Passage | None, labels: Labels | None) -> dict[str, Any]:
    """A row of the nested form; without a passage, the row that accounts for the document."""
    about = document.meta.get("about", "")
    published = document.published
    return {
        "doc_id": document.id,
        "passage": passage.number if passage else None,
        "start": passage.start if passage else None,
        "end": passage.end if passage else None,
        "text": passage.text if passage else "",
        "source": document.source,
        "title": document.title,
        "author": document.author,
        "published": published.isoformat() if isinstance(published, dt.date) else "",
        "url": document.url,
        "reach": document.reach,
        "script": passage.script if passage else document.script,
        "status": _status(document, passage),
        "frames": list(labels.frames) if labels else [],
        "frame_scores": {frame: round(score, 6) for frame, score in labels.frame_scores.items()} if labels else {},
        "abstained": list(labels.abstained) if labels else [],
        "positions": dict(labels.positions) if labels else {},
        "stance": dict(labels.stance) if labels else {},
        "polarity": {target: round(value, 6) for target, value in labels.polarity.items()} if labels else {},
        "holder": labels.holder if labels else None,
        "voices": [_plain_record(item) for item in labels.voices] if labels else [],
        "evidence": [_plain_record(item) for item in labels.evidence] if labels else [],
        "stance_evidence": [_plain_record(item) for item in labels.stance_evidence] if labels else [],
        "kind": document.kind,
        "about": about if isinstance(about, str) else "",
        "notes": list(document.notes),
    }


def _plain_record(item: Voice | Evidence | StanceEvidence) -> dict[str, Any]:
    """A record as the table holds it: names that only explain (``concept``) are left out, weights are rounded."""
    return {
        name: round(value, 6) if isinstance(value := getattr(item, name), float) else value
        for name in _KEPT[type(item)]
    }


_KEPT: dict[type, tuple[str, ...]] = {
    Voice: tuple(item.name for item in fields(Voice)),
    Evidence: ("frame", "start", "end", "text", "weight"),
    StanceEvidence: tuple(item.name for item in fields(StanceEvidence)),
}


def _status(document: Document, passage: Passage | None) -> str:
    if passage is not None:
        return passage.status
    return "empty" if document.status == OK else document.status


def to_dataframe(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows of the nested form as a DataFrame with its documented column types; further columns follow them."""
    import pandas as pd

    data: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for count, row in enumerate(rows):
        for name in row:
            if name not in data:
                data[name] = [None] * count
        for name, values in data.items():
            values.append(row.get(name))
    frame: pd.DataFrame = pd.DataFrame({name: pd.Series(values, dtype="object") for name, values in data.items()})
    for name in _INTEGERS:
        frame[name] = pd.array(data[name], dtype="Int64")
    return frame


# --- the flat form ---------------------------------------------------------------------------------------------------


def _flat_columns(keys: Mapping[str, Sequence[str]], further: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name in (*COLUMNS, *further):
        if name in _OBJECTS:
            names.extend(_OBJECTS[name] + key for key in keys[name])
        else:
            names.append(name)
    return names


def _flatten(row: Mapping[str, Any], keys: Mapping[str, Sequence[str]], further: Sequence[str]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name in (*COLUMNS, *further):
        value = row[name]
        if name in _OBJECTS:
            unknown = set(value) - set(keys[name])
            if unknown:
                raise TableError(f"{name} has {sorted(unknown)}, which are not columns of this table")
            for key in keys[name]:
                flat[_OBJECTS[name] + key] = value.get(key)
        elif name in _LISTS:
            flat[name] = "|".join(value)
        elif name in _JSON:
            flat[name] = orjson.dumps(value).decode()
        else:
            flat[name] = value
    return flat


def _unflatten(flat: Mapping[str, Any], names: Sequence[str] = COLUMNS) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in names:
        if name in _OBJECTS:
            prefix = _OBJECTS[name]
            value: Any = {
                key[len(prefix) :]: value
                for key, value in flat.items()
                if key.startswith(prefix) and key not in COLUMNS and value not in (None, "")
            }
        else:
            value = flat.get(name)
        row[name] = _value(name, value)
    prefixes = tuple(_OBJECTS.values())
    row |= {name: value for name, value in flat.items() if name not in COLUMNS and not name.startswith(prefixes)}
    return row


def _value(name: str, value: Any) -> Any:
    """A cell of the nested form, of its documented type."""
    try:
        if name in _OBJECTS:
            return cells.mapping(value, numbers=name in _NUMBERS) if value else {}
        if name in _INTEGERS:
            return cells.integer(value)
        if name in _LISTS:
            return cells.names(value)
        if name in _JSON:
            return cells.items(value, str if name == "notes" else dict)
        if name == "holder":
            return cells.text(value) or None
        return cells.text(value)
    except ValueError as error:
        raise TableError(f"column {name!r}: {error}") from error


def guard(value: Any) -> Any:
    """A cell that no spreadsheet runs: one that begins like a formula, with an apostrophe before it; missing ones empty."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _text(value: Any) -> str | None:
    return None if value is None or value != value else str(value)


def unguard(value: str) -> str:
    """The cell that :func:`guard` was given."""
    return value[1:] if value.startswith("'") else value


# --- writing ---------------------------------------------------------------------------------------------------------


def table_format(path: str) -> str:
    """Format of a table by its name's ending: ``csv``, ``jsonl`` or ``parquet``.

    Raises
    ------
    OptionError
        The ending is another.
    """
    suffix = Path(path).suffix.lower().lstrip(".")
    suffix = {"ndjson": "jsonl", "pq": "parquet"}.get(suffix, suffix)
    if suffix not in TABLE_FORMATS:
        raise OptionError(f"{path!r}: a table is written as .csv, .jsonl or .parquet")
    return suffix


class TableWriter:
    """Writes a label table row by row; a context manager.

    A file appears under its name only when it is complete: rows go to a temporary file beside it, which is renamed at
    the end and removed on an error.

    Parameters
    ----------
    path
        Where to write, ``-`` for standard output.
    frames, targets
        Ids of the codebook's frames and targets: the columns of the flat form.
    format
        ``csv``, ``jsonl`` or ``parquet``; by the name's ending when not given (``jsonl`` for standard output).
    further
        Columns after those of the label table; text in CSV and Parquet, anything that JSON holds in JSONL.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        frames: Sequence[str],
        targets: Sequence[str],
        *,
        format: str | None = None,
        further: Sequence[str] = (),
    ) -> None:
        self.path = os.fspath(path)
        self.format = format or ("jsonl" if self.path == "-" else table_format(self.path))
        if self.format not in TABLE_FORMATS:
            raise OptionError(f"no table format {self.format!r}; formats are {', '.join(TABLE_FORMATS)}")
        self._keys = {
            "frame_scores": tuple(frames),
            "positions": tuple(frames),
            "stance": tuple(targets),
            "polarity": tuple(targets),
        }
        self._further = tuple(further)
        self._temporary: str | None = None
        self._stream: IO[bytes] | None = None
        self._text: io.TextIOWrapper | None = None
        self._csv: Any = None
        self._parquet: Any = None
        self._buffer: list[dict[str, Any]] = []

    def __enter__(self) -> TableWriter:
        if self.path == "-":
            self._stream = sys.stdout.buffer
        else:
            folder = Path(self.path).parent
            if not folder.is_dir():
                raise OptionError(f"{self.path}: the folder {folder} does not exist")
            try:
                handle, self._temporary = tempfile.mkstemp(prefix=".narrativ-", suffix=".tmp", dir=folder)
            except OSError as error:
                raise OptionError(f"{self.path}: cannot be written ({error.strerror})") from error
            self._stream = os.fdopen(handle, "wb")
        if self.format == "csv":
            self._text = io.TextIOWrapper(self._stream, encoding="utf-8", newline="", write_through=False)
            # The mark tells Excel that the file is UTF-8; on a pipe it would be noise.
            if self.path != "-":
                self._text.write(_BOM)
            self._csv = csv.writer(self._text, lineterminator="\r\n")
            self._csv.writerow(_flat_columns(self._keys, self._further))
        elif self.format == "parquet":
            import pyarrow.parquet as pq

            self._parquet = pq.ParquetWriter(self._stream, self._schema(), compression="zstd")
        return self

    def _schema(self) -> Any:
        import pyarrow as pa

        fields = []
        for name in _flat_columns(self._keys, self._further):
            number = name not in self._further and name.startswith(tuple(_OBJECTS[key] for key in _NUMBERS))
            kind = pa.int64() if name in _INTEGERS else pa.float64() if number else pa.string()
            fields.append(pa.field(name, kind))
        return pa.schema(fields, metadata={"narrativ_table": "1"})

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows of the nested form."""
        assert self._stream is not None
        if self.format == "jsonl":
            for row in rows:
                self._stream.write(
                    orjson.dumps(
                        {name: row[name] for name in (*COLUMNS, *self._further)}, option=orjson.OPT_APPEND_NEWLINE
                    )
                )
        elif self.format == "csv":
            self._csv.writerows(
                [guard(value) for value in _flatten(row, self._keys, self._further).values()] for row in rows
            )
        else:
            for row in rows:
                flat = _flatten(row, self._keys, self._further)
                self._buffer.append(flat | {name: _text(flat[name]) for name in self._further})
            if len(self._buffer) >= 20_000:
                self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._buffer:
            self._parquet.write_table(pa.Table.from_pylist(self._buffer, schema=self._schema()))
            self._buffer = []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self.format == "parquet":
                self._flush()
            if self._parquet is not None:
                self._parquet.close()
            if self._text is not None:
                self._text.flush()
                self._text.detach()
            if self._stream is not None:
                self._stream.flush()
        finally:
            if self._temporary is not None and self._stream is not None:
                self._stream.close()
                self._finish(failed=kind is not None)

    def _finish(self, *, failed: bool) -> None:
        assert self._temporary is not None
        temporary = Path(self._temporary)
        if failed:
            temporary.unlink(missing_ok=True)
            return
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        try:
            temporary.replace(self.path)
        except OSError as problem:
            temporary.unlink(missing_ok=True)
            raise OptionError(f"{self.path}: cannot be written ({problem.strerror})") from problem


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a label table, by its columns."""
    file = Path(path)
    try:
        if not file.is_file():
            return False
        kind = table_format(str(file))
        if kind == "parquet":
            import pyarrow.parquet as pq

            names = set(pq.read_schema(file).names)
        else:
            with file.open("rb") as stream:
                line = stream.readline(1 << 22)
            names = _keys_of(line) if kind == "jsonl" else _header_of(line)
    except (OptionError, OSError, ValueError):  # pyarrow's and orjson's errors are ValueErrors
        return False
    return {"doc_id", "passage", "status", "evidence"} <= names


def _keys_of(line: bytes) -> set[str]:
    """Names in a line of JSON; also in a broken one, so that a damaged label table is not taken for a list of texts."""
    try:
        return set(orjson.loads(line))
    except (ValueError, TypeError):
        return {name for name in COLUMNS if f'"{name}":' in line.decode("utf-8", "replace").replace('": ', '":')}


def _header_of(line: bytes) -> set[str]:
    header = line.decode("utf-8-sig", "replace").strip()
    return set(next(csv.reader([header], delimiter=cells.delimiter(header)), []))


def labelled_documents(table: pd.DataFrame) -> Iterator[tuple[Document, list[tuple[Passage, Labels | None]]]]:
    """Documents of a label table with their passages and labels, in the table's order.

    A document's text is as long as it was; what no passage covers is blank.
    """
    for doc_id, group in table.groupby("doc_id", sort=False):
        rows = [_plain(row) for row in group.to_dict("records")]
        first = rows[0]
        text = ""
        for row in rows:
            if row["start"] is not None:
                text = text.ljust(row["start"], "\n") + row["text"]
        status = OK if first["passage"] is not None else first["status"]
        document = Document(
            str(doc_id), text, first["title"], first["source"], first["author"], _date(first["published"]), first["url"], first["reach"],
            kind=first["kind"], status=status, notes=tuple(first["notes"]),
        )  # fmt: skip
        labelled: list[tuple[Passage, Labels | None]] = []
        for row in rows:
            if row["passage"] is None:
                continue
            passage = Passage(document, row["passage"], row["start"], row["end"], row["script"], row["status"])
            labels = _labels(row) if row["status"] == OK else None
            labelled.append((passage, labels))
        yield document, labelled


def _date(stated: str) -> dt.datetime | dt.date | None:
    """A column `published` as a date; none where a person wrote something else into it."""
    try:
        return dt.datetime.fromisoformat(stated) if "T" in stated else dt.date.fromisoformat(stated)
    except ValueError:
        return None


def _labels(row: Mapping[str, Any]) -> Labels:
    try:
        return Labels(
            frames=tuple(row["frames"]),
            frame_scores=row["frame_scores"],
            abstained=tuple(row["abstained"]),
            positions=row["positions"],
            stance=row["stance"],
            polarity=row["polarity"],
            holder=row["holder"],
            voices=tuple(Voice(**item) for item in row["voices"]),
            evidence=tuple(Evidence(**item) for item in row["evidence"]),
            stance_evidence=tuple(StanceEvidence(**item) for item in row["stance_evidence"]),
        )
    except TypeError as error:  # a voice or evidence that lacks a field
        raise TableError(f"{row['doc_id']}, passage {row['passage']}: {error}") from error


def write_table(table: pd.DataFrame, path: str | os.PathLike[str], *, format: str | None = None) -> None:
    """Write a label table as CSV, JSONL or Parquet, by the name's ending."""
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise TableError(f"not a label table: no column {', '.join(map(repr, missing))}")
    further = [str(name) for name in table.columns if name not in COLUMNS]
    records = [_plain(row, further) for row in table.to_dict("records")]
    frames = list(dict.fromkeys(key for row in records for key in (*row["frame_scores"], *row["positions"])))
    targets = list(dict.fromkeys(key for row in records for key in (*row["stance"], *row["polarity"])))
    with TableWriter(path, frames, targets, format=format, further=further) as writer:
        writer.write(records)


def _plain(row: Mapping[Any, Any], further: Sequence[str] = ()) -> dict[str, Any]:
    """A DataFrame's row with plain Python values: integers for Int64, None for missing ones."""
    import pandas as pd

    plain: dict[str, Any] = {}
    for name in COLUMNS:
        value = row[name]
        if name in _INTEGERS:
            value = None if pd.isna(value) else int(value)
        plain[name] = value
    for name in further:
        value = row[name]
        plain[name] = None if value is None or value is pd.NA or value != value else value
    return plain


# --- reading ---------------------------------------------------------------------------------------------------------


def _wanted(header: Sequence[str], columns: Sequence[str] | None) -> list[int]:
    """Places of the flat columns that the asked-for columns are made of; all of them when none are asked for."""
    if columns is None:
        return list(range(len(header)))
    prefixes = tuple(prefix for name, prefix in _OBJECTS.items() if name in columns)
    asked = set(columns)
    return [
        place
        for place, name in enumerate(header)
        if name in asked or (prefixes and name not in COLUMNS and name.startswith(prefixes))
    ]


def _names(columns: Sequence[str] | None) -> Sequence[str]:
    return COLUMNS if columns is None else [name for name in COLUMNS if name in columns]


def _read_csv(path: Path, columns: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(1 << 27)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        mark = cells.delimiter(stream.readline(1 << 22))
        stream.seek(0)
        reader = csv.reader(stream, delimiter=mark)
        header = next(reader, [])
        _check(path, header)
        places = _wanted(header, columns)
        names = _names(columns)
        for number, line in enumerate(reader, 2):
            if any(line):
                line += [""] * (len(header) - len(line))
                with _where(path, number):
                    yield _unflatten({header[place]: unguard(line[place]) for place in places}, names)


@contextmanager
def _where(path: Path, number: int) -> Iterator[None]:
    """Names the file and row of what is wrong in it."""
    try:
        yield
    except TableError as error:
        raise TableError(f"{path}: row {number}, {error}") from error


def _read_jsonl(path: Path, columns: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise TableError(f"{path}:{number}: no valid JSON: {error}") from error
            if not isinstance(row, dict):
                raise TableError(f"{path}:{number}: not a row of a label table")
            _check(path, row)
            with _where(path, number):
                row = _typed(row)
            yield row if columns is None else {name: row[name] for name in columns if name in row}


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of JSONL with every column of its type, empty where it is lacking."""
    return row | {name: _value(name, row.get(name)) for name in COLUMNS}


def _read_parquet(path: Path, columns: Sequence[str] | None) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path}: no readable Parquet file") from error
    header = file.schema_arrow.names
    _check(path, header)
    names = _names(columns)
    number = 0
    for batch in file.iter_batches(columns=[header[place] for place in _wanted(header, columns)]):
        for row in batch.to_pylist():
            number += 1
            with _where(path, number):
                yield _unflatten(row, names)


def _check(path: Path, names: Iterable[str]) -> None:
    present = set(names)
    missing = [name for name in COLUMNS if name not in present and name not in _OBJECTS and name not in _LATER]
    if missing:
        raise TableError(
            f"{path}: not a label table (no column {', '.join(map(repr, missing))}); make one with narrativ label"
        )


def read_table(path: str | os.PathLike[str], *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a label table from CSV, JSONL or Parquet into the nested form.

    Parameters
    ----------
    path
        The file.
    columns
        Columns to read, where not all are needed: a few of a large table take a fraction of the time. Those that the table has
        not are left out.

    Raises
    ------
    TableError
        The file is missing or no label table.
    """
    file = Path(path)
    if not file.is_file():
        raise TableError(f"{file}: {'a folder, not a label table' if file.is_dir() else 'no such file'}")
    reader = {"csv": _read_csv, "jsonl": _read_jsonl, "parquet": _read_parquet}[table_format(str(file))]
    try:
        table = to_dataframe(reader(file, columns))
    except UnicodeDecodeError as error:
        raise TableError(
            f"{file}: not UTF-8 at byte {error.start} (in a spreadsheet, save it as “CSV UTF-8”)"
        ) from error
    except csv.Error as error:
        raise TableError(f"{file}: no readable CSV: {error}") from error
    except OSError as error:
        raise TableError(f"{file}: cannot be read ({error.strerror})") from error
    return table if columns is None else table[[name for name in columns if name in table.columns]]
