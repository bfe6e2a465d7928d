"""Training of the holder decision from the project's own corpora: ``python -m narrativ.learn.voice``.

A logistic regression over :data:`narrativ.label.holder.FEATURES`: is the passage's view the author's or somebody else's? Who
that is follows from the voices and is not learned. Nothing but ``corpora/`` is read, and two runs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from narrativ.codebook import load_codebook
from narrativ.label.holder import AUTHOR, FEATURES, HolderModel, holder_features
from narrativ.label.voice import find_voices
from narrativ.learn.card import corpus_hash
from narrativ.learn.corpus import Example, load_corpus
from narrativ.records import Document, Passage, Voice
from narrativ.resources import models_dir
from narrativ.text.normalize import match_forms

__all__ = ["passages_of", "train_voice", "voices_of"]

_STRENGTH = 0.1
"""Inverse regularisation. From 0.05 to 1 the accuracy on real passages moves by less than a point (docs/voice.md)."""
_BATCH = 512


def passages_of(examples: Sequence[Example], *, together: bool = False) -> tuple[list[Passage], list[str]]:
    """Examples as passages, with their match forms.

    Parameters
    ----------
    together
        Whether neighbours of one document are passages of one document (who spoke before is then known); otherwise each is
        judged by itself, with title and source and no more.
    """
    passages: list[Passage] = []
    for example in examples:
        text = example.text.replace("\0", " ")
        document = Document(example.document or example.id, text, title=example.title, source=example.source)
        previous = passages[-1].document if passages else None
        same = previous is not None and (previous.id, previous.title, previous.source) == (
            example.document,
            example.title,
            example.source,
        )
        if together and same and previous is not None and example.document:
            # Spans need the passage's own text, continuity only the same object: one document holds all its passages.
            joined = previous.text + "\n" + text
            start = len(previous.text) + 1
            document = Document(previous.id, joined, title=example.title, source=example.source)
            for index in range(len(passages) - 1, -1, -1):
                old = passages[index]
                if old.document is not previous:
                    break
                passages[index] = Passage(document, old.number, old.start, old.end, old.script)
            passages.append(Passage(document, passages[-1].number + 1, start, len(joined), example.script))  # type: ignore[arg-type]
        else:
            passages.append(Passage(document, 0, 0, len(text), example.script))  # type: ignore[arg-type]
    return passages, match_forms([passage.text for passage in passages])


def voices_of(passages: Sequence[Passage], forms: Sequence[str]) -> list[tuple[Voice, ...]]:
    """Voices of passages, batch by batch; a document's passages stay in one batch."""
    found: list[tuple[Voice, ...]] = []
    start = 0
    while start < len(passages):
        end = min(start + _BATCH, len(passages))
        while end < len(passages) and passages[end].document is passages[end - 1].document:
            end += 1
        found += find_voices(passages[start:end], forms[start:end])
        start = end
    return found


def train_voice(examples: Sequence[Example]) -> HolderModel:
    """The holder decision's numbers, learned from labelled passages.

    Raises
    ------
    ValueError
        The passages are all the author's, or none is.
    """
    target = np.array([int(example.holder != AUTHOR) for example in examples])
    if not len(target) or target.min() == target.max():
        raise ValueError("holder cannot be learned: it is the same in all passages")
    passages, forms = passages_of(examples)
    matrix = holder_features(passages, forms, voices_of(passages, forms))
    model = LogisticRegression(C=_STRENGTH, solver="lbfgs", max_iter=3000, tol=1e-8)
    model.fit(matrix, target)
    told = model.predict(matrix)
    card = {
        "corpus": {"sha256": corpus_hash(examples), "passages": len(examples), "not_author": int(target.sum())},
        "accuracy_on_corpus": round(float((told == target).mean()), 3),
        "features": len(FEATURES),
    }
    return HolderModel(np.round(model.coef_[0], 6), round(float(model.intercept_[0]), 6), card)


def main() -> None:
    """Train on ``corpora/<codebook>/`` and write ``models/voice/holder.json``."""
    root = models_dir().parent
    codebook = load_codebook("deepseek")
    model = train_voice(load_corpus(root / "corpora" / codebook.id, codebook=codebook))
    model.save(Path(models_dir()) / "voice")
    print(model.card)


if __name__ == "__main__":
    main()
