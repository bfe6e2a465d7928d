"""Samples are drawn with known probabilities, filled in by people, and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import narrativ
from narrativ.analyze.gold import match_gold, read_gold
from narrativ.analyze.sampling import sample
from narrativ.analyze.sheet import label_studio_config, write_sample
from narrativ.codebook import load_codebook
from narrativ.errors import OptionError, TableError
from tests.tables import label_table, random_table

FRAMES = ("shock", "plot")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return random_table({"A": 0.5, "B": 0.1, "C": 0.3}, documents=50)


def test_strata_get_equal_numbers_with_their_probabilities(table: pd.DataFrame) -> None:
    drawn = sample(table, 90)
    assert drawn["stratum"].value_counts().to_dict() == {"A": 30, "B": 30, "C": 30}
    assert drawn["probability"].unique().tolist() == [30 / 200]
    assert not drawn.duplicated(["doc_id", "passage"]).any()


@pytest.mark.parametrize(
    "options", [{}, {"stratify": ()}, {"frames": ("shock",)}, {"stratify": ("source", "script"), "frames": FRAMES}]
)
def test_probabilities_add_up_to_the_table(table: pd.DataFrame, options: dict[str, Any]) -> None:
    """Each drawn passage stands for 1 / probability passages; together they are all of them."""
    assert (1 / sample(table, 100, **options)["probability"]).sum() == pytest.approx(len(table))


def test_a_stated_probability_is_how_often_a_passage_is_drawn(table: pd.DataFrame) -> None:
    told = {(row["doc_id"], row["passage"]): "shock" in row["frames"] for row in table.to_dict("records")}
    counts = {True: 0, False: 0}
    stated = {True: 0.0, False: 0.0}
    for seed in range(60):
        drawn = sample(table, 60, stratify=(), frames=("shock",), seed=seed)
        for row in drawn.to_dict("records"):
            side = told[row["doc_id"], row["passage"]]
            counts[side] += 1
            stated[side] = row["probability"]
    for side in (True, False):
        assert counts[side] / 60 / sum(value == side for value in told.values()) == pytest.approx(stated[side])
    assert counts[True] == counts[False]


def test_small_sources_are_drawn_from_together() -> None:
    table = random_table({"A": 0.5, "B": 0.5} | {f"small {k}": 0.5 for k in range(20)}, documents=5)
    strata = sample(table, 40)["stratum"].value_counts().to_dict()
    assert len(strata) == 4
    assert strata["(others)"] == 10


def test_a_stratum_smaller_than_its_part_is_taken_whole() -> None:
    table = pd.concat([random_table({"A": 0.5}), random_table({"B": 0.5}, documents=1, passages=3)])
    drawn = sample(table, 50)
    assert drawn["stratum"].value_counts().to_dict() == {"A": 47, "B": 3}
    assert set(drawn.loc[drawn["stratum"] == "B", "probability"]) == {1.0}


def test_the_same_seed_draws_the_same(table: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(sample(table, 30), sample(table, 30))
    assert not sample(table, 30).equals(sample(table, 30, seed=1))


def test_only_labelled_passages_are_drawn() -> None:
    table = pd.concat(
        [
            random_table({"A": 0.5}, documents=5),
            random_table({"A": 0.5}, documents=5, status="boilerplate").assign(doc_id="x"),
        ]
    )
    assert len(sample(table, 100)) == 20


@pytest.mark.parametrize(
    ("options", "message"),
    [({"n": 0}, "cannot sample"), ({"stratify": ("nothing",)}, "no column"), ({"frames": ("x",)}, "no frame 'x'")],
)
def test_what_cannot_be_drawn_is_an_error(table: pd.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        sample(table, **options)
    with pytest.raises(OptionError, match="no labelled passages"):
        sample(label_table([]))


def _fill(path: Path, truth: dict[str, dict[str, str]], values: tuple[str, str] = ("1", "0")) -> None:
    """Fill a sheet in place: frames of each document."""
    if path.suffix == ".csv":
        sheet = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for row in sheet.index:
            for name, value in truth.get(sheet.loc[row, "doc_id"].lstrip("'"), {}).items():
                sheet.loc[row, name] = {"1": values[0], "0": values[1]}.get(value, value)
        sheet.to_csv(path, index=False, encoding="utf-8-sig")
        return
    book = openpyxl.load_workbook(path)
    sheet = book["sample"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for name, value in truth.get(str(sheet.cell(row, columns["doc_id"]).value).lstrip("'"), {}).items():
            sheet.cell(row, columns[name]).value = value
    book.save(path)


@pytest.fixture
def small() -> pd.DataFrame:
    texts = {"=d0": "=1+1 is how a formula begins", "d1": "輝達股價\n暴跌", "d2": "-2 % on the day", "@d3": "'quoted'"}
    return label_table([{"doc_id": doc, "text": text, "title": f"title of {doc}"} for doc, text in texts.items()])


TRUTH = {
    "=d0": {"frame_shock": "1", "frame_plot": "0", "stance_lab": "favor"},
    "d1": {"frame_shock": "1", "frame_plot": "1", "stance_lab": "against"},
    "d2": {"frame_shock": "0", "frame_plot": "0", "none": "1"},
    "@d3": {"none": "1", "stance_lab": "neutral"},
}


def _check(rows: list[dict[str, Any]], table: pd.DataFrame) -> None:
    gold = match_gold(rows, table)
    by_doc = dict(zip(table["doc_id"].to_numpy()[gold.row], range(4), strict=True))
    order = [by_doc[name] for name in ("=d0", "d1", "d2", "@d3")]
    assert gold.frames["shock"][order].tolist() == [1, 1, 0, 0]
    assert gold.frames["plot"][order].tolist() == [0, 1, 0, 0]
    assert gold.stance["lab"][order].tolist() == ["favor", "against", "", "neutral"]
    assert gold.probability.tolist() == [1.0] * 4
    assert gold.notes == ()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_filled_sheet_comes_back(ending: str, small: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / f"sheet.{ending}"
    write_sample(sample(small, 4, stratify=()), path, frames=FRAMES, targets=("lab",))
    _fill(path, TRUTH)
    _check(read_gold(path), small)


@pytest.mark.parametrize("values", [("x", ""), ("yes", "no"), ("是", "否"), ("1.0", "0.0"), ("✓", "-")])
def test_people_write_yes_in_many_ways(values: tuple[str, str], small: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    write_sample(sample(small, 4, stratify=()), path, frames=FRAMES, targets=("lab",))
    _fill(path, TRUTH, values)
    _check(read_gold(path), small)


@pytest.mark.parametrize("form", ["full", "min"])
def test_label_studio_comes_back(form: str, small: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    write_sample(sample(small, 4, stratify=()), path, frames=FRAMES, targets=("lab",))
    export = []
    for task in json.loads(path.read_text(encoding="utf-8")):
        truth = TRUTH[task["data"]["doc_id"]]
        frames = [name.removeprefix("frame_") for name, value in truth.items() if value == "1"]
        stance = truth.get("stance_lab")
        if form == "min":
            chosen = frames[0] if len(frames) == 1 else {"choices": frames}
            export.append(
                task["data"] | {"id": 1, "annotator": 1, "frames": chosen} | ({"stance_lab": stance} if stance else {})
            )
            continue
        result = [{"from_name": "frames", "type": "choices", "value": {"choices": frames}}]
        result += [{"from_name": "stance_lab", "type": "choices", "value": {"choices": [stance]}}] if stance else []
        cancelled = {"was_cancelled": True, "result": []}
        export.append(task | {"id": 1, "annotations": [cancelled, {"was_cancelled": False, "result": result}]})
    path.write_text(json.dumps(export), encoding="utf-8")
    _check(read_gold(path), small)


def test_readers_do_not_see_the_labels(small: pd.DataFrame, tmp_path: Path) -> None:
    small["frames"] = [["shock"], [], [], []]
    for ending in ("csv", "json"):
        write_sample(sample(small, 4, stratify=(), frames=("shock",)), tmp_path / f"s.{ending}", frames=FRAMES)
    tasks = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert all(not {"frames", "frame_scores", "model", "evidence"} & set(task["data"]) for task in tasks)
    sheet = pd.read_csv(tmp_path / "s.csv", dtype=str, keep_default_na=False)
    assert (sheet[["frame_shock", "frame_plot", "none"]] == "").all(axis=None)
    assert sheet.columns[-2:].tolist() == ["stratum", "probability"]


def test_a_spreadsheet_runs_nothing(small: pd.DataFrame, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx"):
        write_sample(sample(small, 4, stratify=()), tmp_path / f"s.{ending}", frames=FRAMES)
    text = (tmp_path / "s.csv").read_text(encoding="utf-8-sig")
    assert "'=d0" in text
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    assert all(cell.data_type != "f" for row in book["sample"].iter_rows() for cell in row)
    assert book["sample"].column_dimensions["J"].hidden is True
    assert "codebook" in book.sheetnames


def test_definitions_come_along_in_the_readers_language(tmp_path: Path) -> None:
    book = load_codebook("deepseek")
    table = random_table({"A": 0.5}, documents=3, frame=book.frame_ids[0])
    write_sample(sample(table, 3), tmp_path / "s.xlsx", frames=book.frame_ids, codebook=book, language="zh-Hant")
    cells = [cell.value for row in openpyxl.load_workbook(tmp_path / "s.xlsx")["codebook"].iter_rows() for cell in row]
    assert book.frames[0].name["zh-Hant"] in cells
    assert book.frames[0].definition["zh-Hant"] in cells


def test_the_labelling_interface_is_xml_whatever_the_names() -> None:
    import xml.etree.ElementTree as ET

    config = label_studio_config(('a"<&', "b"), ("t",))
    root = ET.fromstring(config)
    assert [choice.get("value") for choice in root.iter("Choice")] == [
        'a"<&',
        "b",
        "none",
        "favor",
        "against",
        "neutral",
    ]


def _row(**columns: Any) -> dict[str, Any]:
    return {"doc_id": "d1", "passage": "0", "frame_shock": "1", "probability": "0.5", **columns}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([_row(frame_shock="")], "none of the 1 rows"), ([_row(doc_id="other")], "1 rows of the sample are no labelled passages"),
        ([_row(passage="7")], "no labelled passages"), ([_row(passage="x")], "no labelled passages"), ([_row(text="other")], "another text"),
        ([_row(frame_shock="maybe")], "'maybe' is neither"), ([_row(probability="0")], "above 0"), ([_row(probability="2")], "above 0"),
        ([_row(probability="x")], "no numbers"), ([_row(stance_lab="maybe")], "'maybe' is none of"), ([{"doc_id": "d1"}], "needs columns"), ([], "needs columns"),
    ],
)  # fmt: skip
def test_a_sample_that_does_not_fit_is_an_error(rows: list[dict[str, Any]], message: str, small: pd.DataFrame) -> None:
    with pytest.raises(TableError, match=message):
        match_gold(rows, small)


def test_spreadsheets_may_change_white_space(small: pd.DataFrame) -> None:
    assert match_gold([_row(text=" 輝達股價 暴跌\r\n")], small).row.tolist() == [1]


def test_unfilled_rows_are_counted(small: pd.DataFrame) -> None:
    gold = match_gold([_row(), _row(doc_id="d2", frame_shock="")], small)
    assert len(gold.row) == 1
    assert "1 of the 2 sampled passages are not filled in" in gold.notes[0]


def test_several_readers_decide_by_majority(small: pd.DataFrame) -> None:
    gold = match_gold(
        [_row(), _row(), _row(frame_shock="0"), _row(doc_id="d2"), _row(doc_id="d2", frame_shock="0")], small
    )
    assert dict(zip(gold.row.tolist(), gold.frames["shock"].tolist(), strict=True)) == {1: 1.0, 2: 0.0}
    assert "3 rows label a passage again" in gold.notes[0]


def test_a_sample_without_probabilities_is_taken_for_a_simple_one_and_that_is_said(small: pd.DataFrame) -> None:
    row = _row()
    del row["probability"]
    gold = match_gold([row], small)
    np.testing.assert_allclose(gold.probability, [0.25])
    assert "simple random sample" in gold.notes[0]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.txt", "x", "is .csv, .xlsx"),
        ("s.json", "{", "no valid JSON"),
        ("s.json", '{"a": 1}', "no Label Studio"),
        ("s.xlsx", "x", "no readable sheet"),
    ],
)
def test_files_that_are_no_sample_are_errors(name: str, content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(narrativ.NarrativError, match=message):
        read_gold(tmp_path / name)
    with pytest.raises(TableError, match="no such file"):
        read_gold(tmp_path / "none.csv")
