"""Dated lists of posts: posts, comments and the article are told apart."""

from __future__ import annotations

import datetime as dt

import narrativ
from narrativ.read.markdownfile import documents
from narrativ.read.postlist import find_posts, post_moment
from tests.conftest import DATA

# A post on X holds its moment in its number; these numbers were computed for invented accounts.
EPOCH = 1_288_834_974_657


def link(handle: str, moment: dt.datetime) -> str:
    number = (int(moment.timestamp() * 1000) - EPOCH) << 22
    return f"https://x.com/{handle}/status/{number}"


def make_list(stated_offset: int, *, odd: int = 0, count: int = 8) -> str:
    """A list of posts whose stated times are UTC plus `stated_offset` hours, `odd` of them off by 37 minutes."""
    lines = [
        "# 一周热帖",
        "",
        "前言在这里，说说怎么收集的。",
        "",
        "## **2025/2/3**：第一天",
        "这一天很热闹。",
        "",
    ]
    for number in range(count):
        moment = dt.datetime(2025, 2, 3, 12, 10 + number, tzinfo=dt.timezone.utc)
        stated = moment + dt.timedelta(hours=stated_offset, minutes=37 if number < odd else 0)
        lines += [
            f"**{stated:%H:%M}**：[ @user{number}]({link(f'user{number}', moment)}) - 浏览（{number + 1}.5万）  ",
            f"- 帖子内容：第{number}条帖子的**内容**在这里。  ",
            f"- 个人评价：第{number}条评语。  ",
            "",
        ]
    lines += ["# 总结", "结尾在这里。"]
    return "\n".join(lines)


def test_posts_comments_and_article() -> None:
    article, *rest = documents(make_list(0), id="x.md")
    posts = [d for d in rest if d.kind == "post"]
    comments = [d for d in rest if d.kind == "comment"]
    assert (len(posts), len(comments)) == (8, 8)
    assert posts[0].text == "第0条帖子的内容在这里。"
    assert posts[0].reach == 15_000
    assert posts[0].source == posts[0].author == "@user0"
    assert comments[0].text == "第0条评语。"
    assert comments[0].meta["about"] == posts[0].id
    assert comments[0].meta["about_author"] == "@user0"
    assert article.text == "前言在这里，说说怎么收集的。\n2025/2/3：第一天\n这一天很热闹。\n总结\n结尾在这里。"
    assert article.title == "一周热帖"


def test_the_zone_is_what_the_links_show() -> None:
    for offset, zone in ((0, dt.timedelta(0)), (8, dt.timedelta(hours=8)), (-5, dt.timedelta(hours=-5))):
        article, *rest = documents(make_list(offset), id="x.md")
        posts = [d for d in rest if d.kind == "post"]
        assert all(isinstance(d.published, dt.datetime) and d.published.utcoffset() == zone for d in posts)
        assert "equal the moment" in article.notes[0]


def test_a_time_that_differs_is_kept_and_noted() -> None:
    _, *rest = documents(make_list(0, odd=2), id="x.md")
    posts = [d for d in rest if d.kind == "post"]
    assert posts[0].published == dt.datetime(2025, 2, 3, 12, 47)
    assert posts[0].meta["posted"] == "2025-02-03T12:10:00+00:00"
    assert "stated time differs" in posts[0].notes[0]
    assert posts[5].notes == ()


def test_no_zone_without_agreement() -> None:
    _, *rest = documents(make_list(0, odd=6), id="x.md")
    assert all(d.published.tzinfo is None for d in rest if isinstance(d.published, dt.datetime))


def test_a_mention_without_content_stays_in_the_article() -> None:
    source = (
        "## **2025/2/3**：x\n\n**03:10**：[ @a](https://x.com/a/status/1) - 浏览（1万）对比，性价比高。\n\n后面的话。"
    )
    posts, rest = find_posts(source)
    assert posts == []
    assert rest == source


def test_only_posts_on_x_have_a_moment() -> None:
    assert post_moment("https://x.example.com/a/status/1881318130334814301") is None
    assert post_moment("https://twitter.com/a/status/1881318130334814301") is not None
    assert post_moment("https://x.com/a/status/12") is None


def test_days_change_at_midnight() -> None:
    posts = [d for d in narrativ.read(DATA / "postlist_midnight.md") if d.kind == "post"]
    assert [str(d.published) for d in posts] == [
        "2025-01-31 23:59:00", "2025-02-01 00:00:00", "2025-02-01 00:00:00", "2025-02-02 00:00:00",
    ]  # fmt: skip


def test_a_post_of_several_paragraphs_is_one_document() -> None:
    found = list(narrativ.read(DATA / "postlist_multiparagraph.md"))
    post = next(d for d in found if d.kind == "post")
    comment = next(d for d in found if d.kind == "comment")
    assert post.text.count("\n") == 6
    assert comment.text == "对成本持保留意见，\n但语气平和。"


def test_an_editors_note_after_a_post_is_the_articles() -> None:
    source = "## 2025-01-26\n\n09:19 [@n](https://x.com/n/status/1)\n- 内容：模型开源了。\n- 转发：1.2万\n\n编者注：我看是骗局。\n"
    article, post = documents(source, id="x.md")
    assert post.text == "模型开源了。"
    assert post.meta["items"] == ["- 转发：1.2万"]
    assert "编者注：我看是骗局。" in article.text
    assert article.published is None
