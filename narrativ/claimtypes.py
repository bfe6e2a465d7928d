"""Claim types: what a figure is claimed of, as data of a codebook (``lexicons/<name>/claims.yaml``).

A codebook's types say which units they take, which words bring a quantity to them, what is counted, and what is plausible;
its subjects are the things that figures are about. All terms are kept in match form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from narrativ.errors import LexiconError, OptionError
from narrativ.text.normalize import match_form

__all__ = ["KINDS", "ClaimBook", "ClaimType", "Subject", "claim_book"]

KINDS = ("money", "percent", "times", "points", "duration", "count", "billions")
"""Kinds of quantity that a type may take (:data:`narrativ.text.quantities.Kind`)."""

_REGIONS = ("hans", "tw", "hk", "en")
_TYPE_KEYS = frozenset(
    "id name definition frame units count_unit triggers weak counted counted_near counted_unless unless direction relative one_value subject details roles plausible".split()
)
_SUBJECT_KEYS = frozenset("id name roles concepts terms".split())


@dataclass(frozen=True, slots=True)
class ClaimType:
    """One kind of claim.

    Attributes
    ----------
    id, name, definition
        Its key, and what people read, by language (``en``, ``zh-Hans``, ``zh-Hant``).
    units, count_unit
        Kinds of quantity it takes, and what its counts are called.
    triggers
        Match forms near which a quantity is of this type; a trailing ``*`` lets a Latin term go on.
    weak
        Triggers that say little by themselves (花费, GPU): a stronger one farther off wins.
    counted
        Match forms of what is counted, right after the number (``H800``, 员工); only for counts.
    counted_near
        What is counted, right after the number, if a trigger stands in the sentence (人).
    counted_unless
        Match forms which, right after the number, forbid the type.
    unless
        Match forms whose presence in the clause forbids the type.
    frame
        The frame whose position a claim of this type takes, or empty.
    direction
        ``down`` or ``up`` where a quantity said to move the other way is not of this type.
    relative
        Whether values are shares or multiples of another's, to be brought to one scale.
    one_value
        Whether a subject has one true value of it, so that a figure far from the others' is worth a flag.
    subject
        ``nearest`` or ``first``: which mention in the sentence is the subject.
    details
        What may stand beside a count and is kept (models of chips), as written here.
    roles
        Roles of the subjects it may have.
    plausible
        Lowest and highest plausible value per unit; what lies outside is flagged, never changed.
    """

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    units: tuple[str, ...]
    count_unit: str
    triggers: tuple[str, ...]
    weak: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    counted_near: tuple[str, ...] = ()
    counted_unless: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    frame: str = ""
    direction: str = ""
    relative: bool = False
    one_value: bool = False
    subject: str = "nearest"
    details: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    plausible: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """Someone or something that figures are about."""

    id: str
    name: Mapping[str, str]
    roles: frozenset[str]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimBook:
    """The claim types and subjects of a codebook, and the words that cast doubt on a figure."""

    types: tuple[ClaimType, ...] = ()
    subjects: tuple[Subject, ...] = ()
    doubt: tuple[str, ...] = ()

    @property
    def type_ids(self) -> tuple[str, ...]:
        """Ids of the types, in order."""
        return tuple(item.id for item in self.types)

    def type(self, name: str) -> ClaimType:
        """The type of that id.

        Raises
        ------
        OptionError
            There is none.
        """
        for item in self.types:
            if item.id == name:
                return item
        raise OptionError(f"no claim type {name!r}; types are {', '.join(self.type_ids)}")

    def subject_name(self, subject: str, language: str = "en") -> str:
        """A subject's name for people; the id where it has none."""
        for item in self.subjects:
            if item.id == subject:
                return item.name.get(language) or item.name.get("en") or subject
        return subject


def claim_book(data: Mapping[str, Any], path: Path, concepts: Mapping[str, Sequence[str]]) -> ClaimBook:
    """Claim types and subjects from the content of a ``claims.yaml``.

    Parameters
    ----------
    data
        The file's mapping.
    path
        Named in errors.
    concepts
        Match forms per concept of the codebook's aliases: subjects may name concepts instead of repeating their terms.

    Raises
    ------
    LexiconError
        An entry is malformed; its id and key are named.
    """
    unknown = set(data) - {"types", "subjects", "doubt"}
    if unknown:
        raise LexiconError(f"{path}: unknown key {', '.join(sorted(unknown))}")
    types = tuple(_type(item, path) for item in _entries(data, "types", path))
    subjects = tuple(_subject(item, path, concepts) for item in _entries(data, "subjects", path))
    for kind, ids in (("type", [t.id for t in types]), ("subject", [s.id for s in subjects])):
        twice = {name for name in ids if ids.count(name) > 1}
        if twice:
            raise LexiconError(f"{path}: {kind} {', '.join(sorted(twice))} stands twice")
    return ClaimBook(types, subjects, _terms(data.get("doubt") or {}, f"{path}: doubt"))


def _entries(data: Mapping[str, Any], key: str, path: Path) -> list[Mapping[str, Any]]:
    entries = data.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(item, dict) and item.get("id") for item in entries):
        raise LexiconError(f"{path}: {key} must be a list of mappings, each with an id")
    return entries


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise LexiconError(f"{where}: expected a list of texts (quote numbers)")
    return tuple(value)


def _terms(value: Any, where: str) -> tuple[str, ...]:
    """Match forms of a list, or of the lists of four regions."""
    if isinstance(value, dict):
        if set(value) - set(_REGIONS):
            raise LexiconError(f"{where}: regions are {', '.join(_REGIONS)}")
        written = [term for region in _REGIONS for term in _strings(value.get(region, []), f"{where}: {region}")]
    else:
        written = list(_strings(value, where))
    return tuple(dict.fromkeys(match_form(term) for term in written))


def _names(item: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    value = item.get(key)
    if not isinstance(value, dict) or "en" not in value:
        raise LexiconError(f"{where}: {key} needs a text per language, en at least")
    return {str(language): str(text) for language, text in value.items()}


def _type(item: Mapping[str, Any], path: Path) -> ClaimType:
    where = f"{path}: type {item['id']}"
    if set(item) - _TYPE_KEYS:
        raise LexiconError(f"{where}: unknown key {', '.join(sorted(set(item) - _TYPE_KEYS))}")
    units = _strings(item.get("units", []), f"{where}: units")
    if not units or set(units) - set(KINDS):
        raise LexiconError(f"{where}: units are some of {', '.join(KINDS)}")
    triggers = _terms(item.get("triggers") or {}, f"{where}: triggers")
    counted = _terms(item.get("counted") or {}, f"{where}: counted")
    if not triggers and not counted:
        raise LexiconError(f"{where}: needs triggers or what is counted")
    if item.get("direction", "") not in ("", "down", "up") or item.get("subject", "nearest") not in (
        "nearest",
        "first",
    ):
        raise LexiconError(f"{where}: direction is down or up, subject nearest or first")
    return ClaimType(
        str(item["id"]), _names(item, "name", where), _names(item, "definition", where), units,
        str(item.get("count_unit", "count")), triggers,
        _terms(item.get("weak") or {}, f"{where}: weak"), counted, _terms(item.get("counted_near") or {}, f"{where}: counted_near"),
        _terms(item.get("counted_unless") or [], f"{where}: counted_unless"), _terms(item.get("unless") or [], f"{where}: unless"),
        str(item.get("frame", "")), str(item.get("direction", "")), bool(item.get("relative", False)),
        bool(item.get("one_value", False)), str(item.get("subject", "nearest")),
        _strings(item.get("details") or [], f"{where}: details"), frozenset(_strings(item.get("roles") or [], f"{where}: roles")),
        _plausible(item.get("plausible") or {}, where),
    )  # fmt: skip


def _plausible(value: Any, where: str) -> dict[str, tuple[float, float]]:
    try:
        ranges = {str(unit): (float(low), float(high)) for unit, (low, high) in value.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise LexiconError(f"{where}: plausible needs [lowest, highest] per unit") from error
    for unit, (low, high) in ranges.items():
        if not low < high:
            raise LexiconError(f"{where}: plausible {unit}: {low} is not below {high}")
    return ranges


def _subject(item: Mapping[str, Any], path: Path, concepts: Mapping[str, Sequence[str]]) -> Subject:
    where = f"{path}: subject {item['id']}"
    if set(item) - _SUBJECT_KEYS:
        raise LexiconError(f"{where}: unknown key {', '.join(sorted(set(item) - _SUBJECT_KEYS))}")
    terms = list(_terms(item.get("terms") or [], f"{where}: terms"))
    for concept in _strings(item.get("concepts") or [], f"{where}: concepts"):
        if concept not in concepts:
            raise LexiconError(f"{where}: targets.tsv has no concept {concept!r}")
        terms.extend(concepts[concept])
    if not terms:
        raise LexiconError(f"{where}: needs concepts or terms")
    return Subject(
        str(item["id"]), _names(item, "name", where), frozenset(_strings(item.get("roles") or [], f"{where}: roles")),
        tuple(dict.fromkeys(terms)),
    )  # fmt: skip
