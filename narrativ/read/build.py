"""From fields and text to a :class:`~narrativ.records.Document`: what every reader ends with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from narrativ.read.clean import clean, clean_line
from narrativ.read.columns import assign
from narrativ.read.dates import parse_date
from narrativ.read.html import strip_tags
from narrativ.read.numbers import parse_count
from narrativ.records import EMPTY, OK, Document, Published
from narrativ.text.scripts import detect_script

__all__ = ["build", "failed", "from_fields", "skipped", "with_defaults"]

_URL = re.compile(r"^(?:https?://\S+|[\w.-]+\.[a-z]{2,}/\S*)$", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|br|a|span|img|script|style|ul|ol|li|b|strong|em|i|h[1-6]|section|article|blockquote|figure|table)\b[^<>]*>",
    re.I,
)
_WIKI_LINK = re.compile(r"\[\[([^\[\]]+)\]\]")
_PREFIX = re.compile(r"^(?:by|文|作者)\s*[:：/｜|]?\s+", re.IGNORECASE)


def _domain(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www|m|mobile|wap)\.", "", host)


def _joined(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_joined, value)))
    if isinstance(value, Mapping):
        return clean_line(value.get("name", ""))
    text = clean_line(value)
    if _TAG.search(text):
        text = clean_line(strip_tags(text)[0])
    return _WIKI_LINK.sub(r"\1", text)


def build(
    *,
    id: str,
    text: str,
    title: str = "",
    source: str = "",
    author: str = "",
    published: Published = None,
    url: str = "",
    reach: int | None = None,
    language: str = "",
    kind: str = "article",
    notes: Sequence[str] = (),
    meta: Mapping[str, Any] | None = None,
    entities: bool = True,
) -> Document:
    """A document with its text cleaned, its script detected and its source settled.

    A text that only repeats the title, or is missing, makes the title the text (a headline is one passage). Without an
    outlet the source is the author, whose account it is; without both, the host of the address.
    """
    body = clean(text, entities=entities)
    heading = clean_line(title)
    if not body:
        body = heading
    elif heading and body != heading and body.startswith(heading + "\n"):
        body = body[len(heading) :].lstrip("\n")
    name = clean_line(author)
    outlet = clean_line(source)
    address = clean_line(url)
    return Document(
        id=id,
        text=body,
        title=heading,
        source=outlet or name or _domain(address),
        author=name,
        published=published,
        url=address,
        reach=reach,
        language=clean_line(language),
        script=detect_script(body) if body else "",
        kind=kind,
        status=OK if body else EMPTY,
        notes=tuple(notes),
        meta=dict(meta or {}),
    )


def from_fields(
    fields: Mapping[str, Any],
    *,
    id: str,
    text: str | None = None,
    columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, Any] | None = None,
    kind: str = "article",
    notes: Sequence[str] = (),
    lenient: bool = False,
) -> Document:
    """A document from named fields (front matter, a table row, a JSON object).

    Parameters
    ----------
    fields
        Field names and values as they stand in the input.
    id
        The document's id; where the user names a column for ids, its value stands behind the ``#`` instead of the number.
    text
        Text that is no field (the body under front matter).
    columns
        Role to field name, where the user overrides the usual names.
    defaults
        Values for roles that the fields leave empty (a byline's author, ``--source``).
    kind, notes
        As in :class:`~narrativ.records.Document`.
    lenient
        Fields that `columns` names may be missing, but for the text.
    """
    roles = assign(fields, columns, lenient=lenient)
    value = {role: fields[name] for role, name in roles.items() if fields[name] not in (None, "")}
    own_id = id
    if "id" in (columns or {}) and "id" in value:
        own_id = f"{id.split('#')[0]}#{clean_line(value['id'])}"
    # Web clippers write the address of an article as its source, and posts name the program they were written with.
    stated = str(value.get("source", "")).strip()
    if _URL.match(stated):
        value.setdefault("url", value.pop("source"))
    elif stated.startswith("<a "):
        value.pop("source")
    said = list(notes)
    # `from:` holds an address in some blogs and a sender in others.
    if not _URL.match(str(value.get("url", "")).strip()):
        value.pop("url", None)
    default = dict(defaults or {})
    published = parse_date(value["date"]) if "date" in value else None
    if "date" in value and published is None:
        said.append(f"date not understood: {str(value['date'])[:40]!r}")
    reach = parse_count(value["reach"]) if "reach" in value else None
    if "reach" in value and reach is None and str(value["reach"]).strip() not in ("-", "—", "n/a", "N/A"):
        said.append(f"{roles['reach']} is no count: {str(value['reach'])[:40]!r}")
    body = text if text is not None else value.get("text", "")
    if isinstance(body, list):
        body = "".join(str(part.get("text", "")) if isinstance(part, Mapping) else str(part) for part in body)
    if text is None and isinstance(body, str) and _TAG.search(body):
        body = strip_tags(body)[0]
    used = {
        name for role, name in roles.items() if role in value and role not in ("tags", "categories", "summary", "id")
    }
    if text is not None:
        used.discard(roles.get("text", ""))
    meta: dict[str, Any] = {str(name): content for name, content in fields.items() if name not in used}
    return build(
        id=own_id,
        text=str(body),
        title=_joined(value.get("title", default.get("title", ""))),
        source=_joined(value.get("source", default.get("source", ""))),
        author=_PREFIX.sub("", _joined(value.get("author", default.get("author", "")))),
        published=published if published is not None else default.get("published"),
        url=_joined(value.get("url", default.get("url", ""))),
        reach=reach if reach is not None else default.get("reach"),
        language=_joined(value.get("language", "")),
        kind=kind,
        notes=said,
        meta=meta,
    )


def with_defaults(said: Mapping[str, Any], defaults: Mapping[str, Any] | None) -> dict[str, Any]:
    """What an input says by role, its gaps filled by `defaults`."""
    return {**said, **{role: value for role, value in (defaults or {}).items() if not said.get(role)}}


def failed(id: str, why: str, **fields: Any) -> Document:
    """A document that stands for an input that could not be read."""
    return Document(id=id, text="", status=f"error: {' '.join(why.split())}", **fields)


def skipped(id: str, why: str) -> Document:
    """A document that stands for an input left out on purpose."""
    return Document(id=id, text="", status=f"skipped: {why}")
