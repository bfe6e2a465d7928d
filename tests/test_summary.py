"""Summaries: numbers that can be counted by hand, properties that must hold, and every way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import narrativ
from narrativ.analyze.summary import Summary
from narrativ.errors import OptionError, TableError
from narrativ.table import to_dataframe, write_table
from narrativ.text.normalize import to_simplified
from tests.summary_tables import TEXT, counted_by_hand, make_row, random_rows


def _tables(summary: Summary) -> dict[str, pd.DataFrame]:
    return {name: getattr(summary, name) for name in ("groups", "frames", "stance", "voice", "passages")}


def _of(summary: Summary, group: str) -> dict[str, list[dict[str, Any]]]:
    """All that is said of a group, without its name."""
    return {
        name: json.loads(frame[frame["group"] == group].drop(columns="group").to_json(orient="records"))
        for name, frame in _tables(summary).items()
    } | {"sentences": [{"text": summary.describe()[group].removeprefix(group)}]}


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def counted() -> Summary:
    return counted_by_hand()


def test_counts_of_a_group(counted: Summary) -> None:
    [group] = counted.groups.to_dict("records")
    assert (group["passages"], group["documents"], group["unlabelled"]) == (20, 10, 1)
    assert (group["reach"], group["reach_documents"]) == (2000, 10)  # of documents, each once
    assert (group["no_frame_count"], group["no_frame"]) == (9, pytest.approx(9 / 20))
    assert (group["abstained_count"], group["abstained"]) == (2, pytest.approx(2 / 20))
    assert (group["resampled"], group["units"]) == ("documents", pytest.approx(10))


def test_shares_of_passages_and_of_documents(counted: Summary) -> None:
    market = counted.frames.set_index("frame").loc["market_shock"]
    assert (market["passages"], market["n"], market["share"]) == (10, 20, 0.5)
    assert (market["documents"], market["n_documents"], market["share_documents"]) == (10, 10, 1.0)
    assert market["of_told"] == pytest.approx(10 / 11)
    assert market["ahead"] == ["geopolitics"]
    states = counted.frames.set_index("frame").loc["geopolitics"]
    assert (states["share"], states["share_documents"]) == (pytest.approx(0.05), pytest.approx(0.1))
    for row in counted.frames.to_dict("records"):
        assert row["low"] <= row["share"] <= row["high"]
        assert row["documents_low"] <= row["share_documents"] <= row["documents_high"]


def test_net_stance_is_favor_minus_against(counted: Summary) -> None:
    [row] = counted.stance.to_dict("records")
    assert (row["favor"], row["neutral"], row["against"], row["n"]) == (3, 0, 7, 10)
    assert row["net"] == pytest.approx(-0.4)
    assert -1 <= row["low"] < -0.4 < row["high"] <= 1


def test_voice_by_position(counted: Summary) -> None:
    voice = counted.voice.set_index(["frame", "voice", "position"])["share"]
    assert voice["market_shock", "author", ""] == pytest.approx(0.6)
    assert voice["market_shock", "", "rejects"] == pytest.approx(0.8)
    assert voice["market_shock", "author", "rejects"] == pytest.approx(0.6)
    assert voice["market_shock", "others", "rejects"] == pytest.approx(0.2)
    assert voice["", "author", ""] == pytest.approx(7 / 11)
    # A telling without a position is left out of the positions, not counted among them.
    counts = counted.voice.set_index(["frame", "voice", "position"])["n"]
    assert (counts["", "author", ""], counts["", "", "rejects"]) == (11, 10)


def test_weights_are_the_reach_of_the_document() -> None:
    rows = [make_row(f"a{n}", p, frames=["market_shock"] if n < 6 else [], reach=300 if n < 6 else 100) for n in range(12) for p in range(2)]  # fmt: skip
    rows += [make_row("a-unknown", p, frames=["geopolitics"]) for p in range(5)]
    table = to_dataframe(rows)
    weighted = narrativ.summarize(table, weight="reach")
    market = weighted.frames.set_index("frame").loc["market_shock"]
    assert (market["share"], market["n"], market["share_documents"]) == (pytest.approx(0.75), 24, pytest.approx(0.75))
    assert weighted.frames.set_index("frame").loc["geopolitics", "passages"] == 0
    assert "5 labelled passages of unknown reach" in " ".join(weighted.notes)
    assert "Weighted by reach: mostly market shock (75%" in weighted.describe()["a"]
    assert "reach 2,400 (known of 12)" in weighted.describe()["a"]


def test_one_viral_document_is_no_basis_for_weighted_shares() -> None:
    rows = [make_row(f"a{n}", 0, frames=["market_shock"], reach=10_000_000 if n == 0 else 10) for n in range(30)]
    weighted = narrativ.summarize(to_dataframe(rows), weight="reach")
    assert weighted.frames["share"].isna().all()
    assert "too few documents of known reach" in weighted.describe()["a"]
    assert "Too few documents of known reach for weighted shares: a 30." in weighted.to_markdown()


def test_one_document_gets_intervals_over_its_passages_and_says_so() -> None:
    rows = [make_row("a1", p, frames=["market_shock"] if p % 3 else []) for p in range(30)]
    summary = narrativ.summarize(to_dataframe(rows))
    assert summary.groups["resampled"].tolist() == ["passages"]
    assert summary.frames["share_documents"].isna().all()
    assert not summary.frames["share"].isna().any()
    assert "30 passages of one document; intervals hold for this document only" in summary.describe()["a"]


def test_small_groups_get_no_numbers() -> None:
    summary = narrativ.summarize(
        to_dataframe([*random_rows(), *(make_row(f"z{n}", 0, frames=["market_shock"]) for n in range(4))])
    )
    small = _of(summary, "z")
    numbers = [value for part in ("groups", "frames", "stance", "voice") for row in small[part]
               for name, value in row.items() if name in ("share", "net", "low", "high", "no_frame", "abstained", "share_documents")]  # fmt: skip
    assert numbers
    assert set(numbers) == {None}
    assert small["passages"] == []
    assert "too few for shares" in small["sentences"][0]["text"]


def test_stories_are_resampled_when_the_table_has_them() -> None:
    """Twelve documents that are copies of one story are one observation, whichever passages name it."""
    rows = [make_row(f"a{n}", p, frames=["market_shock"] if n % 2 else []) for n in range(12) for p in range(3)]
    table = to_dataframe(rows)
    assert narrativ.summarize(table).groups["units"].tolist() == [pytest.approx(12)]
    table["story"] = ["one" if row["passage"] == 0 else "" for row in rows]
    assert narrativ.summarize(table).groups["resampled"].tolist() == ["passages"]
    table["story"] = [f"s{int(row['doc_id'][1:]) // 2}" for row in rows]
    told = narrativ.summarize(table).groups.to_dict("records")[0]
    assert (told["resampled"], told["units"]) == ("stories", pytest.approx(6))


# --- what was not judged ---------------------------------------------------------------------------------------------


def test_what_no_engine_judged_is_said_in_words_and_never_zero() -> None:
    rows = [make_row(f"a{n}", 0, frames=["market_shock"]) for n in range(10)]
    summary = narrativ.summarize(to_dataframe(rows))
    assert summary.stance.empty
    assert summary.voice.empty
    assert summary.groups["abstained"].isna().all()
    notes = " ".join(summary.notes)
    for words in (
        "Positions toward frames were not judged",
        "Stance toward targets was not judged",
        "Whose voice",
        "left undecided",
    ):
        assert words in notes
    said = summary.describe()["a"]
    assert "oward" not in said
    assert "voice" not in said
    assert "| undecided" not in summary.to_markdown()
    for text in (summary.to_markdown(), summary._repr_html_()):
        assert "Stance toward targets was not judged" in text


def test_a_judged_table_without_targets_says_another_thing() -> None:
    rows = [make_row(f"a{n}", 0, frames=["market_shock"], holder="author") for n in range(10)]
    assert "No passage of this table is about a target." in narrativ.summarize(to_dataframe(rows)).notes


# --- properties ------------------------------------------------------------------------------------------------------


def test_order_of_rows_does_not_matter() -> None:
    rows = random_rows()
    shuffled = [rows[number] for number in np.random.default_rng(1).permutation(len(rows))]
    one, other = narrativ.summarize(to_dataframe(rows)), narrativ.summarize(to_dataframe(shuffled))
    for name, frame in _tables(one).items():
        pd.testing.assert_frame_equal(frame, _tables(other)[name])
    assert one.describe() == other.describe()


def test_swapping_two_sources_swaps_their_rows() -> None:
    rows = random_rows()
    swapped = [row | {"source": {"a": "b", "b": "a"}.get(row["source"], row["source"])} for row in rows]
    one, other = narrativ.summarize(to_dataframe(rows)), narrativ.summarize(to_dataframe(swapped))
    for mine, theirs in (("a", "b"), ("b", "a"), ("c", "c")):
        before, after = _of(one, mine), _of(other, theirs)
        for part in (before, after):
            for row in part["passages"]:
                row.pop("source")
        assert before == after


def test_a_document_added_to_one_source_changes_no_other() -> None:
    rows = random_rows()
    more = [
        make_row("a99", p, frames=["geopolitics"], stance={"us_policy": "favor"}, holder="author") for p in range(6)
    ]
    one, other = narrativ.summarize(to_dataframe(rows)), narrativ.summarize(to_dataframe([*more, *rows]))
    assert _of(one, "a")["frames"] != _of(other, "a")["frames"]
    for group in "bc":
        before, after = _of(one, group), _of(other, group)
        # A target that only the new document names gets a row without numbers everywhere.
        after["stance"] = [row for row in after["stance"] if row["n"] or row["target"] == "china"]
        assert before == after


def test_traditional_is_simplified() -> None:
    rows = random_rows()
    simplified = [row | {"text": to_simplified(row["text"]), "script": "Hans"} for row in rows]
    assert simplified != rows
    one, other = narrativ.summarize(to_dataframe(rows)), narrativ.summarize(to_dataframe(simplified))
    assert one.describe() == other.describe()
    for group in "abc":
        before, after = _of(one, group), _of(other, group)
        for row in before["passages"]:
            row["text"], row["script"] = to_simplified(row["text"]), "Hans"
        assert before == after


def test_the_same_table_from_a_file_gives_the_same_summary(tmp_path: Path) -> None:
    table = to_dataframe(random_rows())
    expected = narrativ.summarize(table).to_json()
    for ending in ("csv", "jsonl", "parquet"):
        write_table(table, tmp_path / f"t.{ending}")
        # Scores are written with all their digits, so nothing may differ.
        assert narrativ.summarize(narrativ.read_table(tmp_path / f"t.{ending}")).to_json() == expected


# --- telling passages ------------------------------------------------------------------------------------------------


def _groups_of_one_frame(texts: list[str], scores: list[float]) -> Summary:
    rows = [make_row(f"a{n}", 0, text=text, frames=["market_shock"], frame_scores={"market_shock": score})
            for n, (text, score) in enumerate(zip(texts, scores, strict=True))]  # fmt: skip
    return narrativ.summarize(to_dataframe(rows))


OTHER = "華爾街的分析師連夜調低目標價，基金經理說這一次的恐慌來得比任何人預料的都快。"
THIRD = "電力公司的股票跟著下挫，因為資料中心也許用不了那麼多的電，工程因此可能延後。"


def test_telling_passages_differ_from_each_other() -> None:
    """A copy scores nearly as high as the best; the third text scores less, and is chosen instead."""
    copy = to_simplified(TEXT).replace("，", "——")
    summary = _groups_of_one_frame([TEXT, copy, OTHER, "短句。", THIRD], [0.99, 0.98, 0.7, 1.0, 0.6])
    assert summary.passages["text"].tolist() == [TEXT, OTHER]
    assert summary.passages["rank"].tolist() == [1, 2]


def test_boilerplate_and_stubs_are_never_telling() -> None:
    rows = [make_row(f"a{n}", 0, frames=["market_shock"], text=f"{n}" * 3) for n in range(6)]
    rows += [make_row("a9", 0, status="boilerplate", frames=["market_shock"])]
    assert narrativ.summarize(to_dataframe(rows)).passages.empty


def test_telling_passages_carry_where_they_stand() -> None:
    rows = [make_row(f"a{n}", 3, frames=["market_shock"], positions={"market_shock": "rejects"}, stance={"china": "against"},
                 url="https://example.org/1", published="2025-01-27", title="標題") for n in range(6)]  # fmt: skip
    quoted = narrativ.summarize(to_dataframe(rows)).passages
    assert quoted[["about", "id", "value"]].values.tolist() == [
        ["frame", "market_shock", "rejects"],
        ["target", "china", "against"],
    ]
    first = quoted.iloc[0]
    assert (first["text"], first["url"], first["published"], first["doc_id"], first["passage"]) == (
        TEXT, "https://example.org/1", "2025-01-27", "a0", 3)  # fmt: skip


def test_the_usual_position_is_quoted_before_a_rare_one() -> None:
    rows = [make_row(f"a{n}", 0, frames=["market_shock"], text=text, positions={"market_shock": "endorses" if n else "rejects"},
                 frame_scores={"market_shock": 0.95 if n == 0 else 0.8})
            for n, text in enumerate([TEXT, OTHER, THIRD, OTHER, THIRD, OTHER])]  # fmt: skip
    assert narrativ.summarize(to_dataframe(rows)).passages["value"].tolist()[0] == "endorses"


def test_number_of_passages() -> None:
    table = to_dataframe(random_rows())
    assert narrativ.summarize(table, passages=0).passages.empty
    for most in (1, 3):
        quoted = narrativ.summarize(table, passages=most).passages
        assert quoted.groupby(["group", "about", "id"])["rank"].max().max() <= most * 2
        assert (quoted["rank"] <= most).all()


# --- groups ----------------------------------------------------------------------------------------------------------


def test_any_column_and_derived_ones() -> None:
    table = to_dataframe(
        [
            *random_rows(),
            make_row("x1", 0, script="Latn", text="Shares fell."),
            make_row("x2", 0, script="mixed", text="DeepSeek R1 模型開源"),
        ]
    )
    assert narrativ.summarize(table, by="day").groups["group"].tolist() == [
        "",
        *(f"2025-01-{n:02d}" for n in range(1, 9)),
    ]
    assert set(narrativ.summarize(table, by="month").groups["group"]) == {"", "2025-01"}
    assert set(narrativ.summarize(table, by="language").groups["group"]) == {"zh", "en"}
    assert set(narrativ.summarize(table, by="script").groups["group"]) == {"Hant", "Latn", "mixed"}
    table["desk"] = [1.0 if n % 2 else None for n in range(len(table))]
    assert set(narrativ.summarize(table, by="desk").groups["group"]) == {"1.0", ""}


def test_groups_stand_by_size_then_name() -> None:
    rows = [*random_rows(sources="b"), *random_rows(sources="a"), *random_rows(sources="c", documents=9)]
    assert narrativ.summarize(to_dataframe(rows)).groups["group"].tolist() == ["c", "a", "b"]


@pytest.mark.parametrize(("options", "message"), [
    ({"by": "nothing"}, "no column 'nothing' to group by"), ({"by": "frames"}, "holds lists or objects"),
    ({"weight": "likes"}, "no weight 'likes'"), ({"lang": "fr"}, "no language 'fr'"), ({"codebook": "none"}, "no codebook 'none'"),
])  # fmt: skip
def test_wrong_options_are_errors(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        narrativ.summarize(to_dataframe(random_rows()), **options)


def test_what_is_no_label_table_is_an_error() -> None:
    with pytest.raises(TableError, match="no column"):
        narrativ.summarize(pd.DataFrame({"source": ["a"]}))
    with pytest.raises(TableError, match=r"a1, passage 0: stance 'pro' is none of favor, neutral, against"):
        narrativ.summarize(to_dataframe([make_row(stance={"china": "pro"})]))


@pytest.mark.parametrize(
    "rows", [[], [make_row(status="empty", passage=None, text="")], [make_row()]], ids=["none", "unlabelled", "one"]
)
def test_next_to_nothing_is_summarised_too(rows: list[dict[str, Any]]) -> None:
    summary = narrativ.summarize(to_dataframe(rows), weight="reach")
    assert len(summary.groups) == min(len(rows), 1)
    for text in (summary.to_markdown(), summary.to_csv(), summary.to_json(), summary._repr_html_(), repr(summary)):
        assert "nan" not in text.lower().replace("unannotated", "")


def test_odd_values_do_no_harm() -> None:
    rows = random_rows()
    for row, reach in zip(rows, (-5, 0, 10**17), strict=False):
        row["reach"] = reach
    table = to_dataframe(rows)
    table["holder"] = [float("nan") if number % 9 == 0 else held for number, held in enumerate(table["holder"])]
    summary = narrativ.summarize(table, by="day", weight="reach")
    shares = summary.frames[["share", "low", "high"]].dropna()
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)


# --- the five documents that narrativ grew from ----------------------------------------------------------------------


def test_summary_of_the_seeds(seeds: Path, labeler: narrativ.Labeler) -> None:
    summary = narrativ.summarize(labeler.label(narrativ.read(seeds)), lang="zh-Hans")
    assert len(summary.groups) > 90
    assert summary.groups["passages"].sum() > 400
    names = set(summary.groups["group"])
    assert {"强化学徒", "黑噪音", "燕赤侠", "qq", "老楊到處說"} <= names
    assert all(text.endswith("。") for text in summary.describe().values())
    told = summary.frames.dropna(subset="share")
    assert (told["low"] <= told["share"] + 1e-12).all()
    assert (told["share"] <= told["high"] + 1e-12).all()
