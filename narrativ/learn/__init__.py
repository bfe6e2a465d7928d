"""Training text and what is learned from it."""

from __future__ import annotations

from narrativ.learn.corpus import Example, load_corpus

__all__ = ["Example", "load_corpus"]
