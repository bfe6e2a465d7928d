"""Markdown to paragraphs: markup out, words in.

Kept: paragraphs, headings, list items, block quotes, table cells, the text of links, the text inside HTML tags.
Left out: images, link targets, HTML tags and comments, scripts and styles, code fences, footnote marks, ``[toc]``.
Parsing is markdown-it-py's (CommonMark with tables and strikethrough).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from narrativ.read.html import strip_tags

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Block", "blocks", "looks_like_markdown", "to_text"]


class Block(NamedTuple):
    """A paragraph, heading (level 1 to 6), list item, quote or table row, with its first line in the source.

    ``prose``: a paragraph of running text, not all bold, and in no list, quote or table.
    """

    text: str
    level: int
    line: int
    prose: bool = False


_TOC = re.compile(r"^\s*@?\[toc\]\s*$", re.IGNORECASE | re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]+\](?!:)")
_FOOTNOTE_DEFINITION = re.compile(r"^\[\^[^\]\s]+\]:[ \t]*", re.MULTILINE)
# CommonMark does not close ** between a full-width sign and Han (“……”**说), so pairs of it may be left over.
_LEFT_OVER = re.compile(r"\*\*|__(?=\S)|(?<=\S)__|~~")
_DATA_IMAGE = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=\s]{40,}")
_DEEP_QUOTE = re.compile(r"^(?:[ \t]*>[ \t]?){9,}", re.MULTILINE)
# A script that never ends would swallow the rest of the page.
_UNCLOSED_TAG = re.compile(r"<(script|style)\b[^>]*>(?![\s\S]*</\1)", re.IGNORECASE)
_HAN_BREAK = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef”’])\n(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“‘])"
)
_ALL_BOLD = re.compile(r"(\*\*|__)(?:(?!\1).)+\1[:：]?$", re.DOTALL)
_SIGNS = (
    re.compile(r"^#{1,6} \S", re.MULTILINE),
    re.compile(r"!?\[[^\]\n]*\]\([^)\s]+\)"),
    re.compile(r"\*\*\S[^*\n]*\*\*"),
    re.compile(r"^```", re.MULTILINE),
    re.compile(r"\A---\s*$", re.MULTILINE),
    re.compile(r"\A\+\+\+\s*$", re.MULTILINE),
)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    parser.disable("code")  # an indented paragraph is prose that somebody indented more often than it is code
    # Targets are thrown away, so no scheme is dangerous; a refused link would leave its markup in the text.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def looks_like_markdown(text: str) -> bool:
    """Whether a text file is Markdown in fact: front matter, headings, links, images or bold text."""
    head = text[:20_000]
    return any(sign.search(head) for sign in _SIGNS)


def _inline(token: Token) -> str:
    parts: list[str] = []
    hidden = ""
    for child in token.children or ():
        if child.type == "html_inline":
            tag = re.match(r"<(/?)(script|style)\b", child.content, re.IGNORECASE)
            if tag:
                hidden = "" if tag[1] else tag[2]
            elif re.match(r"</?(?:br|p|div|li|tr)\b", child.content, re.IGNORECASE):
                parts.append("\n")
        elif hidden:
            continue
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)


def _tidy(text: str) -> str:
    text = _FOOTNOTE_MARK.sub("", _LEFT_OVER.sub("", text))
    # A line break inside a paragraph is a space in English and nothing in Chinese.
    text = _HAN_BREAK.sub("", text)
    return " ".join(text.split())


def blocks(source: str) -> list[Block]:
    """Blocks of a Markdown text (without front matter), in order."""
    source = _DEEP_QUOTE.sub("> ", _DATA_IMAGE.sub("data:,", source))  # the parser drops what is nested too deep
    source = _FOOTNOTE_DEFINITION.sub("", _TOC.sub("", _UNCLOSED_TAG.sub("", source)))
    found: list[Block] = []
    row: list[str] = []
    in_row = False
    level = 0
    hidden = ""
    for token in _parser().parse(source):
        line = token.map[0] if token.map else (found[-1].line if found else 0)
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "tr_open":
            row, in_row = [], True
        elif token.type == "tr_close":
            in_row = False
            text = "　".join(cell for cell in row if cell)
            if text:
                found.append(Block(text, 0, line))
        elif token.type == "inline":
            text = _inline(token)
            if in_row:
                row.append(_tidy(text))
                continue
            hard = [_tidy(part) for part in text.split("\n")] if level == 0 and _is_list_like(text) else [_tidy(text)]
            prose = token.level == 1 and level == 0 and not _ALL_BOLD.match(token.content.strip())
            found.extend(Block(part, level, line, prose) for part in hard if part)
            level = 0
        elif token.type == "fence" and token.map and not _closed(source, token):
            found.extend(Block(part, 0, line) for part in map(_tidy, token.content.split("\n")) if part)
        elif token.type == "html_block":
            text, hidden = strip_tags(token.content, hidden)
            found.extend(Block(part, 0, line) for part in map(_tidy, text.split("\n")) if part)
    return found


def _closed(source: str, token: Token) -> bool:
    """Whether a code fence has its closing line; the parser takes all that follows an unclosed one for code."""
    assert token.map
    last = source.split("\n")[token.map[1] - 1 : token.map[1]]
    return token.map[1] - token.map[0] > 1 and bool(last) and last[0].strip().startswith(token.markup)


def _is_list_like(text: str) -> bool:
    """Whether the lines of a paragraph are items of their own (each ends a sentence), not a wrapped paragraph."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines) > 1 and all(re.search(r"[。！？!?；;…：:”」』）)\]]$|\.$", line) for line in lines[:-1])


def to_text(source: str) -> str:
    """Plain text of a Markdown source, one block a line."""
    return "\n".join(block.text for block in blocks(source))
