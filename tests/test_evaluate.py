"""Evaluation says what it should about engines whose answers are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from narrativ import cli
from narrativ.codebook import load_codebook
from narrativ.label.engine import Batch
from narrativ.learn.corpus import Example
from narrativ.learn.evaluate import Report, evaluate
from narrativ.learn.judge_stance import holders, mentions, same_name, stances
from narrativ.learn.report import check_floors, markdown
from narrativ.records import Labels
from tests.conftest import ROOT

BOOK = load_codebook()
GOLD = [
    Example(f"{script}-{n}", f"passage {n} of {script}", script, {"market_shock": "reports"} if n % 2 else {}, {}, "author", document=f"{script}{n // 4}")
    for script in ("Hans", "Latn")
    for n in range(20)
]  # fmt: skip


class Known:
    """An engine that answers by a rule."""

    name = "known"
    codebook = BOOK

    def __init__(self, score: float, wrong: float) -> None:
        self.score, self.wrong = score, wrong

    def label(self, batch: Batch) -> list[Labels]:
        made = []
        for passage in batch.passages:
            present = int(passage.document.id.split("-")[1]) % 2 == 1
            score = self.score if present else self.wrong
            scores = dict.fromkeys(BOOK.frame_ids, 0.0) | {"market_shock": score}
            told = ("market_shock",) if score >= 0.5 else ()
            made.append(Labels(frames=told, frame_scores=scores, positions=dict.fromkeys(told, "endorses")))
        return made


def shock(report: Report, script: str = "all") -> dict[str, object]:
    found: dict[str, object] = report.data["scripts"][script]["frames"]["market_shock"]
    return found


def test_a_perfect_engine() -> None:
    report = evaluate(Known(1.0, 0.0), GOLD)
    assert shock(report)["f1"] == shock(report)["average_precision"] == 1.0
    assert shock(report)["f1_interval"] == [1.0, 1.0]
    assert report.data["calibration"]["zh"]["error"] == 0.0
    assert report.data["positions"] == {
        "n": 20, "accuracy": 0.0,
        "gold_by_told": {"endorses": {"endorses": 0, "reports": 0, "rejects": 0}, "reports": {"endorses": 20, "reports": 0, "rejects": 0},
                         "rejects": {"endorses": 0, "reports": 0, "rejects": 0}},
    }  # fmt: skip
    assert report.data["misses"] == []


def test_an_engine_that_always_says_yes() -> None:
    report = evaluate(Known(0.9, 0.9), GOLD)
    assert (shock(report)["precision"], shock(report)["recall"]) == (0.5, 1.0)
    assert shock(report, "Latn")["told"] == 20
    assert report.data["calibration"]["en"]["error"] == pytest.approx(0.4 / 5, abs=1e-3)  # one frame of five is 0.4 off
    assert report.data["confusion"] == [{"gold": "–", "told": "market_shock", "n": 20}]
    assert len(report.data["misses"]) == 20


def test_an_engine_that_never_says_yes() -> None:
    report = evaluate(Known(0.1, 0.1), GOLD)
    assert shock(report)["f1"] == 0.0
    assert report.data["positions"] is None
    assert "missed" in markdown(report)


def test_floors() -> None:
    report = evaluate(Known(1.0, 0.0), GOLD)
    pinned = {"fingerprint": report.data["gold"]["fingerprint"]}
    assert check_floors(report, pinned | {"f1_market_shock": 0.9, "calibration_error_zh": 0.1}) == []
    assert check_floors(report, pinned | {"macro_f1": 0.9}) == ["macro_f1 is 0.200, below its floor 0.900"]
    with pytest.raises(ValueError, match="gold set has changed"):
        check_floors(report, {"fingerprint": "other", "macro_f1": 0.1})
    with pytest.raises(ValueError, match="no floors"):
        check_floors(report, pinned)
    with pytest.raises(ValueError, match="no such measure"):
        check_floors(report, pinned | {"beauty": 1.0})
    with pytest.raises(ValueError, match="no gold"):
        evaluate(Known(1.0, 0.0), [])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = str(ROOT / "corpora" / "gold")
    floors = str(ROOT / "models" / "deepseek" / "floors-fast.json")
    with pytest.raises(SystemExit) as done:
        cli.main(
            [
                "evaluate",
                gold,
                "--engine",
                "fast",
                "--scripts",
                "--floors",
                floors,
                "-o",
                str(tmp_path / "r.md"),
                "-o",
                str(tmp_path / "r.json"),
            ]
        )
    assert done.value.code == cli.EXIT_OK
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["gold"]["passages"] >= 400
    assert "| frame |" in (tmp_path / "r.md").read_text(encoding="utf-8")
    (tmp_path / "high.json").write_text(
        json.dumps(json.loads(Path(floors).read_text(encoding="utf-8")) | {"macro_f1": 0.999})
    )
    with pytest.raises(SystemExit) as done:
        cli.main(
            [
                "evaluate",
                gold,
                "--engine",
                "fast",
                "--scripts",
                "--floors",
                str(tmp_path / "high.json"),
                "-o",
                str(tmp_path / "r.md"),
            ]
        )
    assert done.value.code == cli.EXIT_FAILED
    assert "below the floor: macro_f1" in capsys.readouterr().err
    with pytest.raises(SystemExit) as done:
        cli.main(["evaluate", str(tmp_path / "none.jsonl")])
    assert done.value.code == cli.EXIT_FAILED


def _told(*rows: tuple[dict[str, str], str, dict[str, str], str]) -> tuple[list[Example], list[Labels]]:
    """Gold stance and holder beside told ones."""
    examples = [
        Example(f"x{n}", f"passage {n}", "Hans", {}, stance, holder) for n, (stance, holder, _, _) in enumerate(rows)
    ]
    return examples, [Labels(stance=stance, holder=holder) for _, _, stance, holder in rows]


def test_stance_where_it_is_known() -> None:
    examples, labels = _told(
        ({"deepseek": "favor"}, "author", {"deepseek": "favor"}, "author"),
        ({"deepseek": "against"}, "Ann Lee", {"deepseek": "favor", "china": "neutral"}, "Lee"),
        ({"china": "neutral"}, "others", {}, "author"),
    )
    about = mentions(examples, labels, BOOK.target_ids)
    assert about is not None
    assert (about["all"]["right"], about["all"]["told"], about["all"]["gold"]) == (2, 3, 3)
    judged = stances(examples, labels, BOOK.target_ids)
    assert judged is not None
    assert judged["all"]["accuracy"] == pytest.approx(1 / 3, abs=1e-3)
    assert judged["targets"]["deepseek"]["macro_f1"] == pytest.approx((2 / 3 + 0) / 2, abs=1e-3)
    assert judged["targets"]["china"]["macro_f1"] == 0.0
    held = holders(examples, labels)
    assert held is not None
    assert held["author_or_other"] == pytest.approx(2 / 3, abs=1e-3)
    assert held["name_right"] == 1.0
    assert held["gold_by_told"]["others"] == {"author": 1, "named": 0, "others": 0}


def test_an_engine_that_judges_no_stance_says_so() -> None:
    report = evaluate(Known(1.0, 0.0), GOLD)
    assert report.data["stance"] is report.data["holder"] is report.data["mentions"] is None


@pytest.mark.parametrize(
    ("gold", "told", "same"),
    [
        ("梁文鋒", "梁文锋", True),
        ("Alexandr Wang", "Wang", True),
        ("彭博社", "路透社", False),
        ("A", "Alice", False),
        ("x", None, False),
    ],
)
def test_names_are_the_same_as_written_or_in_part(gold: str, told: str | None, same: bool) -> None:
    assert same_name(gold, told) is same


def test_abstaining_is_counted() -> None:
    report = evaluate(Known(1.0, 0.0), GOLD)
    assert report.data["abstained"] == {"passages": 0.0, "carried": 0.0, "macro_f1_decided": 0.2}
