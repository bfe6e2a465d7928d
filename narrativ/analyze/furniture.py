"""Passages that a source puts into many of its documents: a footer, a disclaimer, the paragraph of background.

Boilerplate patterns know the usual ones; this finds the rest by how they occur. A passage that one source repeats word
for word in three documents or more, among text that is mostly not repeated as often, says nothing of whether those
documents are copies. A source that prints one article three times repeats nearly all of it, so nothing is left out there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["repeated_passages"]

_DOCUMENTS = 3
_RARER = 0.5  # other passages are "not repeated as often" up to this many times its own number of documents
_OWN_TEXT = 0.3  # mean share of such text in its documents


def repeated_passages(
    document: npt.NDArray[np.int64], source: Sequence[str], text: Sequence[str]
) -> npt.NDArray[np.bool_]:
    """Whether each passage is one that its source puts into documents of otherwise different text.

    Parameters
    ----------
    document, source, text
        Of each passage; shape (n_passages,). Passages without a source are never taken for repeated.
    """
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    keys = [(name, line.strip()) for name, line in zip(source, text, strict=True)]
    for key, of in zip(keys, document.tolist(), strict=True):
        if key[0]:
            holders[key].add(of)
    count = np.array([len(holders.get(key, ())) for key in keys], dtype=np.int64)
    result = np.zeros(len(keys), dtype=np.bool_)
    suspects = np.flatnonzero(count >= _DOCUMENTS)
    if not len(suspects):
        return result
    order = np.argsort(document, kind="stable")
    size = np.array([len(line) for _, line in keys], dtype=np.float64)
    left = np.searchsorted(document[order], document[suspects], side="left")
    right = np.searchsorted(document[order], document[suspects], side="right")
    own: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row, start, end in zip(suspects.tolist(), left.tolist(), right.tolist(), strict=True):
        near = order[start:end]
        rare = count[near] <= _RARER * count[row]
        own[keys[row]].append(float(size[near][rare].sum() / size[near].sum()))
    for row in suspects.tolist():
        result[row] = np.mean(own[keys[row]]) >= _OWN_TEXT
    return result
