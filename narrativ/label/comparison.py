"""Comparisons: who is measured by whom, and who comes out better."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from narrativ.label.cues import KINDS, CueHits
from narrativ.label.names import Names, Neighbours
from narrativ.label.scope import Scope

__all__ = ["compare"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

_THAN = 60


def compare(
    scope: Scope, hits: CueHits, kind: _Integers, names: Names, near: Neighbours, name: _Integers, weight: _Floats
) -> tuple[_Integers, _Bools, _Bools]:
    """The other side of a comparison (-1: none), and whether the bearer wins or loses it.

    Chinese: A比B好, the standard stands between 比 and the word; `name` is corrected to A in place. English: A is better
    than B.
    """
    rival = np.full(len(name), -1, dtype=np.int64)
    spans = hits.operators["comparison"]
    plain = (kind != KINDS.index("hint")) & (kind != KINDS.index("event"))
    if len(names.start):
        clause_of_name = scope.clause[names.start]
        if len(spans):
            _standard_before(scope, hits, names, near, spans, clause_of_name, plain, name, rival)
            _standard_described(scope, hits, near, spans, plain, name)
            place = np.searchsorted(spans[:, 0], hits.end, "left")
            known = np.minimum(place, len(spans) - 1)
            other = np.searchsorted(names.start, spans[known, 1], "left")
            inside = (place < len(spans)) & (scope.clause[spans[known, 0]] == near.clause)
            inside &= spans[known, 0] - hits.end <= _THAN
            inside &= (other < len(names.start)) & plain & (rival < 0)
            other = np.minimum(other, len(names.start) - 1)
            inside &= clause_of_name[other] == near.clause
            rival = np.where(inside, other, rival)
        loser = (kind == KINDS.index("loser")) & (near.after >= 0)
        rival = np.where(loser & (near.after != name), near.after, rival)
        target = np.append(names.target, -2)
        rival = np.where((rival >= 0) & (target[rival] == target[name]) & (target[rival] >= 0), -1, rival)
    compared = rival >= 0
    return rival, compared & (weight > 0), compared & (weight <= 0)


def _standard_before(
    scope: Scope, hits: CueHits, names: Names, near: Neighbours, spans: _Integers,
    clause_of_name: _Integers, plain: _Bools, name: _Integers, rival: _Integers,
) -> None:  # fmt: skip
    """A比B好: `rival` becomes B and `name` A, in place."""
    place = np.searchsorted(spans[:, 1], hits.start, "right") - 1
    known = np.maximum(place, 0)
    between = near.before
    inside = (place >= 0) & (spans[known, 0] >= scope.clause_start[near.clause]) & plain
    inside &= (between >= 0) & (names.start[np.maximum(between, 0)] >= spans[known, 1])
    first = np.searchsorted(names.end, spans[known, 0], "right") - 1
    here = (first >= 0) & (clause_of_name[np.maximum(first, 0)] == near.clause)
    subject = np.where(here, first, near.topic[near.clause])
    same_text = (subject >= 0) & (names.text[np.maximum(subject, 0)] == names.text[np.maximum(between, 0)])
    # 比那个又旧又慢的B好: only the last word of the clause compares, those before it describe B.
    describes = np.zeros(len(name), dtype=bool)
    describes[:-1] = inside[:-1] & inside[1:] & (near.clause[1:] == near.clause[:-1])
    describes &= hits.end < np.concatenate([hits.start[1:], hits.start[-1:]])
    inside &= ~describes
    name[describes] = between[describes]
    rival[inside] = between[inside]
    name[inside] = np.where(same_text, subject, -1)[inside]


def _standard_described(
    scope: Scope, hits: CueHits, near: Neighbours, spans: _Integers, plain: _Bools, name: _Integers
) -> None:
    """Better than that bloated B: what stands between "than" and B describes B; `name` is set in place."""
    place = np.searchsorted(spans[:, 1], hits.start, "right") - 1
    known = np.maximum(place, 0)
    inside = (place >= 0) & (spans[known, 0] >= scope.clause_start[near.clause]) & plain & (near.after >= 0)
    # Nobody stands between: the name before the cue is one before "than", or none.
    inside &= near.nobody_since(spans[known, 1])
    name[inside] = near.after[inside]
