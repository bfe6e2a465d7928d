"""Every way out of a summary: files, card and terminal say the same, and run nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import narrativ
from narrativ.analyze.summary import Summary
from narrativ.cli import cli
from narrativ.errors import OptionError, TableError
from narrativ.table import to_dataframe, write_table
from tests.summary_tables import TEXT, counted_by_hand, make_row, random_rows


@pytest.fixture(scope="module")
def counted() -> Summary:
    return counted_by_hand()


# --- every way out ---------------------------------------------------------------------------------------------------

EVIL = "=cmd|'/c calc'!A0</script><script>alert(1)</script>|[x](javascript:alert(1))`*_#"


@pytest.fixture(scope="module")
def evil() -> Summary:
    rows = [make_row(f"{EVIL}{n}", 0, source=EVIL, frames=["<b>frame</b>"], frame_scores={"<b>frame</b>": 0.9}, stance={"<i>t</i>": "favor"},
                 positions={"<b>frame</b>": "endorses"}, title=EVIL, url="javascript:alert(1)" if n % 2 else "https://example.org/'><script>",
                 text=f"{TEXT}{EVIL}\n{EVIL}", holder="author") for n in range(8)]  # fmt: skip
    return narrativ.summarize(to_dataframe(rows))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src") or name.startswith("on")]


def test_the_card_escapes_everything(evil: Summary) -> None:
    page = _Tags()
    page.feed(evil._repr_html_())
    assert page.tags <= {"div", "p", "b", "small", "table", "tr", "td", "details", "summary", "blockquote", "br", "a"}
    assert all(link.startswith("https://") for link in page.links)
    assert EVIL in "".join(_data(evil._repr_html_()))


def _data(page: str) -> Iterator[str]:
    import html

    yield html.unescape(re.sub(r"<[^>]*>", "", page))


def test_markdown_shows_text_as_it_is(evil: Summary) -> None:
    from markdown_it import MarkdownIt

    page = evil.to_markdown()
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(page)
    tags = _Tags()
    tags.feed(rendered)
    assert "script" not in tags.tags
    assert not any(link.startswith("javascript") for link in tags.links)
    assert EVIL in "".join(_data(rendered))


def test_csv_is_tidy_and_runs_nothing(evil: Summary, counted: Summary) -> None:
    for line in csv.reader(io.StringIO(evil.to_csv())):
        assert not any(re.match(r"[=+@\t\r]|-\D", value) for value in line)
    rows = list(csv.DictReader(io.StringIO(counted.to_csv())))
    [market] = [row for row in rows if row["measure"] == "frame" and row["frame"] == "market_shock"]
    assert (float(market["value"]), market["count"], market["n"], market["resampled"]) == (0.5, "10", "20", "documents")
    counts = {"passages", "documents", "unlabelled", "reach", "favor", "neutral", "against"}
    for row in rows:
        if row["measure"] not in counts and row["value"]:
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row


def test_json_holds_everything(counted: Summary) -> None:
    value = json.loads(counted.to_json())
    [group] = value["groups"]
    assert (value["by"], value["weight"], value["language"], value["codebook"]) == ("source", None, "en", "deepseek")
    assert group["sentences"] == counted.describe()["a"]
    assert {row["frame"]: row["share"] for row in group["frames"]} == {"market_shock": 0.5, "geopolitics": 0.05}
    assert {row["text"] for row in group["passages"]} == {TEXT}
    assert len(group["voice"]) == len(counted.voice)


def test_files_by_their_ending(counted: Summary, tmp_path: Path) -> None:
    for ending in ("csv", "json", "md"):
        counted.save(tmp_path / f"s.{ending}")
    assert (tmp_path / "s.csv").read_bytes().startswith(b"\xef\xbb\xbfby,group,")
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == counted.to_json()
    assert (tmp_path / "s.md").read_text(encoding="utf-8") == counted.to_markdown()
    with pytest.raises(OptionError, match=r"written as \.csv, \.json or \.md"):
        counted.save(tmp_path / "s.xlsx")
    with pytest.raises(OptionError, match="cannot be written"):
        counted.save(tmp_path / "no" / "s.csv")


# --- the command -----------------------------------------------------------------------------------------------------


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(cli, ["summarize", *arguments])


@pytest.fixture
def path(tmp_path: Path) -> str:
    write_table(to_dataframe(random_rows()), tmp_path / "table.jsonl")
    return str(tmp_path / "table.jsonl")


def test_the_command_prints_tables_and_sentences(path: str) -> None:
    done = _run(path, "--quotes")
    assert done.exit_code == 0
    assert "Frames: share of passages" in done.stdout
    assert "Net stance" in done.stdout
    assert "Voice: share of tellings" in done.stdout
    assert re.search(r"a: \d+ passages of 8 documents, reach", done.stdout)
    assert re.search(r"^  Geopolitics: ", done.stdout, re.MULTILINE)
    assert max(len(line) for line in done.stdout.splitlines()) <= 112


def test_the_command_speaks_chinese(path: str) -> None:
    done = _run(path, "--lang", "zh-Hant", "--most", "1")
    assert "框架：占段落的比例" in done.stdout
    assert "另有2個" in done.stdout


def test_the_command_writes_files(path: str, tmp_path: Path) -> None:
    done = _run(path, "--by", "day", "-o", str(tmp_path / "s.csv"), "-o", str(tmp_path / "s.md"))
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "8 groups → " in done.stderr
    assert (tmp_path / "s.csv").exists()
    assert (tmp_path / "s.md").exists()


def test_the_command_refuses(path: str, tmp_path: Path) -> None:
    assert isinstance(_run(path, "-o", str(tmp_path / "s.xlsx")).exception, OptionError)
    assert isinstance(_run(path, "--by", "nothing").exception, OptionError)
    assert isinstance(_run(str(tmp_path / "none.csv")).exception, TableError)
    write_table(to_dataframe(random_rows()), tmp_path / "table.csv")
    assert (
        "is an input, which the output would replace"
        in _run(str(tmp_path / "table.csv"), "-o", str(tmp_path / "table.csv")).stderr
    )


def test_narrow_terminals_get_every_column(path: str) -> None:
    from rich.console import Console

    from narrativ.show.summary import print_summary

    stream = io.StringIO()
    print_summary(Console(file=stream, width=40, highlight=False), narrativ.summarize(narrativ.read_table(path)))
    printed = stream.getvalue()
    assert max(len(line) for line in printed.splitlines()) <= 40
    for word in ("passages", "documents", "Geopolitics", "Market", "undecided", "China"):
        assert word in printed


def test_voices_stand_in_the_report_as_in_the_numbers(counted: Summary) -> None:
    page = counted.to_markdown()
    [head, row] = [line for line in page.split("## Voice")[1].splitlines() if line.startswith("| ")][:2]
    cells = dict(zip(head.strip("| ").split(" | "), row.strip("| ").split(" | "), strict=True))
    assert cells["own voice"].startswith("64% ")  # 7 of 11 tellings
    assert cells["own voice rejects"].startswith("60% ")
    assert cells["others rejects"].startswith("20% ")
