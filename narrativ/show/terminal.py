"""Tables and highlighted documents on a terminal, through rich."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrativ.codebook import Codebook
from narrativ.label.result import marked_spans
from narrativ.records import Document, Labels, Passage

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["console", "print_document", "print_sources", "safe"]

# One colour a frame, in the codebook's order; beyond them they repeat. The name always stands beside the colour.
_COLOURS = ("green", "yellow", "red", "bright_blue", "magenta", "cyan")


_PIPE_WIDTH = 112
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command, which ends well: rich would exit with 1, as if something had failed."""
        raise BrokenPipeError


def console(stream: IO[str]) -> Console:
    """A console on `stream`: as wide as the terminal, or 112 columns into a pipe.

    Colours only on a terminal, and not where ``NO_COLOR`` is set.
    """
    return _Console(file=stream, width=None if stream.isatty() else _PIPE_WIDTH, highlight=False)


def safe(text: str) -> str:
    """Text without control characters, which a terminal would obey."""
    return _CONTROL.sub(" ", text)


def print_document(
    out: Console,
    document: Document,
    labelled: Sequence[tuple[Passage, Labels | None]],
    codebook: Codebook,
    *,
    language: str = "en",
) -> None:
    """A document with its evidence coloured by frame, and each passage's frames, scores and reasons below it."""
    told = (frame for _, labels in labelled if labels for frame in (*labels.frame_scores, *labels.frames))
    known = dict.fromkeys((*codebook.frame_ids, *told))
    colour = {frame: _COLOURS[number % len(_COLOURS)] for number, frame in enumerate(known)}
    published = str(document.published or "")
    facts = " · ".join(safe(part) for part in (document.source, published, document.url) if part)
    out.print(Text(safe(document.title) or safe(document.id), style="bold"))
    if facts:
        out.print(Text(facts, style="dim"))
    for note in document.notes:
        out.print(Text(f"note: {safe(note)}", style="dim italic"))
    if not labelled:
        out.print(Text(f"[{document.status}]", style="dim"))
    for passage, labels in labelled:
        out.print()
        body = Text()
        for text, items in marked_spans(passage, labels):
            style = f"bold {colour[items[0].frame]}" if items else ("dim" if labels is None else "")
            body.append(safe(text), style=style)
        out.print(body)
        if labels is None:
            out.print(Text(f"  [{passage.status}]", style="dim"))
            continue
        line = Text("  ")
        for frame in colour:
            reasons = [item for item in labels.evidence if item.frame == frame]
            present = frame in labels.frames
            if not present and not reasons:
                continue
            name = _frame(codebook, frame, language)
            score = f" {labels.frame_scores[frame]:.2f}" if frame in labels.frame_scores else ""
            line.append(f"{name}{score}", style=colour[frame] if present else "dim")
            words = ", ".join(f"{safe(item.text)} {item.weight:+.2g}" for item in reasons)
            line.append(f" ({words})  " if words else "  ", style="dim")
        if line.plain.strip():
            out.print(line)
        else:
            out.print(Text("  no frame", style="dim"))
        judged = _judged(labels, codebook, language)
        if judged:
            out.print(Text(f"  {judged}", style="dim"))


def _frame(codebook: Codebook, frame: str, language: str) -> str:
    """A frame's name; its id where the table is of another codebook."""
    return codebook.frame_name(frame, language) if frame in codebook.frame_ids else safe(frame)


def _target(codebook: Codebook, target: str, language: str) -> str:
    return codebook.target_name(target, language) if target in codebook.target_ids else safe(target)


def _judged(labels: Labels, codebook: Codebook, language: str) -> str:
    """Positions, stance toward each target with the words behind it, and whose view it is, in one line."""
    parts = [f"{_frame(codebook, frame, language)}: {position}" for frame, position in labels.positions.items()]
    for target, stance in labels.stance.items():
        words = [item.text for item in labels.stance_evidence if item.target == target and item.weight]
        score = f" {labels.polarity[target]:+.2f}" if target in labels.polarity else ""
        reasons = f" ({safe(', '.join(words))})" if words else ""
        parts.append(f"{_target(codebook, target, language)}: {stance}{score}{reasons}")
    if labels.holder is not None:
        parts.append(f"holder: {safe(labels.holder)}")
    return " · ".join(parts)


def print_sources(
    out: Console, counts: pd.DataFrame, codebook: Codebook, *, most: int = 20, language: str = "en"
) -> None:
    """Sources with the share of their passages that tells each frame, as :func:`narrativ.by_source` counts them."""
    frames = [frame for frame in codebook.frame_ids if frame in counts.columns]
    table = Table(box=None, pad_edge=False, header_style="bold", title="share of passages that tell each frame", title_style="dim",
                  title_justify="left")  # fmt: skip
    table.add_column("source", no_wrap=True, overflow="ellipsis", max_width=20)
    for name in ("docs", "passages", *(codebook.frame_name(frame, language) for frame in frames), "none"):
        table.add_column(Text(safe(name)), justify="right", min_width=4 if len(name) < 9 else 11)
    for row in counts.head(most).to_dict("records"):
        passages = row["passages"]
        shares = [f"{row[name] / passages:.0%}" if row[name] else "·" for name in (*frames, "no_frame")]
        table.add_row(Text(safe(str(row["source"])) or "(none)"), str(row["documents"]), str(passages), *shares)
    out.print(table)
    rest = counts.iloc[most:]
    if len(rest):
        out.print(Text(f"… and {len(rest)} sources more with {rest['passages'].sum():,} passages", style="dim"))
