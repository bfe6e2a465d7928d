"""A timeline on a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from narrativ.analyze.timewords import Words
from narrativ.show.markdown import escaped
from narrativ.show.terminal import _COLOURS, safe

if TYPE_CHECKING:
    import pandas as pd

    from narrativ.analyze.timeline import Timeline

__all__ = ["markdown", "print_timeline"]

_BARS = " ▁▂▃▄▅▆▇█"
_PERIODS = 60
_GROUPS = 6
_PASSAGE = 160
_TITLES = {
    "en": ("docs", "reach", "share of passages that tell each frame, by {every} ({zone})", "The passages that made it",
           "… and {n} periods more; -o writes all", "… and {n} groups more; -o writes all", "share and 95% interval; ·: none; (1): told by one document, too few for a share; –: no or too few documents"),
    "zh-Hans": ("文档", "触达", "讲述各框架的段落份额，按{every}（{zone}）", "由这些段落造成",
                "……另有 {n} 期，用 -o 全部写出", "……另有 {n} 组，用 -o 全部写出", "份额与 95% 区间；·：无；(1)：有一篇讲述，太少，不算份额；–：没有文档或太少"),
    "zh-Hant": ("文件", "觸及", "講述各框架的段落份額，按{every}（{zone}）", "由這些段落造成",
                "……另有 {n} 期，用 -o 全部寫出", "……另有 {n} 組，用 -o 全部寫出", "份額與 95% 區間；·：無；(1)：有一篇講述，太少，不算份額；–：沒有文件或太少"),
}  # fmt: skip
_EVERY = {"en": {"hour": "hour", "day": "day", "week": "week"}, "zh-Hans": {"hour": "小时", "day": "日", "week": "周"},
          "zh-Hant": {"hour": "小時", "day": "日", "week": "週"}}  # fmt: skip


def spark(values: list[float]) -> str:
    """Values as a line of bars, the largest full; a gap is a space."""
    most = max((value for value in values if value == value), default=0.0)
    if not most:
        return " " * len(values)
    return "".join(_BARS[min(8, -int(-8 * value // most))] if value == value and value > 0 else " " for value in values)


def print_timeline(
    out: Console, result: Timeline, *, language: str = "en", names: Mapping[str, str] | None = None
) -> None:
    """The table of periods of each large group, then what came out in words, with the passages behind bursts."""
    words = Words(language, names or {})
    groups = list(dict.fromkeys(result.totals["group"]))
    for group in groups[:_GROUPS]:
        out.print(_table(result, group, words))
        out.print(_sparks(result, group, words))
        out.print()
    if len(groups) > _GROUPS:
        out.print(Text(_TITLES[language][5].format(n=len(groups) - _GROUPS), style="dim"))
    if groups:
        out.print(Text(_TITLES[language][6], style="dim"))
    for line in result.describe(language, names).split("\n"):
        out.print(Text(safe(line)))
    for burst in result.bursts[result.bursts["p"] <= 0.05].head(_GROUPS).to_dict("records"):
        _print_passages(out, burst, words, grouped=bool(result.settings["by"]))


def _table(result: Timeline, group: str, words: Words) -> Table:
    titles = _TITLES[words.language]
    every = _EVERY[words.language][result.settings["every"]]
    title = titles[2].format(every=every, zone=result.settings["zone"])
    if result.settings["by"]:
        title = f"{safe(words.group(group)).replace(chr(10), ' ')} · {title}"
    table = Table(
        box=None,
        pad_edge=False,
        header_style="bold",
        title=Text(title, style="dim"),
        title_style="dim",
        title_justify="left",
    )
    data = result.data[result.data["group"] == group]
    totals = result.totals[result.totals["group"] == group]
    frames = list(result.settings["frames"])
    over = [name for name in totals.columns if name.startswith("reach_over_")]
    has_reach = bool(totals["reach"].sum() > 0)
    table.add_column(every, no_wrap=True)
    table.add_column(titles[0], justify="right")
    table.add_column("", no_wrap=True)
    if has_reach:
        table.add_column(titles[1], justify="right", no_wrap=True)
    for name in over:
        table.add_column("≥" + words.reach(float(name.removeprefix("reach_over_"))), justify="right")
    for number, frame in enumerate(frames):
        table.add_column(
            Text(safe(words.frame(frame))), justify="right", min_width=11, style=_COLOURS[number % len(_COLOURS)]
        )
    shares = {frame: rows.reset_index(drop=True) for frame, rows in data.groupby("frame")}
    most = max(1, int(totals["documents"].max()))
    for at, row in enumerate(totals.head(_PERIODS).to_dict("records")):
        cells = [str(row["period"]), str(row["documents"]), _BARS[8] * round(5 * row["documents"] / most)]
        if has_reach:
            cells.append(words.reach(row["reach"]) if row["reach_known"] else "–")
        cells += [str(row[name]) if row[name] else "·" for name in over]
        cells += [_cell(shares[frame].iloc[at], words) for frame in frames]
        table.add_row(*cells)
    if len(totals) > _PERIODS:
        table.caption = titles[4].format(n=len(totals) - _PERIODS)
        table.caption_justify = "left"
    return table


def _sparks(result: Timeline, group: str, words: Words) -> Table:
    """A line of bars a frame: documents that tell it, period by period, with their number."""
    lines = Table(box=None, pad_edge=False, show_header=False)
    data = result.data[result.data["group"] == group]
    for number, frame in enumerate(result.settings["frames"]):
        counts = data.loc[data["frame"] == frame, "frame_documents"].astype(float).tolist()
        colour = _COLOURS[number % len(_COLOURS)]
        lines.add_row(
            Text(safe(words.frame(frame))), Text(spark(counts[:_PERIODS]), style=colour), f"{sum(counts):.0f}"
        )
    return lines


def _cell(row: pd.Series[Any], words: Words) -> str:
    """A share with its interval: ``36 % 16–61``."""
    if row["share"] != row["share"]:
        return "–" if not row["frame_documents"] else f"({row['frame_documents']})"
    if not row["frame_documents"]:
        return "·"
    return f"{words.share(row['share'])} {row['low'] * 100:.0f}–{row['high'] * 100:.0f}"


def _print_passages(out: Console, burst: Mapping[Any, Any], words: Words, *, grouped: bool) -> None:
    out.print()
    where = words.stretch(burst["start"], burst["end"])
    group = words("in group", group=words.group(burst["group"])) if grouped else ""
    head = f"{group}{words.frame(burst['frame'])}, {where} · {_TITLES[words.language][3]}"
    out.print(Text(safe(head), style="bold"))
    for row in burst["passages"]:
        out.print(Text(f"  {_shortened(row['text'])}"))
        out.print(Text("    " + _facts(row, words), style="dim"))


def _shortened(text: str) -> str:
    text = " ".join(safe(text).split())
    return text if len(text) <= _PASSAGE else text[: _PASSAGE - 1] + "…"


def _facts(row: Mapping[str, Any], words: Words) -> str:
    reach = words.reach(float(row["reach"])) if row.get("reach") is not None else ""
    parts = (row.get("source"), row.get("published"), reach, row.get("url") or row.get("doc_id"))
    return safe(" · ".join(str(part) for part in parts if part))


def markdown(result: Timeline, *, language: str = "en", names: Mapping[str, str] | None = None) -> str:
    """The words, the table of every group, and the passages behind bursts, as Markdown."""
    words = Words(language, names or {})
    titles = _TITLES[language]
    every = _EVERY[language][result.settings["every"]]
    parts = ["\n".join(f"- {escaped(line.strip())}" for line in result.describe(language, names).split("\n"))]
    frames = list(result.settings["frames"])
    for group in dict.fromkeys(result.totals["group"]):
        totals = result.totals[result.totals["group"] == group]
        data = result.data[result.data["group"] == group]
        shares = {frame: rows.reset_index(drop=True) for frame, rows in data.groupby("frame")}
        over = [name for name in totals.columns if name.startswith("reach_over_")]
        head = [every, titles[0], titles[1], *("≥" + words.reach(float(name.removeprefix("reach_over_"))) for name in over),
                *(words.frame(frame) for frame in frames)]  # fmt: skip
        lines = [_line(head), _line(["---", *["---:"] * (len(head) - 1)])]
        for at, row in enumerate(totals.to_dict("records")):
            reach = words.reach(row["reach"]) if row["reach_known"] else "–"
            lines.append(
                _line(
                    [
                        row["period"],
                        row["documents"],
                        reach,
                        *(row[name] for name in over),
                        *(_cell(shares[f].iloc[at], words) for f in frames),
                    ]
                )
            )
        title = titles[2].format(every=every, zone=result.settings["zone"])
        prefix = f"{words.group(group)} · " if result.settings["by"] else ""
        parts.append(f"## {escaped(prefix + title)}\n\n" + "\n".join(lines))
    for burst in result.bursts.to_dict("records"):
        quotes = "\n".join(
            f"- {escaped(_shortened(row['text']))} ({escaped(_facts(row, words))})" for row in burst["passages"]
        )
        where = words.stretch(str(burst["start"]), str(burst["end"]))
        group = words("in group", group=words.group(str(burst["group"]))) if result.settings["by"] else ""
        parts.append(
            f"## {escaped(group + words.frame(str(burst['frame'])))}, {where} (p = {burst['p']:.3f})\n\n{quotes}"
        )
    return "\n\n".join(parts) + "\n"


def _line(cells: list[Any]) -> str:
    return "| " + " | ".join(escaped(str(cell)) for cell in cells) + " |"
