"""Hours, days and weeks in a time zone, and the dates of a label table in them.

A table's ``published`` is a day, a time of unknown zone, or a time with its zone. Only the last can be moved to another zone:
a bare day stays that day, a time of unknown zone is taken as the user says (``assume_zone``), or stays as written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from narrativ.errors import OptionError

__all__ = ["EVERY", "Calendar", "Dates", "Every", "time_zone"]

Every: TypeAlias = Literal["hour", "day", "week"]
EVERY: tuple[Every, ...] = ("hour", "day", "week")

_EAST, _WEST = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
"""Where most texts that narrativ was made for are written: how many days hang on the zone is told by these two."""
_HOUR = 3600
_EPOCH = dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc)
"""Hours are counted from here, so that no number is negative."""


def time_zone(name: str) -> dt.tzinfo:
    """A time zone by its IANA name.

    Raises
    ------
    OptionError
        There is none of that name.
    """
    try:
        return dt.timezone.utc if name.upper() in ("UTC", "Z", "GMT") else ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise OptionError(f"no time zone {name!r}; give an IANA name (Asia/Shanghai, America/New_York, UTC)") from error


@dataclass(frozen=True, slots=True)
class Dates:
    """Periods of dates.

    Attributes
    ----------
    index
        Number of each date's period, -1 where there is none; shape (n_dates,).
    zoned, naive, day_only, undated, unreadable
        How many dates state time and zone, only a time, only a day, nothing, or what is no date.
    zone_matters
        Dates with a zone that fall on one day in Shanghai and on another in New York.
    no_hour
        Dates left out because hours are asked for and they state none.
    outside
        Dates left out because they are before `since` or after `until`.
    """

    index: npt.NDArray[np.int64]
    zoned: int = 0
    naive: int = 0
    day_only: int = 0
    undated: int = 0
    unreadable: int = 0
    zone_matters: int = 0
    no_hour: int = 0
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Cuts time into periods.

    Parameters
    ----------
    every
        ``hour``, ``day`` or ``week`` (ISO 8601: from Monday on).
    zone
        The zone whose days they are.
    assume_zone
        Zone of times that state none; they stay as written when not given.
    """

    every: Every
    zone: dt.tzinfo
    assume_zone: dt.tzinfo | None = None

    def dates(
        self, published: Sequence[object], *, since: dt.date | None = None, until: dt.date | None = None
    ) -> Dates:
        """Periods of the values of a label table's ``published``; `since` and `until` are days in the zone, both kept."""
        index = np.full(len(published), -1, dtype=np.int64)
        counts = dict.fromkeys(
            ("zoned", "naive", "day_only", "undated", "unreadable", "zone_matters", "no_hour", "outside"), 0
        )
        for number, value in enumerate(published):
            moment = _parsed(value)
            if moment is None:
                counts["unreadable" if isinstance(value, str) and value.strip() else "undated"] += 1
                continue
            if not isinstance(moment, dt.datetime):
                counts["day_only"] += 1
            elif moment.tzinfo is None:
                counts["naive"] += 1
            else:
                counts["zoned"] += 1
                counts["zone_matters"] += moment.astimezone(_EAST).date() != moment.astimezone(_WEST).date()
            if self.every == "hour" and not isinstance(moment, dt.datetime):
                counts["no_hour"] += 1
                continue
            local = self._local(moment)
            if (since and local_day(local) < since) or (until and local_day(local) > until):
                counts["outside"] += 1
                continue
            index[number] = self.number(local)
        return Dates(index, **counts)

    def _local(self, moment: dt.date) -> dt.date:
        """The moment in the calendar's zone; a day stays a day."""
        if not isinstance(moment, dt.datetime):
            return moment
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.assume_zone or self.zone)
        return moment.astimezone(self.zone)

    def number(self, moment: dt.date) -> int:
        """Number of the period that holds a day or a local time."""
        if self.every == "hour":
            assert isinstance(moment, dt.datetime)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
            # Zones half an hour off keep hours that begin on their own full hour.
            return (aware - _EPOCH + dt.timedelta(seconds=_part_hour(aware))) // dt.timedelta(hours=1)
        day = local_day(moment).toordinal()
        return (day - 1) // 7 if self.every == "week" else day

    def number_of_day(self, day: dt.date, *, last: bool = False) -> int:
        """Number of the first period of a day, or of its last."""
        if self.every != "hour":
            return self.number(day)
        return self.number(dt.datetime.combine(day, dt.time(23 if last else 0), tzinfo=self.zone))

    def start(self, number: int) -> str:
        """ISO 8601 of a period's begin: a day (a week's Monday), or a local time with its offset."""
        if self.every == "hour":
            # Counted in UTC: taken off a local time, not even zero seconds leave the repeated hour of autumn what it is.
            hour = _EPOCH + dt.timedelta(hours=number)
            begin = hour - dt.timedelta(seconds=_part_hour(hour.astimezone(self.zone)))
            return begin.astimezone(self.zone).isoformat(timespec="minutes")
        return self._day(number).isoformat()

    def label(self, number: int) -> str:
        """A period's name: ``2025-01-27``, ``2025-W05`` or ``2025-01-27T15:00+08:00``."""
        if self.every != "week":
            return self.start(number)
        year, week, _ = self._day(number).isocalendar()
        return f"{year}-W{week:02d}"

    def season(self, first: int, count: int) -> npt.NDArray[np.int64] | None:
        """Place of each period in its rhythm: weekday, hour of the day; ``None`` for weeks."""
        numbers = np.arange(first, first + count, dtype=np.int64)
        if self.every == "week":
            return None
        return (numbers - 1) % 7 if self.every == "day" else numbers % 24

    def _day(self, number: int) -> dt.date:
        return dt.date.fromordinal(number * 7 + 1 if self.every == "week" else number)


def local_day(moment: dt.date) -> dt.date:
    """The day of a day or a time."""
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _part_hour(moment: dt.datetime) -> float:
    offset = moment.utcoffset()
    return offset.total_seconds() % _HOUR if offset else 0.0


def _parsed(value: object) -> dt.date | None:
    if isinstance(value, dt.date):  # datetimes are dates
        return value if value == value else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if len(text) <= 10:
            found: dt.date = dt.date.fromisoformat(text)
        else:
            found = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))  # Python 3.10 does not know Z
    except ValueError:
        return None
    # The first and the last year cannot be moved to every zone.
    return found if dt.MINYEAR < found.year < dt.MAXYEAR else None
