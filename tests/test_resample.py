"""The bootstrap behind every interval: right in known cases, and honest about clusters."""

from __future__ import annotations

import numpy as np

from narrativ.analyze.resample import block_sums, bootstrap_ratios, interval


def _share(cluster: np.ndarray, group: np.ndarray, present: np.ndarray, **options: int):  # type: ignore[no-untyped-def]
    return bootstrap_ratios(cluster, group, present[:, None].astype(float), np.ones((len(present), 1)), **options)


def test_values_are_plain_shares() -> None:
    ratios = _share(np.arange(6), np.array([0, 0, 0, 1, 1, 1]), np.array([1, 1, 0, 0, 0, 1]))
    np.testing.assert_allclose(ratios.value[:, 0], [2 / 3, 1 / 3])
    assert ratios.clusters[:, 0].tolist() == [3, 3]


def test_a_group_without_rows_has_no_number() -> None:
    ratios = _share(np.arange(3), np.zeros(3, dtype=int), np.ones(3), groups=2)
    assert np.isnan(ratios.value[1, 0])
    assert np.isnan(interval(ratios.draws)[0][1, 0])


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """Clusters of five equal passages: drawn by cluster, 95 % intervals cover; drawn by passage they are far too narrow."""
    rng = np.random.default_rng(1)
    covered = narrow = 0
    runs = 300
    for run in range(runs):
        present = np.repeat(rng.random(80) < 0.3, 5)
        group = np.zeros(400, dtype=int)
        low, high = interval(_share(np.repeat(np.arange(80), 5), group, present, draws=400, seed=run).draws)
        covered += bool(low[0, 0] <= 0.3 <= high[0, 0])
        low, high = interval(_share(np.arange(400), group, present, draws=400, seed=run).draws)
        narrow += bool(low[0, 0] <= 0.3 <= high[0, 0])
    assert covered / runs > 0.91
    assert narrow / runs < 0.75


def test_the_same_seed_gives_the_same_draws() -> None:
    cluster, group, present = np.arange(50), np.arange(50) % 3, np.arange(50) % 2
    np.testing.assert_array_equal(_share(cluster, group, present).draws, _share(cluster, group, present).draws)


def test_few_clusters_ask_for_wider_intervals_and_many_for_plain_ones() -> None:
    draws = np.random.default_rng(3).normal(size=(4000, 2))
    plain = interval(draws)
    wide = interval(draws, clusters=[8, 1_000_000])
    assert wide[0][0] < plain[0][0]
    assert wide[1][0] > plain[1][0]
    np.testing.assert_allclose([wide[0][1], wide[1][1]], [plain[0][1], plain[1][1]], atol=1e-3)


def test_expanded_intervals_of_ten_clusters_cover_better_than_plain_ones() -> None:
    rng = np.random.default_rng(5)
    runs, plain, wide = 400, 0, 0
    for run in range(runs):
        present = np.repeat(rng.beta(2, 2, 10), 6) > rng.random(60)
        ratios = _share(np.repeat(np.arange(10), 6), np.zeros(60, dtype=int), present, draws=400, seed=run)
        low, high = interval(ratios.draws)
        plain += bool(low[0, 0] <= 0.5 <= high[0, 0])
        low, high = interval(ratios.draws, clusters=ratios.clusters)
        wide += bool(low[0, 0] <= 0.5 <= high[0, 0])
    assert wide / runs >= 0.92
    assert wide > plain


def test_missing_draws_do_not_count() -> None:
    draws = np.concatenate([np.full(40, np.nan), np.linspace(0, 1, 60)])[:, None]
    for bounds in (interval(draws), interval(draws, clusters=[1e9])):
        np.testing.assert_allclose([bounds[0][0], bounds[1][0]], [0.025, 0.975], atol=1e-6)


def test_sums_of_draws_give_their_ratios() -> None:
    ratios = _share(np.arange(50) // 2, np.arange(50) % 3, np.arange(50) % 2)
    np.testing.assert_allclose(ratios.above / ratios.below, ratios.draws)


def test_rows_that_share_both_codes_are_summed() -> None:
    first, second, sums = block_sums(
        np.array([2, 0, 2, 2]), np.array([1, 0, 1, 0]), np.array([[1.0], [2.0], [4.0], [8.0]])
    )
    assert list(zip(second.tolist(), first.tolist(), sums[:, 0].tolist(), strict=True)) == [
        (0, 0, 2),
        (0, 2, 8),
        (1, 2, 5),
    ]
