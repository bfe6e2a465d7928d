"""An evaluation as a page for people, and against pinned floors."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from narrativ.learn.corpus import POSITIONS
from narrativ.learn.evaluate import Report

__all__ = ["check_floors", "markdown"]

_DIFFERENCES = 10


def check_floors(report: Report, floors: dict[str, Any]) -> list[str]:
    """What falls below pinned floors, as sentences; empty when nothing does.

    Raises
    ------
    ValueError
        The floors were pinned on another gold set, or pin nothing: a gate that checks nothing is an error.
    """
    if floors.get("fingerprint") != report.data["gold"]["fingerprint"]:
        raise ValueError("the gold set has changed since its floors were pinned: measure again and pin new ones")
    checks = {name: value for name, value in floors.items() if name != "fingerprint"}
    if not checks:
        raise ValueError("no floors are pinned")
    result = report.data["scripts"]
    found = {"macro_f1": result["all"]["macro_f1"]}
    found |= {f"macro_f1_{name}": part["macro_f1"] for name, part in result.items() if name != "all"}
    found |= {f"f1_{frame}": part["f1"] for frame, part in result["all"]["frames"].items()}
    if report.data["positions"]:
        found["position_accuracy"] = report.data["positions"]["accuracy"]
    if report.data["stance"]:
        found["mention_f1"] = report.data["mentions"]["all"]["f1"]
        found["stance_macro_f1"] = report.data["stance"]["all"]["macro_f1"]
        found |= {
            f"stance_macro_f1_{name}": part["macro_f1"] for name, part in report.data["stance"]["targets"].items()
        }
    if report.data["holder"]:
        found["holder_author_or_other"] = report.data["holder"]["author_or_other"]
        found["holder_name"] = report.data["holder"]["name_right"]
    agreement = report.data.get("script_agreement", {})
    found |= {f"script_agreement_{name}": part["agreement"] for name, part in agreement.items()}
    errors = {f"calibration_error_{name}": part["error"] for name, part in report.data["calibration"].items()}
    problems = []
    for name, bound in checks.items():
        if name in errors:
            if errors[name] > bound:
                problems.append(f"{name} is {errors[name]:.3f}, above its ceiling {bound:.3f}")
        elif name not in found:
            raise ValueError(f"no such measure: {name}")
        elif found[name] < bound:
            problems.append(f"{name} is {found[name]:.3f}, below its floor {bound:.3f}")
    return problems


def markdown(report: Report) -> str:
    """The results as a page for people."""
    data = report.data
    gold = data["gold"]
    lines = [
        f"# Evaluation of the engine `{data['engine']}`",
        "",
        f"{gold['passages']:,} passages of {gold['documents']:,} documents (fingerprint `{gold['fingerprint']}`). Intervals are 95 %.",
        "",
    ]
    by_script: dict[str, list[str]] = defaultdict(list)
    for name, part in data["scripts"].items():
        low, high = part["macro_f1_interval"]
        by_script[name] += [
            f"## {'All scripts' if name == 'all' else name}: macro-F1 {part['macro_f1']:.3f} ({low:.3f} to {high:.3f}), {part['passages']:,} passages",
            "",
            "| frame | gold | told | precision | recall | F1 | interval | average precision |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for frame, item in part["frames"].items():
            average = "–" if item["average_precision"] is None else f"{item['average_precision']:.3f}"
            lower, upper = item["f1_interval"]
            by_script[name].append(
                f"| {frame} | {item['gold']} | {item['told']} | {item['precision']:.3f} | {item['recall']:.3f} | {item['f1']:.3f} "
                f"| {lower:.3f}–{upper:.3f} | {average} |"
            )
        lines += [*by_script[name], ""]
    for language, part in data["calibration"].items():
        lines += [
            f"## Calibration, {language}: error {part['error']:.3f}",
            "",
            "| score from | n | said | seen | |",
            "|---|---|---|---|---|",
        ]
        for item in part["bins"]:
            plot = _plot(item["said"], item["seen"])
            lines.append(f"| {item['from']:.2f} | {item['n']} | {item['said']:.2f} | {item['seen']:.2f} | `{plot}` |")
        lines.append("")
    if data["positions"]:
        lines += [
            f"## Position: {data['positions']['accuracy']:.3f} right of {data['positions']['n']} where the frame is right",
            "",
        ]
        lines += ["| gold | " + " | ".join(POSITIONS) + " |", "|---|" + "---|" * len(POSITIONS)]
        for name, row in data["positions"]["gold_by_told"].items():
            lines.append(f"| {name} | " + " | ".join(str(row[told]) for told in POSITIONS) + " |")
        lines.append("")
    abstained = data["abstained"]
    lines += [
        f"Abstained from a frame in {abstained['passages']:.1%} of the passages, where no frame is told; of the frames abstained from "
        f"{abstained['carried']:.0%} are there. Macro-F1 over the decisions made: {abstained['macro_f1_decided']:.3f}.",
        "",
    ]
    if data["stance"]:
        lines += _stance_lines(data)
    if data["holder"]:
        lines += _holder_lines(data["holder"])
    if "script_agreement" in data:
        lines += _script_lines(data["script_agreement"])
    lines += ["## What is taken for what", "", "| gold | told | n |", "|---|---|---|"]
    lines += [f"| {item['gold']} | {item['told']} | {item['n']} |" for item in data["confusion"]]
    lines += ["", "## The worst misses", ""]
    for item in data["misses"]:
        text = item["text"].replace("\n", " ").replace("|", "\\|")
        verdict = "missed" if item["gold"] else "told wrongly"
        lines.append(f"- {item['frame']} {verdict} ({item['score']:.2f}), {item['script']}, `{item['id']}`: {text}")
    return "\n".join(lines) + "\n"


def _stance_lines(data: dict[str, Any]) -> list[str]:
    told, stance = data["mentions"]["all"], data["stance"]
    lines = [
        f"## Targets: F1 {told['f1']:.3f} that a passage is about one; stance macro-F1 {stance['all']['macro_f1']:.3f} where it is",
        "",
        "| target | about it: gold | told | F1 | stance macro-F1 | accuracy | F1 favor | against | neutral |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for target, part in stance["targets"].items():
        about = data["mentions"]["targets"][target]
        values = " | ".join(f"{item['f1']:.3f}" for item in part["stances"].values())
        lines.append(
            f"| {target} | {about['gold']} | {about['told']} | {about['f1']:.3f} | {part['macro_f1']:.3f} | {part['accuracy']:.3f} "
            f"| {values} |"
        )
    scripts = ", ".join(f"{name} {part['macro_f1']:.3f}" for name, part in stance["scripts"].items())
    return [*lines, "", f"Stance macro-F1 by script: {scripts}.", ""]


def _holder_lines(holder: dict[str, Any]) -> list[str]:
    scripts = ", ".join(f"{name} {value:.3f}" for name, value in holder["scripts"].items())
    name = "–" if holder["name_right"] is None else f"{holder['name_right']:.3f}"
    lines = [
        f"## Holder: author or other {holder['author_or_other']:.3f} right ({scripts}); name right {name} of {holder['named']}",
        "",
        "| gold | author | named | others |",
        "|---|---|---|---|",
    ]
    for gold, row in holder["gold_by_told"].items():
        lines.append(f"| {gold} | " + " | ".join(str(number) for number in row.values()) + " |")
    return [*lines, ""]


def _script_lines(agreement: dict[str, Any]) -> list[str]:
    lines = ["## The same labels in either Chinese script", ""]
    lines += ["| conversion | passages | same labels | where they differ |", "|---|---|---|---|"]
    for name, part in agreement.items():
        shown = [f"`{item['id']}` ({', '.join(item['labels'])})" for item in part["differences"][:_DIFFERENCES]]
        more = len(part["differences"]) - len(shown)
        where = ", ".join([*shown, *([f"{more} more"] if more else [])])
        lines.append(f"| {name} | {part['passages']} | {part['agreement']:.4f} | {where} |")
    return [*lines, ""]


def _plot(said: float, seen: float, width: int = 30) -> str:
    """A row of the reliability plot: ``·`` up to what was seen, ``|`` where the score said it would be."""
    row = ["·" if place < round(seen * width) else " " for place in range(width + 1)]
    row[round(said * width)] = "|"
    return "".join(row)
