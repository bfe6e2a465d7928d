"""Text in Markdown."""

from __future__ import annotations

from narrativ.show.terminal import safe

__all__ = ["escaped"]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is; a name or passage must not make headings, tables, links or HTML of ours."""
    text = safe(text).replace("\n", " ").replace("&", "&amp;").replace("<", "&lt;")
    for mark in "\\`*_[]|#!":
        text = text.replace(mark, "\\" + mark)
    return text
