"""The Labeler: documents in, the label table out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from narrativ.codebook import Codebook, load_codebook
from narrativ.errors import OptionError
from narrativ.label.boilerplate import load_boilerplate
from narrativ.label.engine import Batch, Engine
from narrativ.label.lexicon import LexiconEngine
from narrativ.label.passages import split_documents
from narrativ.label.result import Result
from narrativ.records import OK, Document, Labels, Passage
from narrativ.resources import models_dir
from narrativ.table import row_of, to_dataframe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ENGINES", "Labeler"]

ENGINES = ("fast", "accurate", "lexicon")
_BATCH = 256


class Labeler:
    """Labels documents, passage by passage.

    Parameters
    ----------
    codebook
        Name of a codebook, path of its folder, or a loaded one.
    engine
        Name of an engine (one of :data:`ENGINES`) or an engine object.
    batch_size
        Documents that are worked on together; more is faster up to some hundred, and takes more memory.
    """

    def __init__(
        self,
        codebook: str | os.PathLike[str] | Codebook = "deepseek",
        engine: str | Engine = "fast",
        *,
        batch_size: int = _BATCH,
    ) -> None:
        if batch_size < 1:
            raise OptionError(f"batch_size is {batch_size}; it must be 1 or more")
        self.codebook = codebook if isinstance(codebook, Codebook) else load_codebook(os.fspath(codebook))
        self.engine = _engine(engine, self.codebook) if isinstance(engine, str) else engine
        self.batch_size = batch_size
        self._boilerplate = load_boilerplate()

    def label_documents(self, documents: Iterable[Document]) -> Iterator[list[tuple[Passage, Labels | None]]]:
        """Passages of each document with their labels (``None`` unless their status is ``ok``), document by document.

        Streams: no more than `batch_size` documents are in memory. A document without passages gives an empty list.
        """
        for _, labelled in self.labelled(documents):
            yield labelled

    def labelled(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[tuple[Passage, Labels | None]]]]:
        """Each document with its passages and their labels, as :meth:`label_documents` gives them."""
        stream = iter(documents)
        while batch := list(islice(stream, self.batch_size)):
            split = split_documents(batch, self._boilerplate)
            passages = [passage for found, _ in split for passage in found if passage.status == OK]
            forms = [form[p.start : p.end] for found, form in split for p in found if p.status == OK]
            labels = iter(self.engine.label(Batch(passages, forms)))
            for document, (found, _) in zip(batch, split, strict=True):
                yield document, [(p, next(labels) if p.status == OK else None) for p in found]

    def rows(self, documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
        """Rows of the label table, streamed; a document without passages is one row with its status."""
        for document, labelled in self.labelled(documents):
            if not labelled:
                yield row_of(document, None, None)
            for passage, labels in labelled:
                yield row_of(document, passage, labels)

    def label(self, documents: Iterable[Document | str]) -> pd.DataFrame:
        """The label table of documents, as a DataFrame; see ``docs/label-table.md``.

        Parameters
        ----------
        documents
            What :func:`narrativ.read` yields, or plain texts.

        Raises
        ------
        OptionError
            `documents` is a string: a path must be read first, a text goes to the labeler itself.
        """
        if isinstance(documents, str | os.PathLike) or hasattr(documents, "itertuples"):
            raise OptionError(
                "label() takes documents: labeler.label(narrativ.read(path)), or labeler(text) for one text"
            )
        return to_dataframe(self.rows(_as_documents(documents)))

    def __call__(self, text: str, *, title: str = "", source: str = "") -> Result:
        """Labels of one text, with its evidence; shows itself in notebooks."""
        from narrativ.read import read_text

        document = read_text(text, title=title, source=source)
        [(_, labelled)] = self.labelled([document])
        return Result(document, tuple(labelled), self.codebook)

    def __repr__(self) -> str:
        return f"Labeler(codebook={self.codebook.id!r}, engine={self.engine.name!r})"


def _as_documents(items: Iterable[Document | str]) -> Iterator[Document]:
    from narrativ.read import read_text

    for number, item in enumerate(items):
        yield read_text(item, id=f"text {number}") if isinstance(item, str) else item


def _engine(name: str, codebook: Codebook) -> Engine:
    if name == "lexicon":
        return LexiconEngine(codebook)
    if name in ("fast", "accurate"):
        from narrativ.label.linear import LinearEngine
        from narrativ.label.model import load_model
        from narrativ.label.stance import load_stance

        folder = models_dir() / codebook.id / name
        if not folder.is_dir():
            raise OptionError(
                f"no model of the engine {name!r} for the codebook {codebook.id!r}: use the engine 'lexicon', which needs none"
            )
        return LinearEngine(codebook, load_model(folder), stance=load_stance(folder))
    raise OptionError(f"no engine {name!r}; engines are {', '.join(ENGINES)}")
