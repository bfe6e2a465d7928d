"""What each source (author, script, day, …) tells, how surely, and in sentences.

:func:`summarize` goes the way in order: ``rows`` reads the table into arrays, ``measures`` makes the numbers with their
intervals, ``telling`` chooses passages, ``sentences`` says it in words (``wording``, ``figures``), ``page`` writes it down.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from narrativ.analyze.summary import measures, page
from narrativ.analyze.summary.rows import read_rows
from narrativ.analyze.summary.sentences import paragraph
from narrativ.analyze.summary.telling import telling_passages
from narrativ.analyze.summary.wording import wording
from narrativ.codebook import Codebook, load_codebook
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMATS", "Summary", "summarize"]

FORMATS = ("csv", "json", "md")
_CHRONOLOGICAL = ("day", "month", "published")


@dataclass(frozen=True, repr=False)
class Summary:
    """What :func:`summarize` returns; its card shows in a notebook.

    Attributes
    ----------
    by, weight, language
        As asked for.
    codebook
        Where the names come from.
    groups
        One row a group, most passages first (days in order); see :func:`~narrativ.analyze.summary.measures.group_counts`.
    frames
        One row per group and frame; see :func:`~narrativ.analyze.summary.measures.frame_mix`.
    stance
        One row per group and target; see :func:`~narrativ.analyze.summary.measures.stances`. Empty when not judged.
    voice
        One row per group, frame, voice and position; see :func:`~narrativ.analyze.summary.measures.voices`. Empty when neither
        voice nor position was judged.
    passages
        The telling passages; see :func:`~narrativ.analyze.summary.telling.telling_passages`.
    notes
        What was not judged or left out, in sentences.
    """

    by: str
    weight: str | None
    language: str
    codebook: Codebook
    groups: pd.DataFrame
    frames: pd.DataFrame
    stance: pd.DataFrame
    voice: pd.DataFrame
    passages: pd.DataFrame
    notes: tuple[str, ...]

    def describe(self, language: str | None = None) -> dict[str, str]:
        """Two or three sentences on each group, by rule from the numbers, in ``en``, ``zh-Hans`` or ``zh-Hant``.

        Raises
        ------
        OptionError
            The language is another.
        """
        language = language or self.language
        words = wording(language)
        parts = [page.by_group(frame) for frame in (self.frames, self.stance, self.voice)]
        return {
            group["group"]: paragraph(
                group,
                *(part.get(group["group"], []) for part in parts),
                words=words,
                codebook=self.codebook,
                language=language,
                weighted=self.weight is not None,
            )
            for group in page.records(self.groups)
        }

    def to_csv(self) -> str:
        """Every number as one tidy table; cells that a spreadsheet would run are guarded as in a label table."""
        return page.csv_text(self)

    def to_json(self) -> str:
        """Everything: numbers, sentences, passages, nested by group; no number is ``null``."""
        return page.json_text(self)

    def to_markdown(self) -> str:
        """A report: tables of frames and stance, then sentences and telling passages of each group."""
        return page.markdown(self)

    def _repr_html_(self) -> str:
        return page.card(self)

    def __repr__(self) -> str:
        return "\n".join((*self.describe().values(), *self.notes))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the summary as ``.csv``, ``.json`` or ``.md``, by the name's ending.

        Raises
        ------
        OptionError
            The ending is another, or the folder does not exist.
        """
        file = Path(path)
        check_format(file)
        text = {".csv": self.to_csv, ".json": self.to_json, ".md": self.to_markdown}[file.suffix.lower()]()
        # The mark tells Excel that a CSV is UTF-8.
        encoding = "utf-8-sig" if file.suffix.lower() == ".csv" else "utf-8"
        try:
            file.write_text(text, encoding=encoding, newline="")
        except OSError as error:
            raise OptionError(f"{file}: cannot be written ({error.strerror})") from error


def check_format(path: str | os.PathLike[str]) -> None:
    """Raise :class:`OptionError` when a summary cannot be written under this name."""
    if Path(path).suffix.lower().lstrip(".") not in FORMATS:
        raise OptionError(f"{os.fspath(path)!r}: a summary is written as .csv, .json or .md")


def summarize(
    table: pd.DataFrame,
    by: str = "source",
    *,
    weight: str | None = None,
    lang: str = "en",
    codebook: str | Codebook = "deepseek",
    passages: int = 2,
) -> Summary:
    """Summarise a label table per source, author, script, day or any other column.

    Parameters
    ----------
    table
        A label table (:func:`narrativ.read_table`, :meth:`narrativ.Labeler.label`).
    by
        A column of the table, or ``day``, ``month`` (of publication, as stated) or ``language`` (``zh``, ``en``).
    weight
        ``"reach"`` weighs every passage (and document) by the reach of its document; those of unknown reach are left out of the shares.
    lang
        Language of names and sentences: ``en``, ``zh-Hans`` or ``zh-Hant``.
    codebook
        Where names and phrases come from; frames and targets that it does not know are shown by their ids.
    passages
        Telling passages for each frame, and for each target and stance.

    Returns
    -------
    Summary
        Every share and net stance with a 95 % interval, resampled by document (or story, when the table has a column
        ``story``). A group whose passages come from effectively fewer than five documents gets intervals over runs of its own passages,
        which say nothing of other documents; one with fewer than five such units gets no number.
        See :func:`narrativ.analyze.within.estimates` for the methods.

    Raises
    ------
    OptionError
        There is no such column, weight or language.
    TableError
        This is no label table.
    """
    if weight not in (None, "reach"):
        raise OptionError(f"no weight {weight!r}; there is 'reach'")
    words = wording(lang)
    book = load_codebook(codebook) if isinstance(codebook, str) else codebook
    rows = read_rows(table, by, order=book.frame_ids, targets=book.target_ids)
    groups = measures.group_counts(rows, weight)
    chosen = groups["no_frame"].notna().to_numpy()
    order = _order(groups, by)
    rank = {name: number for number, name in enumerate(order)}

    def arranged(frame: pd.DataFrame) -> pd.DataFrame:
        where = frame["group"].map(rank).to_numpy(dtype=float)
        result: pd.DataFrame = frame.iloc[where.argsort(kind="stable")].reset_index(drop=True)
        return result

    notes = [words.notes[name] for name in ("position", "voice", "abstained") if not rows.judged[name]]
    if not rows.judged["stance"]:
        notes.append(words.notes["no_targets" if rows.judged["voice"] else "stance"])
    if weight:
        unknown = int((rows.reach != rows.reach).sum())
        notes.append(words.notes["reach"].format(n=f"{unknown:,}"))
    return Summary(
        by=by,
        weight=weight,
        language=lang,
        codebook=book,
        groups=arranged(groups),
        frames=arranged(measures.frame_mix(rows, weight)),
        stance=arranged(measures.stances(rows, weight)) if rows.judged["stance"] else measures.stances(rows).iloc[:0],
        voice=arranged(measures.voices(rows, weight)),
        passages=arranged(telling_passages(rows, chosen, passages)),
        notes=tuple(notes) if len(rows.group) else (),
    )


def _order(groups: pd.DataFrame, by: str) -> Iterable[Any]:
    if by in _CHRONOLOGICAL:
        return sorted(groups["group"])
    return groups.sort_values(["passages", "group"], ascending=[False, True])["group"].tolist()  # type: ignore[no-any-return]
