"""Counts and dates as people write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrativ.read.dates import iso, parse_date
from narrativ.read.numbers import parse_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("140.4万", 1_404_000), ("1.2千万", 12_000_000), ("**1.1千万**", 11_000_000), ("3亿", 300_000_000), ("7.81亿", 781_000_000),
        ("552W", 5_520_000), ("45.6k", 45_600), ("1.2M", 1_200_000), ("2.3 million", 2_300_000), ("1.5 bn", 1_500_000_000),
        ("1,234", 1_234), ("10万+", 100_000), ("约 88 万+", 880_000), ("１２萬", 120_000), ("12.4万次观看", 124_000), ("5M views", 5_000_000),
        ("3 lakh", 300_000), (1404000, 1_404_000), (12.0, 12), ("0", 0),
        ("", None), ("—", None), ("n/a", None), ("1.5", None), ("1.23456万", None), ("-5", None), (-5, None), (True, None), (None, None),
        (float("nan"), None), ("2025-01-27", None), ("about a lot", None),
    ],
)  # fmt: skip
def test_counts(text: object, count: int | None) -> None:
    assert parse_count(text) == count


@given(st.integers(min_value=0, max_value=10**13))
def test_a_written_integer_is_itself(number: int) -> None:
    assert parse_count(str(number)) == number
    assert parse_count(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-30T21:36:44.683666+00:00", "2025-01-30T21:36:44.683666+00:00"),
        ("2025-02-02T14:00:00.000Z", "2025-02-02T14:00:00+00:00"),
        ("2025-02-08 10:37:49", "2025-02-08T10:37:49"),
        ("2025-01-30T21:36", "2025-01-30T21:36:00"),
        ("2025年1月27日", "2025-01-27"),
        ("2025年1月27日 下午3:05", "2025-01-27T15:05:00"),
        ("2025年01月20日 20:10", "2025-01-20T20:10:00"),
        ("北京时间2025年01月20日 20:10", "2025-01-20T20:10:00+08:00"),
        ("2025/1/26", "2025-01-26"),
        ("2025.02.01", "2025-02-01"),
        ("20250208", "2025-02-08"),
        ("1738504800000", "2025-02-02T14:00:00+00:00"),
        (1738504800, "2025-02-02T14:00:00+00:00"),
        ("Jan 27, 2025", "2025-01-27"),
        ("27 January 2025 10:00 GMT", "2025-01-27T10:00:00+00:00"),
        ("Mon, 27 Jan 2025 10:00:00 +0800", "2025-01-27T10:00:00+08:00"),
        ("Tue Jan 28 09:01:02 +0000 2025", "2025-01-28T09:01:02+00:00"),
        ("2025-01-27 3:05 PM", "2025-01-27T15:05:00"),
        ("27/01/2025", "2025-01-27"),
        ("2025-01-27 15:05 GMT+8", "2025-01-27T15:05:00+08:00"),
        ("2025-01-27 15:05 UTC+08:00", "2025-01-27T15:05:00+08:00"),
        ("2025-01-27 15:05 UTC", "2025-01-27T15:05:00+00:00"),
        ("2025-01-27 11:05 p.m.", "2025-01-27T23:05:00"),
        ("2025年1月27日 中午1:30", "2025-01-27T13:30:00"),
        ("2025年1月27日 晚上12:30", "2025-01-27"),
        ("Jan 27, 2025 3:05 pm PST", "2025-01-27T15:05:00-08:00"),
        ("Jan 27, 2025 3:05 pm CST", "2025-01-27T15:05:00"),
        ("01/27/2025", "2025-01-27"),
        ("2025-01-27T10:00:00+0530", "2025-01-27T10:00:00+05:30"),
        ("03/04/2025", ""),  # nobody can tell which is the month
        ("2025-02-30", ""), ("2025-02-30 25:61", ""), ("2025-13-01", ""), ("January 2025", ""), ("May", ""), ("Lunar New Year", ""), ("", ""),
        ("12", ""), (None, ""), (True, ""), ("0001-01-01", ""), (dt.date(2025, 1, 27), "2025-01-27"),
    ],
)  # fmt: skip
def test_dates(text: object, expected: str) -> None:
    assert iso(parse_date(text)) == expected


@given(
    st.datetimes(
        min_value=dt.datetime(1950, 1, 1),
        max_value=dt.datetime(2090, 1, 1),
        timezones=st.sampled_from([None, dt.timezone.utc]),
    )
)
def test_iso_dates_come_back(moment: dt.datetime) -> None:
    assert parse_date(moment.isoformat(timespec="microseconds")) == moment


def test_a_zone_is_given_only_where_none_is_stated() -> None:
    zone = dt.timezone(dt.timedelta(hours=8))
    assert iso(parse_date("2025-01-27 10:00", zone=zone)) == "2025-01-27T10:00:00+08:00"
    assert iso(parse_date("2025-01-27 10:00Z", zone=zone)) == "2025-01-27T10:00:00+00:00"
    assert iso(parse_date("2025-01-27", zone=zone)) == "2025-01-27"
