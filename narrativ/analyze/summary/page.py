"""A summary written down: records, CSV, JSON, Markdown, and the card of a notebook."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from narrativ.analyze.summary.figures import cell
from narrativ.analyze.summary.sentences import frame_label, target_label
from narrativ.analyze.summary.wording import wording
from narrativ.table import guard

if TYPE_CHECKING:
    import pandas as pd

    from narrativ.analyze.summary import Summary

__all__ = [
    "by_group",
    "card",
    "csv_text",
    "enough",
    "json_text",
    "markdown",
    "quotations",
    "reasons",
    "records",
    "small_groups",
    "tables",
]

_Row = dict[str, Any]
_CSV = (
    "by",
    "group",
    "measure",
    "frame",
    "target",
    "voice",
    "position",
    "value",
    "low",
    "high",
    "count",
    "n",
    "resampled",
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&]|^[+\-]|^\d+[.)])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CARDS = 12
_LONGEST = 30  # characters of a name in a list of names
_HUES = (150, 35, 0, 215, 285)


def records(frame: pd.DataFrame) -> list[_Row]:
    """Rows with plain Python values; ``None`` for what is missing."""
    import pandas as pd

    columns = {}
    for name in frame.columns:
        values = frame[name].astype(object)
        columns[str(name)] = values.where(~pd.isna(values), None).tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def by_group(frame: pd.DataFrame) -> dict[str, list[_Row]]:
    """Records per group, in order."""
    result: dict[str, list[_Row]] = {}
    for row in records(frame):
        result.setdefault(row["group"], []).append(row)
    return result


def enough(summary: Summary) -> tuple[list[_Row], list[_Row]]:
    """Groups that have numbers, and those too small for any."""
    rows = records(summary.groups)
    return [row for row in rows if row["no_frame"] is not None], [row for row in rows if row["no_frame"] is None]


def quotations(rows: list[_Row]) -> Iterator[tuple[_Row, list[_Row]]]:
    """A group's telling passages, each once, with all it was chosen for."""
    passages: dict[tuple[Any, Any], list[_Row]] = {}
    for row in rows:
        passages.setdefault((row["doc_id"], row["passage"]), []).append(row)
    for chosen in passages.values():
        yield chosen[0], chosen


# --- CSV and JSON ----------------------------------------------------------------------------------------------------


def _tidy(summary: Summary) -> Iterator[_Row]:
    units = {}
    for row in records(summary.groups):
        units[row["group"]] = row["resampled"]
        for name in ("passages", "documents", "unlabelled"):
            yield {"group": row["group"], "measure": name, "value": row[name]}
        yield {"group": row["group"], "measure": "reach", "value": row["reach"], "count": row["reach_documents"], "n": row["documents"]}  # fmt: skip
        for name in ("no_frame", "abstained"):
            yield {"group": row["group"], "measure": name, "value": row[name], "low": row[f"{name}_low"],
                   "high": row[f"{name}_high"], "count": row[f"{name}_count"], "n": row["passages"],
                   "resampled": row["resampled"]}  # fmt: skip
    for row in records(summary.frames):
        base = {"group": row["group"], "frame": row["frame"]}
        drawn = units[row["group"]]
        yield {**base, "measure": "frame", "value": row["share"], "low": row["low"], "high": row["high"],
               "count": row["passages"], "n": row["n"], "resampled": drawn}  # fmt: skip
        yield {**base, "measure": "frame_of_told", "value": row["of_told"], "low": row["of_told_low"],
               "high": row["of_told_high"], "count": row["passages"], "resampled": drawn}  # fmt: skip
        yield {**base, "measure": "frame_documents", "value": row["share_documents"], "low": row["documents_low"],
               "high": row["documents_high"], "count": row["documents"], "n": row["n_documents"],
               "resampled": "stories" if drawn == "stories" else "documents"}  # fmt: skip
    for row in records(summary.stance):
        base = {"group": row["group"], "target": row["target"]}
        yield {**base, "measure": "net_stance", "value": row["net"], "low": row["low"], "high": row["high"], "n": row["n"],
               "resampled": units[row["group"]]}  # fmt: skip
        for name in ("favor", "neutral", "against"):
            yield {**base, "measure": name, "value": row[name], "n": row["n"]}
    for row in records(summary.voice):
        yield {"group": row["group"], "measure": "telling", "frame": row["frame"], "voice": row["voice"],
               "position": row["position"], "value": row["share"], "low": row["low"], "high": row["high"],
               "count": row["count"], "n": row["n"], "resampled": units[row["group"]]}  # fmt: skip


def csv_text(summary: Summary) -> str:
    """One row a number; see :meth:`Summary.to_csv`."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_CSV)
    for row in _tidy(summary):
        row["by"] = summary.by
        writer.writerow([guard(_short(row.get(name))) for name in _CSV])
    return stream.getvalue()


def _short(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def json_text(summary: Summary) -> str:
    """Everything, nested by group; see :meth:`Summary.to_json`."""
    parts = {name: by_group(getattr(summary, name)) for name in ("frames", "stance", "voice", "passages")}
    said = summary.describe()
    groups = []
    for row in records(summary.groups):
        name = row["group"]
        held = {key: [{k: v for k, v in item.items() if k != "group"} for item in part.get(name, [])] for key, part in parts.items()}  # fmt: skip
        groups.append({**row, "sentences": said[name], **held})
    value = {"by": summary.by, "weight": summary.weight, "language": summary.language, "codebook": summary.codebook.id,
             "notes": list(summary.notes), "groups": groups}  # fmt: skip
    return orjson.dumps(
        value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    ).decode()


# --- Markdown --------------------------------------------------------------------------------------------------------


def _md(text: Any) -> str:
    """Text that Markdown shows as it is, on one line."""
    line = " ".join(_CONTROL.sub(" ", str(text)).split())
    return _MARKDOWN.sub(r"\\\1", line)


def _link(row: _Row) -> str:
    url = str(row["url"] or "")
    shown = " · ".join(_md(part) for part in (row["source"], row["published"]) if part)
    where = f"{_md(row['doc_id'])}, {row['passage']}"
    if re.match(r"https?://[^\s<>()\"]+$", url):
        return f"[{shown or _md(url)}](<{url}>) · {where}"
    return f"{shown} · {where}" if shown else where


def reasons(summary: Summary, chosen: list[_Row]) -> str:
    """What a passage was chosen for: names of frames and targets with position and stance."""
    colon = ": " if summary.language == "en" else "："
    parts = []
    for row in chosen:
        label = frame_label if row["about"] == "frame" else target_label
        name = label(summary.codebook, row["id"], summary.language)
        parts.append(name + (colon + _value_name(summary, row["value"]) if row["value"] else ""))
    return " · ".join(dict.fromkeys(parts))


def _value_name(summary: Summary, value: str) -> str:
    """Name of a position or stance in the codebook's words; its id where the codebook has none."""
    for key in ("positions", "stances"):
        for item in summary.codebook.guide.get(key) or ():
            if isinstance(item, dict) and item.get("id") == value and isinstance(item.get("name"), dict):
                return str(item["name"].get(summary.language) or value)
    return value


def column(summary: Summary) -> str:
    """What it is summarised by, for people."""
    return wording(summary.language).columns.get(summary.by, summary.by)


def tables(summary: Summary) -> Iterator[tuple[str, list[str], list[tuple[str, list[str]]]]]:
    """Frames, then stance: heading, column names, and rows of group and cells."""
    words, book = wording(summary.language), summary.codebook
    groups, _ = enough(summary)
    frames, stance = by_group(summary.frames), by_group(summary.stance)
    # What the engine did not judge is said in a note, and is no column of dashes.
    shares = [name for name in ("no_frame", "abstained") if summary.groups[f"{name}_count"].notna().any()]
    rows = []
    for group in groups:
        cells = [f"{group['passages']:,}", f"{group['documents']:,}"]
        cells += [cell(*_triple(row, "share", "low", "high")) for row in frames[group["group"]]]
        cells += [cell(*_triple(group, name, f"{name}_low", f"{name}_high")) for name in shares]
        rows.append((group["group"] or words.nobody, cells))
    names = [frame_label(book, frame, summary.language) for frame in dict.fromkeys(summary.frames["frame"])]
    head = words.headings
    yield head["frames"], [head["passages"], head["documents"], *names, *(head[name] for name in shares)], rows
    if len(summary.stance):
        names = [target_label(book, target, summary.language) for target in dict.fromkeys(summary.stance["target"])]
        rows = [
            (
                group["group"] or words.nobody,
                [cell(*_triple(row, "net", "low", "high"), net=True) for row in stance[group["group"]]],
            )
            for group in groups
        ]
        yield head["stance"], names, rows
    if len(summary.voice):
        yield head["voice"], *_voice_table(summary, groups)


def _voice_table(summary: Summary, groups: list[_Row]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Shares of tellings by voice and position, over all frames together."""
    words = wording(summary.language)
    every = summary.voice[summary.voice["frame"] == ""]
    keys = list(dict.fromkeys(zip(every["voice"], every["position"], strict=True)))
    # Positions by themselves are the sums of the two voices; without voices they are all there is.
    keys = [key for key in keys if key[0]] or keys
    voices = {"author": words.headings["own"], "others": words.headings["others"], "": ""}
    names = [" ".join(filter(None, (voices[voice], _value_name(summary, position)))) for voice, position in keys]
    rows = []
    for group in groups:
        held = {(row["voice"], row["position"]): row for row in records(every[every["group"] == group["group"]])}
        cells = [cell(*_triple(held[key], "share", "low", "high")) if key in held else "–" for key in keys]
        rows.append((group["group"] or words.nobody, cells))
    return names, rows


def _triple(row: _Row, *names: str) -> list[float]:
    return [float("nan") if row[name] is None else row[name] for name in names]


def small_groups(summary: Summary, most: int = 12) -> str:
    """A sentence that names the groups too small for numbers, ``""`` when there is none."""
    words = wording(summary.language)
    _, small = enough(summary)
    if not small:
        return ""
    comma = words.listing[0]
    named = comma.join(f"{_clipped(row['group'] or words.nobody)} {row['passages']:,}" for row in small[:most])
    if len(small) > most:
        named += comma + words.headings["more"].format(n=f"{len(small) - most:,}")
    return words.notes["small_weighted" if summary.weight else "small"].format(groups=named)


def _clipped(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def markdown(summary: Summary) -> str:
    """A report; see :meth:`Summary.to_markdown`."""
    words = wording(summary.language)
    head = words.headings
    lines = [f"# {head['title'].format(by=_md(column(summary)))}", "", head["interval"], ""]
    for title, names, rows in tables(summary):
        lines += [f"## {title}", "", "| " + " | ".join(map(_md, (column(summary), *names))) + " |",
                  "|---|" + "---:|" * len(names)]  # fmt: skip
        lines += ["| " + " | ".join((_md(name), *cells)) + " |" for name, cells in rows] + [""]
    small = small_groups(summary)
    lines += [f"- {_md(note)}" for note in (*summary.notes, *([small] if small else []))] + [""]
    said, quoted = summary.describe(), by_group(summary.passages)
    for group in enough(summary)[0]:
        name = group["group"]
        lines += [f"## {_md(name or words.nobody)}", "", _md(said[name]), ""]
        passages = list(quotations(quoted.get(name, [])))
        if passages:
            lines += [f"### {head['telling']}", ""]
        for row, chosen in passages:
            lines += [f"**{_md(reasons(summary, chosen))}** · {_link(row)}", ""]
            lines += [f"> {_md(line)}" for line in row["text"].splitlines() if line.strip()] + [""]
    return "\n".join(lines).rstrip() + "\n"


# --- the card of a notebook ------------------------------------------------------------------------------------------


def card(summary: Summary) -> str:
    """HTML of a summary: sentences, bars of frames and stance with their intervals; no script, no outside address."""
    words = wording(summary.language)
    groups, _ = enough(summary)
    frames, stance, said = by_group(summary.frames), by_group(summary.stance), summary.describe()
    quoted = by_group(summary.passages)
    parts = ["<div style='max-width:60em;line-height:1.5'>"]
    for group in groups[:_CARDS]:
        name = group["group"]
        parts.append(
            "<div style='border:1px solid rgba(128,128,128,.4);border-radius:6px;padding:.6em 1em;margin:.5em 0'>"
        )
        parts.append(
            f"<b>{html.escape(name or words.nobody)}</b><p style='margin:.3em 0'>{html.escape(said[name])}</p>"
        )
        parts.append("<table style='border-collapse:collapse;font-size:90%'>")
        for number, row in enumerate(frames.get(name, [])):
            label = frame_label(summary.codebook, row["frame"], summary.language)
            parts.append(_bar(label, *_triple(row, "share", "low", "high"), hue=_HUES[number % len(_HUES)]))
        for row in stance.get(name, []):
            if row["net"] is not None:
                label = target_label(summary.codebook, row["target"], summary.language)
                parts.append(_bar(label, *_triple(row, "net", "low", "high"), hue=215, net=True))
        parts.append("</table>" + _quotes_html(summary, quoted.get(name, [])) + "</div>")
    for note in (*summary.notes, small_groups(summary)):
        if note:
            parts.append(f"<p style='margin:.3em 0;opacity:.7'><small>{html.escape(note)}</small></p>")
    if len(groups) > _CARDS:
        more = words.headings["more"].format(n=len(groups) - _CARDS)
        parts.append(f"<p style='opacity:.7'>… {html.escape(more)}</p>")
    return "".join(parts) + "</div>"


def _bar(label: str, value: float, low: float, high: float, *, hue: int, net: bool = False) -> str:
    """A row with a bar from 0 to the value and a line over the interval; both scales are 16 em wide."""

    def at(number: float) -> float:
        return (number + 1) * 50 if net else number * 100

    left, right = sorted((at(0.0), at(value)))
    shown = html.escape(cell(value, low, high, net=net))
    return (
        f"<tr><td style='padding:0 .8em 0 0;text-align:left'>{html.escape(label)}</td>"
        "<td style='padding:0;width:16em'><div style='position:relative;height:.8em;width:16em;"
        "background:rgba(128,128,128,.15)'>"
        f"<div style='position:absolute;left:{left:.1f}%;width:{right - left:.1f}%;height:100%;background:hsl({hue},55%,50%)'></div>"
        f"<div style='position:absolute;left:{at(low):.1f}%;width:{at(high) - at(low):.1f}%;top:45%;height:2px;"
        "background:currentColor'></div></div></td>"
        f"<td style='padding:0 0 0 .8em;text-align:left;white-space:nowrap'>{shown}</td></tr>"
    )


def _quotes_html(summary: Summary, rows: list[_Row]) -> str:
    if not rows:
        return ""
    parts = [f"<details><summary>{html.escape(wording(summary.language).headings['telling'])}</summary>"]
    for row, chosen in quotations(rows):
        where = html.escape(
            " · ".join(str(part) for part in (row["source"], row["published"]) if part) or str(row["doc_id"])
        )
        url = str(row["url"] or "")
        if re.match(r"https?://", url):
            where = f"<a href='{html.escape(url, quote=True)}' rel='noopener noreferrer'>{where}</a>"
        text = html.escape(row["text"]).replace("\n", "<br>")
        parts.append(f"<blockquote style='margin:.5em 0 .5em 1em'>{text}<br><small style='opacity:.7'>"
                     f"{html.escape(reasons(summary, chosen))} · {where}</small></blockquote>")  # fmt: skip
    return "".join(parts) + "</details>"
