"""Which texts are copies of one another: candidates by fingerprints, an exact check, then stars.

The order:

1. texts that are equal but for punctuation, script and links are one node; those too short to tell are left alone;
2. two nodes are candidates when enough of the shorter one's fingerprints (:mod:`narrativ.text.shingles`) are the other's;
3. a candidate pair is a match by exact sets of shingles: the share of the shorter text's shingles that the other has
   (containment, Broder 1997) must reach a limit that is the higher the shorter the text is, and its figures must agree;
   short texts are then compared word by word (:mod:`narrativ.analyze.wording`);
4. matches are grouped by stars (Aslam, Pelekhov & Rus, 2004): the node with most matches takes those that match it and
   share something with most of the star so far, then the next of what is left. So no chain of texts that differ more
   from step to step becomes one story, nor a digest with everything it quotes.

Nodes are numbered by a hash of their tokens, so the order of the input changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from narrativ.analyze.wording import SHORT, same_wording
from narrativ.errors import OptionError
from narrativ.text.shingles import Shingled, shingled

__all__ = ["MIN_LENGTH", "THRESHOLD", "Copies", "closeness", "find_copies", "required_overlap", "text_lengths"]

THRESHOLD = 0.5
"""Share of the shorter text's shingles that a long copy has in common with the other; tuned on the development half of
tests/cases/story_pairs.jsonl."""
MIN_LENGTH = 24
"""Texts shorter than this (Chinese characters, a word counting as 2.5) are never copies: people do coin the same slogan."""

_SHORT_EXTRA = 9.0  # the limit is higher by this divided by the length: one edit spoils three shingles
_EXCERPT_RATIO = 3.0  # a text so many times shorter than the other is an excerpt or a quotation,
_EXCERPT_EXTRA = 0.1  # of which more must be found there,
_EXCERPT_LENGTH = 50  # and which must be more than one quoted sentence
_FLOOR = 0.25  # overlap from which two texts of a star have something in common
_WITNESSES = 8  # members that a new one is compared with, those nearest to the centre
_PRINT_SHARE = 0.08  # share of the shorter text's fingerprints that makes a candidate
_COMPARED = 50
_LIST = 24  # in longer lists of texts with one fingerprint, each is paired with its neighbours and the first only
_ID_BITS = np.uint64(24)
_FIGURES_DIFFER = 0.5
_FIGURE_EVERY = 60  # characters of text to one changed figure, below which it is the text's point

_Integers = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Copies:
    """Groups of copies.

    Attributes
    ----------
    group
        Code of each text's group, from 0; texts without a copy have one of their own; shape (n_texts,).
    overlap
        Share of the shorter text's shingles that a text and its group's centre have in common; 1 for a centre and for a
        text that is alone; shape (n_texts,).
    """

    group: _Integers
    overlap: _Floats


def required_overlap(shorter: _Floats, longer: _Floats, threshold: float = THRESHOLD) -> _Floats:
    """Overlap from which pairs of texts are matches, by the lengths of the shorter and the longer one; above 1: never.

    >>> required_overlap(np.array([400.0, 30.0]), np.array([500.0, 30.0])).round(2).tolist()
    [0.52, 0.8]
    """
    limit = threshold + _SHORT_EXTRA / np.maximum(shorter, 1.0)
    excerpt = longer > _EXCERPT_RATIO * shorter
    never = (shorter < MIN_LENGTH) | (excerpt & (shorter < _EXCERPT_LENGTH))
    return np.where(never, 2.0, np.where(excerpt, limit + _EXCERPT_EXTRA, limit))


def find_copies(forms: Sequence[str], *, threshold: float = THRESHOLD) -> Copies:
    """Groups of texts that are copies of one another.

    Parameters
    ----------
    forms
        Texts in match form.
    threshold
        See :data:`THRESHOLD`; 0 to 1.
    """
    data = shingled(forms)
    group = np.arange(len(forms), dtype=np.int64)
    overlap = np.ones(len(forms))
    long_enough = np.flatnonzero(data.length >= MIN_LENGTH)
    if not len(long_enough):
        return Copies(group, overlap)
    if len(long_enough) >> int(_ID_BITS):
        raise OptionError(f"{len(long_enough):,} texts are more than can be compared at once; take a part of them")
    _, first, node = np.unique(data.digest[long_enough], return_index=True, return_inverse=True)
    pairs = _Pairs(data, long_enough[first], forms, threshold)
    centre, shared = _stars(pairs, pairs.matches())
    # A group is named by the first text of its centre's node.
    group[long_enough] = pairs.nodes[centre[node]]
    overlap[long_enough] = shared[node]
    return Copies(np.unique(group, return_inverse=True)[1], overlap)


def closeness(forms: Sequence[str], groups: Sequence[Sequence[int]]) -> list[float]:
    """How alike the texts of each group are: the least overlap with the one that has most in common with the others.

    Parameters
    ----------
    forms
        Texts in match form.
    groups
        Numbers of the texts of each group; of a long group the first fifty are compared.
    """
    pairs = _Pairs(shingled(forms), np.arange(len(forms)), forms, THRESHOLD)
    result: list[float] = []
    for members in groups:
        some = np.asarray(members[:_COMPARED], dtype=np.int64)
        shares = np.stack([pairs.overlap(int(one), some) for one in some])
        np.fill_diagonal(shares, 1.0)
        result.append(float(shares[shares.sum(axis=1).argmax()].min()))
    return result


def text_lengths(forms: Sequence[str]) -> _Floats:
    """Length of texts in Chinese characters, a word as 2.5; shape (n_texts,)."""
    return shingled(forms).length


class _Pairs:
    """Exact comparison of nodes (one text of each kind), by their numbers."""

    def __init__(self, data: Shingled, nodes: _Integers, forms: Sequence[str], threshold: float) -> None:
        self.data = data
        self.nodes = nodes
        self.forms = forms
        self.threshold = threshold
        self.length = data.length[nodes]
        self.ends = data.shingle_ends
        self.size = (self.ends[1:] - self.ends[:-1])[nodes]

    def shingles(self, node: int) -> _Hashes:
        text = self.nodes[node]
        return self.data.shingles[self.ends[text] : self.ends[text + 1]]

    def overlap(self, one: int, others: Sequence[int] | _Integers) -> _Floats:
        """Share of the shorter one's shingles that both have, for `one` and each of the others."""
        mine = self.shingles(one)
        if not len(mine):
            return np.zeros(len(others))
        sizes = self.size[np.asarray(others)]
        pool = np.concatenate([self.shingles(int(other)) for other in others])
        place = np.searchsorted(mine, pool)
        found = np.concatenate([[0], np.cumsum(mine[np.minimum(place, len(mine) - 1)] == pool)])
        ends = np.cumsum(sizes)
        return np.asarray((found[ends] - found[ends - sizes]) / np.maximum(1, np.minimum(len(mine), sizes)))

    def matches(self) -> list[tuple[int, int, float]]:
        """Pairs of nodes that are copies, with their overlap; the first is the lower number."""
        left, right = _candidates(self.data, self.nodes)
        found: list[tuple[int, int, float]] = []
        borders = np.flatnonzero(np.diff(left, prepend=-1, append=-1))
        for start, end in pairwise(borders.tolist()):
            one, others = int(left[start]), right[start:end]
            shares = self.overlap(one, others)
            short, long = (
                np.minimum(self.length[one], self.length[others]),
                np.maximum(self.length[one], self.length[others]),
            )
            enough = shares >= required_overlap(short, long, self.threshold)
            for other, share in zip(others[enough].tolist(), shares[enough].tolist(), strict=True):
                if self._same(one, other):
                    found.append((one, other, share))
        return found

    def _same(self, one: int, other: int) -> bool:
        """Whether two nodes that overlap enough also say the same."""
        short = float(min(self.length[one], self.length[other]))
        if not self._figures_agree(one, other, short):
            return False
        return short > SHORT or same_wording(self.forms[self.nodes[one]], self.forms[self.nodes[other]])

    def _figures_agree(self, one: int, other: int, short: float) -> bool:
        """Whether the figures that stand in the same places are mostly the same, or few beside the text."""
        a, b = self.nodes[one], self.nodes[other]
        ends = self.data.slot_ends
        keys = self.data.slots[ends[a] : ends[a + 1]], self.data.slots[ends[b] : ends[b + 1]]
        _, mine, its = np.intersect1d(*keys, assume_unique=True, return_indices=True)
        values = self.data.slot_values
        changed = int((values[ends[a] + mine] != values[ends[b] + its]).sum())
        return changed <= _FIGURES_DIFFER * len(mine) or changed * _FIGURE_EVERY < short


def _candidates(data: Shingled, nodes: _Integers) -> tuple[_Integers, _Integers]:
    """Pairs of nodes with enough fingerprints in common, ordered by the first."""
    ends = data.print_ends
    many = (ends[1:] - ends[:-1])[nodes]
    owner = np.repeat(np.arange(len(nodes), dtype=np.uint64), many)
    where = np.arange(len(owner)) + np.repeat(ends[nodes] - np.concatenate([[0], np.cumsum(many)[:-1]]), many)
    # The print's upper bits and the node's number as one integer: sorting it makes the lists.
    packed = np.sort((data.prints[where] >> _ID_BITS << _ID_BITS) | owner)
    prints = packed >> _ID_BITS
    holder = (packed & ((np.uint64(1) << _ID_BITS) - np.uint64(1))).astype(np.int64)
    starts = np.flatnonzero(np.concatenate([[True], prints[1:] != prints[:-1]]))
    sizes = np.diff(np.append(starts, len(prints)))
    position = np.arange(len(prints)) - np.repeat(starts, sizes)
    size = np.repeat(sizes, sizes)
    pairs = []
    for step in range(1, _LIST):
        later = np.flatnonzero((position >= step) & ((size <= _LIST) | (step <= 2)))
        pairs.append((holder[later - step] << 32) | holder[later])
    hub = np.flatnonzero((position > 2) & (size > _LIST))
    pairs.append((holder[hub - position[hub]] << 32) | holder[hub])
    pair, common = np.unique(np.concatenate(pairs), return_counts=True)
    left, right = pair >> 32, pair & 0xFFFFFFFF
    enough = common >= np.maximum(1, _PRINT_SHARE * np.minimum(many[left], many[right]))
    return left[enough], right[enough]


def _stars(pairs: _Pairs, matches: Sequence[tuple[int, int, float]]) -> tuple[_Integers, _Floats]:
    """Centre of each node's star, and the overlap with it."""
    near: dict[int, dict[int, float]] = {}
    for one, other, share in matches:
        near.setdefault(one, {})[other] = share
        near.setdefault(other, {})[one] = share
    centre = np.arange(len(pairs.nodes), dtype=np.int64)
    shared = np.ones(len(pairs.nodes))
    taken: set[int] = set()
    for node in sorted(near, key=lambda n: (-len(near[n]), -float(pairs.length[n]), n)):
        if node in taken:
            continue
        taken.add(node)
        members: list[int] = []
        for other, share in sorted(near[node].items(), key=lambda item: (-item[1], item[0])):
            if other in taken or not _belongs(pairs, other, members[:_WITNESSES]):
                continue
            members.append(other)
            taken.add(other)
            centre[other], shared[other] = node, share
    return centre, shared


def _belongs(pairs: _Pairs, node: int, members: Sequence[int]) -> bool:
    """Whether a text that matches a star's centre has something in common with more than half of the star."""
    if not members:
        return True
    alike = 1 + int((pairs.overlap(node, members) >= _FLOOR).sum())
    return 2 * alike > 1 + len(members)
