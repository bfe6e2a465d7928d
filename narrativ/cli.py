"""The command line: parses, calls the library, prints.

Data go to standard output, talk to standard error. Exit codes: 0 done, 1 some inputs failed (they are listed), 2 wrong
usage, 130 interrupted. Nothing heavy is imported before a command runs, so ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from narrativ import __version__

__all__ = ["EXIT_FAILED", "EXIT_OK", "EXIT_USAGE", "cli", "main"]

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
_INTERRUPTED = 130
_LISTED = 20

_F = TypeVar("_F", bound=Callable[..., Any])


def _apply(options: list[Callable[[Any], Any]]) -> Callable[[_F], _F]:
    def decorate(function: _F) -> _F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_ROLES = ("id", "text", "title", "source", "author", "date", "url", "reach", "language")

_reading = _apply(
    [
        click.option(
            "--format",
            "format_",
            metavar="NAME",
            help="Read every input as markdown, text, html, csv, json, jsonl, excel or parquet.",
        ),
        click.option("--encoding", metavar="NAME", help="Encoding of text inputs, instead of detection."),
        click.option("--source", default="", metavar="NAME", help="Source of documents that name none."),
        click.option(
            "--source-from-folder", is_flag=True, help="Source of documents that name none: their folder's name."
        ),
        click.option("--author", default="", metavar="NAME", help="Author of documents that name none."),
        *(
            click.option(
                f"--{role}-column",
                f"column_{role}",
                metavar="COLUMN",
                help=f"Column of tables and JSON that holds the {role}.",
            )
            for role in _ROLES
        ),
    ]
)
_labelling = _apply(
    [
        click.option(
            "--codebook",
            default="deepseek",
            show_default=True,
            metavar="NAME",
            help="Codebook: a name, or a folder.",
        ),
        click.option("--engine", default="lexicon", show_default=True, metavar="NAME", help="How frames are found."),
    ]
)


def _documents(inputs: tuple[str, ...], options: dict[str, Any]) -> Any:
    from narrativ.read import read

    columns = {role: options[f"column_{role}"] for role in _ROLES if options[f"column_{role}"]}
    return read(
        inputs,
        format=options["format_"],
        columns=columns,
        source=options["source"],
        author=options["author"],
        source_from_folder=options["source_from_folder"],
        encoding=options["encoding"],
    )


@contextmanager
def _pipe() -> Iterator[None]:
    """Let the reader of our output go away (``head``): nothing is wrong then, and Python must not complain at exit."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OK)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="narrativ")
def cli() -> None:
    """Stance and narrative analysis of Chinese and English text.

    Label articles and posts with the narrative frames they tell, see why, and compare sources.
    """


@cli.command()
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
@_labelling
@_reading
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
    from pathlib import Path

    from narrativ.label.labeler import Labeler
    from narrativ.run.files import label_files
    from narrativ.show.terminal import console
    from narrativ.table import TABLE_FORMATS, table_format

    if output_format and output_format not in TABLE_FORMATS:
        raise click.UsageError(f"no table format {output_format!r}; formats are {', '.join(TABLE_FORMATS)}")
    if output != "-" and not output_format:
        table_format(output)
    if output != "-" and any(Path(name).exists() and Path(name).resolve() == Path(output).resolve() for name in inputs):
        raise click.UsageError(f"{output} is an input: the table would replace it")
    labeler = Labeler(codebook, engine)
    documents = _documents(inputs, options)
    err = console(sys.stderr)
    if quiet or not err.is_terminal:
        with _pipe():
            report = label_files(documents, output, labeler, format=output_format)
    else:
        with _pipe(), err.status("reading …") as status:
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


@cli.command()
@click.argument("file", metavar="FILE")
@click.option("--doc", metavar="ID", help="Show the document with this id, or whose id ends so.")
@click.option("--most", default=20, show_default=True, metavar="N", help="Show at most N documents of the file.")
@click.option(
    "--language",
    default="en",
    show_default=True,
    type=click.Choice(["en", "zh-Hans", "zh-Hant"]),
    help="Language of frame names.",
)
@_labelling
@_reading
def show(file: str, doc: str | None, most: int, language: str, codebook: str, engine: str, **options: Any) -> None:
    """Print documents with their labels and the evidence highlighted.

    FILE is anything that label reads, or a label table; --doc picks a document of it.
    """
    from itertools import islice

    from narrativ.label.labeler import Labeler
    from narrativ.show.terminal import console, print_document
    from narrativ.table import is_table, labelled_documents, read_table

    labeler = Labeler(codebook, engine)
    out = console(sys.stdout)
    labelled_table = is_table(file)
    found = labelled_documents(read_table(file)) if labelled_table else labeler.labelled(_documents((file,), options))
    if doc:
        found = (pair for pair in found if pair[0].id == doc or pair[0].id.endswith(doc))
    failed = shown = 0
    with _pipe():
        for document, labelled in islice(found, most):
            if shown:
                out.rule(style="dim")
            shown += 1
            if document.status.startswith("error"):
                click.echo(f"failed: {document.id}: {document.status.removeprefix('error: ')}", err=True)
                failed += 1
            else:
                print_document(out, document, labelled, labeler.codebook, language=language)
    rest = sum(1 for _ in found)
    if rest:
        click.echo(f"… and {rest} documents more; --most shows them", err=True)
    if not shown:
        click.echo(f"no document {doc!r} in {file}" if doc else "no input found", err=True)
    sys.exit(EXIT_FAILED if failed or not shown else EXIT_OK)


@cli.command()
@click.argument("gold", nargs=-1, required=True, metavar="GOLD...")
@click.option(
    "-o", "--output", multiple=True, metavar="FILE", help="Write the report, as .md or .json; may be given twice."
)
@click.option("--floors", metavar="FILE", help="JSON file of pinned floors; below one of them the exit code is 1.")
@_labelling
def evaluate(gold: tuple[str, ...], output: tuple[str, ...], floors: str | None, codebook: str, engine: str) -> None:
    """Compare an engine with labelled passages (JSON lines: id, text, script, frames, …).

    Prints the report unless files are named for it.
    """
    import json
    from pathlib import Path

    from narrativ.errors import InputError, OptionError
    from narrativ.label.labeler import Labeler
    from narrativ.learn import evaluate as evaluation
    from narrativ.learn.corpus import load_corpus

    labeler = Labeler(codebook, engine)
    try:
        report = evaluation.evaluate(labeler.engine, load_corpus(*gold, codebook=labeler.codebook))
        problems = (
            evaluation.check_floors(report, json.loads(Path(floors).read_text(encoding="utf-8"))) if floors else []
        )
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from error
    page = evaluation.markdown(report)
    for name in output:
        if not name.endswith((".md", ".json")):
            raise OptionError(f"{name!r}: a report is written as .md or .json")
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(report.json() if name.endswith(".json") else page, encoding="utf-8")
    if not output:
        with _pipe():
            click.echo(page)
    for problem in problems:
        click.echo(f"below the floor: {problem}", err=True)
    sys.exit(EXIT_FAILED if problems else EXIT_OK)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: runs a command, and turns narrativ's errors into one line and an exit code."""
    from narrativ.errors import NarrativError, OptionError

    try:
        cli.main(args=arguments, prog_name="narrativ", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(_INTERRUPTED)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except OptionError as error:
        click.echo(f"narrativ: {error}", err=True)
        sys.exit(EXIT_USAGE)
    except NarrativError as error:
        click.echo(f"narrativ: {error}", err=True)
        sys.exit(EXIT_FAILED)
