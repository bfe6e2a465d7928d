"""The words of reported speech, from ``lexicons/voice/``: verbs of saying, nouns around holders, cues of attitude.

All words are kept in match form. Verbs and cues are found by one automaton in one pass over a batch; the longest word
at a place wins, so that 小说 or "that is to say" leave no verb behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from narrativ.errors import LexiconError
from narrativ.resources import lexicons_dir, read_tsv
from narrativ.text.normalize import match_form

__all__ = ["CUES", "HOLDERS", "VERBS", "Scan", "VoiceLexicon", "load_voice_lexicon"]

VERBS = (
    "say", "think", "urge", "react", "announce", "find", "deny", "distance", "quote", "spoken", "hk", "cite", "source", "not",
)  # fmt: skip
"""Kinds of verbs; ``lexicons/README.md`` says what each means."""
HOLDERS = ("role", "unnamed", "pronoun", "org", "known", "place", "label")
"""Kinds of nouns around holders."""
CUES = (
    "hedge", "debunk", "negation", "question", "irony", "assert", "first", "second", "press", "contrast", "open",
)  # fmt: skip
"""Kinds of cues, in the order of their feature columns."""

_COLUMNS = ("forms", "language", "kind", "note")
_SEPARATOR = "\0"
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scan:
    """A batch of match forms with the verbs and cues in it.

    Attributes
    ----------
    text
        The forms, each preceded by U+0000, and one at the end.
    starts
        Where form `i` begins in `text`, shape (n_texts + 1,); the last is where one more would begin.
    codes
        Code points of `text`, shape (len(text),).
    pattern, start, end, owner
        Per word found: its number in :attr:`VoiceLexicon.words`, its span in `text`, the form it stands in.
    """

    text: str
    starts: _Ints
    codes: npt.NDArray[np.uint32]
    pattern: _Ints
    start: _Ints
    end: _Ints
    owner: _Ints


class VoiceLexicon:
    """Words of reported speech; see the module's text.

    Parameters
    ----------
    verbs, holders, cues
        Rows of the three files: (forms, language, kind).
    """

    def __init__(
        self,
        verbs: Sequence[tuple[tuple[str, ...], str, str]],
        holders: Sequence[tuple[tuple[str, ...], str, str]],
        cues: Sequence[tuple[tuple[str, ...], str, str]],
    ) -> None:
        verb: dict[str, tuple[str, str]] = {form: (kind, language) for forms, language, kind in verbs for form in forms}
        cue: dict[str, str] = {form: kind for forms, _, kind in cues for form in forms}
        self.words: list[str] = sorted({*verb, *cue})
        self.verb_kind: list[str] = [verb.get(word, ("", ""))[0] for word in self.words]
        self.chinese: list[bool] = [not word.isascii() for word in self.words]
        self.cue_number: _Ints = np.array([CUES.index(cue[w]) if w in cue else -1 for w in self.words], dtype=np.int64)
        self.verb_number: _Ints = np.array(
            [VERBS.index(kind) if kind else -1 for kind in self.verb_kind], dtype=np.int64
        )
        self.latin: npt.NDArray[np.bool_] = np.array([word.isascii() for word in self.words])
        self._automaton = ahocorasick_rs.AhoCorasick(
            self.words,
            matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
            implementation=ahocorasick_rs.Implementation.DFA,
        )
        self.holders: dict[tuple[str, str], frozenset[str]] = {
            (language, kind): frozenset(f for forms, lang, k in holders if (lang, k) == (language, kind) for f in forms)
            for language in ("zh", "en")
            for kind in HOLDERS
        }

    def alternation(self, language: str, kind: str) -> str:
        """Regular expression of the holder nouns of a kind, longest first."""
        return "|".join(re.escape(word) for word in sorted(self.holders[language, kind], key=lambda w: (-len(w), w)))

    def scan(self, forms: Sequence[str]) -> Scan:
        """Find all verbs and cues of texts in match form; a Latin word must stand between word boundaries."""
        text = _SEPARATOR + _SEPARATOR.join(forms) + _SEPARATOR
        lengths = np.fromiter((len(form) + 1 for form in forms), dtype=np.int64, count=len(forms))
        starts = np.concatenate([[1], 1 + np.cumsum(lengths)])
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        hits = np.array(self._find(text), dtype=np.int64).reshape(-1, 3)
        letter = latin_letters(codes)
        kept = ~self.latin[hits[:, 0]] | ~(
            (letter[hits[:, 1] - 1] & letter[hits[:, 1]]) | (letter[hits[:, 2]] & letter[hits[:, 2] - 1])
        )
        hits = hits[kept]
        owner = np.searchsorted(starts, hits[:, 1], side="right") - 1
        return Scan(text, starts, codes, hits[:, 0], hits[:, 1], hits[:, 2], owner)

    def _find(self, text: str) -> list[tuple[int, int, int]]:
        try:
            found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text)
        except UnicodeEncodeError:  # lone surrogates, which reading replaces in documents
            found = self._automaton.find_matches_as_indexes(re.sub("[\ud800-\udfff]", "\ufffd", text))
        return found


def latin_letters(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which code points are lower-case Latin letters or digits."""
    return np.asarray(
        ((codes >= 97) & (codes <= 122)) | ((codes >= 48) & (codes <= 57)) | ((codes >= 0xDF) & (codes < 0x250))
    )


def _rows(path: Path, kinds: Sequence[str]) -> list[tuple[tuple[str, ...], str, str]]:
    rows = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in read_tsv(path, _COLUMNS):
        forms = tuple(form.strip() for form in row["forms"].split(" | "))
        if row["kind"] not in kinds or row["language"] not in ("zh", "en"):
            raise LexiconError(f"{path}:{line}: kind {row['kind']!r} in language {row['language']!r}")
        for form in forms:
            if not form or form != match_form(form):
                raise LexiconError(f"{path}:{line}: {form!r} is not in match form")
            key = (form, row["language"] + row["kind"] if path.stem == "holders" else "")
            if key in seen:
                raise LexiconError(f"{path}:{line}: {form!r} stands already in line {seen[key]}")
            seen[key] = line
        rows.append((forms, row["language"], row["kind"]))
    if not rows:
        raise LexiconError(f"{path}: no rows")
    return rows


@lru_cache(maxsize=2)
def load_voice_lexicon(folder: Path | None = None) -> VoiceLexicon:
    """The words of ``lexicons/voice/``, or of another folder of that form.

    Raises
    ------
    LexiconError
        A file is missing, a form is not in match form, stands twice, or has an unknown kind; file and line are named.
    """
    folder = folder or lexicons_dir() / "voice"
    return VoiceLexicon(
        _rows(folder / "verbs.tsv", VERBS), _rows(folder / "holders.tsv", HOLDERS), _rows(folder / "cues.tsv", CUES)
    )
