"""Words and phrases that are distinctive of a group, within a frame.

Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008): how much likelier a group is to use a word than
all other groups, shrunk to what all use so far as it is rare. Words are counted in match form, so that Traditional and Simplified
spellings are one, within passages of one language, and shown as the reader's script writes them.

The published z-score takes every word for independent of the next; a single long article can then make its favourite word
"distinctive". ``z`` here takes its variance over documents or stories instead, where that is the larger.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from narrativ.analyze.estimate import adjusted
from narrativ.analyze.groups import ClusterBy, clusters, group_labels, language_of
from narrativ.analyze.measures import chosen, frame_ids
from narrativ.errors import OptionError
from narrativ.records import OK
from narrativ.text.language import stop_words
from narrativ.text.normalize import match_forms, to_simplified, to_traditional
from narrativ.text.tokenize import Token, Tokenizer

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["distinctive_words"]

LONGEST = 3
MIN_COUNT = 5
MIN_CLUSTERS = 3
_MIN_Z = float(stats.norm.ppf(0.975))
_PRIOR = 0.1
# Terms among which parts of others are looked for, per term that is wanted.
_LOOKED_AT = 20
# A shorter term of which so large a part stands inside one longer term says nothing beside it.
_INSIDE = 0.8
_COLUMNS = (
    "language",
    "frame",
    "term",
    "form",
    "count",
    "rest_count",
    "documents",
    "log_odds",
    "z",
    "z_words",
    "p_adjusted",
)

_Codes = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Words of passages, flat: word code (-1: a sign, which no phrase crosses), its passage and span."""

    word: _Codes
    passage: _Codes
    start: _Codes
    end: _Codes
    vocabulary: list[str]


def distinctive_words(
    table: pd.DataFrame,
    *,
    by: str = "source",
    frame: str | None = None,
    groups: Sequence[str] | None = None,
    most: int = 15,
    language: str = "en",
    cluster: ClusterBy = "auto",
    min_n: int = 10,
) -> pd.DataFrame:
    """Words and phrases of up to three words that a group uses more than all others.

    Parameters
    ----------
    table
        A label table.
    by, cluster
        As :func:`narrativ.compare` takes them.
    frame
        Only passages that tell this frame; all labelled passages when not given.
    groups
        Only these groups, each against all others; all when not given.
    most
        Terms per group and language.
    language
        The reader's, ``en``, ``zh-Hans`` or ``zh-Hant``: Chinese terms are shown as they are most often written in that script, or
        converted where nobody here writes it.
    min_n
        A group, and the rest, need passages in so many documents or stories of a language.

    Returns
    -------
    DataFrame of a row a group, language and term, most distinctive first
        ``term`` as written; ``form``, the match form that was counted; ``count`` and ``rest_count``; ``documents`` (or stories) of the
        group that have it, three at least; ``log_odds`` (natural logarithm); ``z``, over documents; ``z_words``, as published;
        ``p_adjusted``, of ``z``, two-sided, Benjamini–Hochberg over all terms tried for the group. Terms of z below 1.96 are not listed.

    Raises
    ------
    OptionError
        A name or option is unknown.
    """
    import pandas as pd

    if language not in ("en", "zh-Hans", "zh-Hant"):
        raise OptionError(f"no language {language!r}; use en, zh-Hans or zh-Hant")
    labelled = table[table["status"] == OK]
    if frame is not None:
        chosen(frame_ids(table), (frame,), "frame")
        labelled = labelled[[frame in names for names in labelled["frames"]]]
    labels = group_labels(labelled, by)
    labelled, labels = labelled[labels != ""], labels[labels != ""]
    names = tuple(dict.fromkeys(labels))
    wanted = chosen(names, groups, "group") if len(names) else ()
    # `mixed` passages are Chinese with English in it: their Han words count with the Chinese.
    spoken = language_of(labelled["script"]).replace({"mixed": "zh", "other": "zh"}).to_numpy()
    rows: list[dict[str, Any]] = []
    for tongue in sorted(set(spoken)):
        part = labelled[spoken == tongue].reset_index(drop=True)
        found = _Counted(part, clusters(part, cluster, by=by).codes, tongue, language)
        group = labels[spoken == tongue].to_numpy()
        for name in wanted:
            rows += [
                {"group": name, "language": tongue, "frame": frame or ""} | row
                for row in found.distinctive(group == name, most, min_n)
            ]
    result: pd.DataFrame = pd.DataFrame(rows, columns=["group", *_COLUMNS])
    return result


class _Counted:
    """Terms of passages of one language, counted per cluster."""

    def __init__(self, part: pd.DataFrame, cluster: _Codes, tongue: str, reader: str) -> None:
        self._texts: list[str] = [text.replace("\0", " ") for text in part["text"]]
        self._scripts: list[str] = part["script"].tolist()
        self._reader = reader
        self._cluster = cluster
        self._tokens = _tokenized(self._texts)
        stop = stop_words(tongue if tongue in ("en", "zh") else "en")
        self._stop = np.array(
            [word in stop or not any(c.isalpha() for c in word) for word in self._tokens.vocabulary] + [True]
        )
        self._orders = [self._terms(length) for length in range(1, LONGEST + 1)]

    def _terms(self, length: int) -> tuple[_Codes, _Codes, _Codes]:
        """Phrases of so many words: where each begins, its code, and a first occurrence per code."""
        import pandas as pd

        tokens = self._tokens
        last = len(tokens.word) - length + 1
        begin = np.arange(max(last, 0))
        words = np.stack([tokens.word[begin + k] for k in range(length)]) if len(begin) else np.zeros((length, 0), int)
        fits = (words >= 0).all(axis=0) & ~self._stop[words[0]] & ~self._stop[words[-1]]
        fits &= tokens.passage[begin] == tokens.passage[begin + length - 1]
        begin, words = begin[fits], words[:, fits]
        key = np.zeros(len(begin), dtype=np.int64)
        for row in words:
            # Codes are renumbered at each step, so that they cannot outgrow 64 bits.
            key = pd.factorize(key * (len(tokens.vocabulary) + 1) + row)[0]
        number = np.bincount(key) if len(key) else np.zeros(0, int)
        often = number[key] >= MIN_COUNT
        begin, key = begin[often], key[often]
        _, first, code = np.unique(key, return_index=True, return_inverse=True)
        return begin, code.astype(np.int64), begin[first] if len(first) else first

    def distinctive(self, mine: npt.NDArray[np.bool_], most: int, min_n: int) -> list[dict[str, Any]]:
        """Rows of the group whose passages are `mine` against all other passages."""
        if min(len(np.unique(self._cluster[mine])), len(np.unique(self._cluster[~mine]))) < min_n:
            return []
        found: list[dict[str, Any]] = []
        p: list[float] = []
        for length, (begin, code, first) in enumerate(self._orders, 1):
            if not len(first):
                continue
            passage = self._tokens.passage[begin]
            scores = _log_odds(code, self._cluster[passage], mine[passage], len(first))
            tried = scores["documents"] >= MIN_CLUSTERS
            p += (2 * stats.norm.sf(np.abs(scores["z"][tried]))).tolist()
            for k in np.flatnonzero(tried):
                row = {name: values[k].item() for name, values in scores.items()}
                found.append(
                    row | {"form": self._form(int(first[k]), length), "at": (length, int(k)), "place": len(found)}
                )
        corrected = adjusted(np.array(p))
        for row in found:
            row["p_adjusted"] = float(corrected[row.pop("place")])
        ranked = sorted((row for row in found if row["z"] >= _MIN_Z), key=lambda row: (-row["z"], row["form"]))
        best = _without_parts(ranked[: _LOOKED_AT * most])
        return [{"term": self._written(*row.pop("at"))} | row for row in best[:most]]

    def _form(self, at: int, length: int) -> str:
        words = [self._tokens.vocabulary[self._tokens.word[at + k]] for k in range(length)]
        return "".join(
            word if not number or not (word[0].isascii() and words[number - 1][-1].isascii()) else f" {word}"
            for number, word in enumerate(words)
        )

    def _written(self, length: int, code: int) -> str:
        begin, codes, _ = self._orders[length - 1]
        wanted = {"zh-Hans": "Hans", "zh-Hant": "Hant"}.get(self._reader)
        every: Counter[str] = Counter()
        own: Counter[str] = Counter()
        for at in begin[codes == code].tolist():
            passage = int(self._tokens.passage[at])
            text = self._texts[passage][self._tokens.start[at] : self._tokens.end[at + length - 1]]
            every[text] += 1
            if self._scripts[passage] == wanted:
                own[text] += 1
        if own:
            return _most(own)
        convert = {"Hans": to_simplified, "Hant": to_traditional}.get(wanted or "")
        return convert(_most(every)) if convert else _most(every)


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda text: (-counts[text], text))


# Links, handles and tags must stay whole, and English words are spaCy's: these texts need the tokenizer proper.
_NEEDS_CARE = re.compile(r"[@#$]|://|www\.")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def _tokenized(texts: Sequence[str]) -> _Tokens:
    tokenizer = Tokenizer()
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    word: list[int] = []
    number = np.zeros(len(texts), dtype=np.int64)
    for place, form in enumerate(match_forms(texts)):
        if _HAN.search(form) and not _NEEDS_CARE.search(form):
            words: Iterable[str] = tokenizer.cut(form)  # five times faster than spans
        else:
            words = _with_gaps(form, tokenizer.tokenize(form))
        before = len(word)
        word += [vocabulary[part] for part in words]
        number[place] = len(word) - before
    codes = np.array(word, dtype=np.int64)
    parts = list(vocabulary)
    size = np.array([len(part) for part in parts] or [0], dtype=np.int64)[codes]
    # Spans: words follow each other without a gap, from 0 in each text.
    end = np.cumsum(size)
    passage = np.repeat(np.arange(len(texts)), number)
    first = np.concatenate([[0], np.cumsum(np.bincount(passage, size, minlength=len(texts)).astype(np.int64))])[passage]
    space = np.array([part.isspace() for part in parts] + [True])
    counted = np.array([any(char.isalnum() for char in part) and "://" not in part for part in parts] + [False])
    keep = ~space[codes]
    codes, passage, start, stop = (values[keep] for values in (codes, passage, end - size - first, end - first))
    return _Tokens(np.where(counted[codes], codes, -1), passage, start, stop, parts)


def _with_gaps(form: str, tokens: Sequence[Token]) -> Iterator[str]:
    """The words of a text and the white space between them, which join to it."""
    at = 0
    for token in tokens:
        if token.start > at:
            yield form[at : token.start]
        yield form[token.start : token.end]
        at = token.end
    if at < len(form):
        yield form[at:]


def _log_odds(term: _Codes, cluster: _Codes, mine: npt.NDArray[np.bool_], terms: int) -> dict[str, npt.NDArray[Any]]:
    """Scores of every term, of occurrences that are `mine` or not.

    The prior is what all say, a tenth of it: heavy enough that a word which the others never use is not infinitely unlikely there.
    """
    counts = np.stack([np.bincount(term[side], minlength=terms).astype(np.float64) for side in (mine, ~mine)])
    total = counts.sum()
    prior = counts.sum(axis=0) * _PRIOR
    strength = total * _PRIOR
    size = counts.sum(axis=1, keepdims=True)
    share = np.minimum((counts + prior) / (size + strength), 1 - 1e-9)  # a single term has all of it
    odds = np.log(share) - np.log1p(-share)
    published = (1 / (counts + prior)).sum(axis=0)
    robust = np.zeros(terms)
    held = np.zeros(terms, dtype=np.int64)
    for side, where in enumerate((mine, ~mine)):
        _, row = np.unique(cluster[where], return_inverse=True)
        matrix = sparse.csr_matrix((np.ones(len(row)), (row, term[where])), shape=(int(row.max(initial=-1)) + 1, terms))
        words = np.asarray(matrix.sum(axis=1)).ravel()
        squares = np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel()
        products = np.asarray(matrix.T @ words).ravel()
        spread = squares - 2 * share[side] * products + share[side] ** 2 * (words**2).sum()
        robust += np.maximum(spread, 0) / ((size[side, 0] + strength) * share[side] * (1 - share[side])) ** 2
        if side == 0:
            held = np.asarray((matrix > 0).sum(axis=0)).ravel()
    gap = odds[0] - odds[1]
    return {
        "count": counts[0].astype(np.int64),
        "rest_count": counts[1].astype(np.int64),
        "documents": held,
        "log_odds": gap,
        "z": gap / np.sqrt(np.maximum(robust, published)),
        "z_words": gap / np.sqrt(published),
    }


def _without_parts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without terms that say the same as a longer or a better one."""
    longer = [row for row in rows if row["at"][0] > 1]
    kept: list[dict[str, Any]] = []
    for row in rows:
        form, count = row["form"], row["count"]
        if any(len(o["form"]) > len(form) and form in o["form"] and o["count"] >= _INSIDE * count for o in longer):
            continue
        if row["at"][0] > 1 and any(o["form"] in form for o in kept):
            continue
        kept.append(row)
    return kept
