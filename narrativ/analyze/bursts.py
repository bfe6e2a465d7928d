"""Bursts: stretches of time in which a frame is told far more often than usual, with the passages that made them.

The two-state automaton for batched documents of Kleinberg (2002, "Bursty and hierarchical structure in streams", section 4). What
is written for it on the package index had its last releases in 2014 and 2018; the automaton is thirty lines. It is not a test, so
each burst is compared with the strongest one of the same documents in random order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from narrativ.analyze.resample import SEED
from narrativ.analyze.timedata import Material

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ALL", "Burst", "find_bursts"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]

ALL = ""
"""In place of a frame: bursts of documents, whatever they tell."""
RATIO = 2.0
"""Odds of a frame in a burst, as a multiple of the usual odds; Kleinberg's s."""
COST = 1.0
"""Cost of entering a burst, times the logarithm of the number of periods; Kleinberg's gamma."""
MIN_DOCUMENTS = 10
MIN_TELLING = 5
_ORDERS = 199


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst in one group.

    Attributes
    ----------
    group
        Code of its group.
    frame
        Code of its frame, -1 for documents of all kinds.
    start, end
        First and last period, both in it.
    strength
        How much better the burst explains its periods than the usual share does, in nats; Kleinberg's weight.
    p
        Share of random orders of the documents with a burst as strong anywhere.
    documents, telling
        Labelled documents in its periods, and those that tell the frame.
    usual
        Share of documents that tell it (for all: documents a period) outside the burst.
    """

    group: int
    frame: int
    start: int
    end: int
    strength: float
    p: float
    documents: int
    telling: int
    usual: float


def find_bursts(material: Material, *, ratio: float = RATIO, cost: float = COST, seed: int = SEED) -> list[Burst]:
    """Bursts of every frame and of all documents in every group with enough of them, strongest first in each."""
    rng = np.random.default_rng(seed)
    found: list[Burst] = []
    for group in range(len(material.groups)):
        units = np.flatnonzero((material.group == group) & (material.passages > 0))
        if len(units) < MIN_DOCUMENTS or material.periods < 3:
            continue
        total = np.bincount(material.period[units], minlength=material.periods).astype(np.float64)
        found += _series_bursts(total, None, group, -1, ratio, cost, rng)
        for frame in range(len(material.frames)):
            tells = material.telling[units, frame] > 0
            if tells.sum() >= MIN_TELLING and not tells.all():
                told = np.bincount(material.period[units[tells]], minlength=material.periods).astype(np.float64)
                found += _series_bursts(told, total, group, frame, ratio, cost, rng)
    return found


def _series_bursts(
    told: _Floats, total: _Floats | None, group: int, frame: int, ratio: float, cost: float, rng: np.random.Generator
) -> list[Burst]:
    gain = _gain(told[None, :], total, ratio)
    spans = _spans(_states(gain, cost)[0], told)
    if not spans:
        return []
    strongest = _strongest_by_chance(told, total, ratio, cost, rng)
    everything = total if total is not None else np.ones_like(told)
    bursts = []
    for start, end in spans:
        inside = slice(start, end + 1)
        strength = float(gain[0, inside].sum())
        outside = everything.sum() - everything[inside].sum()
        bursts.append(
            Burst(
                group, frame, start, end, strength,
                p=(1 + int((strongest >= strength - 1e-9).sum())) / (len(strongest) + 1),
                documents=int((told if total is None else total)[inside].sum()), telling=int(told[inside].sum()),
                usual=float((told.sum() - told[inside].sum()) / outside) if outside else np.nan,
            )
        )  # fmt: skip
    return sorted(bursts, key=lambda burst: -burst.strength)


def _gain(told: _Floats, total: _Floats | None, ratio: float) -> _Floats:
    """Log-likelihood of each period in a burst minus that outside; `told` of shape (n_series, n_periods)."""
    if total is None:
        rate = told.mean(axis=1, keepdims=True)
        poisson: _Floats = told * np.log(ratio) - (ratio - 1) * rate
        return poisson
    # Odds, where Kleinberg multiplies the share itself: a share above 1/ratio has its burst too.
    usual = told.sum(axis=1, keepdims=True) / total.sum()
    odds = ratio * usual / (1 - usual)
    burst = odds / (1 + odds)
    binomial: _Floats = told * np.log(burst / usual) + (total - told) * np.log((1 - burst) / (1 - usual))
    return binomial


def _states(gain: _Floats, cost: float) -> npt.NDArray[np.bool_]:
    """Whether each period is in a burst, on the cheapest way through; shape as `gain`."""
    series, periods = gain.shape
    price = cost * np.log(periods)
    quiet, burst = np.zeros(series), np.full(series, -price)
    came_from_burst = np.zeros((2, periods, series), dtype=bool)
    for period in range(periods):
        if period:
            came_from_burst[0, period] = burst > quiet
            came_from_burst[1, period] = burst >= quiet - price
            quiet, burst = np.maximum(quiet, burst), np.maximum(burst, quiet - price)
        burst = burst + gain[:, period]
    state = burst > quiet
    result = np.zeros((periods, series), dtype=bool)
    for period in range(periods - 1, -1, -1):
        result[period] = state
        state = np.where(state, came_from_burst[1, period], came_from_burst[0, period])
    states: npt.NDArray[np.bool_] = result.T
    return states


def _spans(state: npt.NDArray[np.bool_], told: _Floats) -> list[tuple[int, int]]:
    """Bursts of one series, without periods at their ends in which nothing was told."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], state.astype(np.int8), [0]])))
    spans = []
    for start, end in zip(edges[::2], edges[1::2] - 1, strict=True):
        active = np.flatnonzero(told[start : end + 1])
        if len(active):
            spans.append((int(start + active[0]), int(start + active[-1])))
    return spans


def _strongest_by_chance(
    told: _Floats, total: _Floats | None, ratio: float, cost: float, rng: np.random.Generator
) -> _Floats:
    """Strength of the strongest burst in random orders of the same documents; shape (n_orders,)."""
    periods, count = len(told), int(told.sum())
    if total is None:
        drawn = rng.multinomial(count, np.full(periods, 1 / periods), size=_ORDERS).astype(np.float64)
    elif periods * 20 < total.sum():
        drawn = rng.multivariate_hypergeometric(total.astype(np.int64), count, size=_ORDERS, method="marginals").astype(
            np.float64
        )
    else:
        drawn = _shuffled(total.astype(np.int64), count, rng)
    gain = _gain(drawn, total, ratio)
    inside = np.where(_states(gain, cost), gain, 0.0)
    sums = np.zeros(_ORDERS)
    running = np.zeros(_ORDERS)
    for period in range(periods):
        running = np.where(inside[:, period] != 0, running + inside[:, period], 0.0)
        sums = np.maximum(sums, running)
    return sums


def _shuffled(total: _Integers, count: int, rng: np.random.Generator) -> _Floats:
    """As the multivariate hypergeometric, faster where periods are many and documents few."""
    period = np.repeat(np.arange(len(total)), total)
    result = np.zeros((_ORDERS, len(total)))
    for order in range(_ORDERS):
        result[order] = np.bincount(period[rng.permutation(len(period))[:count]], minlength=len(total))
    return result


def burst_passages(material: Material, burst: Burst, *, most: int = 3) -> pd.DataFrame:
    """The passages that made a burst: highest score and reach first, none twice and one a document.

    Returns
    -------
    DataFrame
        Rows of the label table (``doc_id``, ``passage``, ``source``, ``published``, ``url``, ``reach``, ``text``) and ``score``.
    """
    period = material.period[material.unit]
    within = (material.group[material.unit] == burst.group) & (period >= burst.start) & (period <= burst.end)
    if burst.frame >= 0:
        within &= material.present[:, burst.frame]
    rows = material.row[within]
    frame = material.frames[burst.frame] if burst.frame >= 0 else None
    score = _scores(material.table, rows, frame)
    reach = material.reach[material.unit[within]]
    known = reach[~np.isnan(reach)]
    reach = np.where(np.isnan(reach), np.median(known) if len(known) else 0.0, reach)
    order = np.argsort(-score * np.log10(10 + reach), kind="stable")
    kept = _distinct(material, rows[order], material.unit[within][order], most)
    names = [
        name
        for name in ("doc_id", "passage", "source", "published", "url", "reach", "text")
        if name in material.table.columns
    ]
    result: pd.DataFrame = material.table.loc[rows[order][kept], names].reset_index(drop=True)
    result["score"] = score[order][kept]
    return result


def _scores(table: pd.DataFrame, rows: _Integers, frame: str | None) -> _Floats:
    if frame is None or "frame_scores" not in table.columns:
        return np.ones(len(rows))
    scores = table["frame_scores"].to_numpy()[rows]
    return np.array([float(value.get(frame, 1.0)) if isinstance(value, dict) else 1.0 for value in scores])


def _distinct(material: Material, rows: _Integers, units: _Integers, most: int) -> list[int]:
    texts = material.table["text"].to_numpy() if "text" in material.table.columns else None
    kept: list[int] = []
    clusters: set[int] = set()
    grams: list[set[str]] = []
    for at, (row, unit) in enumerate(zip(rows, units, strict=True)):
        if len(kept) == most:
            break
        if int(material.cluster[unit]) in clusters:
            continue
        own = _trigrams(str(texts[row])) if texts is not None else {str(row)}
        if any(len(own & other) > 0.5 * len(own | other) for other in grams):
            continue
        kept.append(at)
        clusters.add(int(material.cluster[unit]))
        grams.append(own)
    return kept


def _trigrams(text: str) -> set[str]:
    text = "".join(char for char in text.casefold() if char.isalnum())
    return {text[at : at + 3] for at in range(max(1, len(text) - 2))}
