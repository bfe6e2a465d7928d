"""Label tables that a person, a spreadsheet or another program has changed: understood, or refused in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import narrativ
from narrativ.errors import TableError
from narrativ.table import COLUMNS, is_table, labelled_documents, read_table, write_table


@pytest.fixture(scope="module")
def csv_rows(tmp_path_factory: pytest.TempPathFactory, labeler: narrativ.Labeler) -> list[list[str]]:
    """Header and rows of a small CSV."""
    path = tmp_path_factory.mktemp("table") / "t.csv"
    write_table(
        labeler.label(["The ferry company lost half of its value on the stock market.", "开源的模型人人可以用。"]), path
    )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def _save(path: Path, rows: list[list[str]], **options: Any) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, **options).writerows(rows)
    return path


def _with(rows: list[list[str]], column: str, value: str) -> list[list[str]]:
    changed = [list(row) for row in rows]
    changed[1][rows[0].index(column)] = value
    return changed


@pytest.mark.parametrize(
    ("column", "value"),
    [("start", "x"), ("reach", "1.5"), ("reach", "9" * 30), ("score_market_shock", "high"), ("evidence", "[{"), ("voices", "[1]"),
     ("notes", "[2]")],
)  # fmt: skip
def test_a_cell_that_means_nothing_is_named_with_file_row_and_column(
    column: str, value: str, csv_rows: list[list[str]], tmp_path: Path
) -> None:
    path = _save(tmp_path / "t.csv", _with(csv_rows, column, value))
    name = "frame_scores" if column.startswith("score_") else column
    with pytest.raises(TableError, match=rf"t\.csv: row 2, column '{name}'") as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "read"), [("3.0", 3), ("1.2E+07", 12_000_000), (" 7 ", 7), ("nan", None), ("", None)]
)
def test_whole_numbers_as_spreadsheets_write_them(
    value: str, read: int | None, csv_rows: list[list[str]], tmp_path: Path
) -> None:
    table = read_table(_save(tmp_path / "t.csv", _with(csv_rows, "reach", value)))
    assert table["reach"].tolist()[:1] == [read] or (read is None and table["reach"].isna().iloc[0])


def test_semicolons_and_decimal_commas_are_the_same_table(csv_rows: list[list[str]], tmp_path: Path) -> None:
    plain = _save(tmp_path / "plain.csv", csv_rows)
    scores = [number for number, name in enumerate(csv_rows[0]) if name.startswith(("score_", "polarity_"))]
    commas = [
        [cell.replace(".", ",") if line and number in scores else cell for number, cell in enumerate(row)]
        for line, row in enumerate(csv_rows)
    ]
    saved = _save(tmp_path / "saved.csv", commas, delimiter=";")
    assert is_table(saved)
    pd.testing.assert_frame_equal(read_table(saved), read_table(plain))


def test_columns_in_another_order_and_empty_lines_change_nothing(csv_rows: list[list[str]], tmp_path: Path) -> None:
    turned = [row[::-1] for row in csv_rows]
    path = _save(tmp_path / "turned.csv", [*turned, [""] * len(turned[0])])
    assert is_table(path)
    left, right = read_table(path), read_table(_save(tmp_path / "t.csv", csv_rows))
    assert left["frame_scores"].map(sorted).tolist() == right["frame_scores"].map(sorted).tolist()
    assert left["text"].tolist() == right["text"].tolist()


def _line(**changed: Any) -> str:
    row = dict.fromkeys(COLUMNS) | {
        "doc_id": "a",
        "passage": 0,
        "start": 0,
        "end": 4,
        "status": "ok",
        "text": "Rain",
    }
    return json.dumps(row | changed)


def test_null_in_json_lines_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(_line() + "\n" + _line(source=7, published="soon"))
    table = read_table(path)
    assert table["source"].tolist() == ["", "7"]
    assert table[["frames", "evidence", "frame_scores", "stance"]].iloc[0].tolist() == [[], [], {}, {}]
    assert [document.published for document, _ in labelled_documents(table)] == [None]


@pytest.mark.parametrize(
    "changed", [{"frames": 3}, {"text": []}, {"passage": "one"}, {"frame_scores": [1]}, {"voices": "?"}]
)
def test_json_lines_of_other_types_are_refused_with_the_column(changed: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(_line() + "\n" + _line(**changed))
    with pytest.raises(TableError, match=rf"row 2, column '{next(iter(changed))}'"):
        read_table(path)


def test_evidence_that_lacks_its_fields_is_an_error_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(_line(evidence=[{"frame": "x"}]))
    with pytest.raises(TableError, match="a, passage 0"):
        list(labelled_documents(read_table(path)))


def test_a_damaged_table_is_not_taken_for_texts_to_label(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(_line()[:-9] + "NaN}")
    assert is_table(path)


def test_a_table_in_another_encoding_says_how_to_save_it(csv_rows: list[list[str]], tmp_path: Path) -> None:
    path = _save(tmp_path / "t.csv", csv_rows)
    path.write_bytes(path.read_text("utf-8-sig").encode("gb18030"))
    with pytest.raises(TableError, match="CSV UTF-8"):
        read_table(path)


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="folder"):
        read_table(tmp_path)
