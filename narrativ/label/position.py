"""Position toward a frame present (endorses, reports, rejects): n-grams of the text, and how it attributes what it says.

Log-odds of a position = bias of frame and position + n-grams (weights shared by all frames, and the frame's own, in one
table) + attribution features · weights. A sum, so each part can be shown. The table is evaluated like the frames' own
(:func:`narrativ.label.ngrams.scores`); nothing here loads or saves files: the engine's model holds the arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrativ.label.attribution import FEATURE_NAMES

__all__ = ["PositionModel"]

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PositionModel:
    """Learned numbers of the position classifier.

    Attributes
    ----------
    frames, positions
        Names of the outputs.
    table
        N-gram weights times inverse document frequency, shape (BUCKETS, n_frames * n_positions), frame by frame; or of
        shape (BUCKETS, n_positions) when all frames share them.
    attribution
        Weights of the attribution features, shape (len(FEATURE_NAMES), n_positions).
    bias
        Shape (n_frames, n_positions).
    low, high
        Attribution features are clipped to these bounds, each of shape (len(FEATURE_NAMES),): four standard deviations of
        the training corpus around its mean.
    """

    frames: tuple[str, ...]
    positions: tuple[str, ...]
    table: npt.NDArray[np.float32]
    attribution: _Floats
    bias: _Floats
    low: _Floats
    high: _Floats

    def log_odds(self, grams: _Floats, attribution: _Floats) -> _Floats:
        """Log-odds of each position toward each frame.

        Parameters
        ----------
        grams
            What :func:`narrativ.label.ngrams.scores` gives for the texts with :attr:`table`.
        attribution
            What :func:`narrativ.label.attribution.attribution_features` gives, shape (n_texts, len(FEATURE_NAMES)).

        Returns
        -------
        array of shape (n_texts, n_frames, n_positions)
        """
        if attribution.shape[1] != len(FEATURE_NAMES):
            raise ValueError(f"{attribution.shape[1]} attribution features, expected {len(FEATURE_NAMES)}")
        told = np.clip(attribution, self.low, self.high) @ self.attribution
        by_frame = grams.reshape(len(attribution), -1, len(self.positions))
        return np.asarray(by_frame + told[:, None, :] + self.bias[None, :, :])

    def decide(self, log_odds: _Floats) -> npt.NDArray[np.int64]:
        """Number of the likeliest position, shape (n_texts, n_frames)."""
        return np.asarray(log_odds.argmax(axis=2))
