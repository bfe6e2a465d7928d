"""Which field of a record is which: front-matter keys, table columns and JSON keys in English and Chinese.

One table of names serves every reader, so that a CSV column, a YAML key and a JSON key are understood alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from narrativ.errors import InputError, OptionError

__all__ = ["ROLES", "assign", "flatten", "normalized"]

# Per role, in order of preference; compared after `normalized`.
_NAMES: dict[str, str] = {
    "id": "id guid uuid docid postid tweetid statusid articleid 编号 編號 序号",
    "text": "text fulltext content body articlebody articletext maintext message tweet post posttext comment commenttext "
    "selftext transcript bodytext leadparagraph caption 正文 正文内容 内容 內容 全文 文本 原文内容 文章内容 帖子内容 推文 推文内容 微博正文 微博内容 博文 评论内容 "
    "評論內容 帖文 貼文 contenttext rawcontent description",
    "title": "title headline subject articletitle newstitle webtitle 标题 標題 题目 題目 新闻标题 文章标题 新聞標題 视频标题",
    "source": "source outlet site sitename publisher publication media medium newspaper newspapername sourcename mediaoutlet "
    "channel channeltitle channelname subreddit domain 来源 來源 媒体 媒體 媒体名称 媒體名稱 来源媒体 消息来源 出处 出處 公众号 公眾號 频道 頻道 "
    "站点 網站 网站 平台 platform",
    "author": "author authors byline creator writer user username screenname handle account nickname displayname by 作者 作者名 "
    "記者 记者 用户 用戶 用户名 用户昵称 用戶名稱 昵称 暱稱 博主 发布者 發布者 发帖人 网友",
    "date": "date published publishedat publisheddate publicationdate publishdate publishtime publishedtime pubdate pubtime "
    "posted postedat createdat createdtime created createdutc datetime timestamp time day 发布时间 發布時間 发布日期 發布日期 "
    "发表时间 發表時間 发表日期 日期 时间 時間 创建时间 建立時間 刊登日期 发帖时间 lastmod updated updatedat modified seendate uploaddate postcreated webpublicationdate publishat 更新时间",
    "url": "url link permalink href uri originalurl sourceurl articleurl posturl tweeturl weburl webpageurl shareurl canonical from 链接 鏈接 連結 原文链接 原文連結 "
    "原文鏈接 网址 網址 原文地址 地址 文章链接",
    "reach": "reach views view viewcount viewscount viewnum reads readcount impressions impressioncount plays playcount audience postviews playcount readcnt "
    "浏览 瀏覽 浏览量 瀏覽量 浏览数 瀏覽數 阅读 閱讀 阅读量 閱讀量 阅读数 閱讀數 播放 播放量 播放数 觀看次數 观看次数 曝光 曝光量 触达 點擊率 点击量",
    "language": "language lang languages langcode locale 语言 語言",
    "summary": "summary abstract excerpt lead dek standfirst 摘要 概要 简介 導語 导语",
    "tags": "tags tag keywords keyword 标签 標籤 关键词 關鍵詞 關鍵字 关键字",
    "categories": "categories category section sections 分类 分類 栏目 欄目 版面",
}
ROLES = tuple(_NAMES)
_ROLE_OF: dict[str, tuple[int, str]] = {
    name: (rank, role) for role, names in _NAMES.items() for rank, name in enumerate(names.split())
}
# Names of the leaves of nested JSON that mean what their parent says.
_GENERIC = frozenset(
    "name value text at count display full fullname label raw plain string main rendered original default blocks items "
    "paragraphs zh en cn zhcn zhtw zhhans zhhant".split()
)
# Objects that are about somebody or something else than the record: of their leaves only names matter.
_OTHERS = frozenset(
    "user author account owner creator from sender channel profile thumbnail thumbnails media image images video entities "
    "retweetedstatus quotedstatus reply replies comments poster publisher".split()
)
_NAME_LEAVES = frozenset("name username screenname displayname nickname fullname handle".split())
# Names so common for something else that any other field of the role is preferred.
_WEAK = frozenset("description summary abstract account day by from time".split())


def normalized(name: object) -> str:
    """A field name without case, width, spaces and punctuation: ``Created_At`` and ``created at`` are the same.

    >>> normalized("Created_At"), normalized("阅读量（次）")
    ('createdat', '阅读量')
    """
    text = unicodedata.normalize("NFKC", str(name)).strip("\ufeff").casefold()
    text = re.sub(r"[(（\[].*?[)）\]]", "", text)
    return re.sub(r"[\W_]+", "", text)


def flatten(record: Mapping[str, Any], *, depth: int = 4) -> dict[str, Any]:
    """A nested JSON object as one level of dotted keys; a list of objects with a text each becomes that text.

    Returns
    -------
    dict
        Leaves by their path (``author.name``), in the order of the file.
    """
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and depth > 1:
            for path, leaf in flatten(value, depth=depth - 1).items():
                flat[f"{key}.{path}"] = leaf
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            texts = [str(item["text"]) for item in value if isinstance(item.get("text"), str)]
            flat[str(key)] = "\n".join(texts) if texts else value
        else:
            flat[str(key)] = value
    return flat


def _candidates(path: str) -> Iterable[str]:
    parts = [normalized(part) for part in path.split(".")]
    last = parts[-1]
    if len(parts) == 1:
        yield last
        return
    # `author.name` is the author, and `author.id` or `author.url` nothing of the record.
    others = [part for part in parts[:-1] if part in _OTHERS]
    if others:
        if last in _NAME_LEAVES and others[-1] == parts[-2]:
            yield (
                "author"
                if others[-1] in ("user", "account", "owner", "sender", "from", "profile", "creator")
                else others[-1]
            )
        return
    if last in _GENERIC:
        yield parts[-2]
    if last not in ("id", "name", "count", "display", "at", "value", "label"):
        yield last


def assign(
    fields: Iterable[str], overrides: Mapping[str, str] | None = None, *, lenient: bool = False
) -> dict[str, str]:
    """Which field plays which role.

    Parameters
    ----------
    fields
        Field names as they stand, dotted for nested ones.
    overrides
        Role to field name, as the user demands (``{"text": "Nachricht"}``).
    lenient
        Pass over demanded fields that are not there, but for the text: rows of JSON differ.

    Returns
    -------
    dict
        Role to field name, for the roles found.

    Raises
    ------
    OptionError
        An override names an unknown role.
    InputError
        An override names a field that is not there.
    """
    return dict(_assign(tuple(fields), tuple((overrides or {}).items()), lenient))


@lru_cache(maxsize=256)
def _assign(present: tuple[str, ...], overrides: tuple[tuple[str, str], ...], lenient: bool) -> Mapping[str, str]:
    """:func:`assign`, remembered: the rows of a table all have the same fields."""
    roles: dict[str, str] = {}
    for role, name in overrides:
        if role not in ROLES:
            raise OptionError(f"no role {role!r}; roles are {', '.join(ROLES)}")
        match = name if name in present else next((f for f in present if normalized(f) == normalized(name)), None)
        if match is None:
            if lenient and role != "text":
                continue
            raise InputError(f"no column {name!r}; columns are {', '.join(map(repr, present))}")
        roles[role] = match
    best: dict[str, tuple[int, int, int, str]] = {}
    for order, field in enumerate(present):
        if field in roles.values():
            continue
        for candidate in _candidates(field):
            found = _ROLE_OF.get(candidate)
            if found is None:
                continue
            rank, role = found
            # Prefer the shallower, then the better name, then the plain number over its display, then the first.
            display = int(field.endswith(".display"))
            depth = field.count(".") + (4 if candidate in _WEAK else 0)
            key = (depth, rank * 2 + display, order, field)
            if role not in roles and (role not in best or key < best[role]):
                best[role] = key
            break
    for role, (_, _, _, field) in best.items():
        roles[role] = field
    return roles
