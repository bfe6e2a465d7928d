"""Hours, days and weeks: what zone they are in, and what a date without one may do."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrativ.analyze.periods import Calendar, Every, time_zone
from narrativ.errors import OptionError


def labels(every: Every, zone: str, *values: object, assume: str | None = None) -> list[str]:
    calendar = Calendar(every, time_zone(zone), time_zone(assume) if assume else None)
    return [calendar.label(int(number)) if number >= 0 else "" for number in calendar.dates(values).index]


def test_a_zoned_time_falls_on_the_day_of_the_zone_asked_for() -> None:
    moment = "2025-01-26T20:00:00+00:00"
    assert labels("day", "UTC", moment) == ["2025-01-26"]
    assert labels("day", "Asia/Shanghai", moment) == ["2025-01-27"]
    assert labels("day", "America/New_York", "2025-01-27T03:00:00+00:00") == ["2025-01-26"]


def test_a_bare_day_stays_that_day_in_every_zone() -> None:
    for zone in ("UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"):
        assert labels("day", zone, "2025-01-27") == ["2025-01-27"]


def test_a_time_without_zone_stays_as_written_unless_one_is_assumed() -> None:
    assert labels("day", "America/New_York", "2025-01-27T01:00:00") == ["2025-01-27"]
    assert labels("day", "America/New_York", "2025-01-27T01:00:00", assume="Asia/Shanghai") == ["2025-01-26"]


def test_weeks_are_those_of_iso_8601() -> None:
    assert labels("week", "UTC", "2024-12-29", "2024-12-30", "2025-01-05", "2025-01-06") == [
        "2024-W52", "2025-W01", "2025-W01", "2025-W02",
    ]  # fmt: skip
    assert (
        Calendar("week", dt.timezone.utc).start(Calendar("week", dt.timezone.utc).number(dt.date(2025, 1, 5)))
        == "2024-12-30"
    )


def test_hours_begin_on_the_full_hour_of_the_zone_even_half_an_hour_off() -> None:
    assert labels("hour", "Asia/Kolkata", "2025-01-27T09:40:00+00:00") == ["2025-01-27T15:00+05:30"]


def test_the_hour_that_autumn_repeats_is_two_hours() -> None:
    first, second = labels("hour", "America/New_York", "2025-11-02T05:30:00+00:00", "2025-11-02T06:30:00+00:00")
    assert (first, second) == ("2025-11-02T01:00-04:00", "2025-11-02T01:00-05:00")


def test_dates_of_every_kind_are_counted() -> None:
    values = ["2025-01-27T01:00:00Z", "2025-01-27T01:00:00", "2025-01-27", "", None, "soon", float("nan"), "0001-01-01"]
    dates = Calendar("day", dt.timezone.utc).dates(values)
    assert (dates.zoned, dates.naive, dates.day_only, dates.undated, dates.unreadable) == (1, 1, 1, 3, 2)
    assert (dates.index >= 0).tolist() == [True, True, True, False, False, False, False, False]


def test_a_day_has_no_hour() -> None:
    dates = Calendar("hour", dt.timezone.utc).dates(["2025-01-27", "2025-01-27T05:00:00"])
    assert dates.no_hour == 1
    assert dates.index[0] == -1


def test_documents_on_which_the_zone_matters_are_counted() -> None:
    dates = Calendar("day", dt.timezone.utc).dates(
        ["2025-01-27T02:00:00+00:00", "2025-01-27T10:00:00+00:00", "2025-01-27"]
    )
    assert dates.zone_matters == 1


def test_an_unknown_zone_is_named() -> None:
    for name in ("Mars/Olympus", "../etc/passwd", ""):
        with pytest.raises(OptionError, match="no time zone"):
            time_zone(name)


@given(
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1), timezones=st.timezones()),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kolkata"]),
)
def test_a_period_begins_before_its_moment_and_the_next_one_after_it(moment: dt.datetime, zone: str) -> None:
    for every in ("hour", "day", "week"):
        calendar = Calendar(every, time_zone(zone))  # type: ignore[arg-type]
        [number] = calendar.dates([moment]).index
        begin, end = (dt.datetime.fromisoformat(calendar.start(int(n))) for n in (number, number + 1))
        if every == "hour":
            assert begin <= moment < end
        else:
            assert begin.date() <= moment.astimezone(time_zone(zone)).date() < end.date()
