"""Label tables made by hand and by script for the tests of summaries."""

from __future__ import annotations

from typing import Any

import numpy as np

import narrativ
from narrativ.analyze.summary import Summary
from narrativ.table import COLUMNS, to_dataframe

FRAMES = ("market_shock", "geopolitics")
TEXT = "輝達股價一夜之間大跌，投資人紛紛拋售手中的晶片股，沒有人知道底部在哪裡。"


def make_row(doc: str = "a1", passage: int = 0, **more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    blank |= {"doc_id": doc, "passage": passage, "start": 0, "end": 9, "text": TEXT, "source": doc[:1], "script": "Hant",
              "status": "ok", "frames": [], "abstained": [], "positions": {}, "stance": {}, "polarity": {}, "holder": None,
              "reach": None, "voices": [], "evidence": [], "stance_evidence": [], "kind": "article", "notes": []}  # fmt: skip
    row = blank | more
    row.setdefault("frame_scores", {})
    row["frame_scores"] = row["frame_scores"] or {f: 0.9 if f in row["frames"] else 0.1 for f in FRAMES}
    return row


def random_rows(seed: int = 0, sources: str = "abc", documents: int = 8) -> list[dict[str, Any]]:
    """Rows of some documents a source, each of three to eight passages, with everything judged."""
    rng = np.random.default_rng(seed)
    rows = []
    for source in sources:
        for document in range(documents):
            reach = int(rng.integers(1, 1000)) if rng.random() < 0.8 else None
            for passage in range(int(rng.integers(3, 9))):
                frames = [frame for frame in FRAMES if rng.random() < 0.4]
                words = "".join(rng.choice(list("股價下跌晶片禁令開源模型成本投資人美國中國公司"), 30))
                rows.append(make_row(
                    f"{source}{document}", passage, text=words, frames=frames, reach=reach,
                    frame_scores={frame: float(rng.uniform(0.5, 1)) if frame in frames else 0.1 for frame in FRAMES},
                    abstained=["geopolitics"] if not frames and rng.random() < 0.3 else [],
                    positions={frame: str(rng.choice(["endorses", "reports", "rejects"])) for frame in frames},
                    stance={"china": str(rng.choice(["favor", "neutral", "against"]))} if rng.random() < 0.7 else {},
                    holder="author" if rng.random() < 0.6 else "others", published=f"2025-01-{document + 1:02d}T10:00:00+08:00",
                ))  # fmt: skip
    return rows


def counted_by_hand() -> Summary:
    """Ten documents of two passages: the first tells of the market and is against China, the second may be silent."""
    rows = []
    for number in range(10):
        rows.append(make_row(f"a{number}", 0, frames=["market_shock"], positions={"market_shock": "rejects" if number < 8 else "reports"},
                         stance={"china": "against" if number < 7 else "favor"}, holder="author" if number < 6 else "某甲",
                         reach=100 if number < 5 else 300))  # fmt: skip
        rows.append(make_row(f"a{number}", 1, frames=["geopolitics"] if number == 0 else [], holder="author",
                         abstained=["geopolitics"] if number in (1, 2) else [], positions={}, reach=100 if number < 5 else 300))  # fmt: skip
    rows.append(make_row("a0", 2, status="boilerplate"))
    return narrativ.summarize(to_dataframe(rows))
