"""Series of dates and numbers, as people export them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from narrativ.errors import InputError
from narrativ.read.series import parse_number, read_series
from tests.conftest import cases


@pytest.mark.parametrize("case", cases("series.json"), ids=lambda case: case["comment"])
def test_series_are_read_as_they_are_meant(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / case["name"]
    path.write_text(case["text"], encoding="utf-8")
    if "error" in case:
        with pytest.raises(InputError, match=case["error"]):
            read_series(path)
        return
    series, notes = read_series(path)
    assert [day.isoformat() for day in series.index] == case["days"]
    found = {name: [None if math.isnan(value) else value for value in series[name]] for name in series.columns}
    assert found == case["columns"]
    for note, expected in zip(notes, case.get("notes", []), strict=True):
        assert expected in note


def test_a_chinese_encoding_is_found(tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes(
        "日期,百度搜索指数,说明文字\n2025-01-26,5,春节之前的搜索\n2025-01-27,9,除夕前一天的搜索\n".encode("gb18030")
    )
    series, _ = read_series(path)
    assert series["百度搜索指数"].tolist() == [5, 9]


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: no such file"):
        read_series(tmp_path / "none.csv")


@pytest.mark.parametrize("cell", ["", "n/a", "-", "1-2", "2025-01-27", "1e999", "nan", "inf", "٣x"])
def test_what_is_no_number_is_none(cell: str) -> None:
    assert parse_number(cell) is None
