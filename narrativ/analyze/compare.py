"""How groups of passages differ, and whether the difference is real."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from narrativ.analyze.corrected import Correction, corrections
from narrativ.analyze.distance import Distances, distances
from narrativ.analyze.estimate import LEVEL, difference_rows, estimate, pairs_of, share_rows
from narrativ.analyze.gold import Gold, match_gold, read_gold
from narrativ.analyze.groups import ClusterBy
from narrativ.analyze.measures import Weight, measure_units
from narrativ.analyze.permute import PERMUTATIONS
from narrativ.analyze.resample import DRAWS, SEED
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIN_N", "Comparison", "compare"]

MIN_N = 10
"""Stories or documents below which a number says nothing: a bootstrap of fewer covers far less than it claims."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of groups; all tables are tidy, one row a number.

    Attributes
    ----------
    by
        What the groups are: a column of the label table; they stand in column ``group`` of every table here.
    shares
        Per group and measure (``kind``, ``key``, ``category``, see :class:`narrativ.analyze.measures.Measure`): ``value`` with 95 %
        interval ``low`` to ``high``; ``abstained``, the share of passages on which the engine would not say; ``n`` passages or
        documents and ``clusters`` that it rests on (``effective``: as many equal ones as they are worth); ``status``.
    differences
        Per comparison and measure: both values with intervals, their ``difference`` with interval, ``p`` by permutation (missing where fewer than
        five documents or stories of both show the thing, or do not), ``p_adjusted``
        (Benjamini–Hochberg over all tests of one kind), ``cohen_h`` and ``odds_ratio``.
    distances
        Distances of the groups' mixes of frames; see :class:`narrativ.analyze.distance.Distances`.
    correction
        With a labelled sample: see :class:`narrativ.analyze.corrected.Correction`; otherwise ``None``.
    facts
        How it was computed: ``baseline``, ``unit``, ``weight``, ``cluster``, ``min_n``, ``draws``, ``permutations``, ``seed``, ``level``,
        ``tests`` (number of them by kind: the families), ``passages``, ``groups``.
    notes
        What the user should know: what was left out, what the table does not hold, warnings.
    """

    by: str
    shares: pd.DataFrame
    differences: pd.DataFrame
    distances: Distances
    correction: Correction | None
    facts: Mapping[str, Any]
    notes: tuple[str, ...] = field(default=())

    def describe(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> str:
        """The comparison in a few plain sentences.

        Parameters
        ----------
        language
            ``en``, ``zh-Hans`` or ``zh-Hant``.
        names
            Names of frames and targets for readers, by id; ids where there are none.
        """
        return ("" if language.startswith("zh") else " ").join(self.sentences(language, names=names))

    def sentences(self, language: str = "en", *, names: Mapping[str, str] | None = None) -> list[str]:
        """The sentences of :meth:`describe`, one by one."""
        from narrativ.analyze.describe import describe

        return describe(self, language, names or {})

    def tidy(self) -> pd.DataFrame:
        """All tables one below the other, told apart by a first column ``table``."""
        import pandas as pd

        parts = [part.assign(table=name) for name, part in self.tables().items() if len(part)]
        whole: pd.DataFrame = pd.concat(parts, ignore_index=True)
        whole.insert(0, "table", whole.pop("table"))
        return whole

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        found = {
            "shares": self.shares,
            "differences": self.differences,
            "distances": self.distances.pairs,
            "drivers": self.distances.drivers,
            "order": self.distances.order,
        }
        if self.correction is not None:
            found |= {
                "corrected_shares": self.correction.shares,
                "corrected_differences": self.correction.differences,
                "errors": self.correction.errors,
            }
        return found


def compare(
    table: pd.DataFrame,
    *,
    by: str = "source",
    frames: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
    baseline: str | None = None,
    weight: Weight = "none",
    unit: Literal["passage", "document"] = "passage",
    cluster: ClusterBy = "auto",
    gold: str | os.PathLike[str] | Sequence[Mapping[str, Any]] | None = None,
    min_n: int = MIN_N,
    draws: int = DRAWS,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Comparison:
    """Compare groups of passages: shares, differences, distances, with intervals and tests.

    Parameters
    ----------
    table
        A label table; only its ``ok`` rows count.
    by
        The column that names the groups, or ``document``, ``day``, ``language``; rows without a name are left out.
    frames, targets
        Ids to look at; all when not given.
    baseline
        ``rest`` (all other groups together), ``pairs``, or a group's name. When not given: pairs if there are at most four groups
        and two have enough data, otherwise the rest.
    weight
        ``none``; ``reach``: a passage counts as often as its document was viewed; ``length``: by its Chinese characters and
        English words.
    unit
        ``passage``; or ``document``: a document tells a frame if any of its passages does, and its net stance, positions and
        voices are the means of its passages.
    cluster
        What is one piece of evidence, drawn and shuffled as a whole: ``story``, ``document``, ``passage``; ``auto``: stories where
        the table has a column ``story``, otherwise documents (passages, where documents are compared).
    gold
        A labelled sample (see :func:`narrativ.sample`): path of a filled sheet or Label Studio export, or its rows.
    min_n
        Clusters that a number needs, and half as many effective ones; below, ``status`` is ``not enough`` and numbers are missing.
    draws, permutations, seed
        Of the bootstrap and of the permutation tests.

    Returns
    -------
    Comparison

    Raises
    ------
    OptionError
        A name or option is unknown, or there is nothing to compare.
    TableError
        `gold` does not fit the table.
    """
    if min_n < 2 or draws < 1 or permutations < 1:
        raise OptionError("min_n must be 2 at least, draws and permutations 1 at least")
    table = table.reset_index(drop=True)
    units = measure_units(table, by=by, frames=frames, targets=targets, weight=weight, unit=unit, cluster=cluster)
    found = estimate(units, draws=draws, seed=seed, min_n=min_n)
    groups = len(units.names)
    if baseline not in (None, "rest", "pairs") and baseline not in units.names:
        raise OptionError(f"no group {baseline!r} in column {by!r}; the largest are {', '.join(units.names[:10])}")
    telling = [place for place, measure in enumerate(units.measures) if measure.kind == "frame"]
    ready = np.asarray(found.enough[:groups][:, telling].any(axis=1))
    pairs, against = pairs_of(units.names, ready, baseline)
    differences = difference_rows(units, found, pairs, permutations=permutations, seed=seed)
    notes = [f"{number:,} labelled passages left out: {reason}" for reason, number in units.left_out.items()]
    notes += _silent(units.measures)
    if not ready.any() and units.cluster_unit != "passage":
        notes.append(
            f"no group has {min_n} {units.cluster_unit}s; --cluster passage compares the passages of these texts themselves, and says "
            "nothing of what else their sources write"
        )
    if units.cluster_unit == "passage":
        notes.append(
            "passages are taken as independent: intervals hold for these texts, not for what else their sources write"
        )
    correction = None
    if gold is not None:
        if unit != "passage":
            raise OptionError("a labelled sample of passages corrects passages: use --unit passage with --gold")
        rows = gold if not isinstance(gold, (str, os.PathLike)) else read_gold(gold)
        matched, more = _among(match_gold(rows, table), table, units.table)
        correction = corrections(units, found, pairs, matched, draws=draws, seed=seed, min_n=min_n)
        notes += [*matched.notes, *more, *_unlike(correction)]
    facts = {
        "by": by,
        "baseline": against,
        "unit": unit,
        "weight": weight,
        "cluster": units.cluster_unit,
        "min_n": min_n,
        "draws": draws,
        "permutations": permutations,
        "seed": seed,
        "level": LEVEL,
        "tests": differences[differences["p"].notna()].groupby("kind", sort=False).size().to_dict(),
        "passages": len(units.table),
        "documents": int(units.table["doc_id"].nunique()),
        "groups": groups,
    }
    apart = distances(units, min_n=min_n, seed=seed)
    return Comparison(by, share_rows(units, found), differences, apart, correction, facts, tuple(dict.fromkeys(notes)))


def _silent(measures: Sequence[Any]) -> list[str]:
    kinds = {measure.kind for measure in measures}
    missing = [
        words
        for kind, words in (("stance", "stances"), ("position", "positions"), ("voice", "holders"))
        if kind not in kinds
    ]
    if not missing:
        return []
    return [f"the table holds no {' and no '.join(missing)}: label it with an engine that judges them to compare them"]


def _among(gold: Gold, table: pd.DataFrame, used: pd.DataFrame) -> tuple[Gold, list[str]]:
    """The sample with places in the rows that are compared; the others are left out and counted."""
    positions = np.full(len(table), -1, dtype=np.int64)
    positions[np.flatnonzero(table.index.isin(used.index))] = np.arange(len(used))
    row = positions[gold.row]
    keep = row >= 0
    kept = replace(
        gold,
        row=row[keep],
        probability=gold.probability[keep],
        frames={name: values[keep] for name, values in gold.frames.items()},
        stance={name: values[keep] for name, values in gold.stance.items()},
    )
    out = int((~keep).sum())
    return kept, [f"{out} labelled passages of the sample are in no group that is compared"] if out else []


def _unlike(correction: Correction) -> list[str]:
    """Warnings of error rates that differ between the groups compared."""
    table = correction.errors
    notes = []
    for key, rows in table[table["p_adjusted"] < 0.05].groupby("key", sort=False):
        low, high = rows.loc[rows["net_error"].idxmin()], rows.loc[rows["net_error"].idxmax()]
        notes.append(
            f"the classifier errs differently between groups on {key} (from {low['net_error']:+.0%} in {low['group']} to "
            f"{high['net_error']:+.0%} in {high['group']}, p = {low['p_adjusted']:.3f}): do not compare naive numbers, read the corrected ones"
        )
    return notes
