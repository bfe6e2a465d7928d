"""Whose view a passage mainly gives: the author's own, or that of somebody quoted or paraphrased.

Who holds it follows from the voices (:mod:`narrativ.label.voice`): characters inside reported speech are credited to the
innermost voice, and a voice goes on through the sentences behind it until the next one begins. Whether that is enough to
make the passage somebody else's is a logistic regression over a few such shares, with weights learned from the project's
corpora (:mod:`narrativ.learn.voice`).
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from narrativ.errors import TableError
from narrativ.label.voice import OTHERS
from narrativ.records import Passage, Voice
from narrativ.resources import models_dir

__all__ = ["AUTHOR", "FEATURES", "HolderModel", "holder_features", "holder_of", "load_holder_model"]

AUTHOR = "author"
FEATURES = (
    "named_share", "others_share", "carried_share", "direct_share", "source_share", "top_share", "covers", "opens", "opens_named", "opens_alone",
    "first_voice_at", "last_voice_at", "voices", "holders", "first_person", "all_quoted", "facts_only", "length", "any_voice", "any_named",
    "english", "english_share", "headline", "one_sentence",
)  # fmt: skip
"""Names of the columns of :func:`holder_features`."""

_Floats = npt.NDArray[np.float64]
_ENDER = re.compile(r"[。！？!?\n；;]|\.(?=\s)")
_FIRST = ("我", "笔者", "本人", "小编", "咱")
_FIRST_ENGLISH = (" i ", " i'", " i’", " we ", " we'", " we’", " my ", " our ")


_BARE = frozenset("指 提到 指出 估计 估計 测算 統計 统计".split())
_SOURCES = frozenset(
    "报道 報道 报导 報導 消息 爆料 披露 传 傳 悉 了解 瞭解 据报道 據報道 據報導 据报 據報 据悉 據悉 据称 據稱 据说 據說 据传 據傳 据了解 據了解 听说 聽說 网传 網傳 坊间传 坊間傳".split()
)


_FACTS = frozenset(
    "宣布 宣告 公布 公佈 公告 通报 通報 发现 發現 显示 顯示 提出 推出 要求 建议 建議 announced announces found reported".split()
)


def _credit(passage: Passage, voices: Sequence[Voice]) -> tuple[dict[str, int], dict[str, int]]:
    """Characters of each holder: inside what is said, and with the sentences behind it up to the next voice."""
    inside: dict[str, int] = defaultdict(int)
    carried: dict[str, int] = defaultdict(int)
    reached: dict[str, int] = {}
    ordered = sorted(voices, key=lambda voice: (voice.start, -voice.end))
    for number, voice in enumerate(ordered):
        following = ordered[number + 1].start if number + 1 < len(ordered) else passage.end
        # A source (据…报道) speaks where nobody within does; a speaker speaks through those he tells of.
        until = min(voice.end, following) if voice.verb in _SOURCES else voice.end
        covered = max(until, voice.start) - max(voice.start, reached.get(voice.holder, 0))
        inside[voice.holder] += max(covered, 0)
        reached[voice.holder] = max(reached.get(voice.holder, 0), until)
        carried[voice.holder] += max(following, voice.start) - voice.start
    return inside, carried


def _row(passage: Passage, form: str, voices: Sequence[Voice]) -> list[float]:
    size = max(len(form), 1)
    english = float(passage.script == "Latn")
    length = math.log(size / (3 if english else 1)) / 6
    if not voices:
        own = _own(form, english)
        return [0.0] * 10 + [1.0, 0.0, 0.0, 0.0, own, 0.0, 0.0, length, 0.0, 0.0, english, 0.0, 0.0, 0.0]
    inside, carried = _credit(passage, voices)
    named = min(sum(count for holder, count in inside.items() if holder != OTHERS), size)
    others = min(inside.get(OTHERS, 0), size)
    share = (named + others) / size
    first, last = voices[0].start - passage.start, max(voice.end for voice in voices) - passage.start
    own = _own(_outside(passage, form, voices), english)
    ender = _ENDER.search(form)
    opens = first <= (ender.end() if ender else size)
    sourced = [v for v in voices if v.verb in _SOURCES or (v.holder == OTHERS and v.verb in _BARE)]
    return [
        named / size,
        others / size,
        min(sum(carried.values()) / size, 1.0),
        sum(voice.end - voice.start for voice in voices if voice.form == "direct") / size,
        sum(voice.end - voice.start for voice in sourced) / size,
        max(inside.values()) / max(named + others, 1),
        float(share > 0.6),
        float(opens),
        float(opens and voices[0].holder != OTHERS),
        float(opens and len(inside) == 1 and not own),
        first / size,
        last / size,
        min(len(voices), 5) / 5,
        min(len(inside), 4) / 4,
        own,
        float(voices[0].form == "direct" and share > 0.9),
        float(all(voice.verb in _FACTS for voice in voices)),
        length,
        1.0,
        float(named > 0),
        english,
        english * share,
        float(any(voice.form == "headline" for voice in voices)),
        float(ender is None or ender.end() >= size - 1),
    ]


def _own(form: str, english: float) -> float:
    """How much a text speaks in the first person: 0 not at all, 1 three times or more."""
    found = sum(map((" " + form).count, _FIRST_ENGLISH if english else _FIRST))
    return min(found, 3) / 3


def _outside(passage: Passage, form: str, voices: Sequence[Voice]) -> str:
    """What is left of a form without what others say in it."""
    pieces, place = [], 0
    for voice in voices:
        start, end = voice.start - passage.start, voice.end - passage.start
        if start > place:
            pieces.append(form[place:start])
        place = max(place, end)
    return " ".join([*pieces, form[place:]])


def holder_features(passages: Sequence[Passage], forms: Sequence[str], voices: Sequence[Sequence[Voice]]) -> _Floats:
    """What the decision between author and somebody else looks at; shape (n_passages, len(FEATURES)), about 0 to 1."""
    rows = [_row(passage, form, found) for passage, form, found in zip(passages, forms, voices, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


@dataclass(frozen=True, slots=True)
class HolderModel:
    """Weights of the decision: log-odds that a passage gives somebody else's view = bias + features · weights."""

    weights: _Floats
    bias: float
    card: dict[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """What the weights belong to, in order."""
        return FEATURES

    def save(self, folder: Path) -> None:
        """Write ``holder.json``; the same numbers always give the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        data = {
            "format": 1,
            "bias": round(self.bias, 6),
            "weights": {name: round(float(weight), 6) for name, weight in zip(FEATURES, self.weights, strict=True)},
            "card": self.card,
        }
        text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / "holder.json").write_text(text + "\n", encoding="utf-8")


@lru_cache(maxsize=4)
def load_holder_model(folder: Path | None = None) -> HolderModel:
    """Read ``holder.json`` from ``models/voice/`` or another folder.

    Raises
    ------
    TableError
        There is none, or it is of another version.
    """
    folder = folder or models_dir() / "voice"
    try:
        data = json.loads((folder / "holder.json").read_text(encoding="utf-8"))
        weights = np.array([float(data["weights"][name]) for name in FEATURES])
    except (OSError, ValueError, KeyError) as error:
        raise TableError(f"{folder}: no holder model that this version reads ({error})") from error
    if len(data["weights"]) != len(FEATURES) or data.get("format") != 1:
        raise TableError(f"{folder}: a holder model of another version; run make train")
    return HolderModel(weights, float(data["bias"]), data["card"])


def main_holder(passage: Passage, voices: Sequence[Voice]) -> str:
    """The name that most of the reported speech belongs to, ``others`` when that is nobody named."""
    inside, carried = _credit(passage, voices)
    weight = {holder: count + 0.5 * carried[holder] for holder, count in inside.items()}
    named = {holder: count for holder, count in weight.items() if holder != OTHERS}
    if not named:
        return OTHERS
    best = max(named, key=lambda holder: named[holder])
    return best if named[best] >= 0.5 * weight.get(OTHERS, 0) else OTHERS


def _one_said_sentence(table: _Floats) -> npt.NDArray[np.bool_]:
    """A single sentence that somebody named says is his, however short (codebook); shares alone see little in it."""
    column = {name: table[:, index] for index, name in enumerate(FEATURES)}
    said = column["named_share"] + column["others_share"] > 0.6 * (1 - column["first_voice_at"])
    plain = (column["facts_only"] == 0) & (column["source_share"] == 0) & (column["first_person"] == 0)
    return np.asarray((column["one_sentence"] > 0) & (column["opens_named"] > 0) & said & plain)


def holder_of(
    passages: Sequence[Passage],
    forms: Sequence[str],
    voices: Sequence[Sequence[Voice]],
    *,
    held: _Floats | None = None,
    model: HolderModel | None = None,
) -> list[str]:
    """Whose view each passage mainly gives.

    Parameters
    ----------
    passages, forms, voices
        As :func:`narrativ.label.voice.find_voices` takes and gives them.
    held
        What :func:`holder_features` gave for them, when it is there already.
    model
        The shipped one when none is given.

    Returns
    -------
    list of str
        ``author``, a name as the passage writes it, or ``others``.
    """
    model = model or load_holder_model()
    table = holder_features(passages, forms, voices) if held is None else held
    told = (table @ model.weights + model.bias > 0) | _one_said_sentence(table)
    return [
        main_holder(passage, found) if other else AUTHOR
        for passage, found, other in zip(passages, voices, told.tolist(), strict=True)
    ]
