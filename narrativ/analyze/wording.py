"""Whether two short, similar texts say the same thing: word by word, since overlap says little of few words.

"A opens its model" and "B opens its model" share most of their shingles and are two stories; so are those that differ in a
figure, a "not", or a rise for a fall. What a copy may differ in: something put before, after or between (a source line,
a remark), another opening or closing clause, a slip of typing, a regional word (網路 for 网络).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from narrativ.text.normalize import match_form, opencc_rows
from narrativ.text.shingles import without_links

__all__ = ["SHORT", "same_wording"]

SHORT = 90
"""Length in Chinese characters (a word as 2.5) up to which texts are compared word by word."""

_TOKEN = re.compile(
    r"[0-9]+(?:[.,][0-9]+)*[a-z]*|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+"
)
_FIGURE = re.compile(r"[0-9零一二三四五六七八九十百千万亿两]")
# Who passes it on, put before a text: in brackets, or up to a colon or bar.
_TAG = re.compile(
    r"^\s*(?:[【\[(（〔〈][^】\])）〕〉]{1,16}[】\])）〕〉]\s*"
    r"|(?:rt\s+@|转发|转自|转[:：]|via |快讯|突发|速报|消息|最新|据|breaking|update|just in)[^:：|｜\n]{0,16}[:：|｜]\s*)+"
)
# One of these more or less, or another in its place, is another statement.
_TURNS = frozenset("不没未无非否勿涨跌升降增减买卖多空好坏胜负输赢高低") | frozenset(
    "not no never without up down rise rises rose fall falls fell gain gains gained lose loses lost lower higher less more "
    "buy sell denies denied isn wasn doesn didn won".split()
)
_ALIKE = 0.7  # two Latin words more alike than this are one, misspelt: "startegy", "strategy"
_FEW = 3


@lru_cache(maxsize=1)
def _regional() -> frozenset[tuple[str, str]]:
    """Pairs of words that are one in two regions, in match form."""
    pairs: set[tuple[str, str]] = set()
    for key, values in opencc_rows("TWPhrases"):
        pairs.update((match_form(key), match_form(value)) for value in values)
    return frozenset(pairs | {(b, a) for a, b in pairs})


def same_wording(one: str, other: str) -> bool:
    """Whether two texts in match form differ only as copies do.

    >>> same_wording("腾讯云宣布今天起开放这个模型的接口", "华为云宣布今天起开放这个模型的接口")
    False
    >>> same_wording("【快讯】该模型今天在网路上开放下载，所有人都可以免费使用", "该模型今天在网络上开放下载，所有人都可以免费使用！")
    True
    """
    (a, a_clauses), (b, b_clauses) = _tokens(one), _tokens(other)
    for tag, first, last, start, end in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        beginning = first == 0 and start == 0 and last in a_clauses and end in b_clauses
        ending = last == len(a) and end == len(b) and first in a_clauses and start in b_clauses
        if not (beginning or ending or _harmless(a[first:last], b[start:end])):
            return False
    return True


def _tokens(text: str) -> tuple[list[str], set[int]]:
    """Tokens of a text without its source tag, and the numbers of those that open a clause."""
    text = _TAG.sub("", without_links(text))
    found = list(_TOKEN.finditer(text))
    opens = {
        number
        for number, (before, match) in enumerate(pairwise(found), 1)
        if any(not char.isspace() or char == "\n" for char in text[before.end() : match.start()])
    }
    return [match[0] for match in found], opens


def _harmless(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether words put in, left out or exchanged leave the statement as it is."""
    if not old or not new:
        return len(old) + len(new) > _FEW or not _TURNS.intersection([*old, *new])
    before, after = "".join(old), "".join(new)
    if _FIGURE.search(before) or _FIGURE.search(after) or _TURNS.intersection([*old, *new]):
        return False
    if (before, after) in _regional() or (len(before) == len(after) == 1):
        return True
    return before.isascii() and after.isascii() and SequenceMatcher(None, before, after).ratio() >= _ALIKE
