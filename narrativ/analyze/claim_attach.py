"""Which quantity is a claim of which type, and about whom.

A count is of the type whose counted thing follows it (2,048 H800) or whose trigger stands right before it (浏览量 3500万); everything
else of the type with the nearest trigger in its sentence. Distances are in Chinese characters; marks between clauses lengthen them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from narrativ.analyze.claim_terms import CLAUSE_MARK, Found, Mention, Terms, sentence_ends
from narrativ.codebook import ClaimBook, ClaimType
from narrativ.text.quantities import Quantity, find_quantities, may_hold_quantity

__all__ = ["Attached", "Attacher", "PassageForm", "relative_share"]

# Distances are in Chinese characters. They were set on the first of the five seed documents (tests/cases/seed_claims.tsv) and
# held by tests on the other four and on sentences written for the purpose.
_REACH = 30.0  # a trigger farther off belongs to something else
_CLAUSE = 6.0  # what a mark between clauses adds
_AFTER = 1.2  # a trigger behind its quantity counts as so much farther
_WEAK = 10.0  # what a weak trigger adds: a strong one a clause away still wins
_COUNTED_GAP = 14  # between a number and what it counts: 5万块这个型号的芯片; twice in Latin text
_BEYOND = 6  # how far behind it a forbidding word is looked for: H800 GPU小时
_BEFORE_GAP = 5.0  # between a trigger and the count it stands right before: 浏览量已经超过3500万
_NEXT_TO = 8.0  # between a word of money and a bare "5B"
_LATIN_RUN = re.compile(r"[a-z0-9 .'$-]")
_MAY_FOLLOW = "左右上下以的附人次多"
_CLASSIFIER = re.compile(r"\s?[个名张台块颗枚人位篇件家种条套次]")
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
class PassageForm:
    """What attachment needs of a passage; spans are in its own text."""

    form: str
    found: Found
    quantities: list[Quantity]
    marks: list[int]
    bounds: list[int]

    def sentence(self, position: int) -> tuple[int, int]:
        """Bounds of the sentence around a position."""
        index = bisect_right(self.bounds, position)
        start = self.bounds[index - 1] if index else 0
        return start, self.bounds[index] if index < len(self.bounds) else len(self.form)

    def clause(self, position: int) -> tuple[int, int]:
        """Bounds of the clause around a position."""
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
class Attached:
    """A quantity with its type, its unit (of the type, for a count) and its detail (a model of chip)."""

    type: ClaimType
    quantity: Quantity
    unit: str
    detail: str = ""


class Attacher:
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

    def passage(self, form: str) -> PassageForm | None:
        """A passage with its terms and quantities; ``None`` where it has no claim for sure."""
        if not may_hold_quantity(form):
            return None
        found = self.terms.find(form) or (Found() if _SIZED.search(form) else None)
        if found is None:
            return None
        numbers = find_quantities(form)
        if not numbers:
            return None
        marks = [match.start() for match in CLAUSE_MARK.finditer(form)]
        marks = [mark for number, mark in enumerate(marks) if not number or mark - marks[number - 1] > 1]
        return PassageForm(form, found, numbers, marks, sentence_ends(form))

    def claims(self, passage: PassageForm) -> Iterator[Attached]:
        """The quantities of a passage that a type takes."""
        before: Attached | None = None
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
                Attached(before.type, quantity, quantity.unit)
                if listed and before
                else self._attach(passage, quantity, following)
            )
            if claim:
                yield claim
            before = claim

    def _listed(self, passage: PassageForm, before: Attached, quantity: Quantity) -> bool:
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

    def _attach(self, passage: PassageForm, quantity: Quantity, following: int) -> Attached | None:
        if quantity.kind in ("count", "billions"):
            if quantity.stated < 2:  # "one large GPU" counts nothing
                return None
            number = self._counted(passage, quantity, following)
            if number is not None:
                kind = self.book.types[number]
                return Attached(kind, quantity, kind.count_unit, self._detail(passage, number, quantity))
            if quantity.kind == "billions":
                number = self._nearest(passage, quantity, "money", reach=_NEXT_TO)
                return self._sized(quantity) if number is None else Attached(self.book.types[number], quantity, "")
            if not _may_be_money(passage.form, quantity):
                return None
            number = self._nearest(passage, quantity, "money")
            return None if number is None else Attached(self.book.types[number], quantity, "")
        number = self._nearest(passage, quantity, quantity.kind)
        return None if number is None else Attached(self.book.types[number], quantity, quantity.unit)

    def _sized(self, quantity: Quantity) -> Attached | None:
        """A bare 671B: of the type that takes such numbers."""
        for kind in self.book.types:
            if "billions" in kind.units:
                return Attached(kind, quantity, kind.count_unit)
        return None

    def _counted(self, passage: PassageForm, quantity: Quantity, following: int) -> int | None:
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
            if (item.end - item.start == 1 and gap > 1) or self._forbidden(
                passage, item.owner, quantity, until=item.end + _BEYOND
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

    def _right_before(self, passage: PassageForm, quantity: Quantity) -> tuple[float, int] | None:
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

    def _forbidden(self, passage: PassageForm, number: int, quantity: Quantity, *, until: int = 0) -> bool:
        """Whether what follows the number (up to a place), or stands in its clause, forbids the type."""
        start, end = passage.clause(quantity.start)
        until = until or quantity.end + _BEYOND
        return any(
            item.owner == number and quantity.end <= item.start and item.end <= until
            for item in passage.found.counted_unless
        ) or any(item.owner == number and start <= item.start < max(end, quantity.end) for item in passage.found.unless)

    def _nearest(self, passage: PassageForm, quantity: Quantity, unit: str, *, reach: float = _REACH) -> int | None:
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

    def _detail(self, passage: PassageForm, number: int, quantity: Quantity) -> str:
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

    def subjects(self, passage: PassageForm, claim: Attached, title: Sequence[Mention]) -> tuple[list[str], str]:
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

    def _chosen(self, passage: PassageForm, claim: Attached, mentions: Sequence[Mention]) -> Mention | None:
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


def relative_share(form: str, claim: Attached) -> float | None:
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
