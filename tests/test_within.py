"""Intervals within one group: right in known cases, independent of the other groups, honest about few units."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from narrativ.analyze.within import MIN_UNITS, Estimates, effective, estimates, run_codes


def _shares(
    cluster: npt.NDArray[np.int64],
    present: npt.NDArray[np.int64],
    group: npt.NDArray[np.int64] | None = None,
    **options: tuple[float, float],
) -> Estimates:
    group = np.zeros(len(present), dtype=int) if group is None else group
    ones = np.ones((len(present), 1))
    return estimates(cluster, group, present[:, None].astype(float), ones, groups=int(group.max()) + 1, **options)


def _covers(result: Estimates, truth: float) -> float:
    inside = (result.low <= truth + 1e-9) & (result.high >= truth - 1e-9)
    return float(inside[~np.isnan(result.low)].mean())


def test_values_are_plain_shares_inside_their_intervals() -> None:
    present = np.array([1, 0, 0, 1, 0, 0, 1, 0, 0, 0])
    result = _shares(np.arange(10), present)
    assert result.value[0, 0] == pytest.approx(0.3)
    assert 0 <= result.low[0, 0] < 0.3 < result.high[0, 0] <= 1
    assert result.units[0, 0] == pytest.approx(10)


def test_too_few_units_give_no_number() -> None:
    few = np.arange(MIN_UNITS - 1)
    result = _shares(few, few % 2)
    assert np.isnan([result.value, result.low, result.high]).all()
    enough = np.arange(MIN_UNITS)
    assert not np.isnan(_shares(enough, enough % 2).low).any()


def test_one_document_that_outweighs_the_rest_is_not_many() -> None:
    assert effective(np.array([[1.0], [1.0], [1.0], [1.0]]))[0] == pytest.approx(4)
    cluster = np.r_[np.zeros(500, dtype=int), np.arange(1, 21)]
    assert np.isnan(_shares(cluster, cluster % 2).value).all()


@pytest.mark.parametrize(("present", "bounds", "value", "low", "high"), [
    (0, (0.0, 1.0), 0.0, 0.0, 1 - 0.025 ** (1 / 20)),
    (1, (0.0, 1.0), 1.0, 0.025 ** (1 / 20), 1.0),
    (1, (-1.0, 1.0), 1.0, 1 - 2 * (1 - 0.025 ** (1 / 20)), 1.0),
    (0, (-1.0, 1.0), 0.0, -(1 - 0.025 ** (1 / 20)), 1 - 0.025 ** (1 / 20)),
])  # fmt: skip
def test_unanimity_is_not_certainty(
    present: int, bounds: tuple[float, float], value: float, low: float, high: float
) -> None:
    """A bootstrap of 20 equal documents has no spread; the exact bound of 20 equal observations has."""
    result = _shares(np.arange(20), np.full(20, present), bounds=bounds)
    assert (result.value[0, 0], result.low[0, 0], result.high[0, 0]) == pytest.approx((value, low, high))


def test_intervals_do_not_hang_on_other_groups() -> None:
    rng = np.random.default_rng(3)
    cluster, present = np.arange(40) // 4, (rng.random(40) < 0.4).astype(int)
    alone = _shares(cluster, present)
    group = np.r_[np.ones(40, dtype=int), np.zeros(60, dtype=int)]
    beside = _shares(np.r_[cluster, 50 + np.arange(60)], np.r_[present, np.ones(60, dtype=int)], group)
    assert (beside.low[1, 0], beside.high[1, 0]) == (alone.low[0, 0], alone.high[0, 0])


@pytest.mark.parametrize("documents", [6, 8, 30])
def test_few_documents_are_covered_as_often_as_many(documents: int) -> None:
    """Documents of about ten passages, correlation 0.15 within: plain percentiles cover 80 to 85 % with five documents."""
    rng = np.random.default_rng(5)
    groups, truth, within = 300, 0.3, 0.15
    group, cluster, present = [], [], []
    for g in range(groups):
        for d in range(documents):
            size = int(rng.integers(5, 16))
            chance = rng.beta(truth * (1 - within) / within, (1 - truth) * (1 - within) / within)
            group += [g] * size
            cluster += [g * documents + d] * size
            present += (rng.random(size) < chance).astype(int).tolist()
    assert _covers(_shares(np.array(cluster), np.array(present), np.array(group)), truth) > 0.9


def test_runs_cover_where_neighbours_resemble_each_other() -> None:
    """One document of 45 passages of which one often repeats its neighbour's frame: single passages would cover 83 %."""
    rng = np.random.default_rng(11)
    groups, size, truth = 300, 45, 0.4
    present = np.zeros((groups, size), dtype=int)
    present[:, 0] = rng.random(groups) < truth
    for place in range(1, size):
        again = rng.random(groups) < 0.4
        present[:, place] = np.where(again, present[:, place - 1], rng.random(groups) < truth)
    group = np.repeat(np.arange(groups), size)
    by_runs = _covers(_shares(run_codes(group, group), present.ravel(), group), truth)
    by_passages = _covers(_shares(np.arange(groups * size), present.ravel(), group), truth)
    assert by_runs > 0.9
    assert by_passages < 0.88


def test_runs_are_cut_inside_documents() -> None:
    document = np.array([0] * 7 + [1] * 2 + [2] * 18)
    codes = run_codes(document, np.zeros(27, dtype=int))
    sizes = np.bincount(codes).tolist()
    assert sizes == [3, 3, 1, 2, 3, 3, 3, 3, 3, 3]  # the cube root of 27 is 3
    assert all(len(set(document[codes == code])) == 1 for code in range(len(sizes)))


def test_no_rows_give_no_numbers() -> None:
    empty = np.array([], dtype=int)
    result = estimates(empty, empty, np.zeros((0, 2)), np.zeros((0, 2)), groups=3)
    assert result.value.shape == (3, 2)
    assert np.isnan(result.value).all()
    assert not result.units.any()
