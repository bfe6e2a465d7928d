"""Bytes to text, without guessing in silence.

Tried in this order, the first that holds wins: a byte order mark; NUL bytes in the pattern of UTF-16; UTF-8, which is
almost never valid by chance; the encoding that the input declares; charset-normalizer's choice among the encodings of
Chinese and Western files. What cannot be decoded is an error or is reported in the notes, and so is text that looks
like the wrong decoding of another (mojibake): it is kept as it is, for a guess could be wrong a second time.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from narrativ.errors import InputError

__all__ = ["Decoded", "decode", "looks_binary", "mojibake"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ["gb18030", "big5", "big5hkscs", "cp1252"]
# GB2312 and GBK are subsets of GB18030, Big5 of Big5-HKSCS: the declared subset is read as its superset.
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs",
              "iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "utf-8", "us-ascii": "utf-8"}  # fmt: skip
_NOT_PUNCTUATION = re.compile("[^\x00-\x7f“”‘’—…·、，。！？：；（）《》　￥]")
_SAMPLE = 1 << 20
# Few text files hold even one NUL or a control character beyond tab, line end, form feed and escape.
_BINARY_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 27})
_TEXT_BYTES = bytes(set(range(256)) - set(_BINARY_CONTROL))
_USUAL = re.compile("[\t\n\r -~\u2010-\u2030\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")
_MAGIC = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"MZ\x90", b"RIFF", b"SQLite format",
          b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"PAR1", b"OggS", b"ID3")  # fmt: skip
# U+FFFD in UTF-8 read as GBK; uninitialised memory of a Chinese Windows program.
_GARBAGE = re.compile("锟斤拷|烫烫烫|屯屯屯")
_HAN = re.compile("[\u4e00-\u9fff]")


class Decoded(NamedTuple):
    """Decoded text, the name of its encoding, and what to report about it."""

    text: str
    encoding: str
    notes: tuple[str, ...]


def looks_binary(data: bytes) -> bool:
    """Whether `data` is no text in any encoding (an image under a text file's name)."""
    head = data[:8192]
    if any(head.startswith(magic) for magic in _MAGIC):
        return True
    if any(head.startswith(bom) for bom, _ in _BOMS) or _utf16_without_bom(head):
        return False
    controls = len(head) - len(head.translate(None, _BINARY_CONTROL))
    return controls > max(1, len(head) // 100)


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 without a mark: read in the right order nearly all of it is ASCII, Han and their punctuation."""
    head = data[: 4096 // 2 * 2]
    if len(data) < 4 or len(data) % 2 or (b"\0" not in head and not head.translate(None, _TEXT_BYTES)):
        return None
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = head.decode(name, "ignore")
            data.decode(name)
        except UnicodeDecodeError:
            continue
        if len(_USUAL.findall(text)) > 0.97 * len(text):
            return name
    return None


def mojibake(text: str) -> str | None:
    """A sentence about text that looks wrongly decoded before it came here, or ``None``."""
    sample = text[:200_000]
    replaced = sample.count("\ufffd")
    if replaced:
        return f"{replaced} replacement characters (U+FFFD): bytes were lost before this file was written"
    found = _GARBAGE.search(sample)
    if found:
        return f"holds {found[0]!r}: bytes were lost before this file was written"
    if _reads_as_utf8(sample[:4000]):
        return "looks like mojibake (UTF-8 read as GBK); kept as it is"
    from ftfy import badness

    # UTF-8 read as a Western code page gives dense runs like ä¸­å›½; one odd sequence proves nothing.
    score = badness.badness(sample)
    if score > 2 and score > len(sample) / 200:
        return "looks like mojibake (UTF-8 read as a Western code page); kept as it is"
    return None


def _reads_as_utf8(text: str) -> bool:
    """Whether Han text, written back as GBK, is UTF-8 of other Han text: true Chinese never is."""
    han = "".join(_HAN.findall(text))
    if len(han) < 6:
        return False
    back = text.encode("gb18030", "ignore").decode("utf-8", "replace")
    return back.count("\ufffd") < 0.25 * len(back) and len(_HAN.findall(back)) > 0.3 * len(han)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _choose(data: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    cut = max(sample.rfind(b"\n"), 0) if len(data) > _SAMPLE else len(sample)
    best = from_bytes(sample[: cut or len(sample)], cp_isolation=_CANDIDATES).best()
    if best is None:
        return None
    name = _SUPERSETS.get(best.encoding.replace("_", "-"), best.encoding)
    if name != "gb18030":
        # English saved by a Chinese Windows: the only pairs are curly quotes and dashes, which Big5 and Western code
        # pages read as something else; text that really is in one of those shows rare Han or signs as GB18030.
        chinese = _strict(data, "gb18030")
        if chinese is not None and not _NOT_PUNCTUATION.search(chinese):
            return chinese, "gb18030"
    text = _strict(data, name)
    return None if text is None else (text, name)


def decode(data: bytes, *, declared: str | None = None, encoding: str | None = None) -> Decoded:
    """Text of `data`.

    Parameters
    ----------
    data
        The whole content of a file.
    declared
        Encoding that the content names itself (an HTML meta tag); believed where it decodes without error.
    encoding
        Encoding that the user demands; undecodable bytes become U+FFFD and are counted in the notes.

    Raises
    ------
    InputError
        `data` is binary, or no encoding fits; the message names the first byte that is no UTF-8.
    """
    if encoding:
        try:
            text = data.decode(encoding, "replace")
        except LookupError as error:
            raise InputError(f"no encoding named {encoding!r}") from error
        note = mojibake(text)
        return Decoded(text.removeprefix("\ufeff"), encoding, (note,) if note else ())
    for bom, name in _BOMS:
        if data.startswith(bom):
            text = _strict(data, name) or data.decode(name, "replace")
            note = mojibake(text)
            return Decoded(text, name, (note,) if note else ())
    if looks_binary(data):
        raise InputError("binary content, not text")
    utf16 = _utf16_without_bom(data)
    if utf16:
        return Decoded(data.decode(utf16, "replace"), utf16, (f"read as {utf16} without a byte order mark",))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        position = error.start
    else:
        note = mojibake(text)
        return Decoded(text, "utf-8", (note,) if note else ())
    if declared:
        name = _SUPERSETS.get(declared.strip().lower(), declared.strip().lower())
        declared_text = _strict(data, name)
        if declared_text is not None and name != "utf-8":
            note = mojibake(declared_text)
            return Decoded(declared_text, name, (note,) if note else ())
    # A file of UTF-8 with a few damaged bytes is still UTF-8.
    lenient = data.decode("utf-8", "replace")
    damaged = lenient.count("\ufffd")
    beyond_ascii = sum(byte > 127 for byte in data[:_SAMPLE])
    if beyond_ascii > (20 if damaged <= 3 else 50) * damaged:
        note = f"{damaged} undecodable places in UTF-8, the first at byte {position}: each is shown as U+FFFD"
        return Decoded(lenient, "utf-8", (note,))
    chosen = _choose(data)
    if chosen is None:
        raise InputError(
            f"encoding not recognised (no UTF-8 at byte {position}; GB18030 and Big5 do not fit): name it with --encoding"
        )
    text, name = chosen
    notes = [f"read as {name} (detected)"]
    note = mojibake(text)
    if note:
        notes.append(note)
    return Decoded(text, name, tuple(notes))
