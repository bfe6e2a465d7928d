"""Stories: which documents (or passages) of a label table are one text, who had it first, and who reprints.

A *story* is a set of near-duplicates: reprints, wire copy under several outlets, excerpts, posts passed on, the same article in
Traditional and Simplified characters. Translations and other reports of the same event are other stories. How copies
are found: :mod:`narrativ.analyze.copies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from narrativ.analyze.copies import MIN_LENGTH, THRESHOLD, closeness, find_copies, text_lengths
from narrativ.analyze.furniture import repeated_passages
from narrativ.analyze.precedence import Times, precedence
from narrativ.errors import OptionError, TableError
from narrativ.records import OK, TOO_SHORT
from narrativ.text.normalize import match_forms

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UNITS", "reprints", "stories", "story_table", "too_short"]

UNITS = ("document", "passage")

_NEEDED = ("doc_id", "passage", "text", "source", "title", "published", "script", "status")
_BATCH = 1_000_000  # characters
_OPENING = 40


def stories(
    table: pd.DataFrame, *, unit: Literal["document", "passage"] = "document", threshold: float = THRESHOLD
) -> pd.DataFrame:
    """The label table with a column ``story``: rows with the same value belong to one story.

    Parameters
    ----------
    table
        A label table, of documents already read; only texts, ids and dates are used.
    unit
        What is compared. A document's text is that of its passages of status ``ok`` and ``too_short``; boilerplate, and
        what a source repeats in many documents (:mod:`narrativ.analyze.furniture`), make no two documents alike. Passages show quotations and excerpts inside documents that are otherwise
        different.
    threshold
        Share of a long text's shingles that its copy must contain, above 0 up to 1; short texts need more
        (:func:`narrativ.analyze.copies.required_overlap`).

    Returns
    -------
    DataFrame
        A copy of `table`, same rows in the same order; ``story`` is text (``s0001``), never empty. What has no copy, is
        too short to tell or was not compared (boilerplate, unreadable inputs) is a story of its own. Numbers follow the
        first known date, then ``doc_id``; they do not depend on the order of rows, but change when documents are added.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        An unknown `unit`, or a `threshold` out of range.
    """
    import pandas as pd

    if unit not in UNITS:
        raise OptionError(f"no unit {unit!r}; units are {', '.join(UNITS)}")
    if not 0 < threshold <= 1:
        raise OptionError(f"threshold is {threshold}; it must be above 0, up to 1")
    _check(table)
    units = _units(table, unit)
    rows = units["rows"]
    result: pd.DataFrame = table.copy()
    group = np.arange(len(units["first"]), dtype=np.int64)
    compared = np.flatnonzero(units["compared"])
    if len(compared):
        copies = find_copies(_forms([units["texts"][i] for i in compared]), threshold=threshold)
        # Groups of copies are named by one of their units, so that they do not clash with those that stand alone.
        _, named = np.unique(copies.group, return_index=True)
        group[compared] = compared[named][copies.group]
    names = _names(table, group, units["first"])
    values = np.array([*names, ""], dtype=object)[rows]
    result["story"] = pd.Series(values, index=table.index, dtype="object")
    return result


def reprints(table: pd.DataFrame) -> pd.DataFrame:
    """How much of what each source publishes stood elsewhere, or in itself, before.

    Parameters
    ----------
    table
        A label table with the column ``story``, of either unit.

    Returns
    -------
    DataFrame of one row a source, most documents first
        ``source``; ``documents`` (with text; ``passages`` where the column was made of passages); ``stories``;
        ``shared``, those in a story of two or more; of these ``first``, ``copies`` (another one is known to be earlier),
        ``copies_of_others`` (an earlier one is another source's) and ``unclear`` (dates are missing, equal or too coarse);
        ``reprint_rate``, the share of copies, and ``reprint_rate_max``, the share if all unclear ones were copies; 0 to 1.
    """
    units, unit = _story_units(table)
    count = f"{unit}s"
    units["shared"] = units.groupby("story")["story"].transform("size") > 1
    order = precedence(units["story"], units["source"], Times.parse(units["published"]))
    units["first"] = order.first & units["shared"]
    units["copies"] = order.later
    units["copies_of_others"] = order.later_than_others
    units["unclear"] = units["shared"] & ~units["first"] & ~units["copies"]
    flags = ["shared", "first", "copies", "copies_of_others", "unclear"]
    grouped = units.groupby("source", sort=True)
    result = grouped[flags].sum().astype(int)
    result.insert(0, count, grouped.size())
    result.insert(1, "stories", grouped["story"].nunique())
    result["reprint_rate"] = result["copies"] / result[count]
    result["reprint_rate_max"] = (result["copies"] + result["unclear"]) / result[count]
    ranked: pd.DataFrame = result.reset_index().sort_values(
        [count, "source"], ascending=[False, True], ignore_index=True
    )
    return ranked


def story_table(table: pd.DataFrame, *, least: int = 2) -> pd.DataFrame:
    """The stories of a table that has the column ``story``.

    Parameters
    ----------
    table
        A label table with the column ``story``, of either unit.
    least
        Members from which a story is listed; 1 lists all.

    Returns
    -------
    DataFrame of one row a story, most members first
        ``story``; ``documents`` or ``passages``, the number of members; ``sources`` (list, in order of time);
        ``first_published`` and ``last_published`` (as the table states them, empty when no date is known);
        ``first_source``, empty when it is not known who was first; ``similarity``, the least overlap of a member with
        the one that has most in common with the others, 0 to 1 (of the shorter text's shingles); ``scripts`` (list);
        ``title``, the first known title of a document, or the opening of the text; ``members`` (list of ids, in order of time).
    """
    import pandas as pd

    units, unit = _story_units(table)
    units = units[units.groupby("story")["story"].transform("size") >= least].reset_index(drop=True)
    times = Times.parse(units["published"])
    order = precedence(units["story"], units["source"], times)
    units["first"], units["time"] = order.first, times.sorting
    units = units.sort_values(["story", "time", "id"], kind="stable")
    units = units.reset_index(drop=True)
    groups = [numbers.tolist() for numbers in units.groupby("story", sort=True).indices.values()]
    alike = closeness(_forms(units["text"].tolist()), groups)
    rows: list[dict[str, Any]] = []
    for numbers, similarity in zip(groups, alike, strict=True):
        members = units.iloc[numbers]
        dated = [value for value in members["published"] if value]
        leader = members[members["first"]]
        titles = [title for title in members["title"] if title and unit == "document"]
        rows.append(
            {
                "story": members["story"].iloc[0],
                f"{unit}s": len(members),
                "sources": list(dict.fromkeys(members["source"])),
                "first_published": dated[0] if dated else "",
                "last_published": dated[-1] if dated else "",
                "first_source": leader["source"].iloc[0] if len(leader) and len(members) > 1 else "",
                "similarity": round(similarity, 3),
                "scripts": list(dict.fromkeys(script for script in members["script"] if script)),
                "title": titles[0] if titles else _opening(members["text"].iloc[0]),
                "members": members["id"].tolist(),
            }
        )
    columns = ["story", f"{unit}s", "sources", "first_published", "last_published", "first_source", "similarity", "scripts", "title",
               "members"]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns)
    ranked: pd.DataFrame = found.sort_values([f"{unit}s", "story"], ascending=[False, True], ignore_index=True)
    return ranked


# --- units -----------------------------------------------------------------------------------------------------------


def _check(table: pd.DataFrame, *further: str) -> None:
    missing = [name for name in (*_NEEDED, *further) if name not in table.columns]
    if missing:
        hint = "; make it with narrativ.stories(table) or narrativ stories" if missing == ["story"] else ""
        raise TableError(f"not a label table: no column {', '.join(map(repr, missing))}{hint}")


def _units(table: pd.DataFrame, unit: str) -> dict[str, Any]:
    """Units of a table, in order of their ids: `rows`, the unit of each row; per unit its first row, text, and whether it is compared."""
    import pandas as pd

    doc = table["doc_id"].astype(str).to_numpy(dtype=object)
    number = pd.to_numeric(table["passage"], errors="coerce").fillna(-1).to_numpy(dtype=np.int64)
    order = np.lexsort((np.arange(len(doc)), number, pd.factorize(doc, sort=True)[0]))
    new = np.ones(len(doc), dtype=np.bool_)
    new[1:] = doc[order][1:] != doc[order][:-1]
    if unit == "passage":
        new[1:] |= number[order][1:] != number[order][:-1]
    code = np.cumsum(new) - 1
    rows = np.empty(len(doc), dtype=np.int64)
    rows[order] = code
    status = table["status"].to_numpy(dtype=object)
    texts = np.array([*_strings(table["text"]), ""], dtype=object)[:-1]
    read = ((status == OK) | ((status == TOO_SHORT) & (unit == "document"))) & (texts != "")
    if unit == "document":
        sources = np.array([*_strings(table["source"]), ""], dtype=object)[:-1]
        read[read] = ~repeated_passages(rows[read], sources[read], texts[read])
    parts: list[list[str]] = [[] for _ in range(int(new.sum()))]
    for row in order[read[order]].tolist():
        parts[rows[row]].append(texts[row])
    return {
        "rows": rows,
        "first": order[new],
        "texts": ["\n".join(lines) for lines in parts],
        "compared": np.array([bool(lines) for lines in parts], dtype=np.bool_),
    }


def _story_units(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """One row a unit that has text (id, text, source, title, published, script, story), and what the units are."""
    import pandas as pd

    _check(table, "story")
    labelled = table[table["status"].isin((OK, TOO_SHORT))]
    whole = bool((labelled.groupby("doc_id")["story"].nunique() <= 1).all())
    unit = "document" if whole else "passage"
    units = _units(table, unit)
    rows = units["first"][units["compared"]]
    found = table.iloc[rows][["doc_id", "passage", *_NEEDED[3:7], "story"]].reset_index(drop=True)
    found = found.assign(text=[text for text, use in zip(units["texts"], units["compared"], strict=True) if use])
    for name in ("source", "title", "published", "script", "story"):
        found[name] = _strings(found[name])
    ids = found["doc_id"].astype(str)
    found["id"] = ids if unit == "document" else ids + " § " + found["passage"].astype(str)
    return pd.DataFrame(found), unit


def _forms(texts: Sequence[str]) -> list[str]:
    """Match forms, in batches: converting many short texts at once is faster."""
    forms: list[str] = []
    batch: list[str] = []
    size = 0
    for number, text in enumerate(texts, 1):
        batch.append(text.replace("\0", " "))
        size += len(text)
        if size >= _BATCH or number == len(texts):
            forms += match_forms(batch)
            batch, size = [], 0
    return forms


def _strings(column: pd.Series[Any]) -> list[str]:
    return [value if isinstance(value, str) else "" for value in column.tolist()]


def _names(table: pd.DataFrame, group: Any, first: Any) -> list[str]:
    """Name of each unit's story; stories are numbered by their first date, then by the place of their first unit."""
    times = Times.parse(table["published"].iloc[first]).sorting
    count = len(group)
    begin = np.full(count, np.inf)
    np.minimum.at(begin, group, times)
    place = np.full(count, count, dtype=np.int64)
    np.minimum.at(place, group, np.arange(count))
    codes = np.unique(group)
    ranked = codes[np.lexsort((place[codes], begin[codes]))]
    number = np.empty(count, dtype=np.int64)
    number[ranked] = np.arange(1, len(ranked) + 1)
    width = max(4, len(str(len(ranked))))
    return [f"s{value:0{width}d}" for value in number[group].tolist()]


def _opening(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _OPENING else line[:_OPENING] + "…"


def too_short(table: pd.DataFrame) -> int:
    """Documents with text that is too short to be compared; passages, where the column ``story`` was made of them."""
    units, _ = _story_units(table)
    return int((text_lengths(_forms(units["text"].tolist())) < MIN_LENGTH).sum())
