"""narrativ evaluate."""

from __future__ import annotations

import sys

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, labelling, pipe

__all__ = ["evaluate"]


@click.command()
@click.argument("gold", nargs=-1, required=True, metavar="GOLD...")
@click.option(
    "-o", "--output", multiple=True, metavar="FILE", help="Write the report, as .md or .json; may be given twice."
)
@click.option("--floors", metavar="FILE", help="JSON file of pinned floors; below one of them the exit code is 1.")
@click.option("--scripts", is_flag=True, help="Also label Chinese passages in the other script, and compare.")
@labelling
def evaluate(
    gold: tuple[str, ...], output: tuple[str, ...], floors: str | None, scripts: bool, codebook: str, engine: str
) -> None:
    """Compare an engine with labelled passages (JSON lines: id, text, script, frames, …).

    Prints the report unless files are named for it.
    """
    import json
    from pathlib import Path

    from narrativ.errors import InputError, OptionError
    from narrativ.label.labeler import Labeler
    from narrativ.learn.corpus import load_corpus
    from narrativ.learn.evaluate import evaluate as judge
    from narrativ.learn.report import check_floors, markdown
    from narrativ.learn.scripts import script_agreement

    labeler = Labeler(codebook, engine)
    try:
        examples = load_corpus(*gold, codebook=labeler.codebook)
        report = judge(labeler.engine, examples)
        if scripts:
            report.data["script_agreement"] = script_agreement(labeler.engine, examples)
        problems = check_floors(report, json.loads(Path(floors).read_text(encoding="utf-8"))) if floors else []
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from error
    page = markdown(report)
    for name in output:
        if not name.endswith((".md", ".json")):
            raise OptionError(f"{name!r}: a report is written as .md or .json")
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(report.json() if name.endswith(".json") else page, encoding="utf-8")
    if not output:
        with pipe():
            click.echo(page)
    for problem in problems:
        click.echo(f"below the floor: {problem}", err=True)
    sys.exit(EXIT_FAILED if problems else EXIT_OK)
