"""Front matter: YAML between ``---`` lines (Jekyll), TOML between ``+++`` lines (Hugo), or a JSON object (Hugo).

Every value is kept as the string the file shows: a YAML reader that turns dates and numbers into objects would lose
the zone that is written, and 0123 would become 83. Aliases and tags are refused. A block that is no valid YAML (tabs,
an unquoted colon, no closing line) is read line by line as ``key: value``, and that is noted.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

__all__ = ["FrontMatter", "split"]

_MAX_LENGTH = 100_000
_LINE = re.compile(r"^(?P<key>[^\s:#\-][^:\n]{0,40}?)\s*[:：]\s*(?P<value>.*)$")
_PROSE_KEY = re.compile(r"[。！？，,]|\s\S+\s\S+\s")
_OPEN_YAML = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n")
_OPEN_TOML = re.compile(r"\A\ufeff?\s*\+\+\+[ \t]*\r?\n")
_CLOSE_YAML = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_CLOSE_TOML = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)


class FrontMatter(NamedTuple):
    """Fields as written, the body that follows, and what to report."""

    fields: dict[str, Any]
    body: str
    notes: tuple[str, ...]


class _Strings(yaml.BaseLoader):
    """Every scalar a string; no anchors, so that no small file expands to a huge one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)


def _by_line(block: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for line in block.splitlines():
        match = _LINE.match(line.strip())
        if match:
            fields.setdefault(match["key"].strip().strip("\"'"), match["value"].strip().strip("\"'"))
    return fields


def _yaml(block: str) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Fields of a block between two lines of dashes; ``None`` when it is prose between two rules."""
    try:
        loaded = yaml.load(block, Loader=_Strings)  # noqa: S506 -- BaseLoader builds strings, lists and dicts only
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        lines = [line for line in block.splitlines() if line.strip()]
        if 2 * sum(bool(_LINE.match(line.strip())) for line in lines) < sum(line[0] not in " \t-#" for line in lines):
            return None, ()
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 2}" if mark is not None else ""
        return _by_line(block), (f"front matter is no valid YAML{where}: read line by line",)
    if isinstance(loaded, dict) and not _PROSE_KEY.search(next(iter(map(str, loaded)), "")):
        return {str(key): value for key, value in loaded.items()}, ()
    return (None, ()) if loaded else ({}, ())


def _toml(block: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(block), ()
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        fields = _by_line(re.sub(r"^(\S+)\s*=\s*", r"\1: ", block, flags=re.MULTILINE))
        return fields, (f"front matter is no valid TOML ({error}): read line by line",)


def split(text: str) -> FrontMatter:
    """Front matter and body of a text; no fields when there is none."""
    opened = _OPEN_YAML.match(text)
    if opened:
        closed = _CLOSE_YAML.search(text, opened.end(), opened.end() + _MAX_LENGTH)
        if closed:
            found, notes = _yaml(text[opened.end() : closed.start()])
            if found is None:
                return FrontMatter({}, text, ())  # a thematic break, not front matter
            return FrontMatter(found, text[closed.end() :], notes)
        # Never closed: fields run as far as lines look like fields.
        lines = text[opened.end() :].splitlines(keepends=True)
        count = 0
        while count < len(lines) and (_LINE.match(lines[count].strip()) or lines[count][:1] in (" ", "\t", "-")):
            count += 1
        if count:
            fields = _by_line("".join(lines[:count]))
            return FrontMatter(
                fields,
                "".join(lines[count:]),
                ("front matter is not closed: read up to the first other line",),
            )
        return FrontMatter({}, text, ())
    opened = _OPEN_TOML.match(text)
    if opened:
        closed = _CLOSE_TOML.search(text, opened.end(), opened.end() + _MAX_LENGTH)
        if closed:
            fields, notes = _toml(text[opened.end() : closed.start()])
            return FrontMatter(fields, text[closed.end() :], notes)
    return FrontMatter({}, text, ())
