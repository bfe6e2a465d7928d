"""Claims against a gold list: ``python -m tests.claims_tool GOLD INPUT... [--misses]``.

GOLD is a table as ``tests/cases/seed_claims.tsv``; INPUT what ``narrativ label`` reads. A gold claim is found when a claim of its
type and unit stands at its figure and says its value (within half a percent; a span: both ends within one percent). Recall is the
share of gold claims found, precision that of claims that are gold. Bounds (both ends open or closed alike), subject and detail are
counted among those found.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import narrativ
from narrativ.resources import read_tsv

COLUMNS = ("document", "figure", "nth", "type", "value", "low", "high", "unit", "subject", "detail")


@dataclass
class Score:
    """What was found of a gold list."""

    gold: int = 0
    found: int = 0
    claims: int = 0
    right: int = 0
    bounds: int = 0
    subject: int = 0
    subjects: int = 0
    detail: int = 0
    misses: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.gold if self.gold else math.nan

    @property
    def precision(self) -> float:
        return self.right / self.claims if self.claims else math.nan

    def __str__(self) -> str:
        return (
            f"{self.gold} gold, {self.claims} claims: recall {self.recall:.3f}, precision {self.precision:.3f}; of those found: "
            f"bounds {self.bounds}/{self.found}, subject {self.subject}/{self.subjects}, detail {self.detail}/{self.found}"
        )


def key(doc_id: str) -> str:
    """``000#post-004`` of ``seeds/000_….txt#post-004``: the name up to its first underscore or dot, and the part."""
    name, _, part = doc_id.replace("\\", "/").rsplit("/", 1)[-1].partition("#")
    return name.split("_")[0].split(".")[0] + (f"#{part}" if part else "")


def load(path: Path) -> list[dict[str, str]]:
    return [row for _, row in read_tsv(path, COLUMNS)]


def _place(text: str, figure: str, nth: int) -> int:
    position = -1
    for _ in range(nth):
        position = text.index(figure, position + 1)
    return position


def _number(cell: str) -> float | None:
    return None if cell in ("-", "=", "~", "") else float(cell)


def _says(claim: dict[str, Any], row: dict[str, str]) -> bool:
    if claim["type"] != row["type"] or claim["unit"] != row["unit"]:
        return False
    value = _number(row["value"])
    if value is not None:
        return bool(abs(claim["value"] - value) <= 0.005 * value)
    return all(abs(claim[end] - float(row[end])) <= 0.01 * float(row[end]) for end in ("low", "high"))


def _bounds(claim: dict[str, Any], row: dict[str, str]) -> bool:
    for end in ("low", "high"):
        stated, value = row[end], claim[end]
        if (stated == "-") != math.isnan(value):
            return False
        if stated == "=" and not math.isclose(value, claim["value"]):
            return False
    return True


def score(texts: dict[str, str], claims: Sequence[dict[str, Any]], gold: Sequence[dict[str, str]]) -> Score:
    """Claims of some documents against the gold rows of these documents."""
    result = Score()
    used: set[int] = set()
    by_document: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, claim in enumerate(claims):
        by_document.setdefault(key(claim["doc_id"]), []).append((number, claim))
    for row in gold:
        if row["document"] not in texts:
            continue
        result.gold += 1
        start = _place(texts[row["document"]], row["figure"], int(row["nth"]))
        end = start + len(row["figure"])
        there = [
            item for item in by_document.get(row["document"], []) if item[1]["start"] < end and item[1]["end"] > start
        ]
        hits = [item for item in there if _says(item[1], row)]
        if not hits:
            result.misses.append(
                f"{row['document']} {row['figure']} {row['type']}: {[(c['type'], c['text'], c['unit']) for _, c in there]}"
            )
            continue
        used.update(number for number, _ in hits)
        result.found += 1
        result.bounds += _bounds(hits[0][1], row)
        result.detail += hits[0][1]["detail"] == row["detail"]
        if row["subject"] != "-":
            result.subjects += 1
            result.subject += {claim["subject"] for _, claim in hits} == set(row["subject"].split("|"))
    mine = [(number, claim) for number, claim in enumerate(claims) if key(claim["doc_id"]) in texts]
    result.claims, result.right = len(mine), sum(number in used for number, _ in mine)
    result.extra = [
        f"{key(c['doc_id'])} {c['text']} {c['type']}: {c['sentence'][:50]}" for n, c in mine if n not in used
    ]
    return result


def evaluate(gold: Path, inputs: Sequence[str], *, documents: Sequence[str] = ()) -> Score:
    """Read, extract and score; `documents` limits to those whose key starts so."""
    read = list(narrativ.read(inputs))
    table = narrativ.Labeler().label(read)
    claims = narrativ.claims(table).to_dict("records")
    texts = {key(d.id): d.text for d in read if not documents or key(d.id).startswith(tuple(documents))}
    return score(texts, claims, load(gold))


def main() -> int:
    """Print the score, and with ``--misses`` what was missed and what is extra."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--documents", nargs="*", default=())
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    result = evaluate(arguments.gold, arguments.inputs, documents=arguments.documents)
    print(result)
    if arguments.misses:
        for line in result.misses:
            print("missed:", line)
        for line in result.extra:
            print("extra:", line)
    return 0 if result.gold else 1


if __name__ == "__main__":
    sys.exit(main())
