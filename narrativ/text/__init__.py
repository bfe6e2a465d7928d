"""From a document's text to match forms, passages, sentences and tokens; every result is a span into the text."""

from __future__ import annotations

from narrativ.text.normalize import match_form, match_forms, to_simplified
from narrativ.text.scripts import detect_script
from narrativ.text.segment import passage_spans, sentence_spans
from narrativ.text.tokenize import Token, Tokenizer

__all__ = [
    "Token",
    "Tokenizer",
    "detect_script",
    "match_form",
    "match_forms",
    "passage_spans",
    "sentence_spans",
    "to_simplified",
]
