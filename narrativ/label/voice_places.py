"""Where things stand in a batch: quotations, sentences, clauses; array arithmetic, no loop over characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from narrativ.label.voice_lexicon import Scan, VoiceLexicon, latin_letters

__all__ = ["Places", "Search", "find_places", "search"]

_Ints = npt.NDArray[np.int64]

# One alternative a style, tried where an opening mark stands. A quotation ends at its mark or at the end of its paragraph
# (English goes on in the next with a new opening mark).
_QUOTE = re.compile(
    "“[^“”\0\n]*(?:“[^“”\0\n]*”[^“”\0\n]*)*(?:”|(?=[\0\n]))"
    "|「[^「」\0\n]*(?:「[^「」\0\n]*」[^「」\0\n]*)*(?:」|(?=[\0\n]))"
    "|『[^『』\0\n]*(?:』|(?=[\0\n]))"
    '|(?<![a-z0-9])"(?=[^\\s"])[^"\0\n]*(?:"|(?=[\0\n]))'
    "|(?<![\\w'’])['‘](?=[\\w@$#])[^\0\n'’‘]{2,300}(?:['’](?=\\w)[^\0\n'’‘]{0,300}){0,12}['’](?!\\w)"
)
# What was opened in an earlier passage begins with this one.
_FRAGMENT = re.compile('[^“”「」"\0\n]{1,400}[”」]')
_OPENING = "“「『\"'‘"
_ENDERS = "。！？!?；;\n…\0"
_CLAUSES = '，,。！？!?；;：:\n…\0“”"「」『』—【】|'
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gov sen sens rep reps gen col lt st no vs inc corp co ltd jr sr jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e".split()
)
_CLOSERS = "”」』\"’')）】"


@lru_cache(maxsize=1)
def _tables() -> tuple[npt.NDArray[np.bool_], ...]:
    tables = []
    for chars in (_ENDERS, _CLAUSES, _CLOSERS, _OPENING):
        tables.append(np.zeros(0x10000, dtype=bool))
        tables[-1][[ord(char) for char in chars]] = True
    return tuple(tables)


def _ends_sentence(text: str, place: int) -> bool:
    """Whether a full stop ends a sentence and no abbreviation: Mr., Inc., U.S., an initial."""
    word = text[max(place - 6, 0) : place]
    word = word[word.rfind(" ") + 1 :].lstrip("(\"'“‘\0\n")
    return not (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()) or (word[-2:-1] == "." and "." in word))


@dataclass(frozen=True, slots=True)
class Places:
    """Positions in the text of a :class:`Scan`.

    Attributes
    ----------
    quote_start, quote_end
        Spans of quotations with their marks, in order, shape (n_quotes,).
    sentence
        Where sentences begin, in order; what stands in a quotation begins none.
    clause
        Where clauses begin, in order.
    """

    quote_start: _Ints
    quote_end: _Ints
    sentence: _Ints
    clause: _Ints

    def quote_at(self, places: _Ints) -> _Ints:
        """Number of the quotation that each place stands in, -1 for none."""
        if not len(self.quote_start):
            return np.full(len(places), -1)
        number = np.searchsorted(self.quote_start, places, side="right") - 1
        inside = (number >= 0) & (places < self.quote_end[number]) & (places > self.quote_start[number])
        return np.where(inside, number, -1)


@dataclass(frozen=True, slots=True)
class Search:
    """What was found in a batch before anybody asks who speaks: words, quotations, sentences, clauses."""

    scan: Scan
    places: Places


def _quotations(text: str, codes: npt.NDArray[np.uint32], starts: _Ints) -> list[tuple[int, int]]:
    opening = _tables()[3]
    places = np.flatnonzero(opening[codes])
    apostrophe = codes[places] == 39
    letter = latin_letters(codes)
    places = places[~(apostrophe & letter[places - 1])]
    closing = np.flatnonzero((codes == 0x201D) | (codes == 0x300D))
    fragments: list[int] = []
    if len(closing):
        # A passage whose first mark closes.
        first_close = np.append(closing, len(text))[np.searchsorted(closing, starts[:-1])]
        first_open = np.append(places, len(text))[np.searchsorted(places, starts[:-1])]
        early = (first_close < first_open) & (first_close < starts[1:] - 1)
        fragments = starts[:-1][early].tolist()
    spans: list[tuple[int, int]] = []
    for place in fragments:
        match = _FRAGMENT.match(text, place)
        if match is not None:
            spans.append(match.span())
    last = 0
    for place in places.tolist():
        if place >= last and (match := _QUOTE.match(text, place)) is not None:
            spans.append(match.span())
            last = match.end()
    return sorted(spans) if fragments else spans


def find_places(scan: Scan) -> Places:
    """Quotations, sentences and clauses of a batch."""
    text, codes = scan.text, np.minimum(scan.codes, 0xFFFF)
    quotes = np.array(_quotations(text, codes, scan.starts), dtype=np.int64).reshape(-1, 2)
    ender, clause, closer, _ = _tables()
    is_end = ender[codes]
    dots = np.flatnonzero(codes == 46)
    if len(dots):
        after = codes[dots + 1]
        stop = (after == 32) | (after == 10) | (after == 0) | closer[after] | (after >= 0x2000)
        dots = dots[stop]
        real = [_ends_sentence(text, place) for place in dots.tolist()]
        is_end[dots[np.array(real, dtype=bool)]] = True
    digit = (codes >= 48) & (codes <= 57)
    is_clause = clause[codes]
    commas = np.flatnonzero((codes == 44) | (codes == 58))
    is_clause[commas[digit[commas - 1] & digit[commas + 1]]] = False
    ends = np.flatnonzero(is_end)
    places = Places(quotes[:, 0], quotes[:, 1], ends, ends)
    ends = ends[places.quote_at(ends) < 0] + 1
    # A quotation that ends with a full stop ends a sentence; its closing mark belongs to it.
    closed = quotes[:, 1][(quotes[:, 1] - quotes[:, 0] > 2)]
    full = closed[is_end[closed - 2] & closer[codes[closed - 1]]]
    sentence = np.sort(np.concatenate([ends, full, scan.starts]))
    clauses = np.sort(np.concatenate([np.flatnonzero(is_clause) + 1, scan.starts]))
    return Places(quotes[:, 0], quotes[:, 1], sentence, clauses)


def search(lexicon: VoiceLexicon, forms: Sequence[str]) -> Search:
    """Words and places of a batch of texts in match form."""
    scan = lexicon.scan(forms)
    return Search(scan, find_places(scan))
