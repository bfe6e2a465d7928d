"""Turns: the periods from which on other frames are told, found by change points, tested, and dated with an interval.

The split with the largest likelihood ratio of the frames' shares is kept when documents in random order seldom give one as large;
then each side is searched (the divisive search of Matteson & James 2014, with binomial likelihoods). ``ruptures`` was looked at: it
searches well, but has no cost for shares of unequal numbers, no test, and no interval for the date; with those written, what is
left of it is a loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.analyze.resample import SEED
from narrativ.analyze.timedata import Material

__all__ = ["Turn", "find_turns"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

MIN_DOCUMENTS = 5
"""Documents needed on each side."""
_ORDERS = 199
_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of what is told in one group.

    Attributes
    ----------
    group
        Code of its group.
    before, period, after
        The turn is at the begin of `period`; it is judged on the periods from `before` to `after`, both in it.
    earliest, latest
        95 % interval of `period`.
    p
        Share of random orders of the documents with as sharp a turn anywhere in these periods.
    """

    group: int
    before: int
    period: int
    after: int
    earliest: int
    latest: int
    p: float


def find_turns(material: Material, *, seed: int = SEED) -> list[Turn]:
    """Turns of every group, in order of time."""
    rng = np.random.default_rng(seed)
    found: list[Turn] = []
    for group in range(len(material.groups)):
        units = np.flatnonzero((material.group == group) & (material.passages > 0))
        units = units[np.argsort(material.period[units], kind="stable")]
        # Copies of a story in one period move together; one story told again later counts again.
        key = (
            material.period[units] * (int(material.cluster.max()) + 1) + material.cluster[units]
            if len(units)
            else units
        )
        _, item = np.unique(key, return_inverse=True)
        # Each document counts once, or a long article would drown out forty posts.
        parts = material.telling[units] / material.passages[units, None]
        values = np.zeros((int(item.max()) + 1 if len(item) else 0, len(material.frames) + 1))
        np.add.at(values, item, np.column_stack([parts, np.ones(len(units))]))
        period = np.zeros(len(values), dtype=np.int64)
        period[item] = material.period[units]
        found += _search(values, period, group, 0, material.periods - 1, rng)
    return found


def _search(
    values: _Floats, period: _Integers, group: int, first: int, last: int, rng: np.random.Generator
) -> list[Turn]:
    inside = (period >= first) & (period <= last)
    if inside.sum() < 2 * MIN_DOCUMENTS:
        return []
    items, when = values[inside], period[inside]
    ends = np.flatnonzero(np.diff(when)) + 1
    ends = ends[(ends >= MIN_DOCUMENTS) & (ends <= len(items) - MIN_DOCUMENTS)]
    if not len(ends):
        return []
    ratios = _ratios(items, ends)
    best = int(ratios.argmax())
    chance = np.array([_ratios(items[rng.permutation(len(items))], ends).max() for _ in range(_ORDERS)])
    p = (1 + int((chance >= ratios[best] - 1e-9).sum())) / (_ORDERS + 1)
    if p > _ALPHA or ratios[best] <= 0:
        return []
    drawn = np.sort([_drawn_turn(items, when, rng) for _ in range(_ORDERS)])
    split = int(when[ends[best]])
    low, high = drawn[int(0.025 * _ORDERS)], drawn[int(0.975 * _ORDERS)]
    turn = Turn(group, first, split, last, min(int(low), split), max(int(high), split), p)
    return [
        *_search(values, period, group, first, split - 1, rng),
        turn,
        *_search(values, period, group, split, last, rng),
    ]


def _drawn_turn(items: _Floats, when: _Integers, rng: np.random.Generator) -> int:
    """Where the turn is in a draw of the documents with replacement."""
    drawn = np.sort(rng.integers(0, len(items), len(items)))
    dates = when[drawn]
    ends = np.flatnonzero(np.diff(dates)) + 1
    kept = ends[(ends >= MIN_DOCUMENTS) & (ends <= len(items) - MIN_DOCUMENTS)]
    ends = kept if len(kept) else ends
    return int(dates[ends[_ratios(items[drawn], ends).argmax()]]) if len(ends) else int(dates[0])


def _ratios(items: _Floats, ends: _Integers) -> _Floats:
    """Log likelihood ratio of two shares a frame against one, for a split before each of `ends`."""
    sums = np.cumsum(items, axis=0)
    left = sums[ends - 1]
    total = sums[-1]
    result: _Floats = _likelihood(left) + _likelihood(total - left) - _likelihood(total[None, :])
    return result


def _likelihood(sums: _Floats) -> _Floats:
    told, documents = sums[:, :-1], sums[:, -1:]
    share = np.clip(told / np.maximum(documents, 1), 1e-12, 1 - 1e-12)
    result: _Floats = (told * np.log(share) + (documents - told) * np.log1p(-share)).sum(axis=1)
    return result
