"""Label files to a file: streamed, accounted for, atomic."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from narrativ.analyze.sources import ordered
from narrativ.label.labeler import Labeler
from narrativ.records import OK, Document
from narrativ.table import TableWriter

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Report", "label_files"]

_CHUNK = 2000


@dataclass
class Report:
    """What came in and what came of it.

    Attributes
    ----------
    documents
        Documents read, failed ones included.
    failed
        Ids of documents that could not be read, with the reason.
    skipped
        Ids of files that are of no known format.
    passages
        Rows of the table per status; ``error`` and ``skipped`` without their reasons.
    frames
        Passages per frame.
    sources
        Per source: ``documents``, ``passages`` (labelled), ``no_frame``, and a number per frame.
    notes
        ``(document id, note)`` of everything that readers noticed.
    """

    documents: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    passages: Counter[str] = field(default_factory=Counter)
    frames: Counter[str] = field(default_factory=Counter)
    sources: dict[str, Counter[str]] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def by_source(self, frames: Sequence[str]) -> pd.DataFrame:
        """Sources with labelled passages as :func:`narrativ.by_source` gives them, without a table in memory."""
        rows = [{"source": source, **counts} for source, counts in self.sources.items() if counts["passages"]]
        return ordered(rows, frames)

    def add_document(self, document: Document) -> None:
        """Count a document."""
        self.documents += 1
        if document.status.startswith("error"):
            self.failed.append((document.id, document.status.removeprefix("error: ")))
        elif document.status.startswith("skipped"):
            self.skipped.append((document.id, document.status.removeprefix("skipped: ")))
        else:
            self.sources.setdefault(document.source, Counter())["documents"] += 1
        self.notes.extend((document.id, note) for note in document.notes)

    def add_row(self, row: dict[str, Any]) -> None:
        """Count a row of the table."""
        status = str(row["status"]).split(":")[0]
        self.passages[status] += 1
        if status == OK:
            counts = self.sources.setdefault(row["source"], Counter())
            counts["passages"] += 1
            counts["no_frame"] += not row["frames"]
            for frame in row["frames"]:
                self.frames[frame] += 1
                counts[frame] += 1


def label_files(
    documents: Iterable[Document],
    out: str | os.PathLike[str],
    labeler: Labeler,
    *,
    format: str | None = None,
    progress: Callable[[Report], None] | None = None,
) -> Report:
    """Label documents and write their table.

    Parameters
    ----------
    documents
        What :func:`narrativ.read` yields; worked on as it streams.
    out
        Where the table goes, ``-`` for standard output; the format is that of its ending.
    labeler
        Labels them.
    format
        Format of the table, whatever the ending says.
    progress
        Called after every few hundred documents with the report so far.

    Returns
    -------
    Report
        With every document counted; failed inputs are rows of the table too.
    """
    report = Report()

    def counted() -> Iterator[Document]:
        for document in documents:
            report.add_document(document)
            yield document

    codebook = labeler.codebook
    with TableWriter(out, codebook.frame_ids, codebook.target_ids, format=format) as writer:
        chunk: list[dict[str, Any]] = []
        for row in labeler.rows(counted()):
            report.add_row(row)
            chunk.append(row)
            if len(chunk) >= _CHUNK:
                writer.write(chunk)
                chunk = []
                if progress:
                    progress(report)
        writer.write(chunk)
    if progress:
        progress(report)
    return report
