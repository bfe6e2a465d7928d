"""The passages that tell most: high in score, and different from each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.analyze.summary.rows import POSITIONS, STANCES, Rows
from narrativ.text.normalize import match_form
from narrativ.text.scripts import class_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["telling_passages"]

_COLUMNS = ("group", "about", "id", "value", "rank", "score", "text", "source", "title", "published", "url", "holder",
            "script", "doc_id", "passage")  # fmt: skip

# A passage in words, a Chinese word being 1.6 characters and a Latin one five letters: shorter ones are headings and exclamations,
# longer ones nobody quotes. The upper end lies above what narrativ makes of long paragraphs.
_FEWEST_WORDS, _MOST_WORDS = 8, 300
_CHARACTERS, _LETTERS = 1.6, 5.0
# Score against difference in maximal marginal relevance (Carbonell & Goldstein 1998), and the similarity from which on a
# passage is a copy.
_BALANCE = 0.7
_COPY = 0.5
_POOL = 15
_CHUNK = 4000


def telling_passages(rows: Rows, groups: npt.NDArray[np.bool_], most: int) -> pd.DataFrame:
    """Passages per group and frame, and per group, target and stance.

    Parameters
    ----------
    rows
        The table.
    groups
        Which groups to quote; shape (n_groups,).
    most
        How many passages for each.

    Returns
    -------
    DataFrame of one row a quotation
        ``about`` is ``frame`` or ``target``, ``id`` which one, ``value`` the passage's position or stance, ``rank`` from 1.
        ``score``: of a frame, its score times the share of the group's tellings that have this position; of a target, the size
        of its polarity (1 where a table has no polarity). Labels that are missing count as 1. The text is verbatim.
    """
    import pandas as pd

    picked: list[dict[str, Any]] = []
    if most > 0 and len(rows.group):
        quotable = _quotable(rows)
        grams: dict[int, frozenset[str]] = {}
        for about, name, value, candidates, score in (*_of_frames(rows, quotable), *_of_targets(rows, quotable)):
            for group, chosen in _per_group(rows, candidates, groups):
                for rank, row in enumerate(_choose(rows, chosen, score, most, grams), 1):
                    what = value if isinstance(value, str) else _position(rows, row, int(value))
                    picked.append({"group": rows.names[group], "about": about, "id": name, "value": what, "rank": rank,
                                   "score": round(float(score[row]), 6), "row": row})  # fmt: skip
    frame: pd.DataFrame = pd.DataFrame(picked, columns=["group", "about", "id", "value", "rank", "score", "row"])
    found = rows.table.iloc[frame.pop("row").astype(int).to_numpy()]
    for column in _COLUMNS[6:]:
        frame[column] = found[column].to_numpy()
    return frame


def _position(rows: Rows, row: int, frame: int) -> str:
    code = int(rows.position[row, frame])
    return POSITIONS[code - 1] if code else ""


def _quotable(rows: Rows) -> npt.NDArray[np.bool_]:
    texts = rows.table["text"].tolist()
    fits = []
    for start in range(0, len(texts), _CHUNK):
        counts = class_counts(texts[start : start + _CHUNK])
        words = counts[:, 1:4].sum(axis=1) / _CHARACTERS + counts[:, 4] / _LETTERS
        fits.append((words >= _FEWEST_WORDS) & (words <= _MOST_WORDS))
    return np.concatenate(fits)


_Part = tuple[str, str, "str | int", npt.NDArray[np.int64], npt.NDArray[np.float64]]


def _of_frames(rows: Rows, quotable: npt.NDArray[np.bool_]) -> Iterator[_Part]:
    scores = rows.table["frame_scores"].tolist()
    for number, frame in enumerate(rows.frames):
        told = rows.told[:, number]
        typical = np.ones(len(told))
        position = rows.position[:, number]
        if position.any():
            counts = np.zeros((len(rows.names), len(POSITIONS) + 1))
            np.add.at(counts, (rows.group[told], position[told]), 1)
            typical = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))[rows.group, position]
        candidates = np.flatnonzero(told & quotable)
        score = np.zeros(len(told))
        for row in candidates:
            held = scores[row]
            score[row] = _number(held, frame)
        yield "frame", frame, number, candidates, score * typical


def _number(held: Any, name: str) -> float:
    value = held.get(name) if isinstance(held, dict) else None
    return float(value) if isinstance(value, (int, float)) and value == value else 1.0


def _of_targets(rows: Rows, quotable: npt.NDArray[np.bool_]) -> Iterator[_Part]:
    polarity = rows.table["polarity"].tolist()
    for number, target in enumerate(rows.targets):
        for code, stance in enumerate(STANCES, 1):
            if stance == "neutral":
                continue
            candidates = np.flatnonzero((rows.stance[:, number] == code) & quotable)
            score = np.zeros(len(rows.group))
            for row in candidates:
                held = polarity[row]
                score[row] = abs(_number(held, target))
            yield "target", target, stance, candidates, score


def _per_group(
    rows: Rows, candidates: npt.NDArray[np.int64], groups: npt.NDArray[np.bool_]
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    if not len(candidates):
        return
    group = rows.group[candidates]
    order = np.argsort(group, kind="stable")
    names, starts = np.unique(group[order], return_index=True)
    for name, part in zip(names, np.split(candidates[order], starts[1:]), strict=True):
        if groups[name]:
            yield int(name), part


def _choose(
    rows: Rows,
    candidates: npt.NDArray[np.int64],
    score: npt.NDArray[np.float64],
    most: int,
    grams: dict[int, frozenset[str]],
) -> list[int]:
    """Maximal marginal relevance among the best; ties go to the earlier document and passage."""
    pool = [int(row) for row in candidates[np.argsort(-score[candidates], kind="stable")][: max(_POOL, most)]]
    texts = rows.table["text"]

    def likeness(row: int) -> float:
        for number in (row, *chosen):
            if number not in grams:
                grams[number] = _grams(texts.iloc[number])
        return max((_jaccard(grams[row], grams[other]) for other in chosen), default=0.0)

    chosen: list[int] = []
    while pool and len(chosen) < most:
        best, worth = None, -math.inf
        for row in list(pool):
            if _BALANCE * score[row] <= worth:  # the rest score lower, and likeness only takes away
                break
            like = likeness(row) if chosen else 0.0
            if like > _COPY:
                pool.remove(row)
            elif _BALANCE * score[row] - (1 - _BALANCE) * like > worth:
                best, worth = row, _BALANCE * score[row] - (1 - _BALANCE) * like
        if best is None:
            break
        pool.remove(best)
        chosen.append(best)
    return chosen


def _grams(text: str) -> frozenset[str]:
    """Character 3-grams of the letters and digits of the match form: white space and punctuation make no difference."""
    form = "".join(char for char in match_form(text) if char.isalnum())
    return frozenset(form[start : start + 3] for start in range(len(form) - 2)) or frozenset({form})


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
