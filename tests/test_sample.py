"""The sample corpus is what the README says it is."""

from __future__ import annotations

import re
from pathlib import Path

import narrativ
from tests.conftest import ROOT, SAMPLE


def test_the_sample_has_its_size() -> None:
    documents = list(narrativ.read(SAMPLE))
    assert all(document.status == "ok" for document in documents)
    assert len(documents) >= 24
    assert len({Path(document.id).parent.name for document in documents}) == 6
    assert {document.script for document in documents} >= {"Hans", "Hant", "Latn"}


def test_it_says_that_it_is_fiction() -> None:
    first = (ROOT / "corpora" / "sample" / "README.md").read_text(encoding="utf-8").strip().split("\n")
    assert re.search("fiction", " ".join(first[:3]))


def test_addresses_are_examples() -> None:
    for document in narrativ.read(SAMPLE):
        if document.url:
            assert re.match(r"https?://([\w-]+\.)*example\.(com|org|net)/", document.url), document.url
