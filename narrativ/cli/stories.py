"""narrativ stories."""

from __future__ import annotations

import sys
from typing import Any

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, at_least, documents_of, labelling, pipe, reading, spare

__all__ = ["stories"]


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="TABLE_OR_INPUT...")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the label table with the column story: .csv, .jsonl or .parquet; - for standard output.",
)
@click.option("--output-format", metavar="NAME", help="csv, jsonl or parquet, whatever the name of the table says.")
@click.option(
    "--unit",
    default="document",
    show_default=True,
    type=click.Choice(["document", "passage"]),
    help="What is compared: whole documents, or their passages.",
)
@click.option(
    "--threshold", type=float, metavar="SHARE", help="Share of a long text that its copy must contain.  [default: 0.5]"
)
@click.option("--most", type=at_least(0), default=10, show_default=True, metavar="N", help="Print at most N stories.")
@click.option("--json", "as_json", is_flag=True, help="Print stories and sources as JSON.")
@labelling
@reading
def stories(
    inputs: tuple[str, ...],
    output: str | None,
    output_format: str | None,
    unit: str,
    threshold: float | None,
    most: int,
    as_json: bool,
    codebook: str,
    engine: str,
    **options: Any,
) -> None:
    """Find reprints, wire copy, excerpts and posts passed on: which documents are one story.

    Takes label tables, or anything that label reads. Inputs that are no table are split into passages and not labelled,
    unless -o asks for their table; --codebook and --engine are for that.
    """
    from narrativ.analyze import stories as analysis
    from narrativ.analyze.copies import THRESHOLD
    from narrativ.table import TABLE_FORMATS, table_format, write_table

    if output_format and output_format not in TABLE_FORMATS:
        raise click.UsageError(f"no table format {output_format!r}; formats are {', '.join(TABLE_FORMATS)}")
    if output and output != "-":
        if not output_format:
            table_format(output)
        spare(inputs, [output])
    if output == "-" and as_json:
        raise click.UsageError("-o - and --json both want standard output")
    table = _table(inputs, labels=bool(output), codebook=codebook, engine=engine, options=options)
    limit = THRESHOLD if threshold is None else threshold
    table = analysis.stories(table, unit=unit, threshold=limit)  # type: ignore[arg-type]
    if output:
        with pipe():
            write_table(table, output, format=output_format)
    if output != "-":
        with pipe():
            _answer(table, as_json=as_json, most=most)
    failed = table[table["status"].str.startswith("error")]
    for name, status in zip(failed["doc_id"], failed["status"], strict=True):
        click.echo(f"failed: {name}: {status.removeprefix('error: ')}", err=True)
    if not len(table):
        click.echo("no input found", err=True)
    sys.exit(EXIT_FAILED if len(failed) or not len(table) else EXIT_OK)


def _table(inputs: tuple[str, ...], *, labels: bool, codebook: str, engine: str, options: dict[str, Any]) -> Any:
    """The label table of inputs: theirs, if they are tables; with labels, if it is to be written."""
    from narrativ.table import is_table, read_table

    tables = [name for name in inputs if is_table(name)]
    if tables and len(tables) < len(inputs):
        raise click.UsageError(f"{tables[0]} is a label table and other inputs are not; label those first")
    if tables:
        import pandas as pd

        return pd.concat([read_table(name) for name in tables], ignore_index=True)
    documents = documents_of(inputs, options)
    if labels:
        from narrativ.label.labeler import Labeler

        return Labeler(codebook, engine).label(documents)
    from narrativ.run.split import split_table

    return split_table(documents)


def _answer(table: Any, *, as_json: bool, most: int) -> None:
    from narrativ.analyze import stories as analysis
    from narrativ.analyze.copies import MIN_LENGTH

    found, sources = analysis.story_table(table), analysis.reprints(table)
    short = analysis.too_short(table)
    unit = "documents" if "documents" in found.columns else "passages"
    total = int(sources[unit].sum())
    distinct = total - int(found[unit].sum()) + len(found)
    if as_json:
        import orjson

        answer = {
            unit: total, "stories": distinct, "too_short": short, "shared_stories": found.to_dict("records"),
            "sources": sources.to_dict("records"),
        }  # fmt: skip
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))
        return
    from narrativ.show.stories import print_reprints, print_stories
    from narrativ.show.terminal import console

    out = console(sys.stdout)
    shared = int(found[unit].sum())
    out.print(
        f"{total:,} {unit} in {_counted(distinct)}; {shared:,} of them are copies of one another, in {_counted(len(found))}"
    )
    if short:
        out.print(
            f"{short:,} {unit} are too short to compare (under {MIN_LENGTH} Chinese characters or 10 words)",
            style="dim",
        )
    print_stories(out, found, most=most)
    print_reprints(out, sources)


def _counted(number: int) -> str:
    return f"{number:,} {'story' if number == 1 else 'stories'}"
