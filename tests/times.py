"""Label tables made for tests of time: only what counts is given, the rest is as the labeler leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from narrativ.table import COLUMNS, to_dataframe

FRAMES = ("praise", "shock", "rivalry")


def row(doc: str, published: str, frames: Sequence[str] = (), **values: Any) -> dict[str, Any]:
    """A row of the label table; `values` are any other columns, of yours too."""
    made: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    made |= {
        "passage": 0,
        "start": 0,
        "end": 9,
        "reach": None,
        "script": "Hans",
        "status": "ok",
        "kind": "post",
        "holder": None,
    }
    made |= {name: {} for name in ("positions", "stance", "polarity")}
    made |= {name: [] for name in ("abstained", "voices", "evidence", "stance_evidence", "notes")}
    made |= {"doc_id": doc, "published": published, "frames": list(frames), "text": f"words of {doc}"}
    made["frame_scores"] = {frame: 0.9 if frame in frames else 0.1 for frame in FRAMES}
    return made | values


def table(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    return to_dataframe(rows)


# Posts per day of the first seed document, and frames as its own story has them: praise until the 22nd, shock from the 26th.
PER_DAY = {"2025-01-20": 4, "2025-01-21": 4, "2025-01-22": 6, "2025-01-23": 7, "2025-01-24": 18, "2025-01-25": 13, "2025-01-26": 34,
           "2025-01-27": 24}  # fmt: skip
HUGE = {"2025-01-20": 12_000_000, "2025-01-24": 11_000_000, "2025-01-25": 13_000_000}


def story() -> pd.DataFrame:
    """110 posts of eight days that turn from praise to shock."""
    rows = []
    for day, count in PER_DAY.items():
        for number in range(count):
            early, late = day <= "2025-01-22", day >= "2025-01-26"
            frames = ["praise"] * (number % 4 < (3 if early else 1)) + ["shock"] * (
                number % 3 < 2 if late else number % 9 == 8
            )
            reach = HUGE.get(day, 0) if number == 0 and day in HUGE else 1_000_000 + 10_000 * number
            rows.append(
                row(
                    f"{day}/{number}",
                    f"{day}T{number % 24:02d}:05:00+00:00",
                    frames,
                    reach=reach,
                    source=f"@{day[-2:]}_{number}",
                )
            )
    return table(rows)


def series(
    days: int, rate: Sequence[float] | np.ndarray[Any, Any], frame: str, source: str, seed: int
) -> list[dict[str, Any]]:
    """Posts that tell `frame`, so many a day as Poisson numbers of `rate` give, from 1 January 2025 on."""
    rng = np.random.default_rng(seed)
    begin = np.datetime64("2025-01-01")
    return [
        row(f"{source}/{frame}/{day}/{number}", str(begin + day), [frame], source=source)
        for day in range(days)
        for number in range(rng.poisson(rate[day]))
    ]
