"""The evaluative lexicon is a reviewed artefact: well-formed, in the right columns, without duplicates or conflicts."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from narrativ.codebook import load_codebook
from narrativ.errors import LexiconError
from narrativ.label.cues import KINDS, OPERATORS, CueLexicon, load_cues
from narrativ.resources import lexicons_dir, read_tsv
from narrativ.text.normalize import match_form
from narrativ.text.scripts import class_counts

BOOK = load_codebook()
FOLDER = lexicons_dir() / "stance"
EVALUATIONS = read_tsv(
    FOLDER / "evaluations.tsv", ("concept", "kind", "strength", "hans", "tw", "hk", "en", "unless", "note")
)
OPERATOR_ROWS = read_tsv(FOLDER / "operators.tsv", ("operator", "kind", "hans", "tw", "hk", "en", "note"))
ENTITIES = read_tsv(FOLDER / "entities.tsv", ("group", "hans", "tw", "hk", "en", "note"))
HINTS = read_tsv(
    lexicons_dir() / "deepseek" / "stance.tsv",
    ("concept", "target", "kind", "strength", "hans", "tw", "hk", "en", "context", "note"),
)
CUES = list(load_cues(FOLDER / "evaluations.tsv"))


def _terms(cell: str) -> list[str]:
    return [term.strip() for term in cell.split("|") if term.strip()]


@pytest.mark.parametrize(
    "rows", [EVALUATIONS, OPERATOR_ROWS, ENTITIES, HINTS], ids=["words", "operators", "names", "hints"]
)
def test_columns_hold_their_script_without_repeats(rows: list[tuple[int, dict[str, str]]]) -> None:
    for line, row in rows:
        assert any(row[region] for region in ("hans", "tw", "hk", "en")), line
        for region in ("hans", "tw", "hk", "en"):
            terms = _terms(row[region])
            assert len(terms) == len(set(terms)), (line, region)
            for term, (_, shared, simplified, traditional, _, _) in zip(
                terms, class_counts(terms).tolist(), strict=True
            ):
                where = f"line {line}: {region}: {term}"
                if region == "hans":
                    assert not traditional, where
                elif region in ("tw", "hk"):
                    assert not simplified, where
                else:
                    assert not shared + simplified + traditional, where


def test_there_are_hundreds_of_concepts_and_thousands_of_words() -> None:
    assert len(CUES) >= 400
    terms = {term for cue in CUES for term in cue.terms}
    assert len(terms) >= 5000
    assert {cue.kind for cue in CUES} <= set(KINDS)
    for cue in CUES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cue.concept), cue.concept
        assert 0 < abs(cue.strength) <= 3, cue.concept


def test_concept_names_are_unique() -> None:
    for rows, name in ((EVALUATIONS, "concept"), (HINTS, "concept"), (ENTITIES, "group")):
        assert [key for key, count in Counter(row[name] for _, row in rows).items() if count > 1] == []


def test_no_word_evaluates_twice() -> None:
    """Two concepts with one word would be two opinions about it."""
    owners: dict[str, set[str]] = {}
    for cue in CUES:
        for term in cue.terms:
            owners.setdefault(term, set()).add(cue.concept)
    assert {term: names for term, names in owners.items() if len(names) > 1} == {}


def test_words_are_long_enough_to_mean_something() -> None:
    for cue in CUES:
        for term in cue.terms:
            bare = term.rstrip("*")
            assert len(bare) >= 2 or not bare.isascii(), term
            assert "*" not in bare, term


def test_operators_have_known_kinds() -> None:
    kinds = {row["kind"] for _, row in OPERATOR_ROWS}
    assert kinds == set(OPERATORS)


def test_hints_name_targets_of_their_codebook() -> None:
    assert len(BOOK.hints) == len(HINTS) >= 15
    for hint in BOOK.hints:
        assert hint.target in BOOK.target_ids
        assert hint.kind in KINDS
        assert -3 <= hint.strength <= 3
        assert hint.note, hint.concept
        assert (hint.strength == 0) == (hint.kind == "name"), hint.concept
        for terms in hint.written.values():
            assert {match_form(term) for term in terms} <= set(hint.terms)


def test_a_codebook_without_hints_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(lexicons_dir() / "deepseek", folder)
    (folder / "stance.tsv").unlink()
    assert load_codebook(str(folder)).hints == ()
    CueLexicon(load_codebook(str(folder)))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x\tnobody\thint\t1\t好\t好\t好\tgood\t\tn", "no target 'nobody'"),
        ("x\tchina\thint\tmuch\t好\t好\t好\tgood\t\tn", "strength 'much'"),
        ("x\tchina\thint\t1\t好", "5 cells, expected 10"),
    ],
)
def test_errors_of_hints_name_file_and_line(tmp_path: Path, row: str, message: str) -> None:
    folder = tmp_path / "wrong"
    shutil.copytree(lexicons_dir() / "deepseek", folder)
    header = "concept\ttarget\tkind\tstrength\thans\ttw\thk\ten\tcontext\tnote\n"
    (folder / "stance.tsv").write_text(header + row + "\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"stance\.tsv:2: .*{message}"):
        load_codebook(str(folder))


def test_errors_of_evaluations_name_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "evaluations.tsv"
    header = "concept\tkind\tstrength\thans\ttw\thk\ten\tunless\tnote\n"
    path.write_text(header + "x\tmood\t1\t好\t好\t好\tgood\t\t\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"evaluations\.tsv:2: kind 'mood'"):
        list(load_cues(path))
    path.write_text(header + "x\tquality\tvery\t好\t好\t好\tgood\t\t\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"evaluations\.tsv:2: strength 'very'"):
        list(load_cues(path))
