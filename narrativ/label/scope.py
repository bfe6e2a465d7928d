"""Clauses and sentences of a batch, and what operators do to the evaluations in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from narrativ.label.batchtext import BatchText, among
from narrativ.label.cues import KINDS, CueHits

if TYPE_CHECKING:
    from narrativ.label.names import Names

__all__ = ["Scope", "Weighed", "irony", "scope_of", "weigh"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

_CLAUSE = ",;:()[]—…|"
_SENTENCE = "。!?\n\0"
_PERIOD = ord(".")
_CLOSING = " \n\0\"'”’」』)"
_OPENERS, _CLOSERS = "“「『«《", "”」』»》"
_STRAIGHT = ord('"')

# How far before an evaluation a negator reaches, in characters: 没有任何特别, not a very good.
_REACH_HAN, _REACH_LATIN = 7, 42
_CONCEDED = 0.3
_BEFORE_BUT = 0.35
_BEFORE_NEXT_BUT = 0.6
_IF = 0.15
_ASKED = 0.15
_OPEN = 0.1
_PERHAPS = 0.85
# "Never asks anyone to break the law" is no praise.
_DENIED = 0.2
_VERY, _BIT = 1.25, 0.8
_TO_VERB = 22
_NEGATING = "不没无未非"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where each character stands.

    Attributes
    ----------
    clause, sentence
        Number of the clause and of the sentence, shape (n_characters + 1,); numbers run on over the texts.
    clause_start, sentence_start
        Where each begins.
    question
        Whether each sentence ends in a question mark.
    quoted
        Whether a character stands in quotation marks, shape (n_characters,).
    """

    clause: _Integers
    sentence: _Integers
    clause_start: _Integers
    sentence_start: _Integers
    question: _Bools
    quoted: _Bools


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is left of each cue's strength after the operators, and what they did; each of shape (n_cues,)."""

    weight: _Floats
    negated: _Bools
    suspended: _Bools
    after_contrast: _Bools
    quoted: _Bools


def _numbers(breaks: _Bools, starts: _Integers | None = None) -> tuple[_Integers, _Integers]:
    """Number of the piece at each position, a break belonging to the piece that it ends, and the pieces' starts."""
    begins = np.concatenate([[False], breaks])
    if starts is not None:
        begins[starts] = True
    begins[0] = True
    return np.cumsum(begins) - 1, np.flatnonzero(begins)


def scope_of(text: BatchText, hits: CueHits, named: _Integers) -> Scope:
    """Clauses and sentences of a batch.

    Clauses end at commas and the like and begin at a "but", or at an "and" before a name; sentences end at 。 ! ? and line
    breaks.

    Parameters
    ----------
    named
        Spans of names, shape (n, 2), in order.
    """
    codes = text.codes
    following = np.concatenate([codes[1:], [0]])
    ends = among(codes, _SENTENCE) | ((codes == _PERIOD) & among(following, _CLOSING))
    sentence, sentence_start = _numbers(ends)
    begins = np.concatenate([hits.operators[kind][:, 0] for kind in ("contrast", "joint")])
    begins = np.concatenate([begins, _and_before_name(codes, named)])
    clause, clause_start = _numbers(ends | among(codes, _CLAUSE), begins)
    marks = np.flatnonzero(codes == ord("?"))
    question = np.zeros(len(sentence_start), dtype=bool)
    question[sentence[marks]] = True
    quoted = _quoted(text)
    return Scope(clause, sentence, clause_start, sentence_start, question, quoted)


def _quoted(text: BatchText) -> _Bools:
    """Which characters stand in quotation marks; a text begins outside."""
    codes, base = text.codes, text.starts[:-1]
    change = among(codes, _OPENERS).astype(np.int8) - among(codes, _CLOSERS).astype(np.int8)
    straight = codes == _STRAIGHT
    if not change.any() and not straight.any():
        return np.zeros(len(codes), dtype=bool)
    depth, flips = np.cumsum(change, dtype=np.int32), np.cumsum(straight, dtype=np.int32)
    sizes = np.diff(text.starts)
    depth -= np.repeat(depth[base] - change[base], sizes)
    flips -= np.repeat(flips[base] - straight[base], sizes)
    return np.asarray((depth > 0) | (flips % 2 == 1))


def _and_before_name(codes: npt.NDArray[np.uint32], named: _Integers) -> _Integers:
    """Where an "and" begins that has a name after it and none before it ("X is honest and Y is not")."""
    place = named[:, 0] - 5
    place = place[place >= 0]
    word = np.array([ord(character) for character in " and "], dtype=np.uint32)
    is_and = np.ones(len(place), dtype=bool)
    for shift, code in enumerate(word.tolist()):
        is_and &= codes[place + shift] == code
    place = place[is_and]
    return place[~np.isin(place, named[:, 1])] + 1


def _flag(groups: _Integers, spans: _Integers, count: int) -> _Bools:
    flags = np.zeros(count, dtype=bool)
    flags[groups[spans[:, 0]]] = True
    return flags


def _last_in(groups: _Integers, spans: _Integers, count: int) -> _Integers:
    """Where the last of `spans` begins in each group, -1 for none."""
    last = np.full(count, -1, dtype=np.int64)
    last[groups[spans[:, 0]]] = spans[:, 0]  # in order, so the last one stays
    return last


def _first_in(groups: _Integers, spans: _Integers, count: int) -> _Integers:
    first = np.full(count, np.iinfo(np.int64).max)
    first[groups[spans[::-1, 0]]] = spans[::-1, 0]
    return first


def _before(spans: _Integers, low: _Integers, high: _Integers) -> _Integers:
    """How many of `spans` (in order) begin at `low` or later and end by `high`."""
    return np.asarray(
        np.maximum(np.searchsorted(spans[:, 1], high, "right") - np.searchsorted(spans[:, 0], low, "left"), 0)
    )


def weigh(text: BatchText, scope: Scope, hits: CueHits, strength: _Floats, names: Names) -> Weighed:
    """Strength of each cue after negation, degree, discourse, mood and irony."""
    ops = hits.operators
    start = hits.start
    clauses, sentences = len(scope.clause_start), len(scope.sentence_start)
    clause, sentence = scope.clause[start], scope.sentence[start]
    begin = scope.clause_start[clause]
    reach = np.where(text.codes[start] >= 0x3400, _REACH_HAN, _REACH_LATIN)
    low = np.maximum(start - reach, begin)

    # 没有|有亮点: the two may share a character, but one that negates belongs to the cue (并|不可靠).
    negating = among(text.codes[start], _NEGATING)
    soft = ((reach == _REACH_HAN) & ~negating).astype(np.int64)
    negators = _before(ops["negator"], low, start + soft)
    ever = _flag(scope.sentence, ops["ever"], sentences) & scope.question
    doubting = _before(ops["rhetorical"], begin, start) + ever[sentence]
    rhetorical = _flag(scope.sentence, ops["rhetorical"], sentences) | _flag(scope.sentence, ops["affirmer"], sentences)
    rhetorical |= ever
    # "I would never say that …", "no evidence that …": the negator reaches through the verb to the end of its clause.
    through = _reaching(scope, ops["negator"], ops["embed"], begin, low)
    through += _before(ops["refuter"], begin, start)
    through += _last_in(scope.sentence, ops["denial"], sentences)[sentence] > start
    through += _crossing(ops["affirmer"], start) * negating
    negated = (negators + np.minimum(doubting, 1) + through) % 2 == 1
    # 没有X好: the name between them is what it is measured by.
    negated &= ~(
        (reach == _REACH_HAN)
        & (negators > 0)
        & _name_between(names, ops["negator"], low, start)
        & (doubting == 0)
        & (through == 0)
    )
    last = np.searchsorted(ops["negator"][:, 1], start + soft, "right") - 1
    close = start - np.append(ops["negator"][:, 1], -99)[last] <= np.where(reach == _REACH_HAN, 2, 6)
    weight = np.where(negated, -strength, strength)
    weight = np.where(negated & (strength < 0) & (through == 0), weight * np.where(close, 0.8, _DENIED), weight)
    weight = np.where(_before(ops["withdrawer"], low, start) > 0, 0.1 * strength, weight)

    degree = np.where(_before(ops["intensifier"], low, start) > 0, _VERY, 1.0)
    weight = weight * np.where(_before(ops["diminisher"], low, start) > 0, _BIT, degree)

    asked = scope.question[sentence] & ~rhetorical[sentence]
    whether = _flag(scope.clause, ops["question"], clauses)[clause] & ~rhetorical[sentence]
    open_ = _flag(scope.sentence, ops["withdrawal"], sentences)
    after = np.zeros(sentences, dtype=bool)  # "… ? It is too early to say."
    after[:-1] = open_[1:] & scope.question[:-1]
    condition = _first_in(scope.sentence, ops["condition"], sentences)[sentence] < start
    suspended = asked | whether | open_[sentence] | after[sentence] | condition
    mood = np.where(condition, _IF, 1.0) * np.where(asked | whether, _ASKED, 1.0)
    mood = np.where(open_[sentence] | after[sentence], _OPEN, mood)
    mood = np.where(_flag(scope.clause, ops["hedge"], clauses)[clause], mood * _PERHAPS, mood)

    but = _last_in(scope.sentence, ops["contrast"], sentences)
    after_contrast = (but[sentence] >= 0) & (start >= but[sentence])
    opens = np.zeros(sentences, dtype=bool)
    opens[:-1] = (but[1:] >= 0) & (but[1:] - scope.sentence_start[1:] <= 1)
    discourse = np.where(but[sentence] > start, _BEFORE_BUT, np.where(opens[sentence], _BEFORE_NEXT_BUT, 1.0))
    conceded = _flag(scope.clause, ops["concession"], clauses)[clause]
    discourse = np.where(conceded, np.minimum(discourse, _CONCEDED), discourse)

    weight = weight * mood * discourse
    return Weighed(weight, negated, suspended, after_contrast, scope.quoted[start])


def _crossing(affirmers: _Integers, start: _Integers) -> _Integers:
    """Whether an affirmer runs into the cue (无人不|不看好 in 无人不看好)."""
    if not len(affirmers):
        return np.zeros(len(start), dtype=np.int64)
    place = np.searchsorted(affirmers[:, 0], start, "left") - 1
    inside = (place >= 0) & (affirmers[np.maximum(place, 0), 1] > start)
    return np.asarray(inside.astype(np.int64))


def _reaching(scope: Scope, negators: _Integers, verbs: _Integers, begin: _Integers, low: _Integers) -> _Integers:
    """How many verbs of saying before the cue, in its clause, a negator governs that is too far to count by itself."""
    if not len(negators) or not len(verbs):
        return np.zeros(len(begin), dtype=np.int64)
    place = np.searchsorted(negators[:, 1], verbs[:, 0], "right") - 1
    known = np.maximum(place, 0)
    reached = (place >= 0) & (verbs[:, 0] - negators[known, 1] <= _TO_VERB)
    reached &= scope.clause[verbs[:, 0]] == scope.clause[negators[known, 0]]
    # Each negator once, however many such verbs follow it ("no evidence to suggest").
    first = np.concatenate([[True], place[1:] != place[:-1]])
    spans = np.stack([negators[known, 0], verbs[:, 1]], axis=1)[reached & first]
    starts, ends = spans[:, 0], spans[:, 1]
    return np.asarray(
        np.maximum(
            np.searchsorted(np.maximum(starts, ends - 40), low, "left") - np.searchsorted(starts, begin, "left"), 0
        )
    )


def _name_between(names: Names, negators: _Integers, low: _Integers, start: _Integers) -> _Bools:
    """Whether a name stands between the first negator in reach and the cue."""
    if not len(negators) or not len(names.start):
        return np.zeros(len(start), dtype=bool)
    place = np.minimum(np.searchsorted(negators[:, 0], low, "left"), len(negators) - 1)
    spans = np.stack([names.start, names.end], axis=1)
    return _before(spans, negators[place, 1], start) > 0


def irony(scope: Scope, hits: CueHits, weight: _Floats, kind: _Integers, whom: _Integers) -> _Bools:
    """Praise that is meant as blame: beside a scoff, or in a formula of praise after something bad of the same one.

    Parameters
    ----------
    weight
        Of each cue, after the operators.
    whom
        Number of the target that each cue is said of, -1 for another or none.
    """
    ops = hits.operators
    clauses = len(scope.clause_start)
    clause, sentence = scope.clause[hits.start], scope.sentence[hits.start]
    scoffed = _flag(scope.clause, ops["irony"], clauses)
    formula = _flag(scope.clause, ops["sneer"], clauses)
    adverse = _flag(scope.clause, ops["adverse"], clauses).astype(np.float64)
    first = np.searchsorted(scope.clause_start, scope.sentence_start, "left")
    from_ = first[np.maximum(sentence - 1, 0)]
    seen = np.concatenate([[0.0], np.cumsum(adverse)])
    bad = seen[clause] - seen[from_]
    value = np.where(kind == KINDS.index("comparative"), 0.0, weight)
    for target in np.unique(whom).tolist():
        mine = whom == target
        total = np.bincount(clause[mine], weights=value[mine], minlength=clauses)
        told = np.concatenate([[0.0], np.cumsum(np.maximum(-total, 0.0) - 0.5 * np.maximum(total, 0.0))])
        bad = bad + np.where(mine, told[clause] - told[from_], 0.0)
    return np.asarray((weight > 0) & (scoffed[clause] | (formula[clause] & (bad > 0.4))))
