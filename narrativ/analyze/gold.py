"""Reading back a sample that people have labelled, and tying it to the table that it was drawn from."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from narrativ.errors import OptionError, TableError
from narrativ.records import OK
from narrativ.table import unguard

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FRAME", "NONE", "STANCE", "Gold", "match_gold", "read_gold"]

FRAME, STANCE, NONE = "frame_", "stance_", "none"
STANCES = ("favor", "against", "neutral")
MOST_BYTES = 200_000_000

_YES = frozenset("1 1.0 x y yes true ✓ ✔ √ v 是 有 对 對 真".split())
_NO = frozenset("0 0.0 n no false - 否 无 無 没有 沒有 假".split())
_STANCES = {
    **dict.fromkeys(("favor", "favour", "for", "1", "1.0", "+1", "+", "支持", "赞成", "贊成"), "favor"),
    **dict.fromkeys(("against", "-1", "-1.0", "-", "反对", "反對"), "against"),
    **dict.fromkeys(("neutral", "0", "0.0", "中立", "中性"), "neutral"),
    **dict.fromkeys(("", "none", "no", "n", "未提及", "无", "無"), ""),
}


@dataclass(frozen=True, slots=True)
class Gold:
    """A labelled random sample of a table's passages.

    Attributes
    ----------
    row
        Place of each labelled passage in the table; shape (n_gold,).
    probability
        With which it was drawn; shape (n_gold,).
    frames
        Per frame that was asked about: 1 where a passage tells it, otherwise 0; each of shape (n_gold,).
    stance
        Per target that was asked about: ``favor``, ``against``, ``neutral``, or ``""`` where a passage is not about it.
    notes
        What the user should know.
    """

    row: npt.NDArray[np.int64]
    probability: npt.NDArray[np.float64]
    frames: Mapping[str, npt.NDArray[np.float64]]
    stance: Mapping[str, npt.NDArray[np.str_]]
    notes: tuple[str, ...]


def read_gold(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """Rows of a filled sheet (.csv, .xlsx) or of a Label Studio export (.json, full or JSON-MIN).

    Returns
    -------
    list of dict
        Per row the design's columns as text, and under ``frame_…``, ``none`` and ``stance_…`` what people filled in.

    Raises
    ------
    TableError
        The file is missing, too large or of no known form.
    """
    file = Path(path)
    if not file.is_file():
        raise TableError(f"{file}: no such file")
    if file.stat().st_size > MOST_BYTES:
        raise TableError(f"{file}: larger than {MOST_BYTES // 1_000_000} MB, which no sample is")
    suffix = file.suffix.lower()
    if suffix == ".json":
        return _label_studio(file)
    if suffix not in (".csv", ".xlsx"):
        raise OptionError(f"{str(file)!r}: a labelled sample is .csv, .xlsx or Label Studio's .json")
    import pandas as pd

    try:
        if suffix == ".csv":
            sheet = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=None, engine="python")
        else:
            sheet = pd.read_excel(file, dtype=str, keep_default_na=False, sheet_name=0)
    except Exception as error:  # pandas, zipfile and openpyxl raise of many kinds
        raise TableError(f"{file}: no readable sheet ({error})") from error
    return [{str(name): unguard(str(value)) for name, value in row.items()} for row in sheet.to_dict("records")]


def _label_studio(file: Path) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise TableError(f"{file}: no valid JSON ({error})") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise TableError(f"{file}: no Label Studio export (a list of tasks)")
    return [row for task in tasks for row in _task_rows(task)]


def _task_rows(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row a submitted annotation of a task; one unfilled row when there is none."""
    if "data" not in task:  # JSON-MIN: the data's fields and the choices side by side
        return [_design(task) | _choices({name: _chosen(value) for name, value in task.items()}, task)]
    data = task["data"]
    done = [item for item in task.get("annotations") or [] if not item.get("was_cancelled")]
    rows = []
    for item in done:
        given: dict[str, list[str]] = {}
        for result in item.get("result") or []:
            given[result.get("from_name", "")] = list((result.get("value") or {}).get("choices") or [])
        rows.append(_design(data) | _choices(given, data))
    return rows or [_design(data)]


def _design(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("doc_id", "passage", "text", "probability", "asked_frames", "asked_targets")
    return {name: "" if data.get(name) is None else str(data[name]) for name in names}


def _chosen(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = value.get("choices")
    return [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []


def _choices(given: Mapping[str, list[str]], data: Mapping[str, Any]) -> dict[str, str]:
    frames = given.get("frames", [])
    asked = [name for name in str(data.get("asked_frames", "")).split("|") if name]
    targets = [name for name in str(data.get("asked_targets", "")).split("|") if name]
    row = {FRAME + name: "1" if name in frames else "0" if frames else "" for name in asked}
    return (
        row | {NONE: "1" if NONE in frames else ""} | {STANCE + t: (given.get(STANCE + t) or [""])[0] for t in targets}
    )


def _mark(value: str, where: str) -> float:
    text = value.strip().casefold()
    if text in _YES:
        return 1.0
    if text in _NO or not text:
        return 0.0
    raise TableError(f"{where}: {value!r} is neither yes (1, x, 是) nor no (0, empty, 否)")


def _key(doc_id: str, passage: str) -> tuple[str, int]:
    try:
        return doc_id, int(float(passage))
    except ValueError:
        return doc_id, -1


def _same(one: str, other: str) -> bool:
    # Spreadsheets change white space and line ends, and cut a cell at 32,767 characters.
    return "".join(one.split())[:30_000] == "".join(other.split())[:30_000]


def match_gold(rows: Sequence[Mapping[str, Any]], table: pd.DataFrame) -> Gold:
    """Tie labelled rows to the table's passages.

    A row counts as filled when any of its frames or ``none`` is; its empty cells are then "no". Several people's rows of one
    passage become one by majority.

    Raises
    ------
    TableError
        A row is of no passage of this table, or its text is another; no row is filled; a cell cannot be understood.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    frames = [name[len(FRAME) :] for name in names if name.startswith(FRAME)]
    targets = [name[len(STANCE) :] for name in names if name.startswith(STANCE)]
    if not {"doc_id", "passage"} <= set(names) or not frames:
        raise TableError(
            "the sample needs columns doc_id, passage and a frame_… for each frame; make one with narrativ sample"
        )
    place = {
        (str(doc), -1 if number is None else int(number)): row
        for row, (doc, number, status) in enumerate(
            zip(table["doc_id"], table["passage"].astype(object).where(table["passage"].notna(), None), table["status"], strict=True)
        )
        if status == OK
    }  # fmt: skip
    texts = table["text"].tolist()
    asked = [NONE, *(FRAME + frame for frame in frames)]
    filled = [row for row in rows if any(str(row.get(name, "")).strip() for name in asked)]
    if not filled:
        raise TableError(
            f"none of the {len(rows)} rows of the sample is filled in: put 1 or 0 into its frame_… columns"
        )
    found: dict[int, list[Mapping[str, Any]]] = {}
    strange, changed = [], []
    for row in filled:
        number = place.get(_key(str(row["doc_id"]), str(row["passage"])))
        if number is None:
            strange.append(f"{row['doc_id']} passage {row['passage']}")
        elif row.get("text") and not _same(str(row["text"]), texts[number]):
            changed.append(f"{row['doc_id']} passage {row['passage']}")
        else:
            found.setdefault(number, []).append(row)
    for what, items in (
        ("are no labelled passages of this table", strange),
        ("have another text than the table", changed),
    ):
        if items:
            raise TableError(
                f"{len(items)} rows of the sample {what}: {', '.join(items[:3])}{' …' if len(items) > 3 else ''}"
            )
    notes = []
    passages = {_key(str(row["doc_id"]), str(row["passage"])) for row in rows}
    if len(found) < len(passages):
        notes.append(
            f"{len(passages) - len(found)} of the {len(passages)} sampled passages are not filled in; corrected numbers take them "
            "to be like the others, which is only true where they were left out by chance"
        )
    if len(filled) > len(found):
        notes.append(f"{len(filled) - len(found)} rows label a passage again; the majority decides")
    probability, note = _probabilities([group[0] for group in found.values()], len(place))
    where = [f"{group[0]['doc_id']} passage {group[0]['passage']}" for group in found.values()]
    truth = {
        frame: np.array(
            [_majority_mark(group, FRAME + frame, at) for group, at in zip(found.values(), where, strict=True)]
        )
        for frame in frames
    }
    stance = {
        target: np.array([_majority_stance(group, STANCE + target, at) for group, at in zip(found.values(), where, strict=True)])
        for target in targets
    }  # fmt: skip
    return Gold(np.array(list(found), dtype=np.int64), probability, truth, stance, (*notes, *filter(None, [note])))


def _probabilities(rows: Sequence[Mapping[str, Any]], passages: int) -> tuple[npt.NDArray[np.float64], str]:
    values = [str(row.get("probability", "")).strip() for row in rows]
    if not any(values):
        return (
            np.full(len(rows), len(rows) / passages),
            "the sample says no probabilities: it is taken for a simple random sample of all passages",
        )
    try:
        numbers = np.array([float(value) for value in values])
    except ValueError as error:
        raise TableError("the sample's column probability has cells that are no numbers") from error
    if not ((numbers > 0) & (numbers <= 1)).all():
        raise TableError("the sample's column probability must lie above 0 and not above 1")
    return numbers, ""


def _majority_mark(rows: Sequence[Mapping[str, Any]], name: str, where: str) -> float:
    marks = [_mark(str(row.get(name, "")), f"{where}, {name}") for row in rows]
    return float(sum(marks) * 2 > len(marks))


def _majority_stance(rows: Sequence[Mapping[str, Any]], name: str, where: str) -> str:
    given = []
    for row in rows:
        value = str(row.get(name, "")).strip().casefold()
        if value not in _STANCES:
            raise TableError(
                f"{where}, {name}: {row.get(name)!r} is none of {', '.join(STANCES)} or empty (not about it)"
            )
        given.append(_STANCES[value])
    return Counter(given).most_common(1)[0][0]
