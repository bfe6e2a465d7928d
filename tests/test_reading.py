"""Every hazard file gives what its line in tests/cases/reading.json says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import narrativ
from narrativ.errors import OptionError
from narrativ.read.byline import find
from narrativ.read.dates import iso
from narrativ.records import Document
from tests.conftest import DATA, cases

READING = cases("reading.json")


@pytest.mark.parametrize("case", cases("bylines.json"), ids=lambda case: case["lines"][0])
def test_bylines(case: dict[str, object]) -> None:
    lines = [str(line) for line in case["lines"]]  # type: ignore[attr-defined]
    found = find([*lines, "正文在这里，说的是别的事情，有好几句话。", "第二段也在这里。"])
    assert found.lines == (set() if case.get("kept") else set(range(len(lines))))
    assert (found.author, found.source, iso(found.published)) == (
        case.get("author", ""),
        case.get("source", ""),
        case.get("date", ""),
    )


def posts(documents: Iterator[Document]) -> list[Document]:
    """Documents of a file without the compiler's part of a dated list (tests/test_postlist.py looks at that)."""
    found = list(documents)
    if any(document.kind == "post" for document in found):
        found = [document for document in found if document.kind == "post"]
    return found


@pytest.mark.parametrize("case", READING, ids=lambda case: case["file"])
def test_hazard_file(case: dict[str, object]) -> None:
    documents = posts(narrativ.read(DATA / str(case["file"])))
    found = [
        {
            "title": d.title, "author": d.author, "source": d.source, "published": iso(d.published), "url": d.url,
            "reach": d.reach, "script": d.script, "kind": d.kind, "status": d.status.split(":")[0],
        }
        for d in documents
    ]  # fmt: skip
    assert found == case["documents"]
    text = "\n".join(document.text for document in documents)
    assert [gone for gone in case["gone"] if gone in text] == []  # type: ignore[attr-defined]
    assert [stays for stays in case["stays"] if stays not in text] == []  # type: ignore[attr-defined]


def test_every_hazard_file_has_a_case() -> None:
    files = {
        path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file() and path.name != "README.md"
    }
    assert files == {case["file"] for case in READING}


def test_a_folder_is_read_recursively_and_in_order() -> None:
    ids = [document.id for document in narrativ.read(DATA / "bylines")]
    assert ids == sorted(ids)
    assert len(ids) == 10
    nested = {Path(document.id).parent.name for document in narrativ.read(DATA)}
    assert {"wire", "bylines", "data"} <= nested


def test_paths_globs_and_lists_name_each_file_once() -> None:
    both = list(narrativ.read([DATA / "wire", str(DATA / "wire" / "*.md"), DATA / "wire" / "4_cut.txt"]))
    assert len(both) == 4


ROWS = [
    {"标题": "白天", "正文": "今天下午不用排队了。", "作者": "拾光者", "发布时间": "2025-02-07 15:22", "阅读量": "4.6万", "链接": "https://example.org/1", "城市": "杭州"},
    {"标题": "夜里", "正文": "电费比会员便宜一点，\n比咖啡便宜很多。", "作者": "老猫", "发布时间": "2025-02-08 22:09", "阅读量": "12,400", "链接": "https://example.org/2", "城市": ""},
]  # fmt: skip


def _write(folder: Path, kind: str) -> Path:
    path = folder / f"posts.{kind}"
    frame = pd.DataFrame(ROWS)
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "tsv":
        frame.to_csv(path, index=False, sep="\t")
    elif kind == "xlsx":
        frame.to_excel(path, index=False)
    elif kind == "json":
        path.write_text(json.dumps(ROWS, ensure_ascii=False), encoding="utf-8")
    elif kind == "jsonl":
        path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "json", "jsonl", "parquet"])
def test_every_table_format_gives_the_same_documents(kind: str, compressed: bool, tmp_path: Path) -> None:
    path = _write(tmp_path, kind)
    if compressed:
        packed = path.with_name(path.name + ".gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    first, second = narrativ.read(path)
    assert (first.title, first.text, first.author, first.reach) == (
        "白天",
        "今天下午不用排队了。",
        "拾光者",
        46_000,
    )
    assert (iso(first.published), first.url) == ("2025-02-07T15:22:00", "https://example.org/1")
    assert first.meta["城市"] == "杭州"
    assert second.text == "电费比会员便宜一点，\n比咖啡便宜很多。"
    assert (second.reach, second.author) == (12_400, "老猫")
    assert first.id != second.id


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Nachricht,wer,text\nhello world,Eva,other\n", encoding="utf-8")
    [document] = narrativ.read(path, columns={"text": "Nachricht", "author": "wer"})
    assert (document.text, document.author, document.meta["text"]) == ("hello world", "Eva", "other")
    [failed] = narrativ.read(path, columns={"title": "Titel"})
    assert failed.status.startswith("error: no column 'Titel'; columns are 'Nachricht'")
    with pytest.raises(OptionError, match="no role 'nothing'"):
        narrativ.read(path, columns={"nothing": "wer"})


def test_defaults_fill_only_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("标题一\n\n作者 | 某人\n\n正文在这里，有几句话。", encoding="utf-8")
    (tmp_path / "b.txt").write_text("没有作者的一段话，也没有来源。", encoding="utf-8")
    first, second = narrativ.read(tmp_path, source="某报", author="编辑部")
    assert (first.author, first.source) == ("某人", "某报")
    assert (second.author, second.source) == ("编辑部", "某报")


def test_markdown_paragraphs_cut_inside_a_word_are_rejoined(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(
        "# 标题\n\n在应用商店里，下载最多的产品有多款来\n\n自中国。\n\n中国\n\n运动会\n\n- 第一项中国\n- 人民公园\n",
        encoding="utf-8",
    )
    [document] = narrativ.read(path)
    assert document.text == "在应用商店里，下载最多的产品有多款来自中国。\n中国\n运动会\n第一项中国\n人民公园"


def test_the_folder_can_name_the_source(tmp_path: Path) -> None:
    (tmp_path / "某报").mkdir()
    (tmp_path / "某报" / "a.txt").write_text("标题一\n\n作者 | 某人\n\n正文在这里，有几句话。", encoding="utf-8")
    (tmp_path / "某报" / "b.md").write_text("---\nsource: 另一家\n---\n正文在这里，有几句话。", encoding="utf-8")
    sources = [document.source for document in narrativ.read(tmp_path, source_from_folder=True)]
    assert sources == ["某报", "另一家"]


def test_unknown_format_is_an_error() -> None:
    with pytest.raises(OptionError, match="no format 'docx'"):
        narrativ.read("x", format="docx")


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        ('{"text": "one text here"}\n{"text": "another text"}', None, 2),
        ('[{"text": "one text here"}]', None, 1),
        ("text,author\none text here,me\n", None, 1),
        ("<!DOCTYPE html><html><body><p>one paragraph of text</p></body></html>", None, 1),
        ("# Title\n\none text here", None, 1),
        ("one text here", None, 1),
        ("id\ttext\n1\tone text here\n", "csv", 1),
    ],
)
def test_standard_input_is_recognised(
    content: str, kind: str | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    class Stdin:
        buffer = io.BytesIO(content.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    documents = list(narrativ.read("-", format=kind))
    assert len(documents) == expected
    assert all(document.status == "ok" and document.id.startswith("<stdin>") for document in documents)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("---\n\n导语：市场震动。\n\n整篇正文。\n\n---\n\n尾声。\n", "导语：市场震动。\n整篇正文。\n尾声。"),
        ("    英伟达暴跌。\n\n    第二段。\n", "英伟达暴跌。\n第二段。"),
        (
            "第一段。\n\n```\nprint(1)\n```\n\n第二段。\n\n```\n没有关上的一段。\n",
            "第一段。\n第二段。\n没有关上的一段。",
        ),
        ("第一段。\n\n<script>var a=1\n\n第二段。\n", "第一段。\nvar a=1\n第二段。"),
        ('---\r\ntitle: "T"\r\nauthor: ["张三", "李四"]\r\n---\r\n正文在这里。\r\n', "正文在这里。"),
    ],
)
def test_markdown_loses_no_prose(source: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(source, encoding="utf-8", newline="")
    [document] = narrativ.read(path)
    assert document.text == text
    if "张三" in source:
        assert document.author == "张三, 李四"


JSON_SHAPES = {
    "weibo": ({"user": {"description": "简介"}, "weibo": [{"text": "第一条微博"}, {"text": "第二条微博"}]}, ["第一条微博", "第二条微博"]),
    "telegram": ({"name": "群", "messages": [{"text": ["看", {"type": "link", "text": "这里"}]}, {"text": "另一条"}]}, ["看这里", "另一条"]),
    "reddit": ({"data": {"children": [{"data": {"title": "t", "selftext": "body one"}}, {"data": {"selftext": "body two"}}]}}, ["body one", "body two"]),
    "guardian": ({"response": {"results": [{"webTitle": "T", "fields": {"bodyText": "the body"}}]}}, ["the body"]),
    "by id": ({"a1": {"text": "one text"}, "a2": {"text": "two texts"}}, ["one text", "two texts"]),
    "html": ([{"content": "<p>第一段</p><script>var a=1</script><p>第二段</p>"}], ["第一段\n第二段"]),
    "one": ({"title": "t", "content": "own text", "comments": [{"text": "not this"}]}, ["own text"]),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON_SHAPES)
def test_json_of_many_exporters(name: str, tmp_path: Path) -> None:
    value, texts = JSON_SHAPES[name]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    assert [document.text for document in narrativ.read(path)] == texts


def test_json_fields_of_others_are_not_the_records(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    record = {"_source": {"title": "Headline", "content": "the text", "site": "sina"}, "user": {"url": "https://u.example.org", "screen_name": "eva"},
              "source": '<a href="https://app.example.org">App</a>', "authors": [{"name": "B"}]}  # fmt: skip
    path.write_text(json.dumps([record]), encoding="utf-8")
    [document] = narrativ.read(path)
    assert (document.title, document.text, document.source, document.url) == ("Headline", "the text", "B", "")
    assert document.author == "B"


def test_ids_of_the_user_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("post_id,text\nA77,some words here\n", encoding="utf-8")
    [document] = narrativ.read(path, columns={"id": "post_id"})
    assert document.id == f"{path.as_posix()}#A77"


def test_rows_of_json_may_lack_a_named_field(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"b": "some words", "hits": 5}\n{"b": "other words"}\n{"c": 1}\n', encoding="utf-8")
    documents = list(narrativ.read(path, columns={"text": "b", "reach": "hits"}))
    assert [(d.text, d.reach) for d in documents] == [("some words", 5), ("other words", None), ("", None)]
    assert documents[2].status.startswith("error: line 3: no column 'b'")


def test_an_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('title,text\nA,"unclosed words\nB,row two\nC,row three\n', encoding="utf-8")
    documents = list(narrativ.read(path))
    assert documents[0].status.startswith("error: line 2: a quote is opened")
    assert [document.text for document in documents[1:]] == ["row two", "row three"]


def test_an_address_as_source_is_the_address(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text(
        '---\nsource: "https://news.example.org/a/1"\nauthor: ["[[张三]]"]\n---\n正文在这里。\n', encoding="utf-8"
    )
    [document] = narrativ.read(path)
    assert (document.url, document.author, document.source) == ("https://news.example.org/a/1", "张三", "张三")


def test_a_folder_does_not_read_its_own_output(tmp_path: Path, labeler: narrativ.Labeler) -> None:
    (tmp_path / "a.txt").write_text("英伟达股价一夜暴跌，恐慌性抛售蔓延。", encoding="utf-8")
    for ending in ("csv", "jsonl", "parquet"):
        narrativ.write_table(labeler.label(narrativ.read(tmp_path / "a.txt")), tmp_path / f"out.{ending}")
    assert [d.status.split(":")[0] for d in narrativ.read(tmp_path)] == ["ok", "skipped", "skipped", "skipped"]


def test_items_on_lines_of_their_own_stay_apart(tmp_path: Path) -> None:
    lines = ["英伟达股价暴跌", "市值蒸发六千亿", "华尔街恐慌", "特朗普称是警钟"]
    for join in ("\n", "\n\n"):
        path = tmp_path / "x.txt"
        path.write_text(join.join(lines) + "\n", encoding="utf-8")
        [document] = narrativ.read(path)
        assert (document.title, document.text.split("\n")) == ("", lines)


def test_file_names_that_are_no_utf8(tmp_path: Path, labeler: narrativ.Labeler) -> None:
    import os

    name = os.fsencode(tmp_path) + b"/bad\xff.txt"
    try:
        with open(name, "w") as stream:  # noqa: PTH123 -- a name of bytes
            stream.write("some words stand here")
    except OSError:
        pytest.skip("this file system takes no such names")
    table = labeler.label(narrativ.read(tmp_path))
    assert table["doc_id"][0].endswith("bad\\xff.txt")
    for ending in ("csv", "jsonl", "parquet"):
        narrativ.write_table(table, tmp_path / f"out.{ending}")


def test_excel_with_a_title_merged_cells_and_days(tmp_path: Path) -> None:
    import datetime as dt

    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    rows = [["一月热帖汇总", None, None], ["来源", "正文", "日期"], ["某报", "第一条内容在这里", dt.datetime(2025, 1, 28)],
            [None, "#N/A", dt.datetime(2025, 1, 29, 9, 30)], ["别家", "null", None]]  # fmt: skip
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    book.save(tmp_path / "x.xlsx")
    found = [(d.source, d.text, iso(d.published)) for d in narrativ.read(tmp_path / "x.xlsx")]
    assert found == [
        ("某报", "第一条内容在这里", "2025-01-28"),
        ("某报", "#N/A", "2025-01-29T09:30:00"),
        ("别家", "null", ""),
    ]
