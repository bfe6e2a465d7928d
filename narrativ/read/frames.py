"""Excel and Parquet, through pandas (openpyxl, pyarrow), and DataFrames themselves."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from narrativ.errors import InputError
from narrativ.read.build import from_fields
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
        return value.to_pydatetime()
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


def excel_documents(data: bytes, *, id: str, columns: Mapping[str, str] | None = None, defaults: Mapping[str, Any] | None = None,
                    ) -> Iterator[Document]:  # fmt: skip
    """A document a row of each sheet that holds text; a sheet without a text column is an error only when none has one."""
    import zipfile

    import pandas as pd

    try:
        sheets = pd.read_excel(io.BytesIO(data), sheet_name=None, dtype=object, engine="openpyxl")
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"no readable Excel workbook ({error}); old .xls files must be saved as .xlsx") from error
    used = 0
    problem: InputError | None = None
    for name, sheet in sheets.items():
        if sheet.empty:
            continue
        try:
            yield from dataframe_documents(
                sheet, id=f"{id}#{name}" if len(sheets) > 1 else id, columns=columns, defaults=defaults
            )
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
