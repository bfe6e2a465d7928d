"""Who leads whom: lags between groups, between frames, or against a series of the user's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from narrativ.analyze.lags import find_lag
from narrativ.analyze.periods import Calendar
from narrativ.analyze.timedata import Material
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAG_COLUMNS", "lead_table"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

LAG_COLUMNS = (
    "group",
    "frame",
    "first",
    "second",
    "periods",
    "lag",
    "low",
    "high",
    "correlation",
    "p",
    "p_adjusted",
    "verdict",
)
_ALPHA = 0.05
_GROUPS = 6
"""Largest groups that are compared: fifteen pairs."""
_MIN_DOCUMENTS = 10


class _Pair(NamedTuple):
    group: str
    frame: str
    first: str
    second: str
    x: _Floats
    y: _Floats
    season: _Integers | None


def lead_table(
    material: Material,
    calendar: Calendar,
    *,
    weight: str | None = None,
    against: pd.DataFrame | pd.Series[Any] | None = None,
    max_lag: int | None = None,
    grouped: bool = False,
    seed: int = 0,
) -> pd.DataFrame:
    """Lags of pairs of series: the logarithm of one plus the documents that tell a frame (or their reach) per period.

    Returns
    -------
    DataFrame
        One row a pair: ``group`` and ``frame`` say what the two series share, ``first`` and ``second`` what sets them apart (groups,
        frames, or a frame and a column of `against`; a frame ``""`` means all documents). ``lag`` (``low``, ``high``) in periods,
        positive where the first comes first; ``correlation``, ``p``, ``p_adjusted`` (Holm 1979, over all rows), ``periods``.
        ``verdict``: ``first``, ``second`` (which leads), ``together`` (related, but the interval of the lag holds 0), ``none`` (no
        relation shown), ``short`` or ``sparse`` (cannot be judged). A lag is given only where a relation is shown.

    Raises
    ------
    OptionError
        `against` has no numbers, or no date in the time of the table.
    """
    import pandas as pd

    if max_lag is not None and max_lag < 1:
        raise OptionError(f"the largest lag is {max_lag}; it must be 1 or more")
    if against is not None:
        pairs = list(_against(material, calendar, weight, against))
    elif grouped:
        pairs = list(_between_groups(material, calendar, weight))
    else:
        pairs = list(_between_frames(material, calendar, weight))
    rows = []
    for number, pair in enumerate(pairs):
        found = find_lag(pair.x, pair.y, max_lag=max_lag, season=pair.season, seed=seed + number)
        rows.append(
            {
                "group": pair.group, "frame": pair.frame, "first": pair.first, "second": pair.second, "periods": found.periods,
                "lag": found.lag, "low": found.low, "high": found.high, "correlation": found.correlation, "p": found.p,
                "p_adjusted": np.nan, "verdict": found.problem,
            }
        )  # fmt: skip
    return _judged(pd.DataFrame(rows, columns=list(LAG_COLUMNS)))


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """Holm's correction, verdicts, and no lag where no relation is shown."""
    tested = table["verdict"] == ""
    p = table.loc[tested, "p"].to_numpy(dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p)))))
    table.loc[tested, "p_adjusted"] = adjusted
    related = tested & (table["p_adjusted"] <= _ALPHA)
    table.loc[tested, "verdict"] = "none"
    table.loc[related, "verdict"] = "together"
    table.loc[related & (table["low"] > 0), "verdict"] = "first"
    table.loc[related & (table["high"] < 0), "verdict"] = "second"
    table.loc[~related, ["lag", "low", "high"]] = np.nan
    return table


def _series(material: Material, group: int, frame: int, weight: str | None) -> _Floats:
    """Documents that tell a frame (-1: all), or their reach, per period."""
    inside = material.group == group
    if frame >= 0:
        inside = inside & (material.telling[:, frame] > 0)
    values = np.nan_to_num(material.reach[inside]) if weight == "reach" else np.ones(int(inside.sum()))
    return np.bincount(material.period[inside], weights=values, minlength=material.periods).astype(np.float64)


def _large_groups(material: Material) -> list[int]:
    sizes = np.bincount(material.group, minlength=len(material.groups))
    return [group for group in range(min(len(material.groups), _GROUPS)) if sizes[group] >= _MIN_DOCUMENTS]


def _between_groups(material: Material, calendar: Calendar, weight: str | None) -> Iterator[_Pair]:
    season = calendar.season(material.first, material.periods)
    for a, b in combinations(_large_groups(material), 2):
        for frame in range(-1, len(material.frames)):
            x, y = (np.log1p(_series(material, group, frame, weight)) for group in (a, b))
            yield _Pair("", _name(material, frame), material.groups[a], material.groups[b], x, y, season)


def _between_frames(material: Material, calendar: Calendar, weight: str | None) -> Iterator[_Pair]:
    season = calendar.season(material.first, material.periods)
    for group in range(len(material.groups)):
        for a, b in combinations(range(len(material.frames)), 2):
            x, y = (np.log1p(_series(material, group, frame, weight)) for frame in (a, b))
            yield _Pair(material.groups[group], "", material.frames[a], material.frames[b], x, y, season)


def _name(material: Material, frame: int) -> str:
    return material.frames[frame] if frame >= 0 else ""


def _against(
    material: Material, calendar: Calendar, weight: str | None, against: pd.DataFrame | pd.Series[Any]
) -> Iterator[_Pair]:
    for column, numbers, values in _columns(material, calendar, against):
        outer = np.log(values) if (values > 0).all() else values
        season = calendar.season(0, 1)
        place = (
            None if season is None else np.array([_place(calendar, int(number)) for number in numbers], dtype=np.int64)
        )
        for group in _large_groups(material):
            for frame in range(-1, len(material.frames)):
                inner = np.log1p(_gathered(_series(material, group, frame, weight), numbers - material.first))
                yield _Pair(material.groups[group], "", _name(material, frame), column, inner, outer, place)


def _place(calendar: Calendar, number: int) -> int:
    season = calendar.season(number, 1)
    assert season is not None
    return int(season[0])


def _columns(
    material: Material, calendar: Calendar, against: pd.DataFrame | pd.Series[Any]
) -> Iterator[tuple[str, _Integers, _Floats]]:
    """Each numeric column with the periods that it has values for, in the time of the table; several in one are averaged."""
    import pandas as pd

    frame = against.to_frame(str(against.name or "value")) if isinstance(against, pd.Series) else against
    index = calendar.dates([_plain_date(value) for value in frame.index]).index
    if len(frame) and (index < 0).all():
        raise OptionError("the series has no dates for these periods; hours need times")
    found = False
    for name in frame.columns:
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        usable = np.isfinite(values) & (index >= 0)
        if not usable.any():
            continue
        found = True
        usable &= (index >= material.first) & (index < material.first + material.periods)
        numbers, at = np.unique(index[usable], return_inverse=True)
        sums = np.bincount(at, weights=values[usable], minlength=len(numbers))
        yield str(name), numbers.astype(np.int64), sums / np.maximum(np.bincount(at, minlength=len(numbers)), 1)
    if not found:
        raise OptionError("the series has no column of numbers")


def _plain_date(value: object) -> object:
    """Pandas' timestamps at midnight are days."""
    if isinstance(value, dt.datetime) and value == value and value.tzinfo is None and value.time() == dt.time():
        return value.date()
    return value


def _gathered(series: _Floats, at: _Integers) -> _Floats:
    """Mean of `series` since the last period of `at`, which the other series has values for: a weekend falls to Monday."""
    if not len(at):
        return np.empty(0)
    sums = np.concatenate([[0.0], np.cumsum(series)])
    begin = np.concatenate([[at[0]], at[:-1] + 1])
    result: _Floats = (sums[at + 1] - sums[begin]) / (at + 1 - begin)
    return result
