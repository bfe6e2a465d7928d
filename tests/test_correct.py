"""Numbers corrected by a labelled sample cover the truth where naive ones do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from narrativ.analyze.compare import compare
from narrativ.analyze.correct import Sampled, corrected_ratio, corrected_share, square_and_add, wilson
from narrativ.analyze.resample import bootstrap_ratios, interval
from tests.tables import label_table


@dataclass(frozen=True)
class World:
    """Two groups of documents in which a frame is told, and a classifier that errs differently in each."""

    truth: tuple[float, float]
    finds: tuple[float, float]
    alarms: tuple[float, float]
    documents: int = 120
    passages: int = 8
    alike: float = 0.2
    """Intraclass correlation of passages of a document."""
    gold: int = 75
    """Labelled passages per group."""
    half_of_told: bool = False
    """Whether half of the sample is drawn from what the classifier finds."""


# The truth is equal or differs; the classifier is good in the one group and poor in the other.
WORLDS = {
    "usual": World((0.3, 0.3), (0.95, 0.55), (0.01, 0.3), documents=200),
    "a true difference hidden": World((0.5, 0.2), (0.7, 0.9), (0.02, 0.25), gold=150),
    "rare": World((0.03, 0.03), (0.8, 0.6), (0.005, 0.08)),
    "rare, sample of what is found": World((0.04, 0.04), (0.9, 0.8), (0.01, 0.1), half_of_told=True),
    "few long documents": World((0.3, 0.3), (0.95, 0.6), (0.01, 0.3), documents=30, passages=30, alike=0.1),
    "documents all of one kind": World((0.4, 0.4), (0.95, 0.5), (0.02, 0.2), documents=300, alike=0.5),
}


def _draw(world: World, group: int, rng: np.random.Generator) -> tuple[Sampled, np.ndarray, np.ndarray]:
    share, spread = world.truth[group], (1 - world.alike) / world.alike
    length = rng.poisson(world.passages - 1, world.documents) + 1
    cluster = np.repeat(np.arange(world.documents), length)
    truth = rng.random(len(cluster)) < rng.beta(share * spread, (1 - share) * spread, world.documents)[cluster]
    said = rng.random(len(cluster)) < np.where(truth, world.finds[group], world.alarms[group])
    parts = [np.flatnonzero(said), np.flatnonzero(~said)] if world.half_of_told else [np.arange(len(cluster))]
    numbers = [min(world.gold // 2, len(parts[0])), 0] if world.half_of_told else [world.gold]
    if world.half_of_told:
        numbers[1] = world.gold - numbers[0]
    gold = np.concatenate([rng.choice(part, n, replace=False) for part, n in zip(parts, numbers, strict=True)])
    probability = np.concatenate([np.full(n, n / max(len(part), 1)) for part, n in zip(parts, numbers, strict=True)])
    sampled = Sampled(np.ones(len(cluster)), cluster, said.astype(np.int64), gold, probability)
    return sampled, truth[gold].astype(float), said


@pytest.mark.parametrize("name", WORLDS)
def test_corrected_intervals_cover_where_naive_ones_fail(name: str) -> None:
    world = WORLDS[name]
    rng = np.random.default_rng(7)
    runs = 500
    covered, naive = np.zeros(3), np.zeros(3)
    for run in range(runs):
        results, shares = [], []
        for group in (0, 1):
            sampled, truth, said = _draw(world, group, rng)
            found = corrected_share(sampled, truth, np.array([0.05, 0.5]))
            results.append(found)
            covered[group] += found.low <= world.truth[group] <= found.high
            ones = np.ones((len(said), 1))
            if run < 100:  # it fails so plainly that fewer runs do
                ratios = bootstrap_ratios(
                    sampled.cluster,
                    np.zeros(len(said), dtype=int),
                    said[:, None].astype(float),
                    ones,
                    draws=200,
                    seed=run,
                )
                shares.append(ratios.draws[:, 0, 0])
                low, high = interval(ratios.draws)
                naive[group] += low[0, 0] <= world.truth[group] <= high[0, 0]
        gap = world.truth[0] - world.truth[1]
        _, low_gap, high_gap = square_and_add(results[0], results[1], 1.0)
        covered[2] += low_gap <= gap <= high_gap
        if run < 100:
            low, high = np.percentile(shares[0] - shares[1], [2.5, 97.5])
            naive[2] += low <= gap <= high
    assert (covered / runs >= 0.93).all(), covered / runs
    assert naive[1] / 100 < 0.5, naive
    assert naive[2] / 100 < 0.5, naive


def test_a_classifier_that_never_errs_costs_width_but_moves_nothing() -> None:
    world = World((0.3, 0.3), (1.0, 1.0), (0.0, 0.0))
    sampled, truth, said = _draw(world, 0, np.random.default_rng(1))
    found = corrected_share(sampled, truth, np.array([0.05, 0.5]))
    assert found.value == pytest.approx(said.mean())
    assert found.high - found.low > 0.02


def test_no_error_seen_is_not_no_error() -> None:
    """Fifty labelled passages without one that tells the frame leave room for 7 % that do (Wilson)."""
    sampled = Sampled(np.ones(1000), np.arange(1000), np.zeros(1000, dtype=np.int64), np.arange(50), np.full(50, 0.05))
    found = corrected_share(sampled, np.zeros(50), np.zeros(2))
    assert found.value == 0
    assert found.high == pytest.approx(0.0713 * np.sqrt(0.95), abs=1e-3)


def test_a_sample_of_everything_leaves_only_the_stories() -> None:
    rng = np.random.default_rng(2)
    truth = (rng.random(400) < 0.3).astype(float)
    sampled = Sampled(np.ones(400), np.arange(400) // 4, rng.integers(0, 2, 400), np.arange(400), np.ones(400))
    found = corrected_share(sampled, truth, np.zeros(2))
    assert found.value == pytest.approx(truth.mean())
    error = np.sqrt((np.bincount(np.arange(400) // 4, truth - truth.mean()) ** 2).sum()) / 400
    assert (found.high - found.low) / 2 == pytest.approx(1.98 * error, rel=0.05)


def test_with_equal_probabilities_it_is_the_difference_estimator_within_cells() -> None:
    rng = np.random.default_rng(3)
    sampled, truth, said = _draw(WORLDS["usual"], 1, rng)
    found = corrected_share(sampled, truth, np.zeros(2))
    labelled = said[sampled.gold]
    expected = sum((said == value).mean() * truth[labelled == value].mean() for value in (False, True))
    assert found.value == pytest.approx(expected)


def test_unequal_probabilities_are_undone() -> None:
    """Passages that tell the frame are drawn ten times as often, whatever the classifier says."""
    rng = np.random.default_rng(4)
    values = []
    for _ in range(300):
        truth = rng.random(2000) < 0.2
        probability = np.where(truth, 0.2, 0.02)
        gold = np.flatnonzero(rng.random(2000) < probability)
        sampled = Sampled(np.ones(2000), np.arange(2000), np.zeros(2000, dtype=np.int64), gold, probability[gold])
        values.append(corrected_share(sampled, truth[gold].astype(float), np.zeros(1)).value)
    assert np.mean(values) == pytest.approx(0.2, abs=0.01)


def test_a_cell_that_nobody_labelled_is_open() -> None:
    cell = np.zeros(1000, dtype=np.int64)
    cell[:100] = 1
    sampled = Sampled(np.ones(1000), np.arange(1000), cell, np.arange(500, 560), np.full(60, 0.06))
    found = corrected_share(sampled, np.zeros(60), np.array([0.0, 0.5]))
    assert found.value == pytest.approx(0.05)
    assert found.high > 0.1
    assert found.low == 0


def test_nine_labelled_passages_are_not_enough() -> None:
    sampled = Sampled(np.ones(100), np.arange(100), np.zeros(100, dtype=np.int64), np.arange(9), np.full(9, 0.09))
    assert np.isnan(corrected_share(sampled, np.zeros(9), np.zeros(1)).value)


def test_wilson_as_published() -> None:
    """Newcombe (1998), table I: 81 of 263, and 0 of 20."""
    low, high = wilson(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]))
    np.testing.assert_allclose(low, [0.2553, 0.0], atol=1e-4)
    np.testing.assert_allclose(high, [0.3662, 0.1611], atol=1e-4)


def test_square_and_add_as_published() -> None:
    """Newcombe (1998), method 10: 56 of 70 less 48 of 80 is 0.2, 0.0524 to 0.3339."""
    from narrativ.analyze.correct import Corrected

    sides = []
    for hits, n in ((56, 70), (48, 80)):
        low, high = wilson(np.array([hits / n]), np.array([float(n)]))
        sides.append(Corrected(hits / n, float(low[0]), float(high[0]), n))
    np.testing.assert_allclose(square_and_add(sides[0], sides[1], 1.0), [0.2, 0.0524, 0.3339], atol=1e-4)


def test_corrected_net_stance_covers() -> None:
    """A classifier that calls half of all blame neutral makes a source look kinder than it is."""
    rng = np.random.default_rng(8)
    runs, covered, naive = 400, 0, 0
    for _ in range(runs):
        cluster = np.repeat(np.arange(150), 6)
        leaning = rng.normal(size=150)[cluster]
        truth = np.select([leaning + rng.normal(size=900) < -0.6, leaning + rng.normal(size=900) > 1.2], [-1, 1], 0)
        about = rng.random(900) < 0.6
        said = np.where((truth == -1) & (rng.random(900) < 0.5), 0, truth)
        cell = np.where(about, said + 2, 0)
        gold = rng.choice(900, 150, replace=False)
        sampled = Sampled(np.ones(900), cluster, cell, gold, np.full(150, 150 / 900))
        found = corrected_ratio(
            sampled, (truth * about)[gold].astype(float), about[gold].astype(float), (np.zeros(4), np.ones(4)), -1.0
        )
        covered += found.low <= _NET <= found.high
        naive += abs(said[about].mean() - _NET) < 0.1
    assert covered / runs >= 0.93
    assert naive / runs < 0.5


def _net() -> float:
    from scipy.stats import norm

    below = norm.cdf(-0.6 / np.sqrt(2))
    # The first condition wins where both hold; both draws of noise are independent of each other.
    leaning = np.linspace(-8, 8, 20001)
    weight = norm.pdf(leaning) / norm.pdf(leaning).sum()
    above = ((1 - norm.cdf(-0.6 - leaning)) * norm.sf(1.2 - leaning) * weight).sum()
    return float(above - below)


_NET = _net()


def _table_and_gold(n: int = 60) -> tuple[object, list[dict[str, object]]]:
    """Group A is labelled rightly; in group B the engine takes a quarter of all passages for telling it, wrongly."""
    rng = np.random.default_rng(9)
    rows, gold = [], []
    for source in "AB":
        for number in range(400):
            truth = rng.random() < 0.2
            said = truth or (source == "B" and rng.random() < 0.3)
            script = "Hans" if number % 2 else "Latn"
            rows.append(
                {"doc_id": f"{source}{number}", "source": source, "script": script, "frames": ["shock"] if said else []}
            )
            if number < n:
                gold.append(
                    {
                        "doc_id": f"{source}{number}",
                        "passage": 0,
                        "frame_shock": int(truth),
                        "frame_plot": 0,
                        "probability": n / 400,
                    }
                )
    return label_table(rows), gold


def test_corrected_numbers_stand_beside_naive_ones_and_differing_errors_are_a_warning() -> None:
    table, gold = _table_and_gold()
    result = compare(table, gold=gold, draws=200, permutations=99)  # type: ignore[arg-type]
    assert result.correction is not None
    shares = result.correction.shares
    row = shares[(shares["group"] == "B") & (shares["language"] == "all") & (shares["key"] == "shock")].to_dict(
        "records"
    )[0]
    assert row["naive"] > 0.35
    assert row["low"] < 0.2 < row["high"] < 0.36
    assert row["gold"] == 60
    assert set(shares["language"]) == {"all", "zh", "en"}
    errors = result.correction.errors
    assert errors[errors["key"] == "shock"]["p_adjusted"].max() < 0.05
    assert any("errs differently between groups on shock" in note for note in result.notes)
    for language, words in (("en", "errs differently"), ("zh-Hans", "分类器在各组"), ("zh-Hant", "分類器在各組")):
        assert words in result.describe(language)
    gap = result.correction.differences
    gap = gap[(gap["language"] == "all") & (gap["key"] == "shock")]
    assert (gap["low"] < 0).all()
    assert (gap["high"] > 0).all()


def test_equal_errors_are_no_warning() -> None:
    table, gold = _table_and_gold()
    for row in gold:
        row["frame_shock"] = 0
    result = compare(
        table,
        gold=[row | {"frame_shock": 0, "frame_plot": 0} for row in gold],
        frames=["plot"],
        draws=50,
        permutations=19,
    )  # type: ignore[arg-type]
    assert not any("errs differently" in note for note in result.notes)


def test_a_group_without_labelled_passages_has_no_corrected_number() -> None:
    table, gold = _table_and_gold()
    result = compare(table, gold=[row for row in gold if str(row["doc_id"]).startswith("A")], draws=50, permutations=19)  # type: ignore[arg-type]
    assert result.correction is not None
    shares = result.correction.shares
    assert set(shares[shares["group"] == "B"]["status"]) == {"not enough"}
    assert set(result.correction.differences["status"]) == {"not enough"}
