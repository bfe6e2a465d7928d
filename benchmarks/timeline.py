"""`narrativ timeline`'s work beside the one command everybody knows for it, on a made-up table; one core, one run.

Counting frames per day with pandas (``explode`` and ``groupby``) gives bare numbers. ``narrativ.timeline`` gives them with intervals,
turns, bursts and lags. The ratio of the two says what those cost.

Run: ``python -m benchmarks.timeline`` (``--passages 100000``).
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import narrativ  # noqa: E402

_FRAMES = ("one", "two", "three", "four", "five")


def label_table(passages: int, seed: int = 20250127) -> pd.DataFrame:
    """Passages of documents of one to eight, over a year, from eight sources."""
    rng = np.random.default_rng(seed)
    document = np.repeat(np.arange(passages), rng.integers(1, 9, size=passages))[:passages]
    documents = int(document.max()) + 1
    moments = np.datetime64("2025-01-01T00:00:00") + rng.integers(0, 365 * 86400, size=documents)
    published = np.char.add(moments.astype(str), "+00:00")
    present = rng.random((passages, len(_FRAMES))) < 0.15
    frames = [[name for name, told in zip(_FRAMES, row, strict=True) if told] for row in present]
    made: pd.DataFrame = pd.DataFrame(
        {
            "doc_id": np.char.add("d", document.astype(str)),
            "published": published[document],
            "source": np.char.add("s", rng.integers(0, 8, size=documents).astype(str))[document],
            "reach": rng.lognormal(8, 2, size=documents).astype(np.int64)[document],
            "status": "ok",
            "kind": "article",
            "frames": frames,
            "frame_scores": [dict.fromkeys(_FRAMES, 0.5)] * passages,
        }
    )
    return made


def main() -> None:
    """Print seconds of processor time, and how many times the bare counts take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    table = label_table(parser.parse_args().passages)
    started = time.process_time()
    day = pd.to_datetime(table["published"]).dt.date
    counts = table.assign(day=day).explode("frames").groupby(["day", "frames"]).size()
    bare = time.process_time() - started
    print(f"{len(table):,} passages, {table['doc_id'].nunique():,} documents; bare counts: {bare:.2f} s")
    asked: list[dict[str, Any]] = [{}, {"by": "source"}, {"every": "hour"}]
    for options in asked:
        started = time.process_time()
        result = narrativ.timeline(table, **options)
        took = time.process_time() - started
        print(f"{options or 'by day'}: {took:.2f} s, {took / bare:.0f} times the bare counts")
        if not options:
            told = result.data[result.data["frame_passages"] > 0]
            assert (
                told["frame_passages"].tolist()
                == counts.unstack(fill_value=0)[list(_FRAMES)].stack().loc[lambda n: n > 0].tolist()
            )


if __name__ == "__main__":
    main()
