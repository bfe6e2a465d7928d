"""The architecture is a table of rooms; this test parses every import and holds the package to it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Room → the rooms it may import besides itself. Lower rows may use higher ones, never the reverse.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "records": set(),
    "resources": {"errors"},
    "text": {"errors", "records"},
    "claimtypes": {"errors", "text"},
    "codebook": {"errors", "resources", "text", "claimtypes"},
    "read": {"errors", "records", "text", "table"},
    "cells": set(),
    "table": {"cells", "errors", "records"},
    "label": {"errors", "records", "resources", "codebook", "text", "read", "table"},
    "analyze": {"codebook", "errors", "records", "table", "text"},
    "show": {"errors", "records", "codebook", "analyze", "label"},
    "learn": {"errors", "records", "resources", "codebook", "text", "table", "label"},
    "run": {"errors", "records", "table", "label", "analyze"},
}
THIN_SKINS = {"cli", "spacy", "__init__", "__main__"}

# Third-party library → the one module (or room) that may import it.
HOMES: dict[str, set[str]] = {
    "opencc": {"text/normalize", "learn/scripts"},
    "jieba": {"text/tokenize"},
    "rjieba": {"text/tokenize"},
    "spacy": {"text/tokenize", "text/language", "label", "spacy"},
    "sklearn": {"label", "learn", "analyze/distance"},
    "trafilatura": {"read/html"},
    "markdown_it": {"read/markdown"},
    "charset_normalizer": {"read/decode"},
    "ftfy": {"read/decode"},
    "rich": {"show"},
    "click": {"cli"},
    "yaml": {"codebook", "read/frontmatter"},
}

PACKAGE = ROOT / "narrativ"
FILES = sorted(PACKAGE.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _place(path: Path) -> tuple[str, str]:
    """Room and module: ("text", "text/normalize")."""
    relative = path.relative_to(PACKAGE).with_suffix("")
    return relative.parts[0], relative.as_posix()


def test_every_room_is_known() -> None:
    rooms = {_place(path)[0] for path in FILES}
    assert rooms - THIN_SKINS == set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_rooms_use_only_rooms_above_them(path: Path) -> None:
    room, _ = _place(path)
    if room in THIN_SKINS:
        return
    used = {name.split(".")[1] for name in _imports(path) if name.startswith("narrativ.")}
    assert used & (set(ALLOWED) | THIN_SKINS) - {room} <= ALLOWED[room]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_each_library_has_one_home(path: Path) -> None:
    room, module = _place(path)
    for library in {name.split(".")[0] for name in _imports(path)} & set(HOMES):
        assert HOMES[library] & {room, module}, f"{library} is imported by {module}"


def test_the_table_of_rooms_has_no_cycle() -> None:
    order: list[str] = []
    remaining = dict(ALLOWED)
    while remaining:
        free = sorted(room for room, uses in remaining.items() if uses <= set(order))
        assert free, f"cycle among {sorted(remaining)}"
        order.extend(free)
        for room in free:
            del remaining[room]
