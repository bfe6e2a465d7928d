"""Nothing is lost and nothing crashes: every bad input becomes a row that says why."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

import narrativ
from narrativ.read import files


def only(path: Path | str, **options: object) -> narrativ.Document:
    [document] = narrativ.read(path, **options)  # type: ignore[arg-type]
    return document


def test_missing_file(tmp_path: Path) -> None:
    assert only(tmp_path / "none.md").status == "error: no such file"


def test_glob_without_match(tmp_path: Path) -> None:
    assert only(str(tmp_path / "*.md")).status == "error: no file matches this pattern"


def test_empty_files(tmp_path: Path) -> None:
    for name in ("a.md", "b.txt", "c.html", "d.csv", "e.jsonl"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "f.md").write_bytes(b"\xef\xbb\xbf \r\n\t\r\n")
    documents = list(narrativ.read(tmp_path))
    assert [document.status for document in documents] == ["empty"] * 6


def test_empty_json_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "e.json"
    path.write_text("[]")
    assert only(path).status.startswith("error: JSON holds no objects")


def test_binary_under_a_text_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.md"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(4000))
    assert only(path).status == "error: binary content, not text"


def test_a_file_of_unknown_format_is_skipped_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.md").write_text("some words stand here")
    (tmp_path / ".hidden.md").write_text("not looked at")
    first, second = narrativ.read(tmp_path)
    assert first.status == "skipped: .png is no format that narrativ reads"
    assert second.status == "ok"


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.md"
    path.write_text("x")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read anything, so the refusal is made
    assert only(path).status == "error: cannot be read: Permission denied"


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.md").write_text("some words stand here")
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def refuse(path: object) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)
    statuses = {Path(document.id).name: document.status for document in narrativ.read(tmp_path)}
    assert statuses == {"closed": "error: folder cannot be read: Permission denied", "a.md": "ok"}


@pytest.mark.parametrize("content", ["[1, 2, 3]", '"text"', '{"a": ', "[{]", "nonsense", "[" * 100_000])
def test_json_that_is_none(content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    assert only(path).status.startswith("error: ")


def test_json_with_nan_as_pandas_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('[{"text": "some words here", "views": NaN, "source": NaN}]')
    document = only(path)
    assert (document.status, document.reach, document.source) == ("ok", None, "")


def test_twenty_megabytes_of_json_in_one_line(tmp_path: Path) -> None:
    rows = [
        {"text": f"第{number}条：" + "今天下午不用排队了，估计是扩容了。" * 20, "views": "1.2万"}
        for number in range(12_000)
    ]
    content = json.dumps(rows, ensure_ascii=False)
    assert len(content.encode()) > 10_000_000
    assert "\n" not in content
    path = tmp_path / "big.json"
    path.write_text(content, encoding="utf-8")
    assert sum(document.status == "ok" and document.reach == 12_000 for document in narrativ.read(path)) == 12_000


def test_an_input_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x" * 2000)
    assert "larger than 1,000 bytes" in only(path, max_bytes=1000).status


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt.gz"
    path.write_bytes(gzip.compress(b"a" * 5_000_000))
    assert "larger than 100,000 bytes after decompression" in only(path, max_bytes=100_000).status


def test_damaged_gzip(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"text\nsome words\n" * 100)[:-20])
    assert only(path).status.startswith("error: damaged gzip data")


def test_damaged_parquet_and_excel(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing PAR1")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (tmp_path / "c.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 an old .xls")
    statuses = [document.status for document in narrativ.read(tmp_path)]
    assert statuses[0].startswith("error: no readable Parquet file")
    assert all(status.startswith("error: no readable Excel workbook") for status in statuses[1:])


def test_a_table_without_text_names_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    assert "no text column among 'a', 'b'" in only(path).status
    assert "--text-column" in only(path).status


def test_csv_rows_with_too_many_cells_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("text,author\ngood row of text,me\na, b, c,me\nanother good row,you\n")
    statuses = [document.status for document in narrativ.read(path)]
    assert statuses[0] == statuses[2] == "ok"
    assert statuses[1].startswith("error: line 3: 4 cells, but 2 columns")


def test_yaml_that_expands_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    bomb = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(9))
    path.write_text(f"---\ntitle: t\n{bomb}\n---\nsome words stand here\n")
    document = only(path)
    assert (document.title, document.text) == ("t", "some words stand here")
    assert "no valid YAML" in document.notes[0]


def test_yaml_cannot_make_objects(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("---\ntitle: !!python/object/apply:os.system ['true']\nauthor: me\n---\nsome words stand here\n")
    document = only(path)
    assert document.status == "ok"
    assert "posix" not in str(document.title)


def test_html_bomb_and_broken_html(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 20_000 + "deep words are here" + "</div>" * 20_000)
    (tmp_path / "b.html").write_text("<p>no end <b>of tags <script>var x = '</p>'")
    (tmp_path / "c.html").write_text("just a few words, no tags at all")
    for document in narrativ.read(tmp_path):
        assert document.status in ("ok", "empty") or document.status.startswith("error: ")


def test_deeply_nested_markdown(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("> " * 5000 + "words that lie deep\n" + "[" * 5000 + "\n" + "*" * 5000)
    assert only(path).status == "ok" or only(path).status.startswith("error: ")


def test_every_row_is_accounted_for_in_the_table(tmp_path: Path, labeler: narrativ.Labeler) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.md").write_bytes(b"\x89PNG" + b"\0" * 100)
    (tmp_path / "c.txt").write_text("")
    (tmp_path / "d.txt").write_text("ok")
    (tmp_path / "e.txt").write_text("Акции упали на семнадцать процентов за один день, сообщает агентство.")
    (tmp_path / "f.txt").write_text("英伟达股价一夜暴跌，市值蒸发近六千亿美元，恐慌性抛售蔓延。", encoding="utf-8")
    (tmp_path / "g.txt").write_text(
        "Le cours de l'action a chuté de dix-sept pour cent en une seule journée, selon les analystes de la banque.",
        encoding="utf-8",
    )
    table = labeler.label(narrativ.read(tmp_path))
    statuses = [status.split(":")[0] for status in table["status"]]
    assert statuses == [
        "skipped",
        "error",
        "empty",
        "too_short",
        "unsupported_language",
        "ok",
        "unsupported_language",
    ]
    assert table["frames"].tolist()[:5] == [[]] * 5
    assert table["frames"][5] == ["market_shock"]


def test_the_size_limit_has_a_default() -> None:
    assert files.MAX_BYTES == 2**30
