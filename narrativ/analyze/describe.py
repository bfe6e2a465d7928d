"""A comparison in a few plain sentences, in English and Chinese; every number with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from narrativ.errors import OptionError

if TYPE_CHECKING:
    from narrativ.analyze.compare import Comparison

__all__ = ["describe"]

_ALPHA = 0.05
_MOST = 2
_NAMED = 3

# What holds in each language; {…} are filled in. Chinese templates need no spaces, English ones no measure words.
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "base": "{passages} labelled passages of {documents} documents, compared by {by} ({groups} groups); intervals are 95 %, "
        "from {draws} resamples of {cluster}, and do not cover the classifier's errors.",
        "real": "{group} {what}: {value} against {other} for {baseline}, a difference of {gap} (p = {p} after Benjamini–Hochberg over "
        "{tests} tests of this kind{effect}).",
        "more": "Further differences that hold at the same level: {number}.",
        "none": "None of {tests} differences holds after Benjamini–Hochberg (adjusted p < 0.05); the smallest p is that of {group} on "
        "{key}: {gap} (p = {p} unadjusted).",
        "untested": "There is not enough to test any difference.",
        "far": "The mixes of frames are furthest apart between {one} and {two} (Jensen–Shannon distance {distance}; chance alone stays "
        "below {chance} in 95 of 100), chiefly through {key} ({part} of it).",
        "near": "No two groups' mixes of frames are further apart than chance gives.",
        "corrected": "Corrected by {gold} labelled passages, {group} {what} {value} ({naive} before) and {baseline} {other} ({naive_other} "
        "before): a difference of {gap}.",
        "corrected_none": "Of the corrected differences, {held} of {all} have an interval without 0; these intervals cover the "
        "classifier's errors and are each at 95 %.",
        "not_enough": "Not enough for {number} of {groups} groups ({names}): fewer than {min_n} {cluster}, or a few that outweigh the others.",
        "unlike": "The classifier errs differently between the groups on {keys}: do not compare the uncorrected numbers there.",
        "frame": "tells {key}", "position.endorses": "endorses {key} where it tells it", "position.reports": "reports {key} where it tells it",
        "position.rejects": "rejects {key} where it tells it", "stance": "has a net stance toward {key}",
        "voice.author": "speaks in the author's own voice", "voice.named": "gives the view of someone named",
        "voice.others": "gives the view of unnamed others",
        "rest": "all others", "to": "{a} to {b}", "points": "{x:+.1f} points", "interval": "{value} ({range})", "and": ", ", "story": "stories",
        "document": "documents", "passage": "passages", "h": ", Cohen's h = {h:.2f}", "key_position": "{key} ({category})", "etc": " and others",
        "unnamed": "(none)", "voice": "voice", "whole.story": "whole stories", "whole.document": "whole documents",
        "whole.passage": "single passages",
    },
    "zh-Hans": {
        "base": "共{documents}篇文档的{passages}个已标注段落，按{by}分为{groups}组比较；区间均为95%，由{draws}次{cluster}重抽样得出，不含分类器的误差。",
        "real": "{group}{what}：{value}，{baseline}为{other}，相差{gap}（经{tests}项同类检验的Benjamini–Hochberg校正，p = {p}{effect}）。",
        "more": "另有{number}项差异在同一水平上成立。",
        "none": "经Benjamini–Hochberg校正，{tests}项差异均不成立（校正后p < 0.05者为零）；p值最小的是{group}的{key}：相差{gap}（未校正p = {p}）。",
        "untested": "数据不足，无法检验任何差异。",
        "far": "框架构成相距最远的是{one}与{two}（Jensen–Shannon距离{distance}；纯属偶然时95%低于{chance}），主要差在{key}（占{part}）。",
        "near": "任何两组的框架构成之差都没有超出偶然的范围。",
        "corrected": "用{gold}个人工标注段落校正后，{group}{what}：{value}（校正前{naive}），{baseline}为{other}（校正前{naive_other}），相差{gap}。",
        "corrected_none": "校正后的{all}项差异中，{held}项的区间不含0；这些区间包含分类器的误差，各为95%。",
        "not_enough": "{groups}组中有{number}组（{names}）数据不足：不到{min_n}{cluster}，或少数几{cluster}占了大半。",
        "unlike": "分类器在各组对{keys}的误差不同：此处不可比较未校正的数字。",
        "frame": "讲述“{key}”的比例", "position.endorses": "讲述“{key}”时表示赞同的比例", "position.reports": "讲述“{key}”时只作转述的比例",
        "position.rejects": "讲述“{key}”时加以反驳的比例", "stance": "对“{key}”的净立场", "voice.author": "以作者口吻叙述的比例",
        "voice.named": "转述具名者观点的比例", "voice.others": "转述不具名者观点的比例",
        "rest": "其余各组", "to": "{a}至{b}", "points": "{x:+.1f}个百分点", "interval": "{value}（{range}）", "and": "、", "story": "则报道",
        "document": "篇文档", "passage": "个段落", "h": "，Cohen's h = {h:.2f}", "key_position": "{key}（{category}）", "etc": "等",
        "unnamed": "（无）", "voice": "叙述者", "whole.story": "整则报道", "whole.document": "整篇文档", "whole.passage": "单个段落",
    },
    "zh-Hant": {
        "base": "共{documents}篇文件的{passages}個已標註段落，按{by}分為{groups}組比較；區間均為95%，由{draws}次{cluster}重抽樣得出，不含分類器的誤差。",
        "real": "{group}{what}：{value}，{baseline}為{other}，相差{gap}（經{tests}項同類檢定的Benjamini–Hochberg校正，p = {p}{effect}）。",
        "more": "另有{number}項差異在同一水準上成立。",
        "none": "經Benjamini–Hochberg校正，{tests}項差異均不成立（校正後p < 0.05者為零）；p值最小的是{group}的{key}：相差{gap}（未校正p = {p}）。",
        "untested": "資料不足，無法檢定任何差異。",
        "far": "框架構成相距最遠的是{one}與{two}（Jensen–Shannon距離{distance}；純屬偶然時95%低於{chance}），主要差在{key}（佔{part}）。",
        "near": "任何兩組的框架構成之差都沒有超出偶然的範圍。",
        "corrected": "以{gold}個人工標註段落校正後，{group}{what}：{value}（校正前{naive}），{baseline}為{other}（校正前{naive_other}），相差{gap}。",
        "corrected_none": "校正後的{all}項差異中，{held}項的區間不含0；這些區間包含分類器的誤差，各為95%。",
        "not_enough": "{groups}組中有{number}組（{names}）資料不足：不到{min_n}{cluster}，或少數幾{cluster}佔了大半。",
        "unlike": "分類器在各組對{keys}的誤差不同：此處不可比較未校正的數字。",
        "frame": "講述「{key}」的比例", "position.endorses": "講述「{key}」時表示贊同的比例", "position.reports": "講述「{key}」時只作轉述的比例",
        "position.rejects": "講述「{key}」時加以反駁的比例", "stance": "對「{key}」的淨立場", "voice.author": "以作者口吻敘述的比例",
        "voice.named": "轉述具名者觀點的比例", "voice.others": "轉述不具名者觀點的比例",
        "rest": "其餘各組", "to": "{a}至{b}", "points": "{x:+.1f}個百分點", "interval": "{value}（{range}）", "and": "、", "story": "則報導",
        "document": "篇文件", "passage": "個段落", "h": "，Cohen's h = {h:.2f}", "key_position": "{key}（{category}）", "etc": "等",
        "unnamed": "（無）", "voice": "敘述者", "whole.story": "整則報導", "whole.document": "整篇文件", "whole.passage": "單個段落",
    },
}  # fmt: skip

_CATEGORIES = {
    "en": {},
    "zh-Hans": {"endorses": "赞同", "reports": "转述", "rejects": "反驳", "author": "作者", "named": "具名者", "others": "不具名者"},
    "zh-Hant": {"endorses": "贊同", "reports": "轉述", "rejects": "反駁", "author": "作者", "named": "具名者", "others": "不具名者"},
}  # fmt: skip
_BY = {
    "zh-Hans": {"source": "来源", "author": "作者", "script": "文字", "kind": "体裁", "title": "标题", "day": "日期", "language": "语言", "document": "文档"},
    "zh-Hant": {"source": "來源", "author": "作者", "script": "文字", "kind": "體裁", "title": "標題", "day": "日期", "language": "語言", "document": "文件"},
}  # fmt: skip


class _Teller:
    def __init__(self, comparison: Comparison, language: str, names: Mapping[str, str]) -> None:
        self.c, self.language, self.names = comparison, language, names
        self.words = _WORDS[language]

    def say(self, template: str, **values: Any) -> str:
        return self.words[template].format(**values)

    def name(self, group: Any) -> str:
        return str(group) or self.words["unnamed"]

    def baseline(self, row: Mapping[str, Any]) -> str:
        # "rest" may also be what a group is called; then the comparison is with that group.
        rest = row["baseline"] == "rest" and self.c.facts["baseline"] == "rest"
        return self.words["rest"] if rest else self.name(row["baseline"])

    def key(self, row: Mapping[str, Any]) -> str:
        key = self.names.get(row["key"], row["key"]) or self.words["voice"]
        category = row.get("category", "")
        if not category:
            return str(key)
        return self.say("key_position", key=key, category=_CATEGORIES[self.language].get(category, category))

    def what(self, row: Mapping[str, Any]) -> str:
        category = row.get("category", "")
        template = f"{row['kind']}.{category}" if category else str(row["kind"])
        return self.say(template, key=self.names.get(row["key"], row["key"]))

    def number(self, row: Mapping[str, Any], value: float, low: float, high: float) -> str:
        style = "{:+.2f}" if row["kind"] == "stance" else "{:.0%}"
        parts = [style.format(x) for x in (value, low, high)]
        return self.say("interval", value=parts[0], range=self.say("to", a=parts[1], b=parts[2]))

    def gap(self, row: Mapping[str, Any], value: float, low: float, high: float) -> str:
        if row["kind"] == "stance":
            return self.say("interval", value=f"{value:+.2f}", range=self.say("to", a=f"{low:+.2f}", b=f"{high:+.2f}"))
        span = self.say("to", a=f"{low * 100:+.1f}", b=f"{high * 100:+.1f}")
        return self.say("interval", value=self.say("points", x=value * 100), range=span)

    def differences(self) -> list[str]:
        table = self.c.differences
        tests = int(table["p"].notna().sum())
        if not tests:
            return [self.words["untested"]]
        held = table[table["p_adjusted"] < _ALPHA]
        if not len(held):
            row = table.nsmallest(1, "p").to_dict("records")[0]
            gap = self.gap(row, row["difference"], row["low"], row["high"])
            return [
                self.say("none", tests=tests, group=self.name(row["group"]), key=self.key(row), gap=gap, p=_p(row["p"]))
            ]
        said = []
        # Net stance runs over twice the width of a share; Cohen's h cannot be had for it.
        size = held["difference"].abs() / held["kind"].eq("stance").map({True: 2.0, False: 1.0})
        for row in held.loc[size.sort_values(ascending=False).index].head(_MOST).to_dict("records"):
            said.append(
                self.say(
                    "real",
                    group=self.name(row["group"]),
                    what=self.what(row),
                    value=self.number(row, row["value"], row["value_low"], row["value_high"]),
                    other=self.number(row, row["baseline_value"], row["baseline_low"], row["baseline_high"]),
                    baseline=self.baseline(row),
                    gap=self.gap(row, row["difference"], row["low"], row["high"]),
                    p=_p(row["p_adjusted"]),
                    tests=int(table.loc[table["kind"] == row["kind"], "p"].notna().sum()),
                    effect="" if row["cohen_h"] != row["cohen_h"] else self.say("h", h=row["cohen_h"]),
                )
            )
        if len(held) > _MOST:
            said.append(self.say("more", number=len(held) - _MOST))
        return said

    def distance(self) -> list[str]:
        pairs = self.c.distances.pairs
        if not len(pairs):
            return []
        held = pairs[pairs["p_adjusted"] < _ALPHA]
        if not len(held):
            return [self.words["near"]]
        row = held.nlargest(1, "distance").to_dict("records")[0]
        drivers = self.c.distances.drivers
        mine = drivers[(drivers["group"] == row["group"]) & (drivers["other"] == row["other"])]
        top = mine.nlargest(1, "part").to_dict("records")[0]
        return [
            self.say(
                "far",
                one=self.name(row["group"]),
                two=self.name(row["other"]),
                distance=f"{row['distance']:.2f}",
                chance=f"{row['chance_high']:.2f}",
                key=self.names.get(top["key"], top["key"]),
                part=f"{top['part']:.0%}",
            )
        ]

    def corrected(self) -> list[str]:
        if self.c.correction is None:
            return []
        table = self.c.correction.differences
        known = table[(table["language"] == "all") & (table["status"] == "ok")]
        if not len(known):
            return [self.words["untested"]]
        held = known[(known["low"] > 0) | (known["high"] < 0)]
        said = [self.say("corrected_none", held=len(held), all=len(known))]
        for row in held.loc[held["corrected"].abs().sort_values(ascending=False).index].head(1).to_dict("records"):
            said.insert(
                0,
                self.say(
                    "corrected",
                    gold=row["gold"] + row["baseline_gold"],
                    group=self.name(row["group"]),
                    what=self.what(row),
                    baseline=self.baseline(row),
                    value=self.number(row, row["value"], row["value_low"], row["value_high"]),
                    other=self.number(row, row["baseline_value"], row["baseline_low"], row["baseline_high"]),
                    naive=_plain(row, row["naive_value"]),
                    naive_other=_plain(row, row["naive_baseline"]),
                    gap=self.gap(row, row["corrected"], row["low"], row["high"]),
                ),
            )
        errors = self.c.correction.errors
        unlike = errors.loc[errors["p_adjusted"] < _ALPHA, "key"].drop_duplicates()
        if len(unlike):
            keys = self.words["and"].join(str(self.names.get(key, key)) for key in unlike)
            said.append(self.say("unlike", keys=keys))
        return said

    def missing(self) -> list[str]:
        shares = self.c.shares[self.c.shares["kind"] == "frame"]
        short = shares[shares["status"] != "ok"]["group"].drop_duplicates().tolist()
        if not short:
            return []
        names = self.words["and"].join(self.name(name) for name in short[:_NAMED])
        names += self.words["etc"] if len(short) > _NAMED else ""
        return [
            self.say(
                "not_enough",
                number=len(short),
                groups=self.c.facts["groups"],
                names=names,
                min_n=self.c.facts["min_n"],
                cluster=self.words[self.c.facts["cluster"]],
            )
        ]


def _plain(row: Mapping[str, Any], value: float) -> str:
    if value != value:
        return "–"
    return f"{value:+.2f}" if row["kind"] == "stance" else f"{value:.0%}"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "0.001" if value > 0.0005 else f"{value:.1g}"


def describe(comparison: Comparison, language: str, names: Mapping[str, str]) -> list[str]:
    """Sentences; see :meth:`narrativ.analyze.compare.Comparison.sentences`."""
    if language not in _WORDS:
        raise OptionError(f"no language {language!r}; use {', '.join(_WORDS)}")
    teller = _Teller(comparison, language, names)
    facts = comparison.facts
    by = _BY.get(language, {}).get(comparison.by, comparison.by)
    base = teller.say(
        "base",
        passages=f"{facts['passages']:,}",
        documents=f"{facts['documents']:,}",
        by=by,
        groups=facts["groups"],
        draws=f"{facts['draws']:,}",
        cluster=teller.words["whole." + facts["cluster"]],
    )
    return [base, *teller.differences(), *teller.distance(), *teller.corrected(), *teller.missing()]
