"""Passages and sentences as spans.

A passage is a paragraph, or a run of whole sentences of one that is longer than the codebook's limit (400 Chinese
characters or 150 English words); a text shorter than the limit is one passage. Nothing is copied or changed here:
every result is a ``(start, end)`` into the text, in order, without overlap, free of surrounding white space, and
together the spans cover everything but white space and ornamental rules.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["MAX_CHARACTERS", "MAX_WORDS", "passage_spans", "sentence_spans", "size", "strip_span", "units"]

MAX_CHARACTERS = 400
"""Longest Chinese passage, in characters (codebook)."""
MAX_WORDS = 150
"""Longest English passage, in words (codebook)."""

Span = tuple[int, int]
_WINDOW = 4000

# Han with its punctuation and full-width forms: what is counted as one character of a Chinese text.
_WIDE = "\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff“”‘’…—"
_WIDE_CHAR = re.compile(f"[{_WIDE}]")
_HAN_CHAR = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*", re.UNICODE)
_LATIN_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+(?:[-'’.,][A-Za-z0-9\u00c0-\u024f]+)*")

# A line of dashes or the like inside a paragraph separates two texts that someone glued together.
_RULE = re.compile(r"([-_=~*#－—＿＝─━·•])\1{5,}")

_CLOSERS = "\"'”’」』）)］】》〉]"
_ENDER = re.compile(
    rf"(?P<zh>[。！？；]+[。！？；!?…]*|…{{1,}})[{re.escape(_CLOSERS)}]*"
    rf"|(?P<en>[.!?]+)[{re.escape(_CLOSERS)}]*(?=[\s\u3400-\u9fff\uff01-\uff60“「『]|$)"
    r"|(?P<line>\n+)"
)
_LAST_WORD = re.compile(r"[^\s(（\"“「'‘]+$")

# A full stop after these never ends a sentence: what they introduce follows.
_OPEN_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "sen",
        "rep",
        "gov",
        "gen",
        "col",
        "lt",
        "sgt",
        "capt",
        "adm",
        "hon",
        "rev",
        "st",
        "no",
        "nos",
        "vol",
        "fig",
        "figs",
        "eq",
        "vs",
        "v",
        "cf",
        "al",
        "approx",
        "est",
        "e.g",
        "i.e",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mt",
        "ft",
        "ave",
        "dept",
    ]
)
# After these it ends one only before a word that usually opens a sentence.
_CLOSED_ABBREVIATIONS = frozenset(
    [
        "inc",
        "corp",
        "ltd",
        "co",
        "llc",
        "plc",
        "bros",
        "jr",
        "sr",
        "etc",
        "u.s",
        "u.k",
        "e.u",
        "u.n",
        "a.m",
        "p.m",
        "d.c",
        "ph.d",
        "u.s.a",
    ]
)
_OPENERS = frozenset(
    [
        "the",
        "a",
        "an",
        "it",
        "its",
        "he",
        "she",
        "they",
        "we",
        "i",
        "you",
        "this",
        "that",
        "these",
        "those",
        "there",
        "but",
        "and",
        "so",
        "in",
        "on",
        "at",
        "as",
        "if",
        "when",
        "while",
        "for",
        "after",
        "before",
        "since",
        "however",
        "meanwhile",
        "yet",
        "still",
        "even",
        "what",
        "why",
        "how",
        "who",
        "with",
        "without",
        "from",
        "by",
        "to",
        "not",
        "no",
        "one",
        "some",
        "many",
        "most",
        "mr",
        "mrs",
        "ms",
        "dr",
    ]
)


def units(text: str) -> tuple[int, int]:
    """How much there is to read: ``(Han characters, Latin words)``."""
    return len(_HAN_CHAR.findall(text)), len(_LATIN_WORD.findall(text))


@lru_cache(maxsize=1)
def _size_classes() -> npt.NDArray[np.uint8]:
    """Per code point: 1 what is counted by the character, 2 what makes words, 3 what joins two parts of one word."""
    table = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    for match in _WIDE_CHAR.finditer("".join(map(chr, (*range(0x2000, 0x2100), *range(0x3000, 0x10000))))):
        table[ord(match[0])] = 1
    table[0x20000:0x40000] = 1
    for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250)):
        table[code] = 2
    for char in "-'.,":
        table[ord(char)] = 3
    return table


def size(text: str) -> float:
    """Length of `text` in passages: 1.0 is the limit of one (400 Chinese characters, 150 English words, or a mix).

    Chinese punctuation counts as characters; a word is a run of Latin letters and digits, with single hyphens,
    apostrophes, points and commas inside (``state-of-the-art``, ``5.6``).
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _size_classes()[codes]
    wide = int(np.count_nonzero(classes == 1))
    if wide == len(text):
        return wide / MAX_CHARACTERS
    latin = classes == 2
    starts = latin.copy()
    starts[1:] &= ~latin[:-1]
    starts[2:] &= ~((classes[1:-1] == 3) & latin[:-2])
    return wide / MAX_CHARACTERS + int(np.count_nonzero(starts)) / MAX_WORDS


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    mark = match["en"]
    if mark is None:
        if match["line"] is None and match["zh"].startswith("…"):
            # An ellipsis inside a sentence (他……走了) only ends it where a new line or a closing quote follows.
            after = text[match.end() : match.end() + 1]
            return not after or after.isspace() or match.end() > match.end("zh")
        return True
    after = text[match.end() :].lstrip(" \t")[:24]
    if mark != ".":
        # "Is it real?" she asked: the sentence goes on behind the quote.
        return not (after[:1].islower() and (mark == "..." or match.end() > match.end("en")))
    word = _LAST_WORD.search(text[max(0, match.start() - 24) : match.start()])
    last = word[0] if word else ""
    bare = last.lower()
    if bare in _OPEN_ABBREVIATIONS or (len(last) == 1 and last.isupper() and last.isascii()):
        return False
    if last.isdigit() and len(last) <= 2 and text[: match.start() - len(last)].rstrip(" \t").endswith(("\n", "")):
        line_start = text.rfind("\n", 0, match.start()) + 1
        if text[line_start : match.start()].strip() == last:
            return False  # "1. First item"
    if bare in _CLOSED_ABBREVIATIONS or re.fullmatch(r"(?:[a-z]\.)+[a-z]", bare):
        following = _WORD.match(after)
        return following is None or (following[0][0].isupper() and following[0].lower() in _OPENERS)
    return not after[:1].islower()


def strip_span(text: str, start: int, end: int) -> Span | None:
    """A span without white space at its ends; ``None`` when nothing else is in it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of ``text[start:end]`` as spans into `text`.

    Sentences end at 。！？； and at an ellipsis before a break, at . ! ? in Latin text (not inside decimals, after
    titles and initials, or before a lower-case letter), with closing quotes and brackets, and at line breaks.

    >>> [ "Nvidia fell 16.9% on Jan. 27. Why?"[s:e] for s, e in sentence_spans("Nvidia fell 16.9% on Jan. 27. Why?")]
    ['Nvidia fell 16.9% on Jan. 27.', 'Why?']
    """
    part = text[start : len(text) if end is None else end]
    spans: list[Span] = []
    opened = 0
    for match in _ENDER.finditer(part):
        if not _ends_sentence(part, match):
            continue
        span = strip_span(part, opened, match.end())
        if span:
            spans.append((span[0] + start, span[1] + start))
        opened = match.end()
    span = strip_span(part, opened, len(part))
    if span:
        spans.append((span[0] + start, span[1] + start))
    return spans


def _cut(text: str, span: Span) -> Iterator[Span]:
    """Pieces of a sentence that alone exceeds the limit (speech recognition writes no full stops)."""
    start, end = span
    # A passage has at most 150 words; what is longer than this many characters is cut in any case.
    while end - start > _WINDOW or size(text[start:end]) > 1.0:
        low, high = 1, min(end - start, _WINDOW)
        while low < high:  # the longest prefix within the limit
            middle = (low + high + 1) // 2
            if size(text[start : start + middle]) <= 1.0:
                low = middle
            else:
                high = middle - 1
        limit = start + low
        half = start + low // 2
        cut = max((text.rfind(mark, half, limit) + 1 for mark in ("，", ",", "、", "：", ":", "—")), default=0)
        if cut <= half:
            cut = text.rfind(" ", half, limit) + 1
        if cut <= half:
            cut = limit
        piece = strip_span(text, start, cut)
        if piece:
            yield piece
        start = cut
    piece = strip_span(text, start, end)
    if piece:
        yield piece


def _pack(text: str, sentences: Iterable[Span]) -> Iterator[Span]:
    """Runs of whole sentences within the limit, of about equal size."""
    pieces = [piece for sentence in sentences for piece in _cut(text, sentence)]
    total = size(text[pieces[0][0] : pieces[-1][1]])
    target = total / math.ceil(total) if total > 1.0 else 1.0
    start, end = pieces[0]
    for piece_start, piece_end in pieces[1:]:
        filled = size(text[start:end])
        grown = size(text[start:piece_end])
        # Close the run where that comes nearer to the target than taking one more sentence.
        if grown > 1.0 or grown - target > target - filled:
            yield start, end
            start = piece_start
        end = piece_end
    yield start, end


def paragraph_spans(text: str) -> list[Span]:
    """Lines of the text, cut also at ornamental rules of six or more equal signs (which belong to no span)."""
    spans: list[Span] = []
    start = 0
    breaks = [(match.start(), match.end()) for match in re.finditer("\n", text)]
    breaks += [(match.start(), match.end()) for match in _RULE.finditer(text)]
    for break_start, break_end in [*sorted(breaks), (len(text), len(text))]:
        span = strip_span(text, start, max(start, break_start))
        if span:
            spans.append(span)
        start = max(start, break_end)
    return spans


def passage_spans(text: str, *, whole: float = 1.0) -> list[Span]:
    """Passages of a text as spans.

    Parameters
    ----------
    text
        A document's canonical text, one paragraph a line.
    whole
        A text up to this size (in passages, see :func:`size`) is left in one piece, even of several paragraphs.

    Returns
    -------
    list of (start, end)
        In order, not overlapping; empty for a text without visible characters.
    """
    paragraphs = paragraph_spans(text)
    if not paragraphs:
        return []
    first, last = paragraphs[0][0], paragraphs[-1][1]
    # A character is at most 1/300 of a passage (words of one letter and a space), so short texts need no counting.
    if last - first <= 0.5 * MAX_WORDS * whole and not _RULE.search(text, first, last):
        return [(first, last)]
    if size(text[first:last]) <= whole and not _RULE.search(text, first, last):
        return [(first, last)]
    spans: list[Span] = []
    for start, end in paragraphs:
        if size(text[start:end]) <= 1.0:
            spans.append((start, end))
        else:
            spans.extend(_pack(text, sentence_spans(text, start, end)))
    return spans
