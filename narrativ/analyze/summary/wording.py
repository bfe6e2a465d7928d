"""The words of a summary's sentences in three languages; what is said of a frame comes from the codebook.

A template's fields stand in braces. The rules that choose among templates are in :mod:`narrativ.analyze.summary.sentences`.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrativ.errors import OptionError

__all__ = ["WORDINGS", "Wording", "wording"]


@dataclass(frozen=True)
class Wording:
    """Templates of one language."""

    range: str
    at_most: str
    at_least: str
    figure: str
    inline: str
    listing: tuple[str, str]
    clause: str
    stop: str
    intro: str
    passages: tuple[str, str]
    of_documents: tuple[str, str]
    reach: str
    reach_partly: str
    only_here: tuple[str, str]
    too_few: str
    too_few_weighted: str
    no_reach: str
    nothing_labelled: str
    nobody: str
    weighted: str
    mostly: str
    most_often: str
    unclear: str
    none_told: str
    silent: str
    silent_then: str
    abstained: str
    position: dict[str, str]
    toward: dict[str, str]
    few_targets: str
    own_voice: str
    other_voice: str
    either_voice: str
    notes: dict[str, str]
    headings: dict[str, str]
    columns: dict[str, str]


_EN = Wording(
    range="{low} to {high}",
    at_most="at most {high}",
    at_least="at least {low}",
    figure="({value}, {interval})",
    inline="{value} ({interval})",
    listing=(", ", " and "),
    clause="; ",
    stop=". ",
    intro="{name}: {size}",
    passages=("{n} passage", "{n} passages"),
    of_documents=("of one document", "of {n} documents"),
    reach=", reach {reach}",
    reach_partly=", reach {reach} (known of {known})",
    only_here=("; intervals hold for this document only", "; intervals hold for these documents only"),
    too_few="too few for shares",
    too_few_weighted="too few documents of known reach for weighted shares",
    no_reach="reach unknown, so no weighted shares",
    nothing_labelled="no labelled passage ({n} rows set apart)",
    nobody="(none given)",
    weighted="Weighted by reach: ",
    mostly="mostly {frames}",
    most_often="most often {frames}",
    unclear="which frame leads is uncertain: {frames}",
    none_told="none of the frames is told {figure}",
    silent="most passages tell none of the frames {figure}",
    silent_then="{silent}; {mix}",
    abstained="{figure} left undecided",
    position={
        "endorses": "endorses “{frame}”",
        "reports": "relays “{frame}”",
        "rejects": "rejects “{frame}”",
    },
    toward={
        "favor": "toward {target} favorable {figure}",
        "slightly_favor": "toward {target} slightly favorable {figure}",
        "against": "toward {target} critical {figure}",
        "slightly_against": "toward {target} slightly critical {figure}",
        "balanced": "toward {target} balanced {figure}",
        "neutral": "toward {target} neutral {figure}",
        "unclear": "toward {target} unclear {figure}",
    },
    few_targets="too few passages about any target for a stance",
    own_voice="mostly in the author's own voice {figure}",
    other_voice="mostly in others' words, {figure} in the author's own voice",
    either_voice="partly in the author's own voice {figure}, partly in others' words",
    notes={
        "position": "Positions toward frames were not judged in this table.",
        "stance": "Stance toward targets was not judged in this table.",
        "no_targets": "No passage of this table is about a target.",
        "voice": "Whose voice tells a frame was not judged in this table.",
        "abstained": "No frame was left undecided in this table (or the engine does not abstain).",
        "small": "Too few passages for shares: {groups}.",
        "small_weighted": "Too few documents of known reach for weighted shares: {groups}.",
        "reach": "Shares are weighted by reach; {n} labelled passages of unknown reach are left out of them.",
    },
    headings={
        "title": "Summary by {by}", "passages": "passages", "documents": "documents", "no_frame": "no frame",
        "abstained": "undecided", "frames": "Frames: share of passages", "stance": "Net stance (−1 against, +1 favor)",
        "voice": "Voice: share of tellings of any frame", "own": "own voice", "others": "others",
        "telling": "Telling passages", "more": "and {n} more", "interval": "95% intervals: ±14 points, 1–11 from 1 to 11, ≤8 at most 8; – too few passages for a number.", "unnamed": "unnamed",
    },
    columns={},
)  # fmt: skip

_HANS = Wording(
    range="{low}至{high}",
    at_most="至多{high}",
    at_least="至少{low}",
    figure="（{value}，{interval}）",
    inline="{value}（{interval}）",
    listing=("、", "和"),
    clause="；",
    stop="。",
    intro="{name}：{size}",
    passages=("{n}个段落", "{n}个段落"),
    of_documents=("（1份文档）", "（{n}份文档）"),
    reach="，触及量{reach}",
    reach_partly="，触及量{reach}（{known}份文档已知）",
    only_here=("，区间仅适用于这份文档", "，区间仅适用于这些文档"),
    too_few="数量太少，不计算比例",
    too_few_weighted="已知触及量的文档太少，不计算加权比例",
    no_reach="触及量未知，不计算加权比例",
    nothing_labelled="没有标注过的段落（另有{n}行未标注）",
    nobody="（未注明）",
    weighted="按触及量加权，",
    mostly="以{frames}为主",
    most_often="讲得最多的是{frames}",
    unclear="哪个框架讲得最多还难以断定：{frames}",
    none_told="没有讲述任何一个框架{figure}",
    silent="多数段落不讲任何框架{figure}",
    silent_then="{silent}；{mix}",
    abstained="{figure}的段落未能判定",
    position={"endorses": "认同“{frame}”", "reports": "转述“{frame}”", "rejects": "否定“{frame}”"},
    toward={
        "favor": "对{target}偏向支持{figure}",
        "slightly_favor": "对{target}略偏支持{figure}",
        "against": "对{target}偏向批评{figure}",
        "slightly_against": "对{target}略偏批评{figure}",
        "balanced": "对{target}褒贬相当{figure}",
        "neutral": "对{target}态度中立{figure}",
        "unclear": "对{target}态度不明{figure}",
    },
    few_targets="谈到各对象的段落太少，不判断态度",
    own_voice="多以作者自己的口吻讲述{figure}",
    other_voice="多为转述他人的话，以作者自己的口吻讲述的占{figure}",
    either_voice="部分以作者自己的口吻讲述{figure}，部分转述他人的话",
    notes={
        "position": "此表没有判断对各框架的立场。",
        "stance": "此表没有判断对各对象的态度。",
        "no_targets": "此表没有谈到任何对象的段落。",
        "voice": "此表没有判断框架由谁的口吻讲述。",
        "abstained": "此表没有未能判定的框架（或所用引擎不作保留）。",
        "small": "段落太少、不计算比例的有：{groups}。",
        "small_weighted": "已知触及量的文档太少、不计算加权比例的有：{groups}。",
        "reach": "比例按触及量加权；{n}个触及量未知的段落不计在内。",
    },
    headings={
        "title": "摘要：按{by}", "passages": "段落", "documents": "文档", "no_frame": "无框架", "abstained": "未判定",
        "frames": "框架：占段落的比例", "stance": "净态度（−1反对，+1支持）",
        "voice": "口吻：占框架讲述次数的比例", "own": "作者", "others": "他人", "telling": "有代表性的段落", "more": "另有{n}个",
        "interval": "95%区间：±14为上下14个百分点，1–11为1至11，≤8为至多8；–为段落太少，不给数字。", "unnamed": "未具名",
    },
    columns={"source": "来源", "author": "作者", "title": "标题", "script": "文字", "kind": "类型", "day": "日期", "month": "月份", "language": "语言",
             "status": "状态", "holder": "持有者", "url": "网址", "published": "发布时间", "doc_id": "文档", "about": "所评的帖子", "reach": "触及量"},
)  # fmt: skip

_HANT = Wording(
    range="{low}至{high}",
    at_most="至多{high}",
    at_least="至少{low}",
    figure="（{value}，{interval}）",
    inline="{value}（{interval}）",
    listing=("、", "和"),
    clause="；",
    stop="。",
    intro="{name}：{size}",
    passages=("{n}個段落", "{n}個段落"),
    of_documents=("（1份文件）", "（{n}份文件）"),
    reach="，觸及量{reach}",
    reach_partly="，觸及量{reach}（{known}份文件已知）",
    only_here=("，區間僅適用於這份文件", "，區間僅適用於這些文件"),
    too_few="數量太少，不計算比例",
    too_few_weighted="已知觸及量的文件太少，不計算加權比例",
    no_reach="觸及量未知，不計算加權比例",
    nothing_labelled="沒有標註過的段落（另有{n}列未標註）",
    nobody="（未註明）",
    weighted="按觸及量加權，",
    mostly="以{frames}為主",
    most_often="講得最多的是{frames}",
    unclear="哪個框架講得最多還難以斷定：{frames}",
    none_told="沒有講述任何一個框架{figure}",
    silent="多數段落不講任何框架{figure}",
    silent_then="{silent}；{mix}",
    abstained="{figure}的段落未能判定",
    position={"endorses": "認同「{frame}」", "reports": "轉述「{frame}」", "rejects": "否定「{frame}」"},
    toward={
        "favor": "對{target}偏向支持{figure}",
        "slightly_favor": "對{target}略偏支持{figure}",
        "against": "對{target}偏向批評{figure}",
        "slightly_against": "對{target}略偏批評{figure}",
        "balanced": "對{target}褒貶相當{figure}",
        "neutral": "對{target}態度中立{figure}",
        "unclear": "對{target}態度不明{figure}",
    },
    few_targets="談到各對象的段落太少，不判斷態度",
    own_voice="多以作者自己的口吻講述{figure}",
    other_voice="多為轉述他人的話，以作者自己的口吻講述的占{figure}",
    either_voice="部分以作者自己的口吻講述{figure}，部分轉述他人的話",
    notes={
        "position": "此表沒有判斷對各框架的立場。",
        "stance": "此表沒有判斷對各對象的態度。",
        "no_targets": "此表沒有談到任何對象的段落。",
        "voice": "此表沒有判斷框架由誰的口吻講述。",
        "abstained": "此表沒有未能判定的框架（或所用引擎不作保留）。",
        "small": "段落太少、不計算比例的有：{groups}。",
        "small_weighted": "已知觸及量的文件太少、不計算加權比例的有：{groups}。",
        "reach": "比例按觸及量加權；{n}個觸及量未知的段落不計在內。",
    },
    headings={
        "title": "摘要：按{by}", "passages": "段落", "documents": "文件", "no_frame": "無框架", "abstained": "未判定",
        "frames": "框架：占段落的比例", "stance": "淨態度（−1反對，+1支持）",
        "voice": "口吻：占框架講述次數的比例", "own": "作者", "others": "他人", "telling": "有代表性的段落", "more": "另有{n}個",
        "interval": "95%區間：±14為上下14個百分點，1–11為1至11，≤8為至多8；–為段落太少，不給數字。", "unnamed": "未具名",
    },
    columns={"source": "來源", "author": "作者", "title": "標題", "script": "文字", "kind": "類型", "day": "日期", "month": "月份", "language": "語言",
             "status": "狀態", "holder": "持有者", "url": "網址", "published": "發布時間", "doc_id": "文件", "about": "所評的貼文", "reach": "觸及量"},
)  # fmt: skip

WORDINGS = {"en": _EN, "zh-Hans": _HANS, "zh-Hant": _HANT}


def wording(language: str) -> Wording:
    """Templates of a language.

    Raises
    ------
    OptionError
        There are none.
    """
    if language not in WORDINGS:
        raise OptionError(f"no language {language!r}; there are {', '.join(WORDINGS)}")
    return WORDINGS[language]
