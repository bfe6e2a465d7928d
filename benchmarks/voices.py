"""Voices, holders and attribution features beside spaCy's tokenizer and matcher, one core, one run.

spaCy's matchers are the natural home of such patterns; they need tokens. This measures what a blank pipeline with a matcher for
the words of saying alone costs (English only, no parse, no holders), as a ratio to all that narrativ does.

Run: ``python -m benchmarks.voices --passages 4096``.
"""

from __future__ import annotations

import argparse
import os
import time

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from benchmarks.pipeline import texts  # noqa: E402
from narrativ.label.attribution import attribution_features  # noqa: E402
from narrativ.label.holder import holder_features, holder_of  # noqa: E402
from narrativ.label.voice import find_voices, scan_forms  # noqa: E402
from narrativ.label.voice_lexicon import load_voice_lexicon  # noqa: E402
from narrativ.records import Document, Passage  # noqa: E402
from narrativ.text.normalize import match_forms  # noqa: E402

_BATCH = 512


def ours(passages: list[Passage], forms: list[str]) -> tuple[float, float, int]:
    """Seconds for voices with attribution features, for holders besides, and voices found."""
    first = second = 0.0
    found = 0
    for start in range(0, len(passages), _BATCH):
        part, some = passages[start : start + _BATCH], forms[start : start + _BATCH]
        begin = time.process_time()
        scan = scan_forms(some)
        voices = find_voices(part, some, scan=scan)
        held = holder_features(part, some, voices)
        attribution_features(part, some, voices, scan=scan, held=held)
        middle = time.process_time()
        holder_of(part, some, voices, held=held)
        first, second = first + middle - begin, second + time.process_time() - middle
        found += sum(map(len, voices))
    return first, second, found


def spacy_matcher(forms: list[str]) -> float:
    """Seconds of a blank English pipeline with a matcher of one pattern a word of saying."""
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab)
    lexicon = load_voice_lexicon()
    words = [word for word, kind in zip(lexicon.words, lexicon.verb_kind, strict=True) if kind and word.isascii()]
    matcher.add("say", [nlp.make_doc(word) for word in words])
    begin = time.process_time()
    for doc in nlp.pipe(forms):
        matcher(doc)
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=4096)
    options = parser.parse_args()
    made = texts(options.passages)
    forms = match_forms(made)
    passages = [
        Passage(Document(str(number), text), 0, 0, len(text), "Latn" if text.isascii() else "Hans")
        for number, text in enumerate(made)
    ]
    ours(passages[:_BATCH], forms[:_BATCH])
    seconds, more, found = min(ours(passages, forms) for _ in range(3))
    other = spacy_matcher(forms)
    print(f"{options.passages} passages of 300 characters, {found} voices")
    print(
        f"voices and attribution features: {options.passages / seconds:,.0f} passages a second; holders besides: {options.passages / (seconds + more):,.0f}"
    )
    print(f"spaCy's tokenizer and matcher alone: {options.passages / other:,.0f}; {other / seconds:.1f} times as long")


if __name__ == "__main__":
    main()
