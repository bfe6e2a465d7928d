"""Answers from the label table: every function takes a table and returns a tidy DataFrame."""

from __future__ import annotations

from narrativ.analyze.sources import by_source
from narrativ.analyze.timeline import Timeline, timeline

__all__ = ["Timeline", "by_source", "timeline"]
