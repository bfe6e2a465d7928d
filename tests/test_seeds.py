"""The five documents that narrativ grew from, read where they lie beside the checkout (they are not in the repository)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

import narrativ
from narrativ.read.dates import iso


@pytest.fixture(scope="module")
def documents(seeds: Path) -> list[narrativ.Document]:
    return list(narrativ.read(seeds))


@pytest.fixture(scope="module")
def articles(documents: list[narrativ.Document]) -> list[narrativ.Document]:
    return [d for d in documents if d.kind == "article"]


def test_everything_is_read(documents: list[narrativ.Document]) -> None:
    assert Counter(d.kind for d in documents) == {"post": 110, "comment": 110, "article": 5}
    assert all(d.status == "ok" for d in documents)


def test_facts_of_the_articles(articles: list[narrativ.Document]) -> None:
    facts = [(d.author, d.source, iso(d.published)) for d in articles]
    assert facts == [
        ("强化学徒", "强化学徒", ""),
        ("老楊到處說", "老楊到處說", "2025-02-02T14:00:00+00:00"),
        ("倪刃", "黑噪音", "2025-01-30T21:36:44.683332+00:00"),
        ("燕赤侠", "燕赤侠", ""),
        ("王新喜", "qq", "2025-02-08T10:37:49"),
    ]
    assert [d.script for d in articles] == ["Hans", "mixed", "Hans", "Hans", "Hans"]
    assert articles[1].url.startswith("https://www.youtube.com/")
    assert articles[4].url == "https://new.qq.com/rain/a/20250208A02R0E00"
    assert all(d.title for d in articles)


def test_views_and_times_of_the_posts(documents: list[narrativ.Document]) -> None:
    posts = [d for d in documents if d.kind == "post"]
    assert all(isinstance(d.reach, int) for d in posts)
    assert sorted(d.reach for d in posts if d.reach and d.reach >= 10_000_000) == [
        11_000_000,
        12_000_000,
        13_000_000,
    ]
    assert min(d.reach for d in posts if d.reach) == 1_001_000
    per_day = Counter(d.published.date().isoformat() for d in posts if isinstance(d.published, dt.datetime))
    assert per_day == {"2025-01-20": 4, "2025-01-21": 4, "2025-01-22": 6, "2025-01-23": 7, "2025-01-24": 18, "2025-01-25": 13,
                       "2025-01-26": 34, "2025-01-27": 24}  # fmt: skip
    official = next(d for d in posts if d.author == "@deepseek_ai")
    assert official.reach == 12_000_000
    assert official.published == dt.datetime(2025, 1, 20, 12, 29, tzinfo=dt.timezone.utc)
    assert official.meta["posted"] == "2025-01-20T12:29:30+00:00"


def test_comments_name_their_posts(documents: list[narrativ.Document]) -> None:
    posts = {d.id: d for d in documents if d.kind == "post"}
    comments = [d for d in documents if d.kind == "comment"]
    assert {d.author for d in comments} == {"强化学徒"}
    assert {d.meta["about"] for d in comments} == set(posts)


def test_markup_is_gone(documents: list[narrativ.Document]) -> None:
    for document in documents:
        for mark in ("](", "**", "<div", "<!--", "javascript:", "![", "```", "@[toc]", "mmbiz"):
            assert mark not in document.text, f"{document.id}: {mark}"


def test_a_paragraph_cut_inside_a_word_is_whole(articles: list[narrativ.Document]) -> None:
    assert any(line.endswith("来自中国。") for line in articles[3].text.split("\n"))


PROMOTION = {
    "老楊到處說": ["PayPal", "微信qingtongtong100", "老醬香白酒", "安身立命"],
    "黑噪音": ["油管", "知识星球", "备用号", "个人微信", "请放心关注", "讨论社群"],
    "qq": ["谢绝转载"],
}


def test_no_promotion_without_its_mark(articles: list[narrativ.Document], labeler: narrativ.Labeler) -> None:
    for document in articles:
        [labelled] = list(labeler.label_documents([document]))
        for cue in PROMOTION.get(document.source, []):
            statuses = {passage.status for passage, _ in labelled if cue in passage.text}
            assert statuses == {"boilerplate"}, f"{document.source}: {cue}: {statuses}"
        marked = sum(len(passage.text) for passage, _ in labelled if passage.status == "boilerplate")
        assert marked < 0.25 * len(document.text), f"{document.source}: {marked} of {len(document.text)} characters"


def test_the_whole_way(seeds: Path, tmp_path: Path, labeler: narrativ.Labeler) -> None:
    table = labeler.label(narrativ.read(seeds))
    assert table["doc_id"].nunique() == 225
    assert set(table["status"]) == {"ok", "boilerplate", "too_short"}
    narrativ.write_table(table, tmp_path / "seeds.csv")
    assert narrativ.read_table(tmp_path / "seeds.csv").equals(table)
    ids = {d.id: d.text for d in narrativ.read(seeds)}
    for row in table.itertuples():
        assert ids[row.doc_id][row.start : row.end] == row.text
