"""Who each evaluation is said of: names, rivals, pronouns, dropped subjects, comparisons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.label.batchtext import BatchText, among
from narrativ.label.comparison import compare
from narrativ.label.cues import KINDS, CueHits, CueLexicon
from narrativ.label.names import Names, Neighbours
from narrativ.label.scope import Scope, Weighed, irony

__all__ = ["Bearers", "bearers"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

_DE = ord("的")
# A verdict's object stands this near after it; a participle this near after its auxiliary.
_OBJECT_HAN, _OBJECT_LATIN = 30, 70
_AUXILIARY = 14
_SUBJECT_OF_VERDICT = 0.4
_CARRIED = 0.9
# A name that comes only in a later clause of the sentence.
_COMING = 0.5
_WHOLE = 0.8
_SPEAKS, _SELF = 6, 0.25
_MODIFIER, _MODIFIER_NEAR = 0.2, 24
_JOINED = "和与及跟、&"


@dataclass(frozen=True, slots=True)
class Bearers:
    """Evaluations as given to rows of passage and target; each of shape (n_given,)."""

    cue: _Integers
    row: _Integers
    weight: _Floats
    same_clause: _Bools
    winner: _Bools
    loser: _Bools
    ironic: _Bools


def bearers(
    text: BatchText,
    scope: Scope,
    hits: CueHits,
    lexicon: CueLexicon,
    names: Names,
    weighed: Weighed,
    row_of: _Integers,
    targets: int,
) -> Bearers:
    """Whom each evaluation goes to; the better of a comparison may be another one than the grammar's subject."""
    cues = np.arange(len(hits.start))
    kind = lexicon.kind[hits.cue]
    owner = text.owner(hits.start)
    weight = weighed.weight
    near = Neighbours(scope, hits, names)
    name, share, same = _bearer(text, scope, hits, kind, names, near, owner)
    rival, winner, loser = compare(scope, hits, kind, names, near, name, weight)
    whom = np.where(name >= 0, np.append(names.target, -1)[name], -1)
    ironic = irony(scope, hits, weight, kind, whom)
    weight = np.where(ironic, -weight, weight)
    weight = _refuted(scope, hits, lexicon, weight)
    share = share * _self_report(scope, hits, names, whom)
    hint = kind == KINDS.index("hint")
    comparative = kind == KINDS.index("comparative")
    compared = rival >= 0
    keep = ~hint & ~(comparative & ~compared)

    given_cue, given_name, given_weight = [cues[keep]], [name[keep]], [np.where(loser, 0.0, weight * share)[keep]]
    flags = [np.stack([same, winner, loser], axis=1)[keep]]
    better = np.flatnonzero(keep & loser & compared)
    given_cue.append(better)
    given_name.append(rival[better])
    given_weight.append(np.abs(weight[better]))
    flags.append(np.tile(np.array([[True, True, False]]), (len(better), 1)))
    joined = _joined(text, names)
    both = np.flatnonzero(keep & ~loser & ~compared & (name >= 0) & np.isin(name, joined))
    given_cue.append(both)
    given_name.append(name[both] - 1)
    given_weight.append((weight * share)[both])
    flags.append(np.stack([same, winner, loser], axis=1)[both])

    elliptic, subject = _elliptic(text, scope, hits, names)
    given_cue.append(elliptic)
    given_name.append(subject)
    given_weight.append(-weight[elliptic])
    flags.append(np.tile(np.array([[True, False, False]]), (len(elliptic), 1)))

    cue, who, value = np.concatenate(given_cue), np.concatenate(given_name), np.concatenate(given_weight)
    flag = np.concatenate(flags)
    row = _row_of(names, owner[cue], who, row_of, targets)
    extra = _unclaimed(owner, cue, who, value, flag, names, row_of, targets)
    cue, row, value, flag = (np.concatenate([a, b]) for a, b in zip((cue, row, value, flag), extra, strict=True))
    hinted = np.flatnonzero(hint)
    hinted_row = row_of[owner[hinted] * targets + lexicon.target[hits.cue[hinted]]]
    cue, row = np.concatenate([cue, hinted]), np.concatenate([row, hinted_row])
    value = np.concatenate([value, weight[hinted]])
    flag = np.concatenate([flag, np.tile(np.array([[True, False, False]]), (len(hinted), 1))])
    only = lexicon.target[hits.cue[cue]]
    fits = (row >= 0) & ((only < 0) | (row_of[owner[cue] * targets + np.maximum(only, 0)] == row))
    return Bearers(cue[fits], row[fits], value[fits], flag[fits, 0], flag[fits, 1], flag[fits, 2], ironic[cue[fits]])


def _refuted(scope: Scope, hits: CueHits, lexicon: CueLexicon, weight: _Floats) -> _Floats:
    """Weights with those of claims turned that are called nonsense (the talk of "X" is a myth).

    The verdict on such a claim says nothing more of anybody.
    """
    spans = hits.operators["claim"]
    verdict = np.flatnonzero(np.isin(hits.cue, lexicon.refuting) & (weight < 0))
    if not len(spans) or not len(verdict):
        return weight
    turned: _Floats = weight.copy()
    sentence = scope.sentence[hits.start]
    claimed = np.isin(sentence, scope.sentence[spans[:, 0]])
    for place in verdict[claimed[verdict]].tolist():
        before = slice(int(np.searchsorted(sentence, sentence[place], "left")), place)
        if turned[before].any():
            turned[before] = -turned[before]
            turned[place] = 0.0
    return turned


def _elliptic(text: BatchText, scope: Scope, hits: CueHits, names: Names) -> tuple[_Integers, _Integers]:
    """Cues that another name is denied without repeating them ("X is honest and Y is not"), and those names."""
    spans = hits.operators["negator"]
    if not len(spans) or not len(hits.start) or not len(names.start):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    ends = scope.clause[np.minimum(spans[:, 1] + 1, len(scope.clause) - 1)] != scope.clause[spans[:, 0]]
    ends &= text.codes[spans[:, 0]] < 0x250
    spans = spans[ends]
    subject = np.searchsorted(names.end, spans[:, 0], "right") - 1
    cue = np.searchsorted(hits.end, spans[:, 0], "right") - 1
    who, what = np.maximum(subject, 0), np.maximum(cue, 0)
    fits = (subject >= 0) & (cue >= 0) & (scope.clause[names.start[who]] == scope.clause[spans[:, 0]])
    fits &= (scope.sentence[hits.start[what]] == scope.sentence[spans[:, 0]]) & (hits.end[what] <= names.start[who])
    return what[fits], who[fits]


def _self_report(scope: Scope, hits: CueHits, names: Names, whom: _Integers) -> _Floats:
    """What one says of oneself ("X表示 …", "X said that …") is hardly anybody's praise."""
    spans = hits.operators["speaks"]
    share = np.ones(len(whom))
    if not len(spans) or not len(names.start):
        return share
    place = np.searchsorted(spans[:, 1], hits.start, "right") - 1
    known = np.maximum(place, 0)
    speaker = np.searchsorted(names.end, spans[known, 0], "right") - 1
    who = np.maximum(speaker, 0)
    said = (place >= 0) & (speaker >= 0) & (scope.sentence[spans[known, 0]] == scope.sentence[hits.start])
    said &= (spans[known, 0] - names.end[who] <= _SPEAKS) & (names.target[who] == whom) & (whom >= 0)
    return np.where(said & ~scope.quoted[hits.start], _SELF, share)


def _row_of(names: Names, text: _Integers, name: _Integers, row_of: _Integers, targets: int) -> _Integers:
    if not len(names.start):
        return np.full(len(name), -1, dtype=np.int64)
    target = np.where(name >= 0, names.target[np.maximum(name, 0)], -1)
    return np.where(target >= 0, row_of[text * targets + np.maximum(target, 0)], -1)


def _unclaimed(
    owner: _Integers,
    cue: _Integers,
    who: _Integers,
    value: _Floats,
    flag: npt.NDArray[np.bool_],
    names: Names,
    row_of: _Integers,
    targets: int,
) -> tuple[_Integers, _Integers, _Floats, npt.NDArray[np.bool_]]:
    """Evaluations that no name took, for every asked target that the text does not name."""
    texts = len(row_of) // targets
    named = np.zeros(len(row_of), dtype=bool)
    known = names.target >= 0
    named[names.text[known] * targets + names.target[known]] = True
    missing = ((row_of >= 0) & ~named).reshape(texts, targets)
    free = np.flatnonzero(who < 0)
    place, target = np.nonzero(missing[owner[cue[free]]])
    chosen = free[place]
    row = row_of[owner[cue[chosen]] * targets + target]
    return cue[chosen], row, value[chosen] * _WHOLE, flag[chosen] & np.array([False, True, True])


def _bearer(
    text: BatchText, scope: Scope, hits: CueHits, kind: _Integers, names: Names, near: Neighbours, owner: _Integers
) -> tuple[_Integers, _Floats, _Bools]:
    """Name that each cue is said of by the grammar (-1: none), how surely, and whether it stands in the same clause."""
    codes = text.codes
    start, end = hits.start, hits.end
    before, after = near.before, near.after
    name_start = np.append(names.start, np.iinfo(np.int64).max)
    gap = name_start[after] - end
    han = codes[start] >= 0x3400
    attributive = (after >= 0) & np.where(han, (codes[end] == _DE) & (gap <= 2), gap == 1)

    clause = scope.clause[start]
    topic = np.where(_same_text(names, near.topic[clause], owner), near.topic[clause], -1)
    coming = np.where(_same_text(names, near.coming[clause], owner), near.coming[clause], -1)
    next_start = np.append(names.start, 0)[coming]
    coming = np.where((coming >= 0) & (scope.sentence[next_start] == scope.sentence[start]), coming, -1)
    away = np.where(topic >= 0, topic, coming)
    here = np.where(before >= 0, before, after)
    quality = np.where(attributive, after, np.where(here >= 0, here, away))

    passive, agent_of_passive = _passive(text, scope, hits, names, near)
    object_near = (after >= 0) & (gap <= np.where(han, _OBJECT_HAN, _OBJECT_LATIN))
    final = codes[np.minimum(end, len(codes) - 1)] < 0x30
    final |= scope.clause[np.minimum(end + 2, len(codes) - 1)] != clause
    verdict = np.where(passive >= -1, np.where(passive >= 0, passive, topic), np.where(object_near, after, -1))
    verdict = np.where(verdict >= 0, verdict, np.where(before >= 0, before, away))
    share = np.ones(len(start))
    act = kind == KINDS.index("act")
    is_object = (kind == KINDS.index("object")) | (kind == KINDS.index("call")) | act
    doubtful = is_object & (passive < -1) & ~object_near & (before >= 0) & ~final
    share[doubtful] = _SUBJECT_OF_VERDICT
    share[act & (passive < 0) & ~object_near] = 0.0
    share[_modifies_object(hits, kind, clause, codes, han)] = _MODIFIER

    agent = np.where(before >= 0, before, np.where(topic >= 0, topic, here))
    agent = np.where(agent_of_passive >= 0, agent_of_passive, agent)
    share[(passive >= -1) & (agent_of_passive < 0) & (kind == KINDS.index("agent")) & han] = 0.0
    is_agent = (kind == KINDS.index("agent")) | (kind == KINDS.index("loser"))
    name = np.where(is_object, verdict, np.where(is_agent, np.where(agent >= 0, agent, quality), quality))
    same = (name >= 0) & (scope.clause[np.minimum(name_start[name], len(codes))] == clause)
    share = np.where(same, share, share * np.where((name == coming) & (topic < 0), _COMING, _CARRIED))
    return name, share, same


def _modifies_object(
    hits: CueHits, kind: _Integers, clause: _Integers, codes: npt.NDArray[np.uint32], han: _Bools
) -> _Bools:
    """An English adjective between a verb that evaluates and its noun: to "frighten honest businesses" is no praise."""
    verb = np.isin(kind, [KINDS.index("agent"), KINDS.index("object")])
    after_verb = np.zeros(len(kind), dtype=bool)
    after_verb[1:] = verb[:-1] & (clause[1:] == clause[:-1]) & (hits.start[1:] - hits.end[:-1] <= _MODIFIER_NEAR)
    goes_on = codes[np.minimum(hits.end, len(codes) - 1)] == ord(" ")
    return np.asarray(after_verb & ~han & goes_on & (kind == KINDS.index("quality")))


def _same_text(names: Names, name: _Integers, owner: _Integers) -> _Bools:
    if not len(names.start):
        return np.zeros(len(name), dtype=bool)
    return np.asarray((name >= 0) & (names.text[np.maximum(name, 0)] == owner))


def _passive(
    text: BatchText, scope: Scope, hits: CueHits, names: Names, near: Neighbours
) -> tuple[_Integers, _Integers]:
    """Per cue: the name that suffers (-1: none in the clause; -2: no passive), and in Chinese the one after 被."""
    spans = hits.operators["passive"]
    start = hits.start
    none = np.full(len(start), -2, dtype=np.int64)
    nobody = np.full(len(start), -1, dtype=np.int64)
    if not len(spans):
        return none, nobody
    place = np.searchsorted(spans[:, 1], start, "right") - 1
    known = np.maximum(place, 0)
    han = text.codes[start] >= 0x3400
    last = text.codes[np.maximum(hits.end - 1, 0)]
    participle = among(last, "dn")
    inside = (place >= 0) & (spans[known, 0] >= scope.clause_start[near.clause])
    valid = inside & np.where(han, True, participle & (start - spans[known, 1] <= _AUXILIARY))
    if not len(names.start):
        return np.where(valid, -1, none), nobody
    first = np.searchsorted(names.end, spans[known, 0], "right") - 1
    clause_of_name = scope.clause[names.start]
    sufferer = np.where((first >= 0) & (clause_of_name[np.maximum(first, 0)] == near.clause), first, -1)
    agent = np.where(valid & han & (near.before > first), near.before, -1)
    return np.where(valid, sufferer, -2), agent


def _joined(text: BatchText, names: Names) -> _Integers:
    """Names that an "and" joins to the name before them."""
    if len(names.start) < 2:
        return np.zeros(0, dtype=np.int64)
    gap = names.start[1:] - names.end[:-1]
    middle = text.codes[names.end[:-1]]
    han = (gap == 1) & among(middle, _JOINED)
    spaced = (gap == 5) & (text.codes[np.minimum(names.end[:-1] + 1, len(text.codes) - 1)] == ord("a"))
    spaced |= (gap == 3) & among(text.codes[np.minimum(names.end[:-1] + 1, len(text.codes) - 1)], _JOINED)
    return np.flatnonzero(han | spaced) + 1
