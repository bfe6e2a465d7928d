"""Who had a story first, as far as the dates can tell.

A date is a day, a time of unknown zone, or a time with its zone. Two of unknown zone are taken to be of the same one; one
with and one without a zone are comparable only where no zone on earth (UTC−12 to UTC+14) could turn them round. So "earlier" means
certainly earlier, and what dates cannot decide is left open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Precedence", "Times", "precedence"]

_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

_DAY = 86_400.0
_EAST, _WEST = 14 * 3600.0, 12 * 3600.0
_EPOCH = dt.datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Times:
    """Dates as spans of seconds since 1970; NaN where none is known; all of shape (n,).

    Attributes
    ----------
    start, end
        In the date's own zone; for a time, both are that time.
    zoned
        Whether the zone is known; `start` and `end` are then UTC.
    """

    start: _Floats
    end: _Floats
    zoned: _Flags

    @classmethod
    def parse(cls, values: Sequence[Any] | pd.Series[Any]) -> Times:
        """Dates of the label table's column ``published``; what is none is unknown."""
        known: dict[Any, tuple[float, float, bool]] = {}
        rows = [known.get(value) or known.setdefault(value, _span(value)) for value in values]
        array = np.array(rows, dtype=np.float64).reshape(-1, 3)
        return cls(array[:, 0], array[:, 1], array[:, 2] > 0)

    @property
    def earliest(self) -> _Floats:
        """Earliest moment in UTC that a date can mean."""
        return self.start - np.where(self.zoned, 0.0, _EAST)

    @property
    def latest(self) -> _Floats:
        """Latest moment in UTC that a date can mean."""
        return self.end + np.where(self.zoned, 0.0, _WEST)

    @property
    def sorting(self) -> _Floats:
        """A time to sort by, unknown ones last."""
        return np.where(np.isnan(self.start), np.inf, self.start)


def _span(value: Any) -> tuple[float, float, bool]:
    if not isinstance(value, str) or not value:
        return (np.nan, np.nan, False)
    text = f"{value[:-1]}+00:00" if value.endswith("Z") else value
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return (np.nan, np.nan, False)
    offset = moment.utcoffset()
    seconds = (moment.replace(tzinfo=None) - _EPOCH).total_seconds() - (offset.total_seconds() if offset else 0.0)
    return (seconds, seconds + (_DAY - 1 if len(text) <= 10 else 0.0), offset is not None)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Per text, all of shape (n,).

    Attributes
    ----------
    first
        No other text of its story can be earlier: every other one is certainly later than some other, and this is not.
    later
        Another text of its story is certainly earlier.
    later_than_others
        A text of its story from another source is certainly earlier.
    """

    first: _Flags
    later: _Flags
    later_than_others: _Flags


def precedence(story: pd.Series[Any], source: pd.Series[Any], times: Times) -> Precedence:
    """Which texts of each story come first, and which come later.

    Parameters
    ----------
    story, source
        Of each text; shape (n,).
    times
        When each was published.
    """
    import pandas as pd

    stories = pd.factorize(story)[0]
    sources = pd.factorize(source)[0]
    later = np.zeros(len(stories), dtype=np.bool_)
    of_others = np.zeros(len(stories), dtype=np.bool_)
    # A text without a zone is compared with others without by their own times, with zoned ones by the widest span.
    for mine, its, ends, starts in (
        (~times.zoned, ~times.zoned, times.end, times.start),
        (~times.zoned, times.zoned, times.latest, times.earliest),
        (times.zoned, np.ones_like(times.zoned), times.latest, times.earliest),
    ):
        least, elsewhere = _earliest_ends(stories, sources, np.where(its, ends, np.nan))
        later |= mine & (least < starts)
        of_others |= mine & (elsewhere < starts)
    alone = pd.Series(~later).groupby(stories).transform("sum").to_numpy() == 1
    return Precedence(~later & alone, later, of_others)


def _earliest_ends(stories: Any, sources: Any, ends: _Floats) -> tuple[_Floats, _Floats]:
    """Per text, the earliest end in its story, and the earliest among other sources of it; infinite where there is none."""
    import pandas as pd

    values = np.where(np.isnan(ends), np.inf, ends)
    frame = pd.DataFrame({"story": stories, "source": sources, "end": values})
    best = frame.groupby(["story", "source"], as_index=False)["end"].min().sort_values(["story", "end"])
    top = best.groupby("story").nth(0).set_index("story")
    second = best.groupby("story").nth(1).set_index("story")["end"]
    least = top["end"].reindex(stories).to_numpy()
    runner_up = second.reindex(stories).fillna(np.inf).to_numpy()
    own = top["source"].reindex(stories).to_numpy() == sources
    return least, np.where(own, runner_up, least)
