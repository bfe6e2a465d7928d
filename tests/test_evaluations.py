"""Stance by words and rules: minimal pairs as a floor, and what must and must not change a score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import opencc
import pytest

from narrativ.codebook import load_codebook
from narrativ.label.evaluations import FEATURES, Judged, baseline_stance
from narrativ.learn.score_stance import Pair, load_pairs, macro_f1, score_pairs
from narrativ.learn.stance import StanceReader
from tests.conftest import CASES

BOOK = load_codebook()
READER = StanceReader(BOOK)
PAIRS = {name: load_pairs(CASES / f"{name}.tsv") for name in ("stance_pairs", "stance_pairs_more")}

# The first file was worked on; the second was written before the rules and not looked at.
FLOORS = {"stance_pairs": 0.88, "stance_pairs_more": 0.82}


def _judge(texts: Sequence[str], target: str = "deepseek") -> Judged:
    return READER.read(texts, [(target,)] * len(texts)).judged


def _scores(texts: Sequence[str], target: str = "deepseek") -> list[float]:
    judged = _judge(texts, target)
    assert judged.text.tolist() == list(range(len(texts)))
    scores: list[float] = judged.score.tolist()
    return scores


def _table(pairs: Sequence[Pair], right: Sequence[tuple[bool, bool]]) -> str:
    by: dict[str, list[bool]] = defaultdict(list)
    for pair, (first, second) in zip(pairs, right, strict=True):
        by[pair.phenomenon].append(first and second)
    return "\n".join(f"{name}: {sum(values)} of {len(values)}" for name, values in sorted(by.items()))


@pytest.mark.parametrize("name", PAIRS)
def test_minimal_pairs_are_told_apart(name: str) -> None:
    right = score_pairs(PAIRS[name], READER)
    share = float(np.mean([first and second for first, second in right]))
    assert share >= FLOORS[name], f"{share:.3f}\n{_table(PAIRS[name], right)}"


def test_pair_files_are_well_formed() -> None:
    ids = [pair.id for pairs in PAIRS.values() for pair in pairs]
    assert len(ids) == len(set(ids)) >= 540
    texts = [pair.texts for pairs in PAIRS.values() for pair in pairs]
    assert len(texts) == len(set(texts))
    for pairs in PAIRS.values():
        for pair in pairs:
            assert pair.texts[0] != pair.texts[1], pair.id
            assert pair.target in BOOK.target_ids, pair.id
            assert set(pair.stances) <= {"favor", "against", "neutral"}, pair.id
            assert pair.script in ("Hans", "Hant", "Latn"), pair.id


def test_traditional_is_judged_as_simplified() -> None:
    converter = opencc.OpenCC("t2s")
    texts = [text for pair in PAIRS["stance_pairs"] if pair.script == "Hant" for text in pair.texts]
    assert len(texts) > 200
    assert _scores(texts) == pytest.approx(_scores([converter.convert(text) for text in texts]))


def test_a_negator_never_leaves_a_plain_chinese_predicate_alone() -> None:
    """X十分A / X并不A (X is very A / X is not A), for every quality of two characters; a hundredth is no predicate."""
    words = sorted(
        {
            term
            for cue in READER.evaluations.lexicon.cues
            if cue.kind == "quality"
            for term in cue.terms
            if len(term) == 2 and not term.isascii() and not set(term) & set("不没无未非很真太更最好有")
        }
    )
    assert len(words) > 400
    plain = _scores([f"DeepSeek十分{word}。" for word in words])
    turned = _scores([f"DeepSeek并不{word}。" for word in words])
    judged = [(word, a, b) for word, a, b in zip(words, plain, turned, strict=True) if a]
    assert len(judged) > 0.95 * len(words)
    left = [item for item in judged if item[1] * item[2] >= 0]
    assert len(left) <= 0.01 * len(words), left


def test_not_never_leaves_a_plain_english_predicate_alone() -> None:
    words = sorted(
        {
            term
            for cue in READER.evaluations.lexicon.cues
            if cue.kind == "quality"
            for term in cue.terms
            if term.isalpha() and term.isascii()
        }
    )
    assert len(words) > 800
    plain = _scores([f"DeepSeek is {word}." for word in words])
    turned = _scores([f"DeepSeek is not {word}." for word in words])
    judged = [(word, a, b) for word, a, b in zip(words, plain, turned, strict=True) if a]
    assert len(judged) > 0.95 * len(words)
    assert [item for item in judged if item[1] * item[2] >= 0] == []


def test_an_unrelated_paragraph_adds_nothing() -> None:
    texts = [pair.texts[0] for pair in PAIRS["stance_pairs"][:130]]
    more = [text + "\n会议定于周三上午十点在三楼举行，请准时到场。" for text in texts]
    assert _scores(more) == pytest.approx(_scores(texts))


def test_other_passages_of_the_batch_change_nothing() -> None:
    texts = [text for pair in PAIRS["stance_pairs_more"] for text in pair.texts]
    together = _judge(texts)
    alone = [_judge([text]) for text in texts[:60]]
    for number, one in enumerate(alone):
        assert one.features[0] == pytest.approx(together.features[number]), texts[number]
    backwards = _judge(texts[::-1])
    assert backwards.features[::-1] == pytest.approx(together.features)


def test_evidence_adds_up_to_the_score_and_lies_in_the_text() -> None:
    texts = [text for pairs in PAIRS.values() for pair in pairs for text in pair.texts]
    judged = _judge(texts)
    spans = 0
    for row, number in enumerate(judged.text.tolist()):
        evidence = judged.evidence(row)
        spans += len(evidence)
        assert sum(weight for _, _, weight in evidence) == pytest.approx(judged.score[row])
        for start, end, _ in evidence:
            assert 0 <= start < end <= len(texts[number])
        assert [span[:2] for span in evidence] == sorted(span[:2] for span in evidence)
    assert spans > 400


@pytest.mark.parametrize(
    ("text", "favored", "other"),
    [
        ("DeepSeek比OpenAI可靠。", "deepseek", "us_ai_industry"),
        ("OpenAI没有DeepSeek可靠。", "deepseek", "us_ai_industry"),
        ("OpenAI不如DeepSeek。", "deepseek", "us_ai_industry"),
        ("DeepSeek is more reliable than OpenAI.", "deepseek", "us_ai_industry"),
        ("DeepSeek is slower than OpenAI.", "us_ai_industry", "deepseek"),
    ],
)
def test_the_loser_of_a_comparison_gets_nothing(text: str, favored: str, other: str) -> None:
    assert _scores([text], favored)[0] > 0.5
    assert _scores([text], other)[0] == 0.0


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("白宫的关税荒唐，DeepSeek的模型可靠。", 1),
        ("多名学者批评DeepSeek。", -1),
        ("DeepSeek被多名学者称赞。", 1),
        ("DeepSeek was praised by many.", 1),
        ("I hate the weather. DeepSeek is reliable.", 1),
        ("如果DeepSeek可靠，名单就会更新。", 0),
        ("DeepSeek可靠吗？", 0),
        ("难道DeepSeek可靠吗？", -1),
        ("虽然DeepSeek界面难看，但是答案可靠。", 1),
        ("DeepSeek is not only reliable.", 1),
        ("谁说DeepSeek的模型今天更新。", 0),
    ],
)
def test_scope_and_bearer(text: str, sign: int) -> None:
    assert {0: 1, 1: -1, 2: 0}[int(baseline_stance(_judge([text]).score)[0])] == sign


def test_a_target_that_is_asked_for_and_not_named_is_judged_by_the_whole() -> None:
    assert _scores(["画面模糊，声音刺耳，实在糟糕。"])[0] < -2
    assert len(READER.read(["画面模糊，实在糟糕。"]).judged.text) == 0


def test_nothing_is_found_in_nothing() -> None:
    assert len(READER.read([]).judged.text) == 0
    judged = _judge(["", " ", "。", "!", "DeepSeek"])
    assert judged.score.tolist() == [0.0] * 5
    assert judged.features.shape == (5, len(FEATURES))
    assert np.isfinite(judged.features).all()


def test_a_long_run_of_the_same_is_bounded() -> None:
    judged = _judge(["DeepSeek可靠。" * 2000, "not " * 3000 + "DeepSeek is reliable"])
    assert np.isfinite(judged.features).all()
    assert np.abs(judged.features).max() < 20


def test_macro_f1_is_the_mean_of_three() -> None:
    assert macro_f1(["favor", "against", "neutral"], ["favor", "against", "neutral"]) == 1.0
    assert macro_f1(["favor", "favor"], ["favor", "favor"]) == pytest.approx(1 / 3)
    assert macro_f1(
        ["favor", "against", "neutral", "neutral"], ["favor", "neutral", "neutral", "against"]
    ) == pytest.approx((1 + 0 + 0.5) / 3)
