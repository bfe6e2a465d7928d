"""Turns, bursts and named spans of a timeline as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.bursts import ALL, burst_passages, find_bursts
from narrativ.analyze.periods import Calendar
from narrativ.analyze.rates import Shares, difference, shares
from narrativ.analyze.timedata import Material
from narrativ.analyze.turns import find_turns
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["burst_table", "cell_shares", "span_table", "turn_table"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]


def _weights(material: Material, weight: str | None) -> _Floats:
    """What each unit counts: its passages, its reach, or once; 0 without a labelled passage or a known reach."""
    if weight == "reach":
        return np.where(np.isnan(material.reach) | (material.passages == 0), 0.0, material.reach)
    if weight == "document":
        return (material.passages > 0).astype(np.float64)
    return material.passages.astype(np.float64)


def cell_shares(
    material: Material, cell: _Integers, cells: int, weight: str | None, sampling: dict[str, Any]
) -> Shares:
    """Shares of frames in cells of units (-1: none); `weight` is ``None`` (passages), ``reach`` or ``document`` (each once)."""
    inside = cell >= 0
    weights = _weights(material, weight)[inside]
    numerator = material.telling[inside] * (weights / np.maximum(material.passages[inside], 1))[:, None]
    return shares(cell[inside], material.cluster[inside], numerator, weights, cells=cells, **sampling)


def turn_table(material: Material, calendar: Calendar, weight: str | None, sampling: dict[str, Any]) -> pd.DataFrame:
    """Rows of :attr:`narrativ.analyze.timeline.Timeline.turns`."""
    import pandas as pd

    turns = find_turns(material, seed=sampling["seed"])
    rows: list[dict[str, Any]] = []
    for number, turn in enumerate(turns):
        # Up to the neighbouring turns, so that what is compared holds still.
        same = [other.period for other in turns if other.group == turn.group]
        begin = max([t for t in same if t < turn.period], default=0)
        end = min([t for t in same if t > turn.period], default=material.periods) - 1
        side = np.full(len(material.period), -1, dtype=np.int64)
        mine = (material.group == turn.group) & (material.period >= begin) & (material.period <= end)
        side[mine] = (material.period[mine] >= turn.period).astype(np.int64)
        found = cell_shares(material, side, 2, weight or "document", sampling)
        change, low, high = difference(_side(found, 0), _side(found, 1))

        def label(period: int) -> str:
            return calendar.label(material.first + period)

        for f, frame in enumerate(material.frames):
            rows.append(
                {
                    "turn": number, "group": material.groups[turn.group], "period": label(turn.period), "earliest": label(turn.earliest),
                    "latest": label(turn.latest), "p": turn.p, "from": label(begin), "to": label(end), "frame": frame,
                    "before": found.value[0, f], "after": found.value[1, f], "change": change[f], "low": low[f], "high": high[f],
                    "leads_before": found.leads[0, f], "leads_after": found.leads[1, f],
                }
            )  # fmt: skip
    names = ["turn", "group", "period", "earliest", "latest", "p", "from", "to", "frame", "before", "after", "change", "low", "high",
             "leads_before", "leads_after"]  # fmt: skip
    table: pd.DataFrame = pd.DataFrame(rows, columns=names)
    return table


def _side(found: Shares, cell: int) -> tuple[_Floats, _Floats, _Floats]:
    return found.value[cell], found.low[cell], found.high[cell]


def burst_table(material: Material, calendar: Calendar, seed: int) -> pd.DataFrame:
    """Rows of :attr:`narrativ.analyze.timeline.Timeline.bursts`."""
    import pandas as pd

    rows = []
    for burst in find_bursts(material, seed=seed):
        length = burst.end - burst.start + 1
        rows.append(
            {
                "group": material.groups[burst.group],
                "frame": material.frames[burst.frame] if burst.frame >= 0 else ALL,
                "start": calendar.label(material.first + burst.start),
                "end": calendar.label(material.first + burst.end),
                "strength": burst.strength,
                "p": burst.p,
                "documents": burst.documents,
                "telling": burst.telling,
                "share": burst.telling / (burst.documents if burst.frame >= 0 else length),
                "usual": burst.usual,
                "passages": burst_passages(material, burst).to_dict("records"),
            }
        )
    names = ["group", "frame", "start", "end", "strength", "p", "documents", "telling", "share", "usual", "passages"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=names)
    return table


def span_table(
    material: Material,
    calendar: Calendar,
    spans: Sequence[tuple[dt.date | None, dt.date | None]],
    weight: str | None,
    sampling: dict[str, Any],
) -> pd.DataFrame:
    """Rows of :attr:`narrativ.analyze.timeline.Timeline.spans`."""
    import pandas as pd

    names = [
        "group",
        "span",
        "frame",
        "documents",
        "passages",
        "share",
        "low",
        "high",
        "change",
        "change_low",
        "change_high",
        "leads",
    ]
    rows: list[dict[str, Any]] = []
    for g, group in enumerate(material.groups):
        first: tuple[_Floats, _Floats, _Floats] | None = None
        for begin, end in spans:
            assert begin is not None
            assert end is not None
            if begin > end:
                raise OptionError(f"{begin} is after {end}")
            low, high = calendar.number_of_day(begin), calendar.number_of_day(end, last=True)
            number = material.first + material.period
            inside = (material.group == g) & (number >= low) & (number <= high)
            found = cell_shares(material, np.where(inside, 0, -1), 1, weight, sampling)
            own = _side(found, 0)
            first = first if first is not None else own
            change, change_low, change_high = difference(first, own)
            for f, frame in enumerate(material.frames):
                rows.append(
                    {
                        "group": group, "span": f"{begin}/{end}", "frame": frame, "documents": int(inside.sum()),
                        "passages": int(material.passages[inside].sum()), "share": own[0][f], "low": own[1][f], "high": own[2][f],
                        "change": change[f] if first is not own else 0.0, "change_low": change_low[f] if first is not own else 0.0,
                        "change_high": change_high[f] if first is not own else 0.0, "leads": found.leads[0, f],
                    }
                )  # fmt: skip
    table: pd.DataFrame = pd.DataFrame(rows, columns=names)
    return table
