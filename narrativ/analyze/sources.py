"""What each source tells: documents, passages and the share of each frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from narrativ.records import OK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["by_source", "ordered"]


def by_source(table: pd.DataFrame) -> pd.DataFrame:
    """Counts per source.

    Parameters
    ----------
    table
        A label table.

    Returns
    -------
    DataFrame of one row a source, most passages first
        ``documents``, ``passages`` (those labelled), ``no_frame`` (labelled passages without a frame), then the number
        of passages per frame. Shares are these divided by ``passages``. A document without a source counts under
        ``""``.
    """
    frames = list(dict.fromkeys(frame for scores in table["frame_scores"] for frame in scores))
    labelled = table[table["status"] == OK]
    rows = []
    for source, group in labelled.groupby("source", sort=False):
        present = Counter(frame for names in group["frames"] for frame in names)
        no_frame = int((group["frames"].map(len) == 0).sum())
        rows.append(
            {
                "source": source,
                "documents": group["doc_id"].nunique(),
                "passages": len(group),
                "no_frame": no_frame,
                **present,
            }
        )
    return ordered(rows, frames)


def ordered(rows: Sequence[Mapping[str, Any]], frames: Sequence[str]) -> pd.DataFrame:
    """Rows of :func:`by_source` as its DataFrame: all columns, most passages first; missing counts are 0."""
    import pandas as pd

    columns = ["source", "documents", "passages", "no_frame", *frames]
    data = pd.DataFrame([{name: row.get(name, 0) for name in columns} for row in rows], columns=columns)
    result: pd.DataFrame = data.sort_values(["passages", "source"], ascending=[False, True], ignore_index=True)
    return result
