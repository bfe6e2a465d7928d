"""Whose view a passage mainly gives, how that is trained and scored, and the features for the position."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from narrativ.codebook import load_codebook
from narrativ.errors import TableError
from narrativ.label import ngrams
from narrativ.label.attribution import FEATURE_NAMES, attribution_features
from narrativ.label.batchtext import join_forms
from narrativ.label.holder import AUTHOR, FEATURES, holder_features, holder_of, load_holder_model
from narrativ.label.voice import OTHERS, find_voices, scan_forms
from narrativ.learn.card import corpus_hash
from narrativ.learn.corpus import Example, load_corpus
from narrativ.learn.features import gram_matrix
from narrativ.learn.judge_stance import same_name
from narrativ.learn.position import score_positions, train_positions
from narrativ.learn.voice import passages_of, train_voice
from narrativ.learn.voice_score import score_holders
from narrativ.records import Document, Passage
from narrativ.text.normalize import match_forms, to_simplified
from tests.conftest import ROOT, cases

BOOK = load_codebook()
CASES: list[dict[str, Any]] = cases("voices.json")
DEV = Path(os.environ.get("NARRATIV_DEV", ROOT.parent / "shared" / "dev" / "passages.jsonl"))


def passages(texts: list[str], scripts: list[str] | None = None) -> list[Passage]:
    return [
        Passage(Document(str(n), text), 0, 0, len(text), (scripts or ["Hans"] * len(texts))[n])  # type: ignore[arg-type]
        for n, text in enumerate(texts)
    ]


def holders(texts: list[str], scripts: list[str] | None = None) -> list[str]:
    parts, forms = passages(texts, scripts), match_forms(texts)
    return holder_of(parts, forms, find_voices(parts, forms))


@pytest.fixture(scope="module")
def gold() -> list[Example]:
    return load_corpus(ROOT / "corpora" / "gold", codebook=BOOK)


@pytest.fixture(scope="module")
def corpus() -> list[Example]:
    return load_corpus(ROOT / "corpora" / "deepseek", codebook=BOOK)


@pytest.fixture(scope="module")
def some(corpus: list[Example]) -> list[Example]:
    return corpus[::12]


def test_holders_of_the_cases() -> None:
    told = holders([case["text"] for case in CASES], [case["script"] for case in CASES])
    wrong = [
        (case["text"], case["holder"], name) for case, name in zip(CASES, told, strict=True) if name != case["holder"]
    ]
    assert wrong == []


def test_traditional_and_simplified_have_the_same_holder() -> None:
    texts = [case["text"] for case in CASES if case["script"] == "Hant"]
    assert [to_simplified(name) for name in holders(texts)] == holders([to_simplified(text) for text in texts])


def test_the_one_who_says_most_holds_the_view() -> None:
    short, long = (
        "高远说，芯片够用。",
        "钱敏说，芯片远远不够，明年还要再买三千张，预算已经报上去了，董事会下周就会讨论这件事。",
    )
    assert holders([short + long, long + short]) == ["钱敏", "钱敏"]


def test_a_named_holder_goes_before_an_unnamed_one() -> None:
    assert holders(["有网友说，这是一场排练好的戏。工程师方子墨说，这是三年里最没有排练的一次发布。"]) == ["方子墨"]


def test_no_passages_no_holders() -> None:
    assert holders([]) == []
    assert holder_features([], [], []).shape == (0, len(FEATURES))
    assert attribution_features([], [], []).shape == (0, len(FEATURE_NAMES))


def test_a_passage_without_letters_is_the_authors() -> None:
    assert holders(["", "……", "\n"]) == [AUTHOR] * 3


def test_features_are_finite_and_in_range() -> None:
    texts = [case["text"] for case in CASES]
    parts, forms = passages(texts), match_forms(texts)
    found = find_voices(parts, forms)
    table = holder_features(parts, forms, found)
    assert table.shape == (len(CASES), len(FEATURES))
    assert np.isfinite(table).all()
    assert table.min() >= 0
    shares = [index for index, name in enumerate(FEATURES) if name.endswith("share")]
    assert table[:, shares].max() <= 1.0 + 1e-9


def test_attribution_features_do_not_depend_on_the_batch() -> None:
    texts = [case["text"] for case in CASES]
    parts, forms = passages(texts), match_forms(texts)
    found = find_voices(parts, forms)
    table = attribution_features(parts, forms, found)
    assert table.shape == (len(CASES), len(FEATURE_NAMES))
    assert np.isfinite(table).all()
    assert np.allclose(table, attribution_features(parts, forms, found, scan=scan_forms(forms)))
    for number in (0, 57, 150, len(CASES) - 1):
        alone = attribution_features([parts[number]], [forms[number]], [found[number]])
        assert np.allclose(alone[0], table[number])


@pytest.mark.parametrize(
    ("name", "with_it", "without"),
    [
        ("verbs_of_distance", "他声称价格会降。", "他表示价格会降。"),
        ("hedge", "价格或许会降。", "价格会降。"),
        ("debunk", "这是谣言。", "这是消息。"),
        ("debunk", "It is baseless.", "It is ready."),
        ("question", "难道价格会降？", "价格会降。"),
        ("asks", "价格会降？", "价格会降。"),
        ("exclaims", "价格会降！", "价格会降。"),
        ("irony", "呵呵，价格会降。", "嗯，价格会降。"),
        ("first", "我们看价格会降。", "他们看价格会降。"),
        ("i_we", "I see it and we like it.", "It sees in and wears white."),
        ("term_quotes", "所谓“便宜”。", "所谓便宜。"),
        ("negation", "价格不会降。", "价格会降。"),
    ],
)
def test_a_cue_raises_its_feature(name: str, with_it: str, without: str) -> None:
    parts, forms = passages([with_it, without]), match_forms([with_it, without])
    table = attribution_features(parts, forms, find_voices(parts, forms))
    column = table[:, FEATURE_NAMES.index(name)]
    assert column[0] > column[1]


def test_the_model_is_the_corpus_own(corpus: list[Example]) -> None:
    assert load_holder_model().card["corpus"]["sha256"] == corpus_hash(corpus), "run python -m narrativ.learn.voice"


def test_training_gives_the_same_bytes_twice(some: list[Example], tmp_path: Path) -> None:
    for name in ("a", "b"):
        train_voice(some).save(tmp_path / name)
    assert (tmp_path / "a" / "holder.json").read_bytes() == (tmp_path / "b" / "holder.json").read_bytes()
    loaded = load_holder_model(tmp_path / "a")
    assert np.allclose(loaded.weights, train_voice(some).weights)


def test_nothing_is_learned_from_one_answer(some: list[Example]) -> None:
    with pytest.raises(ValueError, match="holder cannot be learned"):
        train_voice([example for example in some if example.holder == AUTHOR])
    with pytest.raises(ValueError, match="holder cannot be learned"):
        train_voice([])


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no holder model"):
        load_holder_model(tmp_path)
    (tmp_path / "holder.json").write_text('{"format": 1, "bias": 0, "weights": {"x": 1}, "card": {}}', encoding="utf-8")
    with pytest.raises(TableError, match="no holder model"):
        load_holder_model(tmp_path)


def test_names_are_compared_without_titles_scripts_and_signs() -> None:
    assert same_name("Glenn Youngkin", "Youngkin")
    assert same_name("輝達", "辉达")
    assert same_name("云岭科技首席执行官沈一帆", "沈一帆")
    assert same_name("《海峡晨报》", "海峡晨报")
    assert not same_name("高远", "钱敏")
    assert not same_name("X", "Xu Lan")


def test_the_scorer_counts_what_it_says() -> None:
    def example(number: int, text: str, holder: str) -> Example:
        return Example(id=str(number), text=text, script="Hans", frames={}, stance={}, holder=holder)

    right = [example(n, case["text"], case["holder"]) for n, case in enumerate(CASES)]
    scores = score_holders(right)["all"]
    assert (scores["author_or_other"], scores["name_right"]) == (1.0, 1.0)
    named = [e for e in right if e.holder not in (AUTHOR, OTHERS)][:4]
    wrong = [example(n, e.text, "别的人") for n, e in enumerate(named)]
    assert score_holders(wrong)["all"]["name_right"] == 0.0
    assert score_holders(wrong)["all"]["author_or_other"] == 1.0
    nobody = score_holders([example(0, "价格会降。", AUTHOR)])["all"]
    assert (nobody["name_right"], nobody["named"]) == (None, 0)
    with pytest.raises(ValueError, match="no gold passages"):
        score_holders([])


def test_gold_floors(gold: list[Example]) -> None:
    """Pinned on this gold set; when it changes, measure again (python -m narrativ.learn.voice_score corpora/gold)."""
    assert corpus_hash(gold)[:16] == "4fa8d5b544b67543"
    scores = score_holders(gold)
    assert scores["all"]["author_or_other"] >= 0.86
    assert scores["all"]["name_right"] >= 0.49
    for script, floor in (("Hans", 0.86), ("Hant", 0.84), ("Latn", 0.86)):
        assert scores[script]["author_or_other"] >= floor, script
    assert score_holders(gold, together=True)["all"]["author_or_other"] >= 0.86


def test_floors_on_real_passages() -> None:
    if not DEV.is_file():
        pytest.skip(f"no labelled real passages at {DEV}")
    scores = score_holders(load_corpus(DEV, codebook=BOOK))["all"]
    assert scores["author_or_other"] >= 0.85
    assert scores["name_right"] >= 0.60


@pytest.mark.parametrize("per_frame", [True, False])
def test_positions_are_learned_and_add_up(some: list[Example], per_frame: bool) -> None:
    parts, forms = passages_of(some)
    matrix, idf = gram_matrix(forms)
    model = train_positions(some, BOOK, matrix=matrix, idf=idf, per_frame=per_frame)
    assert model.table.shape == (ngrams.BUCKETS, (len(BOOK.frame_ids) if per_frame else 1) * 3)
    scores = score_positions(model, idf, some)
    assert scores["n"] == sum(len(example.frames) for example in some)
    assert scores["accuracy"] > 0.75  # on its own training passages; the most frequent position has about half
    attribution = attribution_features(parts, forms, find_voices(parts, forms))
    scored = ngrams.scores(ngrams.positions(join_forms(forms)), ngrams.with_squares(model.table, idf))
    whole = model.log_odds(scored, attribution)
    assert whole.shape == (len(some), len(BOOK.frame_ids), 3)
    grams = scored.reshape(len(some), -1, 3)
    told = np.clip(attribution, model.low, model.high) @ model.attribution
    assert np.allclose(whole, grams + told[:, None] + model.bias[None])
    with pytest.raises(ValueError, match="attribution features"):
        model.log_odds(scored, attribution[:, 1:])


def test_somebody_elses_words_are_reported_rather_than_endorsed(some: list[Example]) -> None:
    _, idf = gram_matrix(passages_of(some)[1])
    model = train_positions(some, BOOK, idf=None)
    texts = ["权重谁都可以拿去改，这是送给所有人的礼物。", "多位分析师表示，权重谁都可以拿去改，这是送给所有人的礼物。"]
    parts, forms = passages(texts), match_forms(texts)
    attribution = attribution_features(parts, forms, find_voices(parts, forms))
    scored = ngrams.scores(ngrams.positions(join_forms(forms)), ngrams.with_squares(model.table, idf))
    log_odds = model.log_odds(scored, attribution)
    margin = log_odds[:, 0, 1] - log_odds[:, 0, 0]  # reports against endorses, open-source praise
    assert margin[1] > margin[0]
