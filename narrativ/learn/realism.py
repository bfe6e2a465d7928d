"""How easily written passages are told from real ones, and by what.

A classifier two-sample test (Lopez-Paz & Oquab 2017): the nearer its area under the ROC curve is to 0.5, the more the
passages are alike; 1 means that every one gives itself away. The classifier sees what the fast engine sees (hashed character
n-grams, :mod:`narrativ.label.ngrams`); passages of equal length are drawn from both sides, equally many, and no document
stands in training and test at once.

The words that give a side away are ranked by the log-odds ratio of the passages that contain them, with a Dirichlet prior
of both sides together (Monroe, Colaresi & Quinn 2008).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from narrativ.codebook import Codebook
from narrativ.learn.corpus import Example
from narrativ.learn.features import gram_matrix
from narrativ.learn.wording import words_of
from narrativ.text.normalize import match_forms
from narrativ.text.segment import sentence_spans

__all__ = ["Probe", "Tell", "probe", "statistics", "tells"]

_FOLDS = 5
_DRAWS = 3
_SEED = 20250127
_BINS_PER_OCTAVE = 3
_C = 4.0  # as in narrativ.learn.train
_MIN_REAL = 40
"""Fewer matched passages than this give no area worth printing."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Result for one script.

    Attributes
    ----------
    real, written
        Passages there are on each side.
    matched
        Passages drawn from each side, of equal lengths.
    auc
        Area under the ROC curve, 0.5 (alike) to 1, mean over draws; ``None`` with too few passages.
    spread
        Largest minus smallest over the draws.
    by_round
        Mean log-odds of being taken for written, per round (the id without its number); low looks real.
    """

    real: int
    written: int
    matched: int
    auc: float | None
    spread: float
    by_round: dict[str, float]


@dataclass(frozen=True, slots=True)
class Tell:
    """A word or two words in a row that speak for one side: its z-score, and the share of passages that have it."""

    text: str
    z: float
    written: float
    real: float


def _length_bin(example: Example) -> int:
    return int(np.log2(max(len(example.text), 1)) * _BINS_PER_OCTAVE)


def _matched(
    written: Sequence[Example], real: Sequence[Example], rng: np.random.Generator
) -> tuple[list[Example], list[Example]]:
    """Equally many passages of each side in every bin of length."""
    bins: tuple[dict[int, list[Example]], dict[int, list[Example]]] = (defaultdict(list), defaultdict(list))
    for side, examples in zip(bins, (written, real), strict=True):
        for example in examples:
            side[_length_bin(example)].append(example)
    drawn: tuple[list[Example], list[Example]] = ([], [])
    for size in sorted(set(bins[0]) & set(bins[1])):
        count = min(len(bins[0][size]), len(bins[1][size]))
        for side, chosen in zip(bins, drawn, strict=True):
            chosen += [side[size][k] for k in rng.choice(len(side[size]), count, replace=False)]
    return drawn


def _out_of_fold(examples: Sequence[Example], side: npt.NDArray[np.int64], draw: int) -> npt.NDArray[np.float64]:
    """Log-odds of being written, each from a model that has seen no passage of its document."""
    names = [f"{which}:{example.document or example.id}" for which, example in zip(side, examples, strict=True)]
    matrix, _ = gram_matrix(match_forms([example.text.replace("\0", " ") for example in examples]))
    matrix = matrix[:, np.unique(matrix.indices)]  # a few passages fill few of the buckets
    scores = np.zeros(len(examples))
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=draw)
    for inside, outside in folds.split(matrix, side, names):
        model = LogisticRegression(C=_C, solver="liblinear", random_state=0).fit(matrix[inside], side[inside])
        scores[outside] = model.decision_function(matrix[outside])
    return scores


def probe(written: Sequence[Example], real: Sequence[Example]) -> Probe:
    """Tell written passages of one script from real ones.

    Both sides should be of one script: otherwise the scripts' shares are what is told apart.
    """
    areas: list[float] = []
    seen: dict[str, list[float]] = defaultdict(list)
    matched = 0
    for draw in range(_DRAWS):
        ours, theirs = _matched(written, real, np.random.default_rng([_SEED, draw]))
        matched = len(ours)
        if matched < _MIN_REAL:
            return Probe(len(real), len(written), matched, None, 0.0, {})
        side = np.array([1] * len(ours) + [0] * len(theirs))
        scores = _out_of_fold([*ours, *theirs], side, draw)
        areas.append(float(roc_auc_score(side, scores)))
        for example, score in zip(ours, scores, strict=False):
            seen[example.id.rpartition("-")[0] if not example.document else "documents"].append(float(score))
    rounds = {name: float(np.mean(found)) for name, found in sorted(seen.items())}
    return Probe(
        len(real), len(written), matched, float(np.mean(areas)), float(max(areas) - min(areas)),
        dict(sorted(rounds.items(), key=lambda item: -item[1])),
    )  # fmt: skip


def tells(
    written: Sequence[Example], real: Sequence[Example], *, most: int = 40, phrases: bool = True
) -> tuple[list[Tell], list[Tell]]:
    """Words that give away the written side, and the real one, strongest first.

    Parameters
    ----------
    phrases
        Whether pairs of words may be listed for the written side. For the real side only single words are: real texts
        are not quoted.
    """
    counts: list[Counter[str]] = []
    for examples in (written, real):
        found: Counter[str] = Counter()
        for words in words_of(examples):
            found.update({word for word in words if len(word) > 1 or not word.isascii()})
            if phrases:
                found.update({" ".join(pair) for pair in pairwise(words)})
        counts.append(found)
    ours, theirs = counts
    total = np.array([max(len(written), 1), max(len(real), 1)], dtype=float)
    names = [name for name in set(ours) | set(theirs) if ours[name] + theirs[name] >= 5]
    y = np.array([[ours[name], theirs[name]] for name in names], dtype=float).reshape(-1, 2)
    prior = y.sum(axis=1) / total.sum() * 10 + 0.01
    odds = (y + prior[:, None]) / np.maximum(total - y, 0.5)
    z = (np.log(odds[:, 0]) - np.log(odds[:, 1])) / np.sqrt((1 / (y + prior[:, None])).sum(axis=1))
    order = np.argsort(z, kind="stable")

    def tell(k: int) -> Tell:
        return Tell(names[k], float(z[k]), float(y[k, 0] / total[0]), float(y[k, 1] / total[1]))

    give_written = [tell(k) for k in order[::-1] if z[k] > 0][:most]
    give_real = [tell(k) for k in order if z[k] < 0 and " " not in names[k]][:most]
    return give_written, give_real


_HEDGES = re.compile(
    r"可能|或许|似乎|据称|据悉|据报|料将|有望|大概|预计|\b(?:may|might|could|reportedly|allegedly|appears?|seems?|likely|expected)\b"
)
_PER_THOUSAND: dict[str, re.Pattern[str]] = {
    "digits": re.compile(r"\d"),
    "Latin words": re.compile(r"[A-Za-z]+"),
    "commas": re.compile("[,，]"),
    "enumeration commas": re.compile("、"),
    "semicolons": re.compile("[;；]"),
    "colons": re.compile("[:：]"),
    "brackets": re.compile("[(（]"),
    "straight quotes": re.compile("[\"']"),
    "curly quotes": re.compile("[“”‘’]"),
    "corner brackets": re.compile("[「」『』]"),
    "dashes": re.compile("[—–]"),
    "exclamation marks": re.compile("[!！]"),
    "question marks": re.compile("[?？]"),
    "line breaks": re.compile("\n"),
    "space between Han and Latin": re.compile("(?<=[\u4e00-\u9fff]) (?=[A-Za-z0-9])|(?<=[A-Za-z0-9]) (?=[\u4e00-\u9fff])"),
    "first person": re.compile(r"我|\b(?:I|we|my|our|me|us)\b"),
    "capitalised words inside sentences": re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]+"),
}  # fmt: skip


def statistics(examples: Sequence[Example], codebook: Codebook) -> dict[str, float]:
    """Simple measures of passages: medians of length, and marks per 1,000 characters."""
    texts = [example.text for example in examples]
    forms = match_forms([text.replace("\0", " ") for text in texts])
    size = max(sum(map(len, texts)), 1)
    terms = sorted(
        {term.rstrip("*") for alias in codebook.aliases for term in alias.terms if len(term) > 1}, key=len, reverse=True
    )
    names = re.compile("|".join(map(re.escape, terms)) or "(?!)")
    lengths = [end - start for text in texts for start, end in sentence_spans(text)]

    def per_thousand(count: Callable[[str], int], pool: Sequence[str]) -> float:
        return 1000 * sum(map(count, pool)) / size

    found = {
        "length (median characters)": float(np.median([len(text) for text in texts])) if texts else 0.0,
        "sentence (median characters)": float(np.median(lengths)) if lengths else 0.0,
    }
    for name, pattern in _PER_THOUSAND.items():
        found[name] = per_thousand(lambda text, p=pattern: len(p.findall(text)), texts)  # type: ignore[misc]
    found["names of targets"] = per_thousand(lambda form: len(names.findall(form)), forms)
    found["hedges"] = per_thousand(lambda form: len(_HEDGES.findall(form)), forms)
    return found
