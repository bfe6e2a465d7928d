"""Distinctive words, counted in one form for all scripts and shown in the reader's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from narrativ.analyze.words import distinctive_words
from narrativ.errors import OptionError
from tests.tables import label_table

FILLER = ["今天天气很好，大家出门散步。", "会议讨论了预算和工程进度。", "老师带着学生参观工厂。"]
ENGLISH = ["The committee met again on Tuesday.", "Rain fell over the harbour towns.", "Nobody asked about the budget."]


def _rows(
    source: str, texts: list[str], *, script: str = "Hans", documents: int = 30, frames: tuple[str, ...] = ("shock",)
) -> list[dict[str, object]]:
    return [
        {
            "doc_id": f"{source}{script}{k}",
            "source": source,
            "script": script,
            "frames": list(frames),
            "text": texts[k % len(texts)],
        }
        for k in range(documents)
    ]


def _table(own: str, *, script: str = "Hans", filler: list[str] = FILLER) -> pd.DataFrame:
    mine = [own + text for text in filler]
    return label_table(_rows("A", mine, script=script) + _rows("B", filler, script=script))


def test_a_word_of_one_source_is_found_and_common_ones_are_not() -> None:
    words = distinctive_words(_table("股价暴跌。"))
    mine = words[words["group"] == "A"]
    assert "暴跌" in "".join(mine["term"].head(2))
    assert mine["z"].iloc[0] > 3.5
    assert mine["count"].iloc[0] == 30
    assert not set(mine["form"]) & {"天气", "预算", "工厂"}
    assert not len(words[words["group"] == "B"])


def test_traditional_and_simplified_spellings_are_one_word() -> None:
    hans, hant = _rows("A", ["英伟达暴跌。"], documents=12), _rows("A", ["英偉達暴跌。"], script="Hant", documents=18)
    table = label_table(hans + hant + _rows("B", FILLER))
    for language, expected in (("zh-Hans", "暴跌"), ("zh-Hant", "暴跌"), ("en", "暴跌")):
        words = distinctive_words(table, language=language)
        forms = words[words["group"] == "A"]
        assert any("暴跌" in form for form in forms["form"])
        assert forms["count"].max() == 30
        assert any(expected in term for term in forms["term"])


@pytest.mark.parametrize(("language", "shown"), [("zh-Hans", "恐慌抛售"), ("zh-Hant", "恐慌拋售"), ("en", "恐慌拋售")])
def test_terms_are_shown_in_the_readers_script_even_if_nobody_here_writes_it(language: str, shown: str) -> None:
    words = distinctive_words(_table("恐慌拋售。", script="Hant"), language=language)
    assert shown in "".join(words["term"])


def test_english_terms_keep_their_case_and_phrases_their_spaces() -> None:
    words = distinctive_words(_table("Sputnik Moment again. ", script="Latn", filler=ENGLISH))
    assert "Sputnik Moment" in words["term"].tolist()
    row = words[words["term"] == "Sputnik Moment"].iloc[0]
    assert (row["form"], row["language"], row["rest_count"]) == ("sputnik moment", "en", 0)
    assert "sputnik" not in words["form"].tolist()


def test_no_phrase_crosses_a_sign() -> None:
    words = distinctive_words(_table("暴跌。制裁。"))
    assert not any("暴跌制裁" in form for form in words["form"])
    assert {"暴跌", "制裁"} <= set(words["form"])


def test_languages_are_compared_apart() -> None:
    """A Chinese and an English source share no language: nothing can be said, rather than every word be distinctive."""
    table = label_table(_rows("A", FILLER) + _rows("B", ENGLISH, script="Latn"))
    assert not len(distinctive_words(table))


def test_a_word_of_one_long_article_is_not_a_word_of_its_source() -> None:
    rows = _rows("A", FILLER) + _rows("B", FILLER)
    rows += [{"doc_id": "long", "source": "A", "script": "Hans", "frames": ["shock"], "text": "卫星升空。" * 40}]
    rows += [
        {"doc_id": f"A{k}", "source": "A", "script": "Hans", "frames": ["shock"], "text": "卫星升空。"}
        for k in range(2)
    ]
    words = distinctive_words(label_table(rows))
    row = words[words["form"].str.contains("卫星|升空")]
    assert (row["z"] < row["z_words"] - 1).all()
    assert (row["p_adjusted"] > 0.05).all()


def test_only_passages_of_the_frame_count() -> None:
    rows = _rows("A", ["暴跌。" + text for text in FILLER]) + _rows("B", FILLER)
    rows += _rows("A", ["丰收。" + text for text in FILLER], frames=("plot",), documents=25) + _rows(
        "B", FILLER, frames=("plot",), documents=25
    )
    table = label_table(rows)
    assert "丰收" not in "".join(distinctive_words(table, frame="shock")["form"])
    assert "丰收" in "".join(distinctive_words(table, frame="plot")["form"])
    assert set(distinctive_words(table, frame="plot")["frame"]) == {"plot"}


def test_fewer_than_ten_documents_are_not_enough() -> None:
    rows = _rows("A", ["暴跌。" + text for text in FILLER], documents=9) + _rows("B", FILLER)
    assert not len(distinctive_words(label_table(rows)))
    assert len(distinctive_words(label_table(rows), min_n=9))


def test_log_odds_as_published() -> None:
    """Monroe, Colaresi & Quinn's equations 16, 19 and 22, computed by hand for one word."""
    table = _table("暴跌。")
    row = distinctive_words(table).iloc[0]
    from narrativ.analyze.words import _log_odds

    term = np.array([0] * 30 + [1] * 100 + [1] * 120)
    cluster = np.concatenate([np.arange(30), np.arange(100) % 30, 30 + np.arange(120) % 30])
    mine = np.array([True] * 130 + [False] * 120)
    found = _log_odds(term, cluster, mine, 2)
    strength, prior = 25, 3
    odds = [np.log((y + prior) / (n + strength - y - prior)) for y, n in ((30, 130), (0, 120))]
    variance = 1 / (30 + prior) + 1 / (0 + prior)
    assert found["log_odds"][0] == pytest.approx(odds[0] - odds[1])
    assert found["z_words"][0] == pytest.approx((odds[0] - odds[1]) / np.sqrt(variance))
    assert found["z"][0] <= found["z_words"][0]
    assert row["form"] == "暴跌"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"frame": "x"}, "no frame 'x'"),
        ({"groups": ["x"]}, "no group 'x'"),
        ({"language": "fr"}, "no language"),
        ({"by": "x"}, "no column"),
    ],
)
def test_what_does_not_exist_is_an_error(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        distinctive_words(_table("暴跌。"), **options)  # type: ignore[arg-type]


def test_an_empty_table_has_no_words() -> None:
    words = distinctive_words(label_table([]))
    assert not len(words)
    assert "term" in words.columns
