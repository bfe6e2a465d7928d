"""The fast engine: a score is the sum of its evidence, and training gives the same bytes twice."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import narrativ
from narrativ.codebook import load_codebook
from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.batchtext import join_forms
from narrativ.label.linear import FastEngine, load_model
from narrativ.learn.corpus import Example
from narrativ.learn.train import features, train
from tests.conftest import SAMPLE

BOOK = load_codebook()


@pytest.fixture(scope="module")
def fast() -> narrativ.Labeler:
    return narrativ.Labeler(engine="fast")


def test_scores_are_the_sum_of_their_evidence(fast: narrativ.Labeler) -> None:
    checked = 0
    for labelled in fast.label_documents(narrativ.read(SAMPLE)):
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
    assert checked > 30


def test_frames_are_those_above_the_threshold(fast: narrativ.Labeler) -> None:
    engine = fast.engine
    assert isinstance(engine, FastEngine)
    thresholds = dict(zip(engine.model.frames, engine.model.threshold, strict=True))
    for labelled in fast.label_documents(narrativ.read(SAMPLE)):
        for _, labels in labelled:
            if labels is not None:
                assert set(labels.frames) == {f for f, score in labels.frame_scores.items() if score >= thresholds[f]}
                assert set(labels.positions) == set(labels.frames)


def test_the_same_text_gets_the_same_labels_in_either_script(fast: narrativ.Labeler) -> None:
    simplify = opencc.OpenCC("t2s")
    lines = [line for d in narrativ.read(SAMPLE) if d.script == "Hant" for line in d.text.split("\n")]
    for line in lines:
        there, back = fast(line), fast(simplify.convert(line))
        assert there.frames == back.frames
        assert there.frame_scores == pytest.approx(back.frame_scores)


def test_batches_do_not_matter(fast: narrativ.Labeler) -> None:
    documents = list(narrativ.read(SAMPLE))
    one = narrativ.Labeler(engine=fast.engine, batch_size=1).label(documents)
    assert [row.keys() for row in one["frame_scores"]] == [row.keys() for row in fast.label(documents)["frame_scores"]]
    assert one["frames"].tolist() == fast.label(documents)["frames"].tolist()


@given(st.lists(st.text(alphabet=st.sampled_from("国股价开源ab c\n,。1"), max_size=30), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_ngrams_of_a_batch_are_those_of_its_texts(forms: list[str]) -> None:
    together = ngrams.positions(join_forms(forms))
    for number, form in enumerate(forms):
        alone = ngrams.positions(join_forms([form]))
        for batch, single in zip(together, alone, strict=True):
            run = slice(batch.offsets[number], batch.offsets[number + 1])
            assert batch.bucket[run].tolist() == single.bucket.tolist()
    matrix, idf = features(forms)
    table = np.stack([idf * 0.5, idf * -2.0], axis=1).astype(np.float32)
    expected = matrix @ np.array([0.5, -2.0])[None, :].repeat(ngrams.BUCKETS, axis=0)
    assert ngrams.scores(together, table, idf) == pytest.approx(np.asarray(expected), abs=1e-4)


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


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(_corpus(), BOOK).save(tmp_path / name)
    for file in ("weights.npz", "model.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    engine = FastEngine(BOOK, load_model(tmp_path / "a"))
    assert narrativ.Labeler(engine=engine)("英伟达股价暴跌，市值蒸发，恐慌抛售。").frames == ["market_shock"]


def test_too_few_documents_cannot_calibrate() -> None:
    with pytest.raises(ValueError, match="too few to calibrate"):
        train(_corpus()[:8], BOOK)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no model"):
        load_model(tmp_path)
