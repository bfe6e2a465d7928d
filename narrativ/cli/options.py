"""What commands share: exit codes, options declared once, and standard output that may go away."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

__all__ = [
    "EXIT_FAILED",
    "EXIT_OK",
    "EXIT_USAGE",
    "at_least",
    "documents_of",
    "labelling",
    "language",
    "pipe",
    "reading",
    "spare",
]

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2

_F = TypeVar("_F", bound=Callable[..., Any])


def _apply(options: list[Callable[[Any], Any]]) -> Callable[[_F], _F]:
    def decorate(function: _F) -> _F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


ROLES = ("id", "text", "title", "source", "author", "date", "url", "reach", "language")

reading = _apply(
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
            for role in ROLES
        ),
    ]
)
labelling = _apply(
    [
        click.option(
            "--codebook",
            default="deepseek",
            show_default=True,
            metavar="NAME",
            help="Codebook: a name, or a folder.",
        ),
        click.option(
            "--engine",
            default="fast",
            show_default=True,
            metavar="NAME",
            help="How passages are judged: fast, accurate (an extra) or lexicon.",
        ),
    ]
)


def language(help: str) -> Callable[[_F], _F]:
    """The option ``--lang`` (or ``--language``): whom the output is for."""
    return click.option(
        "--lang",
        "--language",
        "lang",
        default="en",
        show_default=True,
        type=click.Choice(["en", "zh-Hans", "zh-Hant"]),
        help=help,
    )


def at_least(lowest: int) -> click.IntRange:
    """Whole numbers from `lowest` on; the help shows no range, which says nothing that the user does not know."""
    return click.IntRange(min=lowest)


def spare(inputs: Iterable[str], outputs: Iterable[str]) -> None:
    """Refuse an output that would replace an input: label tables and filled sheets are work that is not made again.

    Raises
    ------
    click.UsageError
        An output is one of the inputs.
    """
    from pathlib import Path

    read = {Path(name).resolve() for name in inputs if name and name != "-"}
    for name in outputs:
        if name and name != "-" and Path(name).exists() and Path(name).resolve() in read:
            raise click.UsageError(f"{name} is an input, which the output would replace")


def documents_of(inputs: tuple[str, ...], options: dict[str, Any]) -> Any:
    """Documents of inputs, read as the options of `reading` say."""
    from narrativ.read import read

    columns = {role: options[f"column_{role}"] for role in ROLES if options[f"column_{role}"]}
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
def pipe() -> Iterator[None]:
    """Let the reader of our output go away (``head``): nothing is wrong then, and Python must not complain at exit."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OK)
