"""narrativ summarize."""

from __future__ import annotations

import sys

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, at_least, language, pipe, spare

__all__ = ["summarize"]


@click.command()
@click.argument("table", metavar="TABLE")
@click.option(
    "--by",
    default="source",
    show_default=True,
    metavar="COLUMN",
    help="What to summarise by: a column of the table (source, author, title, script, kind, …), or document, day, month, language.",
)
@click.option(
    "--weight",
    type=click.Choice(["reach"]),
    help="Weigh passages and documents by their reach; unknown reach is left out.",
)
@language("Language of names and sentences.")
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    help="Write .csv, .json or .md instead; may be given several times.",
)
@click.option(
    "--passages",
    type=at_least(0),
    default=2,
    show_default=True,
    metavar="N",
    help="Telling passages per frame, and per target and stance.",
)
@click.option("--quotes", is_flag=True, help="Print the telling passages, too (.json and .md always hold them).")
@click.option("--most", type=at_least(1), default=20, show_default=True, metavar="N", help="Print at most N groups.")
@click.option(
    "--codebook",
    default="deepseek",
    show_default=True,
    metavar="NAME",
    help="Codebook of the names: a name, or a folder.",
)
def summarize(
    table: str,
    by: str,
    weight: str | None,
    lang: str,
    output: tuple[str, ...],
    passages: int,
    quotes: bool,
    most: int,
    codebook: str,
) -> None:
    """Summarise a label table per source, author, script, day or any other column.

    For each group: how often it tells each frame, its net stance toward each target, whose voice it tells them in, and
    two or three sentences made from these numbers by rule. Every share has its 95 % interval, resampled by document;
    groups too small for that get none.
    """
    from narrativ.analyze.summary import check_format
    from narrativ.analyze.summary import summarize as summarize_table
    from narrativ.show.summary import print_summary
    from narrativ.show.terminal import console
    from narrativ.table import read_table

    for name in output:
        check_format(name)
    spare([table], output)
    summary = summarize_table(read_table(table), by, weight=weight, lang=lang, codebook=codebook, passages=passages)
    for name in output:
        summary.save(name)
        click.echo(f"{len(summary.groups):,} groups → {name}", err=True)
    if not output:
        with pipe():
            print_summary(console(sys.stdout), summary, most=most, quotes=quotes)
    if not summary.groups["passages"].sum():
        click.echo(f"{table}: no labelled passages", err=True)
    sys.exit(EXIT_OK if summary.groups["passages"].sum() else EXIT_FAILED)
