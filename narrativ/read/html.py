"""HTML pages: main text by trafilatura, facts from the meta tags; and tags out of fragments.

trafilatura leaves out navigation, comments and cookie banners and finds title, author, date and site name. What it
finds no main text in (a stub) is taken whole, through lxml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

__all__ = ["declared_encoding", "page", "strip_tags"]

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})""")
_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_HIDDEN_TAGS = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "head"))
_CHINESE_META = {
    "author": ("author", "byl", "article:author", "og:article:author", "dc.creator", "weibo:article:author", "mediaid"),
    "source": ("og:site_name", "application-name", "source", "mediaid", "dc.publisher"),
    "date": ("article:published_time", "og:published_time", "publishdate", "pubdate", "publish_time", "date", "weibo: article:create_at",
             "og:release_date", "dc.date", "apub:time"),
}  # fmt: skip


class _Stripper(HTMLParser):
    def __init__(self, hidden: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = hidden

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if not self.hidden and tag in _HIDDEN_TAGS:
            self.hidden = tag
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def strip_tags(fragment: str, hidden: str = "") -> tuple[str, str]:
    """Text of an HTML fragment, block elements on lines of their own.

    Parameters
    ----------
    fragment
        Any HTML, well-formed or not; comments, scripts and styles are left out.
    hidden
        A tag opened in an earlier fragment whose content is not text (``script``).

    Returns
    -------
    text, hidden
        The text, and the tag that is still open at the end (``""`` mostly).
    """
    stripper = _Stripper(hidden)
    stripper.feed(fragment)
    stripper.close()
    return "".join(stripper.parts), stripper.hidden


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page names in its first 4 KB."""
    match = _XML_ENCODING.search(data[:200]) or _CHARSET.search(data[:4096])
    return match[1].decode("ascii") if match else None


def _meta_tags(tree: Any) -> dict[str, str]:
    tags: dict[str, str] = {}
    for element in tree.iterfind(".//meta"):
        name = (element.get("property") or element.get("name") or "").strip().lower()
        content = (element.get("content") or "").strip()
        if name and content:
            tags.setdefault(name, content)
    return tags


@lru_cache(maxsize=1)
def _config() -> Any:
    """Trafilatura's settings for pages in Chinese, where 250 characters are no small text but half an article."""
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "50")
    # Without a stated date it would take one out of the text: better none.
    config.set("DEFAULT", "EXTENSIVE_DATE_SEARCH", "off")
    return config


_LEAD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro|standfirst|dek|deck|导语|導語|summary|abstract)(?:$|[\s_-])", re.IGNORECASE
)
_PLATFORMS = frozenset(("微信公众平台", "微信公眾平台"))
_TITLE_TAIL = re.compile(r"\s*(?:[|｜_]|\s[-–—]\s).*$")


def _lead(tree: Any, text: str) -> list[str]:
    """Opening paragraphs that stand in a box of their own, which the extraction of main text passes over."""
    found = []
    known = re.sub(r"\W+", "", text)
    for element in tree.xpath("//article//*[@class] | //main//*[@class]"):
        if not _LEAD_CLASS.search(element.get("class", "")) or len(element.xpath(".//p")) > 2:
            continue
        lead = " ".join(element.text_content().split())
        if 20 <= len(lead) <= 600 and re.sub(r"\W+", "", lead) not in known:
            found.append(lead)
    return found[:2]


def _chinese_portals(tree: Any, source: str, facts: dict[str, Any]) -> None:
    """What the pages of Chinese platforms state in places of their own."""
    account = tree.xpath("//*[@id='js_name']")
    if facts.get("source") in _PLATFORMS:
        facts["source"] = " ".join(account[0].text_content().split()) if account else None
    if not facts.get("date"):
        moment = re.search(r"var (?:ct|create_time)\s*=\s*[\"'](\d{10})[\"']", source)
        stated = tree.xpath(
            "//*[@id='publish_time' or @id='pubtime_baidu' or @class='pubtime' or @itemprop='datePublished']"
        )
        if moment:
            facts["date"] = moment[1]
        elif stated:
            facts["date"] = stated[0].get("datetime") or stated[0].get("content") or stated[0].text_content().strip()
    facts["source"] = re.sub(r"^(?:来源|來源)\s*[:：]\s*", "", str(facts.get("source") or ""))
    if str(facts.get("author") or "").isdigit():
        facts["author"] = None
    heading = tree.find(".//h1")
    title = str(facts.get("title") or "")
    if heading is not None:
        shown = " ".join(heading.text_content().split())
        if 4 <= len(shown) < len(title) and title.startswith(shown) and _TITLE_TAIL.match(title[len(shown) :]):
            facts["title"] = shown


def page(source: str) -> tuple[str, Mapping[str, Any]]:
    """Main text and facts of an HTML page.

    Returns
    -------
    text, facts
        Text with one paragraph a line; facts among ``title``, ``author``, ``source``, ``date``, ``url``,
        ``language``, ``summary``, ``tags``, as far as the page states them.
    """
    from lxml import html as lxml_html
    from trafilatura import bare_extraction

    facts: dict[str, Any] = {}
    text = ""
    # lxml refuses a str with an encoding declaration; the declaration has served its purpose.
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    if not source.strip():
        return "", facts
    found = bare_extraction(
        source,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        with_metadata=True,
        config=_config(),
    )
    if found is not None:
        entry: dict[str, Any] = found if isinstance(found, dict) else found.as_dict()
        text = entry.get("text") or ""
        facts = {
            "title": entry.get("title"),
            "author": entry.get("author"),
            "source": entry.get("sitename"),
            "date": entry.get("date"),
            "url": entry.get("url"),
            "summary": entry.get("description"),
            "tags": entry.get("tags") or entry.get("categories"),
        }
    try:
        tree = lxml_html.document_fromstring(source)
    except (ValueError, lxml_html.etree.ParserError):
        tree = None
    if tree is not None:
        tags = _meta_tags(tree)
        for fact, names in _CHINESE_META.items():
            stated = next((tags[name] for name in names if name in tags), None)
            # The page's own meta tags are surer than a guess, and keep the time of day that trafilatura drops.
            if stated:
                facts[fact] = stated
        facts["language"] = tree.get("lang") or tree.get("xml:lang")
        canonical = tree.find('.//link[@rel="canonical"]')
        if not facts.get("url") and canonical is not None:
            facts["url"] = canonical.get("href")
        heading = tree.find(".//h1")
        if not facts.get("title"):
            facts["title"] = tags.get("og:title") or (heading.text_content() if heading is not None else None)
        _chinese_portals(tree, source, facts)
        text = "\n".join([*_lead(tree, text), text])
    if not text.strip():
        text, _ = strip_tags(source)
    return text, {name: value for name, value in facts.items() if value}
