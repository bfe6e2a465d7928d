"""Lags: found where there is one, with an interval that holds it, and not found where there is none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from narrativ.analyze.lags import MIN_PERIODS, find_lag

Series = npt.NDArray[np.float64]


def inert(n: int, phi: float, rng: np.random.Generator) -> Series:
    """A series that keeps `phi` of its last value."""
    noise = rng.normal(size=n + 100)
    values = np.zeros(n + 100)
    for at in range(1, n + 100):
        values[at] = phi * values[at - 1] + noise[at]
    return values[100:]


def counts(values: Series, rng: np.random.Generator) -> Series:
    """Counts about 3 whose rate follows `values`, as logarithms."""
    return np.log1p(rng.poisson(np.exp(1.1 + 0.5 * values / values.std())))


def followed(n: int, lag: int, phi: float, rng: np.random.Generator, strength: float = 1.0) -> tuple[Series, Series]:
    """A series and one that follows it after `lag` periods, with noise."""
    both = inert(n + 20, phi, rng)
    x = both[10 : 10 + n]
    return x, strength * both[10 - lag : 10 - lag + n] + 0.7 * x.std() * rng.normal(size=n)


@pytest.mark.parametrize(("lag", "phi"), [(0, 0.0), (3, 0.0), (3, 0.6), (-2, 0.6)])
def test_a_known_lag_is_recovered(lag: int, phi: float) -> None:
    rng = np.random.default_rng(1)
    found = [find_lag(*followed(60, lag, phi, rng), seed=run) for run in range(40)]
    assert np.mean([item.p <= 0.05 for item in found]) > 0.9
    assert np.mean([item.lag == lag for item in found]) > 0.9


@pytest.mark.parametrize(("lag", "phi", "strength"), [(3, 0.0, 0.5), (3, 0.6, 0.5), (-1, 0.6, 1.0), (2, 0.9, 1.0)])
def test_the_interval_holds_the_lag_in_nine_cases_of_ten_or_more(lag: int, phi: float, strength: float) -> None:
    rng = np.random.default_rng(2)
    given = [
        item for run in range(120) if (item := find_lag(*followed(60, lag, phi, rng, strength), seed=run)).p <= 0.05
    ]
    assert len(given) > 40
    assert np.mean([item.low <= lag <= item.high for item in given]) >= 0.9


@pytest.mark.parametrize("phi", [0.0, 0.6, 0.95, 1.0])
@pytest.mark.parametrize("as_counts", [False, True])
def test_independent_series_with_inertia_are_seldom_related(phi: float, as_counts: bool) -> None:
    """At most 7 in 100 by design; 250 runs may by chance show 4 more."""
    rng = np.random.default_rng(3)
    runs, shown = 250, 0
    for run in range(runs):
        x, y = inert(40, phi, rng), inert(40, phi, rng)
        if as_counts:
            x, y = counts(x, rng), counts(y, rng)
        shown += find_lag(x, y, seed=run).p <= 0.05
    assert shown / runs <= 0.07 + 0.04


def test_swapping_the_series_turns_the_lag() -> None:
    x, y = followed(90, 3, 0.3, np.random.default_rng(4))
    there, back = find_lag(x, y), find_lag(y, x)
    assert there.lag == -back.lag == 3
    assert there.correlation == pytest.approx(back.correlation)


def test_opposite_movement_is_a_relation_of_negative_sign() -> None:
    x, y = followed(90, 2, 0.0, np.random.default_rng(5))
    found = find_lag(x, -y)
    assert found.lag == 2
    assert found.correlation < -0.4


def test_a_shared_weekly_rhythm_is_no_relation() -> None:
    rng = np.random.default_rng(6)
    week = np.arange(84) % 7
    shown = 0
    for run in range(60):
        x, y = ((week < 5) * 2.0 + 0.5 * rng.normal(size=84) for _ in range(2))
        shown += find_lag(x, y, season=week, seed=run).p <= 0.05
    assert shown <= 9


def test_one_huge_day_in_both_is_no_proof() -> None:
    rng = np.random.default_rng(7)
    shown = 0
    for run in range(60):
        x, y = rng.normal(size=60), rng.normal(size=60)
        x[30] += 1000
        y[33] += 1000
        shown += find_lag(x, y, seed=run).p <= 0.05
    assert shown <= 9


def test_short_and_empty_series_give_no_number() -> None:
    rng = np.random.default_rng(8)
    x, y = followed(MIN_PERIODS - 1, 1, 0.0, rng)
    found = find_lag(x, y)
    assert found.problem == "short"
    assert np.isnan(found.lag)
    for quiet in (np.zeros(90), np.eye(1, 90, 40)[0]):
        found = find_lag(quiet, rng.normal(size=90))
        assert found.problem == "sparse"
        assert np.isnan(found.lag)


def test_no_interval_is_drawn_for_what_may_be_chance() -> None:
    rng = np.random.default_rng(9)
    found = next(
        item for run in range(20) if (item := find_lag(rng.normal(size=60), rng.normal(size=60), seed=run)).p > 0.2
    )
    assert np.isnan(found.low)
    assert np.isnan(found.high)


def test_a_strong_relation_survives_correction_for_many_pairs() -> None:
    x, y = followed(200, 2, 0.0, np.random.default_rng(10))
    assert find_lag(x, y).p < 1e-4
