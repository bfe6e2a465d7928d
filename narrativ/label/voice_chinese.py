"""Voices of Chinese sentences: from a word of saying to its holder and to what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from narrativ.label.voice_names import Holder, Names
from narrativ.label.voice_parts import RawVoice, Speech, holds, strip_end

__all__ = ["ChineseVoices"]

_TELL = frozenset(("告诉", "告知", "通知"))
_AFTER_TELL = re.compile('[^，,。：:“「"\n]{1,16}[，,：:]\\s*|[^，,。：:“「"\n]{1,4}(?=[“「])')
_AFTER = re.compile('(?:了|道|着|过|到|说|称|指|指出)?(?:[^，,。：:“「"\n]{0,12}[：:])?\\s*[，,：:]?\\s*')
_CITED = re.compile(".*(?:援引|引述|引用|转述|转引)")
_STRICT = frozenset(("hk", "spoken", "announce", "find", "react"))
_STOP = re.compile("[：:，,]")
_NEGATION = frozenset("没未不别")
_WORDS_OF = re.compile("的(?:话|消息|说法|报道|研究|报告)$")
_STANDS_FOR = re.compile("[的出为]|着|数|意义|方法")
_THING = re.compile(
    "(?:图|线|表|箭头|颜色|符号|字母|数字|坐标|括号|红色|绿色|蓝色|黑色|横轴|纵轴|深色|浅色|[用以]|这|那|可|来)$"
)
_PUNCT = re.compile('[，,。：:；;“”「」"\n!！?？]')
_SENTENCE_END = re.compile("[。！？!?.]")
_OPEN_CLAUSE = re.compile(
    "(?:并|也|还|又|再|则|亦|同时|随后|接着|进一步|明确|直接|公开|特别|再次|多次|反复|一再|转而|话锋一转|反|继续|不断|坚持|郑重|严正|私下|曾|已|却|仍|在|向|对|就|于|通过|发[文帖布推表]|撰|回[应答复]|接受|受访)"
)
_SOURCE = re.compile(
    "(?P<x>[^，,。；;：:“”「」\n]{0,40}?)(?:的)?(?P<noun>报道|报导|消息|透露|介绍|说法|看法|观点|统计|测算|估算|估计|预计|预测|分析|数据|公布|披露|爆料|报告|调查|研究|了解|悉|传|说|称|表示|指出|解释|回忆|描述|计算)"
    "(?:称|指出|指|说|显示|认为|表示|写道)?(?P<end>[，,：:]|(?=.))"
)


class ChineseVoices:
    """Adds the voices of Chinese verbs.

    Parameters
    ----------
    names
        Finds holders.
    """

    def __init__(self, names: Names) -> None:
        self.names = names

    def add(self, here: Speech, raws: list[RawVoice], v0: int, v1: int, kind: str, where: tuple[int, int, int]) -> None:
        """Add what the verb ``form[v0:v1]`` says, if anything.

        Parameters
        ----------
        here, raws
            The passage, and its voices so far, to which this one is added.
        kind
            Of the verb, as the lexicon has it.
        where
            Start and end of the sentence, start of the clause.
        """
        s0, s1, c0 = where
        form = here.form
        verb = form[v0:v1]
        if verb == "表示" and (_STANDS_FOR.match(form, v1) or _THING.search(form, c0, v0)):
            return
        if form[v0 - 1 : v0] in _NEGATION or form.startswith("没有", v0 - 2):
            return
        holder = self._subject(here, raws, kind, (s0, c0, v0))
        if (holder is None and not (here.quotes or here.account or raws)) or (holder and holder.kind == "author"):
            return
        left = here.quote_to(c0) if c0 > 0 and form[c0 - 1] in "”」』\"’'，," else None
        left = left if left is not None and here.said(left) else None
        holder = self._doubled(here, raws, holder, v0, v1)
        after = (_AFTER_TELL if verb in _TELL else _AFTER).match(form, v1, s1)
        start = after.end() if after else v1
        right = here.quote_from(start)
        if kind == "quote" and left is None and (right is None or (start > v1 and not _STOP.search(form, v1, start))):
            return
        if holder is None:
            holder = self._implied(here, raws, kind, (s0, c0, v0))
        if holder is None:
            colon = right is not None and c0 < v0 and ("：" in form[v1:start] or ":" in form[v1:start])
            if not colon and not (left is not None and v0 - c0 <= 16):
                return
            holder = Holder("others", v0, v0)
        self._said(
            here, raws, RawVoice(holder, start, s1, v0, v1, "indirect", kind == "distance"), left, right, (s0, c0), kind
        )

    def _doubled(self, here: Speech, raws: list[RawVoice], holder: Holder | None, v0: int, v1: int) -> Holder | None:
        """评论…称, 警告说: two verbs of one saying; the first gives way and lends its holder."""
        same = raws[-1] if raws and raws[-1].verb_end <= v0 else None
        if same is None or v0 - same.verb_end > 8 or not (same.start <= v1 and same.end > v0):
            return holder
        if _PUNCT.search(here.form, same.verb_end, v0):
            return holder
        raws.pop()
        return same.holder if holder is None or holder.start <= same.verb_start else holder

    def _implied(self, here: Speech, raws: Sequence[RawVoice], kind: str, where: tuple[int, int, int]) -> Holder | None:
        """强调…, 又称…: the subject is left out; who spoke before goes on, or the account that the title names."""
        s0, c0, v0 = where
        form = here.form
        alone = self.names.lead(form, c0, v0) == v0 or (here.account and form[c0] in "对向将就由")
        first = c0 == s0 or (here.account and v0 < 20)
        if alone and first and (here.account or raws) and kind not in ("quote", "find", "announce"):
            return Holder("pronoun", v0, v0)
        return None

    def _said(
        self,
        here: Speech,
        raws: list[RawVoice],
        found: RawVoice,
        left: tuple[int, int] | None,
        right: tuple[int, int] | None,
        where: tuple[int, int],
        kind: str,
    ) -> None:
        """Add the quotation before the holder, and the one behind the verb or the rest of the sentence."""
        form = here.form
        s0, c0 = where
        start, s1 = found.start, found.end
        if left is not None and (s1 - start < 2 or right is not None or left[1] - left[0] > 12):
            a, b = here.inner(left)
            raws.append(found._replace(start=a, end=b, form="direct"))
        colon = "：" in form[found.verb_end : start] or ":" in form[found.verb_end : start]
        if right is not None and (colon or right[1] >= s1 - 1 or here.speechlike(right)):
            a, b = here.inner(right)
            if colon or right[1] >= s1 - 8 or _SENTENCE_END.match(form[b - 1 : b]):
                raws.append(found._replace(start=a, end=b, form="direct"))
            else:  # “门开着”，但…: quoted in part
                raws.append(found._replace(end=strip_end(form, start, s1)))
            return
        end = strip_end(form, start, s1)
        if end - start >= 2:
            raws.append(found._replace(end=end))
        elif left is None and c0 - s0 > 6 and kind in ("say", "think", "distance") and not holds(raws, s0):
            raws.append(found._replace(start=s0, end=strip_end(form, s0, c0)))

    def _subject(self, here: Speech, raws: Sequence[RawVoice], kind: str, where: tuple[int, int, int]) -> Holder | None:
        """Holder in the verb's clause, or in the two before it when that has no subject of its own."""
        s0, c0, v0 = where
        form, text = here.form, here.text
        strict = kind in _STRICT
        if here.form.startswith("看来", v0) and form[c0 : c0 + 1] == "在":
            return self.names.chinese(text, form, c0 + 1, v0)
        if "引" in form[c0:v0]:
            cited = _CITED.match(form, c0, v0)
            if cited is not None and cited.end() < v0:
                end = v0 - len(words[0]) if (words := _WORDS_OF.search(form[c0:v0])) else v0
                return self.names.chinese(text, form, cited.end(), end) or Holder("others", cited.end(), v0)
        if c0 == v0 and c0 > 1 and form[c0 - 1] in '”」』"':
            # A name in quotation marks: 公众号「某某」指出.
            quote = here.quote_to(c0)
            if quote is not None and quote[1] - quote[0] <= 10 and not here.speechlike(quote) and quote[0] > s0:
                return Holder("name", *here.inner(quote))
        found = self.names.chinese(text, form, c0, v0, strict=strict)
        if found is not None:
            return found
        begin = self.names.lead(form, c0, v0)
        if begin < v0 and not _OPEN_CLAUSE.match(form, begin, v0):
            return None
        if raws and raws[-1].verb_start >= s0 and raws[-1].verb_end <= c0:
            # 他表示…，并强调…: the same speaker; 他表示，已经要求…: what he tells of.
            return raws[-1].holder if begin == v0 or kind in ("say", "think", "distance", "deny", "quote") else None
        place = c0
        for _ in range(3):
            if place - 1 <= s0 or form[place - 1] not in "，,」”":
                return None
            if form[place - 1] in "」”":
                quote = here.quote_to(place)
                if quote is None or here.speechlike(quote):
                    return None
                place = quote[0] + 1
            previous = max(form.rfind(mark, s0, place - 1) for mark in "，,。：:；;”」")
            previous = max(previous + 1, s0)
            found = self.names.chinese(text, form, previous, place - 1, strict=True)
            if found is not None:
                return found
            place = previous
        return None

    def source(self, here: Speech, raws: list[RawVoice], v0: int, v1: int, s1: int) -> int:
        """``据…报道，…``; returns where the words of the source end, 0 when there is none."""
        if v1 - v0 > 1 and here.form[v0:v1] not in ("根据", "按照", "依据", "依照"):
            # 据报道, 据悉: nobody is named.
            start = v1 + (here.form[v1 : v1 + 1] in "，,：:")
            if s1 - start < 4:
                return 0
            raws.append(
                RawVoice(Holder("others", v0, v1), start, strip_end(here.form, start, s1), v0, v1, "indirect", False)
            )
            return start
        match = _SOURCE.match(here.form, v1, s1)
        if match is None or not match["end"]:
            return 0
        start, end = match.span("x")
        holder = self.names.chinese(here.text, here.form, start, end, strict=True) if end > start else None
        cited = _CITED.match(here.form, start, end)
        if cited is not None:
            inner = self.names.chinese(here.text, here.form, cited.end(), end, strict=True)
            holder = inner or (Holder("others", start, end) if holder is None else holder)
        if holder is None:
            holder = Holder("others", start, end)
        if holder.kind == "author" or s1 - match.end() < 4:
            return 0
        raws.append(
            RawVoice(
                holder,
                match.end(),
                strip_end(here.form, match.end(), s1),
                match.start("noun"),
                match.end("noun"),
                "indirect",
                False,
            )
        )
        return match.end()
