"""What the labeler says of one text, small enough to read in a terminal or a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from narrativ.codebook import Codebook
from narrativ.records import Document, Evidence, Labels, Passage

__all__ = ["Result", "marked_spans"]

# One hue a frame, light enough for black text on white paper; the name always stands beside it.
_HUES = (150, 35, 0, 215, 285)


def marked_spans(passage: Passage, labels: Labels | None) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    """The passage's text in pieces, each with the evidence that covers it; the pieces join to the text."""
    evidence = labels.evidence if labels else ()
    borders = sorted({passage.start, passage.end, *(edge for item in evidence for edge in (item.start, item.end))})
    text = passage.document.text
    for start, end in pairwise(borders):
        yield text[start:end], tuple(item for item in evidence if item.start <= start and end <= item.end)


@dataclass(frozen=True, repr=False)
class Result:
    """Labels of one text.

    Attributes
    ----------
    document
        The text as narrativ sees it (cleaned); spans point into ``document.text``.
    passages
        Its passages, each with its labels or ``None`` when its status is not ``ok``.
    codebook
        What the labels mean.
    """

    document: Document
    passages: tuple[tuple[Passage, Labels | None], ...]
    codebook: Codebook

    @property
    def frames(self) -> list[str]:
        """Frames present in any passage, in the codebook's order."""
        present = {frame for _, labels in self.passages if labels for frame in labels.frames}
        return [frame for frame in self.codebook.frame_ids if frame in present]

    @property
    def frame_scores(self) -> dict[str, float]:
        """Highest score of each frame over the passages, 0 to 1."""
        scores = dict.fromkeys(self.codebook.frame_ids, 0.0)
        for _, labels in self.passages:
            for frame, score in (labels.frame_scores if labels else {}).items():
                scores[frame] = max(scores[frame], score)
        return scores

    @property
    def stance(self) -> list[dict[str, str]]:
        """Stance toward each target, per passage; empty for passages that are about none."""
        return [dict(labels.stance) if labels else {} for _, labels in self.passages]

    @property
    def holders(self) -> list[str | None]:
        """Whose view each passage mainly gives: ``author``, a name as written, or ``others``."""
        return [labels.holder if labels else None for _, labels in self.passages]

    @property
    def evidence(self) -> list[Evidence]:
        """Evidence of every passage, in order."""
        return [item for _, labels in self.passages if labels for item in labels.evidence]

    def __repr__(self) -> str:
        lines = []
        for passage, labels in self.passages:
            if labels is None:
                lines.append(f"[{passage.status}] {passage.text}")
                continue
            shown = ", ".join(f"{frame} {labels.frame_scores[frame]:.2f}" for frame in labels.frames) or "no frame"
            words = "; ".join(
                f"{item.text} {item.weight:+.1f}" for item in labels.evidence if item.frame in labels.frames
            )
            lines.append(f"{passage.text}\n  → {shown}" + (f"  ({words})" if words else ""))
            told = [f"{target}: {stance}" for target, stance in labels.stance.items()]
            if labels.holder not in (None, "author"):
                told.append(f"holder: {labels.holder}")
            if told:
                lines.append("    " + ", ".join(told))
        return "\n".join(lines) or f"[{self.document.status}]"

    def _repr_html_(self) -> str:
        hue = {frame: _HUES[number % len(_HUES)] for number, frame in enumerate(self.codebook.frame_ids)}
        parts = ["<div style='line-height:1.9;max-width:50em'>"]
        for passage, labels in self.passages:
            parts.append("<p style='margin:.4em 0'>")
            for text, items in marked_spans(passage, labels):
                escaped = html.escape(text).replace("\n", "<br>")
                if items:
                    title = html.escape("; ".join(f"{i.frame} {i.weight:+.2f}" for i in items), quote=True)
                    colour = f"hsl({hue[items[0].frame]},80%,85%)"
                    parts.append(f"<mark style='background:{colour};color:#000' title='{title}'>{escaped}</mark>")
                else:
                    parts.append(escaped)
            frames = labels.frames if labels else ()
            scores = labels.frame_scores if labels else {}
            shown = " · ".join(f"{html.escape(self.codebook.frame_name(f))} {scores[f]:.2f}" for f in frames)
            shown = shown or (html.escape(passage.status) if labels is None else "no frame")
            for target, stance in (labels.stance if labels else {}).items():
                shown += f" · {html.escape(target)}: {html.escape(stance)}"
            if labels and labels.holder not in (None, "author"):
                shown += f" · {html.escape(str(labels.holder))}"
            parts.append(f"<br><small style='opacity:.7'>{shown}</small></p>")
        parts.append("</div>")
        return "".join(parts)
