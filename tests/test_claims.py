"""Claims of a label table: type, subject, bounds, who says it, what does not fit."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import narrativ
from narrativ.analyze.claim_groups import GROUP_COLUMNS, describe
from narrativ.analyze.claims import CLAIM_COLUMNS, claims_text
from narrativ.cli import cli, main
from narrativ.errors import OptionError, TableError
from narrativ.show.claims import amount, claims_page
from narrativ.table import to_dataframe
from tests import claims_tool
from tests.conftest import CASES, cases

SENTENCES = cases("claims.json")
KNOWN = [case for case in SENTENCES if "known" in case]
GOLD = CASES / "seed_claims.tsv"


def table(*texts: str | dict[str, Any]) -> pd.DataFrame:
    """A label table of one passage a document; a dict overrides columns."""
    rows = []
    for number, item in enumerate(texts):
        row: dict[str, Any] = {"text": item} if isinstance(item, str) else dict(item)
        start = row.setdefault("start", 0)
        rows.append(
            {"doc_id": f"d{number}", "passage": 0, "end": start + len(row["text"]), "source": f"s{number}", "title": "", "published": "", "status": "ok",
             "positions": {}, "voices": [], "holder": None} | row
        )  # fmt: skip
    return to_dataframe(rows)


def values(found: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(zip(found["type"], found["subject"], found["value"], found["unit"], strict=True))


# --- the sentences -----------------------------------------------------------------------------------------------------


def _gold(number: int, case: dict[str, Any]) -> list[dict[str, str]]:
    rows = []
    for claim in case["claims"]:
        figure, kind, value, low, high, unit, subject, *detail = claim
        cells = (f"d{number}", figure, "1", kind, value, low, high, unit, subject, detail[0] if detail else "")
        rows.append(dict(zip(claims_tool.COLUMNS, cells, strict=True)))
    return rows


def _score(sentences: list[dict[str, Any]]) -> claims_tool.Score:
    found = narrativ.claims(table(*(case["text"] for case in sentences))).to_dict("records")
    texts = {f"d{number}": case["text"] for number, case in enumerate(sentences)}
    return claims_tool.score(
        texts, found, [row for number, case in enumerate(sentences) for row in _gold(number, case)]
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "case", [case for case in SENTENCES if "known" not in case], ids=lambda case: case["text"][:30]
)
def test_every_claim_of_a_sentence_and_no_other(case: dict[str, Any]) -> None:
    score = _score([case])
    assert (score.misses, score.extra) == ([], [])
    assert score.bounds == score.found
    assert score.subject == score.subjects
    assert score.detail == score.found


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case["text"][:30])
def test_known_failures_still_fail(case: dict[str, Any]) -> None:
    """One that no longer fails belongs among the others."""
    score = _score([case])
    assert score.misses or score.extra or score.bounds < score.found, case["known"]


def test_the_sentences_are_enough_and_mostly_right() -> None:
    assert sum(len(case["claims"]) for case in SENTENCES) >= 60
    assert sum(not case["claims"] for case in SENTENCES) >= 12
    assert len(KNOWN) <= 0.1 * len(SENTENCES)
    score = _score(SENTENCES)
    assert score.recall >= 0.9
    assert score.precision >= 0.9


# --- the seeds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("documents", [(), ("000",), ("001", "002", "003", "004")], ids=["all", "tuned on", "held out"])
def test_claims_of_the_seeds_against_the_gold_list(seeds: Path, documents: tuple[str, ...]) -> None:
    score = claims_tool.evaluate(GOLD, [str(seeds)], documents=documents)
    assert score.gold >= (100 if not documents else 40)
    assert score.recall >= 0.85, score
    assert score.precision >= 0.85, score
    assert score.bounds >= 0.95 * score.found
    assert score.subject >= 0.8 * score.subjects


def test_the_gold_list_is_well_formed() -> None:
    rows = claims_tool.load(GOLD)
    book = narrativ.load_codebook().claims
    assert len(rows) >= 100
    assert len({(row["document"], row["figure"], row["nth"]) for row in rows}) == len(rows)
    subjects = {item.id for item in book.subjects} | {"-"}
    for row in rows:
        assert row["type"] in book.type_ids
        assert len(row["figure"]) <= 12, "a figure as written, not other people's prose"
        assert set(row["subject"].split("|")) <= subjects, row


def test_a_gold_list_cannot_be_met_by_saying_nothing() -> None:
    gold = [dict(zip(claims_tool.COLUMNS, ("d0", "5", "1", "gpu_count", "5", "=", "=", "chips", "-", ""), strict=True))]
    score = claims_tool.score({"d0": "5 GPUs"}, [], gold)
    assert score.recall == 0
    assert math.isnan(score.precision)


# --- attachment --------------------------------------------------------------------------------------------------------


def test_spans_point_into_the_document() -> None:
    text = "V3的訓練成本是558萬美元。"
    found = narrativ.claims(table({"text": text, "start": 1000}))
    [row] = found.to_dict("records")
    assert (row["start"], row["end"]) == (1000 + text.index("558"), 1000 + text.index("。"))
    assert row["text"] == "558萬美元"
    assert row["sentence"] == text


def test_traditional_and_simplified_say_the_same() -> None:
    hant = "輝達股價重挫17%，市值蒸發近6,000億美元；深度求索的訓練成本不到600萬美元，用了兩千張H800。"
    hans = "辉达股价重挫17%，市值蒸发近6,000亿美元；深度求索的训练成本不到600万美元，用了两千张H800。"
    first, second = narrativ.claims(table(hant)), narrativ.claims(table(hans))
    assert values(first) == values(second)
    assert len(first) == 4


def test_another_passage_moves_no_claim() -> None:
    text = "英伟达股价跌了17%。"
    alone, beside = narrativ.claims(table(text)), narrativ.claims(table(text, "今天天气不错，我们去了公园。"))
    assert len(alone) == 1
    assert alone.equals(beside)


def test_a_unit_mistake_is_kept_and_flagged() -> None:
    found = narrativ.claims(
        table(
            "英伟达市值蒸发5890亿美元。",
            "英伟达市值蒸发近6000亿美元。",
            "英伟达的市值损失约5900亿美元。",
            "英伟达市值蒸发60000亿美元。",
        )
    )
    wrong = found.to_dict("records")[-1]
    assert wrong["value"] == 6e12
    assert wrong["text"] == "60000亿美元"
    assert wrong["flags"] == ["implausible", "outlier", "power_of_ten"]
    assert all(not flags for flags in found["flags"][:-1])


def test_one_against_one_is_a_dispute_and_no_outlier() -> None:
    found = narrativ.claims(table("DeepSeek的训练成本是600万美元。", "DeepSeek的训练成本是6亿美元。"))
    assert [flags for flags in found["flags"] if flags] == []


def test_a_source_that_repeats_itself_outvotes_nobody() -> None:
    loud = [{"text": "DeepSeek的训练成本是6亿美元。", "source": "loud"}] * 9
    found = narrativ.claims(table("DeepSeek的训练成本是560万美元。", "DeepSeek的训练成本是558万美元。", *loud))
    assert {flag for flags in found["flags"][2:] for flag in flags} == {"outlier", "power_of_ten"}
    assert not any(found["flags"][:2])


def test_no_currency_is_said_so() -> None:
    [row] = narrativ.claims(table("DeepSeek的训练成本只要600万。")).to_dict("records")
    assert (row["unit"], row["flags"]) == ("money", ["currency_not_stated"])


def test_a_figure_of_two_companies_is_two_claims() -> None:
    found = narrativ.claims(table("谷歌、微软跌逾1%。"))
    assert values(found) == [("price_drop", "google", 1.0, "%"), ("price_drop", "microsoft", 1.0, "%")]


def test_a_rise_is_no_fall() -> None:
    found = narrativ.claims(table("英伟达前一天暴跌17%，次日反弹8.9%。"))
    assert values(found) == [("price_drop", "nvidia", 17.0, "%"), ("price_rise", "nvidia", 8.9, "%")]


def test_the_subject_comes_from_before_or_the_title_and_says_so() -> None:
    before = narrativ.claims(table("DeepSeek公布了论文。训练成本是558万美元。"))
    title = narrativ.claims(table({"text": "训练成本是558万美元。", "title": "DeepSeek的账单"}))
    nowhere = narrativ.claims(table("训练成本是558万美元。"))
    found = [(d["subject"].item(), d["subject_from"].item()) for d in (before, title, nowhere)]
    assert found == [("deepseek", "passage"), ("deepseek", "title"), ("", "")]


def test_the_one_compared_with_is_not_the_subject() -> None:
    for text in ("DeepSeek R1比OpenAI便宜96%。", "DeepSeek R1 is 96% cheaper than OpenAI."):
        found = narrativ.claims(table(text))
        assert values(found) == [("relative_cost", "deepseek", 96.0, "%")]
        assert found["relative"].item() == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("text", "share"),
    [("DeepSeek的价格仅为OpenAI的3%。", 0.03), ("DeepSeek的价格便宜97%。", 0.03), ("OpenAI的价格要贵20倍。", 0.05), ("DeepSeek的成本只有二十分之一。", 0.05),
     ("DeepSeek costs one twentieth of the price.", 0.05)],
)  # fmt: skip
def test_shares_and_multiples_come_to_one_scale(text: str, share: float) -> None:
    assert narrativ.claims(table(text))["relative"].item() == pytest.approx(share)


def test_holder_position_and_doubt_are_kept() -> None:
    text = "占豪说：“DeepSeek只用600万美元训练出了模型。”专家质疑训练成本5亿美元的说法。"
    quote = {
        "holder": "占豪",
        "start": 4,
        "end": text.index("”") + 1,
        "text": "",
        "verb": "说",
        "form": "direct",
        "distancing": False,
    }
    found = narrativ.claims(
        table({"text": text, "voices": [quote], "holder": "others", "positions": {"cost_skepticism": "reports"}})
    )
    rows = found.to_dict("records")
    assert [(r["value"], r["holder"], r["position"], r["doubt"]) for r in rows] == [
        (6e6, "占豪", "reports", ""),
        (5e8, "others", "reports", "质疑"),
    ]


@pytest.mark.parametrize(
    ("text", "published", "date", "where"),
    [
        ("1月27日英伟达跌了17%。", "2025-02-08", "2025-01-27", "sentence"),
        ("12月26日英伟达跌了17%。", "2025-01-03", "2024-12-26", "sentence"),
        ("On January 27, 2025, Nvidia fell 17%.", "", "2025-01-27", "sentence"),
        ("2025年1月27日英伟达跌了17%。", "", "2025-01-27", "sentence"),
        ("1月27日英伟达跌了17%。", "", "--01-27", "sentence"),
        ("英伟达跌了17%。", "2025-01-28T08:00:00+08:00", "2025-01-28", "published"),
        ("英伟达跌了17%。", "", "", ""),
        ("2月30日英伟达跌了17%。", "2025-03-01", "2025-03-01", "published"),
    ],
)
def test_dates_stated_or_of_publication(text: str, published: str, date: str, where: str) -> None:
    [row] = narrativ.claims(table({"text": text, "published": published})).to_dict("records")
    assert (row["date"], row["date_from"]) == (date, where)


# --- tables and codebooks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", [(), ("",), ("没有数字。",), ("只有数字 3 4 5。",), (float("nan"),)])
def test_a_table_without_claims_gives_an_empty_one(texts: tuple[Any, ...]) -> None:
    found = narrativ.claims(table(*({"text": t} if isinstance(t, str) else {"text": "", "title": t} for t in texts)))
    groups = narrativ.claim_groups(found)
    assert list(found.columns) == list(CLAIM_COLUMNS)
    assert list(groups.columns) == list(GROUP_COLUMNS)
    assert len(found) == len(groups) == 0


def test_only_labelled_passages_are_searched() -> None:
    assert not len(narrativ.claims(table({"text": "英伟达跌了17%。", "status": "boilerplate"})))


def test_a_frame_without_the_columns_is_refused() -> None:
    with pytest.raises(TableError, match="no column"):
        narrativ.claims(pd.DataFrame({"text": ["x"]}))
    with pytest.raises(TableError, match="not a table of claims"):
        narrativ.claim_groups(pd.DataFrame({"text": ["x"]}))


def test_types_can_be_chosen_and_unknown_ones_are_named() -> None:
    text = "英伟达跌了17%，DeepSeek的训练成本是600万美元。"
    assert list(narrativ.claims(table(text), types=["price_drop"])["type"]) == ["price_drop"]
    with pytest.raises(OptionError, match="no claim type 'nothing'; types are training_cost"):
        narrativ.claims(table(text), types=["nothing"])


def test_huge_values_and_odd_characters_pass() -> None:
    found = narrativ.claims(
        table("DeepSeek的训练成本是" + "9" * 300 + "万亿美元。", "英伟达跌了17%\x00😀。", "\ud800英伟达跌了17%。")
    )
    assert list(found["type"])[-1] == "price_drop"
    assert len(claims_text(found, "jsonl").splitlines()) == len(found)


BOOK = """
types:
  - id: casualties
    name: {en: Casualties}
    definition: {en: How many were hurt.}
    units: [count]
    count_unit: people
    one_value: true
    counted: {en: [injured, dead], hans: [人受伤, 人]}
    triggers: {en: [death toll]}
    roles: [place]
    plausible: {people: [1, 100000]}
subjects:
  - {id: harbour, name: {en: Harbour, zh-Hans: 港口}, roles: [place], terms: [harbour, 港口]}
"""


@pytest.fixture
def codebook(tmp_path: Path) -> str:
    import shutil

    from narrativ.resources import lexicons_dir

    folder = tmp_path / "fire"
    shutil.copytree(lexicons_dir() / "deepseek", folder)
    (folder / "claims.yaml").write_text(BOOK, encoding="utf-8")
    return str(folder)


def test_claim_types_come_from_the_codebook(codebook: str) -> None:
    found = narrativ.claims(
        table("At the harbour, more than 40 injured were counted.", "港口有四十三人受伤。"), codebook=codebook
    )
    assert values(found) == [("casualties", "harbour", 40.0, "people"), ("casualties", "harbour", 43.0, "people")]
    groups = narrativ.claim_groups(found, codebook=codebook)
    assert list(groups["hedge"]) == ["over", ""] or list(groups["hedge"]) == ["", "over"]


def test_a_codebook_without_claim_types_says_so(codebook: str) -> None:
    (Path(codebook) / "claims.yaml").unlink()
    book = narrativ.load_codebook(codebook)
    assert book.claims.types == ()
    with pytest.raises(OptionError, match="defines no claim types"):
        narrativ.claims(table("x"), codebook=book)


# --- groups ------------------------------------------------------------------------------------------------------------


def groups_of(*texts: str | dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    return narrativ.claim_groups(narrativ.claims(table(*texts)), **options).to_dict("records")  # type: ignore[return-value]


def test_figures_that_agree_within_rounding_are_one_group() -> None:
    groups = groups_of(
        *(f"DeepSeek的训练成本是{n}。" for n in ("558万美元", "557.6万美元", "600万美元", "560万美元", "500万美元"))
    )
    assert [(g["claims"], g["sources"], g["low"], g["high"]) for g in groups] == [
        (4, 4, 5.576e6, 6e6),
        (1, 1, 5e6, 5e6),
    ]


def test_who_says_what_is_listed() -> None:
    first, second = groups_of(
        "英伟达跌了17%。", {"text": "英伟达跌了17%。", "holder": "彭博社"}, {"text": "英伟达跌了13%。", "source": "s0"}
    )
    assert (first["said_by"], first["holders"], first["documents"], first["figures"]) == (
        ["s0", "s1"],
        ["彭博社"],
        2,
        ["17%"],
    )
    assert second["said_by"] == ["s0"]


def test_stories_are_counted_where_the_table_has_them() -> None:
    rows = [
        {"text": "英伟达跌了17%。", "story": "a"},
        {"text": "英伟达跌了17%。", "story": "a"},
        {"text": "英伟达跌了17%。", "story": "b"},
    ]
    [group] = groups_of(*rows)
    assert group["stories"] == 2


def test_order_of_rows_changes_no_group() -> None:
    found = narrativ.claims(
        table(*(f"DeepSeek的训练成本是{n}美元。" for n in ("558万", "600万", "5亿", "不到1000万", "500万", "550万")))
    )
    forward, backward = narrativ.claim_groups(found), narrativ.claim_groups(found.iloc[::-1])
    key = ["value", "low", "high", "claims"]
    assert forward[key].equals(backward[key])


def test_chips_of_different_models_are_not_compared() -> None:
    groups = groups_of("DeepSeek有5万张H100。", "DeepSeek用了2048张H800。")
    assert [(g["detail"], g["value"]) for g in groups] == [("H100", 5e4), ("H800", 2048)]


def test_currencies_meet_only_at_a_rate() -> None:
    texts = ("DeepSeek的训练成本是600万美元。", "DeepSeek的训练成本是4320万元人民币。")
    assert [g["unit"] for g in groups_of(*texts)] == ["CNY", "USD"]
    [group] = groups_of(*texts, rates={"CNY": 1 / 7.2})
    assert group["sources"] == 2
    assert group["unit"] == "USD"


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_rate_must_be_a_positive_number(rate: float) -> None:
    with pytest.raises(OptionError, match="rate of CNY"):
        narrativ.claim_groups(narrativ.claims(table("英伟达跌了17%。")), rates={"CNY": rate})


def test_describing_in_three_languages() -> None:
    group = {"flags": ["outlier", "power_of_ten", "implausible"], "ratio": 0.1}
    assert describe(group).startswith("1/10 of what the other sources say")
    assert "其他来源" in describe(group, language="zh-Hans")
    assert "其他來源" in describe(group, language="zh-Hant")
    assert describe({"flags": [], "ratio": math.nan}) == ""


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [(6e12, "USD", "en", "6 trillion US dollars"), (6e11, "USD", "zh-Hant", "6,000億美元"), (16.97, "%", "en", "16.97%"), (2048, "chips", "en", "2,048 chips"),
     (0.05, "of the other", "zh-Hans", "5%（相对于另一方）"), (0.004, "USD", "en", "0.004 US dollars")],
)  # fmt: skip
def test_amounts_for_people(value: float, unit: str, language: str, text: str) -> None:
    assert amount(value, unit, language=language) == text


# --- files and command -------------------------------------------------------------------------------------------------


def test_csv_runs_nothing_and_json_has_no_nan() -> None:
    found = narrativ.claims(table({"text": "不到600万美元就训练出了DeepSeek。", "source": "=cmd()", "holder": "@x"}))
    [row] = list(csv.DictReader(io.StringIO(claims_text(found, "csv").lstrip("\ufeff"))))
    assert (row["source"], row["holder"]) == ("'=cmd()", "'@x")
    [plain] = json.loads(claims_text(found, "json"))
    assert plain["low"] is None
    assert plain["source"] == "=cmd()"
    with pytest.raises(OptionError, match="no format"):
        claims_text(found, "xml")


def test_markdown_cannot_be_broken_by_names() -> None:
    found = narrativ.claims(table({"text": "英伟达跌了17%。", "source": "a|b <script> [x](y)"}))
    page = claims_page(narrativ.claim_groups(found), narrativ.load_codebook())
    assert "<script>" not in page
    assert "a\\|b" in page


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.md"
    path.write_text(
        "# DeepSeek的账\n\n深度求索的训练成本是558万美元，英伟达股价暴跌17%，市值蒸发60000亿美元。\n", encoding="utf-8"
    )
    return path


def test_command_on_a_file_and_on_its_table(article: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    direct = runner.invoke(cli, ["claims", str(article), "--engine", "lexicon"])
    assert direct.exit_code == 0, direct.output
    assert "5.58 million US dollars" in direct.output
    assert "implausible" in direct.stderr
    assert "labelled by the lexicon engine" in direct.stderr
    made = runner.invoke(cli, ["label", str(article), "--engine", "lexicon", "-q", "-o", str(tmp_path / "t.jsonl")])
    assert made.exit_code == 0
    again = runner.invoke(cli, ["claims", str(tmp_path / "t.jsonl")])
    assert again.stdout == direct.stdout
    assert "labelled by" not in again.stderr


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "md"])
def test_command_writes_files(article: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"claims.{suffix}"
    result = CliRunner().invoke(cli, ["claims", str(article), "-o", str(out), "--language", "zh-Hans"])
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "558" in out.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["-o", "x.xml"], "written as"), (["--rate", "CNY"], "write it as"), (["--type", "nothing"], "no claim type"), (["--rate", "CNY=0"], "rate of CNY"),
     (["-o", "/nowhere/x.csv"], "cannot be written")],
)  # fmt: skip
def test_command_says_what_is_wrong(
    article: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["claims", str(article), *arguments])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_a_failed_input_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["claims", str(tmp_path / "missing.md")])
    assert stop.value.code != 0
    assert "missing.md" in capsys.readouterr().err
