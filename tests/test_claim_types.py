"""claims.yaml is a reviewed artefact: well-formed, without contradictions, and its errors name the entry."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from narrativ.claimtypes import KINDS, claim_book
from narrativ.codebook import codebooks, load_codebook
from narrativ.errors import LexiconError
from narrativ.resources import lexicons_dir
from narrativ.text.normalize import match_form

BOOKS = [name for name in codebooks() if (lexicons_dir() / name / "claims.yaml").is_file()]


def test_there_is_one() -> None:
    assert "deepseek" in BOOKS


@pytest.mark.parametrize("name", BOOKS)
def test_types_are_complete(name: str) -> None:
    codebook = load_codebook(name)
    book = codebook.claims
    roles = {role for subject in book.subjects for role in subject.roles}
    for kind in book.types:
        assert set(kind.name) == set(kind.definition) == {"en", "zh-Hans", "zh-Hant"}, kind.id
        assert set(kind.units) <= set(KINDS)
        assert not kind.frame or kind.frame in codebook.frame_ids, kind.id
        assert kind.plausible, kind.id
        assert kind.roles & roles, kind.id
        assert not set(kind.triggers) & set(kind.weak), kind.id
        assert not set(kind.triggers) & set(kind.unless), kind.id
        assert not set(kind.counted) & set(kind.counted_unless), kind.id
        assert not (set(kind.counted) and "count" not in kind.units), kind.id


@pytest.mark.parametrize("name", BOOKS)
def test_terms_are_match_forms_and_nfc(name: str) -> None:
    text = (lexicons_dir() / name / "claims.yaml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    book = load_codebook(name).claims
    for kind in book.types:
        for term in (*kind.triggers, *kind.weak, *kind.counted, *kind.unless):
            assert term == match_form(term)
            assert term.strip(" *"), kind.id


@pytest.mark.parametrize("name", BOOKS)
def test_no_name_means_two_subjects(name: str) -> None:
    seen: dict[str, str] = {}
    for subject in load_codebook(name).claims.subjects:
        assert set(subject.name) == {"en", "zh-Hans", "zh-Hant"}, subject.id
        for term in subject.terms:
            assert seen.setdefault(term, subject.id) == subject.id, term


def test_claims_cover_the_issue() -> None:
    wanted = "training_cost gpu_count price_drop market_value_loss relative_cost api_price team_size salary downloads parameters investment ban_penalty"
    assert set(wanted.split()) <= set(load_codebook().claims.type_ids)


GOOD: dict[str, Any] = {
    "id": "x", "name": {"en": "X"}, "definition": {"en": "X."}, "units": ["count"], "counted": {"en": ["things"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": ["metres"]}, "units are some of"),
        ({"units": []}, "units are some of"),
        ({"name": {"zh-Hans": "甲"}}, "name needs a text per language"),
        ({"counted": {}}, "needs triggers or what is counted"),
        ({"counted": {"mars": ["x"]}}, "regions are"),
        ({"counted": {"en": [4090]}}, "quote numbers"),
        ({"direction": "sideways"}, "direction is down or up"),
        ({"plausible": {"USD": [2, 1]}}, "is not below"),
        ({"plausible": {"USD": 3}}, "lowest, highest"),
        ({"colour": "red"}, "unknown key colour"),
    ],
)
def test_malformed_types_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(LexiconError, match=message) as error:
        claim_book({"types": [GOOD | change]}, Path("claims.yaml"), {})
    assert "type x" in str(error.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kinds": []}, "unknown key kinds"),
        ({"types": {"id": "x"}}, "must be a list"),
        ({"types": [{"name": {}}]}, "each with an id"),
        ({"types": [GOOD, GOOD]}, "stands twice"),
        ({"subjects": [{"id": "s", "name": {"en": "S"}}]}, "needs concepts or terms"),
        ({"subjects": [{"id": "s", "name": {"en": "S"}, "concepts": ["none"]}]}, "has no concept 'none'"),
        ({"subjects": [{"id": "s", "name": {"en": "S"}, "terms": ["a"], "role": []}]}, "unknown key role"),
    ],
)
def test_malformed_books_are_named(data: dict[str, Any], message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        claim_book(data, Path("claims.yaml"), {})


def test_a_good_type_passes() -> None:
    assert claim_book({"types": [GOOD]}, Path("claims.yaml"), {}).type_ids == ("x",)
