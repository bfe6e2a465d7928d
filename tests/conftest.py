"""Shared fixtures."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import narrativ
from narrativ.label.labeler import Labeler
from narrativ.text.tokenize import Tokenizer

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).parent / "data"
CASES = Path(__file__).parent / "cases"
SAMPLE = ROOT / "corpora" / "sample" / "texts"

# The five documents that narrativ grew from are other people's and not in the repository: tests on them run where they
# lie beside the checkout, or where this variable says.
SEEDS = Path(os.environ.get("NARRATIV_SEEDS", ROOT.parent / "shared" / "seeds"))


def cases(name: str) -> list[Any]:
    """Test cases of a JSON file in tests/cases."""
    loaded: list[Any] = json.loads((CASES / name).read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="session")
def labeler() -> Labeler:
    return Labeler()


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture(scope="session")
def sample_texts() -> list[str]:
    """Real-looking text in all scripts: the paragraphs of the sample corpus."""
    texts = [line for d in narrativ.read(SAMPLE) for line in d.text.split("\n") if line]
    assert len(texts) > 100
    return texts


@pytest.fixture(scope="session")
def seeds() -> Path:
    if not SEEDS.is_dir():
        pytest.skip(f"no seed documents at {SEEDS}")
    return SEEDS
