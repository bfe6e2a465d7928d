"""Stance and narrative analysis of Chinese and English text.

Articles and posts go in (:func:`read`), a :class:`Labeler` splits them into passages and says which narrative
frames each passage tells, with the evidence in the author's own characters; the label table that comes out is what
every further answer is computed from.

>>> import narrativ
>>> result = narrativ.Labeler()("英偉達股價暴跌，市值一夜蒸發近六千億美元。")
>>> result.frames
['market_shock']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Codebook",
    "Document",
    "Labeler",
    "NarrativError",
    "Passage",
    "by_source",
    "claim_groups",
    "claims",
    "compare",
    "distinctive_words",
    "load_codebook",
    "read",
    "read_table",
    "reprints",
    "sample",
    "stories",
    "story_table",
    "summarize",
    "timeline",
    "write_table",
]

if TYPE_CHECKING:
    from narrativ.analyze.claim_groups import claim_groups
    from narrativ.analyze.claims import claims
    from narrativ.analyze.compare import compare
    from narrativ.analyze.sampling import sample
    from narrativ.analyze.sources import by_source
    from narrativ.analyze.stories import reprints, stories, story_table
    from narrativ.analyze.summary import summarize
    from narrativ.analyze.timeline import timeline
    from narrativ.analyze.words import distinctive_words
    from narrativ.codebook import Codebook, load_codebook
    from narrativ.errors import NarrativError
    from narrativ.label.labeler import Labeler
    from narrativ.read import read
    from narrativ.records import Document, Passage
    from narrativ.table import read_table, write_table

_HOMES = {
    "Codebook": "narrativ.codebook",
    "Document": "narrativ.records",
    "Labeler": "narrativ.label.labeler",
    "NarrativError": "narrativ.errors",
    "Passage": "narrativ.records",
    "by_source": "narrativ.analyze.sources",
    "claim_groups": "narrativ.analyze.claim_groups",
    "claims": "narrativ.analyze.claims",
    "compare": "narrativ.analyze.compare",
    "distinctive_words": "narrativ.analyze.words",
    "load_codebook": "narrativ.codebook",
    "read": "narrativ.read",
    "read_table": "narrativ.table",
    "reprints": "narrativ.analyze.stories",
    "sample": "narrativ.analyze.sampling",
    "stories": "narrativ.analyze.stories",
    "story_table": "narrativ.analyze.stories",
    "summarize": "narrativ.analyze.summary",
    "timeline": "narrativ.analyze.timeline",
    "write_table": "narrativ.table",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``import narrativ`` costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'narrativ' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(_HOMES[name])
    value = module if name == "read" else getattr(module, name)  # the package `read` is callable
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
