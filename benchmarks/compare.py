"""narrativ.compare on a synthetic table, and its bootstrap beside a plain loop over pandas, one core, one run, in
seconds of processor time.

The plain loop is what one writes first: draw documents with replacement, join their passages, group and average. Both give the
same shares; the ratio is of time per draw.

Run: ``python -m benchmarks.compare --passages 100000``.
"""

from __future__ import annotations

import argparse
import json
import os
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import narrativ  # noqa: E402
from narrativ.analyze.measures import measure_units  # noqa: E402
from narrativ.analyze.resample import bootstrap_ratios  # noqa: E402
from narrativ.table import to_dataframe  # noqa: E402

_FRAMES = ("praise", "doubt", "shock", "states", "plot")
_TARGETS = ("maker", "rival", "state")


def table(passages: int, documents: int, sources: int, seed: int = 20250127) -> pd.DataFrame:
    """A label table of random labels, all columns filled."""
    rng = np.random.default_rng(seed)
    doc = np.sort(rng.integers(documents, size=passages))
    told = rng.random((passages, len(_FRAMES))) < rng.random((sources, len(_FRAMES)))[doc % sources] * 0.4
    stance = rng.integers(-1, 4, size=(passages, len(_TARGETS)))
    words = ("against", "neutral", "favor")
    rows = []
    for i in range(passages):
        frames = [name for name, here in zip(_FRAMES, told[i], strict=True) if here]
        about = {name: words[s - 1] for name, s in zip(_TARGETS, stance[i], strict=True) if s > 0}
        rows.append(
            {
                "doc_id": f"d{doc[i]}", "passage": i, "start": 0, "end": 9, "text": "股价暴跌，市场震动。", "source": f"s{doc[i] % sources}",
                "title": "", "author": "", "published": "2025-01-28", "url": "", "reach": int(doc[i]) + 1, "script": "Hans", "status": "ok",
                "frames": frames, "frame_scores": dict.fromkeys(_FRAMES, 0.5), "abstained": [],
                "positions": dict.fromkeys(frames, "endorses"), "stance": about, "polarity": {}, "holder": "author", "voices": [],
                "evidence": [], "stance_evidence": [], "kind": "article", "about": "", "notes": [],
            }
        )  # fmt: skip
    return to_dataframe(rows)


def plain(data: pd.DataFrame, draws: int) -> float:
    """Seconds per draw of the plain loop."""
    flat = pd.DataFrame({name: [float(name in frames) for frames in data["frames"]] for name in _FRAMES})
    flat["source"], flat["doc_id"] = data["source"], data["doc_id"]
    documents = flat["doc_id"].unique()
    rng = np.random.default_rng(1)
    started = time.process_time()
    for _ in range(draws):
        picked = pd.DataFrame({"doc_id": rng.choice(documents, size=len(documents))})
        picked.merge(flat, on="doc_id").groupby("source")[list(_FRAMES)].mean()
    return (time.process_time() - started) / draws


def main() -> None:
    """Print seconds and the ratio as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--sources", type=int, default=10)
    arguments = parser.parse_args()
    data = table(arguments.passages, arguments.documents, arguments.sources)
    started = time.process_time()
    narrativ.compare(data)
    whole = time.process_time() - started
    started = time.process_time()
    narrativ.compare(data, draws=2, permutations=2)
    rest = time.process_time() - started
    units = measure_units(data)
    frames = [place for place, measure in enumerate(units.measures) if measure.kind == "frame"]
    started = time.process_time()
    bootstrap_ratios(units.cluster, units.group, units.numerator[:, frames], units.denominator[:, frames], draws=1000)
    ours = (time.process_time() - started) / 1000
    loop = plain(data, 5)
    print(
        json.dumps(
            {
                "passages": len(data),
                "documents": int(data["doc_id"].nunique()),
                "compare, seconds": round(whole, 2),
                "of these without resampling": round(rest, 2),
                "bootstrap, ms per draw": round(ours * 1000, 2),
                "plain loop, ms per draw": round(loop * 1000, 2),
                "ratio": round(loop / ours, 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
