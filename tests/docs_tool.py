"""Generated pages and the checks that keep documentation true: ``python -m tests.docs_tool [--check]``.

``docs/cli.md`` is written from the commands' own help. ``--check`` writes nothing, and fails when the page is out of date,
when a relative link leads nowhere, or when a ``>>>`` example in the README or the docs gives something else.
"""

from __future__ import annotations

import argparse
import doctest
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from narrativ.cli import cli

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*/README.md"))]
_LINK = re.compile(r"\[[^\]\n]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
_WIDTH = 100


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH)
    return command.get_help(context).rstrip()


def cli_page() -> str:
    """The page of commands, from their help."""
    parts = [
        "# Commands\n",
        "Written from the commands' own help by `python -m tests.docs_tool`; do not edit.\n",
    ]
    parts.append(f"```text\n{_help(cli, 'narrativ')}\n```\n")
    for name in sorted(cli.commands):
        parts.append(f"## narrativ {name}\n")
        parts.append(f"```text\n{_help(cli.commands[name], f'narrativ {name}')}\n```\n")
    parts.append(
        "## Exit codes\n\n"
        "| code | meaning |\n|---|---|\n| 0 | done |\n| 1 | some inputs failed; they are listed on standard error and in the table |\n"
        "| 2 | wrong usage |\n| 130 | interrupted |\n"
    )
    return "\n".join(parts)


def broken_links() -> Iterator[str]:
    """Relative links to files that are not there."""
    for page in PAGES:
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: link to {target} leads nowhere"


def failed_examples() -> Iterator[str]:
    """Pages whose ``>>>`` examples do not give what they show."""
    for page in PAGES:
        result = doctest.testfile(
            str(page), module_relative=False, encoding="utf-8", optionflags=doctest.NORMALIZE_WHITESPACE
        )
        if result.failed:
            yield f"{page.relative_to(ROOT)}: {result.failed} of {result.attempted} examples fail"


def main() -> int:
    """Write the generated pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    target = ROOT / "docs" / "cli.md"
    page = cli_page()
    problems: list[str] = []
    if not arguments.check:
        target.write_text(page, encoding="utf-8")
    elif not target.exists() or target.read_text(encoding="utf-8") != page:
        problems.append("docs/cli.md is out of date: run python -m tests.docs_tool")
    if arguments.check:
        problems += [*broken_links(), *failed_examples()]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(PAGES)} pages, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
