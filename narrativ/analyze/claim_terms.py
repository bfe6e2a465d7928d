"""One automaton over everything that claim types look for: triggers, things counted, subjects, doubt."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import ahocorasick_rs

from narrativ.codebook import ClaimBook

__all__ = ["CLAUSE_MARK", "Found", "Mention", "Terms", "sentence_ends"]


class Mention(NamedTuple):
    """A term in a text: its span, and the type or subject that it belongs to (by number in the codebook)."""

    start: int
    end: int
    owner: int


@dataclass(slots=True)
class Found:
    """Terms of one text, by what they do; each list in order of its start."""

    triggers: list[Mention] = field(default_factory=list)
    weak: list[Mention] = field(default_factory=list)
    counted: list[Mention] = field(default_factory=list)
    counted_near: list[Mention] = field(default_factory=list)
    counted_unless: list[Mention] = field(default_factory=list)
    unless: list[Mention] = field(default_factory=list)
    subjects: list[Mention] = field(default_factory=list)
    doubt: list[Mention] = field(default_factory=list)


_ROLES = ("triggers", "weak", "counted", "counted_near", "counted_unless", "unless")

_SIGNALS = ("triggers", "weak", "counted", "counted_near")


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


class Terms:
    """Finds the terms of a claim book in match forms."""

    def __init__(self, book: ClaimBook) -> None:
        uses: dict[str, list[tuple[str, int, bool]]] = defaultdict(list)
        for number, item in enumerate(book.types):
            for role in _ROLES:
                for term in getattr(item, role):
                    uses[term.rstrip("*")].append((role, number, term.endswith("*")))
        for number, subject in enumerate(book.subjects):
            for term in subject.terms:
                uses[term.rstrip("*")].append(("subjects", number, term.endswith("*")))
        for term in book.doubt:
            uses[term.rstrip("*")].append(("doubt", 0, term.endswith("*")))
        self._terms = list(uses)
        self._uses = [uses[term] for term in self._terms]
        self._edges = [(_latin(term[0]), _latin(term[-1])) for term in self._terms]
        self._automaton = ahocorasick_rs.AhoCorasick(self._terms)
        signals = {term for term, items in uses.items() if any(role in _SIGNALS for role, _, _ in items)}
        # A passage without one of these has no claim; most passages end here.
        self._signals = [term in signals for term in self._terms]

    def find(self, form: str) -> Found | None:
        """The terms of a match form; ``None`` when nothing in it could bring a quantity to a type."""
        hits = self._automaton.find_matches_as_indexes(form, overlapping=True)
        signals = self._signals
        for hit in hits:
            if signals[hit[0]]:
                break
        else:
            return None
        found = Found()
        last = len(form)
        for term, start, end in hits:
            opens, closes = self._edges[term]
            if opens and start and _latin(form[start - 1]) and not form[start - 1].isdigit():
                continue
            # Meta650亿 names Meta, r10 does not name r1.
            goes_on = (
                closes and end < last and _latin(form[end]) and (form[end - 1].isdigit() or not form[end].isdigit())
            )
            for role, owner, open_end in self._uses[term]:
                if not goes_on or open_end:
                    getattr(found, role).append(Mention(start, end, owner))
        found.subjects = _longest(found.subjects)
        return found

    def subjects(self, form: str) -> list[Mention]:
        """Subjects named in a match form (a title), in order."""
        found = self.find(form) or self._only_subjects(form)
        return found.subjects

    def _only_subjects(self, form: str) -> Found:
        found = Found()
        for term, start, end in self._automaton.find_matches_as_indexes(form, overlapping=True):
            opens, closes = self._edges[term]
            if (opens and start and _latin(form[start - 1])) or (closes and end < len(form) and _latin(form[end])):
                continue
            for role, owner, _ in self._uses[term]:
                if role == "subjects":
                    found.subjects.append(Mention(start, end, owner))
        found.subjects = _longest(found.subjects)
        return found


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Mentions without those inside a longer one (openai in openai o1, 中国 in 中国政府), in order of their start."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda item: (item.start, -item.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


CLAUSE_MARK = re.compile(r"[;:()、。!?\n—]|,(?![0-9]{3})")
"""Marks between clauses, in match form: each makes what stands beyond it less likely to belong to a quantity."""
_ENDS = re.compile(r"[。!?;\n]+[\"'”’」』)\]】》]*")
_FULL_STOPS = re.compile(r"\.(?<![\s.][a-z]\.)[\"'”’)\]]*(?=\s)")


def sentence_ends(form: str) -> list[int]:
    """Where sentences end, behind the quotation marks and brackets that close there, in order.

    A full stop after a single letter (U.S.) ends none.
    """
    ends = [match.end() for match in _ENDS.finditer(form)]
    if "." in form:
        ends = sorted({*ends, *(match.end() for match in _FULL_STOPS.finditer(form))})
    return ends
