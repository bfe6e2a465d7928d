"""Lexicons are reviewed artefacts: well-formed, complete, without duplicates or conflicts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from narrativ.codebook import codebooks, load_codebook
from narrativ.errors import LexiconError, OptionError
from narrativ.label.boilerplate import load_boilerplate
from narrativ.resources import lexicons_dir, read_tsv
from narrativ.text.normalize import match_form, to_simplified
from narrativ.text.scripts import class_counts
from tests.conftest import CASES

BOOK = load_codebook("deepseek")
FRAMES = ("open_source_praise", "cost_skepticism", "market_shock", "geopolitics", "conspiracy")
TARGETS = ("deepseek", "us_ai_industry", "us_policy", "china")
FILES = sorted(path for path in lexicons_dir().rglob("*") if path.suffix in (".tsv", ".yaml"))


def test_the_codebook_is_there() -> None:
    assert "deepseek" in codebooks()
    assert BOOK.frame_ids == FRAMES
    assert BOOK.target_ids == TARGETS


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(lexicons_dir()).as_posix())
def test_files_are_nfc_utf8_with_unix_line_ends(path: Path) -> None:
    data = path.read_bytes()
    text = data.decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert not re.search("[\u00ad\u200b-\u200f\u2060\ufeff]", text)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_has_concepts_enough(frame: str) -> None:
    assert sum(concept.frame == frame for concept in BOOK.concepts) >= 60


def test_concepts_have_every_region_and_a_note() -> None:
    for concept in BOOK.concepts:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", concept.id), concept.id
        assert concept.note, concept.id
        assert -3 <= concept.weight <= 3, concept.id
        assert concept.weight != 0, concept.id
        for region, terms in concept.written.items():
            assert terms, f"{concept.id}: no {region}"
            assert len(terms) == len(set(terms)), f"{concept.id}: {region} repeats a term"


def test_concept_names_are_unique() -> None:
    assert [name for name, count in Counter(c.id for c in BOOK.concepts).items() if count > 1] == []


@pytest.mark.parametrize("frame", FRAMES)
def test_no_term_is_in_two_concepts_of_a_frame(frame: str) -> None:
    owners: dict[str, set[str]] = {}
    for concept in BOOK.concepts:
        if concept.frame == frame:
            for term in concept.terms:
                owners.setdefault(term, set()).add(concept.id)
    assert {term: names for term, names in owners.items() if len(names) > 1} == {}


def test_columns_hold_their_script() -> None:
    """Simplified terms in `hans`, Traditional ones in `tw` and `hk`; Latin letters may stand in any."""
    for item in (*BOOK.concepts, *BOOK.aliases):
        for region, terms in item.written.items():
            counts = class_counts(terms)
            for term, (_, shared, simplified, traditional, _, _) in zip(terms, counts.tolist(), strict=True):
                where = f"{item.concept if hasattr(item, 'concept') else item.id}: {region}: {term}"
                if region == "hans":
                    assert not traditional, where
                elif region in ("tw", "hk"):
                    assert not simplified, where
                else:
                    assert not shared + simplified + traditional, where


def test_traditional_terms_are_not_left_behind() -> None:
    """A term in Simplified characters has its counterpart: every region folds to some match form of the concept."""
    for concept in BOOK.concepts:
        for terms in concept.written.values():
            for term in terms:
                assert match_form(term) in concept.terms


def test_single_characters_are_han_and_wildcards_end_latin_words() -> None:
    """A single Han character (崩) counts only as a word of its own; a single letter would count everywhere."""
    for item in (*BOOK.concepts, *BOOK.aliases):
        for term in item.terms:
            bare = term.rstrip("*")
            assert len(bare) >= 2 or not bare.isascii(), term
            assert "*" not in bare, term
            if term.endswith("*"):
                assert bare[-1].isascii(), term


def test_cancelling_phrases_contain_a_term() -> None:
    """An `unless` phrase that holds no term of its concept can never cancel anything."""
    phrases = 0
    for concept in BOOK.concepts:
        for phrase in concept.unless:
            phrases += 1
            assert any(term.rstrip("*") in phrase for term in concept.terms), f"{concept.id}: {phrase}"
            assert phrase not in concept.terms, f"{concept.id}: {phrase}"
    assert phrases >= 15


def test_targets_have_aliases_enough() -> None:
    counts = Counter(alias.target for alias in BOOK.aliases)
    assert counts["deepseek"] >= 15
    assert min(counts[target] for target in TARGETS) >= 15


def test_no_alias_belongs_to_two_targets_without_context() -> None:
    owners: dict[str, list[tuple[str, bool]]] = {}
    for alias in BOOK.aliases:
        for term in alias.terms:
            owners.setdefault(term, []).append((alias.target, bool(alias.near or alias.never)))
    for term, uses in owners.items():
        targets = {target for target, _ in uses}
        assert len(targets) == 1 or all(decided for _, decided in uses), f"{term}: {uses}"


def test_definitions_are_for_people_in_three_languages() -> None:
    for item in (*BOOK.frames, *BOOK.targets):
        for language in ("en", "zh-Hans", "zh-Hant"):
            assert item.name[language]
            assert len(item.definition[language]) > 20
            if language == "zh-Hans":
                assert to_simplified(item.definition[language]) == item.definition[language]
    assert set(BOOK.guide) >= {"positions", "rulings"}


def test_boilerplate_patterns_match_their_examples() -> None:
    boilerplate = load_boilerplate()
    assert len(boilerplate.patterns) >= 60
    for pattern in boilerplate.patterns:
        form = match_form(pattern.example)
        assert pattern.regex.search(form), f"{pattern.regex.pattern} misses its example"
        assert any(cue in form for cue in pattern.cues), f"{pattern.regex.pattern}: no cue in its example"
        assert all(cue == match_form(cue) for cue in pattern.cues), pattern.cues


def test_cues_change_no_answer() -> None:
    """A pattern is only tried where one of its cues stands; trying all everywhere gives the same."""
    boilerplate = load_boilerplate()
    for name in ("boilerplate_positive.tsv", "boilerplate_negative.tsv"):
        columns = ("text", "kind", "note") if "positive" in name else ("text", "note")
        for _, row in read_tsv(CASES / name, columns):
            form = match_form(row["text"])
            everywhere = any(pattern.regex.search(form) for pattern in boilerplate.patterns)
            assert (boilerplate.kind(form) is not None) == everywhere, row["text"]


@pytest.mark.parametrize(
    "row",
    [row for _, row in read_tsv(CASES / "boilerplate_positive.tsv", ("text", "kind", "note"))],
    ids=lambda r: r["text"][:30],
)
def test_boilerplate_is_found(row: dict[str, str]) -> None:
    assert load_boilerplate().kind(match_form(row["text"])) is not None


@pytest.mark.parametrize(
    "row",
    [row for _, row in read_tsv(CASES / "boilerplate_negative.tsv", ("text", "note"))],
    ids=lambda r: r["text"][:30],
)
def test_ordinary_text_is_not_boilerplate(row: dict[str, str]) -> None:
    assert load_boilerplate().kind(match_form(row["text"])) is None


def test_errors_name_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no codebook 'none'"):
        load_codebook("none")
    folder = tmp_path / "mine"
    (folder / "frames").mkdir(parents=True)
    (folder / "codebook.yaml").write_text(
        "frames:\n- {id: f, name: {en: F}, definition: {en: d}}\ntargets: []\n", encoding="utf-8"
    )
    (folder / "targets.tsv").write_text("target\tconcept\thans\ttw\thk\ten\tcontext\tnote\n", encoding="utf-8")
    path = folder / "frames" / "f.tsv"
    header = "concept\thans\ttw\thk\ten\tweight\tunless\tnote\n"
    path.write_text(header + "a\t开源\t開源\t開源\topen\theavy\t\tn\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"f\.tsv:2: weight 'heavy'"):
        load_codebook(str(folder))
    path.write_text(header + "a\t开源\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"f\.tsv:2: 2 cells, expected 8"):
        load_codebook(str(folder))
    path.write_text(header + "a\t开源\t開源\t開源\topen\t2\t\tn\n", encoding="utf-8")
    assert load_codebook(str(folder)).concepts[0].terms == ("开源", "open")
