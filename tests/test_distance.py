"""Distances of mixes of frames, beside what chance alone gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon

from narrativ.analyze import distance
from narrativ.analyze.distance import Distances, distances
from narrativ.analyze.measures import measure_units
from tests.tables import label_table

FRAMES = ("shock", "plot", "pride")


def _table(mixes: dict[str, tuple[float, float, float]], *, documents: int = 40, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        {"doc_id": f"{source}{number}", "source": source, "frames": [FRAMES[rng.choice(3, p=mix)]]}
        for source, mix in mixes.items()
        for number in range(documents)
        for _ in range(3)
    ]
    return label_table(rows, frames=FRAMES)


def _distances(table: pd.DataFrame, **options: int) -> Distances:
    return distances(measure_units(table), **{"min_n": 10, "seed": 1, **options})


def test_it_is_scipys_distance_and_frames_add_up_to_it() -> None:
    found = _distances(_table({"A": (0.6, 0.3, 0.1), "B": (0.2, 0.3, 0.5)}))
    parts = found.drivers
    assert found.pairs["distance"][0] == pytest.approx(jensenshannon(parts["mix"], parts["other_mix"], base=2))
    assert parts["part"].sum() == pytest.approx(1)
    assert parts["mix"].sum() == pytest.approx(1)
    assert set(parts.nlargest(2, "part")["key"]) == {"shock", "pride"}


def test_samples_of_one_source_are_apart_but_not_beyond_chance() -> None:
    """The bias that a bare distance hides: with the same mix it is never 0."""
    beyond = 0
    for seed in range(40):
        found = _distances(_table({"A": (0.5, 0.3, 0.2), "B": (0.5, 0.3, 0.2)}, documents=12, seed=seed)).pairs
        assert found["distance"][0] > 0
        beyond += bool(found["p"][0] <= 0.05)
    assert beyond <= 6


def test_different_sources_are_beyond_chance() -> None:
    pair = _distances(_table({"A": (0.7, 0.2, 0.1), "B": (0.1, 0.2, 0.7)})).pairs.iloc[0]
    assert pair["distance"] > pair["chance_high"] > pair["chance"] > 0
    assert pair["p_adjusted"] < 0.01


@pytest.mark.parametrize(("one", "other", "expected"), [((1, 0, 0), (0, 1, 0), 1.0), ((1, 0, 0), (1, 0, 0), 0.0)])
def test_from_nothing_in_common_to_all(one: tuple[int, int, int], other: tuple[int, int, int], expected: float) -> None:
    assert _distances(_table({"A": one, "B": other})).pairs["distance"][0] == pytest.approx(expected)


def test_like_sources_stand_together() -> None:
    like, unlike = (0.7, 0.2, 0.1), (0.1, 0.2, 0.7)
    order = _distances(_table({"A": like, "B": unlike, "C": like, "D": unlike})).order
    cluster = dict(zip(order["group"], order["cluster"], strict=True))
    assert cluster["A"] == cluster["C"] != cluster["B"] == cluster["D"]
    place = dict(zip(order["group"], order["place"], strict=True))
    assert abs(place["A"] - place["C"]) == abs(place["B"] - place["D"]) == 1


def test_where_nothing_exceeds_chance_all_are_one_cluster() -> None:
    order = _distances(_table(dict.fromkeys("ABC", (0.4, 0.3, 0.3)))).order
    assert order["cluster"].tolist() == [1, 1, 1]


def test_sources_that_tell_too_little_are_left_out_and_that_is_said() -> None:
    table = pd.concat([_table({"A": (0.5, 0.3, 0.2), "B": (0.5, 0.3, 0.2)}), _table({"C": (1, 0, 0)}, documents=9)])
    found = _distances(table)
    assert set(found.order["group"]) == {"A", "B"}
    assert "1 of 3 groups tell frames in fewer than 10 documents" in found.note


def test_drawing_kinds_of_documents_is_shuffling_documents() -> None:
    """Few kinds of documents are drawn by their numbers, many one by one: chance is the same."""
    rng = np.random.default_rng(3)
    blocks = np.eye(3)[rng.choice(3, size=60, p=(0.5, 0.3, 0.2))]
    by_kind = distance._chance(blocks, 20, 4000, np.random.default_rng(1))
    one_by_one = distance._chance(blocks + rng.random((60, 3)) * 1e-9, 20, 4000, np.random.default_rng(2))
    assert by_kind.mean() == pytest.approx(one_by_one.mean(), abs=0.005)
    assert by_kind.std() == pytest.approx(one_by_one.std(), abs=0.005)


def test_very_many_sources_are_cut_to_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distance, "MOST_GROUPS", 3)
    table = pd.concat([_table({name: (0.4, 0.3, 0.3)}, documents=10 + k) for k, name in enumerate("ABCDE")])
    found = _distances(table)
    assert set(found.order["group"]) == {"C", "D", "E"}
    assert "the 3 groups" in found.note
