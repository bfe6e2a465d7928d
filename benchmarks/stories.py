"""Stories beside the comparison of every pair, one core, one run: ``python -m benchmarks.stories``.

Documents are jumbles of the sample corpus, every fifth an edited copy of one before it. On a part of them every pair is compared
exactly; on the same part narrativ must find the same matches, and the times are compared as a ratio, the only number that
means something on a shared machine. The whole is timed once, per 100,000 passages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402

import narrativ  # noqa: E402
from benchmarks.pipeline import texts  # noqa: E402
from narrativ.analyze.copies import THRESHOLD, _Pairs, required_overlap  # noqa: E402
from narrativ.table import to_dataframe  # noqa: E402
from narrativ.text.normalize import match_forms  # noqa: E402
from narrativ.text.shingles import shingled  # noqa: E402

_PASSAGES = 10
_PIECE = (2, 6)  # characters or words of one piece: jumbled text has everyday shingles and no long run in common


def _jumble(passage: str, rng: random.Random) -> str:
    parts = passage.split(" ") if passage.isascii() else list(passage)
    pieces = []
    while parts:
        size = rng.randrange(*_PIECE)
        pieces.append(parts[:size])
        parts = parts[size:]
    rng.shuffle(pieces)
    return (" " if passage.isascii() else "").join(part for piece in pieces for part in piece)


def documents(count: int, seed: int = 20250127) -> list[list[str]]:
    """Documents of ten passages each."""
    rng = random.Random(seed)
    pool = texts(2000, seed)
    made: list[list[str]] = []
    for _ in range(count):
        if made and rng.random() < 0.2:
            copy = list(rng.choice(made))
            copy[rng.randrange(_PASSAGES)] = _jumble(rng.choice(pool), rng)
            made.append(copy)
        else:
            made.append([_jumble(rng.choice(pool), rng) for _ in range(_PASSAGES)])
    return made


def _every_pair(forms: list[str]) -> tuple[float, set[tuple[int, int]]]:
    pairs = _Pairs(shingled(forms), np.arange(len(forms)), forms, THRESHOLD)
    started = time.process_time()
    found = set()
    for one in range(len(forms) - 1):
        others = np.arange(one + 1, len(forms))
        shorter, longer = (f(pairs.length[one], pairs.length[others]) for f in (np.minimum, np.maximum))
        enough = pairs.overlap(one, others) >= required_overlap(shorter, longer)
        found |= {(one, other) for other in others[enough].tolist() if pairs._same(one, other)}
    return time.process_time() - started, found


def main() -> None:
    """Print the ratio and the time per 100,000 passages as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--part", type=int, default=1_000)
    arguments = parser.parse_args()
    made = documents(arguments.documents)
    forms = match_forms(["\n".join(passages) for passages in made[: arguments.part]])
    slow, expected = _every_pair(forms)
    pairs = _Pairs(shingled(forms), np.arange(len(forms)), forms, THRESHOLD)
    started = time.process_time()
    found = {(one, other) for one, other, _ in pairs.matches()}
    fast = time.process_time() - started
    rows = [
        {"doc_id": f"d{number}", "passage": at, "text": passage, "source": f"s{number % 40}", "title": "", "published": "", "script": "",
         "status": "ok"}
        for number, passages in enumerate(made) for at, passage in enumerate(passages)
    ]  # fmt: skip
    table = to_dataframe(rows)
    started = time.process_time()
    count = narrativ.stories(table)["story"].nunique()
    whole = time.process_time() - started
    print(
        json.dumps(
            {
                "pairs compared at once": len(forms) * (len(forms) - 1) // 2,
                "every pair, times as slow": round(slow / fast, 1),
                "matches found of those of every pair": round(len(found & expected) / max(1, len(expected)), 4),
                "documents": len(made),
                "stories": count,
                "seconds per 100,000 passages": round(whole / len(rows) * 100_000, 1),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
