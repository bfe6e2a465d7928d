"""narrativ sample."""

from __future__ import annotations

import sys

import click

from narrativ.cli.compare import split
from narrativ.cli.options import EXIT_OK, at_least, language, spare

__all__ = ["sample"]


@click.command()
@click.argument("table", metavar="TABLE")
@click.option("-n", "--number", type=at_least(1), default=150, show_default=True, metavar="N", help="Passages to draw.")
@click.option("--stratify", default="source", show_default=True, metavar="COLUMNS",
              help="Draw equally many of each: source, script, …, separated by commas and crossed; none for a simple sample.")  # fmt: skip
@click.option("--frames", metavar="IDS", help="Draw half of the passages from those that tell these frames by the table's labels.")  # fmt: skip
@click.option("--targets", metavar="IDS", help="Ask for the stance toward these targets as well, separated by commas.")
@click.option("-o", "--output", required=True, metavar="FILE", help="Sheet to fill in (.csv, .xlsx), or Label Studio tasks (.json).")  # fmt: skip
@click.option("--show-labels", is_flag=True, help="Show the table's labels; by default readers do not see them.")
@click.option("--seed", type=at_least(0), default=20250127, show_default=True, metavar="N")
@language("Language of the readers.")
@click.option("--codebook", default="deepseek", show_default=True, metavar="NAME", help="Definitions for the readers.")
def sample(
    table: str, number: int, stratify: str, frames: str | None, targets: str | None, output: str, show_labels: bool, seed: int,
    lang: str, codebook: str,
) -> None:  # fmt: skip
    """Draw passages of a label table at random, with known probabilities, as a sheet for people to label.

    Fill in 1 or 0 per frame (or 1 under none), then give the sheet to narrativ compare --gold.
    """
    from narrativ.analyze.measures import frame_ids
    from narrativ.analyze.sampling import sample as draw
    from narrativ.analyze.sheet import write_sample
    from narrativ.codebook import load_codebook
    from narrativ.errors import OptionError
    from narrativ.table import read_table

    spare([table], [output])
    data = read_table(table).reset_index(drop=True)
    book = load_codebook(codebook)
    asked = frame_ids(data)
    if not asked:
        raise OptionError(f"{table} says nothing of any frame: there is nothing to check by hand")
    unknown = set(split(targets) or ()) - set(book.target_ids)
    if unknown:
        raise OptionError(f"no target {', '.join(sorted(unknown))} in codebook {book.id!r}; targets are {', '.join(book.target_ids)}")  # fmt: skip
    by = () if stratify == "none" else split(stratify) or ()
    drawn = draw(data, number, stratify=by, frames=split(frames) or (), seed=seed)
    if show_labels:
        key = data.set_index(["doc_id", "passage"])["frames"]
        drawn["model"] = [" ".join(key.loc[(doc, passage)]) for doc, passage in zip(drawn["doc_id"], drawn["passage"], strict=True)]  # fmt: skip
    write_sample(drawn, output, frames=asked, targets=split(targets) or (), codebook=book, language=lang)
    for name, part in drawn.groupby("stratum"):
        lowest, highest = part["probability"].min(), part["probability"].max()
        span = f"{lowest:.1%}" if lowest == highest else f"{lowest:.1%} to {highest:.1%}"
        click.echo(f"{name}: {len(part)} passages, each drawn with probability {span}", err=True)
    if len(drawn) < number:
        click.echo(f"the table has only {len(drawn)} labelled passages", err=True)
    click.echo(f"{len(drawn)} passages → {output}", err=True)
    sys.exit(EXIT_OK)
