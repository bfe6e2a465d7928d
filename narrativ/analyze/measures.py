"""A label table as numbers: per passage or document, what is counted and out of what.

Every answer of a comparison is a ratio of two sums: passages that tell a frame out of labelled passages, ``favor`` minus
``against`` out of passages about a target. A measure is such a pair of columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from narrativ.analyze.groups import ClusterBy, clusters, group_labels
from narrativ.analyze.resample import block_sums
from narrativ.errors import OptionError
from narrativ.records import OK
from narrativ.text.scripts import class_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POSITIONS", "VOICES", "Measure", "Units", "Weight", "frame_ids", "measure_units", "target_ids"]

Weight: TypeAlias = Literal["none", "reach", "length"]
_Floats = npt.NDArray[np.float64]
_Codes = npt.NDArray[np.int64]

POSITIONS = ("endorses", "reports", "rejects")
VOICES = ("author", "named", "others")
_STANCE = {"favor": 1.0, "against": -1.0, "neutral": 0.0}
_LETTERS_PER_WORD = 5.0


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a group.

    Attributes
    ----------
    kind
        ``frame`` (share of all), ``no_frame`` (share that tells none), ``stance`` (favor minus against, −1 to +1, of what is
        about the target), ``position`` (share of what tells the frame), ``voice`` (share of what has a holder).
    key
        The frame or target; empty for ``no_frame`` and ``voice``.
    category
        The position (``endorses``, …) or the voice (``author``, ``named``, ``others``); otherwise empty.
    """

    kind: str
    key: str = ""
    category: str = ""

    @property
    def low(self) -> float:
        """The smallest value that it can have."""
        return -1.0 if self.kind == "stance" else 0.0


@dataclass(frozen=True, slots=True)
class Units:
    """What is counted, a row a passage or document.

    Attributes
    ----------
    table
        Labelled rows of the label table, of known group and weight.
    names
        Names of the groups, those with most clusters first.
    group, cluster
        Codes per unit; shape (n_units,).
    weight
        Shape (n_units,).
    measures
        The columns of `numerator` and `denominator`, both of shape (n_units, n_measures), weights included.
    cluster_unit
        ``story``, ``document`` or ``passage``.
    left_out
        How many labelled passages were left out, by reason.
    """

    table: pd.DataFrame
    names: tuple[str, ...]
    group: _Codes
    cluster: _Codes
    weight: _Floats
    measures: tuple[Measure, ...]
    numerator: _Floats
    denominator: _Floats
    cluster_unit: str
    left_out: dict[str, int]


def frame_ids(table: pd.DataFrame) -> tuple[str, ...]:
    """Frames of a label table: those with a score or present, in the order of their first row."""
    found: dict[str, None] = {}
    for scores, frames in zip(table["frame_scores"], table["frames"], strict=True):
        found.update(dict.fromkeys(scores))
        found.update(dict.fromkeys(frames))
    return tuple(found)


def target_ids(table: pd.DataFrame) -> tuple[str, ...]:
    """Targets that some passage has a stance toward, in the order of their first row."""
    found: dict[str, None] = {}
    for stance in table["stance"]:
        found.update(dict.fromkeys(stance))
    return tuple(found)


def chosen(known: Sequence[str], wanted: Sequence[str] | None, what: str) -> tuple[str, ...]:
    """Those of `wanted`, or all; an unknown one is an error."""
    if wanted is None:
        return tuple(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        listed = ", ".join(known) or "none"
        raise OptionError(f"no {what} {', '.join(map(repr, unknown))} in this table; {what}s are {listed}")
    return tuple(dict.fromkeys(wanted))


def measure_units(
    table: pd.DataFrame,
    *,
    by: str = "source",
    frames: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    weight: Weight = "none",
    unit: Literal["passage", "document"] = "passage",
    cluster: ClusterBy = "auto",
) -> Units:
    """Numbers per passage or document; see :func:`narrativ.compare` for the parameters.

    Raises
    ------
    OptionError
        An option or name is unknown, or nothing is left to compare.
    """
    import pandas as pd

    if weight not in ("none", "reach", "length"):
        raise OptionError(f"no weight {weight!r}; use none, reach or length")
    if unit not in ("passage", "document"):
        raise OptionError(f"no unit {unit!r}; use passage or document")
    frame_names = chosen(frame_ids(table), frames, "frame")
    labelled = table[table["status"] == OK]
    target_names = chosen(target_ids(labelled), targets, "target")
    labels = group_labels(labelled, by)
    left_out: dict[str, int] = {}
    keep = (labels != "").to_numpy()
    if not keep.all():
        left_out[f"no {by}"] = int((~keep).sum())
    weights = _weights(labelled, weight)
    known = np.isfinite(weights) & (weights > 0)
    if (keep & ~known).any():
        left_out[f"no {weight}"] = int((keep & ~known).sum())
    keep = keep & known
    labelled, labels, weights = labelled[keep], labels[keep], weights[keep]
    if not len(labelled):
        why = ", ".join(f"{number} with {reason}" for reason, number in left_out.items())
        raise OptionError(f"nothing to compare: no labelled passages{f' ({why})' if why else ''}")
    rows = clusters(labelled, cluster, by=by)
    codes, names = pd.factorize(labels)
    size = np.bincount(np.unique(np.stack([codes, rows.codes]), axis=1)[0], minlength=len(names))
    order = np.lexsort((np.asarray(names), -size))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    measures, above, below = _columns(labelled, frame_names, target_names)
    units = Units(
        labelled, tuple(str(names[place]) for place in order), rank[codes], rows.codes, weights, measures, above, below, rows.unit,
        left_out,
    )  # fmt: skip
    if unit == "document":
        return _documents(units, weight)
    return replace(units, numerator=above * weights[:, None], denominator=below * weights[:, None])


def _weights(table: pd.DataFrame, weight: Weight) -> _Floats:
    if weight == "none":
        return np.ones(len(table))
    if weight == "reach":
        return np.asarray(table["reach"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan))
    counts = class_counts(table["text"].tolist()).astype(np.float64)
    # Chinese characters and English words: reading time per unit of either is about alike.
    return np.asarray(counts[:, 1:4].sum(axis=1) + counts[:, 4] / _LETTERS_PER_WORD)


def _columns(
    table: pd.DataFrame, frames: Sequence[str], targets: Sequence[str]
) -> tuple[tuple[Measure, ...], _Floats, _Floats]:
    """Measures of labelled passages, unweighted; those that nothing in the table speaks of are left out."""
    rows = len(table)
    told = np.zeros((rows, len(frames)))
    place = {name: number for number, name in enumerate(frames)}
    none = np.ones(rows)
    for row, present in enumerate(table["frames"]):
        for name in present:
            none[row] = 0.0
            if name in place:
                told[row, place[name]] = 1.0
    measures = [Measure("frame", name) for name in frames]
    above, below = [told], [np.ones_like(told)]

    def add(measure: Measure, over: _Floats, under: _Floats) -> None:
        if under.any():
            measures.append(measure)
            above.append(over[:, None])
            below.append(under[:, None])

    add(Measure("no_frame"), none, np.ones(rows))
    stances = table["stance"].tolist()
    for target in targets:
        values = np.array([_STANCE.get(stance.get(target), np.nan) for stance in stances])
        about = np.isfinite(values)
        add(Measure("stance", target), np.where(about, values, 0.0), about.astype(np.float64))
    positions = table["positions"].tolist()
    for number, name in enumerate(frames):
        given = np.array([position.get(name, "") for position in positions], dtype=object)
        judged = np.isin(given.astype(str), POSITIONS) & (told[:, number] > 0)
        for position in POSITIONS:
            add(Measure("position", name, position), (judged & (given == position)).astype(float), judged.astype(float))
    holder = np.array([_voice(value) for value in table["holder"]])
    judged = holder != ""
    for voice in VOICES:
        add(Measure("voice", "", voice), (holder == voice).astype(float), judged.astype(float))
    return tuple(measures), np.hstack(above), np.hstack(below)


def _voice(holder: object) -> str:
    if not isinstance(holder, str) or not holder:
        return ""
    return holder if holder in ("author", "others") else "named"


def _documents(units: Units, weight: Weight) -> Units:
    """Units of whole documents: a frame is told where any passage tells it, all else is the mean of its passages."""
    import pandas as pd

    count = len(units.measures)
    doc = pd.factorize(units.table["doc_id"])[0].astype(np.int64)
    ones = np.ones((len(doc), 1))
    _, group, sums = block_sums(
        doc,
        units.group,
        np.hstack([units.numerator, units.denominator, units.weight[:, None], ones]),
    )
    above, below = sums[:, :count], sums[:, count : 2 * count]
    number = sums[:, -1]
    # Length adds up over a document; its reach stands in each of its rows.
    weights = np.ones(len(sums)) if weight == "none" else sums[:, -2] / (number if weight == "reach" else 1.0)
    any_told = np.array([measure.kind == "frame" for measure in units.measures])
    none_told = np.array([measure.kind == "no_frame" for measure in units.measures])
    present = (below > 0).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(below > 0, above / below, 0.0)
    share[:, any_told] = (above[:, any_told] > 0).astype(np.float64)
    share[:, none_told] = (above[:, none_told] >= below[:, none_told]).astype(np.float64)
    return replace(
        units,
        group=group.astype(np.int64),
        cluster=_document_cluster(units, doc),
        weight=weights,
        numerator=share * weights[:, None],
        denominator=present * weights[:, None],
    )


def _document_cluster(units: Units, doc: _Codes) -> _Codes:
    """Cluster of each block of document and group, in the order of :func:`block_sums`: its first passage's."""
    wide = int(doc.max()) + 1
    _, first = np.unique(units.group * wide + doc, return_index=True)
    return units.cluster[first]
