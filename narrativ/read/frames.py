"""Excel and Parquet, through pandas (openpyxl, pyarrow), and DataFrames themselves."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from narrativ.errors import InputError
from narrativ.read.build import from_fields
from narrativ.read.columns import assign
from narrativ.read.tables import require_text
from narrativ.records import Document

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["dataframe_documents", "excel_documents", "parquet_documents"]


def _cell(value: Any) -> Any:
    """A plain Python value: missing ones empty, timestamps as datetimes, whole floats as integers."""
    import pandas as pd

    if isinstance(value, list | tuple | dict) or (hasattr(value, "tolist") and bool(getattr(value, "ndim", False))):
        return value if isinstance(value, list | dict) else list(value)
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return ""
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, dt.datetime):
        # A spreadsheet has no days, only midnights.
        return value.date() if value.tzinfo is None and value.time() == dt.time(0) else value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def dataframe_documents(
    frame: pd.DataFrame,
    *,
    id: str,
    columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Iterator[Document]:
    """A document a row of `frame`."""
    names = [str(name) for name in frame.columns]
    for number, values in enumerate(frame.itertuples(index=False, name=None), 1):
        row = {name: _cell(value) for name, value in zip(names, values, strict=True)}
        if number == 1:
            require_text(row, columns)
        if any(value != "" for value in row.values()):
            yield from_fields(row, id=f"{id}#{number}", columns=columns, defaults=defaults, notes=notes)


_HEADER_ROWS = 10


def _sheet(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """A sheet's rows as a frame, headed by the first row that names a column of text (titles may stand above it)."""
    import pandas as pd

    head = 0
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        names = [str(cell).strip() for cell in row if cell is not None]
        if len(names) > 1 and {"text", "title"} & set(assign(names)):
            head = number
            break
    header = [str(cell).strip() if cell is not None else f"column {place}" for place, cell in enumerate(rows[head], 1)]
    frame: pd.DataFrame = pd.DataFrame(rows[head + 1 :], columns=header, dtype=object)
    return frame


def excel_documents(
    data: bytes, *, id: str, columns: Mapping[str, str] | None = None, defaults: Mapping[str, Any] | None = None
) -> Iterator[Document]:
    """A document a row of each sheet that holds text; a sheet without a text column is an error only when none has one.

    A merged cell counts in each of its rows.
    """
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"no readable Excel workbook ({error}); old .xls files must be saved as .xlsx") from error
    used = 0
    problem: InputError | None = None
    for sheet in book.worksheets:
        merged = {}
        for area in list(sheet.merged_cells.ranges):
            value = sheet.cell(area.min_row, area.min_col).value
            merged.update(dict.fromkeys(area.cells, value))
        rows = [tuple(merged.get((cell.row, cell.column), cell.value) for cell in row) for row in sheet.iter_rows()]
        rows = [row for row in rows if any(cell is not None for cell in row)]
        if len(rows) < 2:
            continue
        name = f"{id}#{sheet.title}" if len(book.worksheets) > 1 else id
        try:
            yield from dataframe_documents(_sheet(rows), id=name, columns=columns, defaults=defaults)
            used += 1
        except InputError as error:
            problem = error
    if not used and problem is not None:
        raise problem


def parquet_documents(data: bytes, *, id: str, columns: Mapping[str, str] | None = None, defaults: Mapping[str, Any] | None = None,
                      ) -> Iterator[Document]:  # fmt: skip
    """A document a row, in batches, so that a large file does not stand in memory twice."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
    except pa.ArrowException as error:
        raise InputError(f"no readable Parquet file ({error})") from error
    number = 0
    for batch in file.iter_batches(batch_size=4096):
        for row in batch.to_pylist():
            number += 1
            fields = {name: "" if value is None else value for name, value in row.items()}
            fields = {
                name: value if isinstance(value, str | int | float | list | dict | dt.date) else str(value)
                for name, value in fields.items()
            }
            if number == 1:
                require_text(fields, columns)
            yield from_fields(fields, id=f"{id}#{number}", columns=columns, defaults=defaults)
