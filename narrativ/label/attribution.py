"""Features of attribution: how much of a passage is others' speech, and how the author speaks about the rest.

They feed the position classifier (endorses, reports, rejects): coverage by reported speech, verbs of saying and of
distance, hedges, denial and mockery, questions, person, and marks. Words are counted from the scan that the voices were found
with, as array arithmetic over the batch; Python loops only over voices.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from narrativ.label.holder import HolderModel, holder_features, load_holder_model
from narrativ.label.voice import scan_forms
from narrativ.label.voice_lexicon import CUES, VERBS, Scan, latin_letters, load_voice_lexicon
from narrativ.label.voice_places import Search
from narrativ.records import Passage, Voice

__all__ = ["FEATURE_NAMES", "attribution_features"]

_MARKS = {"asks": "?？", "exclaims": "!！", "ellipses": "…", "laughs": "🤣😂🙄😅😆😏🤡🐶"}
FEATURE_NAMES = (
    "log_odds_other", "named_share", "others_share", "direct_share", "source_share", "opens", "voices", "holders", "distancing_share",
    "verbs", "verbs_of_distance", "verbs_of_denial", "verbs_of_thought", *CUES, *_MARKS, "i_we", "term_quotes", "length",
)  # fmt: skip
"""Names of the columns of :func:`attribution_features`."""

_TERM = 14
"""A quotation of at most so many characters, its marks among them, that nobody says marks a term or keeps it at a distance."""

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


def _counts(owner: _Ints, number: _Ints, kinds: int, texts: int) -> _Floats:
    kept = number >= 0
    table = np.bincount(owner[kept] * kinds + number[kept], minlength=texts * kinds)
    return np.asarray(table.reshape(texts, kinds), dtype=np.float64)


def _owners(scan: Scan, places: _Ints) -> _Ints:
    return np.asarray(np.searchsorted(scan.starts, places, side="right") - 1)


def attribution_features(
    passages: Sequence[Passage],
    forms: Sequence[str],
    voices: Sequence[Sequence[Voice]],
    *,
    scan: Search | None = None,
    held: _Floats | None = None,
    model: HolderModel | None = None,
) -> _Floats:
    """What tells whether a passage asserts, relays or rejects what it says.

    Parameters
    ----------
    passages, forms, voices
        As :func:`narrativ.label.voice.find_voices` takes and gives them.
    scan
        What :func:`narrativ.label.voice.scan_forms` gave for these forms, when it is there already.
    held
        What :func:`narrativ.label.holder.holder_features` gave for them, when it is there already.
    model
        The holder model; the shipped one when none is given.

    Returns
    -------
    array of shape (n_passages, len(FEATURE_NAMES))
        Shares from 0 to 1; counts as log(1 + n); ``log_odds_other`` is the holder model's log-odds, a tenth of it.
    """
    texts = len(forms)
    if not texts:
        return np.zeros((0, len(FEATURE_NAMES)))
    found_before = scan or scan_forms(forms)
    words, places = found_before.scan, found_before.places
    model = model or load_holder_model()
    lexicon = load_voice_lexicon()
    held = holder_features(passages, forms, voices) if held is None else held
    column = {name: held[:, index] for index, name in enumerate(model.names)}
    size = np.maximum(np.diff(words.starts) - 1, 1)
    distancing = np.array([sum(v.end - v.start for v in found if v.distancing) for found in voices]) / size
    verbs = _counts(words.owner, lexicon.verb_number[words.pattern], len(VERBS), texts)
    cues = _counts(words.owner, lexicon.cue_number[words.pattern], len(CUES), texts)
    speaking = [
        index for index, kind in enumerate(VERBS) if kind in ("say", "quote", "cite", "source", "urge", "react")
    ]
    chosen = [VERBS.index(kind) for kind in ("distance", "deny", "think")]
    marks = np.zeros((texts, len(_MARKS)))
    for index, signs in enumerate(_MARKS.values()):
        found = np.flatnonzero(np.isin(words.codes, [ord(sign) for sign in signs]))
        marks[:, index] = np.bincount(_owners(words, found), minlength=texts)[:texts]
    letter = latin_letters(words.codes)
    alone = np.flatnonzero((words.codes[1:-1] == ord("i")) & ~letter[:-2] & ~letter[2:]) + 1
    pair = (words.codes[:-1] == ord("w")) & (words.codes[1:] == ord("e"))
    pair[1:-1] &= ~letter[:-3] & ~letter[3:]
    first = np.bincount(_owners(words, np.concatenate([alone, np.flatnonzero(pair)])), minlength=texts)[:texts]
    short = places.quote_end - places.quote_start <= _TERM
    terms = np.bincount(_owners(words, np.maximum(places.quote_start[short], 1)), minlength=texts)[:texts]
    counts = np.column_stack([verbs[:, speaking].sum(axis=1), verbs[:, chosen], cues, marks, first, terms])
    shares = [
        column[name]
        for name in ("named_share", "others_share", "direct_share", "source_share", "opens", "voices", "holders")
    ]
    log_odds = (held @ model.weights + model.bias) / 10
    return np.column_stack([log_odds, *shares, distancing, np.log1p(counts), column["length"]])
