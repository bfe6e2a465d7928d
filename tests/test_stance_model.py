"""The stance model: trained twice it has the same bytes, saved and loaded it says the same, and it says how sure it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from narrativ.codebook import load_codebook
from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.stance import STANCES, StanceModel, load_stance
from narrativ.learn.corpus import Example, load_corpus
from narrativ.learn.score_stance import predict_stance, score_stance
from narrativ.learn.stance import StanceReader, train_stance
from tests.conftest import ROOT

BOOK = load_codebook()
READER = StanceReader(BOOK)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    gold = load_corpus(ROOT / "corpora" / "gold", codebook=BOOK)
    assert len({example.document for example in gold}) > 20
    return gold


@pytest.fixture(scope="module")
def vectors(examples: list[Example]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(1).normal(size=(len(examples), 8)).astype(np.float32)


@pytest.fixture(scope="module")
def model(examples: list[Example]) -> StanceModel:
    return train_stance(examples, BOOK, folds=2)


def test_it_learns_what_it_was_shown(model: StanceModel, examples: list[Example]) -> None:
    assert score_stance(examples, READER, model)["all"] > max(0.7, score_stance(examples, READER)["all"])


def test_training_twice_gives_the_same_bytes(model: StanceModel, examples: list[Example], tmp_path: Path) -> None:
    model.save(tmp_path / "a")
    train_stance(examples, BOOK, folds=2).save(tmp_path / "b")
    for name in ("stance.npz", "stance.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_saved_model_says_the_same(model: StanceModel, examples: list[Example], tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = load_stance(tmp_path)
    texts = [example.text for example in examples]
    scripts = [example.script for example in examples]
    asked = [tuple(example.stance) for example in examples]
    assert predict_stance(READER, texts, scripts, asked, loaded) == predict_stance(READER, texts, scripts, asked, model)


def test_probabilities_are_probabilities(model: StanceModel, examples: list[Example]) -> None:
    seen = READER.read([example.text for example in examples])
    languages = ["en" if example.script == "Latn" else "zh" for example in examples]
    verdict = model.predict(seen.judged, seen.points, seen.text, ngrams.positions(seen.text), languages)
    assert verdict.probability.shape == (len(seen.judged.text), len(STANCES))
    assert verdict.probability.sum(axis=1) == pytest.approx(1.0)
    assert (verdict.probability > 0).all()
    assert (np.abs(verdict.polarity) < 1).all()
    rising = np.argsort(verdict.log_odds[:, 0] - verdict.log_odds[:, 1])
    assert verdict.polarity[rising[-1]] > verdict.polarity[rising[0]]


def test_no_passage_is_no_error(model: StanceModel) -> None:
    seen = READER.read([])
    verdict = model.predict(seen.judged, seen.points, seen.text, ngrams.positions(seen.text), [])
    assert verdict.stance.shape == (0,)
    assert verdict.probability.shape == (0, 3)


def test_vectors_count_where_there_are_any(
    examples: list[Example], vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]], tmp_path: Path
) -> None:
    with_encoder = train_stance(examples, BOOK, vectors, folds=2)
    with_encoder.save(tmp_path)
    assert score_stance(examples, READER, load_stance(tmp_path), vectors)["all"] > 0.7
    with pytest.raises(TableError, match="sentence encoder"):
        score_stance(examples, READER, with_encoder)


def test_a_plain_model_takes_no_vectors(
    model: StanceModel, examples: list[Example], vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]
) -> None:
    with pytest.raises(TableError, match="sentence encoder"):
        score_stance(examples, READER, model, vectors)


def test_too_little_to_learn_from_is_an_error(examples: list[Example]) -> None:
    with pytest.raises(ValueError, match="no passage has a stance"):
        train_stance([], BOOK)
    single = [example for example in examples if example.document == examples[0].document and example.stance]
    with pytest.raises(ValueError, match="too few"):
        train_stance(single or [example for example in examples if example.stance][:1], BOOK)


def test_a_folder_without_a_model_is_an_error(model: StanceModel, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no stance model"):
        load_stance(tmp_path)
    model.save(tmp_path)
    path = tmp_path / "stance.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 99'), encoding="utf-8")
    with pytest.raises(TableError, match="another version"):
        load_stance(tmp_path)
