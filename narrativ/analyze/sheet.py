"""The sample as people label it: a sheet with empty columns (.csv, .xlsx), or tasks for Label Studio (.json).

The labels of the table are not in it, so that nobody is led by them; rows stand in random order, and the design (stratum and
probability, which may give away a label) in the last columns, hidden in .xlsx.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from narrativ.analyze.gold import FRAME, NONE, STANCE, STANCES, read_gold
from narrativ.errors import NarrativError, OptionError
from narrativ.table import guard

if TYPE_CHECKING:
    import pandas as pd

    from narrativ.codebook import Codebook

__all__ = ["label_studio_config", "write_sample"]

_DESIGN = ("stratum", "probability")
_LONGEST_CELL = 32_767


def write_sample(
    sampled: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    frames: Sequence[str],
    targets: Sequence[str] = (),
    codebook: Codebook | None = None,
    language: str = "en",
) -> None:
    """Write a sample to label, by the name's ending: ``.csv``, ``.xlsx``, or ``.json`` (tasks for Label Studio).

    Parameters
    ----------
    sampled
        As :func:`narrativ.sample` gives it; a column ``model`` is written if it is there.
    path
        Where to write. Beside ``NAME.json`` stands ``NAME.xml``, the labelling interface to paste into Label Studio.
    frames, targets
        What to ask about: a column each, ``frame_…`` (1 or 0) and ``stance_…`` (favor, against, neutral, or empty).
    codebook
        Whose names and definitions to give the readers (a second sheet of .xlsx, hints of Label Studio).
    language
        Of those: ``en``, ``zh-Hans`` or ``zh-Hant``.
    """
    file = Path(path)
    if not file.parent.is_dir():
        raise OptionError(f"{file}: the folder {file.parent} does not exist")
    suffix = file.suffix.lower()
    if suffix not in (".csv", ".xlsx", ".json"):
        raise OptionError(f"{str(file)!r}: a sample is written as .csv, .xlsx or .json (Label Studio)")
    if suffix != ".json" and _is_filled(file):
        raise OptionError(
            f"{file} holds what people have filled in, which a new sample would replace: give another name"
        )
    try:
        if suffix == ".json":
            tasks = [{"data": _task(row, frames, targets)} for row in sampled.to_dict("records")]
            file.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            config = label_studio_config(frames, targets, codebook=codebook, language=language)
            file.with_suffix(".xml").write_text(config, encoding="utf-8")
            return
        further = ["model"] if "model" in sampled.columns else []
        blank = [*(FRAME + name for name in frames), NONE, *(STANCE + name for name in targets), "remarks"]
        columns = ["doc_id", "passage", "title", "text", *further, *blank, *_DESIGN]
        rows = [[guard(row.get(name, "")) for name in columns] for row in sampled.to_dict("records")]
        if suffix == ".csv":
            with file.open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream, lineterminator="\r\n").writerows([columns, *rows])
        else:
            _write_excel(file, columns, rows, _guide(frames, targets, codebook, language))
    except OSError as error:
        raise OptionError(f"{file}: cannot be written ({error.strerror})") from error


def _is_filled(file: Path) -> bool:
    """Whether a sheet of that name has marks or remarks in it."""
    if not file.is_file():
        return False
    try:
        rows = read_gold(file)
    except NarrativError:
        return False
    asked = (FRAME, STANCE)
    return any(
        value.strip()
        for row in rows
        for name, value in row.items()
        if name.startswith(asked) or name in (NONE, "remarks")
    )


def _task(row: dict[Any, Any], frames: Sequence[str], targets: Sequence[str]) -> dict[str, Any]:
    names = ("doc_id", "passage", "title", "text", *_DESIGN, *(["model"] if "model" in row else []))
    plain = {name: int(row[name]) if name == "passage" else row[name] for name in names}
    return plain | {"asked_frames": "|".join(frames), "asked_targets": "|".join(targets)}


def _guide(
    frames: Sequence[str], targets: Sequence[str], codebook: Codebook | None, language: str
) -> list[tuple[str, str, str, str]]:
    """Rows of column, name, when, not when."""
    known_frames = {frame.id: frame for frame in codebook.frames} if codebook else {}
    known_targets = {target.id: target for target in codebook.targets} if codebook else {}

    def said(texts: Any) -> str:
        return str(texts.get(language) or texts.get("en") or "")

    rows = []
    for name in frames:
        frame = known_frames.get(name)
        rows.append((FRAME + name, said(frame.name), said(frame.definition), said(frame.not_when)) if frame else (FRAME + name, name, "", ""))  # fmt: skip
    rows.append((NONE, NONE, _NONE_HINT.get(language, _NONE_HINT["en"]), ""))
    for name in targets:
        target = known_targets.get(name)
        rows.append(
            (STANCE + name, said(target.name) if target else name, said(target.definition) if target else "", "")
        )
    return rows


_NONE_HINT = {
    "en": "1 where the passage tells none of these frames",
    "zh-Hans": "段落不含以上任何框架时填 1",
    "zh-Hant": "段落不含以上任何框架時填 1",
}


def _write_excel(file: Path, columns: list[str], rows: list[list[Any]], guide: Sequence[tuple[str, ...]]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "sample"
    for line in [list(columns), *rows]:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub(" ", c)[:_LONGEST_CELL] if isinstance(c, str) else c for c in line])
    sheet.freeze_panes = "E2"
    for number, name in enumerate(columns, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = {"text": 80, "title": 24}.get(name, 14)
        sheet.column_dimensions[letter].hidden = name in _DESIGN
        sheet.cell(1, number).font = Font(bold=True)
    for row in range(2, len(rows) + 2):
        sheet.cell(row, 4).alignment = Alignment(wrap_text=True, vertical="top")
    pages = book.create_sheet("codebook")
    for cells in [("column", "name", "when", "not when"), *guide]:
        pages.append(list(cells))
    for letter, width in zip("ABCD", (28, 24, 90, 60), strict=True):
        pages.column_dimensions[letter].width = width
    book.save(file)


def label_studio_config(
    frames: Sequence[str], targets: Sequence[str], *, codebook: Codebook | None = None, language: str = "en"
) -> str:
    """The labelling interface for Label Studio: frames as a required multiple choice, with "none" among them."""
    guide = {row[0]: row for row in _guide(frames, targets, codebook, language)}

    def choice(value: str, column: str) -> str:
        _, name, when, _ = guide[column]
        return f"    <Choice value={quoteattr(value)} alias={quoteattr(value)} html={quoteattr(name)} hint={quoteattr(when)}/>"

    lines = ["<View>", '  <Header value="$title"/>', '  <Text name="text" value="$text"/>']
    lines.append('  <Choices name="frames" toName="text" choice="multiple" required="true">')
    lines += [choice(name, FRAME + name) for name in frames]
    lines += [choice(NONE, NONE), "  </Choices>"]
    for target in targets:
        lines.append(f"  <Header value={quoteattr(guide[STANCE + target][1])}/>")
        lines.append(f'  <Choices name={quoteattr(STANCE + target)} toName="text" choice="single">')
        lines += [f"    <Choice value={quoteattr(value)}/>" for value in STANCES]
        lines.append("  </Choices>")
    return "\n".join([*lines, "</View>"]) + "\n"
