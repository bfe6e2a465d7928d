"""The label table is the same in every format, safe in a spreadsheet, and written whole or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import narrativ
from narrativ.errors import OptionError, TableError
from narrativ.table import COLUMNS, TableWriter, read_table, to_dataframe, write_table
from tests.conftest import SAMPLE

FRAMES = ("market_shock", "geopolitics")
TARGETS = ("deepseek", "china")
LINE = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@st.composite
def rows(draw: Any) -> dict[str, Any]:
    frames = draw(st.lists(st.sampled_from(FRAMES), unique=True))
    text = draw(
        st.one_of(LINE, st.sampled_from(["=1+1", "+x", "-5 %", "@user", "'quoted", "''", "a\nb", "\tx", '"', ","]))
    )
    return {
        "doc_id": "d" + draw(LINE), "passage": draw(st.one_of(st.none(), st.integers(0, 9))), "start": 0, "end": len(text), "text": text,
        "source": draw(LINE), "title": draw(LINE), "author": draw(LINE), "published": "2025-01-27", "url": "", "reach": draw(st.one_of(st.none(), st.integers(0, 10**12))),
        "script": "Hans", "status": "ok", "frames": frames,
        "frame_scores": {frame: draw(st.floats(0, 1).map(lambda v: round(v, 6))) for frame in FRAMES},
        "positions": dict.fromkeys(frames, "endorses"), "abstained": draw(st.lists(st.sampled_from(FRAMES), unique=True)),
        "polarity": draw(st.dictionaries(st.sampled_from(TARGETS), st.floats(-1, 1).map(lambda v: round(v, 6)))), "voices": [{"holder": draw(LINE)}],
        "stance_evidence": [], "stance": draw(st.dictionaries(st.sampled_from(TARGETS), st.sampled_from(["favor", "neutral"]))),
        "holder": draw(st.one_of(st.none(), st.just("author"), LINE.filter(bool))),
        "evidence": [{"frame": "market_shock", "start": 0, "end": 1, "text": text[:1], "weight": 1.5}], "kind": "post", "about": "", "notes": [draw(LINE)],
    }  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@given(table=st.lists(rows(), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_comes_back(table: list[dict[str, Any]], ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{ending}"
    with TableWriter(path, FRAMES, TARGETS) as writer:
        writer.write(table)
    expected = to_dataframe(table)
    found = read_table(path)
    pd.testing.assert_frame_equal(found, expected)
    write_table(found, path)
    pd.testing.assert_frame_equal(read_table(path), expected)


def test_the_sample_corpus_is_equal_in_all_formats(tmp_path: Path, labeler: narrativ.Labeler) -> None:
    table = labeler.label(narrativ.read(SAMPLE))
    for ending in ("csv", "jsonl", "parquet"):
        write_table(table, tmp_path / f"t.{ending}")
        pd.testing.assert_frame_equal(read_table(tmp_path / f"t.{ending}"), table)


def test_no_cell_can_run_as_a_formula(tmp_path: Path, labeler: narrativ.Labeler) -> None:
    """CWE-1236: cells that begin with = + - @ tab or return are run by spreadsheets."""
    source = tmp_path / "in.csv"
    with source.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["title", "text", "author", "source", "url"])
        for start in "=+-@":
            attack = f'{start}HYPERLINK("https://evil.example")'
            writer.writerow([attack, attack + " and some words", attack, attack, attack])
    out = tmp_path / "out.csv"
    write_table(labeler.label(narrativ.read(source)), out)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.reader(stream):
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert read_table(out)["title"][0].startswith("=HYPERLINK")


def test_csv_has_a_mark_for_excel(tmp_path: Path) -> None:
    with TableWriter(tmp_path / "t.csv", FRAMES, TARGETS) as writer:
        writer.write([])
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfdoc_id,passage,")


def test_a_failed_run_leaves_the_old_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    unknown = [dict.fromkeys(COLUMNS, "") | {"frame_scores": {"weather": 1.0}, "positions": {}, "stance": {}}]
    with pytest.raises(TableError, match="weather"), TableWriter(path, FRAMES, TARGETS) as writer:
        writer.write(unknown)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(OptionError, match="does not exist"),
        TableWriter(tmp_path / "no" / "t.csv", FRAMES, TARGETS),
    ):
        pass


def test_unknown_endings_are_said() -> None:
    with pytest.raises(OptionError, match=r"\.csv, \.jsonl or \.parquet"):
        TableWriter("t.docx", FRAMES, TARGETS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"x,y\n1,2\n"),
        ("b.jsonl", b'{"x": 1}\n'),
        ("c.jsonl", b"nonsense\n"),
        ("d.parquet", b"PAR1"),
        ("e.jsonl", b"[1]\n"),
        ("f.csv", b"\xff\xfe\x00"),
    ],
)
def test_files_that_are_no_label_table(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError):
        read_table(tmp_path / name)


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        read_table(tmp_path / "none.csv")


def test_columns_are_documented() -> None:
    from tests.conftest import ROOT

    page = (ROOT / "docs" / "label-table.md").read_text(encoding="utf-8")
    for name in COLUMNS:
        assert f"`{name}`" in page, name


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_users_own_columns_are_kept(ending: str, tmp_path: Path, labeler: narrativ.Labeler) -> None:
    table = labeler.label(["輝達股價暴跌。", "DeepSeek is open source."])
    table["story"] = pd.Series(["s1", "=s2"], dtype="object")
    write_table(table, tmp_path / f"t.{ending}")
    pd.testing.assert_frame_equal(read_table(tmp_path / f"t.{ending}"), table)


def test_tables_of_before_lack_columns(tmp_path: Path, labeler: narrativ.Labeler) -> None:
    table = labeler.label(["輝達股價暴跌。"])
    later = ["abstained", "polarity", "voices", "stance_evidence"]
    rows = [{name: value for name, value in row.items() if name not in later} for row in table.to_dict("records")]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(row, default=lambda _: None) + "\n" for row in rows))
    found = read_table(tmp_path / "t.jsonl")
    assert found["frames"][0] == ["market_shock"]
    assert found["voices"][0] == []
    assert found["polarity"][0] == {}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_some_columns_are_those_of_the_whole_table(ending: str, labeler: narrativ.Labeler, tmp_path: Path) -> None:
    further = labeler.label(narrativ.read(SAMPLE)).assign(story="s1")
    write_table(further, tmp_path / f"t.{ending}")
    columns = ["frame_scores", "doc_id", "reach", "story", "frames", "none"]
    found = read_table(tmp_path / f"t.{ending}", columns=columns)
    pd.testing.assert_frame_equal(found, read_table(tmp_path / f"t.{ending}")[columns[:-1]])
