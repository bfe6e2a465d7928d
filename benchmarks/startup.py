"""How long the command line takes to answer, beside a bare Python: ``python -m benchmarks.startup``."""

from __future__ import annotations

import json
import subprocess
import sys
import time

_COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "narrativ --help": ["-m", "narrativ", "--help"],
    "narrativ --version": ["-m", "narrativ", "--version"],
    "import narrativ": ["-c", "import narrativ"],
}


def main() -> None:
    """Best of seven, in milliseconds of wall time, and as a multiple of a bare Python."""
    best: dict[str, float] = {}
    for name, arguments in _COMMANDS.items():
        times = []
        for _ in range(7):
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            times.append(time.perf_counter() - started)
        best[name] = min(times)
    bare = best["python -c pass"]
    print(
        json.dumps(
            {name: {"ms": round(value * 1000), "ratio": round(value / bare, 1)} for name, value in best.items()},
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
