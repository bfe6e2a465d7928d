"""Names in a batch, and those around each evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.label.batchtext import BatchText
from narrativ.label.cues import CueHits
from narrativ.label.scope import Scope

__all__ = ["Names", "Neighbours", "names_of"]

_Integers = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of targets and rivals, pronouns among them, in order and apart; each of shape (n_names,).

    `target` is -1 for a rival; `own` is false for pronouns.
    """

    start: _Integers
    end: _Integers
    target: _Integers
    text: _Integers
    own: _Bools


def names_of(text: BatchText, scope: Scope, hits: CueHits, strict: _Integers, row_of: _Integers, targets: int) -> Names:
    """Names in order: certain ones, rivals, pronouns with whom they stand for, and names without their context.

    The last count for their target where it is asked for, and as rivals elsewhere.
    """
    extra = hits.names.copy()
    loose = extra[:, 2]
    wanted = (loose >= 0) & (row_of[text.owner(extra[:, 0]) * targets + np.maximum(loose, 0)] >= 0)
    extra[:, 2] = np.where(wanted, loose, -1)
    found = np.concatenate([np.column_stack([strict, np.zeros(len(strict), dtype=np.int64)]), extra])
    found = found[np.lexsort((found[:, 1], found[:, 0]))]
    # One span that names two targets (美中) stands for the first.
    if len(found):
        found = found[np.concatenate([[True], found[1:, 0] >= np.maximum.accumulate(found[:, 1])[:-1]])]
    start, end, target, role = found.T if len(found) else (np.zeros(0, dtype=np.int64),) * 4
    own = role == 0
    number = text.owner(start)
    place = np.where(own, np.arange(len(start)), -1)
    last = np.maximum.accumulate(place) if len(place) else place
    stands = last.copy()
    for index in np.flatnonzero(role >= 2).tolist():
        stands[index] = _of_two(scope, start, own, number, index, former=int(role[index]) == 2)
    known = (stands >= 0) & (number[np.maximum(stands, 0)] == number) if len(start) else own
    kept = np.flatnonzero(known)
    return Names(start[kept], end[kept], target[stands[kept]], number[kept], own[kept])


def _of_two(scope: Scope, start: _Integers, own: _Bools, text: _Integers, index: int, *, former: bool) -> int:
    """The first or the last name of the nearest earlier clause that has two, for "the former" and "the latter"."""
    before = [place for place in range(max(index - 12, 0), index) if own[place] and text[place] == text[index]]
    clauses = [int(scope.clause[start[place]]) for place in before]
    for clause in sorted(set(clauses), reverse=True):
        here = [place for place, number in zip(before, clauses, strict=True) if number == clause]
        if len(here) > 1:
            return here[0] if former else here[-1]
    return (before[-2:][0] if former else before[-1]) if before else -1


class Neighbours:
    """Names around each cue."""

    def __init__(self, scope: Scope, hits: CueHits, names: Names) -> None:
        self.count = len(names.start)
        self.clause = scope.clause[hits.start]
        name_clause = scope.clause[names.start]
        before = np.searchsorted(names.end, hits.start, "right") - 1
        self.before = self._in_clause(before, name_clause)
        # "The ban on their app is childish": a pronoun yields to a name before it in the clause.
        last_own = np.maximum.accumulate(np.where(names.own, np.arange(self.count), -1))
        own = self._in_clause(np.where(before >= 0, np.append(last_own, -1)[before], -1), name_clause)
        self.before = np.where(own >= 0, own, self.before)
        self.after = self._in_clause(np.searchsorted(names.start, hits.end, "left"), name_clause)
        clauses = len(scope.clause_start)
        first = np.full(clauses, -1, dtype=np.int64)
        first[name_clause[::-1]] = np.arange(self.count)[::-1]
        self.first = first
        has = np.where(first >= 0, np.arange(clauses), -1)
        earlier = np.concatenate([[-1], np.maximum.accumulate(has)[:-1]])
        later = np.where(first >= 0, np.arange(clauses), clauses)
        later = np.concatenate([np.minimum.accumulate(later[::-1])[::-1][1:], [clauses]])
        self.topic = np.where(earlier >= 0, first[np.maximum(earlier, 0)], -1)
        self.coming = np.where(later < clauses, first[np.minimum(later, clauses - 1)], -1)

        self._names = names

    def nobody_since(self, place: _Integers) -> _Bools:
        """Whether the last name before each cue stands before `place`."""
        starts = np.append(self._names.start, -1)
        return np.asarray((self.before < 0) | (starts[self.before] < place))

    def _in_clause(self, place: _Integers, name_clause: _Integers) -> _Integers:
        inside = (place >= 0) & (place < self.count)
        known = np.clip(place, 0, max(self.count - 1, 0))
        if not self.count:
            return np.full(len(place), -1, dtype=np.int64)
        return np.where(inside & (name_clause[known] == self.clause), known, -1)
