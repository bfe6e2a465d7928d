"""Words as spans: jieba for Chinese, spaCy's English tokenizer for Latin, links and handles whole.

The text is cut into runs: links, @mentions, #hashtags and $cashtags stay whole; runs of Han go through jieba's
dictionary and algorithm; everything between goes through spaCy's English tokenizer. jieba runs as `rjieba`, its Rust
implementation, which gives the same words on runs of Han (a test compares them); ``engine="jieba"`` uses jieba itself.

spaCy tokenizes each stretch between white space by itself, so its answers are remembered per stretch; that changes
no result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from narrativ.errors import OptionError

__all__ = [
    "Engine",
    "Kind",
    "Token",
    "Tokenizer",
    "dictionary_words",
    "in_dictionary",
    "user_word_frequency",
    "word_classes",
]

Kind: TypeAlias = Literal["han", "latin", "punct", "url", "mention", "hashtag", "cashtag"]
Engine: TypeAlias = Literal["rjieba", "jieba"]


class Token(NamedTuple):
    """A word, number, sign, link or handle: ``text[start:end]``."""

    start: int
    end: int
    kind: Kind


# The characters that both implementations of jieba treat alike: its own Han range, and the punctuation of Chinese
# (in match form also , ! ? : ; ( ) " where they stand between Han; jieba makes each a word of its own).
_JIEBA_RUN = "\u4e00-\u9fd5，。！？、；：“”‘’「」『』（）《》〈〉【】…—～·"
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_URL_STOP = "\\s\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’"
_SPECIAL = re.compile(
    rf"(?P<url>(?:https?://|www\.)[^{_URL_STOP}<>\"]*[^{_URL_STOP}<>\".,;:!?'\])}}])"
    r"|(?<![\w@])(?P<mention>@(?:[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*|[\w-]{2,30}(?=[\s:：,，。]|$)))"
    r"|(?<![\w#&])(?P<hashtag>#[^#\s\d][^#\s]{0,38}#|#[^\W\d_]\w*)"
    r"|(?<![\w$])(?P<cashtag>\$[A-Za-z]{1,6}(?:\.[A-Za-z]{1,2})?)(?![A-Za-z0-9])"
)
_MAY_HAVE_SPECIAL = re.compile(r"[@#$]|://|www\.")
_RUN = re.compile(
    rf"(?P<han>[{_JIEBA_RUN}]+(?:[,!?:;()\"]+[{_JIEBA_RUN}]+)*)|(?P<rare>[\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    rf"|(?P<latin>[^\s\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff，。！？、；：“”‘’「」『』（）《》〈〉【】…—～·]+)"
)

# jieba's frequency for a user word: as rare as an ordinary compound (恐慌 has 1,107, 国运 98), so that the word beats its own
# parts but no common crossing word (中国|运动员 is not cut into 中|国运|动员).
_USER_FREQUENCY = 50
_CACHE_LIMIT = 200_000


def user_word_frequency() -> int:
    """The frequency that user words get in jieba's dictionary."""
    return _USER_FREQUENCY


def _in_jieba_range(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fd5"


def _han_only(words: Iterable[str]) -> list[str]:
    return sorted({word for word in words if len(word) > 1 and re.fullmatch("[\u4e00-\u9fd5]+", word)})


def _rjieba_cutter(words: list[str]) -> Callable[[str], list[str]]:
    import rjieba

    segmenter = rjieba.Jieba()
    for word in words:
        if not segmenter.has_word(word):
            segmenter.add_word(word, _USER_FREQUENCY, "n")
    return segmenter.cut


def _jieba_cutter(words: list[str]) -> Callable[[str], list[str]]:
    import logging
    import tempfile

    import jieba

    jieba.setLogLevel(logging.WARNING)
    segmenter = jieba.Tokenizer()
    # jieba reads and writes a marshalled cache under a predictable name in the shared temp folder; a private folder
    # keeps other users of the machine out of it.
    with tempfile.TemporaryDirectory(prefix="narrativ-jieba-") as folder:
        segmenter.tmp_dir = folder
        segmenter.initialize()
    for word in words:
        if not segmenter.FREQ.get(word):
            segmenter.add_word(word, _USER_FREQUENCY, "n")
    return segmenter.lcut  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _plain_cut() -> Callable[[str], list[str]]:
    """Jieba without user words."""
    return _rjieba_cutter([])


def dictionary_words(frequency: int) -> list[str]:
    """Words of Han in jieba's dictionary that it counted at least `frequency` times, in its order."""
    from importlib.resources import files

    words = []
    for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        if int(count) >= frequency and all(map(_in_jieba_range, word)):
            words.append(word)
    return words


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import rjieba

    return rjieba.Jieba()


@lru_cache(maxsize=_CACHE_LIMIT)
def in_dictionary(word: str) -> bool:
    """Whether jieba's dictionary has a word."""
    return bool(_jieba().has_word(word))


@lru_cache(maxsize=_CACHE_LIMIT)
def word_classes(text: str) -> tuple[tuple[str, str], ...]:
    """Words of a short Chinese string with jieba's classes (``nr``: a person's name); remembered per string.

    >>> word_classes("关注")
    (('关注', 'v'),)
    """
    return tuple((word, tag) for word, tag in _jieba().tag(text))


@lru_cache(maxsize=1)
def _spacy_tokenizer() -> Callable[[str], Iterable[object]]:
    import spacy

    return spacy.blank("en").tokenizer


class Tokenizer:
    """Splits Chinese, English and mixed text into words.

    Parameters
    ----------
    user_words
        Words that jieba should know, in any script; usually a codebook's terms. Text is expected in match form
        (Simplified), so give them in match form too.
    engine
        ``rjieba`` (default, fast) or ``jieba`` (the reference); both give the same words.
    """

    def __init__(self, user_words: Iterable[str] = (), *, engine: Engine = "rjieba") -> None:
        if engine not in ("rjieba", "jieba"):
            raise OptionError(f"no segmentation engine {engine!r}; use 'rjieba' or 'jieba'")
        self.engine = engine
        words = _han_only(user_words)
        self._inner: dict[str, tuple[int, ...]] = {}
        self.user_words = frozenset(words)
        self._cut = _rjieba_cutter(words) if engine == "rjieba" else _jieba_cutter(words)
        self._latin_cache: dict[str, tuple[tuple[int, int, Kind], ...]] = {}

    def _latin(self, chunk: str) -> tuple[tuple[int, int, Kind], ...]:
        known = self._latin_cache.get(chunk)
        if known is None:
            if len(self._latin_cache) >= _CACHE_LIMIT:
                self._latin_cache.clear()
            parts: list[tuple[int, int, Kind]] = []
            for token in _spacy_tokenizer()(chunk):
                start = token.idx  # type: ignore[attr-defined]
                text: str = token.text  # type: ignore[attr-defined]
                kind: Kind = "latin" if any(char.isalnum() for char in text) else "punct"
                parts.append((start, start + len(text), kind))
            known = self._latin_cache[chunk] = tuple(parts)
        return known

    def _between(self, text: str, start: int, end: int, tokens: list[Token]) -> None:
        for match in _RUN.finditer(text, start, end):
            position = match.start()
            if match.lastgroup == "han":
                for word in self._cut(match[0]):
                    tokens.append(Token(position, position + len(word), "han" if _HAN.match(word) else "punct"))
                    position += len(word)
            elif match.lastgroup == "rare":
                tokens.append(Token(position, position + 1, "han"))
            else:
                for first, last, kind in self._latin(match[0]):
                    tokens.append(Token(position + first, position + last, kind))

    def cut(self, text: str) -> list[str]:
        """Words that join to `text`, white space among them, as jieba alone cuts it.

        Faster than :meth:`tokenize`, but Latin words are jieba's, and links and handles fall apart.
        """
        return self._cut(text)

    def word_edges(self, text: str, position: int) -> frozenset[int]:
        """Word borders of the run of Han around `position`, those between the plain words of a user word among them.

        A term may then begin inside a longer user word (制裁 in 全面制裁) but not inside a word of the dictionary
        (国运 in 中国运动员). jieba looks at each run of Han by itself, so the rest of the text does not matter.
        """
        start, end = position, position
        while start > 0 and _in_jieba_range(text[start - 1]):
            start -= 1
        while end < len(text) and _in_jieba_range(text[end]):
            end += 1
        found = {start}
        for word in self._cut(text[start:end]):
            if word in self.user_words:
                found.update(start + inner for inner in self.inner_borders(word))
            start += len(word)
            found.add(start)
        return frozenset(found)

    def inner_borders(self, word: str) -> tuple[int, ...]:
        """Borders between the plain words of a user word, both ends left out."""
        known = self._inner.get(word)
        if known is None:
            position = 0
            cuts = []
            for part in _plain_cut()(word):
                position += len(part)
                cuts.append(position)
            known = self._inner[word] = tuple(cuts[:-1])
        return known

    def tokenize(self, text: str) -> list[Token]:
        """Words of `text` as spans, in order, not overlapping; white space belongs to none.

        >>> [text[t.start:t.end] for text in ["deepseek开源了R1 #AI"] for t in Tokenizer().tokenize(text)]
        ['deepseek', '开源', '了', 'R1', '#AI']
        """
        tokens: list[Token] = []
        start = 0
        if _MAY_HAVE_SPECIAL.search(text):
            for match in _SPECIAL.finditer(text):
                self._between(text, start, match.start(), tokens)
                tokens.append(Token(match.start(), match.end(), match.lastgroup))  # type: ignore[arg-type]
                start = match.end()
        self._between(text, start, len(text), tokens)
        return tokens
