"""What a passage says for and against each target, by words and rules alone.

Every evaluative word is weighed by what stands around it and given to the one it is said of:

1. *Scope.* A negator just before it turns it, a rhetorical question turns its clause, an open question, a condition or an
   "it is too early to say" takes most of its weight, and what stands before a "but" counts less than what follows.
2. *Irony.* A scoffing word (呵呵, so-called) turns praise in its clause; so does a formula of praise (真是…, brilliant
   work) after a clause that told something bad.
3. *Bearer.* A quality belongs to the name that it stands before (又贵又笨的X) or else to the name before it in the
   clause, a verdict verb (批评, praise) to the name after it or, in the passive, before it; a clause without a name is
   about the topic of the clause before. Names of rivals take what is said of them.
4. *Comparison.* The better one gets the praise; the other one nothing.

The sum of a target's weighted words is its score; the rest of the numbers are for a learned model to weigh. All steps are
array arithmetic over the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.label.batchtext import BatchText, Words
from narrativ.label.bearers import Bearers, bearers
from narrativ.label.cues import KINDS, CueHits, CueLexicon
from narrativ.label.mentions import Mention
from narrativ.label.names import Names, names_of
from narrativ.label.scope import Scope, Weighed, scope_of, weigh

__all__ = ["FEATURES", "THRESHOLDS", "Evaluations", "Judged", "baseline_stance"]

FEATURES = (
    "score",
    "clause_for", "clause_against",
    "carried_for", "carried_against",
    "strong_for", "strong_against",
    "verdict_for", "verdict_against",
    "call_for", "call_against",
    "hint_for", "hint_against",
    "winner", "loser",
    "negated_for", "negated_against",
    "contrast_final", "last_clause", "first_clause",
    "quoted",
    "ironic",
    "suspended",
    "events",
    "others_for", "others_against",
    "passage_for", "passage_against", "against_share",
    "mentions", "named", "rivals", "targets",
    "cues_per_mention", "length",
)  # fmt: skip
"""Names of the numbers that :meth:`Evaluations.find` gives per passage and target."""

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]
_MOST = 6.0

THRESHOLDS = (-0.6, 0.6)
"""Scores from which on the rules alone say against and favor: less than one plain word. On the training corpora every threshold
from .3 to .9 is as good, within .01 of macro-F1; from 1.2 on it falls (docs/stance.md)."""


def baseline_stance(score: _Floats) -> _Integers:
    """Stance by the rules alone: 0 favor, 1 against, 2 neutral; shape as `score`."""
    return np.where(score >= THRESHOLDS[1], 0, np.where(score <= THRESHOLDS[0], 1, 2))


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found, a row per passage and target.

    Attributes
    ----------
    text, target
        Number of the passage in the batch and of the target in the codebook, shape (n_rows,); in that order.
    score
        Signed sum of the weighted cues: positive for favor; shape (n_rows,).
    features
        See :data:`FEATURES`, shape (n_rows, n_features).
    evidence_row, evidence_start, evidence_end, evidence_weight
        Spans in the passage that speak for or against the row's target, in order of row and place; shape (n_evidence,).
    """

    text: _Integers
    target: _Integers
    score: _Floats
    features: _Floats
    evidence_row: _Integers
    evidence_start: _Integers
    evidence_end: _Integers
    evidence_weight: _Floats

    def take(self, kept: npt.NDArray[np.bool_]) -> Judged:
        """The rows that a mask picks, with their evidence."""
        number = np.cumsum(kept) - 1
        of_kept = kept[self.evidence_row]
        return Judged(
            text=self.text[kept],
            target=self.target[kept],
            score=self.score[kept],
            features=self.features[kept],
            evidence_row=number[self.evidence_row[of_kept]],
            evidence_start=self.evidence_start[of_kept],
            evidence_end=self.evidence_end[of_kept],
            evidence_weight=self.evidence_weight[of_kept],
        )

    def evidence(self, row: int) -> list[tuple[int, int, float]]:
        """Spans (start, end, weight) behind the score of one row; the weights add up to it."""
        first, last = np.searchsorted(self.evidence_row, [row, row + 1]).tolist()
        return list(
            zip(
                self.evidence_start[first:last].tolist(),
                self.evidence_end[first:last].tolist(),
                self.evidence_weight[first:last].tolist(),
                strict=True,
            )
        )


class Evaluations:
    """Judges targets by the evaluative lexicon.

    Parameters
    ----------
    codebook
        Whose targets to judge, and whose hints to use.
    """

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        self.lexicon = CueLexicon(codebook)

    def find(
        self,
        text: BatchText,
        forms: Sequence[str],
        words: Words,
        mentions: Sequence[Sequence[Mention]],
        asked: Sequence[Iterable[int]] | None = None,
    ) -> Judged:
        """Scores, features and evidence of the targets that passages are about.

        Parameters
        ----------
        text, forms, words
            The batch, its match forms, and its words.
        mentions
            Per passage, where its targets are named, in order.
        asked
            Per passage, the numbers of the targets to judge; those of `mentions` when not given. A target that is asked
            for and not mentioned is judged by the passage as a whole.
        """
        targets = len(self.codebook.target_ids)
        if not targets or not any(mentions if asked is None else asked):
            return _nothing()
        row_of = _rows(mentions, asked, targets)
        row_text, row_target = np.divmod(np.flatnonzero(row_of >= 0), targets)
        offsets = text.starts[:-1]
        strict = np.array(
            [
                (offset + item.start, offset + item.end, item.target)
                for offset, found in zip(offsets.tolist(), mentions, strict=True)
                for item in found
            ],
            dtype=np.int64,
        ).reshape(-1, 3)
        hits = self.lexicon.find(text, forms, words, strict[:, :2])
        named = np.concatenate([strict[:, :2], hits.names[:, :2]])
        scope = scope_of(text, hits, named[np.lexsort((named[:, 1], named[:, 0]))])
        names = names_of(text, scope, hits, strict, row_of, targets)
        weighed = weigh(text, scope, hits, self.lexicon.strength[hits.cue], names)
        found = bearers(text, scope, hits, self.lexicon, names, weighed, row_of, targets)
        return _judged(text, scope, hits, self.lexicon, names, weighed, found, row_text, row_target, row_of)


def _nothing() -> Judged:
    """Findings of a batch that is about no target."""
    none = np.zeros(0, dtype=np.int64)
    return Judged(none, none, np.zeros(0), np.zeros((0, len(FEATURES))), none, none, none, np.zeros(0))


def _rows(mentions: Sequence[Sequence[Mention]], asked: Sequence[Iterable[int]] | None, targets: int) -> _Integers:
    """Row number of each passage and target, -1 for those that are not judged; shape (n_texts * targets,)."""
    judged = np.zeros(len(mentions) * targets, dtype=bool)
    if asked is None:
        for number, found in enumerate(mentions):
            for item in found:
                judged[number * targets + item.target] = True
    else:
        for number, wanted in enumerate(asked):
            for target in wanted:
                judged[number * targets + target] = True
    return np.where(judged, np.cumsum(judged) - 1, -1)


def _judged(
    text: BatchText,
    scope: Scope,
    hits: CueHits,
    lexicon: CueLexicon,
    names: Names,
    weighed: Weighed,
    found: Bearers,
    row_text: _Integers,
    row_target: _Integers,
    row_of: _Integers,
) -> Judged:
    """Sums over what was found."""
    rows = len(row_text)
    cue, row, weight = found.cue, found.row, found.weight
    kind = lexicon.kind[hits.cue[cue]] if len(cue) else cue
    clause = scope.clause[hits.start[cue]] if len(cue) else cue

    def total(mask: npt.NDArray[np.bool_] | None = None, values: _Floats | None = None) -> _Floats:
        values = weight if values is None else values
        if mask is None:
            return np.bincount(row, weights=values, minlength=rows).astype(np.float64)
        return np.bincount(row[mask], weights=values[mask], minlength=rows).astype(np.float64)

    def both(mask: npt.NDArray[np.bool_]) -> tuple[_Floats, _Floats]:
        return total(mask & (weight > 0)), -total(mask & (weight < 0))

    number = {name: index for index, name in enumerate(KINDS)}
    event = kind == number["event"]
    stance = ~event
    score = total(stance)
    here, carried = both(stance & found.same_clause), both(stance & ~found.same_clause)
    strong = both(stance & (np.abs(weight) >= 2))
    verdict = both(kind == number["object"])
    call = both(kind == number["call"])
    hint = both(kind == number["hint"])
    turned = weighed.negated[cue]
    negated = both(stance & turned)
    after = total(stance & weighed.after_contrast[cue])
    last, first = _edges(clause, row, rows, stance)
    passages = len(text.starts) - 1
    owner = text.owner(hits.start)
    plain = np.where(lexicon.kind[hits.cue] == number["event"], 0.0, weighed.weight)
    passage_for = np.bincount(owner, weights=np.maximum(plain, 0), minlength=passages)[row_text]
    passage_against = np.bincount(owner, weights=np.maximum(-plain, 0), minlength=passages)[row_text]
    mentions = np.zeros(rows)
    known = names.target >= 0
    place = row_of[names.text[known] * _targets(row_of, passages) + names.target[known]]
    np.add.at(mentions, place[place >= 0], 1.0)
    rivals = np.bincount(names.text[~known], minlength=passages)[row_text].astype(np.float64)
    count = np.bincount(row_text, minlength=passages)[row_text].astype(np.float64)
    cues = total(None, np.ones(len(row)))
    own_for, own_against = here[0] + carried[0], here[1] + carried[1]
    columns = (
        np.clip(score, -_MOST, _MOST),
        *here, *carried, *strong, *verdict, *call, *hint,
        total(found.winner), total(found.loser, np.ones(len(row))),
        *negated,
        after, total(last), total(first),
        total(stance & weighed.quoted[cue]),
        total(found.ironic, np.ones(len(row))),
        total(weighed.suspended[cue], np.ones(len(row))),
        total(event),
        np.maximum(passage_for - own_for, 0), np.maximum(passage_against - own_against, 0),
        passage_for, passage_against, passage_against / np.maximum(passage_for + passage_against, 1.0),
        mentions, (mentions > 0).astype(np.float64), rivals, count,
        cues / np.maximum(mentions, 1.0),
        np.log1p(np.diff(text.starts)[row_text].astype(np.float64)) - 4.5,
    )  # fmt: skip
    features = np.stack([np.clip(column, -_MOST, _MOST) for column in columns], axis=1)
    said = np.flatnonzero(stance & (weight != 0))
    order = said[np.lexsort((hits.start[cue[said]], row[said]))]
    offset = text.starts[row_text[row[order]]]
    return Judged(
        row_text, row_target, score, features, row[order],
        hits.start[cue[order]] - offset, hits.end[cue[order]] - offset, weight[order],
    )  # fmt: skip


def _targets(row_of: _Integers, passages: int) -> int:
    return len(row_of) // max(passages, 1)


def _edges(
    clause: _Integers, row: _Integers, rows: int, stance: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which cues stand in the last, and which in the first clause that says anything of their row."""
    last = np.full(rows, -1)
    np.maximum.at(last, row[stance], clause[stance])
    first = np.full(rows, np.iinfo(np.int64).max)
    np.minimum.at(first, row[stance], clause[stance])
    return stance & (clause == last[row]), stance & (clause == first[row])
