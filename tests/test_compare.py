"""Groups are compared by what is known, with the doubt that belongs to it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from narrativ.analyze.compare import Comparison, compare
from narrativ.analyze.estimate import adjusted
from narrativ.analyze.permute import permutation_p
from narrativ.errors import OptionError
from tests.tables import label_table, random_table


def _of(table: pd.DataFrame, **wanted: object) -> dict[str, object]:
    for name, value in wanted.items():
        table = table[table[name] == value]
    assert len(table) == 1, table
    return table.to_dict("records")[0]


def _quick(table: pd.DataFrame, **options: object) -> Comparison:
    return compare(table, **{"draws": 300, "permutations": 199, **options})  # type: ignore[arg-type]


def test_shares_are_what_they_are_and_stand_inside_their_intervals() -> None:
    table = random_table({"A": 0.5, "B": 0.2})
    result = _quick(table)
    for source in "AB":
        mine = table[table["source"] == source]
        row = _of(result.shares, group=source, kind="frame", key="shock")
        assert row["value"] == pytest.approx(np.mean([("shock" in frames) for frames in mine["frames"]]))
        assert row["low"] < row["value"] < row["high"]
        assert (row["n"], row["clusters"]) == (160, 40)


def test_a_real_difference_is_found_and_none_is_not() -> None:
    result = _quick(random_table({"A": 0.6, "B": 0.2}), permutations=999)
    row = _of(result.differences, key="shock")
    assert row["p_adjusted"] < 0.01
    assert row["low"] > 0.15
    assert row["cohen_h"] > 0.5
    assert row["odds_ratio"] > 2
    assert _of(result.differences, key="plot")["p_adjusted"] > 0.05


def test_swapping_two_groups_negates_the_difference() -> None:
    table = random_table({"A": 0.5, "B": 0.3, "C": 0.2})
    one = _of(_quick(table, baseline="B").differences, group="A", key="shock")
    other = _of(_quick(table, baseline="A").differences, group="B", key="shock")
    assert one["difference"] == pytest.approx(-other["difference"])  # type: ignore[operator]
    assert one["low"] == pytest.approx(-other["high"])  # type: ignore[operator]
    assert one["cohen_h"] == pytest.approx(-other["cohen_h"])  # type: ignore[operator]
    assert one["odds_ratio"] == pytest.approx(1 / other["odds_ratio"])  # type: ignore[operator]


def test_the_order_of_rows_changes_no_share_and_no_distance() -> None:
    table = random_table({"A": 0.5, "B": 0.2, "C": 0.3})
    one, other = _quick(table), _quick(table.sample(frac=1, random_state=4))
    names = ["group", "kind", "key", "category"]
    columns = [*names, "value", "n", "clusters"]
    pd.testing.assert_frame_equal(
        one.shares[columns].sort_values(names, ignore_index=True),
        other.shares[columns].sort_values(names, ignore_index=True),
    )
    assert sorted(one.distances.pairs["distance"].round(12)) == sorted(other.distances.pairs["distance"].round(12))


def test_a_further_source_moves_no_other_source() -> None:
    table = random_table({"A": 0.5, "B": 0.2})
    more = pd.concat([table, random_table({"C": 0.9}, seed=5)])
    for source in "AB":
        one = _of(_quick(table).shares, group=source, kind="frame", key="shock")
        other = _of(_quick(more).shares, group=source, kind="frame", key="shock")
        assert (one["value"], one["n"], one["clusters"]) == (other["value"], other["n"], other["clusters"])


def test_copies_of_a_story_make_nothing_surer() -> None:
    table = random_table({"A": 0.5, "B": 0.5}, documents=20)
    copies = pd.concat([table.assign(doc_id=table["doc_id"] + f"-copy{k}") for k in range(8)], ignore_index=True)
    copies["story"] = copies["doc_id"].str.replace(r"-copy\d", "", regex=True)
    width = {
        name: (lambda row: row["high"] - row["low"])(_of(_quick(data).shares, group="A", kind="frame", key="shock"))
        for name, data in (("once", table), ("stories", copies), ("documents", copies.drop(columns="story")))
    }
    assert width["stories"] == pytest.approx(width["once"], rel=0.15)
    assert width["documents"] < 0.5 * width["once"]
    p = [_of(_quick(data).differences, key="shock")["p"] for data in (table, copies)]
    assert p[0] == pytest.approx(p[1], abs=0.1)  # type: ignore[operator]


def test_a_story_missing_in_a_row_is_its_document() -> None:
    table = random_table({"A": 0.5, "B": 0.5}, documents=12)
    table["story"] = None
    assert _of(_quick(table).shares, group="A", kind="frame", key="shock")["clusters"] == 12


def test_too_few_documents_give_no_number() -> None:
    table = pd.concat([random_table({"A": 0.5, "B": 0.2}), random_table({"C": 0.5}, documents=9)])
    result = _quick(table)
    row = _of(result.shares, group="C", kind="frame", key="shock")
    assert row["status"] == "not enough"
    assert np.isnan(row["value"])  # type: ignore[arg-type]
    assert (row["n"], row["clusters"]) == (36, 9)
    mine = result.differences[(result.differences["group"] == "C") | (result.differences["baseline"] == "C")]
    assert len(mine)
    assert mine[["value", "difference", "p", "p_adjusted"]].isna().all(axis=None)
    assert "C" in result.describe()
    assert "Not enough" in result.describe()


def test_one_document_that_outweighs_ten_others_is_not_eleven_documents() -> None:
    rows = [{"doc_id": "long", "frames": ["shock"]}] * 200 + [{"doc_id": f"d{k}"} for k in range(10)]
    table = pd.concat([label_table(rows), random_table({"B": 0.2})])
    row = _of(_quick(table).shares, group="A", kind="frame", key="shock")
    assert (row["status"], row["clusters"], row["effective"]) == ("not enough", 11, 1.1)


@pytest.mark.parametrize(("told", "value"), [([], 0.0), (["shock"], 1.0)])
def test_none_of_twelve_is_not_none_of_all(told: list[str], value: float) -> None:
    rows = [{"doc_id": f"a{k}", "source": "A", "frames": told} for k in range(12)]
    result = _quick(pd.concat([label_table(rows), random_table({"B": 0.4}, documents=30)]))
    row = _of(result.shares, group="A", kind="frame", key="shock")
    assert row["value"] == value
    # Clopper and Pearson's bound for 0 of 12 is 0.265.
    assert row["high"] - row["low"] == pytest.approx(0.265, abs=0.001)  # type: ignore[operator]
    difference = _of(result.differences, key="shock")
    assert difference["high"] - difference["low"] > 0.26  # type: ignore[operator]


def test_a_frame_told_by_four_documents_is_not_tested() -> None:
    rows = [
        {"doc_id": f"{s}{k}", "source": s, "frames": ["shock"] if s == "A" and k < 4 else []}
        for s in "AB"
        for k in range(30)
    ]
    result = _quick(label_table(rows))
    assert np.isnan(_of(result.differences, key="shock")["p"])  # type: ignore[arg-type]
    assert np.isfinite(_of(result.differences, key="shock")["difference"])  # type: ignore[arg-type]
    assert result.facts["tests"] == {}
    assert "not enough to test" in result.describe()


@pytest.mark.parametrize("short", [1, 9], ids=["posts against articles", "articles against articles"])
def test_permutation_of_documents_keeps_its_level(short: int) -> None:
    """Of tests without a difference 5 % may reject, also where one group's documents are longer; by passage far more do."""
    rng = np.random.default_rng(2)
    runs, rejected, naive = 200, 0, 0
    for run in range(runs):
        length = np.concatenate([rng.poisson(8, 30) + 1, rng.poisson(short - 1, 30) + 1])
        cluster = np.repeat(np.arange(60), length)
        group = (cluster >= 30).astype(int)
        told = (rng.random(len(cluster)) < rng.beta(0.4, 1.6, 60)[cluster]).astype(float)[:, None]
        ones = np.ones_like(told)
        rejected += permutation_p(cluster, group, told, ones, [(0, 1)], permutations=99, seed=run)[0, 0] <= 0.05
        passage = np.arange(len(cluster))
        naive += permutation_p(passage, group, told, ones, [(0, 1)], permutations=99, seed=run)[0, 0] <= 0.05
    assert rejected / runs < 0.1
    if short > 1:
        assert naive / runs > 0.25


def test_a_small_source_without_a_rare_frame_is_no_finding() -> None:
    """Six documents that never tell what one document in eight tells: that happens half of the time."""
    rows = [{"doc_id": f"a{k}", "source": "A"} for k in range(6) for _ in range(4 + k % 2)]
    told = ["shock"]
    rows += [
        {"doc_id": f"b{k}", "source": "B", "frames": told if k % 8 == 0 else []}
        for k in range(70)
        for _ in range(2 + k % 4)
    ]
    row = _of(_quick(label_table(rows), min_n=5).differences, key="shock")
    assert row["p"] > 0.15  # type: ignore[operator]


def test_two_groups_and_the_rest_are_one_test() -> None:
    table = random_table({"A": 0.5, "B": 0.3})
    cluster, group = pd.factorize(table["doc_id"])[0], pd.factorize(table["source"])[0]
    told = np.array([[float("shock" in frames)] for frames in table["frames"]])
    pair, rest = (
        permutation_p(cluster, group, told, np.ones_like(told), [(0, other)], permutations=199) for other in (1, -1)
    )
    assert pair[0, 0] == pytest.approx(rest[0, 0], abs=0.05)


def test_benjamini_hochberg_as_published() -> None:
    """The fifteen p-values of their example (1995, section 3.3), at 0.05: four hypotheses are rejected."""
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0,
        ]
    )
    assert (adjusted(p) < 0.05).sum() == 4
    mixed = adjusted(np.concatenate([p, [np.nan]]))
    assert np.isnan(mixed[-1])
    np.testing.assert_allclose(mixed[:-1], adjusted(p))


def test_adjusting_is_by_kind_of_measure() -> None:
    result = _quick(random_table({"A": 0.5, "B": 0.4}, holder="author", stance={"lab": "favor"}))
    for _, part in result.differences.groupby("kind"):
        np.testing.assert_allclose(part["p_adjusted"], adjusted(part["p"].to_numpy()))


def test_net_stance_positions_and_voices() -> None:
    rows = []
    for k in range(12):
        rows += [
            {"doc_id": f"a{k}", "stance": {"lab": "favor"}, "frames": ["shock"], "positions": {"shock": "rejects"}, "holder": "author"},
            {"doc_id": f"a{k}", "stance": {"lab": "against"}, "frames": ["shock"], "positions": {"shock": "reports"}, "holder": "Wei"},
            {"doc_id": f"a{k}", "stance": {"lab": "favor"}, "holder": "others"},
            {"doc_id": f"a{k}", "stance": {}, "holder": "author"},
        ]  # fmt: skip
    shares = _quick(label_table(rows)).shares
    assert _of(shares, kind="stance", key="lab")["value"] == pytest.approx(1 / 3)
    assert _of(shares, kind="stance", key="lab")["n"] == 36
    assert _of(shares, kind="position", key="shock", category="rejects")["value"] == 0.5
    assert {row["category"]: row["value"] for row in shares[shares["kind"] == "voice"].to_dict("records")} == {
        "author": 0.5, "named": 0.25, "others": 0.25,
    }  # fmt: skip
    assert _of(shares, kind="no_frame")["value"] == 0.5


def test_what_the_table_does_not_hold_is_said_and_not_zero() -> None:
    result = _quick(random_table({"A": 0.5, "B": 0.5}))
    assert set(result.shares["kind"]) == {"frame", "no_frame"}
    assert any("no stances" in note and "no holders" in note for note in result.notes)


def test_weights_count_readers_and_words() -> None:
    rows = []
    for k in range(12):
        rows += [
            {"doc_id": f"a{k}", "frames": ["shock"], "reach": 300, "text": "六个汉字在此"},
            {"doc_id": f"b{k}", "reach": 100, "text": "十二个汉字在此十二个汉字"},
            {"doc_id": f"c{k}", "frames": ["shock"], "reach": None, "text": ""},
        ]
    table = label_table(rows)
    assert _of(_quick(table, weight="reach").shares, kind="frame", key="shock")["value"] == 0.75
    assert any("12 labelled passages left out: no reach" in note for note in _quick(table, weight="reach").notes)
    assert _of(_quick(table, weight="length").shares, kind="frame", key="shock")["value"] == pytest.approx(1 / 3)


def test_whole_documents_tell_what_any_of_their_passages_tells() -> None:
    rows = [
        {
            "doc_id": f"a{k // 3}",
            "frames": ["shock"] if k % 6 == 0 else [],
            "stance": {"lab": ["favor", "neutral", "against"][k % 2]},
        }
        for k in range(72)
    ]
    row = _of(_quick(label_table(rows), unit="document").shares, kind="frame", key="shock")
    assert (row["value"], row["n"]) == (0.5, 24)
    assert _of(_quick(label_table(rows), unit="document").shares, kind="no_frame")["value"] == 0.5


@pytest.mark.parametrize(
    ("by", "groups"),
    [("source", {"A", "B"}), ("language", {"zh", "en"}), ("script", {"Hans", "Latn"}), ("day", {"2025-01-27", "2025-01-28"}),
     ("desk", {"x", "1"}), ("document", {f"d{k}" for k in range(4)})],
)  # fmt: skip
def test_groups_by_any_column(by: str, groups: set[str]) -> None:
    rows = [
        {"doc_id": f"d{k}", "source": "AB"[k % 2], "script": ["Hans", "Latn"][k % 2], "published": f"2025-01-{27 + k % 2}T10:00:00", "desk": ["x", 1][k % 2]}
        for k in range(4)
    ]  # fmt: skip
    assert set(_quick(label_table(rows), by=by).shares["group"]) == groups


def test_rows_without_a_group_are_left_out_and_counted() -> None:
    table = pd.concat([random_table({"A": 0.5, "B": 0.2}), random_table({"": 0.9})])
    result = _quick(table)
    assert set(result.shares["group"]) == {"A", "B"}
    assert "160 labelled passages left out: no source" in result.notes


def test_documents_are_compared_by_their_passages_and_that_is_said() -> None:
    result = _quick(random_table({"A": 0.9, "B": 0.1}, documents=1, passages=40), by="document")
    assert result.facts["cluster"] == "passage"
    assert any("not for what else" in note for note in result.notes)
    assert _of(result.differences, key="shock")["p_adjusted"] < 0.05  # type: ignore[operator]


@pytest.mark.parametrize(
    ("names", "options", "pairs", "baseline"),
    [
        ("AB", {}, 1, "pairs"), ("AB", {"baseline": "rest"}, 1, "pairs"), ("ABC", {}, 3, "pairs"), ("ABCDE", {}, 5, "rest"),
        ("ABC", {"baseline": "rest"}, 3, "rest"), ("ABC", {"baseline": "B"}, 2, "B"), ("ABCDE", {"baseline": "pairs"}, 10, "pairs"),
        ("A", {}, 0, "rest"),
    ],
)  # fmt: skip
def test_what_is_compared_with_what(names: str, options: dict[str, str], pairs: int, baseline: str) -> None:
    result = _quick(random_table(dict.fromkeys(names, 0.3), documents=12), **options)
    assert len(result.differences.drop_duplicates(["group", "baseline"])) == pairs
    assert result.facts["baseline"] == baseline


def test_an_engine_that_abstains_is_quoted_beside_its_shares() -> None:
    table = random_table({"A": 0.5, "B": 0.2})
    table.loc[table.index[:16], "abstained"] = pd.Series([["shock"]] * 16, index=table.index[:16])
    shares = _quick(table).shares
    assert _of(shares, group="A", kind="frame", key="shock")["abstained"] == 0.1
    assert _of(shares, group="B", kind="frame", key="shock")["abstained"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "nothing"}, "no column 'nothing'"), ({"by": "frames"}, "lists or objects"), ({"frames": ["x"]}, "no frame 'x'"),
        ({"targets": ["x"]}, "no target 'x'"), ({"baseline": "x"}, "no group 'x'"), ({"weight": "x"}, "no weight"),
        ({"unit": "x"}, "no unit"), ({"cluster": "x"}, "no cluster"), ({"cluster": "story"}, "no column 'story'"),
        ({"min_n": 1}, "min_n"), ({"weight": "reach"}, "nothing to compare"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_an_error(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        _quick(random_table({"A": 0.5, "B": 0.5}, documents=3), **options)


def test_an_empty_table_is_an_error_and_a_single_row_is_not() -> None:
    with pytest.raises(OptionError, match="nothing to compare"):
        _quick(label_table([]))
    result = _quick(label_table([{"doc_id": "a"}]))
    assert set(result.shares["status"]) == {"not enough"}
    assert not len(result.differences)
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert result.describe(language)
    assert len(result.tidy())


def test_a_single_frame_has_no_mix() -> None:
    table = label_table(
        [{"doc_id": f"{s}{k}", "source": s, "frames": ["x"]} for s in "AB" for k in range(15)], frames=("x",)
    )
    result = _quick(table)
    assert not len(result.distances.pairs)
    assert "two frames" in result.distances.note


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_it_is_told_in_words_with_intervals(language: str) -> None:
    result = _quick(random_table({"A": 0.7, "B": 0.1}), permutations=999)
    text = result.describe(language, names={"shock": "Börsenschock"})
    row = _of(result.shares, group="A", kind="frame", key="shock")
    assert "Börsenschock" in text
    for number in ("value", "low", "high"):
        assert f"{row[number]:.0%}" in text
    assert f"{_of(result.differences, key='shock')['difference'] * 100:+.1f}" in text  # type: ignore[operator]
    assert 2 <= len(result.sentences(language)) <= 7
    assert "{" not in text


def test_no_language_but_three() -> None:
    with pytest.raises(OptionError, match="no language"):
        _quick(random_table({"A": 0.5, "B": 0.5}, documents=10)).describe("fr")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABC"),
            st.integers(0, 14),
            st.booleans(),
            st.sampled_from([None, "favor", "against", "neutral"]),
        ),
        min_size=1,
        max_size=80,
    )
)
def test_whatever_the_table_every_number_is_in_its_range(rows: list[tuple[str, int, bool, str | None]]) -> None:
    table = label_table(
        [
            {"doc_id": f"{source}{doc}", "source": source, "frames": ["shock"] if told else [], "stance": {"lab": stance} if stance else {}}
            for source, doc, told, stance in rows
        ]
    )  # fmt: skip
    result = compare(table, draws=50, permutations=19, min_n=2)
    shares = result.shares[result.shares["status"] == "ok"]
    lowest = np.where(shares["kind"] == "stance", -1, 0)
    assert (shares["value"] >= lowest - 1e-9).all()
    assert (shares["value"] <= 1 + 1e-9).all()
    assert (shares["low"] >= lowest - 1e-9).all()
    assert (shares["high"] <= 1 + 1e-9).all()
    assert (shares["high"] - shares["low"] > 0).all()
    p = result.differences["p"].dropna()
    assert ((p > 0) & (p <= 1)).all()
    assert result.describe()
