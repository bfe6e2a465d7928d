"""Documents to passages, each with its status: what is labelled, and why the rest is not.

The order:

1. the text is cut into passages (:func:`narrativ.text.passage_spans`); a post stays whole up to one and a half times
   the limit;
2. boilerplate is set apart: a paragraph that matches is a passage of its own, in a long paragraph the sentences that
   match are; what stands between two such pieces, and what follows an end mark when most of it matches, belongs to it;
3. each passage's script is that of its own characters, or the document's where they are shared by both scripts;
4. what is too short to say anything, or in another language, gets that status.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from narrativ.label.boilerplate import Boilerplate
from narrativ.records import BOILERPLATE, OK, TOO_SHORT, UNSUPPORTED, Document, Passage, Script
from narrativ.text.language import is_english
from narrativ.text.normalize import match_forms
from narrativ.text.scripts import detect_scripts
from narrativ.text.segment import paragraph_spans, passage_spans, sentence_spans, size, strip_span, units

__all__ = ["MIN_UNITS", "POST_LIMIT", "split_documents"]

POST_LIMIT = 1.5
"""A post up to this size (1 = 400 Chinese characters or 150 words) is one passage (codebook: a post is one passage)."""

MIN_UNITS = 3
"""A passage of fewer Han characters and words than this says nothing that could be labelled (前言, xxx, OK)."""

# From this length on, text with letters has that many units in all but freak cases (one enormous word).
_SURELY_ENOUGH = 60
# A long paragraph is judged sentence by sentence, a short one as a whole.
_SHORT = 0.3
# An unmatched stretch between two matched ones is part of the promotion up to this size.
_BRIDGE = 0.3
# A machine's summary may be a list: as many items, each at most this long, belong to it.
_SUMMARY_ITEMS = 3
_SUMMARY_ITEM = 0.1
_END_MARK = re.compile(r"^[\W_]*(?:end|the end|完|全文完|全文结束|正文结束|fin|-30-)[\W_]*$")
_MAY_SUMMARIZE = re.compile("摘要|总结|速读|导读|概要|要点|summary|digest|takeaways|key points|overview|生成")
_SUMMARY_LINE = re.compile(
    r"^[\W_]*(?:ai|人工智能|智能)\s*(?:摘要|总结|速读|导读)\s*[:：]|以[下上](?:摘要|总结|内容)由\s*ai\s*(?:自动)?生成|^(?:ai|machine)[- ]generated summary\s*:"
)
_SUMMARY_HEADING = re.compile(
    r"^[\W_]*(?:(?:ai|智能|人工智能|机器|gpt|大模型)\s*(?:摘要|总结|导读|速读|概要|概括|要点|生成摘要)|"
    r"(?:ai|machine|auto(?:matic(?:ally)?)?)[- ]?(?:generated)?\s*(?:summary|digest|takeaways|key points|overview))[\W_]*$"
)

Span = tuple[int, int]
_Piece = tuple[int, int, bool]


def _sentence_flags(form: str, spans: Sequence[Span], boilerplate: Boilerplate) -> list[bool]:
    flags = [boilerplate.kind(form[start:end]) is not None for start, end in spans]
    marked = [number for number, flag in enumerate(flags) if flag]
    for left, right in pairwise(marked):
        if right - left > 1 and size(form[spans[left][1] : spans[right][0]]) <= _BRIDGE:
            flags[left:right] = [True] * (right - left)
    return flags


def _runs(spans: Sequence[Span], flags: Sequence[bool]) -> list[_Piece]:
    """Neighbouring spans of the same kind as one piece."""
    pieces: list[_Piece] = []
    for (start, end), flag in zip(spans, flags, strict=True):
        if pieces and pieces[-1][2] == flag:
            pieces[-1] = (pieces[-1][0], end, flag)
        else:
            pieces.append((start, end, flag))
    return pieces


def _paragraph_pieces(form: str, span: Span, boilerplate: Boilerplate) -> list[_Piece]:
    start, end = span
    text = form[start:end]
    if size(text) <= _SHORT:
        return [(start, end, boilerplate.kind(text) is not None)]
    sentences = sentence_spans(form, start, end)
    return _runs(sentences, _sentence_flags(form, sentences, boilerplate))


def _pieces(form: str, boilerplate: Boilerplate) -> list[_Piece]:
    """Paragraphs and, of long ones, runs of sentences, with whether they are boilerplate; in order."""
    pieces: list[_Piece] = []
    paragraphs = paragraph_spans(form)
    summary = 0
    for start, end in paragraphs:
        line = form[start:end]
        if summary:
            # The summary is the paragraph under its heading, or a few short lines.
            pieces.append((start, end, True))
            summary -= 1 if size(line) <= _SUMMARY_ITEM else summary
        elif _SUMMARY_LINE.search(line) and size(line) <= 1.0:
            pieces.append((start, end, True))
        elif len(line) <= 40 and _SUMMARY_HEADING.match(line):
            pieces.append((start, end, True))
            summary = _SUMMARY_ITEMS
        else:
            pieces.extend(_paragraph_pieces(form, (start, end), boilerplate))
    marked = [number for number, piece in enumerate(pieces) if piece[2]]
    for left, right in pairwise(marked):
        gap = pieces[left + 1 : right]
        if gap and _bridged(form, pieces[left][0], pieces[right][1], gap, late=left > len(pieces) // 2):
            pieces[left + 1 : right] = [(start, end, True) for start, end, _ in gap]
    for number, (start, end, _) in enumerate(pieces):
        rest = pieces[number + 1 :]
        if end - start <= 20 and _END_MARK.match(form[start:end]) and rest:
            if sum(piece[2] for piece in rest) * 2 >= len(rest):
                pieces[number:] = [(first, last, True) for first, last, _ in pieces[number:]]
            break
    return pieces


def _bridged(form: str, start: int, end: int, gap: Sequence[_Piece], *, late: bool) -> bool:
    """Whether what stands between two pieces of promotion is promotion: in one line, or a line or two near the end."""
    if "\n" not in form[start:end]:
        return size(form[gap[0][0] : gap[-1][1]]) <= _BRIDGE
    return late and len(gap) <= 2 and all(size(form[first:last]) <= _BRIDGE / 2 for first, last, _ in gap)


def _spans(document: Document, form: str, boilerplate: Boilerplate) -> list[_Piece]:
    whole = POST_LIMIT if document.kind in ("post", "comment") else 1.0
    spans = passage_spans(document.text, whole=whole)
    if not boilerplate.cue_positions(form) and not _MAY_SUMMARIZE.search(form):
        return [(start, end, False) for start, end in spans]
    pieces = _pieces(form, boilerplate)
    if not any(piece[2] for piece in pieces):
        return [(start, end, False) for start, end in spans]
    # Cut the passages at the borders of boilerplate; what remains between keeps the passages' borders.
    result: list[_Piece] = [piece for piece in pieces if piece[2]]
    marked = [(start, end) for start, end, _ in result]
    for start, end in spans:
        position = start
        for first, last in marked:
            if last <= position or first >= end:
                continue
            kept = strip_span(form, position, first)
            result += [(*kept, False)] if kept else []
            position = max(position, last)
        kept = strip_span(form, position, end)
        result += [(*kept, False)] if kept else []
    return sorted(result)


def _status(text: str, script: Script, flagged: bool) -> str:
    if flagged:
        return BOILERPLATE
    if script == "other":
        return UNSUPPORTED
    if not script or (len(text) < _SURELY_ENOUGH and sum(units(text)) < MIN_UNITS):
        return TOO_SHORT
    if script == "Latn" and not is_english(text):
        return UNSUPPORTED
    return OK


def split_documents(documents: Sequence[Document], boilerplate: Boilerplate) -> list[tuple[list[Passage], str]]:
    """Passages of each document, and its text in match form.

    Returns
    -------
    list of (passages, form)
        One pair a document, in order; `form` is as long as the document's text.
    """
    forms = match_forms([document.text for document in documents])
    result: list[tuple[list[Passage], str]] = []
    for document, form in zip(documents, forms, strict=True):
        pieces = _spans(document, form, boilerplate)
        texts = [document.text[start:end] for start, end, _ in pieces]
        fallback: Script = document.script if document.script in ("Hans", "Hant") else "Hans"
        scripts = detect_scripts(texts, fallback=fallback)
        passages = [
            Passage(document, number, start, end, script, _status(text, script, flagged))
            for number, ((start, end, flagged), text, script) in enumerate(zip(pieces, texts, scripts, strict=True))
        ]
        result.append((passages, form))
    return result
