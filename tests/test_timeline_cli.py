"""narrativ timeline on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import narrativ
from narrativ import cli
from tests.conftest import SAMPLE
from tests.test_cli import call
from tests.times import PER_DAY, row, story, table


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("timeline") / "story.jsonl"
    narrativ.write_table(story(), path)
    return path


def test_a_label_table_is_counted(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(
        capsys,
        "timeline",
        str(stories),
        "--reach-over",
        "1e6,1e7",
        "--span",
        "2025-01-20/2025-01-22",
        "--span",
        "2025-01-26/2025-01-27",
    )
    assert code == cli.EXIT_OK
    assert err == ""
    assert "≥10M" in out
    assert "Turn at 2025-01-26" in out
    assert "Burst of shock" in out
    assert "words of 2025-01-2" in out


def test_raw_inputs_are_labelled_first(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(
        capsys,
        "timeline",
        str(SAMPLE),
        "--source-from-folder",
        "--by",
        "source",
        "--every",
        "week",
        "--lang",
        "zh-Hant",
    )
    assert code == cli.EXIT_OK
    assert "申江财经" in out
    assert "2025-W05" in out


@pytest.mark.parametrize("ending", ["csv", "json", "md"])
def test_it_is_written(ending: str, stories: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"out.{ending}"
    code, out, err = call(capsys, "timeline", str(stories), "-o", str(path))
    assert (code, out) == (cli.EXIT_OK, "")
    assert "110 documents" in err
    text = path.read_text(encoding="utf-8-sig")
    if ending == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert len(rows) == 8 * 3
        assert [int(row["documents"]) for row in rows[::3]] == list(PER_DAY.values())
    elif ending == "json":
        found = json.loads(text)
        assert {"settings", "account", "data", "turns", "bursts", "spans", "lags"} == set(found)
        assert found["bursts"][0]["passages"]
    else:
        assert "| 2025-01-26 | 34 |" in text


def test_a_source_that_is_a_formula_or_markup_stays_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.jsonl"
    evil = "=cmd|'/c calc'!A1"
    rows = [
        row(
            f"{n}",
            f"2025-01-{n // 6 + 20}",
            ["shock"] * (n > 20),
            source=evil,
            text=f"<script>x{n}</script> [a](b) {n} \x1b[31m",
        )
        for n in range(30)
    ]
    narrativ.write_table(table(rows), path)
    call(capsys, "timeline", str(path), "--by", "source", "-o", str(tmp_path / "o.csv"))
    assert f"'{evil}" in (tmp_path / "o.csv").read_text(encoding="utf-8-sig")
    call(capsys, "timeline", str(path), "--by", "source", "-o", str(tmp_path / "o.md"))
    assert "<script>" not in (tmp_path / "o.md").read_text(encoding="utf-8")
    _, out, _ = call(capsys, "timeline", str(path), "--by", "source")
    assert "\x1b" not in out


def test_a_series_is_read_and_a_short_one_warned_of(
    stories: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index.csv"
    index.write_text(
        "date,price\n" + "".join(f"2025-01-{day},{day}\n" for day in range(20, 28)) + "sum,9\n", encoding="utf-8"
    )
    code, out, err = call(capsys, "timeline", str(stories), "--against", str(index))
    assert code == cli.EXIT_OK
    assert "no lag can be established" in out
    assert "1 of 9 rows without a date" in err


@pytest.mark.parametrize(
    "arguments",
    [["--every", "month"], ["--zone", "Mars"], ["--span", "2025-01-20"], ["--reach-over", "many"], ["-o", "x.docx"], ["--frame", "none"],
     ["--by", "nothing"], ["-o", "no/such/folder/x.csv"], ["--max-lag", "0"], ["--since", "soon"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(arguments: list[str], stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "timeline", str(stories), *arguments)
    assert code == cli.EXIT_USAGE
    assert out == ""
    assert "Traceback" not in err


def test_tables_and_texts_are_not_mixed(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call(capsys, "timeline", str(stories), str(SAMPLE))
    assert code == cli.EXIT_USAGE
    assert "label the others first" in err


def test_inputs_that_fail_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call(capsys, "timeline", str(tmp_path / "none.md"))
    assert code == cli.EXIT_FAILED
    assert "none.md: no such file" in err
