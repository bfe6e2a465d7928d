"""Whether Latin text is English: function words decide, spaCy's stop word lists know them."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["is_english", "stop_words"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# The languages of the Latin script whose news a collection about this field is likeliest to hold.
_OTHERS = (
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "id",
    "vi",
    "tr",
    "pl",
    "sv",
    "da",
    "fi",
    "ro",
    "cs",
    "ms",
    "tl",
)
# Too few words show nothing, and headlines have no function words: they pass as English.
_MIN_WORDS = 8


@lru_cache(maxsize=1)
def _function_words() -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    from importlib import import_module

    def words(code: str) -> frozenset[str]:
        try:
            module = import_module(f"spacy.lang.{code}.stop_words")
        except ImportError:
            return frozenset()
        return frozenset(word for word in module.STOP_WORDS if len(word) > 1)

    english = words("en")
    return english, tuple(filter(None, (words(code) - english for code in _OTHERS)))


def is_english(text: str) -> bool:
    """Whether a text in Latin letters is English or too short to tell.

    It is not when fewer than one word in eight is an English function word and another language has twice as many.

    >>> is_english("The lab in Hangzhou said that the price was not the point of the paper")
    True
    >>> is_english("Le laboratoire de Hangzhou dit que le prix n'est pas ce qui compte dans cette affaire")
    False
    """
    words = [word.lower() for word in _WORD.findall(text[:2000])]
    if len(words) < _MIN_WORDS:
        return True
    english, others = _function_words()
    own = sum(word in english for word in words)
    if own * 8 >= len(words):
        return True
    best = max(sum(word in other for word in words) for other in others)
    return best * 8 < len(words) or best < 2 * own


@lru_cache(maxsize=2)
def stop_words(language: str) -> frozenset[str]:
    """Words too common to say anything by themselves, in match form, as spaCy lists them: of ``en`` or ``zh``."""
    from importlib import import_module

    from narrativ.text.normalize import match_form

    return frozenset(match_form(word) for word in import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS)
