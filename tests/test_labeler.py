"""Documents become passages with a status, and passages rows."""

from __future__ import annotations

import pandas as pd
import pytest

import narrativ
from narrativ.errors import OptionError
from narrativ.label.labeler import Labeler
from narrativ.read import read_text
from narrativ.records import Document
from narrativ.table import COLUMNS
from tests.conftest import DATA, SAMPLE


def passages(labeler: Labeler, name: str) -> list[tuple[str, str]]:
    [labelled] = list(labeler.label_documents(narrativ.read(DATA / name)))
    return [(passage.status, passage.text) for passage, _ in labelled]


def test_boilerplate_is_kept_and_marked(labeler: Labeler) -> None:
    found = passages(labeler, "boilerplate_three.md")
    for cue in (
        "点击上方蓝字",
        "訂閱本頻道",
        "Subscribe to our newsletter",
        "长按识别",
        "版權歸原作者",
        "All rights reserved",
    ):
        assert [status for status, text in found if cue in text] == ["boilerplate"], cue
    for words in ("桥上最常走的是羊", "一年回來兩次", "lorries that were never bought"):
        assert [status for status, text in found if words in text] == ["ok"], words


@pytest.mark.parametrize("name", ["ai_summary_zh.md", "ai_summary_en.md"])
def test_a_machines_summary_before_the_article_is_marked(name: str, labeler: Labeler) -> None:
    found = passages(labeler, name)
    assert [status for status, _ in found[:2]] == ["boilerplate", "boilerplate"]
    assert {status for status, _ in found[2:]} == {"ok"}


def test_promotion_inside_a_long_paragraph_is_cut_out(labeler: Labeler) -> None:
    story = "桥是两年前通车的，剪彩那天下雨，县里来的人比村里的人多。如今桥上最常走的是羊，村里的老人说修得好看。" * 3
    text = story + "欢迎扫码关注我们的公众号，点赞转发支持一下！"
    result = labeler(text)
    assert [passage.status for passage, _ in result.passages] == ["ok", "boilerplate"]
    assert "".join(passage.text for passage, _ in result.passages) == text


def test_scripts_are_told_per_passage(labeler: Labeler) -> None:
    text = (
        "杭州的朋友发来语音，公司群里全在转那张榜单截图。\n" * 9
        + "香港的同事就冷靜得多，說大戶早已減持晶片股。\n" * 9
        + "A reader in Sydney wrote that her bank had blocked it.\n" * 9
    )
    scripts = [passage.script for passage, _ in labeler(text).passages]
    assert scripts == ["Hans"] * 9 + ["Hant"] * 9 + ["Latn"] * 9


def test_the_table_has_its_columns_and_a_row_a_passage(labeler: Labeler) -> None:
    documents = list(narrativ.read(SAMPLE))
    table = labeler.label(documents)
    assert list(table.columns) == list(COLUMNS)
    assert set(table["doc_id"]) == {document.id for document in documents}
    texts = {document.id: document.text for document in documents}
    for row in table.itertuples():
        assert texts[row.doc_id][row.start : row.end] == row.text
    for _, group in table.groupby("doc_id"):
        assert group["passage"].tolist() == list(range(len(group)))


def test_order_and_batches_do_not_matter(labeler: Labeler) -> None:
    documents = list(narrativ.read(SAMPLE))
    single = Labeler(batch_size=1).label(documents)
    assert single.equals(labeler.label(documents))
    backwards = labeler.label(documents[::-1]).sort_values(["doc_id", "passage"], ignore_index=True)
    assert backwards.equals(single.sort_values(["doc_id", "passage"], ignore_index=True))


def test_an_added_paragraph_moves_no_other_label(labeler: Labeler) -> None:
    base = "\n".join(
        ["英伟达股价暴跌，市值一夜蒸发近六千亿美元，恐慌性抛售蔓延。"]
        + ["今天下午不用排队了，估计是扩容了，也可能是都回去上班了。"] * 15
    )
    before = labeler(base)
    after = labeler(base + "\n食堂换了菜单，学生吃到周三就发现两顿都是土豆。")
    assert [labels for _, labels in after.passages[:-1]] == [labels for _, labels in before.passages]


def test_one_text_gives_a_result_that_shows_itself(labeler: Labeler) -> None:
    result = labeler("輝達股價暴跌，市值<b>蒸發</b>。")
    assert result.frames == ["market_shock"]
    assert "market_shock" in repr(result)
    html = result._repr_html_()
    assert "<mark" in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert result.frame_scores["market_shock"] > 0.5


def test_documents_without_text_give_a_row(labeler: Labeler) -> None:
    table = labeler.label([Document("a", ""), Document("b", "", status="error: lost"), read_text("x y", id="c")])
    assert table["status"].tolist() == ["empty", "error: lost", "too_short"]
    assert table["passage"].isna().tolist() == [True, True, False]


def test_wrong_options_are_said(labeler: Labeler) -> None:
    with pytest.raises(OptionError, match="no engine 'magic'"):
        Labeler(engine="magic")
    with pytest.raises(OptionError, match="takes documents"):
        labeler.label("a path")
    with pytest.raises(OptionError, match="batch_size is 0"):
        Labeler(batch_size=0)
    assert repr(labeler) == "Labeler(codebook='deepseek', engine='fast')"


def test_counts_by_source(labeler: Labeler) -> None:
    table = labeler.label(narrativ.read(SAMPLE))
    counts = narrativ.by_source(table)
    assert counts["passages"].sum() == (table["status"] == "ok").sum()
    assert counts["documents"].sum() == table[table["status"] == "ok"]["doc_id"].nunique()
    assert counts["market_shock"].sum() == sum("market_shock" in frames for frames in table["frames"])
    assert counts["passages"].is_monotonic_decreasing


def test_texts_and_dataframes_can_be_labelled(labeler: Labeler) -> None:
    table = labeler.label(["英伟达股价一夜暴跌，恐慌性抛售蔓延。", "The recipe takes forty minutes."])
    assert table["frames"].tolist() == [["market_shock"], []]
    frame = pd.DataFrame({"正文": ["英伟达股价一夜暴跌，恐慌性抛售蔓延。"], "媒体": ["某报"], "n": [3]})
    row = labeler.label(narrativ.read(frame)).iloc[0]
    assert (row["doc_id"], row["source"], row["frames"]) == ("row#1", "某报", ["market_shock"])
    with pytest.raises(OptionError, match="takes documents"):
        labeler.label(frame)
