"""Two or three plain sentences on a group, by rule; they claim no more than the numbers allow.

The rules, each on 95 % intervals:

1. *Most often X* (or *X and Y*) when its share is larger than every other frame's: the interval of each difference lies above 0.
   *Mostly X* when, beyond that, its share's interval is clear of all others and more than half of the passages that tell any
   frame tell X, by the lower end. Otherwise it is *uncertain which frame leads*, with those that may. That most passages tell
   no frame is said first.
2. *Rejects, relays, endorses* a frame when more than half of its tellings do, by the lower end.
3. Toward a target *favorable* or *critical* when the interval of the net stance excludes 0, *slightly* so when it lies
   within ±0.25; *balanced* when it contains 0 and lies within ±0.25 (*neutral* where most such passages are neutral);
   else *unclear*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from narrativ.analyze.summary.figures import net_figure, share_figure
from narrativ.analyze.summary.rows import POSITIONS
from narrativ.analyze.summary.wording import Wording

if TYPE_CHECKING:
    from narrativ.codebook import Codebook

__all__ = ["frame_label", "leaders", "paragraph", "stance_word", "target_label"]

MARGIN = 0.25
"""A net stance this near to 0 is as good as 0: one passage in four more on one side than on the other."""
_LISTED = 3
_TARGETS = 4

_Row = dict[str, Any]


def frame_label(codebook: Codebook, frame: str, language: str) -> str:
    """The frame's name; its id where the codebook does not know it."""
    return codebook.frame_name(frame, language) if frame in codebook.frame_ids else frame


def target_label(codebook: Codebook, target: str, language: str) -> str:
    """The target's name; its id where the codebook does not know it."""
    return codebook.target_name(target, language) if target in codebook.target_ids else target


def _phrase(codebook: Codebook, frame: str, key: str, language: str) -> str | None:
    for known in codebook.frames:
        if known.id == frame:
            return known.phrases.get(key, {}).get(language)
    return None


def _topic(codebook: Codebook, frame: str, language: str) -> str:
    return _phrase(codebook, frame, "topic", language) or frame_label(codebook, frame, language)


def leaders(frames: Sequence[_Row]) -> list[_Row]:
    """The one or two frames that are told more often than all others; none when it is uncertain which are."""
    ordered = sorted(frames, key=lambda row: -row["share"])
    for count in (1, 2):
        first, rest = ordered[:count], {row["frame"] for row in ordered[count:]}
        if len(first) == count and all(row["low"] > 0 and rest <= set(row["ahead"]) for row in first):
            return first
    return []


def _is_most(row: _Row, frames: Sequence[_Row]) -> bool:
    """Whether a leading frame may be called most of what is told."""
    others = [other["high"] for other in frames if other["frame"] != row["frame"]]
    return row["low"] > max(others, default=0.0) and (row["of_told_low"] or 0.0) > 0.5


def stance_word(row: _Row) -> str:
    """Which of the words of :attr:`Wording.toward` the numbers allow."""
    low, high = row["low"], row["high"]
    near = max(abs(low), abs(high)) <= MARGIN
    if low > 0 or high < 0:
        side = "favor" if low > 0 else "against"
        return f"slightly_{side}" if near else side
    if not near:
        return "unclear"
    return "neutral" if row["neutral"] > row["n"] / 2 else "balanced"


def paragraph(
    group: _Row,
    frames: Sequence[_Row],
    stances: Sequence[_Row],
    voices: Sequence[_Row],
    *,
    words: Wording,
    codebook: Codebook,
    language: str,
    weighted: bool,
) -> str:
    """The sentences on one group.

    Parameters
    ----------
    group
        Its row of :func:`~narrativ.analyze.summary.measures.group_counts`.
    frames, stances, voices
        Its rows of the other measures; without a number where there are too few units.
    words, codebook, language
        In whose words to say it.
    weighted
        Whether shares are weighted by reach.
    """
    sentences = [_size(group, words, weighted=weighted)]
    if group["no_frame"] is not None:
        sentences.append(
            _sentence(
                [
                    _mix(group, frames, words, codebook, language),
                    *_voice(voices, words),
                    *_positions(frames, voices, words, codebook, language),
                    *_abstained(group, words),
                ],
                words,
                opening=words.weighted if weighted else "",
            )
        )
        toward = _stances(stances, words, codebook, language)
        if toward:
            sentences.append(_sentence(toward, words))
    return words.stop.join(sentences).strip() + words.stop.strip()


def _sentence(clauses: Sequence[str], words: Wording, opening: str = "") -> str:
    text = opening + words.clause.join(clauses)
    return text[:1].upper() + text[1:]


def _listed(items: Sequence[str], words: Wording) -> str:
    comma, last = words.listing
    return comma.join(items[:-1]) + last + items[-1] if len(items) > 1 else "".join(items)


def _count(forms: tuple[str, str], n: int) -> str:
    return forms[0 if n == 1 else 1].format(n=f"{n:,}")


def _size(group: _Row, words: Wording, *, weighted: bool) -> str:
    name = group["group"] or words.nobody
    passages, documents = group["passages"], group["documents"]
    if not passages:
        size = words.nothing_labelled.format(n=f"{group['unlabelled']:,}")
        return words.intro.format(name=name, size=size)
    blank = " " if words.clause.endswith(" ") else ""
    size = _count(words.passages, passages) + blank + _count(words.of_documents, documents)
    if group["reach"] is not None:
        whole = group["reach_documents"] == documents
        size += (words.reach if whole else words.reach_partly).format(
            reach=f"{group['reach']:,}", known=f"{group['reach_documents']:,}"
        )
    if group["no_frame"] is None:
        why = words.too_few if not weighted else words.too_few_weighted
        size += words.clause + (words.no_reach if weighted and not group["reach_documents"] else why)
    elif group["resampled"] == "passages":
        size += _count(words.only_here, documents)
    return words.intro.format(name=name, size=size)


def _share(row: _Row, words: Wording, key: str = "share", prefix: str = "", *, inline: bool = False) -> str:
    return share_figure(row[key], row[f"{prefix}low"], row[f"{prefix}high"], words, inline=inline)


def _mix(group: _Row, frames: Sequence[_Row], words: Wording, codebook: Codebook, language: str) -> str:
    told = [row for row in frames if row["share"]]
    if not told:
        high = 1 - group["no_frame_low"]
        return words.none_told.format(figure=share_figure(0.0, 0.0, high, words))
    first = leaders(frames)
    silent = group["no_frame_low"] > 0.5
    if first:
        template = words.most_often
        if len(first) == 1 and not silent and _is_most(first[0], frames):
            template = words.mostly
    else:
        top = max(told, key=lambda row: row["share"])
        first = [row for row in told if row["high"] >= top["low"]]
        first = sorted(first, key=lambda row: -row["share"])[:_LISTED]
        template = words.unclear
    blank = " " if words.clause.endswith(" ") else ""
    names = [_topic(codebook, row["frame"], language) + blank + _share(row, words) for row in first]
    mix = template.format(frames=_listed(names, words))
    if not silent:
        return mix
    figure = _share(group, words, "no_frame", "no_frame_")
    return words.silent_then.format(silent=words.silent.format(figure=figure), mix=mix)


def _positions(
    frames: Sequence[_Row], voices: Sequence[_Row], words: Wording, codebook: Codebook, language: str
) -> list[str]:
    held = {row["frame"]: row["position"] for row in voices
            if row["frame"] and not row["voice"] and row["low"] is not None and row["low"] > 0.5}  # fmt: skip
    told = sorted((row for row in frames if row["frame"] in held), key=lambda row: -row["passages"])
    clauses = []
    for row in told[:_LISTED]:
        frame, position = row["frame"], held[row["frame"]]
        generic = words.position[position].format(frame=frame_label(codebook, frame, language))
        clauses.append(_phrase(codebook, frame, position, language) or generic)
    return clauses


def _abstained(group: _Row, words: Wording) -> list[str]:
    if group["abstained"] is None:
        return []
    return [words.abstained.format(figure=_share(group, words, "abstained", "abstained_", inline=True))]


def _stances(stances: Sequence[_Row], words: Wording, codebook: Codebook, language: str) -> list[str]:
    if not stances:
        return []
    known = sorted((row for row in stances if row["net"] is not None), key=lambda row: -row["n"])[:_TARGETS]
    if not known:
        return [words.few_targets]
    order = [row["target"] for row in stances]
    clauses = []
    for row in sorted(known, key=lambda row: order.index(row["target"])):
        figure = net_figure(row["net"], row["low"], row["high"], words)
        clauses.append(
            words.toward[stance_word(row)].format(target=target_label(codebook, row["target"], language), figure=figure)
        )
    return clauses


def _voice(voices: Sequence[_Row], words: Wording) -> list[str]:
    for row in voices:
        if not row["frame"] and row["voice"] == "author" and not row["position"] and row["share"] is not None:
            template = words.either_voice
            if row["low"] > 0.5:
                template = words.own_voice
            elif row["high"] < 0.5:
                template = words.other_voice
            return [template.format(figure=_share(row, words, inline=template is words.other_voice))]
    return []


assert set(POSITIONS) == {"endorses", "reports", "rejects"}  # the keys of Wording.position
