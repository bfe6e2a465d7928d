"""Drawing passages for people to label, with known probabilities: a stratified random sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from narrativ.analyze.correct import MIN_GOLD
from narrativ.analyze.groups import group_labels
from narrativ.analyze.measures import chosen, frame_ids
from narrativ.analyze.resample import SEED
from narrativ.errors import OptionError
from narrativ.records import OK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sample"]

OTHERS = "(others)"


def sample(
    table: pd.DataFrame,
    n: int = 150,
    *,
    stratify: Sequence[str] = ("source",),
    frames: Sequence[str] = (),
    seed: int = SEED,
) -> pd.DataFrame:
    """Draw labelled passages at random, for people to label.

    Parameters
    ----------
    table
        A label table.
    n
        How many passages.
    stratify
        What to draw equally many passages of: columns as :func:`narrativ.compare` takes in ``by``; several are crossed. Where that
        would give a stratum fewer than ten passages, the smallest are drawn from together as ``(others)``. Empty: one simple
        random sample.
    frames
        Frames of which half of each stratum's passages shall be told, by the table's labels, where there are as many: more to
        learn of rare frames. Corrected numbers take the unequal probabilities into account.
    seed
        The same seed draws the same passages.

    Returns
    -------
    DataFrame of one row a passage, in random order
        ``doc_id``, ``passage``, ``title``, ``text``, ``stratum``, ``probability`` (of being drawn).

    Raises
    ------
    OptionError
        There are no labelled passages, or an option names what the table has not.
    """
    import pandas as pd

    if n < 1:
        raise OptionError(f"cannot sample {n} passages")
    labelled = table[table["status"] == OK]
    if not len(labelled):
        raise OptionError("the table has no labelled passages to sample from")
    wanted = chosen(frame_ids(table), tuple(frames), "frame")
    strata = _strata(labelled, stratify, n)
    told = np.array([bool(set(wanted) & set(names)) for names in labelled["frames"]])
    rng = np.random.default_rng(seed)
    codes, names = pd.factorize(strata, sort=True)
    available = np.bincount(codes, minlength=len(names))
    rows: list[npt.NDArray[np.int64]] = []
    probability: list[npt.NDArray[np.float64]] = []
    for code, share in enumerate(_fill(available, n)):
        mine = np.flatnonzero(codes == code)
        parts = [mine[told[mine]], mine[~told[mine]]] if wanted else [mine]
        for part, number in zip(parts, _fill(np.array([len(part) for part in parts]), int(share)), strict=True):
            rows.append(rng.choice(part, size=int(number), replace=False))
            probability.append(np.full(int(number), number / max(len(part), 1)))
    order = rng.permutation(sum(map(len, rows)))
    drawn = np.concatenate(rows)[order]
    result: pd.DataFrame = labelled.iloc[drawn][["doc_id", "passage", "title", "text"]].reset_index(drop=True)
    result["stratum"] = np.asarray(names, dtype=object)[codes[drawn]]
    result["probability"] = np.concatenate(probability)[order]
    return result


def _strata(table: pd.DataFrame, stratify: Sequence[str], n: int) -> pd.Series:
    import pandas as pd

    if not stratify:
        return pd.Series("all", index=table.index, dtype=object)
    parts = [group_labels(table, name).replace("", "(none)") for name in stratify]
    strata = parts[0]
    for part in parts[1:]:
        strata = strata + " / " + part
    sizes = strata.value_counts(sort=False).rename_axis("name").reset_index(name="size")
    sizes = sizes.sort_values(["size", "name"], ascending=[False, True])
    most = max(1, n // MIN_GOLD)
    if len(sizes) > most:
        strata = strata.where(strata.isin(set(sizes["name"].head(most - 1))), OTHERS)
    return strata


def _fill(available: npt.NDArray[np.int64], n: int) -> npt.NDArray[np.int64]:
    """`n` shared equally among parts, none getting more than it has; what is over goes to the first."""
    share = np.zeros(len(available), dtype=np.int64)
    while (left := min(n, int(available.sum())) - int(share.sum())) > 0:
        open_ = np.flatnonzero(share < available)
        more = np.full(len(open_), left // len(open_))
        more[: left % len(open_)] += 1
        share[open_] = np.minimum(share[open_] + more, available[open_])
    return share
