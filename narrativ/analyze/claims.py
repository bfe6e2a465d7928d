"""Claims: the figures of a label table, each with its type, subject, bounds, holder and position.

A quantity (:mod:`narrativ.text.quantities`) becomes a claim when a claim type of the codebook takes it: a count by what is counted
right after it, everything else by the nearest trigger in its sentence. Values are kept as written; what looks wrong is flagged.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from narrativ.analyze.claim_terms import CLAUSE_MARK, SENTENCE_MARK, Found, Mention, Terms
from narrativ.codebook import ClaimBook, ClaimType, Codebook, load_codebook
from narrativ.errors import OptionError, TableError
from narrativ.records import OK
from narrativ.table import guard
from narrativ.text.normalize import match_forms
from narrativ.text.quantities import Quantity, find_quantities, may_hold_quantity
from narrativ.text.segment import sentence_spans

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLAIM_COLUMNS", "claims", "claims_text"]

CLAIM_COLUMNS = (
    "doc_id", "passage", "source", "published", "type", "subject", "subject_from", "value", "low", "high", "unit", "hedge", "step",
    "relative", "detail", "text", "start", "end", "sentence", "holder", "position", "positions", "doubt", "date", "date_from", "flags",
)  # fmt: skip
"""Columns of :func:`claims`, in order; ``story`` follows where the table has it."""

_REACH = 30.0
"""How far a trigger may stand from its quantity, in Chinese characters; a Latin character counts a half, a clause mark six."""
_CLAUSE, _AFTER = 6.0, 1.2
_WEAK = 10.0
_EARLIER = 8.0
_COUNTED_GAP, _BEYOND = 14, 6
_BEFORE_GAP, _NEXT_TO = 5.0, 8.0
_LATIN_RUN = re.compile(r"[a-z0-9 .'$-]")
_MAY_FOLLOW = "左右上下以的附人次多"
_CLASSIFIER = re.compile(r"\s?[个名张台块颗枚人位篇件家种条套次]")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")  # of tables made by hand; reading removes them
_SIZED = re.compile(r"[0-9]\s?b(?![a-z0-9])")
_LESS = re.compile(r"便宜|低|减少|节省|省|下降|降|少|less|cheaper|lower|reduc|cut|fewer|saving|below|discount")
_COMPARAND = re.compile(
    r"(?:比|较|像|如|击败|超过|超越|超出|相比|对比|挑战|than|as|versus|vs\.?|beat|beats|unlike|to|with)\s?(?:起)?$"
)
_OF = re.compile(r"(?:of|的)\s(?:the\s)?$")
_COMPARED = re.compile(r"(?:的|之|这样的)?[^,;。]{0,8}?(?:一样|相当|相比|同等|同样|旗鼓|比肩|匹敌)")
_LISTED = re.compile(r"、[^,;:。!?()、]{0,12}|,? and [^,;:.!?()]{0,24}")
_JOINS = re.compile(r"\s?(?:、|和|及|与|以及|and|&|, and|,)\s?")


@dataclass(slots=True)
class _Passage:
    """What attachment needs of a passage; spans are in its own text."""

    form: str
    found: Found
    quantities: list[Quantity]
    marks: list[int]
    bounds: list[int]
    sentences: list[tuple[int, int]] = field(default_factory=list)

    def sentence(self, position: int) -> tuple[int, int]:
        """Bounds of the sentence around a position."""
        index = bisect_right(self.bounds, position)
        start = self.bounds[index - 1] if index else 0
        return start, self.bounds[index] if index < len(self.bounds) else len(self.form)

    def clause(self, position: int) -> tuple[int, int]:
        index = bisect_right(self.marks, position)
        start = self.marks[index - 1] if index else 0
        return start, self.marks[index] if index < len(self.marks) else len(self.form)

    def distance(self, start: int, end: int) -> float:
        """Between two positions, in Chinese characters."""
        between = self.form[start:end]
        latin = len(_LATIN_RUN.findall(between))
        crossed = bisect_left(self.marks, end) - bisect_left(self.marks, start)
        return len(between) - latin / 2 + _CLAUSE * crossed


@dataclass(slots=True)
class _Claim:
    type: ClaimType
    quantity: Quantity
    unit: str
    detail: str = ""


class _Attacher:
    """Brings quantities to the types of a claim book."""

    def __init__(self, book: ClaimBook) -> None:
        self.book = book
        self.terms = Terms(book)
        self._details = [
            re.compile("|".join(rf"(?<![a-z0-9])({re.escape(item.lower())})s?(?![a-z0-9])" for item in kind.details))
            if kind.details
            else None
            for kind in book.types
        ]

    def passage(self, form: str) -> _Passage | None:
        """A passage with its terms and quantities; ``None`` where it has no claim for sure."""
        if not may_hold_quantity(form):
            return None
        found = self.terms.find(form) or (Found() if _SIZED.search(form) else None)
        if found is None:
            return None
        numbers = find_quantities(form)
        if not numbers:
            return None
        marks = [match.start() for match in CLAUSE_MARK.finditer(form) if not _in_number(form, match.start())]
        marks = [mark for number, mark in enumerate(marks) if not number or mark - marks[number - 1] > 1]
        return _Passage(form, found, numbers, marks, [match.end() for match in SENTENCE_MARK.finditer(form)])

    def claims(self, passage: _Passage) -> Iterator[_Claim]:
        """The quantities of a passage that a type takes."""
        before: _Claim | None = None
        for index, quantity in enumerate(passage.quantities):
            following = (
                passage.quantities[index + 1].start if index + 1 < len(passage.quantities) else len(passage.form)
            )
            listed = (
                before is not None
                and before.quantity is passage.quantities[index - 1]
                and self._listed(passage, before, quantity)
            )
            claim = (
                _Claim(before.type, quantity, quantity.unit)
                if listed and before
                else self._attach(passage, quantity, following)
            )
            if claim:
                yield claim
            before = claim

    def _listed(self, passage: _Passage, before: _Claim, quantity: Quantity) -> bool:
        """Whether a quantity goes on a list (微软800亿美元、Meta650亿美元): it is then of the same type."""
        if (before.quantity.kind, before.quantity.unit) != (quantity.kind, quantity.unit) or quantity.kind in (
            "count",
            "billions",
        ):
            return False
        low, high = before.quantity.end, quantity.start
        return bool(_LISTED.fullmatch(passage.form, low, high)) and not any(
            low <= item.start < high for item in passage.found.triggers
        )

    def _attach(self, passage: _Passage, quantity: Quantity, following: int) -> _Claim | None:
        if quantity.kind in ("count", "billions"):
            if quantity.stated < 2:  # "one large GPU" counts nothing
                return None
            number = self._counted(passage, quantity, following)
            if number is not None:
                kind = self.book.types[number]
                return _Claim(kind, quantity, kind.count_unit, self._detail(passage, number, quantity))
            if quantity.kind == "billions":
                number = self._nearest(passage, quantity, "money", reach=_NEXT_TO)
                return self._sized(quantity) if number is None else _Claim(self.book.types[number], quantity, "")
            if not _may_be_money(passage.form, quantity):
                return None
            number = self._nearest(passage, quantity, "money")
            return None if number is None else _Claim(self.book.types[number], quantity, "")
        number = self._nearest(passage, quantity, quantity.kind)
        return None if number is None else _Claim(self.book.types[number], quantity, quantity.unit)

    def _sized(self, quantity: Quantity) -> _Claim | None:
        """A bare 671B: of the type that takes such numbers."""
        for kind in self.book.types:
            if "billions" in kind.units:
                return _Claim(kind, quantity, kind.count_unit)
        return None

    def _counted(self, passage: _Passage, quantity: Quantity, following: int) -> int | None:
        """The type whose counted thing follows a number, or whose trigger stands right before it."""
        sentence = passage.sentence(quantity.start)
        best: tuple[float, int] | None = None
        near = [(item, False) for item in passage.found.counted] + [(item, True) for item in passage.found.counted_near]
        for item, needs_trigger in near:
            gap = item.start - quantity.end
            kind = self.book.types[item.owner]
            if (
                not 0 <= gap <= _COUNTED_GAP * (2 if passage.form[item.start].isascii() else 1)
                or item.start >= following
            ):
                continue
            if (
                quantity.kind not in kind.units
                or quantity.step < 1
                or CLAUSE_MARK.search(passage.form, quantity.end, item.start)
            ):
                continue
            if (
                item.end - item.start == 1
                and gap > 1
                or self._forbidden(passage, item.owner, quantity, until=item.end + _BEYOND)
            ):
                continue
            if needs_trigger and not any(
                t.owner == item.owner and sentence[0] <= t.start < sentence[1] for t in passage.found.triggers
            ):
                continue
            if best is None or gap < best[0]:
                best = gap, item.owner
        if best is None:
            best = self._right_before(passage, quantity)
        return best[1] if best else None

    def _right_before(self, passage: _Passage, quantity: Quantity) -> tuple[float, int] | None:
        best: tuple[float, int] | None = None
        following = passage.form[quantity.end : quantity.end + 1]
        if following.isalnum() and following not in _MAY_FOLLOW:
            return None
        for item in passage.found.triggers:
            kind = self.book.types[item.owner]
            if any(item.end <= other.start < quantity.start for other in passage.quantities):
                continue
            if item.end > quantity.start or "count" not in kind.units or quantity.step < 1:
                continue
            between = passage.form[item.end : quantity.start]
            distance = passage.distance(item.end, quantity.start) - (
                _CLAUSE if between.strip()[:1] in ("(", ":") else 0
            )
            if (
                distance <= _BEFORE_GAP
                and (best is None or distance < best[0])
                and not self._forbidden(passage, item.owner, quantity)
            ):
                best = distance, item.owner
        return best

    def _forbidden(self, passage: _Passage, number: int, quantity: Quantity, *, until: int = 0) -> bool:
        """Whether what follows the number (up to a place), or stands in its clause, forbids the type."""
        start, end = passage.clause(quantity.start)
        until = until or quantity.end + _BEYOND
        return any(
            item.owner == number and quantity.end <= item.start and item.end <= until
            for item in passage.found.counted_unless
        ) or any(item.owner == number and start <= item.start < max(end, quantity.end) for item in passage.found.unless)

    def _nearest(self, passage: _Passage, quantity: Quantity, unit: str, *, reach: float = _REACH) -> int | None:
        """The type with the nearest trigger in the sentence."""
        low, high = passage.sentence(quantity.start)
        best: tuple[float, int] | None = None
        bracketed = passage.form[quantity.start - 1 : quantity.start] == "("
        triggers = [(item, 0.0) for item in passage.found.triggers] + [(item, _WEAK) for item in passage.found.weak]
        for item, handicap in triggers:
            if not (low <= item.start < high):
                continue
            kind = self.book.types[item.owner]
            if unit not in kind.units or {kind.direction, quantity.direction} == {"down", "up"}:
                continue
            # Of two triggers at one place the longer says more.
            distance = handicap - (item.end - item.start) / 100
            if item.end <= quantity.start:
                distance += passage.distance(item.end, quantity.start) - (2 * _CLAUSE if bracketed else 0)
            elif item.start >= quantity.end:
                distance += passage.distance(quantity.end, item.start) * _AFTER
            if (
                distance <= reach
                and (best is None or distance < best[0])
                and not self._forbidden(passage, item.owner, quantity)
            ):
                best = distance, item.owner
        return best[1] if best else None

    def _detail(self, passage: _Passage, number: int, quantity: Quantity) -> str:
        pattern = self._details[number]
        if pattern is None:
            return ""
        low, high = passage.sentence(quantity.start)
        found = [
            (
                passage.distance(quantity.end, match.start())
                if match.start() >= quantity.end
                else 2 * passage.distance(match.end(), quantity.start),
                match,
            )
            for match in pattern.finditer(passage.form, low, high)
            if match.start() >= quantity.end or match.end() <= quantity.start
        ]
        near = [(distance, match.start(), match) for distance, match in found if distance <= 2 * _REACH]
        return self.book.types[number].details[(min(near)[2].lastindex or 1) - 1] if near else ""

    # --- subjects ---

    def subjects(self, passage: _Passage, claim: _Claim, title: Sequence[Mention]) -> tuple[list[str], str]:
        """Ids of the subjects of a claim, and where they were found: ``sentence``, ``passage``, ``title`` or nowhere."""
        roles, names = claim.type.roles, self.book.subjects
        mentions = [item for item in passage.found.subjects if names[item.owner].roles & roles]
        low, high = passage.sentence(claim.quantity.start)
        own = [item for item in mentions if low <= item.start < high]
        chosen = self._chosen(
            passage, claim, [item for item in own if not _is_comparand(passage.form, item, claim.type.relative)]
        )
        if chosen:
            return [names[number].id for number in _coordinated(passage.form, mentions, chosen)], "sentence"
        earlier = [item for item in mentions if item.start < low]
        if earlier:
            return [names[earlier[0 if claim.type.subject == "first" else -1].owner].id], "passage"
        for item in title:
            if names[item.owner].roles & roles:
                return [names[item.owner].id], "title"
        return [""], ""

    def _chosen(self, passage: _Passage, claim: _Claim, mentions: Sequence[Mention]) -> Mention | None:
        quantity = claim.quantity
        before = [item for item in mentions if item.start < quantity.start]
        if claim.type.subject == "first" and before:
            return before[0]
        after = [item for item in mentions if item.start >= quantity.end]
        near = [(passage.distance(item.end, quantity.start), item) for item in before[-1:]]
        near += [(passage.distance(quantity.end, item.start) * 2 + 3, item) for item in after[:1]]
        return min(near)[1] if near else None


def _is_comparand(form: str, mention: Mention, relative: bool) -> bool:
    """Whether a subject is named only to be compared with: 比OpenAI便宜, 和 o1 一样, 3 % of OpenAI's price."""
    before = form[max(0, mention.start - 8) : mention.start]
    if relative and _OF.search(before):
        return True
    return bool(_COMPARAND.search(before)) or bool(
        re.search(r"(?:和|与|跟|同)\s?$", before) and _COMPARED.match(form, mention.end)
    )


def _in_number(form: str, position: int) -> bool:
    """Whether a comma stands inside 2,048."""
    return (
        form[position] == ","
        and form[position - 1 : position].isdigit()
        and form[position + 1 : position + 2].isdigit()
    )


def _coordinated(form: str, mentions: Sequence[Mention], chosen: Mention) -> list[int]:
    """The chosen mention and those joined to it: 谷歌、微软跌逾1% is said of both."""
    numbers = [chosen.owner]
    position = mentions.index(chosen)
    while position and _JOINS.fullmatch(form[mentions[position - 1].end : mentions[position].start]):
        position -= 1
        numbers.insert(0, mentions[position].owner)
    return list(dict.fromkeys(numbers))


def _may_be_money(form: str, quantity: Quantity) -> bool:
    """Whether a bare number can be money whose currency goes without saying: 训练成本600万, 投入上百亿."""
    big = quantity.stated >= 10_000 and any(char in "万亿兆wmbnt" for char in form[quantity.start : quantity.end])
    return big and not _CLASSIFIER.match(form, quantity.end)


def _relative(form: str, claim: _Claim) -> float | None:
    """A relative cost as the share that the cheaper is of the dearer, 0 to 1."""
    quantity = claim.quantity
    if not claim.type.relative or quantity.stated <= 0:
        return None
    if quantity.kind == "times":
        return 1 / quantity.stated if quantity.stated >= 1 else quantity.stated
    less = _LESS.search(form[max(0, quantity.start - 8) : quantity.start]) or _LESS.match(
        form[quantity.end : quantity.end + 9].lstrip()
    )
    share = 1 - quantity.stated / 100 if less else quantity.stated / 100
    return share if share > 0 else None


# --- dates -----------------------------------------------------------------------------------------------------------

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATE_HINT = re.compile(rf"[月号]|[12][90][0-9]{{2}}[./-]|(?:{'|'.join(_MONTHS)})")
_DATE = re.compile(
    r"(?P<y1>(?:19|20)\d\d)[年/.-](?P<m1>\d{1,2})[月/.-](?P<d1>\d{1,2})日?|(?<!\d)(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号]?"
    r"|(?<![\d.])(?P<m5>\d{1,2})\.(?P<d5>\d{1,2})号"
    rf"|(?<![a-z])(?P<m3>{'|'.join(_MONTHS)})[a-z]*\.?\s(?P<d3>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s(?P<y3>(?:19|20)\d\d))?"
    rf"|(?<!\d)(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<m4>{'|'.join(_MONTHS)})[a-z]*(?:,?\s(?P<y4>(?:19|20)\d\d))?"
)


def _stated_date(form: str, low: int, high: int, position: int, published: str) -> str:
    """The date stated nearest before a position in its sentence, as ISO 8601; ``--01-27`` where no year is known."""
    best: tuple[int, str] | None = None
    if not _DATE_HINT.search(form, low, high):
        return ""
    for match in _DATE.finditer(form, low, high):
        groups = {key[0]: value for key, value in match.groupdict().items() if value}
        month = int(groups["m"]) if groups["m"].isdigit() else _MONTHS.index(groups["m"][:3]) + 1
        day = _day(int(groups["y"]) if "y" in groups else None, month, int(groups["d"]), published)
        distance = position - match.end() if match.end() <= position else 2 * (match.start() - position)
        if day and (best is None or distance < best[0]):
            best = distance, day
    return best[1] if best else ""


def _day(year: int | None, month: int, day: int, published: str) -> str:
    try:
        if year is None and published:
            # "1月27日" is the one nearest to publication.
            near = dt.date.fromisoformat(published[:10])
            days = [dt.date(near.year + shift, month, day) for shift in (-1, 0, 1)]
            return min(days, key=lambda item: abs((item - near).days)).isoformat()
        return dt.date(year, month, day).isoformat() if year else dt.date(2000, month, day).strftime("--%m-%d")
    except ValueError:
        return ""


# --- the table -------------------------------------------------------------------------------------------------------


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
    attacher = _Attacher(book.claims)
    labelled = table[table["status"] == OK]
    rows = [row for row in _rows(labelled, attacher) if row["type"] in wanted]
    return flagged(_frame(rows, extra=[name for name in ("story",) if name in table.columns]), book, rates=rates)


def _frame(rows: list[dict[str, Any]], extra: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    data = pd.DataFrame(rows, columns=[*CLAIM_COLUMNS, *extra])
    for name in ("value", "low", "high", "step", "relative"):
        data[name] = data[name].astype("float64")
    for name in ("passage", "start", "end"):
        data[name] = data[name].astype("Int64")
    return data


def _rows(table: pd.DataFrame, attacher: _Attacher) -> Iterator[dict[str, Any]]:
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
    attacher: _Attacher, passage: _Passage, claim: _Claim, row: Mapping[str, Any], text: str, title: Sequence[Mention]
) -> Iterator[dict[str, Any]]:
    quantity = claim.quantity
    offset = _integer(row["start"])
    published = row["published"] if isinstance(row["published"], str) else ""
    low, high = passage.sentence(quantity.start)
    stated = _stated_date(passage.form, low, high, quantity.start, published)
    positions = row.get("positions")
    positions = dict(positions) if isinstance(positions, Mapping) else {}
    doubt = [item for item in passage.found.doubt if low <= item.start < high]
    cue = min(doubt, key=lambda item: abs(item.start - quantity.start)) if doubt else None
    subjects, where = attacher.subjects(passage, claim, title)
    money = "money" in claim.type.units and quantity.kind in ("count", "billions") and not claim.unit
    base = {
        "doc_id": row["doc_id"], "passage": _integer(row["passage"]), "source": row["source"] or "", "published": published,
        "type": claim.type.id, "subject_from": where, "value": quantity.value, "low": quantity.low, "high": quantity.high,
        "unit": "money" if money else claim.unit, "hedge": quantity.hedge, "step": quantity.step, "relative": _relative(passage.form, claim),
        "detail": claim.detail, "text": text[quantity.start : quantity.end], "start": offset + quantity.start, "end": offset + quantity.end,
        "sentence": _sentence(passage, text, quantity.start), "holder": _holder(row, offset + quantity.start), "position": positions.get(claim.type.frame, ""),
        "positions": positions, "doubt": text[cue.start : cue.end] if cue else "", "date": stated or published[:10],
        "date_from": "sentence" if stated else "published" if published else "",
    }  # fmt: skip
    flags = ["currency_not_stated"] if money else []
    for subject in subjects:
        yield base | {"subject": subject, "flags": list(flags)} | ({"story": row["story"]} if "story" in row else {})


def _integer(value: Any) -> int:
    return 0 if value is None or value != value else int(value)


def _sentence(passage: _Passage, text: str, position: int) -> str:
    passage.sentences = passage.sentences or sentence_spans(text)
    for start, end in passage.sentences:
        if start <= position < end:
            return text[start:end]
    return text


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
