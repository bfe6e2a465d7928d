"""Labelled passages: the training corpora of this project, gold sets, and users' own.

One JSON object a line. ``frames`` maps frame to position, ``stance`` target to stance; ``holder`` is ``author``, a name
as written, or ``others``. Passages with the same ``document`` are one document's, in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from narrativ.codebook import Codebook
from narrativ.errors import InputError

__all__ = ["POSITIONS", "SCRIPTS", "STANCES", "Example", "load_corpus"]

POSITIONS = ("endorses", "reports", "rejects")
STANCES = ("favor", "against", "neutral")
SCRIPTS = ("Hans", "Hant", "Latn")


@dataclass(frozen=True, slots=True)
class Example:
    """A passage with its labels.

    Attributes
    ----------
    id, text, script
        Unique in its corpus; the passage as written; ``Hans``, ``Hant`` or ``Latn``.
    frames
        Position per frame present.
    stance
        Stance per target the passage is about.
    holder
        ``author``, a name as written, or ``others``.
    title, source, document
        Of the document it stands in, as far as known.
    region, genre, topic, note
        What the writer was asked for.
    """

    id: str
    text: str
    script: str
    frames: Mapping[str, str]
    stance: Mapping[str, str]
    holder: str
    title: str = ""
    source: str = ""
    document: str = ""
    region: str = ""
    genre: str = ""
    topic: str = ""
    note: str = ""


def _example(record: Any, where: str, codebook: Codebook) -> Example:
    if not isinstance(record, dict):
        raise InputError(f"{where}: not an object")
    for name in ("id", "text", "script", "frames"):
        if not record.get(name) and name != "frames":
            raise InputError(f"{where}: no {name}")
    frames, stance = record.get("frames"), record.get("stance", {})
    if not isinstance(frames, dict) or not isinstance(stance, dict):
        raise InputError(f"{where}: frames and stance are objects")
    for frame, position in frames.items():
        if frame not in codebook.frame_ids or position not in POSITIONS:
            raise InputError(f"{where}: frame {frame!r} with position {position!r}")
    for target, value in stance.items():
        if target not in codebook.target_ids or value not in STANCES:
            raise InputError(f"{where}: target {target!r} with stance {value!r}")
    if record["script"] not in SCRIPTS:
        raise InputError(f"{where}: script {record['script']!r}")
    texts = {
        name: str(record.get(name) or "")
        for name in ("title", "source", "document", "region", "genre", "topic", "note")
    }
    return Example(
        id=str(record["id"]), text=str(record["text"]), script=str(record["script"]), frames=dict(frames), stance=dict(stance),
        holder=str(record.get("holder") or "author"), **texts,
    )  # fmt: skip


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]


def load_corpus(*paths: str | Path, codebook: Codebook) -> list[Example]:
    """Labelled passages of JSONL files, or of every such file in folders, in order.

    Raises
    ------
    InputError
        A file cannot be read, a line is no valid example of `codebook`, or an id occurs twice; file and line are named.
    """
    examples: list[Example] = []
    seen: dict[str, str] = {}
    for path in _files(Path(path) for path in paths):
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read ({error})") from error
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{path}:{number}"
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise InputError(f"{where}: no valid JSON: {error}") from error
            example = _example(record, where, codebook)
            if example.id in seen:
                raise InputError(f"{where}: id {example.id!r} stands already at {seen[example.id]}")
            seen[example.id] = where
            examples.append(example)
    return examples
