"""The records that flow through narrativ: documents, passages and what is said of them.

All are frozen. Spans are ``(start, end)`` in code points of :attr:`Document.text`, end exclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = [
    "BOILERPLATE",
    "EMPTY",
    "OK",
    "TOO_SHORT",
    "UNSUPPORTED",
    "Document",
    "Evidence",
    "Labels",
    "Passage",
    "Published",
    "Script",
    "StanceEvidence",
    "Voice",
]

Script: TypeAlias = Literal["Hans", "Hant", "Latn", "mixed", "other", ""]
"""ISO 15924 codes where there is one; ``mixed``: no script leads; ``other``: neither Chinese nor Latin letters;
``""``: no letters at all."""

Published: TypeAlias = "dt.datetime | dt.date | None"
"""A ``date`` where only the day is known, a naive ``datetime`` where the zone is not, an aware one where it is."""

# Values of the label table's `status`. An input that failed says "error: …", one left out on purpose "skipped: …".
OK = "ok"
EMPTY = "empty"
TOO_SHORT = "too_short"
UNSUPPORTED = "unsupported_language"
BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Document:
    """One article, post or comment, as read.

    Attributes
    ----------
    id
        Stable for the same input: the path, with the row or post number where a file holds several.
    text
        The canonical text (NFC, no markup, no invisible characters, one paragraph a line). It is fixed from here
        on: every span points into it.
    title, source, author, url
        As stated by the input; empty when it states none. `source` is the outlet or account.
    published
        Time of publication; see :data:`Published`.
    reach
        Views or reads as a count of people or impressions, ``None`` when unknown.
    language
        The language that the input declares (BCP 47), unverified: such tags lie.
    script
        The script that the text itself shows.
    kind
        ``article``, ``post`` or ``comment`` (a compiler's remark on a post).
    status
        ``ok``, ``empty``, ``error: …`` (could not be read) or ``skipped: …`` (left out on purpose).
    notes
        What a reader noticed on the way and the user should know (undecodable bytes, a broken date, …).
    meta
        Everything else the input said: unknown columns, tags, summary, the post that a comment is about.
    """

    id: str
    text: str
    title: str = ""
    source: str = ""
    author: str = ""
    published: Published = None
    url: str = ""
    reach: int | None = None
    language: str = ""
    script: Script = ""
    kind: str = "article"
    status: str = OK
    notes: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """One unit of labelling: a paragraph, a run of whole sentences of a long one, or a post.

    Attributes
    ----------
    document
        The document it stands in.
    number
        0-based position among the document's passages.
    start, end
        Its span in ``document.text``.
    script
        Script of this passage; a passage of shared characters only takes the document's.
    status
        ``ok``, ``too_short``, ``unsupported_language`` or ``boilerplate``; only ``ok`` passages are labelled.
    """

    document: Document
    number: int
    start: int
    end: int
    script: Script
    status: str = OK

    @property
    def text(self) -> str:
        """The passage as its author wrote it."""
        return self.document.text[self.start : self.end]


class Evidence(NamedTuple):
    """A span that speaks for (positive weight) or against (negative) a frame.

    ``weight`` is in log-odds; the weights of one frame in one passage and the engine's bias add up to the
    log-odds of its score.
    """

    frame: str
    start: int
    end: int
    text: str
    weight: float
    concept: str = ""


@dataclass(frozen=True, slots=True)
class StanceEvidence:
    """A span that speaks for (positive weight) or against (negative) a target, in parts of the polarity's log-odds.

    A mention of the target has weight 0: it says that the passage is about it.
    """

    target: str
    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Voice:
    """Words that a passage gives as someone else's.

    Attributes
    ----------
    holder
        Whose words they are, as written; ``others`` for the unnamed.
    start, end, text
        What is said.
    verb
        The word of saying, as written; empty where there is none (a headline "X: …").
    form
        ``direct`` (in quotation marks), ``indirect`` or ``headline``.
    distancing
        Whether the verb distances the author from it (claims, alleges, 声称, 妄称).
    """

    holder: str
    start: int
    end: int
    text: str
    verb: str = ""
    form: str = "direct"
    distancing: bool = False


@dataclass(frozen=True, slots=True)
class Labels:
    """What an engine says of one passage.

    Attributes
    ----------
    frames
        Ids of the frames present, in the codebook's order; empty when none passes its threshold.
    frame_scores
        Score from 0 to 1 of every frame of the codebook.
    abstained
        Frames whose score is too close below the threshold to say that they are absent.
    positions
        ``endorses``, ``reports`` or ``rejects`` per frame present; empty when the engine does not judge position.
    stance
        ``favor``, ``against`` or ``neutral`` per target the passage is about.
    polarity
        Per target of `stance`: probability of ``favor`` minus that of ``against``, -1 to +1.
    holder
        ``author``, a name as written, or ``others``; ``None`` when the engine does not judge it.
    voices
        What the passage gives as the words of others, in order of their start.
    evidence
        The spans behind the scores, in order of their start.
    stance_evidence
        The mentions of the targets and what speaks for or against them, in order of their start.
    """

    frames: tuple[str, ...] = ()
    frame_scores: Mapping[str, float] = field(default_factory=dict)
    abstained: tuple[str, ...] = ()
    positions: Mapping[str, str] = field(default_factory=dict)
    stance: Mapping[str, str] = field(default_factory=dict)
    polarity: Mapping[str, float] = field(default_factory=dict)
    holder: str | None = None
    voices: tuple[Voice, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    stance_evidence: tuple[StanceEvidence, ...] = ()
