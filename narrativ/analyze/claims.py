"""Claims: the figures of a label table, each with its type, subject, bounds, holder and position.

A quantity (:mod:`narrativ.text.quantities`) becomes a claim when a claim type of the codebook takes it: a count by what is counted
right after it, everything else by the nearest trigger in its sentence. Values are kept as written; what looks wrong is flagged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from narrativ.analyze.claim_attach import Attached, Attacher, PassageForm, relative_share
from narrativ.analyze.claim_dates import stated_date
from narrativ.analyze.claim_terms import Mention
from narrativ.codebook import Codebook, load_codebook
from narrativ.errors import OptionError, TableError
from narrativ.records import OK
from narrativ.table import guard
from narrativ.text.normalize import match_forms

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLAIM_COLUMNS", "claims", "claims_text"]

CLAIM_COLUMNS = (
    "doc_id", "passage", "source", "published", "type", "subject", "subject_from", "value", "low", "high", "unit", "hedge", "step",
    "relative", "detail", "text", "start", "end", "sentence", "holder", "position", "positions", "doubt", "date", "date_from", "flags",
)  # fmt: skip
"""Columns of :func:`claims`, in order; ``story`` follows where the table has it."""

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")  # of tables made by hand; reading removes them


def claims(
    table: pd.DataFrame,
    *,
    codebook: str | Codebook = "deepseek",
    types: Iterable[str] | None = None,
    rates: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Claims of a label table.

    Parameters
    ----------
    table
        A label table; passages with status ``ok`` are searched.
    codebook
        The codebook whose claim types are looked for, or its name.
    types
        Only these types; all when not given.
    rates
        Currencies to compare in one, see :func:`claim_groups`; values stay as written.

    Returns
    -------
    DataFrame of one row a claim, in the table's order
        With :data:`CLAIM_COLUMNS`. A figure said of two subjects (谷歌、微软跌逾1%) is two claims. ``value``, ``low`` and ``high``
        are in ``unit``; ``value`` is NaN where the words give a span only, a bound is NaN where open. ``start`` and ``end`` are
        the figure's span in the document. ``position`` is the passage's toward the frame of the type. ``flags`` is a list of
        ``currency_not_stated``, ``implausible``, ``outlier`` and ``power_of_ten``.

    Raises
    ------
    OptionError
        The codebook has no claim types, or none of a given name.
    TableError
        The table lacks a column.
    """
    from narrativ.analyze.claim_groups import flagged

    book = codebook if isinstance(codebook, Codebook) else load_codebook(codebook)
    if not book.claims.types:
        raise OptionError(f"codebook {book.id!r} defines no claim types (claims.yaml)")
    wanted = set(book.claims.type_ids) if types is None else {book.claims.type(name).id for name in types}
    missing = [
        name
        for name in ("doc_id", "passage", "text", "start", "status", "source", "published")
        if name not in table.columns
    ]
    if missing:
        raise TableError(f"not a label table: no column {', '.join(map(repr, missing))}")
    attacher = Attacher(book.claims)
    labelled = table[table["status"] == OK]
    rows = [row for row in _rows(labelled, attacher) if row["type"] in wanted]
    return flagged(_frame(rows, extra=[name for name in ("story",) if name in table.columns]), book, rates=rates)


def _frame(rows: list[dict[str, Any]], extra: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    data: pd.DataFrame = pd.DataFrame(rows, columns=[*CLAIM_COLUMNS, *extra])
    for name in ("value", "low", "high", "step", "relative"):
        data[name] = data[name].astype("float64")
    for name in ("passage", "start", "end"):
        data[name] = data[name].astype("Int64")
    return data


def _rows(table: pd.DataFrame, attacher: Attacher) -> Iterator[dict[str, Any]]:
    """Claims of a table's passages, as rows."""
    texts = [_UNUSABLE.sub("\ufffd", text) if isinstance(text, str) else "" for text in table["text"]]
    names = [name for name in ("doc_id", "passage", "start", "source", "published", "title", "holder", "positions", "voices", "story")
             if name in table.columns]  # fmt: skip
    columns = [table[name].tolist() for name in names]
    titles: dict[str, list[Mention]] = {}
    for number, form in enumerate(match_forms(texts)):
        passage = attacher.passage(form)
        if passage is None:
            continue
        row: dict[str, Any] = {}
        for claim in attacher.claims(passage):
            row = row or {name: column[number] for name, column in zip(names, columns, strict=True)}
            title = _UNUSABLE.sub("\ufffd", str(row.get("title") or ""))
            if title not in titles:
                titles[title] = attacher.terms.subjects(match_forms([title])[0])
            yield from _claim_rows(attacher, passage, claim, row, texts[number], titles[title])


def _claim_rows(
    attacher: Attacher,
    passage: PassageForm,
    claim: Attached,
    row: Mapping[str, Any],
    text: str,
    title: Sequence[Mention],
) -> Iterator[dict[str, Any]]:
    quantity = claim.quantity
    offset = _integer(row["start"])
    published = row["published"] if isinstance(row["published"], str) else ""
    low, high = passage.sentence(quantity.start)
    stated = stated_date(passage.form, low, high, quantity.start, published)
    positions = row.get("positions")
    positions = dict(positions) if isinstance(positions, Mapping) else {}
    doubt = [item for item in passage.found.doubt if low <= item.start < high]
    cue = min(doubt, key=lambda item: abs(item.start - quantity.start)) if doubt else None
    subjects, where = attacher.subjects(passage, claim, title)
    money = "money" in claim.type.units and quantity.kind in ("count", "billions") and not claim.unit
    base = {
        "doc_id": row["doc_id"], "passage": _integer(row["passage"]), "source": row["source"] or "", "published": published,
        "type": claim.type.id, "subject_from": where, "value": quantity.value, "low": quantity.low, "high": quantity.high,
        "unit": "money" if money else claim.unit, "hedge": quantity.hedge, "step": quantity.step, "relative": relative_share(passage.form, claim),
        "detail": claim.detail, "text": text[quantity.start : quantity.end], "start": offset + quantity.start, "end": offset + quantity.end,
        "sentence": text[low:high].strip(), "holder": _holder(row, offset + quantity.start), "position": positions.get(claim.type.frame, ""),
        "positions": positions, "doubt": text[cue.start : cue.end] if cue else "", "date": stated or published[:10],
        "date_from": "sentence" if stated else "published" if published else "",
    }  # fmt: skip
    flags = ["currency_not_stated"] if money else []
    for subject in subjects:
        yield base | {"subject": subject, "flags": list(flags)} | ({"story": row["story"]} if "story" in row else {})


def _integer(value: Any) -> int:
    return 0 if value is None or value != value else int(value)


def _holder(row: Mapping[str, Any], position: int) -> str:
    """Whose words the figure stands in: of the innermost voice around it, or of the passage."""
    voices = row.get("voices")
    around = [item for item in (voices if isinstance(voices, list) else []) if item["start"] <= position < item["end"]]
    if around:
        return str(min(around, key=lambda item: item["end"] - item["start"])["holder"])
    holder = row.get("holder")
    return holder if isinstance(holder, str) else ""


def claims_text(data: pd.DataFrame, format: str) -> str:
    """Claims as ``csv``, ``json`` or ``jsonl``; cells of CSV that a spreadsheet would run are guarded.

    Raises
    ------
    OptionError
        The format is another.
    """
    import orjson

    records = [{name: _plain(value) for name, value in row.items()} for row in data.to_dict("records")]
    if format == "jsonl":
        return "".join(orjson.dumps(row).decode() + "\n" for row in records)
    if format == "json":
        return orjson.dumps(records, option=orjson.OPT_INDENT_2).decode() + "\n"
    if format != "csv":
        raise OptionError(f"no format {format!r} of claims; formats are csv, json, jsonl")
    stream = io.StringIO()
    stream.write("\ufeff")  # tells Excel that the file is UTF-8
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(data.columns)
    for row in records:
        writer.writerow([guard(_cell(row[str(name)])) for name in data.columns])
    return stream.getvalue()


def _plain(value: Any) -> Any:
    """A value as JSON holds it: no NaN."""
    if isinstance(value, (list, dict, str)):
        return value
    return None if value is None or value != value else value


def _cell(value: Any) -> Any:
    """A value as a cell: lists joined by ``|``, positions as ``frame=position``."""
    if isinstance(value, list):
        return "|".join(map(str, value))
    if isinstance(value, dict):
        return "|".join(f"{key}={item}" for key, item in value.items())
    return value
