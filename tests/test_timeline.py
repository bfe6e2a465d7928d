"""Frames over time: what is counted, and what the intervals promise."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import narrativ
from narrativ.analyze.rates import difference, poisson_interval, shares
from narrativ.errors import OptionError, TableError
from tests.times import HUGE, PER_DAY, row, series, story, table

FAST: dict[str, Any] = {"draws": 200}


def told(result: Any, frame: str) -> pd.DataFrame:
    found: pd.DataFrame = result.data[result.data["frame"] == frame].reset_index(drop=True)
    return found


# --- counting ---------------------------------------------------------------------------------------------------------


def test_documents_passages_and_reach_are_counted_per_day() -> None:
    rows = [
        row("a", "2025-01-20", ["praise"], reach=100),
        row("a", "2025-01-20", [], reach=100, passage=1),
        row("b", "2025-01-20", ["shock", "praise"], reach=10),
        row("c", "2025-01-22", ["shock"]),
    ]
    result = narrativ.timeline(table(rows), reach_over=[10, 100], **FAST)
    assert result.totals["period"].tolist() == ["2025-01-20", "2025-01-21", "2025-01-22"]
    assert result.totals["documents"].tolist() == [2, 0, 1]
    assert result.totals["passages"].tolist() == [3, 0, 1]
    assert result.totals["reach"].tolist() == [110, 0, 0], (
        "a document's reach counts once, however many passages it has"
    )
    assert result.totals["reach_known"].tolist() == [2, 0, 0]
    assert result.totals["reach_over_10"].tolist() == [2, 0, 0]
    assert result.totals["reach_over_100"].tolist() == [1, 0, 0]
    praise = told(result, "praise")
    assert praise["frame_documents"].tolist() == [2, 0, 0]
    assert praise["frame_passages"].tolist() == [2, 0, 0]
    assert praise["frame_reach"].tolist() == [110, 0, 0]


def test_a_time_before_1970_is_a_time() -> None:
    totals = narrativ.timeline(table([row("a", "1968-05-13T10:00:00", ["shock"])]), every="hour", **FAST).totals
    assert totals["start"].tolist() == ["1968-05-13T10:00+00:00"]


def test_an_empty_period_is_a_row_without_a_share() -> None:
    result = narrativ.timeline(
        table([row(str(n), day, ["shock"]) for n, day in enumerate(["2025-01-20"] * 4 + ["2025-01-22"] * 4)]), **FAST
    )
    gap = told(result, "shock").iloc[1]
    assert (gap["documents"], gap["frame_documents"], gap["interval"]) == (0, 0, "not enough")
    assert np.isnan(gap["share"])


def test_passages_that_are_not_labelled_do_not_count_in_shares_but_their_document_counts() -> None:
    rows = [row(str(n), "2025-01-20", ["shock"]) for n in range(3)] + [
        row("x", "2025-01-20", status="boilerplate", reach=7)
    ]
    day = told(narrativ.timeline(table(rows), **FAST), "shock").iloc[0]
    assert (day["documents"], day["passages"], day["reach"], day["share"]) == (4, 3, 7, 1.0)


def test_what_does_not_count_is_said() -> None:
    rows = [
        row("a", "2025-01-20", ["shock"]), row("b", "", ["shock"]), row("c", "2025-01-20", kind="comment", about="a"),
        row("d", "", status="error: broken"), row("e", "2025-02-30"), row("f", "2025-03-01"),
    ]  # fmt: skip
    result = narrativ.timeline(table(rows), until="2025-02-01", **FAST)
    account = result.account
    assert (account["documents"], account["undated"], account["unreadable"], account["outside"]) == (1, 1, 1, 1)
    assert account["not counted: comment"] == 1
    assert account["not counted: unread"] == 1
    assert "1 comment" in result.describe()


def test_comments_count_when_asked_for_and_take_the_date_of_their_post() -> None:
    rows = [row("a", "2025-01-20", ["shock"]), row("c", "", ["praise"], kind="comment", about="a")]
    result = narrativ.timeline(table(rows), kinds=("post", "comment"), **FAST)
    assert result.totals["documents"].tolist() == [2]
    assert result.account["dated_by_post"] == 1


def test_a_comment_is_no_second_witness_beside_its_post() -> None:
    posts = [row(f"p{n}", "2025-01-20", ["shock"] * (n % 2)) for n in range(40)]
    comments = [row(f"c{n}", "", ["shock"] * (n % 2), kind="comment", about=f"p{n}") for n in range(40)]
    alone = told(narrativ.timeline(table(posts), **FAST), "shock").iloc[0]
    both = told(narrativ.timeline(table(posts + comments), kinds=("post", "comment"), **FAST), "shock").iloc[0]
    assert both["high"] - both["low"] == pytest.approx(alone["high"] - alone["low"], rel=0.15)


def test_groups_split_the_documents() -> None:
    rows = [
        row(f"{source}{n}", "2025-01-20", ["shock"], source=source)
        for source, count in (("A", 2), ("B", 5))
        for n in range(count)
    ]
    totals = narrativ.timeline(table(rows), by="source", **FAST).totals
    assert dict(zip(totals["group"], totals["documents"], strict=True)) == {"B": 5, "A": 2}
    assert totals["group"].iloc[0] == "B"


def test_a_document_in_two_scripts_is_in_both_groups_and_language_comes_from_the_script() -> None:
    rows = [row("a", "2025-01-20", ["shock"], script="Hans"), row("a", "2025-01-20", [], script="Latn", passage=1),
            row("b", "2025-01-20", [], script="Hant")]  # fmt: skip
    by_script = narrativ.timeline(table(rows), by="script", **FAST).totals
    assert set(zip(by_script["group"], by_script["passages"], strict=True)) == {("Hans", 1), ("Latn", 1), ("Hant", 1)}
    by_language = narrativ.timeline(table(rows), by="language", **FAST).totals
    assert set(zip(by_language["group"], by_language["documents"], strict=True)) == {("zh", 2), ("en", 1)}


def test_the_order_of_rows_changes_nothing() -> None:
    made = story()
    shuffled = made.sample(frac=1, random_state=1)
    first, second = (narrativ.timeline(t, **FAST) for t in (made, shuffled))
    names = ["documents", "reach", "frame_documents", "share"]
    pd.testing.assert_frame_equal(first.data[names], second.data[names])


def test_another_zone_moves_documents_but_loses_none() -> None:
    made = story()
    utc, shanghai = (narrativ.timeline(made, zone=zone, **FAST).totals for zone in ("UTC", "Asia/Shanghai"))
    assert utc["documents"].sum() == shanghai["documents"].sum() == 110
    assert utc["documents"].tolist() != shanghai["documents"].tolist()


def test_weighted_by_reach_a_widely_seen_post_counts_for_more() -> None:
    rows = [row(str(n), "2025-01-20", ["shock"] * (n == 0), reach=97 if n == 0 else 1) for n in range(4)] + [
        row("x", "2025-01-20", ["shock"])
    ]
    result = narrativ.timeline(table(rows), weight="reach", **FAST)
    assert told(result, "shock")["share"].iloc[0] == pytest.approx(0.97)
    assert "1 document" in result.describe()


def test_frames_come_from_the_table() -> None:
    rows = [row(str(n), "2025-01-20", ["豐收"], frame_scores={"豐收": 0.8, "drought": 0.1}) for n in range(4)]
    result = narrativ.timeline(table(rows), **FAST)
    assert result.settings["frames"] == ["豐收", "drought"]
    assert narrativ.timeline(table(rows), frames=["drought"], **FAST).data["frame"].tolist() == ["drought"]


# --- intervals --------------------------------------------------------------------------------------------------------


def test_intervals_of_shares_cover_the_truth_with_few_documents_and_with_many() -> None:
    rng = np.random.default_rng(1)
    for documents in (4, 12, 60):
        cells = 300
        cell = np.repeat(np.arange(cells), documents)
        present = (rng.random(len(cell)) < 0.25).astype(float)
        found = shares(cell, np.arange(len(cell)), present[:, None], np.ones(len(cell)), cells=cells, draws=300)
        covered = ((found.low <= 0.25) & (found.high >= 0.25)).mean()
        assert covered > 0.91, documents


def test_copies_of_one_story_widen_the_interval() -> None:
    rows = [row(f"{n}", "2025-01-20", ["shock"] * (n // 10 % 2), story=f"s{n // 10}") for n in range(200)]
    alone = told(
        narrativ.timeline(table([{k: v for k, v in r.items() if k != "story"} for r in rows]), **FAST), "shock"
    ).iloc[0]
    copies = told(narrativ.timeline(table(rows), **FAST), "shock").iloc[0]
    assert copies["share"] == alone["share"]
    assert copies["high"] - copies["low"] > 2 * (alone["high"] - alone["low"])
    assert copies["documents_high"] - copies["documents_low"] > 2 * (alone["documents_high"] - alone["documents_low"])


def test_none_of_four_is_not_zero_for_certain() -> None:
    day = told(narrativ.timeline(table([row(str(n), "2025-01-20") for n in range(4)]), **FAST), "shock").iloc[0]
    assert (day["share"], day["low"]) == (0, 0)
    assert 0.4 < day["high"] < 0.6


def test_counts_have_the_exact_interval_of_poisson() -> None:
    """Garwood (1936): 0 → 0 to 3.689; 10 → 4.795 to 18.390."""
    low, high = poisson_interval(np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    np.testing.assert_allclose(low, [0, 4.795], atol=1e-3)
    np.testing.assert_allclose(high, [3.689, 18.390], atol=1e-3)


def test_a_difference_has_newcombes_interval() -> None:
    """Newcombe (1998), method 10, 56 of 70 against 48 of 80: 0.2, 0.0524 to 0.3339."""
    first, second = ([np.array([v]) for v in values] for values in ((0.6, 0.4905, 0.7004), (0.8, 0.6923, 0.8769)))
    change, low, high = difference(tuple(first), tuple(second))  # type: ignore[arg-type]
    np.testing.assert_allclose([change[0], low[0], high[0]], [0.2, 0.0524, 0.3339], atol=5e-4)


# --- turns, bursts, spans ---------------------------------------------------------------------------------------------


def test_a_story_that_turns_has_its_turn_its_burst_and_its_leaders() -> None:
    result = narrativ.timeline(
        story(), reach_over=[1e6, 1e7], spans=[("2025-01-20", "2025-01-22"), ("2025-01-26", "2025-01-27")]
    )
    assert dict(zip(result.totals["period"], result.totals["documents"], strict=True)) == PER_DAY
    assert result.totals["reach_over_1000000"].tolist() == list(PER_DAY.values())
    assert result.totals.loc[result.totals["reach_over_10000000"] > 0, "period"].tolist() == list(HUGE)
    assert (result.totals["reach"] > 0).all()
    turn = result.turns[(result.turns["period"] == "2025-01-26") & (result.turns["frame"] == "shock")].iloc[0]
    assert turn["p"] <= 0.01
    assert turn["earliest"] >= "2025-01-24"
    assert turn["low"] > 0
    spans = result.spans.set_index(["span", "frame"])
    early, late = "2025-01-20/2025-01-22", "2025-01-26/2025-01-27"
    assert spans.loc[(early, "praise"), "leads"] > 0.95
    assert spans.loc[(late, "shock"), "leads"] > 0.95
    assert spans.loc[(late, "praise"), "change_high"] < 0
    assert spans.loc[(late, "shock"), "change_low"] > 0
    burst = result.bursts[result.bursts["frame"] == "shock"].iloc[0]
    assert (burst["start"], burst["end"]) == ("2025-01-26", "2025-01-27")
    assert burst["p"] <= 0.01
    words = result.describe()
    assert "Turn at 2025-01-26" in words
    assert "no lag can be established" in words


def test_the_passages_of_a_burst_tell_its_frame_within_it_once_each() -> None:
    rows = [row(f"{n}", f"2025-01-{n % 20 + 1:02d}", []) for n in range(200)]
    rows += [
        row(f"b{n}", "2025-01-10", ["shock"], text="the same words about the fall of prices, copied", reach=10**6)
        for n in range(9)
    ]
    rows += [row("own", "2025-01-10", ["shock"], text="a quite different remark on the markets", reach=5)]
    result = narrativ.timeline(table(rows), **FAST)
    [burst] = result.bursts[result.bursts["frame"] == "shock"].to_dict("records")
    assert [item["doc_id"] for item in burst["passages"]] == ["b0", "own"]
    assert burst["telling"] == 10
    assert all(item["text"] in {r["text"] for r in rows} for item in burst["passages"])


def test_steady_telling_seldom_has_turns_or_clear_bursts() -> None:
    turns = bursts = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows = [row(f"{n}", f"2025-01-{rng.integers(1, 29):02d}", ["shock"] * (rng.random() < 0.3)) for n in range(150)]
        result = narrativ.timeline(table(rows), frames=["shock"], **FAST)
        turns += len(result.turns) > 0
        bursts += bool((result.bursts.loc[result.bursts["frame"] == "shock", "p"] <= 0.05).any())
    assert turns <= 5
    assert bursts <= 5


def test_kleinbergs_automaton_finds_the_cheapest_way() -> None:
    """Against every one of the 2^n ways."""
    from itertools import product

    from narrativ.analyze.bursts import _gain, _states

    rng = np.random.default_rng(1)
    for _ in range(20):
        total = rng.integers(1, 9, size=8).astype(float)
        told_ = np.minimum(total, rng.integers(0, 9, size=8)).astype(float)
        if not 0 < told_.sum() < total.sum():
            continue
        [gain] = _gain(told_[None], total, 2.0)

        def worth(way: tuple[int, ...], gain: Any = gain) -> float:
            entries = sum(now > before for before, now in zip((0, *way), way, strict=False))
            return float(gain @ np.array(way) - entries * np.log(8))

        best = max(product((0, 1), repeat=8), key=worth)
        [state] = _states(gain[None], 1.0)
        assert worth(tuple(int(s) for s in state)) == pytest.approx(worth(best))


def test_a_long_article_does_not_make_a_turn() -> None:
    rows = [row(f"{n}", f"2025-01-{n // 4 + 1:02d}", ["praise"] * (n % 2)) for n in range(80)]
    long = [row("long", "2025-01-20", ["shock"], passage=n, kind="article") for n in range(300)]
    assert len(narrativ.timeline(table(rows + long), **FAST).turns) == 0


# --- leads and lags ---------------------------------------------------------------------------------------------------


def waves(days: int, shift: int, seed: int = 1) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    return np.exp(1.2 + 0.9 * rng.normal(size=days + 20))[10 - shift : 10 - shift + days]


def test_the_group_that_comes_first_is_found() -> None:
    rows = series(90, waves(90, 0), "shock", "early", 2) + series(90, waves(90, 2), "shock", "late", 3)
    result = narrativ.timeline(table(rows), by="source", frames=["shock"], **FAST)
    found = result.lags[result.lags["frame"] == "shock"].iloc[0]
    lag = found["lag"] if found["first"] == "early" else -found["lag"]
    assert lag == 2
    assert found["verdict"] == ("first" if found["first"] == "early" else "second")
    assert "early comes 2 days before late (95% interval" in result.describe()


def test_a_share_price_without_weekends_is_met_on_its_own_days() -> None:
    """A price that falls the day after bad news; what is said on a weekend meets it on Monday."""
    rate = waves(240, 0)
    news = np.log(rate) - np.log(rate).mean()
    days = pd.date_range("2025-01-01", periods=240)
    price = pd.Series(100 * np.exp(-0.02 * np.cumsum(np.concatenate([[0.0], news[:-1]]))), index=days, name="price")
    price = price[[day.weekday() < 5 for day in days]]
    result = narrativ.timeline(table(series(240, rate, "shock", "a", 4)), against=price, **FAST)
    found = result.lags[result.lags["first"] == "shock"].iloc[0]
    assert found["second"] == "price"
    assert found["periods"] == len(price)
    assert (found["verdict"], found["lag"]) == ("first", 1)
    assert found["correlation"] < -0.4
    assert f"has values for {len(price)} of 240 days" in result.describe()


def test_independent_series_are_said_to_show_no_relation() -> None:
    rows = series(60, waves(60, 0, 5), "shock", "a", 6) + series(60, waves(60, 0, 7), "shock", "b", 8)
    result = narrativ.timeline(table(rows), by="source", frames=["shock"], **FAST)
    assert (result.lags["verdict"] == "none").all()
    assert result.lags["lag"].isna().all()


def test_a_short_series_gives_a_plain_warning_and_no_number() -> None:
    index = pd.Series(range(8), index=pd.date_range("2025-01-20", periods=8), dtype=float)
    result = narrativ.timeline(story(), against=index, **FAST)
    assert (result.lags["verdict"] == "short").all()
    assert result.lags[["lag", "low", "high", "correlation", "p"]].isna().all().all()
    assert "a series of 8 days is too short; no lag can be established" in result.describe()
    assert "只有 8 天，太短，无法确定任何时差" in result.describe("zh-Hans")


def test_a_series_of_another_year_or_without_numbers_is_an_error_or_short() -> None:
    elsewhere = pd.Series(1.0, index=pd.date_range("1999-01-01", periods=90))
    assert (narrativ.timeline(story(), against=elsewhere, **FAST).lags["verdict"] == "short").all()
    with pytest.raises(OptionError, match="no column of numbers"):
        narrativ.timeline(story(), against=pd.Series(["a", "b"], index=pd.date_range("2025-01-20", periods=2)), **FAST)
    with pytest.raises(OptionError, match="hours need times"):
        narrativ.timeline(story(), every="hour", against=pd.Series([1.0], index=["2025-01-20"]), **FAST)


# --- odd tables and options -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row("a", "2025-01-20", ["shock"])],
        [row("a", "", ["shock"])],
        [row("a", "2025-01-20", status="empty", passage=None, frames=[])],
    ],
    ids=["no row", "one row", "no date", "no passage"],
)
def test_next_to_nothing_is_answered_not_failed(rows: list[dict[str, Any]], language: str) -> None:
    result = narrativ.timeline(
        table(rows), against=pd.Series([1.0], index=["2025-01-20"]), spans=[("2025-01-20", "2025-01-21")], **FAST
    )
    assert result.describe(language)
    assert len(result.turns) == len(result.bursts) == 0
    json.dumps(result.to_dict(), allow_nan=False)


def test_odd_numbers_of_reach_are_not_counted() -> None:
    made = table([row(str(n), "2025-01-20", ["shock"]) for n in range(5)])
    made["reach"] = pd.Series([float("nan"), -5, 10**15, None, 7], dtype="object")
    totals = narrativ.timeline(made, **FAST).totals
    assert totals["reach"].tolist() == [10**15 + 7]
    assert totals["reach_known"].tolist() == [2]


def test_one_wrong_date_does_not_make_a_million_rows() -> None:
    rows = [row("a", "1500-01-01T00:00:00", ["shock"]), row("b", "2025-01-20T00:00:00", ["shock"])]
    with pytest.raises(OptionError, match="Say since and until"):
        narrativ.timeline(table(rows), every="hour", **FAST)
    assert len(narrativ.timeline(table(rows), every="hour", since="2025-01-01", **FAST).totals) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "month"}, "no period 'month'"), ({"zone": "Mars"}, "no time zone"), ({"by": "nothing"}, "no column 'nothing'"),
        ({"by": "frames"}, "lists or objects"), ({"weight": "love"}, "no weight"), ({"since": "soon"}, "is no day"),
        ({"reach_over": [0]}, "positive"), ({"spans": [("2025-02-01", "2025-01-01")]}, "is after"), ({"level": 1.0}, "level"),
        ({"max_lag": 0}, "largest lag"),
    ],
)  # fmt: skip
def test_impossible_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        narrativ.timeline(story(), **options)


def test_what_is_no_label_table_is_an_error() -> None:
    with pytest.raises(TableError, match="no column 'doc_id'"):
        narrativ.timeline(pd.DataFrame({"text": ["a"]}))


def test_every_language_has_every_phrase_with_the_same_blanks() -> None:
    import string

    from narrativ.analyze.timephrases import PHRASES

    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = {name for name in PHRASES["en"] if not name.endswith(".1")}
    for phrases in PHRASES.values():
        assert {name for name in phrases if not name.endswith(".1")} == english
        for name in english - {"units"}:
            assert blanks(phrases[name]) == blanks(PHRASES["en"][name]), name
