r"""Everything that changes a text's length happens here, once; afterwards spans never drift.

The order matters:

1. line ends to ``\n``, NUL and other controls to space: what follows works on lines;
2. HTML entities, because an entity may stand for a character that a later step removes;
3. lone surrogates to U+FFFD (reported by the reader), they cannot be encoded;
4. NFC, so that é is one character whatever its origin, and compatibility ideographs are the unified ones;
5. invisible characters out: soft hyphen, zero width, bidi controls, byte order mark, variation selectors on Han;
   they split words (Deep\u00adSeek) and say nothing;
6. white space: tabs, no-break and ideographic spaces to one space, none at the ends of lines, blank lines out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

__all__ = ["clean", "clean_line"]

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_END = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# U+200D joins emoji; between letters it is noise. U+FE0F makes an emoji of a sign; after Han it is noise.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]"
    "|(?<=[\u3400-\u9fffA-Za-z0-9])[\u200d\ufe00-\ufe0f]|\u200d(?=[A-Za-z0-9\u3400-\u9fff])"
)
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_BREAK = re.compile(r" ?\n[ \n]*")


def clean(text: str, *, entities: bool = True) -> str:
    r"""Canonical form of `text`: NFC, one paragraph a line, nothing invisible; idempotent.

    Parameters
    ----------
    text
        Text without markup.
    entities
        Resolve HTML entities (``&amp;``, ``&#39;``), which also stand in cells and titles that are no HTML.

    >>> clean("Deep\u00adSeek&amp;Co\r\n\r\n next")
    'DeepSeek&Co\nnext'
    """
    text = _LINE_END.sub("\n", text)
    if entities and "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
        text = _LINE_END.sub("\n", text)
    text = _CONTROL.sub(" ", text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # Removing a character can bring two others together that compose, so NFC comes last as well as first.
    text = unicodedata.normalize("NFC", text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _SPACES.sub(" ", text)
    return _AROUND_BREAK.sub("\n", text).strip(" \n")


def clean_line(text: object) -> str:
    """:func:`clean` for a title, name or other single line; ``None`` gives ``""``."""
    return _clean_line(str(text)) if text not in (None, "") else ""


@lru_cache(maxsize=4096)
def _clean_line(text: str) -> str:
    """Remembered, because the rows of a table repeat their sources and authors."""
    return clean(text).replace("\n", " ")
