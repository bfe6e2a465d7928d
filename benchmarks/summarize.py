"""How long a summary takes beside a plain count of the same table: ``python -m benchmarks.summarize [passages]``.

Synthetic tables, since only their size matters here: few sources and many, long documents and posts.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import pandas as pd

import narrativ
from narrativ.table import to_dataframe

_FRAMES = ("open_source_praise", "cost_skepticism", "market_shock", "geopolitics", "conspiracy")
_TARGETS = ("deepseek", "us_ai_industry", "us_policy", "china")
_WORDS = "模型开源股价暴跌制裁出口管制成本芯片公司市场美国中国投资者发布能力人们"


def synthetic(passages: int, sources: int, per_document: int) -> pd.DataFrame:
    """A label table of random labels and random text of some 120 characters."""
    rng = np.random.default_rng(7)
    texts = ["".join(part) for part in rng.choice(list(_WORDS), size=(2000, 120))]
    rows: list[dict[str, Any]] = []
    for number in range(passages):
        document = number // per_document
        draw = rng.random(12)
        frames = [frame for frame, value in zip(_FRAMES, draw, strict=False) if value < 0.2]
        stance = {
            t: ("favor", "neutral", "against")[int(v * 9) % 3]
            for t, v in zip(_TARGETS, draw[5:], strict=False)
            if v < 0.4
        }
        rows.append({
            "doc_id": f"d{document}", "passage": number % per_document, "text": texts[int(draw[9] * 2000)],
            "source": f"s{document % sources}", "title": "", "author": "", "published": f"2025-01-{document % 28 + 1:02d}", "url": "",
            "reach": int(draw[10] * 1e6), "script": "Hans", "status": "ok", "frames": frames,
            "frame_scores": dict(zip(_FRAMES, 1 - draw[:5], strict=True)), "abstained": [],
            "positions": {frame: ("endorses", "reports", "rejects")[int(draw[11] * 3)] for frame in frames},
            "stance": stance, "polarity": {}, "holder": "author" if draw[9] < 0.6 else "others", "voices": [], "evidence": [],
            "stance_evidence": [], "kind": "article", "about": "", "notes": [], "start": 0, "end": 120,
        })  # fmt: skip
    return to_dataframe(rows)


def main() -> None:
    """Seconds per table, and as a multiple of :func:`narrativ.by_source` on it."""
    passages = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    result = {}
    for name, sources, per_document in (
        ("300 sources, documents of 20", 300, 20),
        ("30 sources, posts", 30, 1),
        ("10,000 sources of 10 posts", 10_000, 1),
        ("one source", 1, 20),
    ):
        table = synthetic(passages, sources, per_document)
        started = time.perf_counter()
        narrativ.by_source(table)
        counted = time.perf_counter()
        summary = narrativ.summarize(table)
        numbers = time.perf_counter()
        summary.describe()
        ended = time.perf_counter()
        result[name] = {
            "summarize": round(numbers - counted, 1),
            "sentences": round(ended - numbers, 1),
            "times by_source": round((ended - counted) / (counted - started)),
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
