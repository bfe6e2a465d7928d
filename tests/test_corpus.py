"""Labelled passages are checked line by line as they load."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrativ.codebook import load_codebook
from narrativ.errors import InputError
from narrativ.learn.corpus import load_corpus

BOOK = load_codebook()
GOOD = {
    "id": "a",
    "text": "some words",
    "script": "Latn",
    "frames": {"market_shock": "reports"},
    "stance": {"china": "neutral"},
    "holder": "author",
}


def write(path: Path, *records: object) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records) + "\n", encoding="utf-8")
    return path


def test_files_and_folders_load_in_order(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", {**GOOD, "id": "b"})
    write(tmp_path / "a.jsonl", GOOD)
    assert [example.id for example in load_corpus(tmp_path, codebook=BOOK)] == ["a", "b"]
    [example] = load_corpus(tmp_path / "a.jsonl", codebook=BOOK)
    assert (example.frames, example.stance, example.holder) == (
        {"market_shock": "reports"},
        {"china": "neutral"},
        "author",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frames": {"weather": "reports"}}, "frame 'weather'"),
        ({"frames": {"market_shock": "loves"}}, "position 'loves'"),
        ({"frames": []}, "are objects"),
        ({"stance": {"moon": "favor"}}, "target 'moon'"),
        ({"stance": {"china": "pro"}}, "stance 'pro'"),
        ({"script": "Cyrl"}, "script 'Cyrl'"),
        ({"text": ""}, "no text"),
        ({"id": None}, "no id"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(change: dict[str, object], message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", GOOD, {**GOOD, "id": "b", **change})
    with pytest.raises(InputError, match=rf"x\.jsonl:2: .*{message}"):
        load_corpus(path, codebook=BOOK)


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stands already at"):
        load_corpus(write(tmp_path / "x.jsonl", GOOD, GOOD), codebook=BOOK)
