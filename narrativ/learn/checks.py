"""Checks of the written corpora: ``python -m narrativ.learn.checks [--against REAL.jsonl]`` (``make corpus``).

1. Schema: every line loads (:func:`narrativ.learn.corpus.load_corpus`).
2. Balance: no label is missing in a script (frame, position, stance).
3. Near-duplicates: few within the corpora, none between training and gold set.
4. Wording: lexical diversity of each genre and region; openings and closings that recur.
5. With ``--against``: how easily the passages are told from real ones, and by what. Nothing of a real text is printed but
   single words.

Exit status 1 when a limit is broken, 0 otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from narrativ.codebook import Codebook, load_codebook
from narrativ.errors import NarrativError
from narrativ.learn.corpus import POSITIONS, SCRIPTS, STANCES, Example, load_corpus
from narrativ.learn.duplicates import near_duplicates
from narrativ.learn.wording import diversity, formulas
from narrativ.resources import models_dir
from narrativ.text.normalize import match_forms

__all__ = ["LIMITS", "Limits", "Section", "check_balance", "check_duplicates", "check_wording", "main", "realism"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a corpus must keep.

    Attributes
    ----------
    cell
        Fewest passages of each frame × position × script and each target × stance × script: a classifier cross-validated
        in five folds then has eight of them to be tested on.
    stance
        Fewest passages that stand for or against a target.
    opposite
        Fewest passages that are for one target and against another: without them a classifier learns the passage's tone
        instead of its stance.
    duplicate, duplicates
        Similarity from which a pair counts (Jaccard of 3-grams), and the largest share of passages in such pairs.
    leak
        Similarity that no passage of the gold set may have with one of training.
    diversity
        Smallest MATTR of a cell, per script: a little below the least varied cell of each when the limit was pinned (.615,
        .631 and .527, all of them spoken, where words recur most), so that no round of writing falls below what was there.
    formula
        Largest share of a script's passages with the same opening or closing: nearly twice the most frequent one (.18 %), a
        dozen passages of 4,500, which one writer's habit would soon exceed.
    """

    cell: int = 40
    stance: int = 3_000
    opposite: int = 300
    duplicate: float = 0.6
    duplicates: float = 0.01
    leak: float = 0.5
    diversity: Mapping[str, float] = field(default_factory=lambda: {"Hans": 0.60, "Hant": 0.61, "Latn": 0.51})
    formula: float = 0.003


LIMITS = Limits()
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Section:
    """Part of the report: lines for people, and the limits it found broken, as sentences."""

    title: str
    lines: Sequence[str]
    problems: Sequence[str] = ()


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> list[str]:
    names = list(head)
    lines = ["| " + " | ".join(map(str, names)) + " |", "|" + "---|" * len(names)]
    return lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]


def check_balance(examples: Sequence[Example], codebook: Codebook, *, limits: Limits = LIMITS) -> list[Section]:
    """Counts of labels per script; cells with too few passages are named."""
    frames = Counter((frame, at, e.script) for e in examples for frame, at in e.frames.items())
    stances = Counter((target, value, e.script) for e in examples for target, value in e.stance.items())
    sections = []
    for title, names, values, counts in (
        ("Frames and positions", codebook.frame_ids, POSITIONS, frames),
        ("Stance", codebook.target_ids, STANCES, stances),
    ):
        rows = [[n, v, *(counts[n, v, script] for script in SCRIPTS)] for n in names for v in values]
        thin = [
            f"{name} {value} {script}: {counts[name, value, script]} passages, fewer than {limits.cell}"
            for name in names
            for value in values
            for script in SCRIPTS
            if counts[name, value, script] < limits.cell
        ]
        sections.append(Section(title, _table(["", "", *SCRIPTS], rows), thin))
    kinds = Counter((e.holder if e.holder in ("author", "others") else "named", e.script) for e in examples)
    taken = [set(e.stance.values()) for e in examples]
    sides = sum(bool(values - {"neutral"}) for values in taken)
    opposite = sum({"favor", "against"} <= values for values in taken)
    bare = Counter(e.script for e in examples if not e.frames)
    problems = []
    if sides < limits.stance:
        problems.append(f"{sides} passages stand for or against a target, fewer than {limits.stance}")
    if opposite < limits.opposite:
        problems.append(f"{opposite} passages are for one target and against another, fewer than {limits.opposite}")
    lines = _table(
        ["", *SCRIPTS],
        [
            ["passages", *(sum(e.script == script for e in examples) for script in SCRIPTS)],
            ["without a frame", *(bare[script] for script in SCRIPTS)],
            *[[f"holder: {kind}", *(kinds[kind, script] for script in SCRIPTS)] for kind in ("author", "named", "others")],
        ],
    )  # fmt: skip
    lines += ["", f"{sides} passages stand for or against a target, {opposite} for one and against another."]
    return [Section("Passages", lines, problems), *sections]


def check_duplicates(training: Sequence[Example], gold: Sequence[Example] = (), *, limits: Limits = LIMITS) -> Section:
    """Near-duplicates within the corpora, and between training and gold set."""
    examples = [*training, *gold]
    forms = match_forms([example.text.replace("\0", " ") for example in examples])
    pairs = near_duplicates(forms, at_least=min(limits.leak, limits.duplicate))
    border = len(training)
    alike = [pair for pair in pairs if pair.similarity >= limits.duplicate]
    share = len({place for pair in alike for place in pair[:2]}) / max(len(examples), 1)
    leaks = [pair for pair in pairs if pair.similarity >= limits.leak and pair.first < border <= pair.second]
    lines = [
        f"{len(alike)} pairs of {len(examples):,} passages share {limits.duplicate:.0%} of their 3-grams or more; "
        f"{share:.2%} of passages are in one. {len(pairs)} pairs share {min(limits.leak, limits.duplicate):.0%} or more.",
        f"Between training and gold set: {len(leaks)} pairs share {limits.leak:.0%} or more.",
        *(f"- {p.similarity:.2f} `{examples[p.first].id}` `{examples[p.second].id}`" for p in pairs[:_SHOWN]),
    ]
    problems = [
        f"gold passage {examples[p.second].id} is like {examples[p.first].id} ({p.similarity:.2f})" for p in leaks
    ]
    if share > limits.duplicates:
        problems.append(f"{share:.2%} of passages are near-duplicates, more than {limits.duplicates:.0%}")
    return Section("Near-duplicates", lines, problems)


def check_wording(examples: Sequence[Example], *, limits: Limits = LIMITS) -> list[Section]:
    """Lexical diversity of genres and regions, and openings and closings that recur."""
    cells, left_out = diversity(examples)
    lines = [f"{len(cells)} cells; {left_out} too small to measure. The least varied per script:", ""]
    rows, low = [], []
    for script in SCRIPTS:
        own = [cell for cell in cells if cell.script == script]
        rows += [[c.script, c.field, c.value, c.passages, c.words, f"{c.diversity:.3f}"] for c in own[: _SHOWN // 2]]
        bound = limits.diversity.get(script, 0.0)
        low += [
            f"{c.script} {c.field} {c.value!r} has diversity {c.diversity:.3f}, below {bound}"
            for c in own
            if c.diversity < bound
        ]
    lines += _table(["script", "field", "value", "passages", "words", "MATTR"], rows)
    found, often = [], []
    for script, edges in formulas(examples).items():
        for name, top in edges.items():
            shown = ", ".join(f"{item.text} {item.share:.2%}" for item in top)
            found.append(f"- {script}, {name}: {shown}")
            often += [
                f"{script}: {item.share:.2%} of {name} are {item.text!r}, more than {limits.formula:.2%}"
                for item in top
                # Twice is no formula, whatever its share of a small corpus.
                if item.share > limits.formula and item.passages > 2
            ]
    return [Section("Lexical diversity", lines, low), Section("Openings and closings", found, often)]


def realism(examples: Sequence[Example], real: Sequence[Example], codebook: Codebook) -> list[Section]:
    """How the passages are told from real ones, script by script; no limit is set, for real texts are not everywhere."""
    from narrativ.learn.realism import probe, statistics, tells

    sections = []
    for script in SCRIPTS:
        ours = [e for e in examples if e.script == script]
        theirs = [e for e in real if e.script == script]
        if not ours or not theirs:
            continue
        result = probe(ours, theirs)
        area = "too few to tell" if result.auc is None else f"{result.auc:.3f} (draws differ by {result.spread:.3f})"
        lines = [f"AUC {area}; {result.matched} passages of each side, of {len(ours)} and {len(theirs)}.", ""]
        lines += _table(["round", "log-odds of being written"], [[n, f"{v:+.2f}"] for n, v in result.by_round.items()])
        ours_say, theirs_say = tells(ours, theirs)
        lines += ["", "Gives away the written (share of passages, real in brackets): "]
        lines += [", ".join(f"{t.text} {t.written:.1%} ({t.real:.1%})" for t in ours_say)]
        lines += ["", "Missing from the written (share of real passages, written in brackets): "]
        lines += [", ".join(f"{t.text} {t.real:.1%} ({t.written:.1%})" for t in theirs_say), ""]
        one, two = statistics(ours, codebook), statistics(theirs, codebook)
        lines += _table(
            ["per 1,000 characters", "written", "real"], [[n, f"{one[n]:.2f}", f"{two[n]:.2f}"] for n in one]
        )
        sections.append(Section(f"Realism, {script}", lines))
    return sections


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; 1 when a limit is broken, 2 when a corpus cannot be read."""
    root = models_dir().parent / "corpora"
    parser = argparse.ArgumentParser(prog="python -m narrativ.learn.checks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--codebook", default="deepseek", help="name of the codebook and of the corpus's folder")
    parser.add_argument("--corpus", type=Path, help="training passages (default: corpora/<codebook>)")
    parser.add_argument("--gold", type=Path, default=root / "gold", help="gold set (default: corpora/gold)")
    parser.add_argument("--against", type=Path, metavar="REAL.jsonl", help="labelled real passages to compare with")
    options = parser.parse_args(arguments)
    try:
        codebook = load_codebook(options.codebook)
        training = load_corpus(options.corpus or root / codebook.id, codebook=codebook)
        gold = load_corpus(options.gold, codebook=codebook)
        real = load_corpus(options.against, codebook=codebook) if options.against else []
    except NarrativError as error:
        print(error, file=sys.stderr)
        return 2
    sections = [
        *check_balance(training, codebook),
        check_duplicates(training, gold),
        *check_wording(training),
        *(realism(training, real, codebook) if real else []),
    ]
    for section in sections:
        print("\n".join([f"## {section.title}", "", *section.lines, ""]))
    problems = [problem for section in sections for problem in section.problems]
    for problem in problems:
        print(f"limit broken: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
