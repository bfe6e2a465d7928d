"""How varied the wording of passages is: lexical diversity of cells, and openings and closings that come again and again.

Diversity is the moving-average type-token ratio (MATTR: Covington & McFall 2010): the share of different words in a window
of 500 words, averaged over all windows of a cell's passages one after the other. Unlike a plain type-token ratio it does
not fall with the amount of text. Words are those of :mod:`narrativ.text.tokenize` in match form, punctuation left out.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from narrativ.learn.corpus import Example
from narrativ.text.normalize import match_forms
from narrativ.text.tokenize import Tokenizer

__all__ = ["MIN_WORDS", "WINDOW", "Cell", "Formula", "diversity", "formulas", "mattr", "words_of"]

WINDOW = 500
"""Words a window: a few passages, so that repetition among passages shows, not only within one."""

MIN_WORDS = 2_000
"""Smaller cells are not measured: their few windows are nearly the same."""

_EDGE = {"Hans": 6, "Hant": 6, "Latn": 3}
_LATIN_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_HAN_OR_WORD = re.compile("[\u3400-\u9fff\uf900-\ufaff]|[a-z0-9.]*[a-z0-9]")


class Cell(NamedTuple):
    """Diversity of the passages that share a script and a field's value.

    Attributes
    ----------
    script, field, value
        Such as ``Hans``, ``genre``, ``wire news``.
    passages, words
        How many.
    diversity
        MATTR, 0 to 1; higher is more varied. Chinese and English values do not compare.
    """

    script: str
    field: str
    value: str
    passages: int
    words: int
    diversity: float


class Formula(NamedTuple):
    """An opening or closing and how many of the script's passages have it (number, and share from 0 to 1)."""

    text: str
    passages: int
    share: float


def words_of(examples: Sequence[Example]) -> list[list[str]]:
    """Words of each passage in match form, without punctuation."""
    tokenizer = Tokenizer()
    forms = match_forms([example.text.replace("\0", " ") for example in examples])
    return [
        [form[token.start : token.end] for token in tokenizer.tokenize(form) if token.kind != "punct"] for form in forms
    ]


def mattr(words: Sequence[str], *, window: int = WINDOW) -> float:
    """Moving-average type-token ratio, 0 to 1; of a text shorter than the window its plain ratio, of none 0.

    >>> mattr(["a", "b", "a", "c"], window=2)
    1.0
    >>> round(mattr(["a", "a", "b"], window=2), 2)
    0.75
    """
    total = len(words)
    if total <= window:
        return len(set(words)) / total if total else 0.0
    last: dict[str, int] = {}
    before = np.empty(total, dtype=np.int64)  # where the word stood last
    for place, word in enumerate(words):
        before[place] = last.get(word, -1)
        last[word] = place
    places = np.arange(total)
    # A word counts in the windows that contain it but not its occurrence before.
    low = np.maximum(np.maximum(before + 1, places - window + 1), 0)
    high = np.minimum(places, total - window)
    types = np.maximum(high - low + 1, 0).sum()
    return float(types) / (total - window + 1) / window


def diversity(
    examples: Sequence[Example],
    *,
    fields: Sequence[str] = ("genre", "region"),
    words: Sequence[list[str]] | None = None,
) -> tuple[list[Cell], int]:
    """Diversity of every cell (script × value of a field) with enough words, least varied first.

    Parameters
    ----------
    examples
        Passages.
    fields
        Fields of :class:`~narrativ.learn.corpus.Example` that make the cells.
    words
        What :func:`words_of` gives, when already known.

    Returns
    -------
    cells, left_out
        The cells, and how many have fewer than `MIN_WORDS` words.
    """
    known = words_of(examples) if words is None else words
    members: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, example in enumerate(examples):
        for field in fields:
            members[example.script, field, getattr(example, field)].append(number)
    cells, left_out = [], 0
    for (script, field, value), numbers in members.items():
        text = [word for number in numbers for word in known[number]]
        if len(text) < MIN_WORDS:
            left_out += 1
        else:
            cells.append(Cell(script, field, value, len(numbers), len(text), mattr(text)))
    return sorted(cells, key=lambda cell: (cell.diversity, cell)), left_out


def _edges(form: str, script: str) -> tuple[str, str]:
    """First and last three words; in Chinese six characters, a Latin word or number counting as one.

    Both are empty for passages no longer than that: a headline of six characters opens with no formula.
    """
    length = _EDGE[script]
    units = (_LATIN_WORD if script == "Latn" else _HAN_OR_WORD).findall(form)
    if len(units) <= length:
        return "", ""
    glue = " " if script == "Latn" else ""
    return glue.join(units[:length]), glue.join(units[-length:])


def formulas(examples: Sequence[Example], *, most: int = 10) -> dict[str, dict[str, list[Formula]]]:
    """The most frequent openings and closings per script, in match form.

    Returns
    -------
    dict
        ``result[script]["openings"]`` and ``["closings"]``, most frequent first.
    """
    forms = match_forms([example.text.replace("\0", " ") for example in examples])
    found: dict[str, dict[str, list[Formula]]] = {}
    for script in dict.fromkeys(example.script for example in examples):
        edges = [
            _edges(form, script) for form, example in zip(forms, examples, strict=True) if example.script == script
        ]
        found[script] = {}
        for name, side in (("openings", 0), ("closings", 1)):
            counts = Counter(edge[side] for edge in edges if edge[side])
            found[script][name] = [Formula(text, n, n / len(edges)) for text, n in counts.most_common(most)]
    return found
