"""Lead and lag of two series: which moves first, by how many periods, and whether that could be chance.

Both series are made stationary first, for trends, weekly rhythms and mere inertia correlate by themselves (Yule 1926): weekly or
daily rhythm taken off; ranks as normal scores, so that one huge day is no more than the largest; trend taken off; differences where a
series wanders; then an autoregression each, of which the residuals are kept (Haugh 1976), as normal scores again. Their cross-correlation is compared with
surrogates of random phases (Theiler et al. 1992), by its largest value over all lags, which pays for having looked at all of
them. The interval holds every lag whose correlation is not clearly below the best one's, by a bootstrap of blocks of lagged
products (blocks of blocks: Politis & Romano 1992).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

__all__ = ["MIN_PERIODS", "Lag", "find_lag", "stationary"]

_Floats = npt.NDArray[np.float64]

MIN_PERIODS = 30
"""Below this many periods no lag is given: with 29, one correlation among some ten must pass 0.5 to mean anything."""
MIN_ACTIVE = 10
"""A series needs as many periods that differ from its commonest value."""
_WANDERS = 0.8
"""First autocorrelation from which a series is differenced: an autoregression fitted to fewer than some hundred periods takes a
random walk for a stationary series, and its residuals keep part of the walk."""
_SURROGATES, _FEWER, _LONG = 499, 199, 1000
"""Surrogates, and how many for series longer than that."""
_DRAWS = 400
_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Lag:
    """How the second series follows the first.

    Attributes
    ----------
    lag
        Periods by which the second follows the first; negative when it comes before. NaN where none can be given.
    low, high
        Ends of its 95 % interval, in periods.
    correlation
        Of the two series without their own inertia, at that lag; -1 to 1.
    p
        Share of surrogates with as strong a correlation at any lag.
    periods
        Periods that the result rests on.
    problem
        ``""``, ``short`` (fewer than :data:`MIN_PERIODS` periods) or ``sparse`` (too few periods in which anything happened).
    """

    lag: float
    low: float
    high: float
    correlation: float
    p: float
    periods: int
    problem: str = ""


def find_lag(
    first: _Floats,
    second: _Floats,
    *,
    max_lag: int | None = None,
    season: npt.NDArray[np.int64] | None = None,
    seed: int = 0,
) -> Lag:
    """Lag of `second` behind `first`.

    Parameters
    ----------
    first, second
        Values per period, without gaps; shape (n_periods,).
    max_lag
        Largest lag looked at, in periods; a fifth of the series, at most 14, when not given.
    season
        Code of each period's place in a rhythm (its weekday); shape (n_periods,).
    seed
        Where the random draws start.
    """
    nothing = Lag(np.nan, np.nan, np.nan, np.nan, np.nan, len(first))
    if len(first) < MIN_PERIODS:
        return replace(nothing, problem="short")
    if min(_active(first), _active(second)) < MIN_ACTIVE:
        return replace(nothing, problem="sparse")
    x, y = stationary(first, season), stationary(second, season)
    short = min(len(x), len(y))
    x, y = x[len(x) - short :], y[len(y) - short :]
    if not x.std() or not y.std():
        return replace(nothing, problem="sparse")
    x, y = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    reach = min(max_lag if max_lag is not None else min(14, len(first) // 5), len(first) // 3)
    rng = np.random.default_rng(seed)
    products, valid = _products(x, y, reach)
    root = np.sqrt(valid.sum(axis=0))
    strength = products.sum(axis=0) / root
    best = int(np.abs(strength).argmax())
    count = _SURROGATES if len(x) <= _LONG else _FEWER
    p = _tail(np.abs(_phases(x, count, rng) @ _lagged(y, reach) / root).max(axis=1), abs(float(strength[best])))
    # Nobody is told a lag of what may be chance, so its interval need not be drawn.
    low, high = _lag_interval(products, valid, best, rng) if p <= _ALPHA else (np.nan, np.nan)
    correlation = float(np.clip(strength[best] / root[best], -1, 1))
    return Lag(float(best - reach), low - reach, high - reach, correlation, p, len(first))


def _tail(surrogates: _Floats, found: float) -> float:
    """Share of surrogates as strong as what was found; where they are too few to tell, the tail of Gumbel's distribution.

    Without it, p could not fall below one in some hundred, and nothing would be left after correcting for many pairs. The maximum of
    normal numbers approaches Gumbel's distribution from below, so the tail errs to the safe side.
    """
    above = int((surrogates >= found).sum())
    counted = (1 + above) / (len(surrogates) + 1)
    if above >= 10:
        return counted
    scale = float(surrogates.std()) * np.sqrt(6) / np.pi
    return float(min(counted, -np.expm1(-np.exp(-(found - surrogates.mean()) / scale - np.euler_gamma))))


def _active(values: _Floats) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int(len(values) - counts.max())


def stationary(values: _Floats, season: npt.NDArray[np.int64] | None = None) -> _Floats:
    """A series without trend, rhythm and inertia, as normal scores; some periods shorter than `values`, at its begin."""
    series = _detrended(_scores(_without_rhythm(_fenced(np.asarray(values, dtype=np.float64)), season)))
    if _autocorrelation(series) > _WANDERS:
        series = np.diff(series)
    return _scores(_whitened(series - series.mean()))


def _scores(series: _Floats) -> _Floats:
    """Normal scores: the ranks, as far apart as those of a normal sample."""
    scores: _Floats = norm.ppf(rankdata(series) / (len(series) + 1))
    return scores


def _fenced(series: _Floats) -> _Floats:
    """A series without what lies beyond Tukey's outer fences, which would bend the mean of its weekday."""
    low, high = np.quantile(series, [0.25, 0.75])
    width = 3 * (high - low)
    return np.clip(series, low - width, high + width) if width else series


def _without_rhythm(series: _Floats, season: npt.NDArray[np.int64] | None) -> _Floats:
    if season is None or len(series) < 6 * (int(season.max()) + 1):
        return series
    counts = np.bincount(season)
    means = np.bincount(season, weights=series) / np.maximum(counts, 1)
    result: _Floats = series - means[season]
    return result


def _detrended(series: _Floats) -> _Floats:
    time = np.linspace(-1, 1, len(series))
    slope, level = np.polyfit(time, series, 1)
    result: _Floats = series - slope * time - level
    return result


def _autocorrelation(series: _Floats) -> float:
    total = float(series @ series)
    return float(series[1:] @ series[:-1]) / total if total else 0.0


def _whitened(series: _Floats) -> _Floats:
    """Residuals of an autoregression, its order by Akaike's criterion corrected for short series."""
    n = len(series)
    most = max(1, min(8, n // 10))
    best, kept = np.inf, series[most:]
    for order in range(most + 1):
        target = series[most:]
        if order:
            past = np.column_stack([series[most - k : n - k] for k in range(1, order + 1)])
            weights, *_ = np.linalg.lstsq(past, target, rcond=None)
            target = target - past @ weights
        m = len(target)
        criterion = m * np.log(max(float(target @ target) / m, 1e-300)) + 2 * m * (order + 1) / max(m - order - 2, 1)
        if criterion < best:
            best, kept = criterion, target
    return kept


def _lagged(y: _Floats, reach: int) -> _Floats:
    """Column k holds y at t + k - reach, 0 beyond its ends; shape (n_periods, 2 * reach + 1)."""
    n = len(y)
    result = np.zeros((n, 2 * reach + 1))
    for column, lag in enumerate(range(-reach, reach + 1)):
        source = y[max(lag, 0) : n + min(lag, 0)]
        result[max(-lag, 0) : n - max(lag, 0), column] = source
    return result


def _products(x: _Floats, y: _Floats, reach: int) -> tuple[_Floats, _Floats]:
    """X at t times y at each lag of t, and whether there is one."""
    return x[:, None] * _lagged(y, reach), _lagged(np.ones(len(y)), reach)


def _phases(x: _Floats, count: int, rng: np.random.Generator) -> _Floats:
    """Series with the spectrum of `x` and random phases; shape (count, n_periods)."""
    spectrum = np.abs(np.fft.rfft(x))
    turned = spectrum * np.exp(2j * np.pi * rng.random((count, len(spectrum))))
    turned[:, 0] = 0
    drawn = np.fft.irfft(turned, n=len(x), axis=1)
    result: _Floats = drawn / drawn.std(axis=1, keepdims=True)
    return result


def _lag_interval(products: _Floats, valid: _Floats, best: int, rng: np.random.Generator) -> tuple[float, float]:
    """First and last lag whose correlation is not clearly below that of `best`."""
    n = len(products)
    block = max(2, round(n ** (1 / 3)))
    starts = rng.integers(0, n, size=(_DRAWS, -(-n // block)))
    rows = ((starts[:, :, None] + np.arange(block)) % n).reshape(_DRAWS, -1)[:, :n] + np.arange(_DRAWS)[:, None] * n
    counts = np.bincount(rows.ravel(), minlength=_DRAWS * n).reshape(_DRAWS, n).astype(np.float64)
    sign = np.sign(products[:, best].sum()) or 1.0
    drawn = counts @ (products * sign) / np.sqrt(np.maximum(counts @ valid, 1))
    possible = np.quantile(drawn - drawn[:, [best]], 1 - _ALPHA / 2, axis=0) >= 0
    possible[best] = True
    found = np.flatnonzero(possible)
    return float(found[0]), float(found[-1])
