"""Encodings are told safely, and what is doubtful is said."""

from __future__ import annotations

import pytest

from narrativ.errors import InputError
from narrativ.read.decode import decode, looks_binary, mojibake

HANS = "浦江财讯讯：三家券商把全年出货预测下调了一成二，理由写得含蓄。午后板块跌幅一度扩大到百分之七，收盘略有回升。\n记者致电两家厂商，一家称排产照旧。"
HANT = "賣地瓜球的老闆娘把手機遞給記者看，說女兒幫她裝的，用來回外國客人的訊息。她沒有聽過禁令，也不打算移除。\n下午三點，櫃檯都說公文還沒到。"
HKSCS = HANT + "佢哋啲晶片喺邊度嚟㗎，冇人知。"
ENGLISH = "The ferry company has switched off the cameras — “for now”, a spokesman said — at its two island piers."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, encoding) for text in (HANS, HANT, ENGLISH) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030")],
        (HANS, "gb2312"), (HANS, "gbk"), (HANT, "big5"), (HKSCS, "big5hkscs"), (ENGLISH, "cp1252"), (HANS, "utf-16-le"), (HANT, "utf-16-be"),
    ],
    ids=lambda value: value if value.isascii() and len(value) < 12 else value[:6],
)  # fmt: skip
def test_text_comes_back(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


def test_a_detected_encoding_is_reported() -> None:
    assert "detected" in decode(HANS.encode("gb18030")).notes[0]
    assert decode(HANS.encode("utf-8")).notes == ()


def test_a_declaration_that_lies_is_not_believed() -> None:
    decoded = decode(HANS.encode("utf-8"), declared="gb2312")
    assert (decoded.text, decoded.encoding) == (HANS, "utf-8")


def test_a_declared_subset_is_read_as_its_superset() -> None:
    text = "朱镕基与陶喆"  # outside GB2312, inside GB18030
    assert decode(text.encode("gb18030"), declared="gb2312").text == text


def test_a_few_damaged_bytes_are_shown_and_counted() -> None:
    data = HANS.encode("utf-8")
    data = data[:31] + b"\xff" + data[31:]
    decoded = decode(data)
    assert "\ufffd" in decoded.text
    assert "undecodable" in decoded.notes[0]
    assert "byte 31" in decoded.notes[0] or "byte 30" in decoded.notes[0]


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(InputError, match="binary"):
        decode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    with pytest.raises(InputError, match="binary"):
        decode(bytes(range(32)) * 20)
    assert not looks_binary(ENGLISH.encode("utf-16"))
    assert not looks_binary(b"tab\tand form feed\x0c are text")


def test_a_demanded_encoding_is_used_and_losses_are_said() -> None:
    decoded = decode("中文".encode(), encoding="ascii")
    assert set(decoded.text) == {"\ufffd"}
    assert decoded.notes
    with pytest.raises(InputError, match="no encoding named"):
        decode(b"x", encoding="no-such-thing")


@pytest.mark.parametrize(
    "text",
    [
        HANS.encode("utf-8").decode("cp1252", "replace").replace("\ufffd", ""),  # UTF-8 read as Western
        HANS.encode("utf-8").decode("gb18030", "ignore"),  # UTF-8 read as GBK
        "中文锟斤拷锟斤拷文字",
        "text with \ufffd in it",
    ],
)
def test_mojibake_is_reported_not_repaired(text: str) -> None:
    assert mojibake(text)
    decoded = decode(text.encode("utf-8"))
    assert decoded.text == text
    assert decoded.notes


@pytest.mark.parametrize(
    "text", [HANS, HANT, HKSCS, ENGLISH, "It costs £5 – “really”, café Ünïcode, naïve façade 5 µm", ""]
)
def test_good_text_is_not_called_mojibake(text: str) -> None:
    assert mojibake(text) is None


def test_the_sample_corpus_is_not_called_mojibake(sample_texts: list[str]) -> None:
    assert not [text for text in sample_texts if mojibake(text)]
