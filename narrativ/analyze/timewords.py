"""A timeline in words, in English and in both Chinese scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from narrativ.analyze.bursts import MIN_DOCUMENTS
from narrativ.analyze.lags import MIN_PERIODS
from narrativ.analyze.timephrases import PHRASES
from narrativ.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

    from narrativ.analyze.timeline import Timeline

__all__ = ["Words", "describe"]

_ALPHA = 0.05
_LISTED = 6
_DAYS_LISTED = 12
_CAUTION = 60
"""Periods below which a lag that is found comes with a warning: half the relations of middling strength are missed."""


class Words:
    """Phrases, names and numbers of one language.

    Parameters
    ----------
    language
        ``en``, ``zh-Hans`` or ``zh-Hant``.
    names
        Names of frames for people.

    Raises
    ------
    OptionError
        There are no phrases in that language.
    """

    def __init__(self, language: str, names: Mapping[str, str]) -> None:
        if language not in PHRASES:
            raise OptionError(f"no words in {language!r}; languages are {', '.join(PHRASES)}")
        self.language = language
        self._names = names
        self._phrases = PHRASES[language]

    def __call__(self, phrase: str, **values: object) -> str:
        """A phrase with its values; where ``n`` is 1, its singular if the language has one."""
        singular = self._phrases.get(f"{phrase}.1") if values.get("n") in (1, "1") else None
        return str(singular or self._phrases[phrase]).format(**values)

    def frame(self, frame: str) -> str:
        """Name of a frame; ``""`` stands for all documents."""
        return self._names.get(frame, frame.replace("_", " ")) if frame else str(self._phrases["all"])

    def group(self, group: str) -> str:
        """Name of a group."""
        return group or str(self._phrases["no name"])

    def share(self, value: float) -> str:
        """0.285 as 28%; a dash where it is unknown."""
        return "–" if value != value else f"{value * 100:.0f}%"

    def points(self, value: float) -> str:
        """A change of a share in percentage points, with its sign."""
        return "–" if value != value else f"{value * 100:+.0f}".replace("-", "−")

    def reach(self, value: float) -> str:
        """15,931,000 as 15.9M, or 1,593 万."""
        if value != value:
            return "–"
        for size, unit in self._phrases["units"]:
            if value >= size:
                digits = float(value / size)
                return (f"{digits:.1f}".removesuffix(".0") if digits < 100 else f"{digits:,.0f}") + str(unit)
        return f"{value:,.0f}"

    def join(self, parts: list[str]) -> str:
        """Parts of an enumeration."""
        return str(self._phrases["comma"]).join(parts)

    def stretch(self, start: str, end: str) -> str:
        """One period, or from one to another."""
        return start if start == end else self("stretch", start=start, end=end)


def describe(result: Timeline, language: str, names: Mapping[str, str]) -> Iterator[str]:
    """Lines of :meth:`Timeline.describe`."""
    words = Words(language, names)
    every = words(f"every.{result.settings['every']}")
    if not len(result.totals):
        yield words("nothing")
    else:
        yield from _what(result, words, every)
    yield from _accounts(result, words)
    if not len(result.totals):
        return
    yield from _peaks(result, words)
    yield from _groups(result, words)
    yield from _turns(result, words)
    yield from _spans(result, words)
    yield from _bursts(result, words, every)
    yield from _lags(result, words, every)
    level = f"{result.settings['level'] * 100:g}"
    yield words("method stories" if result.settings["stories"] else "method", level=level)


def _what(result: Timeline, words: Words, every: str) -> Iterator[str]:
    documents = result.totals.groupby("period", sort=False)["documents"].sum()
    known = ("post", "article", "comment")
    kinds = [words(f"kind.{kind}") if kind in known else kind for kind in result.settings["kinds"]]
    text = words(
        "what", n=f"{result.account['documents']:,}", kinds=words("list").join(kinds), periods=f"{len(documents):,}", every=every,
        start=documents.index[0], end=documents.index[-1], zone=result.settings["zone"],
    )  # fmt: skip
    empty = int((documents == 0).sum())
    yield text + (words("empty", n=empty) if empty else "")


def _accounts(result: Timeline, words: Words) -> Iterator[str]:
    account = result.account
    parts = []
    if account["naive"]:
        zone = result.settings["assume_zone"]
        parts.append(words("naive zone" if zone else "naive", n=account["naive"], zone=zone))
    for name in ("day_only", "no_hour", "dated_by_post", "undated", "unreadable", "outside"):
        if account[name]:
            parts.append(words(name, n=account[name]))
    for name, number in account.items():
        if name.startswith("not counted: "):
            kind = name.removeprefix("not counted: ")
            known = kind in ("post", "article", "comment", "unread")
            parts.append(words(f"left.{kind}", n=number) if known else f"{number} × {kind}")
    if parts:
        yield words("accounts", parts=words.join(parts))
    if account["zone_matters"]:
        yield words("zone matters", n=account["zone_matters"], zoned=account["zoned"])
    if result.settings["weight"]:
        missing = int(result.totals["documents"].sum() - result.totals["reach_known"].sum())
        yield words("weighted", n=missing)


def _peaks(result: Timeline, words: Words) -> Iterator[str]:
    sums = result.totals.groupby("period", sort=False).sum(numeric_only=True)
    top = sums["documents"].idxmax()
    text = words("peak documents", period=top, n=int(sums["documents"].max()))
    if sums["reach"].sum() > 0:
        text += words(
            "peak reach",
            period=sums["reach"].idxmax(),
            reach=words.reach(sums["reach"].max()),
            total=words.reach(sums["reach"].sum()),
        )
    yield text + words("stop")
    for name in [name for name in sums.columns if name.startswith("reach_over_")]:
        reached = sums[sums[name] > 0][name]
        threshold = words.reach(float(name.removeprefix("reach_over_")))
        listed = words.join(
            [words("over one", period=period, n=number) for period, number in reached.items()][:_DAYS_LISTED]
        )
        listed += words("comma") + "…" if len(reached) > _DAYS_LISTED else ""
        yield words("over", threshold=threshold, n=int(reached.sum()), listed=listed or "–")


def _groups(result: Timeline, words: Words) -> Iterator[str]:
    if result.settings["by"]:
        sizes = result.totals.groupby("group")["documents"].sum()
        small = int((sizes < MIN_DOCUMENTS).sum())
        if small:
            yield words("small groups", n=small, groups=len(sizes), least=MIN_DOCUMENTS)


def _prefix(result: Timeline, words: Words) -> Callable[[Any], str]:
    return lambda group: words("in group", group=words.group(str(group))) if result.settings["by"] else ""


def _turns(result: Timeline, words: Words) -> Iterator[str]:
    if not len(result.turns):
        yield words("no turn")
    before_group = _prefix(result, words)
    for _, rows in result.turns.groupby("turn"):
        turn = rows.iloc[0]
        clear = rows[(rows["low"] > 0) | (rows["high"] < 0)]
        shown = clear if len(clear) else rows.loc[rows["change"].abs().nlargest(2).index]
        changes = [
            words("change", frame=words.frame(row.frame), before=words.share(row.before), after=words.share(row.after),
                  points=words.points(row.change), low=words.points(row.low), high=words.points(row.high))
            for row in shown.sort_values("change").itertuples()
        ]  # fmt: skip
        yield before_group(turn["group"]) + words(
            "turn", period=turn["period"], interval=words.stretch(turn["earliest"], turn["latest"]), p=f"{turn['p']:.3f}",
            changes=words.join(changes),
        )  # fmt: skip
        if not len(clear):
            yield words("turn unclear")
        first, second = _leader(rows, "before", words), _leader(rows, "after", words)
        yield words("leaders", before=first, after=second)


def _leader(rows: pd.DataFrame, side: str, words: Words) -> str:
    return leader(
        dict(zip(rows["frame"], rows[f"leads_{side}"], strict=True)),
        dict(zip(rows["frame"], rows[side], strict=True)),
        words,
    )


def leader(leads: Mapping[str, float], share: Mapping[str, float], words: Words) -> str:
    """Which frame is told most, as far as the draws agree."""
    known = sorted(((value, frame) for frame, value in leads.items() if value == value and value > 0), reverse=True)
    if not known:
        return words("leader none")
    value, frame = known[0]
    if value >= 0.9:
        return words(
            "leader", frame=words.frame(frame), share=words.share(share[frame]), leads=words.share(min(value, 0.999))
        )
    second = words.frame(known[1][1]) if len(known) > 1 else "–"
    return words("leader open", frame=words.frame(frame), leads=words.share(value), second=second)


def _spans(result: Timeline, words: Words) -> Iterator[str]:
    before_group = _prefix(result, words)
    for group, rows in result.spans.groupby("group", sort=False):
        names = list(dict.fromkeys(rows["span"]))
        for name in names:
            own = rows[rows["span"] == name]
            yield before_group(group) + words(
                "span", span=name.replace("/", " – "), n=int(own["documents"].iloc[0]),
                leader=leader(dict(zip(own["frame"], own["leads"], strict=True)), dict(zip(own["frame"], own["share"], strict=True)), words),
            )  # fmt: skip
            changed = own[(own["change_low"] > 0) | (own["change_high"] < 0)] if name != names[0] else own.iloc[:0]
            if name != names[0]:
                parts = [
                    words("span change", frame=words.frame(row.frame), share=words.share(row.share), points=words.points(row.change),
                          low=words.points(row.change_low), high=words.points(row.change_high))
                    for row in changed.itertuples()
                ]  # fmt: skip
                yield words("span changes", parts=words.join(parts)) if parts else words("span same")


def _bursts(result: Timeline, words: Words, every: str) -> Iterator[str]:
    clear = result.bursts[result.bursts["p"] <= _ALPHA]
    before_group = _prefix(result, words)
    for row in clear.head(2 * _LISTED).itertuples():
        where = words.stretch(str(row.start), str(row.end))
        if row.frame:
            text = words("burst", frame=words.frame(str(row.frame)), where=where, n=row.telling, documents=row.documents,
                         share=words.share(float(row.share)), usual=words.share(float(row.usual)), p=f"{row.p:.3f}")  # fmt: skip
        else:
            text = words("burst all", where=where, n=row.documents, rate=f"{row.share:.1f}", usual=f"{row.usual:.1f}", every=every,
                         p=f"{row.p:.3f}")  # fmt: skip
        yield before_group(row.group) + text
    rest = len(result.bursts) - min(len(clear), 2 * _LISTED)
    if not len(result.bursts):
        yield words("no burst")
    elif rest:
        yield words("more bursts", n=rest)


def _lags(result: Timeline, words: Words, every: str) -> Iterator[str]:
    """Leads and lags, with the warning that short series need."""
    lags = result.lags
    if not len(lags):
        return
    periods = int(lags["periods"].max())
    everything = result.totals["period"].nunique()
    if result.settings["against"] and 0 < periods < everything:
        yield words("lag gaps", n=periods, total=everything, every=every)
    if (lags["verdict"] == "short").all():
        yield words("lag short", n=periods, every=every, least=MIN_PERIODS)
        return
    related = lags[lags["verdict"].isin(["first", "second", "together"])]
    for row in related.sort_values("p").head(2 * _LISTED).itertuples():
        shared = words.join(
            [
                part
                for part in (
                    words.group(str(row.group)) if row.group else "",
                    words.frame(str(row.frame)) if row.frame else "",
                )
                if part
            ]
        )
        names = {side: _series_name(row, side, words) for side in ("first", "second")}
        ahead, behind = ("second", "first") if row.verdict == "second" else ("first", "second")
        sign = -1 if row.verdict == "second" else 1
        low, high = sorted((sign * int(row.low), sign * int(row.high)))
        text = words(
            "lag together" if row.verdict == "together" else "lag", first=names[ahead], second=names[behind], lag=sign * int(row.lag),
            low=low, high=high, every=every, correlation=f"{row.correlation:+.2f}".replace("-", "−"), p=f"{row.p_adjusted:.3f}",
        )  # fmt: skip
        yield (words("in group", group=shared) if shared else "") + text
    none = int((lags["verdict"] == "none").sum())
    unjudged = int(lags["verdict"].isin(["short", "sparse"]).sum())
    if none:
        yield words("lag none", n=none, pairs=len(lags))
    if unjudged:
        yield words("lag sparse", n=unjudged, pairs=len(lags), least=MIN_PERIODS)
    if periods < _CAUTION:
        yield words("lag caution", n=periods, every=every)


def _series_name(row: Any, side: str, words: Words) -> str:
    name = str(getattr(row, side))
    return words.frame(name) if name == "" or words.frame(name) != name.replace("_", " ") else name.replace("_", " ")
