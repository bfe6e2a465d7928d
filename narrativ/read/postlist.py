"""Dated lists of posts, as compilers of timelines write them in Markdown.

A list has date headings (``## **2025/1/26**：…``), under them posts: a line with the time, the handle with its link and
the views (``**09:19**：[ @name](https://…) - 浏览（**1.1千万**）``), then labelled items, the post's content and the
compiler's own comment. Posts become documents of their author, comments documents of the compiler that name the
post they are about; everything else stays an article, the compiler's summaries of a day included. A line of that form
without labelled items is a mention inside the article, not a post.

Times in such lists often mix zones. Where a link is that of a post on X, its number holds the moment of posting
(milliseconds since 2010-11-04T01:42:54.657Z in the bits above the lowest 22). When most stated times equal that moment
in one zone, the list is written in that zone; a post whose stated time differs keeps it without a zone, with the moment of
the link in ``meta["posted"]`` and a note.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from narrativ.read.build import build
from narrativ.read.markdown import to_text
from narrativ.read.numbers import parse_count
from narrativ.records import Document

__all__ = ["Post", "documents", "find_posts", "is_date_heading", "looks_like_list", "post_moment"]

_DATE_HEADING = re.compile(
    r"^\s{0,3}(?:#{1,6}\s*)?[*_]{0,2}(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?[*_]{0,2}\s*(?:[:：].*)?$"
)
_POST_LINE = re.compile(
    r"^\s{0,3}(?:[-*+]\s+)?[*_]{0,2}(?P<H>\d{1,2})[:：](?P<M>\d{2})[*_]{0,2}\s*[:：\-–—]?\s*"
    r"\[\s*(?P<handle>[^\]\n]{1,60}?)\s*\]\((?P<url>[^)\s]+)\)"
    r"(?:\s*[-–—,，]?\s*(?:浏览|瀏覽|阅读|閱讀|观看|觀看|views?|reach)\s*[:：]?\s*[（(]?\s*(?P<views>[^）)\n]{1,30}?)\s*[）)]?)?\s*$",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"^\s{0,3}[-*+]\s*[*_]{0,2}(?:帖子内容|帖子內容|贴文内容|内容|內容|原文|推文|content|post|text)[*_]{0,2}\s*[:：]\s*[*_]{0,2}",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"^\s{0,3}[-*+]\s*[*_]{0,2}(?:个人评价|個人評價|评价|評價|点评|點評|评论|評論|按语|按|comment|note|my take)[*_]{0,2}\s*[:：]\s*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_OTHER_ITEM = re.compile(r"^[-*+]\s*[*_]{0,2}[^\s：:，。,.]{1,8}[*_]{0,2}\s*[：:]")
_LIKE_POST = re.compile(
    r"^[\s*_>#-]*(?:[上下]午|凌晨|晚上)?\s*\d{1,2}[:：]\d{2}(?::\d{2})?\b.{0,60}(?:@\w+|浏览|瀏覽|阅读|閱讀|views)",
    re.MULTILINE | re.IGNORECASE,
)
_RULE = re.compile(r"^\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*$")
_X_STATUS = re.compile(r"^https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/[^/]+/status/(?P<number>\d{15,20})")
_X_EPOCH = 1_288_834_974_657
_AGREEMENT = 0.6
_MIN_LINKS = 5


@dataclass
class Post:
    """A post as it stands in a list, in Markdown."""

    day: dt.date
    hour: int
    minute: int
    handle: str
    url: str
    views: str | None
    content: str
    comment: str
    line: int
    other: tuple[str, ...] = ()


def post_moment(url: str) -> dt.datetime | None:
    """The moment of posting that the number of a post on X holds, in UTC; ``None`` for other links."""
    match = _X_STATUS.match(url)
    if not match:
        return None
    milliseconds = (int(match["number"]) >> 22) + _X_EPOCH
    moment = dt.datetime.fromtimestamp(milliseconds / 1000, dt.timezone.utc)
    return moment if 2010 <= moment.year <= 2100 else None


def looks_like_list(source: str) -> bool:
    """Whether many lines begin with a time and name views or a handle, in a form that is no post list to us."""
    return len(_LIKE_POST.findall(source)) >= 5


def is_date_heading(line: str) -> bool:
    """Whether a heading only opens the posts of a day."""
    return bool(_DATE_HEADING.match(line))


def find_posts(source: str) -> tuple[list[Post], str]:
    """Posts of a Markdown text, and the text without them.

    Returns
    -------
    posts, rest
        `rest` keeps the date headings and whatever stands between the posts; it equals `source` when there is none.
    """
    lines = source.split("\n")
    day: dt.date | None = None
    posts: list[Post] = []
    rest: list[str] = []
    number = 0
    while number < len(lines):
        heading = _DATE_HEADING.match(lines[number])
        if heading:
            try:
                day = dt.date(int(heading["y"]), int(heading["m"]), int(heading["d"]))
            except ValueError:
                day = None
        head = _POST_LINE.match(lines[number]) if day else None
        following = next((line for line in lines[number + 1 : number + 4] if line.strip()), "")
        if not head or not _CONTENT.match(following) or int(head["H"]) > 24 or int(head["M"]) > 59:
            rest.append(lines[number])
            number += 1
            continue
        end = number + 1
        content: list[str] = []
        comment: list[str] = []
        other: list[str] = []
        part = content
        while end < len(lines):
            line = lines[end]
            if _HEADING.match(line) or _RULE.match(line) or _POST_LINE.match(line):
                break
            if _CONTENT.match(line) and not content:
                part, line = content, _CONTENT.sub("", line)
            elif _COMMENT.match(line):
                part, line = comment, _COMMENT.sub("", line)
            elif _OTHER_ITEM.match(line):
                part, line = other, line.strip()
            elif line[:1].strip() and not lines[end - 1].strip():
                break  # a paragraph that is not indented, after a blank line, is no part of an item
            part.append(line)
            end += 1
        assert day is not None
        posts.append(
            Post(day, int(head["H"]), int(head["M"]), head["handle"].strip(), head["url"], head["views"],
                 _dedent(content), _dedent(comment), number + 1, tuple(filter(None, other)))
        )  # fmt: skip
        rest.append("")
        number = end
    return posts, "\n".join(rest)


def _dedent(lines: Sequence[str]) -> str:
    """Continuation lines of a list item without the item's indent, so that their own markup is seen."""
    return "\n".join(re.sub(r"^ {1,3}", "", line) for line in lines).strip()


def _stated(post: Post) -> dt.datetime:
    day = dt.datetime(post.day.year, post.day.month, post.day.day)
    return day + dt.timedelta(hours=post.hour, minutes=post.minute)  # 24:00 is the next midnight


def _zone(posts: Sequence[Post]) -> tuple[dt.tzinfo | None, str]:
    """The zone in which most stated times equal the moments of their links."""
    offsets: Counter[int] = Counter()
    linked = 0
    for post in posts:
        moment = post_moment(post.url)
        if moment is None:
            continue
        linked += 1
        difference = (_stated(post) - moment.replace(tzinfo=None)).total_seconds() / 60
        quarter = round(difference / 15) * 15
        if abs(difference - quarter) <= 1 and abs(quarter) <= 14 * 60:
            offsets[quarter] += 1
    if linked < _MIN_LINKS or not offsets:
        return None, ""
    offset, agreeing = offsets.most_common(1)[0]
    if agreeing < _AGREEMENT * linked:
        return None, ""
    zone = dt.timezone.utc if offset == 0 else dt.timezone(dt.timedelta(minutes=offset))
    return zone, f"times are {zone}: {agreeing} of {linked} equal the moment in the post's link"


def documents(
    posts: Sequence[Post],
    *,
    id: str,
    compiler: str,
    article_title: str,
    meta: Mapping[str, Any] | None = None,
) -> tuple[list[Document], tuple[str, ...]]:
    """Documents of the posts and of the compiler's comments, and notes about the list as a whole."""
    zone, said = _zone(posts)
    made: list[Document] = []
    for number, post in enumerate(posts, 1):
        published = _stated(post).replace(tzinfo=zone)
        moment = post_moment(post.url)
        facts: dict[str, Any] = {"list": article_title, "line": post.line, **(meta or {})}
        notes: list[str] = []
        if moment is not None:
            facts["posted"] = moment.isoformat(timespec="seconds")
            if zone is not None and abs((published - moment).total_seconds()) > 120:
                notes.append(f"stated time differs from the moment in the link, {facts['posted']}: its zone is unknown")
                published = published.replace(tzinfo=None)
        if post.other:
            facts["items"] = list(post.other)
        reach = parse_count(post.views) if post.views else None
        if post.views and reach is None:
            notes.append(f"views not understood: {post.views!r}")
        post_id = f"{id}#post-{number:03d}"
        made.append(
            build(id=post_id, text=to_text(post.content), source=post.handle, author=post.handle, published=published,
                  url=post.url, reach=reach, kind="post", notes=notes, meta=facts)
        )  # fmt: skip
        if post.comment.strip():
            made.append(
                build(id=f"{id}#comment-{number:03d}", text=to_text(post.comment), source=compiler, author=compiler,
                      kind="comment", meta={**facts, "about": post_id, "about_author": post.handle, "about_url": post.url})
            )  # fmt: skip
    return made, (said,) if said else ()
