"""Plain text: hard-wrapped lines re-joined, title and byline found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from narrativ.read.build import from_fields, with_defaults
from narrativ.read.byline import find
from narrativ.read.clean import clean
from narrativ.records import Document
from narrativ.text.tokenize import Tokenizer

__all__ = ["cut_inside_word", "document", "rejoin"]

_SENTENCE_END = re.compile(r"[。！？!?…；;：:.”」』）)】\]》>\"'’*_]$")
_STARTS_ITEM = re.compile(
    r"^(?:[-*•·●■▪‣]\s|\d{1,3}[.、)）]\s?|[（(]\d{1,2}[)）]|[一二三四五六七八九十]{1,3}、|#|@|【|&gt;|>|https?://)"
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff，、：；“”‘’（）《》]")
_WANTS_MORE = re.compile(
    r"(?:[把被和与及或在对从向将给让使因由而但所为比跟與對從將給讓為]|\b(?:a|an|the|in|on|of|to|for|and|or|by|with|at|from|that|as|is|was|has|had))$"
)
_PLAIN_HAN = re.compile("[\u4e00-\u9fd5]")
# Nobody wraps at fewer columns (a Han character takes two): shorter lines are items, headlines, verse.
_MIN_COLUMN = 36
_TITLE_MAX_HAN = 60
_TITLE_MAX_WORDS = 25


def _width(line: str) -> int:
    """Columns on a terminal: Han counts two."""
    return len(line) + len(_HAN.findall(line))


def _join(left: str, right: str) -> str:
    if _HAN.match(left[-1]) or _HAN.match(right[0]):
        return left + right
    if left.endswith("-") and len(left) > 1 and left[-2].isalpha() and right[0].islower():
        return left + right  # "well-" + "known": the hyphen is the word's own more often than the line break's
    return f"{left} {right}"


def rejoin(text: str) -> list[str]:
    """Paragraphs of a text whose lines may be broken in mid-sentence.

    Lines are joined when the text is hard-wrapped: a line that does not end a sentence, is about as long as the
    longest lines (or is followed by blank lines between every two lines, as mail clients and OCR make them) and whose
    successor does not start an item. Short lines that end nowhere (headings, verse, lists of names) stay.
    """
    lines = [line.strip() for line in text.split("\n")]
    filled = [number for number, line in enumerate(lines) if line]
    if len(filled) < 2:
        return [lines[number] for number in filled]
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    widths = sorted(_width(lines[number]) for number in filled)
    wide = widths[int(len(widths) * 0.75)]
    longest = widths[-1]
    # Within a block: a wrap column that most unfinished lines come near to is the sign of hard wrapping.
    open_lines = [_width(line) for block in blocks for line in block[:-1] if not _SENTENCE_END.search(line)]
    wrapped = (
        bool(open_lines)
        and wide >= _MIN_COLUMN
        and longest <= 140
        and sum(width >= 0.7 * wide for width in open_lines) >= 0.7 * len(open_lines)
    )
    paragraphs: list[str] = []
    for block in blocks:
        current = block[0]
        previous = block[0]
        for line in block[1:]:
            joins = wrapped and _width(previous) >= 0.6 * wide and not _STARTS_ITEM.match(line)
            if joins and _SENTENCE_END.search(previous):
                joins = _width(previous) >= 0.9 * wide
            if joins:
                current = _join(current, line)
            else:
                paragraphs.append(current)
                current = line
            previous = line
        paragraphs.append(current)
    return _rejoin_split(paragraphs)


def _rejoin_split(paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs that a blank line cut in mid-sentence: one ends openly and the next goes on."""
    merged: list[str] = []
    for paragraph in paragraphs:
        if merged and _goes_on(merged[-1], paragraph) and not _STARTS_ITEM.match(paragraph):
            merged[-1] = _join(merged[-1], paragraph)
        else:
            merged.append(paragraph)
    return merged


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence runs across two lines: a comma or a word that wants more at the end, or a word cut in two."""
    if _SENTENCE_END.search(before) or _width(before) < 30:
        return False
    if re.search(r"[，、,—]$", before):
        return bool(re.match("[a-z\u3400-\u9fff“「《]", after))
    if _WANTS_MORE.search(before):
        return True
    return bool(re.match("[a-z]", after)) or cut_inside_word(before, after)


def cut_inside_word(left: str, right: str) -> bool:
    """Whether the border of two Chinese lines runs through a word of jieba's dictionary (多款来|自中国)."""
    if not left or not right or not _PLAIN_HAN.match(left[-1]) or not _PLAIN_HAN.match(right[0]):
        return False
    tail = re.findall("[\u4e00-\u9fd5]+$", left)[0][-8:]
    head = re.findall("^[\u4e00-\u9fd5]+", right)[0][:8]
    return len(tail) not in _plain_tokenizer().word_edges(tail + head, len(tail))


@lru_cache(maxsize=1)
def _plain_tokenizer() -> Tokenizer:
    return Tokenizer()


def _title_like(line: str) -> bool:
    if re.search(r"[。；;，,：:]$", line) or len(line) > 120:
        return False
    if re.search(r"(?<!\.)\.$", line):
        return False
    return len(_HAN.findall(line)) <= _TITLE_MAX_HAN and len(line.split()) <= _TITLE_MAX_WORDS


def document(source: str, *, id: str, defaults: Mapping[str, Any] | None = None, notes: Sequence[str] = ()) -> Document:
    """A document from plain text.

    The first line is the title when it looks like one (short, no full stop) and text follows; byline lines leave the
    text.
    """
    raw = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = raw.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    title = ""
    rest = raw
    if first is not None:
        candidate = clean(lines[first])
        following = [line for line in lines[first + 1 :] if line.strip()]
        separated = first + 1 < len(lines) and not lines[first + 1].strip()
        byline_next = bool(following) and bool(find([clean(line) for line in following[:3]]).lines)
        # A list of lines without a full stop among them has no title: its first line is one of them.
        told = any(_SENTENCE_END.search(clean(line)) or len(line) > 2 * len(candidate) for line in following)
        if following and told and _title_like(candidate) and (separated or byline_next):
            title = candidate
            rest = "\n".join(lines[first + 1 :])
    # Lines are cleaned one by one, so that blank lines still tell where paragraphs end.
    tidy = [clean(line) for line in rest.split("\n")]
    top = [line for line in tidy if line]
    found = find(top)
    kept: list[str] = []
    seen = -1
    for line in tidy:
        if line:
            seen += 1
            if seen in found.lines:
                kept.append("")
                continue
        kept.append(line)
    said: dict[str, Any] = {"title": title, "author": found.author, "source": found.source, "published": found.published,
                              "reach": found.reach}  # fmt: skip
    body = "\n".join(rejoin("\n".join(kept)))
    return from_fields({}, id=id, text=body, defaults=with_defaults(said, defaults), notes=notes)
