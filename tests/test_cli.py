"""The command line is a thin skin with named exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import narrativ
from narrativ import cli
from tests.conftest import DATA, SAMPLE


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "narrativ", *arguments], input=stdin, capture_output=True, check=False)


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        cli.main(list(arguments))
    out = capsys.readouterr()
    return int(done.value.code or 0), out.out, out.err


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_label_writes_the_table(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], labeler: narrativ.Labeler
) -> None:
    out = tmp_path / f"t.{ending}"
    code, stdout, stderr = call(capsys, "label", str(SAMPLE), "-o", str(out))
    assert code == cli.EXIT_OK
    assert stdout == ""
    assert "documents" in stderr
    assert narrativ.read_table(out).equals(labeler.label(narrativ.read(str(SAMPLE))))


def test_failed_inputs_are_listed_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "t.csv"
    code, _, stderr = call(capsys, "label", str(DATA / "jekyll.md"), str(tmp_path / "none.md"), "-o", str(out))
    assert code == cli.EXIT_FAILED
    assert "failed: " in stderr
    assert "none.md: no such file" in stderr
    assert narrativ.read_table(out)["status"].str.startswith("error").sum() == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["label"], ["label", "x"], ["label", "x", "-o", "t.docx"], ["label", "x", "-o", "t.csv", "--engine", "magic"], ["nothing"],
        ["label", "x", "-o", "t.csv", "--codebook", "none"], ["label", "x", "-o", "t.csv", "--format", "docx"], ["show", "x", "--nothing"],
        ["label", "x", "-o", "no/such/folder/t.csv"], ["label", "x", "-o", "-", "--output-format", "docx"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, stderr = call(capsys, *arguments)
    assert code == cli.EXIT_USAGE
    assert stdout == ""
    assert stderr
    assert "Traceback" not in stderr


def test_standard_streams(capsys: pytest.CaptureFixture[str]) -> None:
    done = run("label", "-", "-o", "-", stdin="英伟达股价暴跌，市值一夜蒸发近六千亿美元。".encode())
    assert done.returncode == cli.EXIT_OK
    [line] = done.stdout.splitlines()
    row = json.loads(line)
    assert row["frames"] == ["market_shock"]
    assert row["doc_id"] == "<stdin>"
    done = run("label", "-", "-o", "-", "--output-format", "csv", "-q", stdin=b"some words stand here")
    assert done.stdout.startswith(b"doc_id,passage,")
    assert done.stderr == b""


def test_columns_and_source_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.csv"
    source.write_text("Nachricht,wer\nsome words stand here,Eva\n", encoding="utf-8")
    out = tmp_path / "t.jsonl"
    code, _, _ = call(
        capsys,
        "label",
        str(source),
        "-o",
        str(out),
        "--text-column",
        "Nachricht",
        "--author-column",
        "wer",
        "--source",
        "Blatt",
    )
    assert code == cli.EXIT_OK
    row = narrativ.read_table(out).iloc[0]
    assert (row["text"], row["author"], row["source"]) == ("some words stand here", "Eva", "Blatt")


def test_show_prints_text_frames_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, _ = call(capsys, "show", str(DATA / "boilerplate_three.md"))
    assert code == cli.EXIT_OK
    assert "一座桥的三种说法" in stdout
    assert "[boilerplate]" in stdout
    code, stdout, _ = call(capsys, "show", str(SAMPLE / "申江财经"), "--most", "2", "--language", "zh-Hans")
    assert code == cli.EXIT_OK
    assert "(" in stdout


def test_show_prints_a_label_table_as_it_prints_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = SAMPLE / "申江财经" / "2025-01-28-yi-ye-zheng-fa.md"
    _, expected, _ = call(capsys, "show", str(source))
    for ending in ("csv", "jsonl", "parquet"):
        out = tmp_path / f"t.{ending}"
        call(capsys, "label", str(source), "-o", str(out), "-q")
        code, found, _ = call(capsys, "show", str(out))
        assert code == cli.EXIT_OK
        assert found == expected
    code, _, stderr = call(capsys, "show", str(out), "--doc", "nothing")
    assert code == cli.EXIT_FAILED
    assert "no document 'nothing'" in stderr


def test_show_obeys_no_control_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.txt"
    path.write_text("words \x1b[31mred\x1b[0m and \x07 bell stand here")
    _, stdout, _ = call(capsys, "show", str(path))
    assert "\x1b" not in stdout
    assert "\x07" not in stdout


def test_help_answers_at_once() -> None:
    """Loose on purpose (a shared machine); benchmarks/startup.py measures it."""
    started = time.perf_counter()
    done = run("--help")
    assert done.returncode == 0
    assert b"label" in done.stdout
    assert time.perf_counter() - started < 5


def test_version() -> None:
    assert run("--version").stdout.decode().strip() == f"narrativ, version {narrativ.__version__}"


def test_a_table_does_not_replace_its_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text\nsome words stand here\n")
    code, _, stderr = call(capsys, "label", str(path), "-o", str(path))
    assert code == cli.EXIT_USAGE
    assert "is an input" in stderr
    assert path.read_text() == "text\nsome words stand here\n"


def test_a_reader_that_goes_away_is_no_failure() -> None:
    command = f'"{sys.executable}" -m narrativ label "{SAMPLE}" -o - -q | head -n 1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("\n0")
    assert done.stderr == ""
