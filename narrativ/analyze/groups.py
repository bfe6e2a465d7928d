"""What is compared: groups of passages, and what counts as one independent piece of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from narrativ.errors import OptionError
from narrativ.text.scripts import class_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DERIVED", "ClusterBy", "Clusters", "clusters", "group_labels", "language_of"]

ClusterBy: TypeAlias = Literal["auto", "story", "document", "passage"]

_HAN, _LATIN = slice(1, 4), 4
_LETTERS_PER_CHARACTER = 5  # as in narrativ.text.scripts: a Latin word weighs as much as one Han character
_LANGUAGES = {"Hans": "zh", "Hant": "zh", "Latn": "en"}
DERIVED = ("day", "month", "language", "document")
"""What a table can be grouped by besides its columns; a column of such a name comes first."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which rows belong together.

    Attributes
    ----------
    codes
        Code of each row's cluster, from 0; shape (n_rows,).
    unit
        ``story``, ``document`` or ``passage``: what a cluster is.
    """

    codes: npt.NDArray[np.int64]
    unit: str


def language_of(script: pd.Series) -> pd.Series:
    """``zh`` or ``en`` by the script of a passage; ``mixed`` or ``other`` where it is neither alone."""
    return script.map(lambda name: _LANGUAGES.get(name, name or "other")).astype(object)


def group_labels(table: pd.DataFrame, by: str) -> pd.Series:
    """Name of each row's group.

    Parameters
    ----------
    table
        A label table.
    by
        A column of the table (``source``, ``author``, ``script``, ``kind``, ``title``, your own), or ``document`` (its
        ``doc_id``), ``day`` or ``month`` (of publication, as the input states it) or ``language`` (``zh``, ``en``, ``other``).

    Returns
    -------
    Series of text, indexed like `table`
        ``""`` where the table says nothing.

    Raises
    ------
    OptionError
        The table has no such column, or it holds no plain values.
    """
    if by not in table.columns:
        if by in ("day", "month"):
            length = 10 if by == "day" else 7
            return table["published"].map(lambda value: value[:length] if isinstance(value, str) else "").astype(object)
        if by == "language":
            return _languages(table)
    name = "doc_id" if by == "document" and by not in table.columns else by
    if name not in table.columns:
        raise OptionError(f"no column {by!r} to group by; there are {', '.join([*DERIVED, *map(str, table.columns)])}")
    column = table[name]
    if column.map(lambda value: isinstance(value, (list, dict, tuple, set, np.ndarray))).any():
        raise OptionError(f"column {by!r} holds lists or objects; group by a column of single values")
    return column.map(_name).astype(object)


def _languages(table: pd.DataFrame) -> pd.Series:
    """``zh``, ``en``, ``other`` or nothing; in a passage of two scripts the one that has more of it decides."""
    import pandas as pd

    known = {**_LANGUAGES, "mixed": "mixed", "other": "other"}
    keys = [known.get(script, "") if isinstance(script, str) else "" for script in table["script"]]
    mixed = [number for number, key in enumerate(keys) if key == "mixed"]
    counts = class_counts([str(table["text"].iloc[number]) for number in mixed])
    for number, row in zip(mixed, counts, strict=True):
        keys[number] = "zh" if row[_HAN].sum() >= row[_LATIN] / _LETTERS_PER_CHARACTER else "en"
    return pd.Series(keys, index=table.index, dtype=object)


def _name(value: object) -> str:
    import pandas as pd

    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def clusters(table: pd.DataFrame, how: ClusterBy, *, by: str) -> Clusters:
    """Rows that are one piece of evidence together.

    ``auto`` takes stories where the table has a column ``story`` (a row without one is its document's), otherwise documents;
    where documents themselves are compared (`by` is ``document``, ``doc_id`` or ``title``), passages, since a single
    document has no others of its kind to be drawn with.

    Raises
    ------
    OptionError
        Stories are asked for and the table has none.
    """
    import pandas as pd

    if how not in ("auto", "story", "document", "passage"):
        raise OptionError(f"no cluster {how!r}; use auto, story, document or passage")
    has_stories = "story" in table.columns
    if how == "story" and not has_stories:
        raise OptionError("the table has no column 'story'; make one with narrativ stories")
    unit: str = how
    if how == "auto":
        unit = "passage" if by in ("document", "doc_id", "title") else "story" if has_stories else "document"
    if unit == "passage":
        return Clusters(np.arange(len(table)), unit)
    names = table["doc_id"].astype(str)
    if unit == "story":
        story = table["story"].map(_name)
        # A document whose id reads like a story's must not join it.
        names = ("s " + story).where(story != "", "d " + names)
    return Clusters(pd.factorize(names)[0].astype(np.int64), unit)
