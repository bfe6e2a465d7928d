"""What users import, and what importing costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import narrativ


def test_exported_names_are_sorted_and_exist() -> None:
    assert narrativ.__all__ == sorted(narrativ.__all__)
    for name in narrativ.__all__:
        assert getattr(narrativ, name) is not None


def test_public_surface_is_small() -> None:
    """A name added here is a promise; add it on purpose."""
    assert set(narrativ.__all__) == {
        "Codebook", "Document", "Labeler", "NarrativError", "Passage", "by_source", "claim_groups", "claims", "compare", "distinctive_words", "load_codebook", "read", "read_table", "reprints", "sample", "stories", "story_table", "summarize", "timeline", "write_table",
    }  # fmt: skip


def test_unknown_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = narrativ.nothing


def test_read_is_a_package_and_a_function() -> None:
    import narrativ.read

    assert narrativ.read.__name__ == "narrativ.read"
    assert callable(narrativ.read)
    assert narrativ.read.read is not narrativ.read


@pytest.mark.parametrize("code", ["import narrativ", "import narrativ.cli"])
def test_importing_loads_nothing_heavy(code: str) -> None:
    """`narrativ --help` must answer at once: no numpy, pandas, spaCy or jieba before a command runs."""
    heavy = "{'numpy', 'pandas', 'spacy', 'sklearn', 'jieba', 'rjieba', 'opencc', 'trafilatura', 'pyarrow', 'rich'}"
    script = f"{code}; import sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_writes_nothing_to_stderr() -> None:
    """jieba logs on import and writes a cache to the temp folder; narrativ keeps it quiet."""
    script = "import narrativ; narrativ.Labeler()('DeepSeek 开源')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
