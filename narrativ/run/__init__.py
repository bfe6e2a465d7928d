"""Whole runs: inputs to a written table, with an account of every input."""

from __future__ import annotations

from narrativ.run.files import Report, label_files

__all__ = ["Report", "label_files"]
