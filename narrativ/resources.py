"""Where lexicons and models lie: the only module that knows.

They stand at the top of the repository and are put into the wheel as ``narrativ/_data`` (hatchling's
``force-include``). An installed wheel has the folder; a checkout or an editable install has not, and is recognised by
its marker file.
"""

from __future__ import annotations

import os
from pathlib import Path

from narrativ.errors import LexiconError

__all__ = ["lexicons_dir", "models_dir", "read_tsv"]

_PACKAGE = Path(__file__).resolve().parent
_MARKER = "lexicons/README.md"


def _root() -> Path:
    wheel = _PACKAGE / "_data"
    if (wheel / _MARKER).is_file():
        return wheel
    checkout = _PACKAGE.parent
    if (checkout / _MARKER).is_file():
        return checkout
    raise LexiconError(f"no lexicons beside {_PACKAGE}: the installation is incomplete, install narrativ again")


def lexicons_dir() -> Path:
    """Folder of the codebooks and word lists; ``NARRATIV_LEXICONS`` overrides it."""
    override = os.environ.get("NARRATIV_LEXICONS")
    return Path(override) if override else _root() / "lexicons"


def models_dir() -> Path:
    """Folder of the trained models; ``NARRATIV_MODELS`` overrides it."""
    override = os.environ.get("NARRATIV_MODELS")
    return Path(override) if override else _root() / "models"


def read_tsv(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows of a reviewed tab-separated file, with their line numbers.

    The first line that is no comment must name exactly `columns`; blank lines and lines that start with ``#`` are
    left out. Cells are not quoted: a tab or line break cannot stand in one.

    Raises
    ------
    LexiconError
        The file is missing, not UTF-8, or a row has another number of cells.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise LexiconError(f"{path}: not UTF-8 at byte {error.start}") from error
    rows: list[tuple[int, dict[str, str]]] = []
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if header is None:
            if tuple(cells) != columns:
                raise LexiconError(f"{path}:{number}: header is {cells}, expected {list(columns)}")
            header = cells
        elif len(cells) != len(columns):
            raise LexiconError(f"{path}:{number}: {len(cells)} cells, expected {len(columns)}")
        else:
            rows.append((number, dict(zip(columns, cells, strict=True))))
    return rows
