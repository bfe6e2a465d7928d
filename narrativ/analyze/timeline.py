"""How often each frame is told over time: counts, shares and reach, turns, bursts, leads and lags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.leads import lead_table
from narrativ.analyze.periods import EVERY, Calendar, Every, time_zone
from narrativ.analyze.rates import Shares, poisson_interval, summed
from narrativ.analyze.resample import DRAWS, SEED
from narrativ.analyze.timedata import Material, prepare
from narrativ.analyze.timetables import burst_table, cell_shares, span_table, turn_table
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Timeline", "timeline"]

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Timeline:
    """What :func:`timeline` returns.

    Attributes
    ----------
    data
        One row a period, group and frame: ``period``, ``start``, ``group``, ``frame``; of the period in the group ``documents``
        (``documents_low``, ``documents_high``), ``passages`` (labelled ones), ``reach``, ``reach_known`` (documents whose reach is
        known), and ``reach_over_1000000`` and the like; of the frame in it ``frame_documents``, ``frame_passages``,
        ``frame_reach``, each with ``_low`` and ``_high`` but for passages, ``share`` (of passages; ``low``, ``high``),
        ``interval`` (``bootstrap``, ``wilson`` or ``not enough``), and ``leads`` (part of the draws in which no frame has a larger
        share).
    totals
        The part of `data` that has nothing to do with frames, one row a period and group.
    turns
        One row a turn and frame: ``group``, ``period`` (the first after the turn), ``earliest``, ``latest``, ``p``, the stretches
        compared (``from``, ``to``), ``frame``, ``before``, ``after``, ``change`` (``low``, ``high``). Each
        document counts once here, long or short.
    bursts
        One row a burst: ``group``, ``frame`` (``""``: documents, whatever they tell), ``start``, ``end``, ``strength``, ``p``,
        ``documents``, ``telling``, ``share``, ``usual``, ``passages`` (a list of those that made it).
    spans
        Shares in stretches of time that the caller named, and their change from the first: ``group``, ``span``, ``frame``,
        ``documents``, ``passages``, ``share``, ``low``, ``high``, ``change``, ``change_low``, ``change_high``.
    lags
        One row a pair of series; see :func:`narrativ.analyze.leads.lead_table`.
    settings
        What was asked for.
    account
        How many documents have which kind of date, and how many do not count, and why.
    """

    data: pd.DataFrame
    totals: pd.DataFrame
    turns: pd.DataFrame
    bursts: pd.DataFrame
    spans: pd.DataFrame
    lags: pd.DataFrame
    settings: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, int] = field(default_factory=dict)

    def describe(self, language: str = "en", names: Mapping[str, str] | None = None) -> str:
        """What came out, in words.

        Parameters
        ----------
        language
            ``en``, ``zh-Hans`` or ``zh-Hant``.
        names
            Names of frames for people; their ids stand where there is none.
        """
        from narrativ.analyze.timewords import describe

        return "\n".join(describe(self, language, names or {}))

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values that JSON can hold; what is not known is ``None``."""
        tables = {name: getattr(self, name) for name in ("data", "turns", "bursts", "spans", "lags")}
        return {
            "settings": dict(self.settings),
            "account": dict(self.account),
            **{name: [_plain(row) for row in table.to_dict("records")] for name, table in tables.items()},
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return None if value != value else str(value)


def timeline(
    table: pd.DataFrame,
    *,
    every: Every = "day",
    zone: str = "UTC",
    assume_zone: str | None = None,
    by: str | None = None,
    weight: str | None = None,
    kinds: Sequence[str] = ("post", "article"),
    since: str | dt.date | None = None,
    until: str | dt.date | None = None,
    frames: Sequence[str] | None = None,
    reach_over: Sequence[float] = (),
    spans: Sequence[tuple[str | dt.date, str | dt.date]] = (),
    against: pd.DataFrame | pd.Series[Any] | None = None,
    max_lag: int | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Timeline:
    """Frames over time.

    Parameters
    ----------
    table
        A label table. With a column ``story``, copies of one story count as one observation in every interval.
    every
        ``hour``, ``day`` or ``week`` (from Monday on).
    zone
        IANA name of the zone whose hours, days and weeks are counted.
    assume_zone
        Zone of times that state none. Without it they stay as written.
    by
        Column to group by (``source``, ``author``, ``script``, ``kind``, ``language`` from the script, any other).
    weight
        ``reach``: a document's passages share its reach, so shares are of what was seen, not of what was written.
        Documents of unknown reach then have no part in the shares.
    kinds
        Kinds of documents that count. Undated comments take the date of the post that they are about.
    since, until
        First and last day, in `zone`.
    frames
        Frames to look at; all of the table when not given.
    reach_over
        Thresholds: documents with a reach of at least each are counted per period.
    spans
        Stretches of days (first, last) to compare with the first of them.
    against
        A series of the user's, or several: indexed by day or time, one numeric column each.
    max_lag
        Largest lag looked at, in periods.
    level, draws, seed
        Level of intervals, draws of the bootstrap, and where random numbers start.

    Raises
    ------
    OptionError
        An option is impossible.
    TableError
        `table` is no label table.
    """
    if every not in EVERY:
        raise OptionError(f"no period {every!r}; periods are {', '.join(EVERY)}")
    if weight not in (None, "reach"):
        raise OptionError(f"no weight {weight!r}; the weight is reach, or none")
    if not 0 < level < 1 or draws < 100:
        raise OptionError("level is between 0 and 1, and draws are 100 or more")
    if any(not 0 < threshold < 1e15 for threshold in reach_over):
        raise OptionError("thresholds of reach are positive numbers")
    calendar = Calendar(every, time_zone(zone), time_zone(assume_zone) if assume_zone else None)
    material = prepare(table, calendar, by=by, kinds=kinds, since=_day(since), until=_day(until), frames=frames)
    sampling: dict[str, Any] = {"level": level, "draws": draws, "seed": seed}
    totals = _totals(material, calendar, reach_over, level)
    counted = cell_shares(material, material.cell, material.periods * len(material.groups), weight, sampling)
    return Timeline(
        data=_data(material, totals, counted, level),
        totals=totals,
        turns=turn_table(material, calendar, weight, sampling),
        bursts=burst_table(material, calendar, seed),
        spans=span_table(material, calendar, [(_day(a), _day(b)) for a, b in spans], weight, sampling),
        lags=lead_table(material, calendar, weight=weight, against=against, max_lag=max_lag, seed=seed, grouped=by is not None),
        settings={
            "every": every, "zone": zone, "assume_zone": assume_zone, "by": by, "weight": weight, "kinds": list(kinds),
            "frames": list(material.frames), "reach_over": [int(number) for number in reach_over], "level": level, "draws": draws,
            "seed": seed, "stories": material.stories, "against": against is not None,
        },
        account=_account(material),
    )  # fmt: skip


def _day(value: str | dt.date | None) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError as error:
        raise OptionError(f"{value!r} is no day; write 2025-01-27") from error


def _account(material: Material) -> dict[str, int]:
    dates = material.dates
    account = {
        name: getattr(dates, name)
        for name in ("zoned", "naive", "day_only", "undated", "unreadable", "zone_matters", "no_hour", "outside")
    }
    account["dated_by_post"] = material.dated_by_post
    account["documents"] = material.documents
    return account | {f"not counted: {name}": number for name, number in material.left_out.items()}


def _per_cluster(material: Material, values: _Floats) -> tuple[_Floats, _Floats]:
    """Sum, and sum of squares of the clusters' sums, of `values` per cell; shape (n_cells,) or (n_cells, n_columns)."""
    cells = material.periods * len(material.groups)
    clusters = int(material.cluster.max()) + 1 if len(material.cluster) else 1
    key, at = np.unique(material.cell * clusters + material.cluster, return_inverse=True)
    parts = summed(at, values, len(key))
    return summed(key // clusters, parts, cells), summed(key // clusters, parts**2, cells)


def _totals(material: Material, calendar: Calendar, reach_over: Sequence[float], level: float) -> pd.DataFrame:
    import pandas as pd

    groups, periods = len(material.groups), material.periods
    cell, cells = material.cell, groups * periods
    numbers = range(material.first, material.first + periods)
    documents, squares = _per_cluster(material, np.ones(len(cell)))
    low, high = poisson_interval(documents, squares, level)
    known = ~np.isnan(material.reach)
    columns: dict[str, Any] = {
        "period": [calendar.label(number) for number in numbers] * groups,
        "start": [calendar.start(number) for number in numbers] * groups,
        "group": np.repeat(np.array(material.groups, dtype=object), periods),
        "documents": documents.astype(np.int64),
        "documents_low": low,
        "documents_high": high,
        "passages": summed(cell, material.passages.astype(np.float64), cells).astype(np.int64),
        "reach": summed(cell, np.where(known, material.reach, 0), cells),
        "reach_known": summed(cell, known.astype(np.float64), cells).astype(np.int64),
    }
    for threshold in reach_over:
        over = known & (np.nan_to_num(material.reach) >= threshold)
        columns[f"reach_over_{threshold:.0f}"] = summed(cell, over.astype(np.float64), cells).astype(np.int64)
    table: pd.DataFrame = pd.DataFrame(columns)
    return table


def _data(material: Material, totals: pd.DataFrame, counted: Shares, level: float) -> pd.DataFrame:
    import pandas as pd

    frames, cells = len(material.frames), len(totals)
    tells = (material.telling > 0).astype(np.float64)
    documents, squares = _per_cluster(material, tells)
    low, high = poisson_interval(documents, squares, level)
    reach, reach_squares = _per_cluster(material, tells * np.nan_to_num(material.reach)[:, None])
    reach_low, reach_high = poisson_interval(reach, reach_squares, level)
    # Nothing seen says nothing of how much one document would have been seen.
    reach_high = np.where(reach > 0, reach_high, np.nan)
    enough = ~np.isnan(counted.value)
    interval = np.where(enough, np.where(counted.bootstrapped, "bootstrap", "wilson"), "not enough")
    rows = totals.loc[totals.index.repeat(frames)].reset_index(drop=True)
    rows.insert(3, "frame", np.tile(np.array(material.frames, dtype=object), cells))
    columns = {
        "frame_documents": documents.astype(np.int64),
        "frame_documents_low": low,
        "frame_documents_high": high,
        "frame_passages": summed(material.cell, material.telling.astype(np.float64), cells).astype(np.int64),
        "share": counted.value,
        "low": counted.low,
        "high": counted.high,
        "interval": interval.astype(object),
        "leads": counted.leads,
        "frame_reach": reach,
        "frame_reach_low": np.where(reach > 0, reach_low, 0.0),
        "frame_reach_high": reach_high,
    }
    data: pd.DataFrame = pd.concat(
        [rows, pd.DataFrame({name: values.ravel() for name, values in columns.items()})], axis=1
    )
    return data
