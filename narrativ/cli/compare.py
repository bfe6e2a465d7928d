"""narrativ compare."""

from __future__ import annotations

import sys
from typing import Any

import click

from narrativ.cli.options import EXIT_OK, at_least, language, pipe, spare

__all__ = ["compare", "names_of", "split"]


def split(text: str | None) -> tuple[str, ...] | None:
    """Names of an option that takes several, separated by commas."""
    if text is None:
        return None
    return tuple(part for part in (part.strip() for part in text.split(",")) if part)


def names_of(codebook: str, language: str) -> dict[str, str]:
    """Names of a codebook's frames and targets for readers of a language."""
    from narrativ.codebook import load_codebook

    book = load_codebook(codebook)
    known = [(frame.id, frame.name) for frame in book.frames] + [(target.id, target.name) for target in book.targets]
    return {name: texts.get(language) or texts.get("en") or name for name, texts in known}


@click.command()
@click.argument("table", metavar="TABLE")
@click.option("--by", default="source", show_default=True, metavar="COLUMN",
              help="What to compare: source, author, script, kind, title, document, day, month, language, or a column of yours.")  # fmt: skip
@click.option("--frames", metavar="IDS", help="Only these frames, separated by commas.")
@click.option("--targets", metavar="IDS", help="Only these targets, separated by commas.")
@click.option("--baseline", metavar="NAME", help="rest, pairs, or a group's name; by default pairs of up to four groups, else rest.")  # fmt: skip
@click.option("--weight", type=click.Choice(["none", "reach", "length"]), default="none", show_default=True)
@click.option("--unit", type=click.Choice(["passage", "document"]), default="passage", show_default=True)
@click.option("--cluster", type=click.Choice(["auto", "story", "document", "passage"]), default="auto", show_default=True,
              help="What is drawn and shuffled as a whole; auto: stories if the table has them, else documents.")  # fmt: skip
@click.option("--gold", metavar="FILE", help="Labelled sample (see narrativ sample) to correct for the classifier's errors.")  # fmt: skip
@click.option("--words", metavar="FRAME", multiple=True, help="Distinctive words within a frame, or all; may be given twice.")  # fmt: skip
@click.option("--min-n", default=10, show_default=True, metavar="N", help="Stories or documents that a number needs.")
@click.option("--draws", default=1000, show_default=True, metavar="N", help="Resamples of the bootstrap.")
@click.option("--permutations", default=1999, show_default=True, metavar="N", help="Shuffles of the tests.")
@click.option("--seed", type=at_least(0), default=20250127, show_default=True, metavar="N")
@click.option(
    "--most", type=at_least(1), default=20, show_default=True, metavar="N", help="Show at most N groups or rows."
)
@language("Language of the readers.")
@click.option("--codebook", default="deepseek", show_default=True, metavar="NAME", help="Names of frames and targets.")
@click.option("-o", "--output", multiple=True, metavar="FILE", help="Write .csv, .json or .md; may be given twice.")
def compare(table: str, output: tuple[str, ...], words: tuple[str, ...], lang: str, codebook: str, most: int, **options: Any) -> None:  # fmt: skip
    """Compare sources of a label table: what differs, and whether the difference is real.

    Shares of frames, net stance, positions and voices per group; differences with intervals that resample stories or documents,
    permutation p-values (Benjamini–Hochberg), effect sizes; distances; with --gold, numbers corrected for classifier error.
    """
    from narrativ.analyze.compare import compare as run
    from narrativ.analyze.words import distinctive_words
    from narrativ.errors import OptionError
    from narrativ.show.compare import print_comparison, print_words
    from narrativ.show.terminal import console
    from narrativ.table import read_table

    for name in output:
        if not name.endswith((".csv", ".json", ".md")):
            raise OptionError(f"{name!r}: a comparison is written as .csv, .json or .md")
    spare([table, *([options["gold"]] if options["gold"] else [])], output)
    names = names_of(codebook, lang)
    data = read_table(table)
    for name in ("frames", "targets"):
        options[name] = split(options[name])
    result = run(data, **options)
    said = {}
    for frame in words:
        said[frame] = distinctive_words(
            data, by=options["by"], frame=None if frame == "all" else frame, language=lang, cluster=options["cluster"],
            min_n=options["min_n"],
        )  # fmt: skip
    titles = {
        frame: f"words distinctive of each group: {names.get(frame, frame)} (z; *: adjusted p < 0.05)"
        for frame in words
    }
    with pipe():
        for name in output:
            _write(name, result, said, titles, names, lang)
        if not output:
            out = console(sys.stdout)
            print_comparison(out, result, names=names, language=lang, most=most)
            for frame in words:
                print_words(out, said[frame], titles[frame])
        for note in result.notes:
            click.echo(f"note: {note}", err=True)
    sys.exit(EXIT_OK)


def _write(
    name: str, result: Any, words: dict[str, Any], titles: dict[str, str], names: dict[str, str], lang: str
) -> None:
    import json
    from pathlib import Path

    import pandas as pd

    from narrativ.errors import OptionError
    from narrativ.show.compare import comparison_markdown, words_markdown
    from narrativ.table import guard

    if name.endswith(".md"):
        parts = [comparison_markdown(result, names=names, language=lang)]
        text = "\n".join([*parts, *(words_markdown(table, titles[frame]) for frame, table in words.items())])
    elif name.endswith(".json"):
        tables = result.tables() | {f"words_{frame}": table for frame, table in words.items()}
        records = {
            key: json.loads(table.to_json(orient="records", double_precision=6)) for key, table in tables.items()
        }
        page = {
            "describe": result.describe(lang, names=names),
            "facts": dict(result.facts),
            "notes": list(result.notes),
        }
        text = json.dumps(page | records, ensure_ascii=False, indent=1) + "\n"
    else:
        tidy = pd.concat(
            [result.tidy(), *(table.assign(table="words") for table in words.values() if len(table))], ignore_index=True
        )
        text = "\ufeff" + tidy.map(guard).to_csv(index=False, lineterminator="\r\n", float_format="%.6g")
    try:
        Path(name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OptionError(f"{name}: cannot be written ({error.strerror})") from error
