"""The command line: parses, calls the library, prints.

Data go to standard output, talk to standard error. Exit codes: 0 done, 1 some inputs failed (they are listed), 2 wrong
usage, 130 interrupted. Nothing heavy is imported before a command runs, so ``--help`` answers at once: a command's module
imports click and :mod:`narrativ.cli.options` alone, and the library inside the function.
"""

from __future__ import annotations

import sys

import click

from narrativ import __version__
from narrativ.cli.claims import claims
from narrativ.cli.compare import compare
from narrativ.cli.evaluate import evaluate
from narrativ.cli.label import label
from narrativ.cli.options import EXIT_FAILED, EXIT_OK, EXIT_USAGE
from narrativ.cli.sample import sample
from narrativ.cli.show import show
from narrativ.cli.stories import stories
from narrativ.cli.summarize import summarize
from narrativ.cli.timeline import timeline

__all__ = ["EXIT_FAILED", "EXIT_OK", "EXIT_USAGE", "cli", "main"]

_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="narrativ")
def cli() -> None:
    """Stance and narrative analysis of Chinese and English text.

    Label articles and posts with the narrative frames they tell, see why, and compare sources.
    """


for _command in (label, show, claims, stories, compare, sample, evaluate, summarize, timeline):
    cli.add_command(_command)


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
