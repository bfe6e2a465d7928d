"""narrativ show."""

from __future__ import annotations

import sys
from typing import Any

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, at_least, documents_of, labelling, language, pipe, reading

__all__ = ["show"]


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--doc", metavar="ID", help="Show the document with this id, or whose id ends so.")
@click.option(
    "--most", type=at_least(1), default=20, show_default=True, metavar="N", help="Show at most N documents of the file."
)
@language("Language of frame names.")
@labelling
@reading
def show(file: str, doc: str | None, most: int, lang: str, codebook: str, engine: str, **options: Any) -> None:
    """Print documents with their labels and the evidence highlighted.

    FILE is anything that label reads, or a label table; --doc picks a document of it.
    """
    from itertools import islice

    from narrativ.codebook import load_codebook
    from narrativ.label.labeler import Labeler
    from narrativ.show.terminal import console, print_document
    from narrativ.table import is_table, labelled_documents, read_table

    out = console(sys.stdout)
    labelled_table = is_table(file)
    if labelled_table:  # its labels are there: no engine is needed, nor is there one for every codebook
        book, found = load_codebook(codebook), labelled_documents(read_table(file))
    else:
        labeler = Labeler(codebook, engine)
        book, found = labeler.codebook, labeler.labelled(documents_of((file,), options))
    if doc:
        found = (pair for pair in found if pair[0].id == doc or pair[0].id.endswith(doc))
    failed = shown = 0
    with pipe():
        for document, labelled in islice(found, most):
            if shown:
                out.rule(style="dim")
            shown += 1
            if document.status.startswith("error"):
                click.echo(f"failed: {document.id}: {document.status.removeprefix('error: ')}", err=True)
                failed += 1
            else:
                print_document(out, document, labelled, book, language=lang)
    rest = sum(1 for _ in found)
    if rest:
        click.echo(f"… and {rest} documents more; --most shows them", err=True)
    if not shown:
        click.echo(f"no document {doc!r} in {file}" if doc else "no input found", err=True)
    sys.exit(EXIT_FAILED if failed or not shown else EXIT_OK)
