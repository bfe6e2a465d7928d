"""Build the wheel, install it in a fresh environment, run it outside the checkout: ``python -m tests.wheel_tool``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_SCRIPT = """
import narrativ, narrativ.resources, pathlib
assert "site-packages" in narrativ.__file__, narrativ.__file__
assert "site-packages" in str(narrativ.resources.lexicons_dir())
table = narrativ.Labeler().label(narrativ.read("in"))
assert len(table) == 2, table
assert table["frames"].tolist() == [["market_shock"], []], table["frames"].tolist()
assert (pathlib.Path(narrativ.__file__).parent / "py.typed").is_file()
print("wheel works:", narrativ.__version__)
"""


def main() -> int:
    """Exit code 0 when the installed wheel labels two files and finds its lexicons."""
    with tempfile.TemporaryDirectory(prefix="narrativ-wheel-") as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(ROOT)],
            check=True,
            capture_output=True,
        )
        [wheel] = (folder / "dist").glob("*.whl")
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)],
            check=True,
        )
        (folder / "in").mkdir()
        (folder / "in" / "a.md").write_text(
            "---\ntitle: t\n---\n英伟达股价暴跌，市值一夜蒸发近六千亿美元。\n", encoding="utf-8"
        )
        (folder / "in" / "b.txt").write_text("The recipe takes forty minutes and two lemons.", encoding="utf-8")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("NARRATIV_", "PYTHON"))}
        done = subprocess.run([str(python), "-c", _SCRIPT], cwd=folder, env=environment, check=False)
        if done.returncode == 0:
            command = [str(python.parent / "narrativ"), "label", "in", "-o", "out.csv", "-q"]
            done = subprocess.run(command, cwd=folder, env=environment, check=False)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
