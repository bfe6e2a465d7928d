"""The first seed document's own story, from `narrativ timeline` on the documents themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import narrativ
from tests.conftest import SEEDS
from tests.times import HUGE, PER_DAY

if not SEEDS.is_dir():
    pytest.skip(f"no seed documents at {SEEDS}", allow_module_level=True)

EARLY, LATE = ("2025-01-20", "2025-01-22"), ("2025-01-26", "2025-01-27")


@pytest.fixture(scope="module")
def posts() -> Any:
    table = narrativ.Labeler(engine="fast").label(narrativ.read(Path(SEEDS)))
    return narrativ.timeline(table, kinds=("post",), reach_over=(1e6, 1e7), spans=(EARLY, LATE))


def test_110_posts_on_their_days(posts: Any) -> None:
    assert dict(zip(posts.totals["period"], posts.totals["documents"], strict=True)) == PER_DAY
    assert posts.account["documents"] == 110
    assert posts.account["not counted: comment"] == 110


def test_posts_of_one_and_ten_million_views_a_day(posts: Any) -> None:
    assert posts.totals["reach_over_1000000"].tolist() == list(PER_DAY.values())
    over = posts.totals.set_index("period")["reach_over_10000000"]
    assert over[over > 0].to_dict() == dict.fromkeys(HUGE, 1)


def test_reach_per_day(posts: Any) -> None:
    assert posts.totals["reach"].tolist() == [
        15931000,
        6265000,
        8641000,
        18272000,
        60792000,
        34806000,
        79308000,
        49714000,
    ]
    assert posts.totals["reach_known"].sum() == 110


def test_open_source_praise_leads_from_the_20th_to_the_22nd(posts: Any) -> None:
    spans = posts.spans.set_index(["span", "frame"])
    early = spans.loc["/".join(EARLY)]
    assert early["share"].idxmax() == "open_source_praise"
    assert early.loc["open_source_praise", "leads"] > 0.95
    assert early.loc["market_shock", "share"] == 0


def test_praise_falls_and_the_shock_comes_as_a_burst_on_the_27th(posts: Any) -> None:
    """What the labels do not show: market shock leading. Posts of the 26th and 27th tell more of rivalry between states."""
    late = posts.spans.set_index(["span", "frame"]).loc["/".join(LATE)]
    assert late.loc["open_source_praise", "change_high"] < 0
    assert late.loc["market_shock", "share"] > 0.1
    clear = posts.bursts[(posts.bursts["frame"] == "market_shock") & (posts.bursts["p"] <= 0.05)]
    assert clear["end"].tolist() == ["2025-01-27"]
    assert all(passage["published"].startswith("2025-01-2") for passage in clear.iloc[0]["passages"])


def test_a_turn_is_found_between_the_two(posts: Any) -> None:
    turns = posts.turns.drop_duplicates("turn")
    assert len(turns) >= 1
    assert turns["period"].between("2025-01-23", "2025-01-27").all()


def test_eight_days_give_no_lag(posts: Any) -> None:
    assert (posts.lags["verdict"] == "short").all()
    assert posts.lags["lag"].isna().all()
    assert "no lag can be established" in posts.describe()


def test_beijing_days_are_other_days(posts: Any) -> None:
    assert posts.account["zoned"] == 95
    assert posts.account["naive"] == 15
    assert posts.account["zone_matters"] > 0
