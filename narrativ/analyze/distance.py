"""How far apart the groups' mixes of frames are, what drives it, and which groups stand together.

The mix of a group is the share of each frame among all frames that it tells. The distance of two mixes is Jensen–Shannon's: the
square root of the divergence to base 2, from 0 (equal) to 1 (no frame in common) (Lin 1991; Endres & Schindelin 2003). It is
biased upward: two samples of one source are never at 0. So each distance stands beside what chance alone gives, by shuffling
the names of the two groups over their documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from narrativ.analyze.estimate import adjusted
from narrativ.analyze.measures import Units
from narrativ.analyze.resample import block_sums

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Distances", "distances"]

MOST_GROUPS = 30
"""Distances are taken among so many groups, those with most clusters: 435 pairs."""
_SHUFFLES = 999
_FEWEST_SHUFFLES = 199
# Random numbers that shuffling all pairs may take; about ten seconds.
_BUDGET = 400_000_000
_ALPHA = 0.05
_CHUNK = 100

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances of groups.

    Attributes
    ----------
    pairs
        A row a pair: ``distance``; ``chance`` and ``chance_high``, the mean and the 95th percentile of distances that shuffled
        names give; ``p``, ``p_adjusted``.
    drivers
        A row a pair and frame: the mix of both groups, and ``part``, the share of their divergence that the frame makes.
    order
        A row a group, in an order that puts like beside like: ``place``, ``cluster``.
    note
        Why there are none, or what was left out; empty when all is there.
    """

    pairs: pd.DataFrame
    drivers: pd.DataFrame
    order: pd.DataFrame
    note: str


def _mix(sums: _Floats) -> _Floats:
    total = sums.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums / np.where(total > 0, total, np.nan))


def _parts(one: _Floats, two: _Floats) -> _Floats:
    """Each frame's addend of the Jensen–Shannon divergence, in bits; none is negative."""
    middle = (one + two) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(one > 0, one * np.log2(one / middle), 0.0)
        second = np.where(two > 0, two * np.log2(two / middle), 0.0)
    return np.asarray(np.maximum((first + second) / 2, 0.0))


def _distance(one: _Floats, two: _Floats) -> _Floats:
    known = np.isfinite(one).all(axis=-1) & np.isfinite(two).all(axis=-1)
    return np.where(known, np.sqrt(_parts(np.nan_to_num(one), np.nan_to_num(two)).sum(axis=-1)), np.nan)


def _chance(blocks: _Floats, first: int, shuffles: int, rng: np.random.Generator) -> _Floats:
    """Distances of two groups whose names are shuffled over `blocks`, the first group having `first` of them."""
    total = blocks.sum(axis=0)
    kinds, counts = np.unique(blocks, axis=0, return_counts=True)
    if len(kinds) * 4 < len(blocks):
        # Few kinds of blocks, as with posts of one passage: how many of each kind fall to the first group is all there is to draw.
        one = rng.multivariate_hypergeometric(counts, first, size=shuffles, method="marginals") @ kinds
        return np.asarray(_distance(_mix(one), _mix(total - one)))
    found = []
    chunk = max(1, min(_CHUNK, 4_000_000 // len(blocks)))
    for start in range(0, shuffles, chunk):
        member = np.zeros((min(chunk, shuffles - start), len(blocks)), dtype=bool)
        member[:, :first] = True
        one = rng.permuted(member, axis=1).astype(np.float64) @ blocks
        found.append(_distance(_mix(one), _mix(total - one)))
    return np.concatenate(found)


def distances(units: Units, *, min_n: int, seed: int) -> Distances:
    """Distances of all pairs of groups that tell enough frames.

    Parameters
    ----------
    units
        As :func:`narrativ.analyze.measures.measure_units` gives them.
    min_n
        A group needs frames in so many clusters.
    seed
        Where shuffling starts.
    """
    import pandas as pd

    columns = [place for place, measure in enumerate(units.measures) if measure.kind == "frame"]
    frames = [units.measures[place].key for place in columns]
    _, where, sums = block_sums(units.cluster, units.group, units.numerator[:, columns])
    telling = sums.sum(axis=1) > 0
    number = np.bincount(where[telling], minlength=len(units.names))
    usable = [g for g in range(len(units.names)) if number[g] >= min_n]
    note = ""
    if len(usable) < len(units.names):
        note = f"{len(units.names) - len(usable)} of {len(units.names)} groups tell frames in fewer than {min_n} {units.cluster_unit}s"
    if len(usable) > MOST_GROUPS:
        note = "; ".join(filter(None, [note, f"the {MOST_GROUPS} groups with most of them are compared"]))
        usable = sorted(usable, key=lambda g: -number[g])[:MOST_GROUPS]
    if len(frames) < 2:
        usable, note = [], "a mix needs two frames at least"
    every = {g: sums[where == g] for g in usable}
    pairs = [(a, b) for place, a in enumerate(usable) for b in usable[place + 1 :]]
    work = sum(len(every[a]) + len(every[b]) for a, b in pairs)
    shuffles = int(np.clip(_BUDGET // max(work, 1), _FEWEST_SHUFFLES, _SHUFFLES))
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    drivers: list[dict[str, Any]] = []
    matrix = np.zeros((len(usable), len(usable)))
    for a, b in pairs:
        one, two = _mix(every[a].sum(axis=0)), _mix(every[b].sum(axis=0))
        seen = float(_distance(one, two))
        chance = _chance(np.concatenate([every[a], every[b]]), len(every[a]), shuffles, rng)
        chance = np.nan_to_num(chance, nan=1.0)
        names = {"group": units.names[a], "other": units.names[b]}
        rows.append(
            names
            | {
                "distance": seen,
                "chance": float(chance.mean()),
                "chance_high": float(np.percentile(chance, 95)),
                "p": float((1 + (chance >= seen - 1e-12).sum()) / (1 + shuffles)),
                "clusters": int(number[a]),
                "other_clusters": int(number[b]),
                "shuffles": shuffles,
            }
        )
        parts = _parts(one, two)
        share = parts / parts.sum() if parts.sum() > 0 else parts
        drivers += [
            names | {"key": frame, "mix": float(one[k]), "other_mix": float(two[k]), "part": float(share[k])}
            for k, frame in enumerate(frames)
        ]
        matrix[usable.index(a), usable.index(b)] = matrix[usable.index(b), usable.index(a)] = seen
    table = pd.DataFrame(
        rows,
        columns=["group", "other", "distance", "chance", "chance_high", "p", "clusters", "other_clusters", "shuffles"],
    )
    table.insert(6, "p_adjusted", adjusted(table["p"].to_numpy(dtype=np.float64)))
    return Distances(
        table,
        pd.DataFrame(drivers, columns=["group", "other", "key", "mix", "other_mix", "part"]),
        _ordered(matrix, [units.names[g] for g in usable], bool((table["p_adjusted"] < _ALPHA).any())),
        note,
    )


def _ordered(matrix: _Floats, names: list[str], differ: bool) -> pd.DataFrame:
    """Groups in the order of an average-linkage tree whose neighbours are as near as can be (Bar-Joseph et al. 2001).

    The tree is cut where the mean silhouette (Rousseeuw 1987) is greatest; where no distance exceeds chance, nowhere.
    """
    import pandas as pd
    from sklearn.metrics import silhouette_score

    if len(names) < 3:
        cluster = np.arange(1, len(names) + 1) if differ else np.ones(len(names), dtype=int)
        few: pd.DataFrame = pd.DataFrame({"group": names, "place": range(1, len(names) + 1), "cluster": cluster})
        return few
    condensed = squareform(matrix, checks=False)
    tree = hierarchy.linkage(condensed, "average", optimal_ordering=True)
    leaves = hierarchy.leaves_list(tree)
    best, cut = -1.0, np.ones(len(names), dtype=int)
    if differ:
        for number in range(2, len(names)):
            labels = hierarchy.fcluster(tree, number, "maxclust")
            if not 2 <= len(np.unique(labels)) < len(names):
                continue  # equal distances are cut together
            quality = float(silhouette_score(matrix, labels, metric="precomputed"))
            if quality > best + 1e-9:
                best, cut = quality, labels
    renumbered = pd.factorize(cut[leaves])[0] + 1
    ordered: pd.DataFrame = pd.DataFrame(
        {"group": [names[leaf] for leaf in leaves], "place": range(1, len(names) + 1), "cluster": renumbered}
    )
    return ordered
