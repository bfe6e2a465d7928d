"""F1 and calibration error, as evaluation and model cards state them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["BINS", "calibration", "f1"]

BINS = 15

_Floats = npt.NDArray[np.float64]


def f1(gold: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]) -> float:
    """F1 of yes or no; 0 where neither says yes."""
    total = float(gold.sum() + told.sum())
    return 2 * float((gold & told).sum()) / total if total else 0.0


def calibration(scores: _Floats, target: npt.NDArray[Any]) -> tuple[float, list[dict[str, float]]]:
    """Expected calibration error over fifteen bins of equal width (Naeini et al. 2015), and the bins of the reliability plot.

    Parameters
    ----------
    scores, target
        Scores from 0 to 1 and the truth, of the same shape; all outputs are pooled.
    """
    flat, truth = scores.ravel(), target.ravel()
    which = np.minimum((flat * BINS).astype(int), BINS - 1)
    bins = []
    error = 0.0
    for number in np.unique(which).tolist():
        inside = which == number
        said, seen = float(flat[inside].mean()), float(truth[inside].mean())
        error += float(inside.mean()) * abs(said - seen)
        bins.append(
            {"from": round(number / BINS, 3), "n": int(inside.sum()), "said": round(said, 3), "seen": round(seen, 3)}
        )
    return round(error, 4), bins
