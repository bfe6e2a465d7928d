"""Bylines: who wrote it, where and when, from the lines around a text.

The lines of a byline leave the text and fill the fields. Only lines that are nothing but byline count, near the top or
at the very end, so that a sentence that happens to begin with 记者 stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from narrativ.read.dates import parse_date
from narrativ.read.numbers import parse_count
from narrativ.records import Published

__all__ = ["Byline", "find", "original_author"]

_DATE_SOURCE = re.compile(
    r"^(?P<date>\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?)\s*[|｜]?\s*(?:来源|來源|稿源)\s*[：:]\s*(?P<source>\S{2,20})$"
)
_OUTLET_REPORTER = re.compile(
    r"^[■●▲◎]?\s*(?P<outlet>[\u4e00-\u9fff]{2,6}(?:报|報|网|網|社|刊|新闻|新聞))?\s*(?:本报|本報)?(?:记者|記者)\s*[:：]?\s*(?P<author>[^\s/／:：,，。]{2,4})$"
)
_COMPILED = re.compile(
    r"^[〔【（(]?(?:編譯|编译)\s*(?P<author>[\u4e00-\u9fff]{2,4})\s*[/／](?:綜合外電|综合外电|外電|外电|綜合報導|综合报道)[〕】）)]?$"
)
_NAME_WEN = re.compile(r"^(?P<author>[\u4e00-\u9fff·]{2,6})\s*[/／]\s*(?:文|撰|图文|圖文)$")
_NAME_DATE = re.compile(
    r"^(?P<author>[\u4e00-\u9fff·]{2,4})\s+(?P<date>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2})?)$"
)
_BY_DATE = re.compile(r"^by\s+(?P<names>[^|·•,]{3,50}?)\s*(?:[|·•,]\s*(?P<rest>.{3,40}))$", re.IGNORECASE)
_TOP_LINES = 7
_MAX_LINE = 90

_LABELS = {
    "author": "作者|原作者|文|撰文|撰稿|撰稿人|作者名|本文作者|执笔|執筆|采写|採寫|编译|編譯|整理|口述|采访|採訪|记者|記者",
    "source": "来源|來源|出处|出處|信息来源|文章来源|消息来源|转载自|轉載自|首发|公众号|公眾號",
    "date": "时间|時間|日期|发布时间|發布時間|发布日期|發布日期|发表时间|發表時間",
    "reach": "阅读|閱讀|阅读量|閱讀量|浏览|瀏覽|浏览量|瀏覽量|点击|播放",
    "other": "编辑|編輯|责任编辑|責任編輯|责编|責編|摄影|攝影|图|圖|图片|圖片|校对|校對|审核|審核|监制|監製|主编|主編|排版|题图|實習生|实习生|制图|出品",
}
_LABEL = re.compile(
    "(?P<label>" + "|".join(sorted("|".join(_LABELS.values()).split("|"), key=len, reverse=True)) + r")"
    r"\s*[|｜丨:：/／]\s*"
)
_ROLE = {label: role for role, labels in _LABELS.items() for label in labels.split("|")}
_REPORTER = re.compile(
    r"^[（(【〔]?(?:本报|本報|本刊|本網|本网|特约|特約|見習|见习|駐.{1,4}|驻.{1,4})?(?:记者|記者|通讯员|通訊員)\s*[:：]?\s*"
    r"(?P<author>[^\s/／:：,，。]{2,4}(?:、[^\s/／:：,，。]{2,4})*?)"
    r"(?:\s*[/／]|\s|(?=(?:综合|綜合)?(?:报道|報導|報道|摄|攝)))"
    r"(?P<rest>.{0,40}?)(?:综合|綜合)?(?:报道|報導|報道|电|電|摄|攝)?[）)】〕]?$"
)
_BY = re.compile(r"^(?:by|words by|written by|story by)\s+(?P<names>[^\W\d_][\w.'’\- ,&]{2,70})$", re.IGNORECASE)
_BY_PLACE = re.compile(
    r"\s+(?:in|at|for)\s+[A-Z].*$|\s*[,|]\s*(?:staff|special|senior|correspondent|reporter|editor|contribut).*$",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"^(?:published|posted|updated|date|first published|last updated)(?:\s+(?:on|at))?\s*:?\s*(?P<date>.{6,45})$",
    re.IGNORECASE,
)
_WECHAT = re.compile(
    r"^原创[:：]?\s+(?P<author>\S{1,20})(?:\s+(?P<account>[^\s\d]\S{0,20}))?(?:\s+(?P<date>\d{4}[-年/]\S+(?:\s+\d{1,2}:\d{2})?))?(?:\s+\S{2,6})?$"
)
_SIGNATURE = re.compile(r"^[（(【\[].{2,60}[）)】\]]$")
_ORIGINAL = re.compile(r"原作者\s*[:：]\s*(?:\n\s*)?(?P<name>\[[^\]\n]{2,40}\]\([^)\n]*\)|[^\n]{2,40})")
_PLATFORM = re.compile(
    r"^(?:知乎|公众号|微博|github|b站|csdn|x|twitter|抖音|小红书|头条)\s*[-–—:：@]\s*", re.IGNORECASE
)
_NOT_A_NAME = re.compile(r"[。！？!?；;]|https?:|\d{3}")


@dataclass
class Byline:
    """What the byline says, and the numbers of the lines that are nothing else."""

    author: str = ""
    source: str = ""
    published: Published = None
    reach: int | None = None
    lines: set[int] = field(default_factory=set)
    notes: tuple[str, ...] = ()


def _name(value: str) -> str:
    value = re.split(r"[,，；;（(]|\s{2,}|系(?=.{2})", value.strip(" |｜/／:：·—-"))[0].strip()
    return "" if _NOT_A_NAME.search(value) or len(value) > 40 else value


def _labelled(line: str, found: Byline) -> bool:
    """A line of ``label: value`` pairs."""
    inner = line.strip("（()）【】[] ")
    matches = list(_LABEL.finditer(inner))
    if not matches or matches[0].start() != 0:
        return False
    values: list[tuple[str, str]] = []
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(inner)
        values.append((_ROLE[match["label"]], inner[match.end() : end].strip(" ,，；;|｜/／")))
    if any(len(value) > 40 or re.search(r"[。！？!?]", value) for _, value in values):
        return False
    # A line is a byline only when its values are what its labels say: 时间：凌晨三点 is the text's own.
    for role, value in values:
        if role == "date" and parse_date(value) is None:
            return False
        if role == "reach" and parse_count(value) is None:
            return False
        if role in ("author", "source") and (
            not _name(value) or re.search(r"我们|我們|哪里|哪裡|什么|什麼|为何|為何", value)
        ):
            return False
        if role == "other" and (len(value) > 16 or re.search(r"[，,、].*[，,]|显示|顯示|走势|走勢", value)):
            return False
    for role, value in values:
        if role == "author" and not found.author:
            found.author = _name(value)
        elif role == "source" and not found.source:
            found.source = _name(value)
        elif role == "date" and found.published is None:
            found.published = parse_date(value)
        elif role == "reach" and found.reach is None:
            found.reach = parse_count(value)
    return True


def _reporter(line: str, found: Byline) -> bool:
    match = _REPORTER.match(line)
    if not match or re.search(r"[。！？!?，,]", line):
        return False
    if not re.search(r"(?:报道|報導|報道|电|電|摄|攝)[）)】〕]?$", line) and len(line) > 24:
        return False
    found.author = found.author or match["author"].strip()
    found.published = found.published or parse_date(line)
    return True


def _outlet(line: str, found: Byline) -> bool:
    """Lines of Chinese portals: a date with its source, an outlet's reporter, a compiler, a name with a date."""
    match = _DATE_SOURCE.match(line)
    if match:
        found.source = found.source or _name(match["source"])
        found.published = found.published or parse_date(match["date"])
        return True
    for rule in (_OUTLET_REPORTER, _COMPILED, _NAME_WEN, _NAME_DATE):
        match = rule.match(line)
        if match:
            facts = match.groupdict()
            found.author = found.author or facts["author"]
            found.source = found.source or facts.get("outlet") or ""
            found.published = found.published or parse_date(facts.get("date"))
            return True
    return False


def _wechat(line: str, found: Byline) -> bool:
    match = _WECHAT.match(line)
    if not match:
        return False
    found.author = found.author or match["author"]
    found.source = found.source or match["account"] or ""
    found.published = found.published or parse_date(match["date"])
    return True


def _english(line: str, found: Byline) -> bool:
    match = _BY_DATE.match(line)
    if match and match["names"][0].isupper():
        date = parse_date(match["rest"])
        if date is not None or re.fullmatch(r"[A-Z][\w&.' -]{1,30}", match["rest"]):
            found.author = found.author or match["names"].strip()
            found.published = found.published or date
            if date is None and not re.search(r"(?i)staff|correspond|report|edit|writer", match["rest"]):
                found.source = found.source or match["rest"].strip()
            return True
    match = _BY.match(line)
    if match:
        names = _BY_PLACE.sub("", match["names"]).strip(" ,")
        words = re.findall(r"[^\W\d_][\w.'’-]*", names)
        small = {"and", "of", "de", "van", "von", "der", "la", "al", "bin", "our", "the"}
        if words and len(words) <= 10 and all(word[0].isupper() or word.lower() in small for word in words):
            found.author = found.author or names
            return True
        return False
    match = _PUBLISHED.match(line)
    if match:
        date = parse_date(match["date"])
        if date is not None:
            found.published = found.published or date
            return True
    return False


def _bare_date(line: str, found: Byline) -> bool:
    if len(line) > 34 or not re.search(r"\d{4}", line) or re.search(r"[。，！？；、“「]", line):
        return False
    rest = re.sub(r"[\d\s:./,+年月日時时分-]|[A-Za-z]{3,9}|上午|下午|星期.|週.|周.|北京时间|UTC|GMT", "", line)
    if rest:
        return False
    date = parse_date(line)
    if date is None:
        return False
    found.published = found.published or date
    return True


def find(lines: Sequence[str]) -> Byline:
    """Byline among the first lines of a text (its title excluded) and its last.

    Parameters
    ----------
    lines
        Paragraphs of the text, in order.

    Returns
    -------
    Byline
        ``lines`` holds the numbers of paragraphs that are only byline.
    """
    found = Byline()
    last_top = min(_TOP_LINES, len(lines))
    for number in range(last_top):
        line = lines[number].strip(" >·-*")
        if not line or len(line) > _MAX_LINE:
            if found.lines:
                break
            continue
        if any(rule(line, found) for rule in (_wechat, _labelled, _outlet, _reporter, _english, _bare_date)):
            found.lines.add(number)
        elif found.lines:
            break
    if len(lines) > last_top or len(lines) > 2:
        number = len(lines) - 1
        line = lines[number].strip()
        if number not in found.lines and len(line) <= _MAX_LINE and _SIGNATURE.match(line) and _labelled(line, found):
            found.lines.add(number)
        elif not found.author and len(line) <= _MAX_LINE:
            # "作者：Name, what he is, reprint notice": the name is taken, the line stays (it is marked as boilerplate).
            match = re.match(r"^(?:作者|文)\s*[|｜:：/／]\s*(?P<name>[^\s,，。|｜]{2,12})(?:[\s,，|｜]|$)", line)
            if match:
                found.author = _name(match["name"])
    return found


def original_author(source: str) -> str:
    """The person named after 原作者 (original author), without the platform; ``""`` when nobody is named."""
    match = _ORIGINAL.search(source)
    if not match:
        return ""
    name = re.sub(r"^\[([^\]]*)\].*$", r"\1", match["name"].strip())
    return _name(_PLATFORM.sub("", name))
