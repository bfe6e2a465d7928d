"""A label table as arrays: what the numbers of a summary are sums of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from narrativ.analyze.groups import group_labels
from narrativ.analyze.within import MIN_UNITS, run_codes
from narrativ.errors import TableError
from narrativ.records import OK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POSITIONS", "STANCES", "VOICES", "Rows", "read_rows"]

POSITIONS = ("endorses", "reports", "rejects")
STANCES = ("favor", "neutral", "against")
VOICES = ("author", "others")

_NEEDED = ("doc_id", "passage", "text", "source", "published", "reach", "script", "status", "frames", "frame_scores",
           "abstained", "positions", "stance", "polarity", "holder")  # fmt: skip

_Codes = npt.NDArray[np.int64]
_Small = npt.NDArray[np.int8]
_Flags = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The labelled passages in the order of document and passage, whatever the order of the table.

    Attributes
    ----------
    table
        These rows of the table.
    names
        Names of the groups, groups without a labelled passage included.
    unlabelled
        Rows per group that carry no labels (boilerplate, too short, failed, …).
    group, document, whole, cluster
        Codes per passage; shape (n_rows,). `whole` is its document, with all documents that share a story with it where the
        table has a column ``story``; `cluster` is what is resampled: the same, but runs of passages in the groups of `runs`.
    frames, targets
        Ids that occur in the table.
    told
        Whether a passage tells a frame; shape (n_rows, n_frames).
    position
        0 where not told or not judged, else 1 + index into :data:`POSITIONS`; shape (n_rows, n_frames).
    stance
        0 where there is none, else 1 + index into :data:`STANCES`; shape (n_rows, n_targets).
    voice
        0 where not judged, else 1 + index into :data:`VOICES`; shape (n_rows,).
    abstained
        Passages without a frame of which at least one frame was left undecided; shape (n_rows,).
    reach
        Reach of the passage's document, NaN when unknown; shape (n_rows,).
    runs
        Groups with too few documents (or one that outweighs the rest), whose passages are resampled; shape (n_groups,).
    judged
        What the engine judged anywhere in the table: ``position``, ``stance``, ``voice``, ``abstained``.
    stories
        Whether clusters are stories.
    """

    table: pd.DataFrame
    names: tuple[str, ...]
    unlabelled: _Codes
    group: _Codes
    document: _Codes
    whole: _Codes
    cluster: _Codes
    frames: tuple[str, ...]
    targets: tuple[str, ...]
    told: _Flags
    position: _Small
    stance: _Small
    voice: _Small
    abstained: _Flags
    reach: _Floats
    runs: _Flags
    judged: dict[str, bool]
    stories: bool


def _name(value: Any) -> str | None:
    if isinstance(value, (list, dict, tuple, set, np.ndarray)):
        return None
    import pandas as pd

    return "" if value is None or pd.isna(value) else str(value)


def read_rows(table: pd.DataFrame, by: str, *, order: Sequence[str] = (), targets: Sequence[str] = ()) -> Rows:
    """Arrays of a label table.

    Parameters
    ----------
    table
        A label table.
    by
        A column of it, or one of :data:`narrativ.analyze.groups.DERIVED`.
    order, targets
        Ids of frames and targets in the order in which to show them; others follow by name.

    Raises
    ------
    TableError
        A column is missing, or a label is not one that narrativ knows.
    OptionError
        See :func:`narrativ.analyze.groups.group_labels`.
    """
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise TableError(f"not a label table: no column {', '.join(map(repr, missing))}")
    every = group_labels(table, by).to_numpy(dtype=object)
    labelled = (table["status"] == OK).to_numpy(dtype=bool)
    rows = table[labelled]
    ids = rows["doc_id"].map(str).to_numpy(dtype=object)
    sequence = np.lexsort((rows["passage"].fillna(-1).to_numpy(dtype=np.int64), _codes(ids)[1]))
    rows = rows.iloc[sequence]
    names, codes = _codes(every)
    group, document = codes[labelled][sequence], _codes(ids[sequence])[1]
    frames = _ids(rows, ("frame_scores", "positions"), ("frames", "abstained"), order)
    found = _ids(rows, ("stance", "polarity"), (), targets)
    told, position = _frames(rows, frames)
    voice = np.array([_voice(value) for value in rows["holder"]], dtype=np.int8)
    undecided = np.array([bool(_list(value)) for value in rows["abstained"]], dtype=bool)
    stories = "story" in table.columns and any(_name(value) for value in rows["story"])
    whole = _clusters(document, [_name(value) or "" for value in rows["story"]]) if stories else document
    stance = _stance(rows, found)
    runs = _too_few(whole, group, len(names))
    return Rows(
        table=rows,
        names=tuple(str(name) for name in names),
        unlabelled=np.bincount(codes[~labelled], minlength=len(names)).astype(np.int64),
        group=group,
        document=document,
        whole=whole,
        cluster=_resampled(whole, document, group, runs),
        frames=frames,
        targets=found,
        told=told,
        position=position,
        stance=stance,
        voice=voice,
        abstained=undecided & ~told.any(axis=1),
        reach=_reach(rows["reach"]),
        runs=runs,
        judged={
            "position": bool(position.any()),
            "stance": bool(stance.any()),
            "voice": bool(voice.any()),
            "abstained": bool(undecided.any()),
        },
        stories=stories,
    )


def _codes(values: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], _Codes]:
    names, codes = np.unique(values.astype(object), return_inverse=True)
    return names, codes.astype(np.int64)


def _ids(rows: pd.DataFrame, objects: Sequence[str], lists: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    found: set[str] = set()
    for name in objects:
        for value in rows[name]:
            found.update(_object(value))
    for name in lists:
        for value in rows[name]:
            found.update(_list(value))
    return (*(name for name in order if name in found), *sorted(found - set(order)))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[str]:
    return list(value) if isinstance(value, (list, tuple, np.ndarray)) else []


def _frames(rows: pd.DataFrame, frames: tuple[str, ...]) -> tuple[_Flags, _Small]:
    at = {frame: number for number, frame in enumerate(frames)}
    code = {position: number for number, position in enumerate(POSITIONS, 1)}
    told = np.zeros((len(rows), len(frames)), dtype=bool)
    position = np.zeros((len(rows), len(frames)), dtype=np.int8)
    for number, (names, held) in enumerate(zip(rows["frames"], rows["positions"], strict=True)):
        held = _object(held)
        for frame in _list(names):
            told[number, at[frame]] = True
            value = held.get(frame)
            if value is not None:
                position[number, at[frame]] = _known(code, value, "position", rows, number)
    return told, position


def _stance(rows: pd.DataFrame, targets: tuple[str, ...]) -> _Small:
    at = {target: number for number, target in enumerate(targets)}
    code = {stance: number for number, stance in enumerate(STANCES, 1)}
    result = np.zeros((len(rows), len(targets)), dtype=np.int8)
    for number, held in enumerate(rows["stance"]):
        for target, value in _object(held).items():
            if value is not None:
                result[number, at[target]] = _known(code, value, "stance", rows, number)
    return result


def _known(code: dict[str, int], value: Any, what: str, rows: pd.DataFrame, number: int) -> int:
    if value not in code:
        where = f"{rows['doc_id'].iloc[number]}, passage {rows['passage'].iloc[number]}"
        raise TableError(f"{where}: {what} {value!r} is none of {', '.join(code)}")
    return code[value]


def _voice(value: Any) -> int:
    if not isinstance(value, str) or not value:
        return 0
    return 1 if value == "author" else 2


def _reach(column: Any) -> _Floats:
    """Reach as numbers; a count below 0 is none."""
    import pandas as pd

    values: _Floats = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where((values >= 0) & np.isfinite(values), values, np.nan)


def _clusters(document: _Codes, story: Sequence[str]) -> _Codes:
    """Documents joined by the stories they share; a document stays whole even if its passages belong to several."""
    documents = int(document.max()) + 1
    names, codes = np.unique(np.array(story, dtype=object), return_inverse=True)
    known = np.array([bool(name) for name in story])
    size = documents + len(names)
    ones = np.ones(int(known.sum()), dtype=np.int8)
    graph = sparse.coo_matrix((ones, (document[known], documents + codes[known])), shape=(size, size))
    _, component = csgraph.connected_components(graph, directed=False)
    # Named by their first document, so that the order of the names does not hang on the graph.
    return np.unique(component[document], return_inverse=True)[1].astype(np.int64)


def _resampled(whole: _Codes, document: _Codes, group: _Codes, runs: _Flags) -> _Codes:
    if not len(group) or not runs.any():
        return whole
    return np.where(runs[group], run_codes(document, group), whole)


def _too_few(cluster: _Codes, group: _Codes, groups: int) -> _Flags:
    """Groups whose passages come from effectively fewer than :data:`MIN_UNITS` documents or stories."""
    if not len(cluster):
        return np.zeros(groups, dtype=bool)
    pairs, counts = np.unique(np.stack([group, cluster]), axis=1, return_counts=True)
    total = np.bincount(pairs[0], weights=counts, minlength=groups)
    squares = np.bincount(pairs[0], weights=counts.astype(np.float64) ** 2, minlength=groups)
    return (total > 0) & (total**2 < (MIN_UNITS - 1e-9) * squares)
