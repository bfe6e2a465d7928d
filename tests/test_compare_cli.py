"""narrativ compare and narrativ sample on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from narrativ import cli
from narrativ.table import write_table
from tests.tables import label_table, random_table


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        cli.main(list(arguments))
    out = capsys.readouterr()
    return int(done.value.code or 0), out.out, out.err


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    parts = [
        random_table({"港报": 0.7}, frame="market_shock", script="Hant", text="股價暴跌，市場恐慌。", holder="author"),
        random_table(
            {"=SUM(A1)": 0.2}, frame="market_shock", script="Hant", text="天氣很好，市場平靜。", holder="author"
        ),
        random_table({"<b>Wire</b>": 0.3}, frame="market_shock", seed=3, stance={"deepseek": "favor"}),
        random_table({"tiny": 0.3}, documents=2, seed=4),
    ]
    out = tmp_path_factory.mktemp("compare") / "t.jsonl"
    write_table(pd.concat(parts, ignore_index=True), out)
    return str(out)


FAST = ("--draws", "100", "--permutations", "99")


def test_it_prints_words_and_tables(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "compare", path, *FAST, "--words", "all")
    assert code == cli.EXIT_OK
    for part in (
        "compared by source",
        "Market shock",
        "港报",
        "<b>Wire</b>",
        "net stance",
        "whose view",
        "differences",
        "Jensen–Shannon",
        "words distinctive",
    ):
        assert part in out
    assert "Traceback" not in err


@pytest.mark.parametrize(("language", "name"), [("zh-Hans", "市场震荡"), ("zh-Hant", "市場震盪")])
def test_it_speaks_the_readers_language(
    path: str, language: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(capsys, "compare", path, *FAST, "--lang", language)
    assert code == cli.EXIT_OK
    assert name in out


def test_too_little_is_said_on_screen(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, "compare", path, *FAST)
    assert "Not enough for 1 of 4 groups (tiny)" in out.replace("\n", " ")
    _, out, err = call(capsys, "compare", path, *FAST, "--min-n", "100")
    assert "not enough to test" in out.replace("\n", " ")
    assert "--cluster passage" in err


def test_files_hold_everything_and_run_nothing(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {ending: tmp_path / f"out.{ending}" for ending in ("csv", "json", "md")}
    code, out, _ = call(
        capsys,
        "compare",
        path,
        *FAST,
        "--words",
        "all",
        *(part for name in names.values() for part in ("-o", str(name))),
    )
    assert (code, out) == (cli.EXIT_OK, "")
    with names["csv"].open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {"shares", "differences", "distances", "drivers", "order", "words"} <= {row["table"] for row in rows}
    assert "'=SUM(A1)" in {row["group"] for row in rows}
    assert not any(value.startswith("=") for row in rows for value in row.values() if value)
    page = json.loads(names["json"].read_text(encoding="utf-8"))
    assert {row["group"] for row in page["shares"]} == {"港报", "=SUM(A1)", "<b>Wire</b>", "tiny"}
    assert page["facts"]["seed"] == 20250127
    assert page["describe"]
    assert "<b>" not in names["md"].read_text(encoding="utf-8")


def test_sample_fill_compare(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.csv"
    code, out, err = call(capsys, "sample", path, "-n", "60", "-o", str(sheet), "--targets", "deepseek")
    assert (code, out) == (cli.EXIT_OK, "")
    assert "60 passages" in err
    code, _, err = call(capsys, "compare", path, *FAST, "--gold", str(sheet))
    assert code == cli.EXIT_FAILED
    assert "none of the 60 rows of the sample is filled in" in err
    filled = pd.read_csv(sheet, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    filled["frame_market_shock"] = ["1", "0"] * 30
    filled.loc[:4, "frame_market_shock"] = ""
    filled.to_csv(sheet, index=False, encoding="utf-8-sig")
    code, out, err = call(capsys, "compare", path, *FAST, "--gold", str(sheet))
    assert code == cli.EXIT_OK
    assert "corrected by the labelled sample" in out
    assert "5 of the 60 sampled passages are not filled in" in err


def test_label_studio_tasks_come_with_their_interface(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, _ = call(
        capsys, "sample", path, "-n", "10", "-o", str(tmp_path / "tasks.json"), "--show-labels", "--stratify", "none"
    )
    assert code == cli.EXIT_OK
    assert len(json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))) == 10
    assert "<Choices" in (tmp_path / "tasks.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare"], ["compare", "T", "--by", "nothing"], ["compare", "T", "--baseline", "nobody"], ["compare", "T", "-o", "x.docx"],
        ["compare", "T", "--frames", "nothing"], ["compare", "T", "--words", "nothing"], ["compare", "T", "-o", "no/such/x.csv"],
        ["compare", "T", "--weight", "reach"], ["compare", "T", "--codebook", "none"], ["compare", "T", "--cluster", "story"],
        ["sample", "T"], ["sample", "T", "-o", "x.docx"], ["sample", "T", "-o", "x.csv", "-n", "0"], ["sample", "T", "-o", "no/such/x.csv"],
        ["sample", "T", "-o", "x.csv", "--targets", "nobody"], ["sample", "T", "-o", "x.csv", "--stratify", "nothing"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(arguments: list[str], path: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call(
        capsys,
        *(path if part == "T" else part for part in arguments),
        *(FAST if "T" in arguments and "compare" in arguments else ()),
    )
    assert code == cli.EXIT_USAGE
    assert err
    assert "Traceback" not in err


def test_files_that_are_no_tables_are_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for command in (["compare"], ["sample", "-o", str(tmp_path / "y.csv")]):
        code, _, err = call(capsys, *command, str(tmp_path / "x.csv"))
        assert code == cli.EXIT_FAILED
        assert "not a label table" in err
    write_table(label_table([], frames=()), tmp_path / "empty.jsonl")
    code, _, err = call(capsys, "compare", str(tmp_path / "empty.jsonl"))
    assert (code, err) == (cli.EXIT_USAGE, "narrativ: nothing to compare: no labelled passages\n")
