"""What every engine is: passages in batches, in match form, to labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from narrativ.codebook import Codebook
from narrativ.records import Labels, Passage

__all__ = ["Batch", "Engine"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Passages to label together.

    Attributes
    ----------
    passages
        Those with status ``ok``.
    forms
        Their match forms, each as long as its passage's text.
    """

    passages: Sequence[Passage]
    forms: Sequence[str]


class Engine(Protocol):
    """Labels passages by one method; engines are interchangeable in the :class:`~narrativ.label.labeler.Labeler`."""

    name: str
    codebook: Codebook

    def label(self, batch: Batch) -> list[Labels]:
        """Labels of each passage, in order; evidence spans point into the passages' documents."""
        ...
