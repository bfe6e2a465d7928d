"""Claims of a label table beside a plain loop with one regular expression, one core, one run.

The plain loop is what one writes first: ``opencc`` converts a passage and one expression finds numbers with their unit. It gives spans
and no values, types, bounds or subjects. Run: ``python -m benchmarks.claims --passages 20000``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time

import pandas as pd

import narrativ
from benchmarks.pipeline import texts
from narrativ.table import to_dataframe

_PLAIN = re.compile(
    r"(?:不到|超过|近|约|about|nearly|over|under|less than|more than|up to)?\s?(?:us\$|\$|€|£|¥)?\s?"
    r"(?:\d[\d,]*(?:\.\d+)?|[一二三四五六七八九十百千万亿两几数]+)\s?(?:million|billion|trillion|万亿|亿|万|k|m|bn)?\s?"
    r"(?:美元|美金|元|dollars|%|percent|倍|times|张|人)?"
)
_FIGURES = (
    "DeepSeek的训练成本是{a}万美元。",
    "英伟达股价下跌{b}%，市值蒸发{a}亿美元。",
    "DeepSeek trained on {a} H800 GPUs for under ${b} million.",
)


def passages(count: int, seed: int = 20250127) -> list[str]:
    """Passages of the sample corpus; one in three ends with a sentence of figures of its own."""
    rng = random.Random(seed)
    made = []
    for number, text in enumerate(texts(count)):
        figures = rng.choice(_FIGURES).format(a=rng.randint(2, 9999), b=rng.randint(1, 99))
        made.append(text + figures if number % 3 == 0 else text)
    return made


def table(made: list[str]) -> pd.DataFrame:
    """A label table with one passage a document."""
    return to_dataframe(
        {"doc_id": f"d{n}", "passage": 0, "start": 0, "end": len(text), "text": text, "source": f"source {n % 40}", "title": "", "published": "2025-01-28",
         "status": "ok", "positions": {}, "voices": []}
        for n, text in enumerate(made)
    )  # fmt: skip


def plain_loop(made: list[str]) -> tuple[float, int]:
    """Seconds and hits of the plain loop."""
    import opencc

    converter = opencc.OpenCC("t2s")
    started = time.process_time()
    hits = sum(len(_PLAIN.findall(converter.convert(text).lower())) for text in made)
    return time.process_time() - started, hits


def main() -> None:
    """Run and print one JSON object; seconds of processor time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    arguments = parser.parse_args()
    made = passages(arguments.passages)
    data = table(made)
    narrativ.claims(data.head(100))  # loads dictionaries
    started = time.process_time()
    found = narrativ.claims(data)
    extracting = time.process_time() - started
    started = time.process_time()
    groups = narrativ.claim_groups(found)
    grouping = time.process_time() - started
    plain, hits = plain_loop(made)
    print(
        json.dumps(
            {
                "passages": len(made),
                "characters": sum(map(len, made)),
                "claims": len(found),
                "groups": len(groups),
                "claims_seconds": round(extracting, 2),
                "groups_seconds": round(grouping, 2),
                "plain_loop_seconds": round(plain, 2),
                "plain_loop_hits": hits,
                "ratio": round(plain / (extracting + grouping), 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
