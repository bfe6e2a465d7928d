"""narrativ label."""

from __future__ import annotations

import sys
from typing import Any

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, documents_of, labelling, pipe, reading, spare

__all__ = ["label"]

_LISTED = 20


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Table to write: .csv, .jsonl or .parquet; - for standard output.",
)
@click.option("--output-format", metavar="NAME", help="csv, jsonl or parquet, whatever the name of the table says.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no summary; failures are still listed.")
@labelling
@reading
def label(
    inputs: tuple[str, ...],
    output: str,
    output_format: str | None,
    quiet: bool,
    codebook: str,
    engine: str,
    **options: Any,
) -> None:
    """Label files, folders, globs or - (standard input) into a table of passages.

    Reads Markdown, HTML, text, CSV, TSV, Excel, JSON, JSONL and Parquet, gzip-compressed too. Every input is
    accounted for in the table's status column.
    """
    from narrativ.label.labeler import Labeler
    from narrativ.run.files import label_files
    from narrativ.show.terminal import console
    from narrativ.table import TABLE_FORMATS, table_format

    if output_format and output_format not in TABLE_FORMATS:
        raise click.UsageError(f"no table format {output_format!r}; formats are {', '.join(TABLE_FORMATS)}")
    if output != "-" and not output_format:
        table_format(output)
    spare(inputs, [output])
    labeler = Labeler(codebook, engine)
    documents = documents_of(inputs, options)
    err = console(sys.stderr)
    if quiet or not err.is_terminal:
        with pipe():
            report = label_files(documents, output, labeler, format=output_format)
    else:
        with pipe(), err.status("reading …") as status:
            report = label_files(
                documents,
                output,
                labeler,
                format=output_format,
                progress=lambda r: status.update(f"{r.documents:,} documents, {sum(r.passages.values()):,} passages"),
            )
    if not quiet:
        _summary(err, report, labeler, output)
    for name, why in report.failed[:_LISTED]:
        click.echo(f"failed: {name}: {why}", err=True)
    if len(report.failed) > _LISTED:
        click.echo(f"… and {len(report.failed) - _LISTED} more; their rows in the table say why", err=True)
    if not report.documents:
        click.echo("no input found", err=True)
    sys.exit(EXIT_FAILED if report.failed or not report.documents else EXIT_OK)


def _summary(err: Any, report: Any, labeler: Any, output: str) -> None:
    from narrativ.show.terminal import print_sources

    counts = report.by_source(labeler.codebook.frame_ids)
    if len(counts):
        print_sources(err, counts, labeler.codebook)
    statuses = ", ".join(
        f"{number:,} {status}" for status, number in sorted(report.passages.items(), key=lambda item: -item[1])
    )
    noted = len({name for name, _ in report.notes})
    click.echo(
        f"{report.documents:,} documents, {sum(report.passages.values()):,} rows ({statuses})"
        + (f"; {len(report.skipped)} files skipped" if report.skipped else "")
        + (f"; {noted} documents with notes (column notes)" if noted else "")
        + (f" → {output}" if output != "-" else ""),
        err=True,
    )
