"""What every engine reads from a batch beside frames: whose words they are, and which targets are judged how by the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.codebook import Codebook
from narrativ.label.attribution import attribution_features
from narrativ.label.batchtext import BatchText, Words
from narrativ.label.engine import Batch
from narrativ.label.evaluations import Evaluations, Judged
from narrativ.label.holder import holder_features, holder_of
from narrativ.label.mentions import Mention, Mentions
from narrativ.label.stance import STANCES
from narrativ.label.voice import find_voices, scan_forms
from narrativ.records import Passage, StanceEvidence, Voice
from narrativ.text.tokenize import Tokenizer

__all__ = ["Reader", "Reading", "stances_of"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch, read.

    Attributes
    ----------
    voices, holders
        Per passage what it gives as the words of others, and whose view it mainly gives.
    attribution
        Features of attribution, shape (n_passages, n_features).
    mentions
        Per passage the names of targets.
    judged
        The rules' findings, a row per passage and target.
    """

    voices: Sequence[tuple[Voice, ...]]
    holders: Sequence[str]
    attribution: npt.NDArray[np.float64]
    mentions: Sequence[Sequence[Mention]]
    judged: Judged

    def evidence(self, passages: Sequence[Passage], targets: Sequence[str]) -> list[list[StanceEvidence]]:
        """Per passage: mentions of targets (weight 0) and the words that speak for or against them, in order."""
        found: list[list[StanceEvidence]] = [[] for _ in passages]
        for evidence, passage, mentions in zip(found, passages, self.mentions, strict=True):
            begin, whole = passage.start, passage.document.text
            for item in mentions:
                start, end = begin + item.start, begin + item.end
                evidence.append(StanceEvidence(targets[item.target], start, end, whole[start:end], 0.0))
        judged = self.judged
        owner = judged.text[judged.evidence_row]
        for number, target, start, end, weight in zip(
            owner.tolist(),
            judged.target[judged.evidence_row].tolist(),
            judged.evidence_start.tolist(),
            judged.evidence_end.tolist(),
            judged.evidence_weight.tolist(),
            strict=True,
        ):
            passage = passages[number]
            first, last = passage.start + start, passage.start + end
            words = passage.document.text[first:last]
            found[number].append(StanceEvidence(targets[target], first, last, words, weight))
        for evidence in found:
            evidence.sort(key=lambda item: (item.start, item.end, item.target))
        return found


def _settled(judged: Judged, candidates: Sequence[Sequence[Mention]]) -> tuple[Judged, list[list[Mention]]]:
    """Findings and mentions without the targets that are named only by names that must be judged, and are not."""
    weight = np.bincount(judged.evidence_row, np.abs(judged.evidence_weight), minlength=len(judged.text))
    sure = [{item.target for item in found if not item.if_judged} for found in candidates]
    kept = np.array(
        [
            heavy > 0 or target in sure[number]
            for number, target, heavy in zip(judged.text.tolist(), judged.target.tolist(), weight.tolist(), strict=True)
        ],
        dtype=bool,
    )
    counted = set(zip(judged.text[kept].tolist(), judged.target[kept].tolist(), strict=True))
    mentions = [[item for item in found if (number, item.target) in counted] for number, found in enumerate(candidates)]
    return judged.take(kept), mentions


def stances_of(
    judged: Judged, stance: npt.NDArray[np.integer], targets: Sequence[str], texts: int
) -> list[dict[str, str]]:
    """Per passage the stance toward each target it is about, in the codebook's order.

    `stance` has a number in :data:`~narrativ.label.stance.STANCES` per row of `judged`.
    """
    found: list[dict[str, str]] = [{} for _ in range(texts)]
    for number, target, value in zip(judged.text.tolist(), judged.target.tolist(), stance.tolist(), strict=True):
        found[number][targets[target]] = STANCES[value]
    return found


class Reader:
    """Reads batches for a codebook.

    Parameters
    ----------
    codebook
        Whose targets to look for.
    tokenizer
        With the codebook's terms as user words.
    """

    def __init__(self, codebook: Codebook, tokenizer: Tokenizer) -> None:
        self.mentions = Mentions(codebook, tokenizer)
        self.evaluations = Evaluations(codebook)

    def read(self, batch: Batch, text: BatchText, words: Words) -> Reading:
        """Voices, holders, targets and evaluations of a batch."""
        passages, forms = batch.passages, batch.forms
        scan = scan_forms(forms)
        voices = find_voices(passages, forms, scan=scan)
        held = holder_features(passages, forms, voices)
        candidates = self.mentions.candidates_in(text, forms, words)
        judged, mentions = _settled(self.evaluations.find(text, forms, words, candidates), candidates)
        return Reading(
            voices=voices,
            holders=holder_of(passages, forms, voices, held=held),
            attribution=attribution_features(passages, forms, voices, scan=scan, held=held),
            mentions=mentions,
            judged=judged,
        )
