"""What the handlers of Chinese and English share: a passage with its quotations, and a voice before its holder is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from narrativ.label.voice_names import Holder

__all__ = ["HAN", "RawVoice", "Speech", "holds", "strip_end"]

HAN = re.compile("[\u3400-\u9fff]")
_OPENERS = "“「『\"‘'"
_CLOSERS = "”」』\"’'"
_SPEECHLIKE = re.compile("[，,。！？!?；;.]")


class RawVoice(NamedTuple):
    """A voice before its holder is known by name; spans are within the passage."""

    holder: Holder
    start: int
    end: int
    verb_start: int
    verb_end: int
    form: str
    distancing: bool


class Speech:
    """What the handlers of one passage share."""

    __slots__ = ("account", "form", "number", "offset", "quotes", "text")

    def __init__(self, number: int, offset: int, text: str, form: str, account: str) -> None:
        self.number, self.offset, self.text, self.form, self.account = number, offset, text, form, account
        self.quotes: list[tuple[int, int]] = []

    def quote_from(self, place: int) -> tuple[int, int] | None:
        """The quotation that begins at a place."""
        for quote in self.quotes:
            if quote[0] == place:
                return quote
        return None

    def quote_to(self, place: int) -> tuple[int, int] | None:
        """The quotation that ends at a place, white space and a comma apart."""
        while place > 0 and self.form[place - 1] in " ,，\t":
            place -= 1
        for quote in self.quotes:
            if quote[1] == place:
                return quote
        return None

    def inner(self, quote: tuple[int, int]) -> tuple[int, int]:
        """The words of a quotation, without its marks."""
        start, end = quote
        return start + (self.form[start] in _OPENERS), end - (end - start > 1 and self.form[end - 1] in _CLOSERS)

    def said(self, quote: tuple[int, int]) -> bool:
        """Whether a quotation beside a word of saying is what is said: speech-like, or closed by a mark of its own."""
        end = self.inner(quote)[1]
        return self.form[end - 1] in ",.!?，。！？…" or self.speechlike(quote)

    def speechlike(self, quote: tuple[int, int]) -> bool:
        """Whether a quotation is long enough, or punctuated enough, to be something said and not a term."""
        start, end = self.inner(quote)
        words = self.form[start:end]
        size = len(words) if HAN.search(words) else len(words) / 4
        return size >= 12 or (size >= 4 and _SPEECHLIKE.search(words) is not None)


def holds(raws: Sequence[RawVoice], place: int) -> bool:
    """Whether a voice found before holds a place."""
    return any(raw.start <= place < raw.end for raw in raws)


def strip_end(form: str, start: int, end: int) -> int:
    """End of what is said without white space, and without the mark that closes the sentence."""
    while end > start and form[end - 1] in " \n\t。，,；;、—":
        end -= 1
    return end
