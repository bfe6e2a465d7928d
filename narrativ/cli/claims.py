"""narrativ claims."""

from __future__ import annotations

import sys
from typing import Any

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, at_least, documents_of, labelling, language, pipe, reading, spare

__all__ = ["claims"]

_FORMATS = (".csv", ".json", ".jsonl", ".md")


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="TABLE_OR_INPUT...")
@click.option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    help="Write the claims as .csv, .json or .jsonl, the groups as .md; may be given several times.",
)
@click.option(
    "--type", "types", multiple=True, metavar="ID", help="Only claims of this type; may be given several times."
)
@click.option("--subject", "subjects", multiple=True, metavar="ID", help="Show only groups of this subject.")
@click.option("--flagged", is_flag=True, help="Show only groups that carry a flag.")
@click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="CODE=N",
    help="US dollars for one unit of a currency (CNY=0.138): amounts in it are compared in dollars.",
)
@click.option(
    "--most",
    type=at_least(0),
    default=8,
    show_default=True,
    metavar="N",
    help="Show at most N groups of a subject; 0 for all.",
)
@language("Language of names, amounts and notes.")
@labelling
@reading
def claims(
    inputs: tuple[str, ...],
    output: tuple[str, ...],
    types: tuple[str, ...],
    subjects: tuple[str, ...],
    flagged: bool,
    rates: tuple[str, ...],
    most: int,
    lang: str,
    codebook: str,
    engine: str,
    **options: Any,
) -> None:
    """Who claims which figure: training cost, chips, losses, and what does not fit.

    TABLE_OR_INPUT is a label table, or anything that label reads; it is then labelled with --engine on the way.
    Groups are printed by type and subject: value, how it is written, who says it, what is wrong with it.
    """
    from narrativ.analyze.claim_groups import claim_groups
    from narrativ.analyze.claims import claims as extract
    from narrativ.codebook import load_codebook
    from narrativ.show.claims import claims_page, print_claims
    from narrativ.show.terminal import console

    for name in output:
        if not name.endswith(_FORMATS):
            raise click.UsageError(f"{name!r}: claims are written as .csv, .json or .jsonl, their groups as .md")
    spare(inputs, output)
    table, failed, labelled = _table(inputs, codebook, engine, options)
    book = load_codebook(codebook)
    known = _rates(rates)
    found = extract(table, codebook=book, types=types or None, rates=known)
    groups = claim_groups(found, codebook=book, rates=known)
    for name in output:
        _write(name, found, claims_page(groups, book, language=lang))
    if not output:
        shown = groups[groups["subject"].isin(subjects)] if subjects else groups
        shown = shown[shown["flags"].map(len) > 0] if flagged else shown
        with pipe():
            print_claims(console(sys.stdout), shown, book, language=lang, most=most)
    suspect = int((groups["flags"].map(lambda flags: "outlier" in flags or "implausible" in flags)).sum())
    click.echo(
        f"{len(found):,} claims in {found['doc_id'].nunique():,} documents, {len(groups):,} groups, {suspect} of them far off or implausible"
        + (f"; labelled by the {engine} engine" if labelled else ""),
        err=True,
    )
    for document, why in failed:
        click.echo(f"failed: {document}: {why}", err=True)
    sys.exit(EXIT_FAILED if failed or not len(table) else EXIT_OK)


def _table(
    inputs: tuple[str, ...], codebook: str, engine: str, options: dict[str, Any]
) -> tuple[Any, list[tuple[str, str]], bool]:
    """The label table of the inputs, those that failed, and whether it was labelled here."""
    import pandas as pd

    from narrativ.label.labeler import Labeler
    from narrativ.table import is_table, read_table

    tables = [name for name in inputs if is_table(name)]
    others = tuple(name for name in inputs if name not in tables)
    frames = [read_table(name) for name in tables]
    if others:
        frames.append(Labeler(codebook, engine).label(documents_of(others, options)))
    table = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    errors = table[table["status"].str.startswith("error")]
    failed = [
        (str(name), str(why).removeprefix("error: "))
        for name, why in zip(errors["doc_id"], errors["status"], strict=True)
    ]
    return table, failed, bool(others)


def _rates(given: tuple[str, ...]) -> dict[str, float]:
    rates = {}
    for item in given:
        code, _, number = item.partition("=")
        try:
            rates[code.strip().upper()] = float(number)
        except ValueError as error:
            raise click.UsageError(f"--rate {item}: write it as CNY=0.138, US dollars for one unit") from error
    return rates


def _write(name: str, found: Any, page: str) -> None:
    """Claims as data, or the page of groups, by the ending of the name."""
    from pathlib import Path

    from narrativ.analyze.claims import claims_text
    from narrativ.errors import OptionError

    text = page if name.endswith(".md") else claims_text(found, name.rsplit(".", 1)[1])
    try:
        Path(name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OptionError(f"{name}: cannot be written ({error.strerror})") from error
