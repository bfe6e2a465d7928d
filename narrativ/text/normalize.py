"""The match form: what lexicons and classifiers see instead of the text, of exactly the same length.

Four steps, in this order, because each looks at what the one before it leaves:

1. Traditional to Simplified (OpenCC's ``t2s``), since its phrases are written in the characters of the text;
2. characters of Hong Kong and Taiwan that ``t2s`` leaves as they are (``衞`` → ``卫``, the particle ``著`` → ``着``), so that
   a text in either script has one form;
3. full width to half width, one character for one (``Ａ`` → ``A``, ideographic space → space);
4. lower case, where a character's lower case is one character (``İ`` stays).

Length never changes, so a span found in the match form is a span of the text, and evidence is quoted in the author's
own script. The conversion data are those of ``opencc-python-reimplemented``, compiled once into a code point table and
an Aho-Corasick automaton; its own converter is the reference that a test compares with.

Method: the reference takes, in each dictionary, the longest match anywhere in a chunk, then goes left and right of it.
That equals taking all occurrences by descending length, then ascending start, and skipping overlaps.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

__all__ = ["match_form", "match_forms", "opencc_rows", "to_simplified", "to_traditional"]

_Codes = npt.NDArray[np.uint32]
_SURROGATE = re.compile("[\ud800-\udfff]")
_TABLE_SIZE = sys.maxunicode + 1


def opencc_rows(name: str) -> list[tuple[str, list[str]]]:
    """Rows of one of OpenCC's dictionary files: a key and its values, the preferred one first."""
    spec = find_spec("opencc")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("opencc-python-reimplemented is not installed")
    path = Path(spec.submodule_search_locations[0]) / "dictionary" / f"{name}.txt"
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key, values = line.strip().split("\t")
        rows.append((key, values.split(" ")))
    return rows


class _Phrases:
    """OpenCC's phrase dictionary as an automaton, with the few phrases that differ from character-wise conversion."""

    def __init__(self) -> None:
        rows = [(key, values[0]) for key, values in opencc_rows("TSPhrases")]
        if any(len(key) != len(value) for key, value in rows):
            raise ImportError("this opencc-python-reimplemented changes the length of a phrase; narrativ cannot use it")
        self.values = [np.array([ord(c) for c in value], dtype=np.uint32) for _, value in rows]
        self.automaton = ahocorasick_rs.AhoCorasick([key for key, _ in rows])

    def patch(self, text: str, codes: _Codes) -> None:
        """Write the phrases' values into `codes`, the character-wise conversion of `text`."""
        try:
            hits = self.automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # lone surrogates, which reading replaces in documents
            hits = self.automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text), overlapping=True)
        if not hits:
            return
        hits.sort(key=lambda hit: (hit[1] - hit[2], hit[1]))
        occupied: set[int] = set()
        for pattern, start, end in hits:
            if any(position in occupied for position in range(start, end)):
                continue
            occupied.update(range(start, end))
            codes[start:end] = self.values[pattern]


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    return _Phrases()


@lru_cache(maxsize=1)
def _simplified_table() -> _Codes:
    table = np.arange(_TABLE_SIZE, dtype=np.uint32)
    for key, values in opencc_rows("TSCharacters"):
        if len(key) != 1 or len(values[0]) != 1:
            raise ImportError(
                "this opencc-python-reimplemented changes the length of a character; narrativ cannot use it"
            )
        table[ord(key)] = ord(values[0])
    return table


# Simplified forms of regional characters that OpenCC's conversion into Hong Kong and Taiwan wording (s2hk, s2tw) writes and
# t2s does not take back.
_REGIONAL = {"衞": "卫", "敍": "叙", "枱": "台", "揹": "背", "簷": "檐", "痺": "痹", "睪": "睾"}

# Taiwan writes the particle 着 as 著; these are the words in which every region writes 著.
_ZHU = ord("著")
_BEFORE_ZHU = frozenset(map(ord, "名显昭卓土原巨专编合论译拙遗"))
_AFTER_ZHU = frozenset(map(ord, "名作称书者述录有"))


def _particle(codes: _Codes) -> None:
    """著 that stands for the particle becomes 着, in place."""
    last = len(codes) - 1
    for place in np.flatnonzero(codes == _ZHU).tolist():
        before = int(codes[place - 1]) if place else 0
        after = int(codes[place + 1]) if place < last else 0
        if before not in _BEFORE_ZHU and after not in _AFTER_ZHU:
            codes[place] = ord("着")


@lru_cache(maxsize=1)
def _regional_table() -> _Codes:
    table = np.arange(_TABLE_SIZE, dtype=np.uint32)
    for char, simplified in _REGIONAL.items():
        table[ord(char)] = ord(simplified)
    return table


@lru_cache(maxsize=1)
def _fold_table() -> _Codes:
    """Half width, then lower case, for every code point."""
    half = np.arange(_TABLE_SIZE, dtype=np.uint32)
    half[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    half[0x3000] = 0x20
    lower = np.arange(_TABLE_SIZE, dtype=np.uint32)
    for code in range(0x1E944):  # beyond the last cased letter (Adlam) there is none
        char = chr(code)
        folded = char.lower()
        if folded != char and len(folded) == 1:
            lower[code] = ord(folded)
    return lower[half]


def _encode(text: str) -> _Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _decode(codes: _Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _simplified(text: str, *, regional: bool) -> _Codes:
    codes = _simplified_table()[_encode(text)]
    _phrases().patch(text, codes)
    if regional:
        _particle(codes)
        codes = _regional_table()[codes]
    return codes


def to_simplified(text: str, *, regional: bool = True) -> str:
    """`text` in Simplified characters: OpenCC's ``t2s``, and the regional characters that it leaves.

    Parameters
    ----------
    text
        In any script.
    regional
        Whether to convert characters of Hong Kong and Taiwan, too (衞, 枱, the particle 著); without them the result is
        that of ``t2s``.

    Returns
    -------
    str
        Of the same length as `text`; nothing but characters is converted (輝達 becomes 辉达, not 英伟达).
    """
    return text if text.isascii() else _decode(_simplified(text, regional=regional))


@lru_cache(maxsize=1)
def _to_traditional() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("s2t").convert
    return convert


def to_traditional(text: str) -> str:
    """`text` in Traditional characters, as OpenCC's ``s2t`` gives it: for showing single words, not for matching.

    >>> to_traditional("股价暴跌")
    '股價暴跌'
    """
    return text if text.isascii() else _to_traditional()(text)


def match_form(text: str) -> str:
    """Simplified, half-width, lower-case form of `text`, of the same length.

    >>> match_form("輝達ＧＰＵ股價")
    '辉达gpu股价'
    """
    if text.isascii():
        return text.lower()
    form = _decode(_fold_table()[_simplified(text, regional=True)])
    if len(form) != len(text):
        raise AssertionError("the match form must be as long as the text")
    return form


def match_forms(texts: Sequence[str]) -> list[str]:
    """:func:`match_form` of each text; one pass over all of them, several times faster than one by one.

    Raises
    ------
    ValueError
        A text contains U+0000, which separates the texts of a batch (reading removes it).
    """
    joined = "\0".join(texts)
    form = match_form(joined)
    if form.count("\0") != max(len(texts) - 1, 0):
        raise ValueError("a text contains U+0000; pass it through narrativ.read.clean first")
    return form.split("\0") if texts else []
