"""Markdown files: front matter, byline, body, and posts where the file is a dated list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from narrativ.read import frontmatter
from narrativ.read.build import from_fields, with_defaults
from narrativ.read.byline import find, original_author
from narrativ.read.clean import clean
from narrativ.read.columns import assign
from narrativ.read.markdown import Block, blocks
from narrativ.read.plain import cut_inside_word
from narrativ.read.postlist import documents as post_documents
from narrativ.read.postlist import find_posts, is_date_heading, looks_like_list
from narrativ.records import Document

__all__ = ["documents"]

# A last line that is nothing but a link names the page the text was taken from: [qq](https://new.qq.com/…).
_ORIGIN_LINK = re.compile(r"^\[(?P<site>[^\]\n]{1,30})\]\((?P<url>https?://[^)\s]+)\)\s*$")


def _origin(body: str) -> tuple[str, dict[str, str]]:
    """The body without a closing origin link, and what that link says."""
    stripped = body.rstrip()
    start = stripped.rfind("\n") + 1
    match = _ORIGIN_LINK.match(stripped[start:].strip())
    if not match or start == 0:
        return body, {}
    return stripped[:start], {"source": match["site"], "url": match["url"]}


def _same(first: str, second: str) -> bool:
    return re.sub(r"\W+", "", first).casefold() == re.sub(r"\W+", "", second).casefold()


def _title(parts: list[Block], stated: str) -> tuple[str, int]:
    """The title and how many leading blocks repeat it: headings, or a first line equal to the stated title."""
    if stated:
        drop = 0
        while drop < len(parts) and drop < 2 and _same(parts[drop].text, stated):
            drop += 1
        return stated, drop
    if parts and parts[0].level in (1, 2) and not is_date_heading(parts[0].text):
        return parts[0].text, 1
    # A short first paragraph before a byline or more text, as in plain text.
    if len(parts) > 1 and parts[0].level == 0:
        text = parts[0].text
        after = [part.text for part in parts[1:4]]
        if len(text) <= 60 and not re.search(r"[。；;，,：:.]$", text) and find(after).lines:
            return text, 1
    return "", 0


def _whole(parts: list[Block]) -> list[str]:
    """Texts of the blocks, with paragraphs re-joined that a blank line cut inside a word."""
    texts: list[str] = []
    for number, part in enumerate(parts):
        if texts and part.prose and parts[number - 1].prose and cut_inside_word(texts[-1], part.text):
            texts[-1] += part.text
        else:
            texts.append(part.text)
    return texts


def documents(
    source: str, *, id: str, defaults: Mapping[str, Any] | None = None, notes: tuple[str, ...] = ()
) -> Iterator[Document]:
    """Documents of a Markdown file: one article, or an article and the posts and comments of a dated list."""
    front = frontmatter.split(source.replace("\r\n", "\n").replace("\r", "\n"))
    fields: dict[str, Any] = dict(front.fields)
    body, origin = _origin(front.body)
    posts, rest = find_posts(body)
    parts = blocks(rest)
    roles = assign(fields)
    stated = clean(str(fields.get(roles.get("title", ""), "") or "")).replace("\n", " ")
    title, drop = _title(parts, stated)
    lines = [clean(text) for text in _whole(parts[drop:])]
    found = find(["" if is_date_heading(line) else line for line in lines])
    text = "\n".join(line for number, line in enumerate(lines) if number not in found.lines)
    said: dict[str, Any] = {
        "title": title,
        "author": found.author or original_author(front.body),
        "source": found.source or origin.get("source", ""),
        "published": found.published,
        "url": origin.get("url", ""),
        "reach": found.reach,
    }
    said = with_defaults(said, defaults)
    remarks = [*notes, *front.notes]
    if not posts and looks_like_list(body):
        remarks.append("looks like a list of posts, in a form that was not recognised: read as one article")
    article = from_fields(fields, id=id, text=text, defaults=said, notes=remarks)
    made: list[Document] = []
    if posts:
        compiler = article.author or article.source
        made, list_notes = post_documents(posts, id=id, compiler=compiler, article_title=article.title)
        article = replace(article, notes=(*article.notes, *list_notes))
    if article.text or not made:
        yield article
    yield from made
