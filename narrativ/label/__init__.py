"""Passages in, labels out: splitting, boilerplate, engines, and the :class:`Labeler` that runs them in order."""

from __future__ import annotations

from narrativ.label.labeler import Labeler
from narrativ.label.lexicon import LexiconEngine

__all__ = ["Labeler", "LexiconEngine"]
