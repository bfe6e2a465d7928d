"""narrativ timeline."""

from __future__ import annotations

import sys
from typing import Any

import click

from narrativ.cli.options import EXIT_FAILED, EXIT_OK, documents_of, labelling, language, pipe, reading, spare

__all__ = ["timeline"]

_FORMATS = ("csv", "json", "md")
_LISTED = 20


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="TABLE...")
@click.option(
    "--every", type=click.Choice(["hour", "day", "week"]), default="day", show_default=True, help="Length of a period."
)
@click.option(
    "--zone", default="UTC", show_default=True, metavar="NAME", help="Time zone of the periods, as Asia/Shanghai."
)
@click.option("--assume-zone", metavar="NAME", help="Zone of times that state none; they stay as written without it.")
@click.option(
    "--by",
    metavar="COLUMN",
    help="Group by a column: source, author, script, kind, document, day, month, language, or one of yours.",
)
@click.option(
    "--weight", type=click.Choice(["reach"]), help="Weight shares by reach: what was seen, not what was written."
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    default=("post", "article"),
    show_default="post and article",
    help="Kind of documents that count: post, article, comment; may be repeated.",
)
@click.option("--since", metavar="DAY", help="First day, as 2025-01-20.")
@click.option("--until", metavar="DAY", help="Last day.")
@click.option(
    "--frame", "frames", multiple=True, metavar="ID", help="Frame to look at; may be repeated. All without it."
)
@click.option("--reach-over", metavar="N,N", help="Count documents with a reach of at least N, as 1e6,1e7.")
@click.option(
    "--span", "spans", multiple=True, metavar="DAY/DAY", help="Stretch of days to compare with the first such one."
)
@click.option(
    "--against",
    metavar="FILE",
    help="CSV of dates and numbers (a search index, a share price) to look for leads and lags.",
)
@click.option("--max-lag", type=click.IntRange(1, 1000), metavar="N", help="Largest lag looked at, in periods.")
@language("Language of the words.")
@click.option(
    "-o", "--output", metavar="FILE", help="Write .csv (one row a period, group and frame), .json (everything) or .md."
)
@labelling
@reading
def timeline(
    inputs: tuple[str, ...],
    output: str | None,
    lang: str,
    codebook: str,
    engine: str,
    frames: tuple[str, ...],
    reach_over: str | None,
    spans: tuple[str, ...],
    against: str | None,
    **options: Any,
) -> None:
    """Count frames over time: shares and reach per period, turns, bursts, who leads whom.

    TABLE is a label table (.jsonl, .parquet, .csv of narrativ label), or anything that label reads, which is then labelled
    first. Shares are of passages, with 95 % intervals; bursts come with the passages that made them.
    """
    from narrativ.analyze.timeline import timeline as compute
    from narrativ.codebook import load_codebook
    from narrativ.show.terminal import console
    from narrativ.show.timeline import print_timeline

    if output and output.rpartition(".")[2].lower() not in _FORMATS:
        raise click.UsageError(f"{output!r}: a timeline is written as .csv, .json or .md")
    asked = {
        name: options.pop(name)
        for name in ("every", "zone", "assume_zone", "by", "weight", "kinds", "since", "until", "max_lag")
    }
    asked |= {
        "reach_over": _thresholds(reach_over),
        "spans": [_span(value) for value in spans],
        "frames": frames or None,
    }
    if against:
        asked["against"] = _series(against)
    spare([*inputs, *([against] if against else [])], [output] if output else [])
    table, failed = _table(inputs, codebook, engine, asked["by"], options)
    book = load_codebook(codebook)
    _check_frames(frames, table, book)
    result = compute(table, **asked)
    names = {frame: book.frame_name(frame, lang) for frame in book.frame_ids if frame in result.settings["frames"]}
    if output:
        _write(result, output, lang, names)
    else:
        with pipe():
            print_timeline(console(sys.stdout), result, language=lang, names=names)
    for name, why in failed[:_LISTED]:
        click.echo(f"failed: {name}: {why}", err=True)
    if len(failed) > _LISTED:
        click.echo(f"… and {len(failed) - _LISTED} more", err=True)
    sys.exit(EXIT_FAILED if failed or not len(table) else EXIT_OK)


def _table(
    inputs: tuple[str, ...], codebook: str, engine: str, by: str | None, options: dict[str, Any]
) -> tuple[Any, list[tuple[str, str]]]:
    """The label table of the inputs, and what could not be read."""
    from narrativ.analyze.groups import DERIVED
    from narrativ.analyze.timedata import NEEDED
    from narrativ.label.labeler import Labeler
    from narrativ.table import is_table, read_table

    tables = [is_table(name) for name in inputs]
    if all(tables):
        import pandas as pd

        columns = list(dict.fromkeys([*NEEDED, *([by] if by else [])]))
        parts = [read_table(name, columns=columns) for name in inputs]
        if by and by not in DERIVED and not any(by in part.columns for part in parts):
            parts = [read_table(name) for name in inputs]  # for the error, which lists the columns that there are
        table = pd.concat(parts, ignore_index=True)
        if not len(table):
            click.echo("no rows in the table", err=True)
    elif any(tables):
        raise click.UsageError("label tables and other inputs together: label the others first")
    else:
        table = Labeler(codebook, engine).label(documents_of(inputs, options))
        if not len(table):
            click.echo("no input found", err=True)
    broken = table[table["status"].str.startswith("error")]
    return table, list(zip(broken["doc_id"], broken["status"].str.removeprefix("error: "), strict=True))


def _check_frames(frames: tuple[str, ...], table: Any, book: Any) -> None:
    known = dict.fromkeys(frame for scores in table["frame_scores"] for frame in scores) | dict.fromkeys(book.frame_ids)
    for frame in frames:
        if frame not in known:
            raise click.UsageError(f"no frame {frame!r}; frames are {', '.join(known)}")


def _thresholds(text: str | None) -> list[float]:
    from narrativ.read.series import parse_number

    values = [parse_number(part) for part in (text or "").split(",") if part.strip()]
    if any(value is None or value <= 0 for value in values):
        raise click.UsageError(f"--reach-over {text!r}: numbers with commas between them, as 1e6,1e7")
    return [value for value in values if value is not None]


def _span(text: str) -> tuple[str, str]:
    first, slash, last = text.partition("/")
    if not slash:
        raise click.UsageError(f"--span {text!r}: two days with a slash between them, as 2025-01-20/2025-01-22")
    return first, last


def _series(path: str) -> Any:
    from narrativ.read.series import read_series

    series, notes = read_series(path)
    for note in notes:
        click.echo(f"{path}: {note}", err=True)
    return series


def _write(result: Any, output: str, lang: str, names: dict[str, str]) -> None:
    from pathlib import Path

    import orjson

    from narrativ.errors import OptionError
    from narrativ.show.timeline import markdown

    kind = output.rpartition(".")[2].lower()
    if kind == "json":
        data = orjson.dumps(result.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    elif kind == "md":
        data = markdown(result, language=lang, names=names).encode()
    else:
        data = _csv(result.data if len(result.data) else result.totals)
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise OptionError(f"{output}: cannot be written ({error.strerror})") from error
    click.echo(result.describe(lang, names), err=True)


def _csv(table: Any) -> bytes:
    """As the label table: a byte order mark for Excel, CRLF, no cell that a spreadsheet would run."""
    from narrativ.table import guard

    text: str = table.map(guard).to_csv(index=False, lineterminator="\r\n", float_format="%.6g")
    return ("\ufeff" + text).encode("utf-8")
