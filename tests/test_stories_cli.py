"""narrativ stories: a table or raw inputs in, the answer out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import narrativ
from narrativ import cli
from tests.test_cli import call, run
from tests.test_stories import BASE, TEXTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two outlets with one article, a third with another."""
    outlets = (
        ("甲报", "2025-01-27", BASE[0], ""),
        ("乙網", "2025-01-28", BASE[0], "（轉載）"),
        ("丙台", "", BASE[3], ""),
    )
    for number, (source, day, text, note) in enumerate(outlets):
        date = f"date: {day}\n" if day else ""
        (tmp_path / f"{number}.md").write_text(
            f"---\nsource: {source}\n{date}---\n{note}{TEXTS[text]}\n", encoding="utf-8"
        )
    return tmp_path


def test_raw_inputs_give_an_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, stderr = call(capsys, "stories", str(folder))
    assert code == cli.EXIT_OK
    assert "3 documents in 2 stories; 2 of them are copies of one another, in 1 story" in stdout
    assert "甲报, 乙網" in stdout
    assert "100%" in stdout
    assert stderr == ""


def test_json_is_the_same_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, _ = call(capsys, "stories", str(folder), "--json")
    answer = json.loads(stdout)
    assert code == cli.EXIT_OK
    assert (answer["documents"], answer["stories"], answer["too_short"]) == (3, 2, 0)
    [story] = answer["shared_stories"]
    assert story["first_source"] == "甲报"
    assert {row["source"]: row["copies"] for row in answer["sources"]} == {"甲报": 0, "乙網": 1, "丙台": 0}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_table_is_written_again_with_its_stories(
    ending: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], labeler: narrativ.Labeler
) -> None:
    given, out = tmp_path / f"t.{ending}", tmp_path / f"out.{ending}"
    labelled = labeler.label(narrativ.read([str(folder / f"{n}.md") for n in range(3)]))
    narrativ.write_table(labelled, given)
    code, _, _ = call(capsys, "stories", str(given), "-o", str(out))
    assert code == cli.EXIT_OK
    written = narrativ.read_table(out)
    assert written.equals(narrativ.stories(labelled))
    code, again, _ = call(capsys, "stories", str(out), "--json")
    assert json.loads(again)["stories"] == 2


def test_raw_inputs_with_a_table_to_write_are_labelled(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    code, _, _ = call(capsys, "stories", str(folder / "0.md"), str(folder / "1.md"), "-o", str(out))
    written = narrativ.read_table(out)
    assert code == cli.EXIT_OK
    assert written["story"].nunique() == 1
    assert (written.loc[written["status"] == "ok", "frame_scores"].map(len) > 0).all()


def test_the_table_goes_to_standard_output_alone(folder: Path) -> None:
    done = run("stories", str(folder), "-o", "-")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == cli.EXIT_OK
    assert {row["story"] for row in rows} == {"s0001", "s0002"}


def test_failed_inputs_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, stderr = call(capsys, "stories", str(folder), str(folder / "none.md"))
    assert code == cli.EXIT_FAILED
    assert "3 documents" in stdout
    assert "none.md: no such file" in stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["x", "-o", "t.docx"], ["x", "--unit", "word"], ["x", "--threshold", "7"], ["x", "-o", "-", "--json"],
     ["x", "-o", "-", "--output-format", "docx"], ["x", "-o", "no/such/folder/t.csv"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, stdout, stderr = call(capsys, "stories", *[str(folder) if name == "x" else name for name in arguments])
    assert code == cli.EXIT_USAGE
    assert stdout == ""
    assert stderr
    assert "Traceback" not in stderr


def test_a_table_is_not_mixed_with_other_inputs_nor_written_over(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = str(tmp_path / "t.jsonl")
    call(capsys, "stories", str(folder / "0.md"), "-o", table)
    for arguments in ([table, str(folder / "1.md")], [table, "-o", table]):
        code, _, stderr = call(capsys, "stories", *arguments)
        assert code == cli.EXIT_USAGE
        assert table in stderr


def test_terminal_control_characters_do_not_reach_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": str(n), "text": TEXTS[BASE[0]], "title": "a\u001b[31mb [bold]c[/]", "source": "x\u0007y"}
        for n in range(2)
    ]
    (tmp_path / "p.json").write_text(json.dumps(rows), encoding="utf-8")
    code, stdout, _ = call(capsys, "stories", str(tmp_path / "p.json"))
    assert code == cli.EXIT_OK
    assert "2 documents in 1 story" in stdout
    assert "\u001b" not in stdout
    assert "\u0007" not in stdout
    assert "[bold]c[/]" in stdout
