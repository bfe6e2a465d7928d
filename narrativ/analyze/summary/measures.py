"""The numbers of a summary, each with its interval, as tidy DataFrames."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.summary.rows import POSITIONS, STANCES, VOICES, Rows
from narrativ.analyze.within import Estimates, estimates
from narrativ.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame_mix", "group_counts", "stances", "voices"]

_Floats = npt.NDArray[np.float64]
_NET = np.array([0.0, 1.0, 0.0, -1.0])  # by code of stance


def _weights(rows: Rows, weight: str | None) -> _Floats:
    """Weight per passage: 1, or its document's reach, which is 0 where it is unknown."""
    return np.ones(len(rows.group)) if weight is None else np.nan_to_num(rows.reach, nan=0.0)


def _estimates(rows: Rows, numerator: _Floats, denominator: _Floats, **options: Any) -> Estimates:
    return estimates(rows.cluster, rows.group, numerator, denominator, groups=len(rows.names), **options)


def _counted(rows: Rows, flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many passages of each group have each flag; shape (n_groups, n_flags)."""
    result = np.zeros((len(rows.names), flags.shape[1]), dtype=np.int64)
    np.add.at(result, rows.group, flags)
    return result


def group_counts(rows: Rows, weight: str | None = None) -> pd.DataFrame:
    """Passages, documents and reach of each group, and the shares of passages that tell no frame or were left undecided.

    Returns
    -------
    DataFrame of one row a group, in the order of `rows.names`
        ``passages`` (labelled), ``documents``, ``unlabelled`` (rows without labels), ``reach`` (of its documents, each
        counted once; missing when none is known), ``reach_documents`` (documents with a known reach), ``resampled`` (what
        the intervals rest on: ``documents``, ``stories`` or ``passages``), ``units`` (how many of them, effectively), and shares of
        passages with their intervals: ``no_frame`` and ``abstained``, each with ``_count``, ``_low`` and ``_high``.
    """
    import pandas as pd

    size = len(rows.names)
    weights = _weights(rows, weight)
    silent = ~rows.told.any(axis=1)
    flags = np.stack([silent, rows.abstained], axis=1)
    counts = _counted(rows, flags)
    shares = _estimates(rows, weights[:, None] * flags, np.repeat(weights[:, None], 2, axis=1))
    group, reach = _per_document(rows)
    known = ~np.isnan(reach)
    documents = np.bincount(group, minlength=size)
    with_reach = np.bincount(group[known], minlength=size)
    total = np.bincount(group[known], weights=reach[known], minlength=size)
    if total.max(initial=0) >= 2**63:
        name = rows.names[int(total.argmax())]
        raise TableError(
            f"the reach of {name!r} adds up to {total.max():.2g}, which no views do: mend the column 'reach'"
        )
    data: dict[str, Any] = {
        "group": list(rows.names),
        "passages": np.bincount(rows.group, minlength=size),
        "documents": documents,
        "unlabelled": rows.unlabelled,
        "reach": pd.array([int(t) if k else None for t, k in zip(total, with_reach, strict=True)], dtype="Int64"),
        "reach_documents": with_reach,
        "resampled": np.where(rows.runs, "passages", "stories" if rows.stories else "documents"),
        "units": shares.units[:, 0],
    }
    for number, name in enumerate(("no_frame", "abstained")):
        judged = name == "no_frame" or rows.judged["abstained"]
        data[f"{name}_count"] = pd.array(counts[:, number] if judged else [None] * size, dtype="Int64")
        for part, values in (("", shares.value), ("_low", shares.low), ("_high", shares.high)):
            data[name + part] = values[:, number] if judged else np.full(size, np.nan)
    result: pd.DataFrame = pd.DataFrame(data)
    return result


def _per_document(rows: Rows) -> tuple[npt.NDArray[np.int64], _Floats]:
    """Group and reach of each pair of group and document."""
    first = _first_of_document(rows)
    return rows.group[first], rows.reach[first]


def _first_of_document(rows: Rows) -> npt.NDArray[np.int64]:
    """A row of each pair of group and document."""
    if not len(rows.group):
        return np.array([], dtype=np.int64)
    _, first = np.unique(np.stack([rows.group, rows.document]), axis=1, return_index=True)
    return first.astype(np.int64)


def frame_mix(rows: Rows, weight: str | None = None) -> pd.DataFrame:
    """How often each group tells each frame.

    Returns
    -------
    DataFrame of one row per group and frame
        ``passages`` that tell it of ``n``, their ``share`` with ``low`` and ``high``; ``of_told``: its share of the passages
        that tell any frame; ``ahead``: the frames that are told less often, by the interval of the difference; ``documents`` with such a passage of ``n_documents``, and ``share_documents``. With a weight, shares are weighted and
        `n` and the counts are of what has a weight.
    """
    import pandas as pd

    frames = len(rows.frames)
    weights = _weights(rows, weight)
    weighed = weights > 0
    told = rows.told.astype(np.float64) * weights[:, None]
    any_told = np.repeat((rows.told.any(axis=1) * weights)[:, None], frames, axis=1)
    every = np.repeat(weights[:, None], frames, axis=1)
    shares = _estimates(rows, np.hstack([told, told]), np.hstack([every, any_told]))
    counts = _counted(rows, rows.told & weighed[:, None])
    n = np.bincount(rows.group[weighed], minlength=len(rows.names))
    documents, document_counts, n_documents = _document_shares(rows, weights)
    data: dict[str, Any] = {
        "group": np.repeat(np.array(rows.names, dtype=object), frames),
        "frame": list(rows.frames) * len(rows.names),
        "passages": counts.ravel(),
        "n": np.repeat(n, frames),
    }
    for name, values in (("share", shares.value), ("low", shares.low), ("high", shares.high), ("units", shares.units)):
        data[name] = values[:, :frames].ravel()
    for name, values in (("of_told", shares.value), ("of_told_low", shares.low), ("of_told_high", shares.high)):
        data[name] = values[:, frames:].ravel()
    data["ahead"] = _ahead(rows, weights)
    data["documents"] = document_counts.ravel()
    data["n_documents"] = np.repeat(n_documents, frames)
    for name, values in (
        ("share_documents", documents.value),
        ("documents_low", documents.low),
        ("documents_high", documents.high),
    ):
        data[name] = values.ravel()
    result: pd.DataFrame = pd.DataFrame(data)
    return result


def _ahead(rows: Rows, weights: _Floats) -> list[list[str]]:
    """Per group and frame, the frames that it is told more often than: the interval of the difference excludes 0."""
    pairs = list(combinations(range(len(rows.frames)), 2))
    ahead: list[list[str]] = [[] for _ in range(len(rows.names) * len(rows.frames))]
    if not pairs:
        return ahead
    told = rows.told * weights[:, None]
    one, other = (np.array(part) for part in zip(*pairs, strict=True))
    every = np.repeat(weights[:, None], len(pairs), axis=1)
    difference = _estimates(rows, told[:, one] - told[:, other], every, bounds=(-1.0, 1.0))
    for winner, loser, wins in ((one, other, difference.low > 0), (other, one, difference.high < 0)):
        for group, pair in zip(*np.nonzero(wins), strict=True):
            ahead[group * len(rows.frames) + winner[pair]].append(rows.frames[loser[pair]])
    return ahead


def _document_shares(rows: Rows, weights: _Floats) -> tuple[Estimates, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Shares of documents in which a frame is told, resampled by document or story; counts; documents in all."""
    size = len(rows.names)
    first = _first_of_document(rows)
    pair = np.zeros(len(rows.group), dtype=np.int64)
    if len(first):
        _, pair = np.unique(np.stack([rows.group, rows.document]), axis=1, return_inverse=True)
        pair = pair.ravel()
    told = np.zeros((len(first), len(rows.frames)), dtype=bool)
    np.logical_or.at(told, pair, rows.told)
    group, weight = rows.group[first], weights[first]
    shares = estimates(
        rows.whole[first],
        group,
        told * weight[:, None],
        np.repeat(weight[:, None], told.shape[1], axis=1),
        groups=size,
    )
    counts = np.zeros((size, told.shape[1]), dtype=np.int64)
    np.add.at(counts, group[weight > 0], told[weight > 0])
    return shares, counts, np.bincount(group[weight > 0], minlength=size)


def stances(rows: Rows, weight: str | None = None) -> pd.DataFrame:
    """Net stance of each group toward each target.

    Returns
    -------
    DataFrame of one row per group and target
        Counts of passages ``favor``, ``neutral`` and ``against``, their sum ``n``, and ``net``: favor minus against in parts
        of `n` (or of their weights), −1 against to +1 favor, with ``low`` and ``high``.
    """
    import pandas as pd

    targets = len(rows.targets)
    weights = _weights(rows, weight)[:, None]
    judged = rows.stance > 0
    net = _estimates(rows, _NET[rows.stance] * weights, judged * weights, bounds=(-1.0, 1.0))
    data: dict[str, Any] = {
        "group": np.repeat(np.array(rows.names, dtype=object), targets),
        "target": list(rows.targets) * len(rows.names),
    }
    for code, name in enumerate(STANCES, 1):
        data[name] = _counted(rows, (rows.stance == code) & (weights > 0)).ravel()
    data["n"] = data["favor"] + data["neutral"] + data["against"]
    for name, values in (("net", net.value), ("low", net.low), ("high", net.high), ("units", net.units)):
        data[name] = values.ravel()
    result: pd.DataFrame = pd.DataFrame(data)
    return result


def voices(rows: Rows, weight: str | None = None) -> pd.DataFrame:
    """Whose voice tells the frames, and in which position.

    Returns
    -------
    DataFrame of one row per group, frame, voice and position that was judged of any telling
        ``frame``: an id, or ``""`` for all together, where a passage counts once for each frame that it tells; ``voice``:
        ``author``, ``others`` or ``""`` for both; ``position``: one of three, or ``""`` for any. ``count`` of ``n`` tellings, their
        ``share`` with ``low`` and ``high``.
    """
    row, frame = np.nonzero(rows.told)
    tellings = _Tellings(rows, row, frame, _weights(rows, weight)[row])
    parts = []
    for chosen in range(-1, len(rows.frames)):
        for voice in range(len(VOICES) + 1):
            for position in range(len(POSITIONS) + 1):
                unknown = (voice and not rows.judged["voice"]) or (position and not rows.judged["position"])
                if (voice or position) and not unknown:
                    parts.append((chosen, voice, position))
    return tellings.shares(parts)


class _Tellings:
    """Pairs of a passage and a frame that it tells."""

    def __init__(self, rows: Rows, row: npt.NDArray[np.int64], frame: npt.NDArray[np.int64], weight: _Floats) -> None:
        self.rows, self.row, self.frame, self.weight = rows, row, frame, weight
        self.voice = rows.voice[row]
        self.position = rows.position[row, frame]

    def _measure(self, chosen: int, voice: int, position: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which tellings have this voice and position, and of which that is known."""
        known = np.ones(len(self.row), dtype=bool) if chosen < 0 else self.frame == chosen
        if voice:
            known &= self.voice > 0
        if position:
            known &= self.position > 0
        fits = known.copy()
        if voice:
            fits &= self.voice == voice
        if position:
            fits &= self.position == position
        return fits, known

    def shares(self, parts: list[tuple[int, int, int]]) -> pd.DataFrame:
        """The rows of :func:`voices`."""
        import pandas as pd

        rows, size = self.rows, len(self.rows.names)
        # Summed per passage first: the units that are drawn are passages or documents, not tellings.
        above, below = (np.zeros((len(rows.group), len(parts))) for _ in range(2))
        count, n = (np.zeros((size, len(parts)), dtype=np.int64) for _ in range(2))
        weighed = self.weight > 0
        for column, part in enumerate(parts):
            fits, known = self._measure(*part)
            above[:, column] = np.bincount(self.row, weights=fits * self.weight, minlength=len(rows.group))
            below[:, column] = np.bincount(self.row, weights=known * self.weight, minlength=len(rows.group))
            count[:, column] = np.bincount(rows.group[self.row[fits & weighed]], minlength=size)
            n[:, column] = np.bincount(rows.group[self.row[known & weighed]], minlength=size)
        share = _estimates(rows, above, below)
        frames, voice, position = ("", *rows.frames), ("", *VOICES), ("", *POSITIONS)
        result: pd.DataFrame = pd.DataFrame(
            {
                "group": np.repeat(np.array(rows.names, dtype=object), len(parts)),
                "frame": [frames[chosen + 1] for chosen, _, _ in parts] * size,
                "voice": [voice[held] for _, held, _ in parts] * size,
                "position": [position[held] for _, _, held in parts] * size,
                "count": count.ravel(),
                "n": n.ravel(),
                "share": share.value.ravel(),
                "low": share.low.ravel(),
                "high": share.high.ravel(),
                "units": share.units.ravel(),
            }
        )
        some: pd.DataFrame = result[result["n"] > 0].reset_index(drop=True)
        return some
