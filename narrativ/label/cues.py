"""What speaks for or against somebody: the words of ``lexicons/stance/`` and of a codebook's ``stance.tsv``, found in a batch.

One automaton holds everything: evaluations, the operators that turn or weaken them, rivals' names, pronouns, and the
codebook's own names without their context. A word inside a longer one does not count (不 in 不断, 可靠 in 不可靠).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.errors import LexiconError
from narrativ.label.batchtext import BatchText, Words, among
from narrativ.label.terms import Terms
from narrativ.resources import lexicons_dir, read_tsv
from narrativ.text.normalize import match_form

__all__ = ["KINDS", "OPERATORS", "Cue", "CueHits", "CueLexicon", "load_cues"]

KINDS = ("quality", "object", "agent", "loser", "measure", "comparative", "call", "act", "hint", "event", "name")
"""What a cue says of whom; lexicons/README.md explains each."""

OPERATORS = (
    "negator", "withdrawer", "affirmer", "not-only", "rhetorical", "question", "withdrawal", "condition", "fact-if",
    "hedge", "intensifier", "diminisher", "contrast", "concession", "comparison", "passive", "irony", "sneer",
    "pronoun", "former", "latter", "proof", "embed", "refuter", "denial", "claim", "adverse", "speaks", "ever", "joint",
)  # fmt: skip

# A word inside one of these is part of it.
_HARD = {
    "negator", "withdrawer", "affirmer", "not-only", "rhetorical", "withdrawal", "fact-if", "latter", "former", "denial",
    "refuter",
}  # fmt: skip

# One of these that runs into an evaluation is none.
_YIELDING = {"not-only", "contrast", "concession", "adverse", "hedge"}

_EVALUATION_COLUMNS = ("concept", "kind", "strength", "hans", "tw", "hk", "en", "unless", "note")
_OPERATOR_COLUMNS = ("operator", "kind", "hans", "tw", "hk", "en", "note")
_ENTITY_COLUMNS = ("group", "hans", "tw", "hk", "en", "note")
_REGIONS = ("hans", "tw", "hk", "en")
_NEAR = 40
# The concept whose words are verdicts on claims rather than on somebody.
_REFUTING = "refuted"

# Beside these characters a Chinese cue may stand although jieba runs a word across the border (最好|用, 很|好用).
_BEFORE = "蛮满颇好挺超很太更最真够不没挺超极也都还又会能得的是了被可越让令叫一给多"
_AFTER = "的了地得着过吗呢吧啊吧嘛多很极"
_DEGREE = "很太更最真够挺超极蛮满颇"
# One character that negates wherever it stands, unless a longer entry swallows it.
_FREE = "不没唔冇"
# A name this short or this common says nothing without its context (us, arm, meta).
_LOOSE_LATIN = 4

_Integers = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that evaluate alike.

    Attributes
    ----------
    concept
        The group's name.
    kind
        One of :data:`KINDS`.
    strength
        -3 to +3; the sign is that of the stance toward the one it is said of.
    terms
        Match forms; a trailing ``*`` lets a Latin term run to the end of its word.
    unless
        Match forms inside which a term does not count.
    target
        Number of the only target it may be said of, or -1.
    near
        Match forms of which one must stand within 40 characters, if any.
    """

    concept: str
    kind: str
    strength: float
    terms: tuple[str, ...]
    unless: tuple[str, ...] = ()
    target: int = -1
    near: tuple[str, ...] = ()


def _cells(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match_form(part.strip()) for part in cell.split("|") if part.strip()))


def _terms(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for region in _REGIONS for term in _cells(row[region])))


def load_cues(path: Path) -> Iterator[Cue]:
    """Cues of an evaluations file.

    Raises
    ------
    LexiconError
        A kind or strength is none; file and line are named.
    """
    for line, row in read_tsv(path, _EVALUATION_COLUMNS):
        try:
            strength = float(row["strength"])
        except ValueError as error:
            raise LexiconError(f"{path}:{line}: strength {row['strength']!r} is no number") from error
        if row["kind"] not in KINDS:
            raise LexiconError(f"{path}:{line}: kind {row['kind']!r}; kinds are {', '.join(KINDS)}")
        yield Cue(row["concept"], row["kind"], strength, _terms(row), _cells(row["unless"]))


def _hint_cues(codebook: Codebook) -> Iterator[Cue]:
    number_of = {target: number for number, target in enumerate(codebook.target_ids)}
    for hint in codebook.hints:
        if hint.kind not in KINDS:
            raise LexiconError(f"{codebook.id}/stance.tsv: {hint.concept}: kind {hint.kind!r} is none of {KINDS}")
        yield Cue(hint.concept, hint.kind, hint.strength, hint.terms, (), number_of[hint.target], hint.near)


@dataclass(frozen=True, slots=True)
class CueHits:
    """What the lexicon finds in a batch, each in order of place.

    Attributes
    ----------
    start, end, cue
        Evaluations: spans in the joined text and numbers in :attr:`CueLexicon.cues`; shape (n_cues,).
    operators
        Spans of each kind of operator, shape (n, 2).
    names
        Spans of names, with the target's number, -1 for a rival, and whether it is a pronoun (1), the former (2) or the
        latter (3); shape (n_names, 4).
    """

    start: _Integers
    end: _Integers
    cue: _Integers
    operators: dict[str, _Integers]
    names: _Integers


class CueLexicon:
    """The cues of a codebook's language: those of every text, and its own.

    Parameters
    ----------
    codebook
        Whose targets and hints to use.
    """

    def __init__(self, codebook: Codebook) -> None:
        folder = lexicons_dir() / "stance"
        cues = list(load_cues(folder / "evaluations.tsv"))
        cues += _hint_cues(codebook)
        self.cues = tuple(cues)
        self.kind = np.array([KINDS.index(cue.kind) for cue in cues], dtype=np.int64)
        self.strength = np.array([cue.strength for cue in cues], dtype=np.float64)
        self.target = np.array([cue.target for cue in cues], dtype=np.int64)
        self.refuting = np.flatnonzero([cue.concept == _REFUTING for cue in cues])
        self._near = {
            number: re.compile("|".join(map(re.escape, cue.near))) for number, cue in enumerate(cues) if cue.near
        }
        # Owners: cues, then operators, then rivals, then the targets by number, then phrases that cancel.
        self._operator = len(cues)
        naming = KINDS.index("name")
        uses = [(term, number) for number, cue in enumerate(cues) for term in cue.terms if self.kind[number] != naming]
        operators = [row for _, row in read_tsv(folder / "operators.tsv", _OPERATOR_COLUMNS)]
        for row in operators:
            if row["kind"] not in OPERATORS:
                raise LexiconError(f"operators.tsv: kind {row['kind']!r}; kinds are {', '.join(OPERATORS)}")
            uses += [(term, self._operator + OPERATORS.index(row["kind"])) for term in _terms(row)]
        self._rival = self._operator + len(OPERATORS)
        for _, row in read_tsv(folder / "entities.tsv", _ENTITY_COLUMNS):
            uses += [(term, self._rival) for term in _terms(row)]
        self._alias = self._rival + 1
        number_of = {target: number for number, target in enumerate(codebook.target_ids)}
        for alias in codebook.aliases:
            uses += [(term, self._alias + number_of[alias.target]) for term in alias.terms if _says_enough(term)]
        for cue in cues:
            if cue.kind == KINDS[naming]:
                uses += [(term, self._alias + cue.target) for term in cue.terms]
        self._cancel = self._alias + len(number_of)
        uses += [(phrase, self._cancel) for cue in cues for phrase in cue.unless]
        self._terms = Terms(uses, compact=True)
        hard = [True] * len(cues) + [kind in _HARD for kind in OPERATORS] + [True] * (len(number_of) + 2)
        self._hard = np.array(hard)
        yields = [kind in _YIELDING for kind in OPERATORS]
        self._yields = np.array([False] * len(cues) + yields + [False] * (len(number_of) + 2))

    def find(self, text: BatchText, forms: Sequence[str], words: Words, taken: _Integers) -> CueHits:
        """Cues, operators and names of a batch.

        Parameters
        ----------
        taken
            Spans that are names of targets already, in order, shape (n, 2); nothing is found inside them.
        """
        found = self._terms.find(text, None)
        order = np.lexsort((-found.end, found.start))
        start, end, owner = found.start[order], found.end[order], found.owner[order]
        kept = _at_borders(text, words, start, end)
        start, end, owner = start[kept], end[kept], owner[kept]
        kept = ~self._runs_into_cue(start, end, owner)
        start, end, owner = start[kept], end[kept], owner[kept]
        kept = ~_inside_longer(start, end, self._hard[owner]) & ~_overlaps(start, end, taken)
        start, end, owner = start[kept], end[kept], owner[kept]
        is_cue = owner < self._operator
        if self._near and is_cue.any():
            is_cue &= self._in_context(text, forms, start, end, owner)
        spans = np.stack([start, end], axis=1)
        kinds = {kind: spans[owner == self._operator + number] for number, kind in enumerate(OPERATORS)}
        target = np.where(owner >= self._alias, owner - self._alias, -1)
        role = np.zeros(len(owner), dtype=np.int64)
        for number, kind in enumerate(("pronoun", "former", "latter"), 1):
            role[owner == self._operator + OPERATORS.index(kind)] = number
        is_name = ((owner >= self._rival) & (owner < self._cancel)) | (role > 0)
        names = np.column_stack([spans, target, role])[is_name]
        return CueHits(start[is_cue], end[is_cue], owner[is_cue], kinds, _apart(names))

    def _runs_into_cue(self, start: _Integers, end: _Integers, owner: _Integers) -> _Bools:
        """Which connectives end inside an evaluation that goes on behind them (不过 in 并不|过分)."""
        cue = np.flatnonzero(owner < self._operator)
        if not len(cue):
            return np.zeros(len(start), dtype=bool)
        following = np.minimum(np.searchsorted(start[cue], start, "right"), len(cue) - 1)
        begin, stop = start[cue[following]], end[cue[following]]
        return np.asarray(self._yields[owner] & (begin > start) & (begin < end) & (stop > end))

    def _in_context(
        self, text: BatchText, forms: Sequence[str], start: _Integers, end: _Integers, owner: _Integers
    ) -> _Bools:
        keep = np.ones(len(owner), dtype=bool)
        for place in np.flatnonzero(np.isin(owner, list(self._near))).tolist():
            number = int(text.owner(start[place : place + 1])[0])
            offset = int(text.starts[number])
            first, last = int(start[place]) - offset, int(end[place]) - offset
            window = forms[number][max(first - _NEAR, 0) : last + _NEAR]
            keep[place] = bool(self._near[int(owner[place])].search(window))
        return keep


def _says_enough(term: str) -> bool:
    bare = term.rstrip("*")
    return len(bare) >= (_LOOSE_LATIN if bare.isascii() else 2)


def _at_borders(text: BatchText, words: Words, start: _Integers, end: _Integers) -> _Bools:
    """Which spans begin and end at a border of a word, or beside a character that makes one."""
    codes = text.codes
    left = words.edges[start]
    right = words.edges[end]
    before = codes[np.maximum(start - 1, 0)]
    soft_left = left | among(before, _BEFORE)
    soft_right = right | among(codes[np.minimum(end, len(codes) - 1)], _AFTER)
    single = (end - start == 1) & (codes[start] >= 0x3400)
    free = single & among(codes[start], _FREE)
    return np.asarray(
        np.where(single, ((left | among(before, _DEGREE)) & soft_right & (left | right)) | free, soft_left & soft_right)
    )


def _inside_longer(start: _Integers, end: _Integers, hard: _Bools) -> _Bools:
    """Which spans, in order of start and falling end, lie in a longer one that is `hard`."""
    if not len(start):
        return np.zeros(0, dtype=bool)
    reach = np.maximum.accumulate(np.where(hard, end, -1))
    before = np.concatenate([[-1], reach[:-1]])
    new = np.concatenate([[True], (start[1:] != start[:-1]) | (end[1:] != end[:-1])])
    first = np.maximum.accumulate(np.where(new, np.arange(len(start)), 0))
    return np.asarray(before[first] >= end)


def _overlaps(start: _Integers, end: _Integers, spans: _Integers) -> _Bools:
    """Which spans overlap one of `spans`, which are in order."""
    if not len(spans):
        return np.zeros(len(start), dtype=bool)
    last = np.searchsorted(spans[:, 0], end, side="left") - 1
    return np.asarray((last >= 0) & (spans[np.maximum(last, 0), 1] > start))


def _apart(names: _Integers) -> _Integers:
    """Names without overlaps: of two that share characters the earlier."""
    if len(names) < 2:
        return names
    reach = np.maximum.accumulate(names[:, 1])
    return np.asarray(names[np.concatenate([[True], names[1:, 0] >= reach[:-1]])])
