"""Logistic regressions on blocks of features, calibration of their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

__all__ = ["Block", "Head", "platt"]

_Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Head:
    """Weights and bias of one output over one block's features."""

    weights: _Floats
    bias: float

    def __call__(self, features: Any) -> _Floats:
        """Log-odds, shape (n_rows,)."""
        return np.asarray(features @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class Block:
    """Features of one kind, and how a head is fitted on them.

    Attributes
    ----------
    name
        For the card.
    features
        Array or CSR matrix of shape (n_rows, n_features).
    strength
        scikit-learn's ``C``: how little the weights are held back.
    share
        What the block's log-odds count in the sum.
    """

    name: str
    features: Any
    strength: float
    share: float

    def fit(self, rows: _Integers, target: _Integers) -> Head:
        """A head learned from some rows; a constant where they have only one answer."""
        rate = (float(target.sum()) + 0.5) / (len(target) + 1)
        if target.min() == target.max():
            return Head(np.zeros(self.features.shape[1]), float(np.log(rate / (1 - rate))))
        dense = isinstance(self.features, np.ndarray)
        if not dense:
            model = LogisticRegression(C=self.strength, solver="liblinear", max_iter=1000, random_state=0)
            model.fit(self.features[rows], target)
            return Head(np.asarray(model.coef_[0]), float(model.intercept_[0]))
        # Dense vectors are standardised for the fit, and the scale put into the weights after it.
        mean, scale = self.features[rows].mean(axis=0), self.features[rows].std(axis=0) + 1e-9
        model = LogisticRegression(C=self.strength, solver="lbfgs", max_iter=2000)
        model.fit((self.features[rows] - mean) / scale, target)
        weights = np.asarray(model.coef_[0]) / scale
        return Head(weights, float(model.intercept_[0] - mean @ weights))


def platt(log_odds: _Floats, target: _Integers) -> tuple[float, float]:
    """Slope and intercept (Platt 1999); one and zero where there is too little to learn from."""
    positive = int(target.sum())
    if positive < 10 or positive > len(target) - 10:
        return 1.0, 0.0
    model = LogisticRegression(C=1.0, solver="lbfgs", max_iter=1000)
    model.fit(log_odds[:, None], target)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
