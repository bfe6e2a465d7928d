"""Documents to a label table without labels: for what needs texts and dates only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from narrativ.label.boilerplate import load_boilerplate
from narrativ.label.passages import split_documents
from narrativ.records import Document
from narrativ.table import row_of, to_dataframe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["split_table"]

_BATCH = 256


def split_table(documents: Iterable[Document]) -> pd.DataFrame:
    """The label table of documents with every label empty: their passages, with status.

    Parameters
    ----------
    documents
        What :func:`narrativ.read` yields.
    """
    return to_dataframe(_rows(documents))


def _rows(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    boilerplate = load_boilerplate()
    stream = iter(documents)
    while batch := list(islice(stream, _BATCH)):
        for document, (passages, _) in zip(batch, split_documents(batch, boilerplate), strict=True):
            if not passages:
                yield row_of(document, None, None)
            for passage in passages:
                yield row_of(document, passage, None)
