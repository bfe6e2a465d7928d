"""Label tables made by hand and by chance, for tests of what is computed from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from narrativ.table import to_dataframe

_EMPTY: dict[str, Any] = {
    "title": "", "author": "", "published": "", "url": "", "reach": None, "script": "Latn", "status": "ok", "frames": [],
    "frame_scores": {}, "abstained": [], "positions": {}, "stance": {}, "polarity": {}, "holder": None, "voices": [], "evidence": [],
    "stance_evidence": [], "kind": "article", "about": "", "notes": [], "start": 0, "end": 5, "text": "words", "source": "A",
}  # fmt: skip


def label_table(rows: list[dict[str, Any]], frames: tuple[str, ...] = ("shock", "plot")) -> pd.DataFrame:
    """A label table of rows that say only what matters; passages are numbered within their documents."""
    numbers: dict[str, int] = {}
    made = []
    for row in rows:
        doc = str(row["doc_id"])
        number = numbers.get(doc, 0)
        numbers[doc] = number + 1
        made.append({**_EMPTY, "passage": number, "frame_scores": dict.fromkeys(frames, 0.5), **row})
    return to_dataframe(made)


def random_table(
    shares: dict[str, float],
    *,
    documents: int = 40,
    passages: int = 4,
    seed: int = 0,
    frame: str = "shock",
    **columns: Any,
) -> pd.DataFrame:
    """A table in which each source tells `frame` in a share of its passages, alike within documents."""
    rng = np.random.default_rng(seed)
    rows = []
    for source, share in shares.items():
        for number in range(documents):
            own = rng.beta(share * 4, (1 - share) * 4) if 0 < share < 1 else share
            for _ in range(passages):
                told = [frame] if rng.random() < own else []
                told += ["plot"] if rng.random() < 0.2 and frame != "plot" else []
                rows.append({"doc_id": f"{source}-{number}", "source": source, "frames": told, **columns})
    return label_table(rows)
