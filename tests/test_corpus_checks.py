"""The corpora's checks: each passes where it should, fails where it should, and the corpora keep their limits."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import narrativ
from narrativ import cli
from narrativ.codebook import load_codebook
from narrativ.label.engine import Batch
from narrativ.learn import checks
from narrativ.learn.checks import Limits, check_balance, check_duplicates, check_wording
from narrativ.learn.corpus import Example, load_corpus
from narrativ.learn.duplicates import near_duplicates
from narrativ.learn.realism import probe, statistics, tells
from narrativ.learn.scripts import DIRECTIONS, script_agreement
from narrativ.learn.wording import diversity, formulas, mattr
from narrativ.records import Labels
from narrativ.text.normalize import match_forms
from tests.conftest import ROOT

BOOK = load_codebook()
SCRIPT_FLOOR = 0.99
"""Share of gold passages whose labels are the same in either script; 1.00 when it was pinned."""


def example(number: int, text: str, script: str = "Hans", **fields: object) -> Example:
    made = Example(f"made-{number:04d}", text, script, {}, {}, "author")
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def training() -> list[Example]:
    return load_corpus(ROOT / "corpora" / "deepseek", codebook=BOOK)


@pytest.fixture(scope="module")
def gold() -> list[Example]:
    return load_corpus(ROOT / "corpora" / "gold", codebook=BOOK)


# --- near-duplicates -------------------------------------------------------------------------------------------------


def jaccard(one: str, two: str) -> float:
    def grams(text: str) -> set[str]:
        return {text[i : i + 3] for i in range(max(len(text) - 2, 1))} if text else set()

    a, b = grams(one), grams(two)
    return len(a & b) / len(a | b) if a | b else 0.0


@given(
    st.lists(st.text(alphabet="abcd", max_size=14), min_size=2, max_size=25),
    st.sampled_from([0.1, 0.34, 0.5, 0.6, 0.9, 1.0]),
)
@settings(max_examples=150, deadline=None)
def test_pruning_loses_no_pair(texts: list[str], at_least: float) -> None:
    expected = {
        (i, j) for j in range(len(texts)) for i in range(j) if jaccard(texts[i], texts[j]) >= at_least - 1e-9
    }  # fmt: skip
    found = near_duplicates(texts, at_least=at_least)
    assert {(pair.first, pair.second) for pair in found} == expected
    for pair in found:
        assert pair.similarity == pytest.approx(jaccard(texts[pair.first], texts[pair.second]))


def test_script_width_case_and_punctuation_hide_no_copy() -> None:
    forms = match_forms(["輝達 ＧＰＵ 的股價，今天又跌了！", "辉达gpu的股价今天又跌了", "食堂的土豆今天卖完了"])
    [pair] = near_duplicates(forms, at_least=0.6)
    assert (pair.first, pair.second, pair.similarity) == (0, 1, 1.0)


def test_blocks_of_rows_find_pairs_across_their_borders(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    texts = ["".join(rng.choices("abcdefghij", k=12)) for _ in range(50)]
    texts += texts[:7]
    whole = near_duplicates(texts, at_least=0.9)
    monkeypatch.setattr("narrativ.learn.duplicates._ROWS", 3)
    assert near_duplicates(texts, at_least=0.9) == whole
    assert len(whole) == 7


@pytest.mark.parametrize("at_least", [0.0, -1.0, 1.01])
def test_a_threshold_outside_its_range_is_refused(at_least: float) -> None:
    with pytest.raises(ValueError, match="at_least"):
        near_duplicates(["abc"], at_least=at_least)


def test_nothing_has_no_duplicates() -> None:
    assert near_duplicates([]) == []
    assert near_duplicates(["", "", "！？"]) == []


def test_a_gold_passage_that_stands_in_training_is_a_leak() -> None:
    texts = ["会议室换到三楼，下午两点签到", "食堂的菜单下周更新，多两个素菜", "图书馆周五提前一小时关门盘点"]
    training = [example(n, text) for n, text in enumerate(texts)]
    section = check_duplicates(training, [example(9, "會議室換到三樓，下午兩點簽到。", "Hant")])
    assert [problem for problem in section.problems if "made-0009 is like made-0000" in problem]
    assert check_duplicates(training, [example(9, "停车场入口改到北门")]).problems == []


def test_too_many_near_duplicates_break_the_limit() -> None:
    rng = random.Random(2)
    different = [example(n, "".join(rng.choices("天地玄黄宇宙洪荒日月盈昃辰宿列张", k=30))) for n in range(100)]
    assert check_duplicates(different).problems == []
    copied = [*different, replace(different[0], id="copy")]
    assert check_duplicates(copied).problems == ["1.98% of passages are near-duplicates, more than 1%"]


# --- balance ---------------------------------------------------------------------------------------------------------


def test_thin_cells_are_named() -> None:
    rows = [
        example(n, "x", script, frames={frame: position}, stance={target: value})
        for n, (script, frame, position, target, value) in enumerate(
            (script, frame, position, target, value)
            for script in ("Hans", "Hant", "Latn")
            for frame in BOOK.frame_ids
            for position in ("endorses", "reports", "rejects")
            for target in BOOK.target_ids
            for value in ("favor", "against", "neutral")
        )
    ]
    limits = Limits(cell=2, stance=10, opposite=0)
    assert [problem for section in check_balance(rows, BOOK, limits=limits) for problem in section.problems] == []
    kept = [row for row in rows if row.stance != {"china": "favor"} or row.script != "Hant"]
    problems = [problem for section in check_balance(kept, BOOK, limits=limits) for problem in section.problems]
    assert problems == ["china favor Hant: 0 passages, fewer than 2"]


def test_a_corpus_without_opposite_stances_is_said() -> None:
    one_sided = [example(n, "x", stance={"deepseek": "favor", "china": "favor"}) for n in range(5)]
    section = check_balance(one_sided, BOOK, limits=Limits(cell=0, stance=5, opposite=1))[0]
    assert section.problems == ["0 passages are for one target and against another, fewer than 1"]


# --- wording ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60), st.integers(1, 20))
@settings(max_examples=200, deadline=None)
def test_mattr_is_the_mean_over_windows(words: list[str], window: int) -> None:
    if len(words) <= window:
        expected = len(set(words)) / len(words)
    else:
        ratios = [len(set(words[i : i + window])) / window for i in range(len(words) - window + 1)]
        expected = sum(ratios) / len(ratios)
    assert mattr(words, window=window) == pytest.approx(expected)


def test_more_of_the_same_text_does_not_change_diversity() -> None:
    words = random.Random(3).choices([f"w{n}" for n in range(700)], k=3_000)
    assert mattr(words) == pytest.approx(mattr(words * 5), abs=0.01)
    assert len(set(words)) / len(words) > 4 * len(set(words * 5)) / len(words * 5)


def test_a_cell_that_repeats_itself_breaks_the_limit() -> None:
    varied = [
        example(n, " ".join(f"word{n * 60 + k}" for k in range(60)), "Latn", genre="wire", region="UK")
        for n in range(40)
    ]
    same = [replace(row, id=f"s{row.id}", text="we all like it " * 15, genre="chat", region="US") for row in varied]
    cells, left_out = diversity([*varied, *same])
    assert [cell.value for cell in cells[:2]] == ["chat", "US"]
    assert {cell.value for cell in cells[2:]} == {"wire", "UK"}
    assert left_out == 0
    sections = check_wording([*varied, *same])
    assert [problem for problem in sections[0].problems if "'chat'" in problem]
    assert check_wording(varied)[0].problems == []


def test_openings_that_recur_are_found() -> None:
    rows = [example(n, f"值得注意的是，第{n}个季度的数字还没有公布。") for n in range(6)]
    rows += [example(10 + n, f"{n}号楼的电梯今天检修，请走楼梯，谢谢大家。") for n in range(4)]
    top = formulas(rows)["Hans"]
    assert top["openings"][0] == ("值得注意的是", 6, 0.6)
    assert top["closings"][0].text == "字还没有公布"
    assert [problem for problem in check_wording(rows)[1].problems if "值得注意的是" in problem]


def test_a_name_is_one_unit_of_a_chinese_opening() -> None:
    rows = [example(n, text) for n, text in enumerate(["DeepSeek今天更新了应用", "DeepSeek昨天换了图标呢"])]
    assert [item.text for item in formulas(rows)["Hans"]["openings"]] == ["deepseek今天更新了", "deepseek昨天换了图"]


# --- realism ---------------------------------------------------------------------------------------------------------


def _made(count: int, words: str, seed: int, prefix: str) -> list[Example]:
    rng = random.Random(seed)
    return [
        Example(f"{prefix}-{n:03d}", " ".join(rng.choices(words.split(), k=25)), "Latn", {}, {}, "author")
        for n in range(count)
    ]


WORDS = "market model report chips week price open staff vote river train paper garden winter letter song"


def test_passages_of_one_kind_cannot_be_told_apart() -> None:
    result = probe(_made(120, WORDS, 1, "ours-1"), _made(120, WORDS, 2, "theirs"))
    assert result.auc is not None
    assert result.auc < 0.65


def test_passages_of_two_kinds_are_told_apart_and_by_what() -> None:
    ours = _made(120, WORDS + " whimsical whimsical", 1, "ours-1")
    theirs = _made(120, WORDS + " significant significant", 2, "theirs")
    result = probe(ours, theirs)
    assert result.auc is not None
    assert result.auc > 0.95
    assert set(result.by_round) == {"ours-1"}
    give_ours, give_theirs = tells(ours, theirs)
    assert give_ours[0].text == "whimsical"
    assert give_theirs[0].text == "significant"
    assert all(" " not in tell.text for tell in give_theirs)


def test_lengths_are_matched() -> None:
    """Two kinds that differ in nothing but length have too few passages to compare."""
    short = [replace(row, text=row.text[:20]) for row in _made(100, WORDS, 1, "ours-1")]
    result = probe(short, _made(100, WORDS, 2, "theirs"))
    assert (result.matched, result.auc) == (0, None)


def test_statistics_count_what_they_say() -> None:
    found = statistics([example(1, "DeepSeek 可能（或许）涨了12点！")], BOOK)
    size = len("DeepSeek 可能（或许）涨了12点！")
    assert found["digits"] == pytest.approx(2000 / size)
    assert found["hedges"] == pytest.approx(2000 / size)
    assert found["names of targets"] == pytest.approx(1000 / size)
    assert found["space between Han and Latin"] == pytest.approx(1000 / size)


# --- scripts ---------------------------------------------------------------------------------------------------------


class ByCharacter:
    """An engine that does not look at the match form: it sees the frame only in Simplified characters."""

    name = "by-character"
    codebook = BOOK

    def label(self, batch: Batch) -> list[Labels]:
        return [
            Labels(frames=("market_shock",) if "跌" in p.document.text and "价" in p.document.text else ())
            for p in batch.passages
        ]


def test_an_engine_that_reads_one_script_only_is_found_out() -> None:
    rows = [example(1, "股价跌了"), example(2, "食堂关门"), example(3, "股價跌了", "Hant")]
    found = script_agreement(ByCharacter(), rows)
    assert found["s2tw"]["agreement"] == 0.5
    assert found["s2hk"]["differences"] == [{"id": "made-0001", "labels": ["frames"]}]
    assert found["t2s"]["agreement"] == 0.0
    assert script_agreement(ByCharacter(), [example(4, "Shares fell", "Latn")]) == {}


@pytest.mark.parametrize("engine", ["lexicon", "fast"])
def test_the_same_labels_in_either_script(engine: str, gold: list[Example]) -> None:
    found = script_agreement(narrativ.Labeler(engine=engine).engine, gold)
    assert set(found) == set(DIRECTIONS)
    for direction, part in found.items():
        assert part["passages"] >= 100
        assert part["agreement"] >= SCRIPT_FLOOR, (direction, part["differences"])


def test_the_command_reports_scripts(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as done:
        cli.main(
            ["evaluate", str(ROOT / "corpora/gold"), "--engine", "fast", "--scripts", "-o", str(tmp_path / "r.json"),
             "-o", str(tmp_path / "r.md")]
        )  # fmt: skip
    assert done.value.code == cli.EXIT_OK
    data = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert data["script_agreement"]["s2hk"]["passages"] > 100
    assert "| s2tw |" in (tmp_path / "r.md").read_text(encoding="utf-8")


# --- the corpora -----------------------------------------------------------------------------------------------------


def test_the_corpora_keep_their_limits(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main([]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "Between training and gold set: 0 pairs" in printed.out


def test_a_broken_limit_or_corpus_is_an_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {"id": "a", "text": "今天食堂关门", "script": "Hans", "frames": {}, "stance": {}, "holder": "author"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({**row, "id": "b", "text": "明天开门了"}), encoding="utf-8")
    a, b = str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")
    assert checks.main(["--corpus", a, "--gold", b]) == 1
    assert "limit broken: deepseek favor Hans: 0 passages" in capsys.readouterr().err
    (tmp_path / "b.jsonl").write_text("{", encoding="utf-8")
    assert checks.main(["--corpus", a, "--gold", b]) == 2
    assert "b.jsonl:1" in capsys.readouterr().err


def test_the_probe_runs_against_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = (ROOT / "corpora" / "gold" / "latn.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "a.jsonl").write_text("\n".join(gold[:80]), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\n".join(gold[80:]), encoding="utf-8")
    arguments = ["--corpus", str(tmp_path / "a.jsonl"), "--gold", str(tmp_path / "a.jsonl")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "check_duplicates", lambda *_: checks.Section("none", []))
        checks.main([*arguments, "--against", str(tmp_path / "b.jsonl")])
    printed = capsys.readouterr().out
    assert "## Realism, Latn" in printed
    assert "AUC" in printed


def test_the_datasheet_counts_what_is_there(training: list[Example]) -> None:
    sheet = (ROOT / "corpora" / "deepseek" / "DATASHEET.md").read_text(encoding="utf-8")
    assert f"{len(training):,} labelled passages" in sheet
    assert f"{sum(bool(e.document) for e in training):,} of them are the paragraphs of" in sheet
    assert f"of {len({e.document for e in training if e.document})} whole documents" in sheet
    told = {
        name: [int(cell) for cell in cells.split("|")]
        for name, cells in re.findall(r"^\| (\w+) \| (\d+ \| \d+ \| \d+) \|$", sheet, re.M)
    }
    frames = Counter((frame, position) for e in training for frame, position in e.frames.items())
    stances = Counter((target, value) for e in training for target, value in e.stance.items())
    expected = {f: [frames[f, p] for p in ("endorses", "reports", "rejects")] for f in BOOK.frame_ids}
    expected |= {t: [stances[t, v] for v in ("favor", "against", "neutral")] for t in BOOK.target_ids}
    assert told == expected
