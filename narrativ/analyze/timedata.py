"""A label table made ready for counting over time: documents in periods and groups, and what their passages tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.groups import group_labels
from narrativ.analyze.periods import Calendar, Dates
from narrativ.errors import OptionError, TableError
from narrativ.records import OK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MAX_CELLS", "NEEDED", "Material", "prepare"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

MAX_CELLS = 2_000_000
"""Periods times groups times frames: more is no table for people, and most often one wrong date."""
NEEDED = ("doc_id", "passage", "text", "source", "published", "url", "reach", "script", "status", "frames", "frame_scores", "kind", "about",
          "story")  # fmt: skip
"""Columns of the label table that are looked at, beside that to group by."""


@dataclass(frozen=True, slots=True)
class Material:
    """Units (a document in a group) and their passages, in periods that follow each other without gaps.

    Attributes
    ----------
    frames, groups
        Names; a group's code is its place, most documents first.
    first, periods
        Number of the first period (of the calendar), and how many there are.
    period, group, cluster
        Codes per unit; shape (n_units,). Units of one document or story, and a post and the comments
        on it, share their cluster.
    reach
        Per unit, NaN where unknown; shape (n_units,).
    passages
        Labelled passages per unit; shape (n_units,).
    telling
        Labelled passages per unit that tell each frame; shape (n_units, n_frames).
    unit, row
        Per labelled passage: its unit, and its row in `table`.
    present
        Per labelled passage, whether it tells each frame; shape (n_passages, n_frames).
    table
        The label table.
    documents
        Number of documents.
    dates, left_out
        Account of dates (of documents), and of documents that do not count: by kind, or by status.
    dated_by_post
        Comments without a date of their own, placed with the post that they are about.
    stories
        Whether clusters are stories.
    """

    frames: tuple[str, ...]
    groups: tuple[str, ...]
    first: int
    periods: int
    period: _Integers
    group: _Integers
    cluster: _Integers
    reach: _Floats
    passages: _Integers
    telling: _Integers
    unit: _Integers
    row: _Integers
    present: npt.NDArray[np.bool_]
    table: pd.DataFrame
    documents: int
    dates: Dates
    left_out: dict[str, int]
    dated_by_post: int
    stories: bool

    @property
    def cell(self) -> _Integers:
        """Code of each unit's period and group: group times `periods` plus period."""
        return self.group * self.periods + self.period


def prepare(
    table: pd.DataFrame,
    calendar: Calendar,
    *,
    by: str | None = None,
    kinds: Sequence[str] = ("post", "article"),
    since: dt.date | None = None,
    until: dt.date | None = None,
    frames: Sequence[str] | None = None,
) -> Material:
    """Make a label table ready; see :func:`narrativ.timeline` for the parameters.

    Raises
    ------
    OptionError
        `by` is no column, or the periods are too many.
    TableError
        A column that is needed is missing.
    """
    import pandas as pd

    missing = [name for name in ("doc_id", "published", "status", "frames") if name not in table.columns]
    if missing:
        raise TableError(f"not a label table: no column {', '.join(map(repr, missing))}")
    table = table.reset_index(drop=True)
    document = np.asarray(pd.factorize(table["doc_id"])[0], dtype=np.int64)
    first_row = np.unique(document, return_index=True)[1] if len(table) else np.empty(0, dtype=np.int64)
    heads = table.iloc[first_row]
    published, by_post = _published(table, heads, kinds)
    kind = _column(heads, "kind").replace("", "article")
    wanted = kind.isin(list(kinds)).to_numpy()
    read = ~_column(heads, "status").str.startswith(("error", "skipped")).to_numpy(dtype=bool)
    left_out = {str(name): int(n) for name, n in kind[~wanted & read].value_counts().items()}
    if (~read).any():
        left_out["unread"] = int((~read).sum())
    kept = wanted & read
    dates = calendar.dates(
        [value if keep else None for value, keep in zip(published, kept, strict=True)], since=since, until=until
    )
    dates = _without(dates, int((~kept).sum()))
    names = _frames(table) if frames is None else tuple(frames)
    labels = _group_labels(table, by)
    rows = np.flatnonzero(dates.index[document] >= 0)
    code, groups = pd.factorize(labels[rows])
    key = document[rows] * max(len(groups), 1) + code
    _, at, unit = np.unique(key, return_index=True, return_inverse=True)
    order = _by_size(code[at], len(groups))
    units = rows[at]
    number = dates.index[document[units]]
    first = int(number.min()) if len(number) else 0
    periods = int(number.max()) - first + 1 if len(number) else 0
    _bounded(calendar, first, periods, max(len(groups), 1) * max(len(names), 1))
    labelled = (table["status"].to_numpy()[rows] == OK) & np.array(
        [_is_list(value) for value in table["frames"].to_numpy()[rows]], dtype=bool
    )
    row, unit = rows[labelled], unit[labelled]
    present = _present(table["frames"].to_numpy()[row], names)
    telling = np.zeros((len(units), len(names)), dtype=np.int64)
    np.add.at(telling, unit, present)
    has_stories = _whole_stories(table)
    return Material(
        frames=names, groups=tuple(str(groups[old]) for old in np.argsort(order)), first=first, periods=periods,
        period=number - first, group=order[code[at]], cluster=_clusters(table, units, has_stories),
        reach=_numbers(table, units), passages=np.bincount(unit, minlength=len(units)), telling=telling, unit=unit, row=row,
        present=present, table=table, documents=int((dates.index >= 0).sum()), dates=dates, left_out=left_out, dated_by_post=by_post, stories=has_stories,
    )  # fmt: skip


def _column(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    import pandas as pd

    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype="object")
    values = frame[name]
    text: pd.Series[str] = values.where(values.notna(), "").astype(str)
    return text


def _published(table: pd.DataFrame, heads: pd.DataFrame, kinds: Sequence[str]) -> tuple[list[object], int]:
    """Dates of documents; an undated comment takes its post's, for comments are only counted when they are asked for."""
    values = list(heads["published"])
    if "comment" not in kinds or "about" not in table.columns:
        return values, 0
    dates = dict(zip(heads["doc_id"], values, strict=True))
    taken = 0
    for at, (kind, about) in enumerate(zip(_column(heads, "kind"), _column(heads, "about"), strict=True)):
        if kind == "comment" and values[at] in (None, "") and dates.get(about) not in (None, ""):
            values[at] = dates[about]
            taken += 1
    return values, taken


def _without(dates: Dates, others: int) -> Dates:
    from dataclasses import replace

    return replace(dates, undated=dates.undated - others)


def _frames(table: pd.DataFrame) -> tuple[str, ...]:
    """Frames in the codebook's order, which is that of the scores; those that only stand in ``frames`` after them."""
    found: dict[str, None] = {}
    columns = [table[name] for name in ("frame_scores", "frames") if name in table.columns]
    for column in columns:
        # All rows of a run share a codebook, so a look at distinct key sets is enough.
        for keys in dict.fromkeys(tuple(value) for value in column if isinstance(value, dict | list | tuple)):
            found.update(dict.fromkeys(keys))
    return tuple(str(name) for name in found)


def _group_labels(table: pd.DataFrame, by: str | None) -> npt.NDArray[Any]:
    if by is None:
        return np.full(len(table), "", dtype=object)
    labels: npt.NDArray[Any] = group_labels(table, by).to_numpy(dtype=object)
    return labels


def _by_size(code: npt.NDArray[Any], groups: int) -> _Integers:
    """New code of each group: 0 for the one with most units."""
    sizes = np.bincount(code, minlength=groups)
    order = np.empty(groups, dtype=np.int64)
    order[np.argsort(-sizes, kind="stable")] = np.arange(groups)
    return order


def _bounded(calendar: Calendar, first: int, periods: int, width: int) -> None:
    if periods * width > MAX_CELLS:
        raise OptionError(
            f"from {calendar.label(first)} to {calendar.label(first + periods - 1)} are {periods:,} periods, times {width:,} groups and "
            f"frames: too many. Say since and until (a wrong date?), longer periods, or another column to group by"
        )


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _present(frames: npt.NDArray[Any], names: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    code = {name: number for number, name in enumerate(names)}
    present = np.zeros((len(frames), len(names)), dtype=bool)
    for row, told in enumerate(frames):
        for name in told:
            if name in code:
                present[row, code[name]] = True
    return present


def _whole_stories(table: pd.DataFrame) -> bool:
    """Whether the table has stories of documents; stories of passages cross documents and cannot stand for them."""
    if "story" not in table.columns:
        return False
    labelled = table[table["status"] == OK]
    return bool((labelled.groupby("doc_id")["story"].nunique() <= 1).all()) and bool(
        _column(table, "story").ne("").any()
    )


def _clusters(table: pd.DataFrame, units: _Integers, has_stories: bool) -> _Integers:
    """Story of each unit where there is one, else its document; a comment stands with its post, which it did not choose by chance."""
    import pandas as pd

    heads = table.iloc[units]
    ids, about = _column(heads, "doc_id"), _column(heads, "about")
    whose = ids.where(about.eq("") | _column(heads, "kind").ne("comment"), about)
    if has_stories:
        known = dict(zip(_column(table, "doc_id"), _column(table, "story"), strict=True))
        whose = whose.map(lambda doc: f"story {known[doc]}" if known.get(doc) else f"document {doc}")
    return np.asarray(pd.factorize(whose)[0], dtype=np.int64)


def _numbers(table: pd.DataFrame, units: _Integers) -> _Floats:
    import pandas as pd

    if "reach" not in table.columns:
        return np.full(len(units), np.nan)
    values = (
        pd.to_numeric(table["reach"].iloc[units], errors="coerce")
        .astype("Float64")
        .to_numpy(dtype=np.float64, na_value=np.nan)
    )
    return np.where(np.isfinite(values) & (values >= 0), values, np.nan)
