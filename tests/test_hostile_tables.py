"""Names that are markup, outputs that are inputs, codebooks of others: every command survives them and says what is wrong."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from narrativ import cli
from narrativ.errors import OptionError, TableError
from narrativ.show.terminal import safe
from narrativ.table import write_table
from tests.conftest import ROOT
from tests.tables import random_table
from tests.test_compare_cli import call

NAMES = (
    "[/]",
    "[bold]x[/bold]",
    "<script>alert(1)</script>",
    "=cmd()",
    "a | b",
    "*a* _b_",
    "two\nlines",
    "\x1b[31mred",
    "長" * 200,
)
GROUPING = ("summarize", "compare", "timeline")
FAST = {"compare": ("--draws", "50", "--permutations", "49")}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    parts = [
        random_table({name: 0.5}, frame="market_shock", seed=number, script="Latn", text="The training run cost 5 million dollars.")
        for number, name in enumerate(NAMES)
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    table["doc_id"] = table["source"] + table["doc_id"]
    table["published"] = "2025-01-27"
    path = tmp_path_factory.mktemp("hostile") / "t.jsonl"
    write_table(table, path)
    return str(path)


@pytest.mark.parametrize("command", [*GROUPING, "claims", "stories", "show"])
def test_names_that_are_markup_are_printed_as_they_are(
    command: str, hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    by = ("--by", "source") if command == "timeline" else ()
    code, out, err = call(capsys, command, hostile, *by, *FAST.get(command, ()))
    assert code == cli.EXIT_OK, err
    assert "\x1b" not in out
    if command in GROUPING:
        assert "[bold]x[/bold]" in out or "*a* _b_" in out


@pytest.mark.parametrize("command", GROUPING)
def test_names_that_are_markup_make_no_markdown(
    command: str, hostile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by = ("--by", "source") if command == "timeline" else ()
    assert call(capsys, command, hostile, *by, *FAST.get(command, ()), "-o", str(tmp_path / "o.md"))[0] == cli.EXIT_OK
    page = (tmp_path / "o.md").read_text("utf-8")
    for part in ("<script>", "*a* _b_", "\x1b", "a | b"):
        assert part not in page


def test_control_characters_of_the_second_table_are_taken_out_too() -> None:
    assert safe("a\x9b31mb\x7fc\nd") == "a 31mb c\nd"


@pytest.mark.parametrize("command", ["summarize", "compare", "timeline", "claims", "sample", "stories", "label"])
def test_no_command_writes_over_its_input(
    command: str, hostile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    write_table(pd.read_json(hostile, lines=True).pipe(lambda _: random_table({"a": 0.5})), path)
    before = path.read_bytes()
    code, _, err = call(capsys, command, str(path), *FAST.get(command, ()), "-o", str(tmp_path / "." / "t.csv"))
    assert (code, path.read_bytes()) == (cli.EXIT_USAGE, before)
    assert "is an input" in err


def test_a_sheet_that_people_filled_in_is_not_written_over(
    hostile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "s.csv"
    arguments = ("sample", hostile, "-n", "20", "--stratify", "none", "-o", str(sheet))
    assert call(capsys, *arguments)[0] == cli.EXIT_OK
    assert call(capsys, *arguments)[0] == cli.EXIT_OK, "an empty sheet is nobody's work"
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[1][rows[0].index("none")] = "1"
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    code, _, err = call(capsys, *arguments)
    assert code == cli.EXIT_USAGE
    assert "filled in" in err


@pytest.mark.parametrize("by", ["document", "day", "month", "language", "reach"])
def test_all_commands_group_by_the_same_things(by: str, hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in GROUPING:
        code, _, err = call(capsys, command, hostile, "--by", by, *FAST.get(command, ()))
        assert code == cli.EXIT_OK or (by == "reach" and "no labelled passages" in err), (command, err)


@pytest.mark.parametrize("command", [*GROUPING, "claims", "show"])
@pytest.mark.parametrize("option", ["--lang", "--language"])
def test_the_readers_language_has_one_name_everywhere(
    command: str, option: str, hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(capsys, command, hostile, option, "zh-Hant", *FAST.get(command, ()))[0] == cli.EXIT_OK


@pytest.mark.parametrize(
    "arguments",
    [("show", "--most", "-1"), ("summarize", "--most", "0"), ("compare", "--most", "0"), ("compare", "--seed", "-1"), ("stories", "--most", "-1"),
     ("claims", "--most", "-1"), ("sample", "--seed", "-1", "-o", "x.csv"), ("sample", "-n", "0", "-o", "x.csv")],
)  # fmt: skip
def test_numbers_out_of_range_are_wrong_usage(
    arguments: tuple[str, ...], hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = call(capsys, arguments[0], hostile, *arguments[1:])
    assert code == cli.EXIT_USAGE
    assert arguments[1] in err


def test_a_table_of_another_codebook_is_shown_by_its_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.jsonl"
    write_table(random_table({"a": 1.0}, frame="my_frame", stance={"my_target": "favor"}), path)
    code, out, err = call(capsys, "show", str(path), "--most", "1")
    assert code == cli.EXIT_OK, err
    assert "my_frame" in out
    assert "my_target: favor" in out


def test_a_reader_that_goes_away_is_no_failure(hostile: str) -> None:
    script = "from narrativ.cli import main; main()"
    for command in ("summarize", "claims", "stories", "show"):
        run = subprocess.Popen(
            [sys.executable, "-c", script, command, hostile], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
        )
        assert run.stdout is not None
        run.stdout.close()
        _, err = run.communicate(timeout=120)
        assert (run.returncode, b"Traceback" in err) == (cli.EXIT_OK, False), err


def test_reach_beyond_all_numbers_is_an_error_of_the_table() -> None:
    import narrativ

    table = random_table({"a": 0.5})
    table["reach"] = pd.array([2**63 - 1] * len(table), dtype="Int64")
    with pytest.raises(TableError, match="reach"):
        narrativ.summarize(table)


def test_columns_of_lists_group_nothing() -> None:
    import narrativ

    for function in (narrativ.summarize, narrativ.compare, narrativ.timeline):
        with pytest.raises(OptionError, match="lists or objects"):
            function(random_table({"a": 0.5}), by="frames")
