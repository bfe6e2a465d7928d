"""Who is named in front of, or behind, a word of saying.

Chinese: the clause before the verb, freed of connectives and times in front and of adverbs behind, is a name when it is
built like one: a title with a name after it, a surname with one or two characters, a transliterated name with its dot, a
name in Latin letters, an organisation's ending, or a well-known name. English: capitalised words, with the titles,
parentheses and appositions that stand between them and the verb.

All offsets are into the passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from narrativ.label.voice_lexicon import HOLDERS, VoiceLexicon
from narrativ.text.tokenize import in_dictionary, word_classes

__all__ = ["Holder", "Names"]


class Holder(NamedTuple):
    """Somebody who says something.

    ``kind`` is ``name``, ``others`` (nobody in particular), ``pronoun`` (somebody named before) or ``author``.
    """

    kind: str
    start: int
    end: int


# Single surnames, the hundred-odd that cover nearly all people, in match form; compound ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱"
    "江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌"
    "毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧"
    "闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木|司徒|轩辕|南宫|独孤|西门|百里|叶刘"
_HAN = "\u3400-\u9fff"
_TRANSLITERATED = (
    "阿埃艾安奥巴白班保鲍贝本比彼宾波伯博勃布查茨达戴丹当道德登邓迪蒂丁顿杜多厄恩尔法凡范菲费芬丰冯佛弗福富盖甘冈高戈哥格葛根贡古瓜哈海汉豪赫亨胡怀惠霍基吉加"
    "贾杰金卡凯坎康考科克肯孔库夸奎昆拉莱兰朗劳勒雷黎里利莲良列林琳刘龙卢鲁路伦罗洛马玛迈麦曼芒毛梅门蒙孟米密缅敏明莫默姆慕穆纳娜奈南内尼年宁纽农努诺欧帕潘"
    "庞培佩彭皮平珀普奇齐契恰乔切钦琴青琼丘热荣茹儒萨塞赛桑瑟森沙山珊尚绍舍申圣施什史士斯司丝松苏索塔泰坦汤唐陶特腾提廷通图托瓦万旺威韦维魏温翁沃乌武西希锡"
    "悉夏香肖歇谢辛欣修许雪逊雅亚延扬杨耶叶伊易因英尤于约泽扎詹张珍芝知朱茱卓兹祖佐治妮莎蕾黛薇娅蒙婭恺撒赞钱彻岑祁涅俄尔怡贾辰曹"
)

# What stands in front of a subject: connectives, times, places.
_TIME = (
    r"20\d\d年[底初中]?|(?:当地时间|北京时间|美东时间|本地时间)?(?:(?:20\d\d年|今年|去年)?\d{1,2}月(?:\d{1,2}[日号]?)?|\d{1,2}[日号]|(?:本|上|这|这个|上个)?(?:周|星期|礼拜)[一二三四五六日末天]|[上本这今昨前当][周月年天日晚早夜]|"
    r"昨天|今天|前天|日前|近日|近来|最近|随后|其后|此前|早前|稍早|稍后|同日|同时|当时|后来|之后|事后|会后|目前|如今|现在|刚刚|凌晨|早上|上午|中午|下午|傍晚|晚上|晚间|一度)(?:[（(][^）)]{1,12}[）)])?"
)
_LEAD_WORDS = (
    "但是|但(?!斌)|不过|然而|可是|而|而且|且|并且|并(?![行购])|此外|另外|同时|对此|为此|因此|所以|于是|其中|例如|比如|譬如|正如|如(?![果何今此])|就连|就|连|甚至|尤其是|特别是|只有|只是|其实|事实上|实际上|首先|其次|再者|最后|另一方面|一方面|"
    "与此同时|除此之外|尽管|虽然|如果|因为|由于|至于|据悉|据了解|据报|据报道|据介绍|有趣的是|值得注意的是|与之相对|相比之下|相反|反之|当然|显然|还有|又有|也|亦|又|还|则|更|连|其后|然后|接着|结果|原来|看来|"
    "综合报道|综合外媒报道|报道称|报道指|报道指出|消息称|【[^】]{0,20}】|[①-⑳]|\\d{1,3}[、.．)）楼:：]"
)
_PLACE = r"(?:在|于|从|自|面对|谈到|谈及|提及|提到|被问及|被问到|针对|关于|就|对于|对|随着|按照|根据)[^，。]{1,28}?(?:上|中|时|里|后|前|内|期间|方面|问题|一事|下|之际|会上)"
_MARKS = r"[\s，,、。：:；;>＞*#•·\-–—~～!！?？]+"
_LEAD = re.compile(
    rf"(?:{_LEAD_WORDS}|{_TIME}|{_MARKS}|(?:海外|国外|国内|网上|网络上|社交平台上|社交媒体上|论坛上|坊间|业内|市场上|圈内|圈里|评论区里?|饭桌上|席间|会上|会后|台下|有一次)(?=有|也有|还有|不少|一些|多|[，,]))"
)
_LEAD_PLACE = re.compile(rf"{_PLACE}[，,]?")

# From here on a clause is no longer its subject.
_PREDICATE = re.compile(
    rf"{_TIME}|在|(?<![位至由关基对属用终源便])于|向(?!东|阳|华)|对(?![冲外话])|就|(?<!自)从(?!事)|(?<!华)为|以(?!色)|用(?!户)|跟|(?<![共大])同(?![事学济花行])|(?<!自)由|被(?![告申访])|把|将(?!军)|给|与(?!会)|"
    r"也(?!门)|还|又|则|亦|均|(?<![成首])都|更|再|却|仍|便(?!利)|已|曾|只|并(?![行购])|而|不(?![丹少])|唔|没|未(?!来)|续(?!航)|一直|一再|自己|接受|受访|谈|撰|发[文表布帖推出给]|回[应答复忆]|写|通过|透过|"
    r"进一步|明确|公开|直接|特别|坚定|主动|这样|如此|普遍|纷纷|一致|反复|多次|首次|继续|笑|话锋|显然|似乎|可能|可以|能够|应该|(?<![委员协学公商工议峰大理董总国])会(?![员计议长])|(?<!但)是|有(?![限关])|看到|听到|来到|出席|"
    r"站在|坐在|打趣|打算|拿出|读[完到]|说|称|表示|强调|指出|认为|告诉|列出|列举|举例|举出|担[心忧任]|怀疑|质疑|批评|警告|呼吁|建议|分析[后时]|研究[后了]|转[发述]|贴出|留言|私下|慨|形容|解释|介绍|补充|提[到出醒]|重申|透露|宣布|确认|否认|证实|"
    r"报告|文章|专栏|博客|尤其|看[好淡空]|持[有相不正乐续]|抱[有怨]|仍然|认[同定]|同意|赞[同成]|支持|反对|欢迎|拒绝|希望|期[望待]|承认|乐[见观]|呼应|亲自|现身|做客|到访|率[先队]|首度|先是|援引|引述|"
    r"电子邮件|邮件|声明|公告|[（(]|年仅|尚[未无不]|主要|实际|本身|目前|原本|早就|从来|根本|压根|到底|少说|最终|加入|成立|推出|毕业|出生|任职|来自|创立|拥有|位于|面世|突然|暂停|禁止|限制|决定|正在|需要|走红|爆火|登顶|现任|曾任|[，,]"
)
_BAD = re.compile(
    "[的了是这那吗呢吧么哪《》〈〉]|什么|怎么|没有|不是|可以|应该|如果|因为|所以|但是|(?:数据|图表|曲线|箭头|颜色|股价|价格|成本|情况|动态|事情|问题|结果|事实|原因|时间|内容|方案|模型|技术|意思|关注|总结|现象|[上里中])$|^(?:数据|图表|其|你|需要|无论|不管|只要|只有|每当|依然|仍然|试图)"
)
_QUANTIFIED = re.compile(
    "^(?:有|一些|一部分|部分|多位|多名|多家|多个|多数|大多数|大部分|不少|许多|很多|某|某位|某些|几位|几名|几个|几家|数位|数名|两位|两名|三位|三名|四位|五位|一位|一名|一个|一家|有些|其他|另有|另一|另外|另一位|另一名|若干|众多|广大|个别|"
    "各国|各地|各界|国内外|海内外|绝大多数|越来越多|\\d+[位名个家]|超过|近)"
)
_PERSON = re.compile(
    rf"(?:{_COMPOUND})[{_HAN}]{{1,2}}|[{_SURNAMES}][{_HAN}]{{1,2}}|[小老阿][{_HAN}]{{1,2}}|[{_HAN}]{{1,2}}(?:先生|女士|小姐|太太|老师|教授|博士|医生|律师|师傅|叔|伯|姨|哥|姐|爷|奶奶|处长|局长|议员|总|导)"
)
_FOREIGN = re.compile(rf"[{_TRANSLITERATED}]{{2,6}}|[{_HAN}]{{1,6}}(?:[·‧・•．.][{_HAN}A-Za-z.]{{1,8}})+")
_LATIN_NAME = re.compile(r"@?[A-Za-zÀ-ɏ0-9][A-Za-zÀ-ɏ0-9_.&'’+\-/]*(?: [A-Za-zÀ-ɏ0-9&][A-Za-zÀ-ɏ0-9_.&'’+\-/]*){0,6}")
_TITLE_MARK = re.compile("《([^《》]{2,16})》")
_PAREN_END = re.compile(r"\s*[（(][^（）()]{0,60}[）)]\s*$")
_STRIP_END = re.compile(
    r"(?:(?:有关|相关)?(?:新闻)?发言人|有关负责人|相关负责人|方面|官方账号|官方|自己|本人|们|等人?|一方|对此|就此|们则|分别|先后)$"
)


_MODIFIER = (
    "知名|资深|著名|前|某|匿名|业内|行业|市场|大学|基金|专栏|投资|独立|退休|外国|本地|当地|私募|公募|量化|券商|技术|财经|科技|半导体|芯片|股票|职业|网络|安全|一线|专业|"
    "有关|相关|高级|首席|年轻|老|女|男|华人|海外|内地|本港|本土|民间|高校|企业|金融|经济|学者|不愿具名的"
)
_UNNAMED_ENDS = frozenset(
    "人士 网友 网民 专家 专家们 学者 学者们 分析师 分析师们 分析 观点 声音 媒体 外媒 消息 传闻 传言 评论 投资者 投资人 用户 开发者 人们 者们 股民 散户 官员 官员们 民众 业者 帖子 留言 的人".split()
)
_AUTHOR = frozenset("笔者 本人 小编 本文 本报 本号 记者".split())
_ALL_HAN = re.compile(f"[{_HAN}]+")
_LONGEST_CLAUSE = 90
_REMEMBERED = 100_000


class _Endings:
    """How long the ending of a word is that a list of endings has, 0 for none."""

    def __init__(self, endings: Iterable[str]) -> None:
        self._endings = frozenset(endings)
        self._sizes = sorted({len(ending) for ending in self._endings}, reverse=True)

    def __call__(self, word: str) -> int:
        return next((size for size in self._sizes if word[-size:] in self._endings), 0)


def common(word: str) -> bool:
    """Whether a word built like a name begins with an ordinary word of the dictionary (关注, 成本高)."""
    first, tag = word_classes(word)[0]
    return len(first) > 1 and not tag.startswith(("nr", "ns", "nz", "nt", "x")) and in_dictionary(first)


def _named(word: str) -> bool:
    """Whether jieba takes a word as a whole for a person's name."""
    classes = word_classes(word)
    return len(classes) == 1 and classes[0][1].startswith("nr")


def no_name(word: str, *, titled: bool = False) -> bool:
    """Whether a short word of unknown build is surely no name: a word of the dictionary, or verb or adverb in front."""
    classes = word_classes(word)
    if len(classes) == 1:
        return common(word)
    return classes[0][1][:1] in ("dcpmruy" if len(word) <= 3 or titled else "vdcpramtfuy")


class Names:
    """Finds holders; made once for a lexicon.

    What a clause says of its subject depends on the clause alone, so answers are remembered; that changes none.
    """

    def __init__(self, lexicon: VoiceLexicon) -> None:
        zh = {kind: lexicon.holders["zh", kind] for kind in HOLDERS}
        self.unnamed, self.pronoun, self.known, self.label = zh["unnamed"], zh["pronoun"], zh["known"], zh["label"]
        self.place = zh["place"]
        # 主持人说, 市长说: one person, named by the office; 分析师说, 网友说: nobody in particular.
        self._titles = zh["role"] - self.unnamed
        role, place, known = (lexicon.alternation("zh", kind) for kind in ("role", "place", "known"))
        self._generic = re.compile(f"(?:{place}|{_MODIFIER})*(?:{role})+")
        self._role = re.compile(role)
        self._known_start = re.compile(f"{known}|(?:{place})(?=.{{2,4}}$)")
        self._role_end, self._org_end, self._known_end = _Endings(zh["role"]), _Endings(zh["org"]), _Endings(self.known)
        self._unnamed_end = _Endings(_UNNAMED_ENDS)
        self._subjects: dict[tuple[str, str, bool], Holder | None] = {}
        self._leads: dict[str, int] = {}

    def lead(self, form: str, start: int, end: int) -> int:
        """Where the subject can begin: behind connectives and times."""
        clause = form[start:end]
        found = self._leads.get(clause)
        if found is None:
            if len(self._leads) >= _REMEMBERED:
                self._leads.clear()
            found = self._leads[clause] = self._lead(clause)
        return start + found

    def _lead(self, form: str) -> int:
        start, end = 0, len(form)
        while start < end:
            match = _LEAD.match(form, start, end) or _LEAD_PLACE.match(form, start, end)
            if match is None or match.end() >= end or match.end() == start:
                break
            start = match.end()
        return start

    def chinese(self, text: str, form: str, start: int, end: int, *, strict: bool = False) -> Holder | None:
        """Holder in the clause ``form[start:end]`` that ends before a verb, or ``None``.

        `strict` asks for a name that is surely one: used where the clause may be no subject at all.
        """
        if end <= start or end - start > _LONGEST_CLAUSE:
            return None
        key = (form[start:end], text[start:end], strict)
        if key in self._subjects:
            found = self._subjects[key]
        else:
            if len(self._subjects) >= _REMEMBERED:
                self._subjects.clear()
            found = self._subjects[key] = self._subject(key[1], key[0], strict)
        return None if found is None else Holder(found.kind, found.start + start, found.end + start)

    def _subject(self, text: str, form: str, strict: bool) -> Holder | None:
        start = self._lead(form)
        end = _trim(form, start, len(form))
        if end <= start:
            return None
        title = _TITLE_MARK.search(form, start, end) if "《" in form else None
        if title is not None and title.start() - start <= 10 and not _PREDICATE.search(form, start, title.start()):
            return Holder("name", title.start(1), title.end(1))
        cut = _trim(form, start, self._cut(form, start, end))
        if cut > start and form[cut - 1] == "的":
            cut -= 1  # 某机构的|报告
        found = self._judge(form, text, start, cut, strict)
        if found is None and not strict and (tail := form.rfind("的", start, end)) > start:
            # 长期从事科技伦理研究的刘教授: the name behind the last 的.
            cut = _trim(form, tail + 1, self._cut(form, tail + 1, end))
            found = self._judge(form, text, tail + 1, cut, True)
        return found

    def _cut(self, form: str, start: int, end: int) -> int:
        """End of the subject: before the first adverb or verb; a name right behind a title is kept whole."""
        position = start + 1 if form[start : start + 1] in _SURNAMES else start
        while True:
            match = _PREDICATE.search(form, position, end)
            if match is None:
                return end
            at = match.start()
            if form[at] in "曾于应同" and self._surname_at(form, start, at, end):
                position = at + 2
                continue
            if form[at] in "（(":
                close = _CLOSE.search(form, at, end)
                if close and close.end() < end and _PREDICATE.match(form, close.end(), end) is None:
                    position = close.end()
                    continue
            if at == start and form[at] == "有":
                position = at + 1
                continue
            return at

    def _surname_at(self, form: str, start: int, at: int, end: int) -> bool:
        """财务总监于海: whether what could be an adverb is a surname behind a title."""
        if at + 2 > end or not self._role_end(form[start:at]) or _TIME_RE.match(form, at, end):
            return False
        return 1 <= end - at - 1 <= 2 or _PREDICATE.match(form, at + 3, end) is not None

    def _judge(self, form: str, text: str, start: int, end: int, strict: bool) -> Holder | None:
        """What a subject is: a pronoun, nobody in particular, or a name within it."""
        word = form[start:end]
        if not word or len(word) > 80:
            return None
        if word in self.pronoun or (word[0] in "他她佢" and len(word) <= 4 and "的" not in word):
            return Holder("pronoun", start, end)
        if word[0] in "该这那此":
            like = len(word) <= 12 and (self._org_end(word) or self._role_end(word) or self._unnamed_end(word))
            return Holder("pronoun", start, end) if like else None
        if word[0] in "我咱俺" or word in _AUTHOR:
            return Holder("author", start, end)
        if word in self.unnamed:
            return Holder("others", start, end)
        if "的" in word:
            return self._behind_de(form, text, start, end)
        return self._by_title(form, text, start, end, strict) or self._by_build(form, text, start, end, strict)

    def _behind_de(self, form: str, text: str, start: int, end: int) -> Holder | None:
        """意大利的隐私机构: what stands behind 的 must be built like a holder."""
        word = form[start:end]
        cut = word.rfind("的")
        tail = word[cut + 1 :]
        if tail in self.pronoun or tail in self.unnamed or not tail:
            return Holder("others", start, end) if len(word) <= 16 and tail in self.unnamed else None
        found = self._judge(form, text, start + cut + 1, end, True)
        whole = found is not None and found.kind == "name" and found.start == start + cut + 1
        if (
            whole
            and len(word) <= 16
            and self._org_end(tail)
            and not _QUANTIFIED.match(word)
            and not _BAD.search(word[:cut])
        ):
            return Holder("name", start, end)
        return found

    def _by_title(self, form: str, text: str, start: int, end: int, strict: bool) -> Holder | None:
        """A name behind a title, or one that is built like a name as a whole."""
        word = form[start:end]
        role = max((match.end() for match in self._role.finditer(word)), default=len(word))
        if role < len(word):
            rest = word[role:]
            short = 2 <= len(rest) <= (4 if strict else 6) and rest not in self.unnamed and not _BAD.search(rest)
            if self._is_person(rest, text[start + role : end]) or (short and not no_name(rest, titled=True)):
                return Holder("name", start + role, end)
        return Holder("name", start, end) if self._is_name(word, text[start:end]) else None

    def _by_build(self, form: str, text: str, start: int, end: int, strict: bool) -> Holder | None:
        """Well-known names within the word, the unnamed, titles behind a name, organisations, then short words."""
        word = form[start:end]
        bad, quantified = _BAD.search(word) is not None, _QUANTIFIED.match(word) is not None
        begin = self._known_start.match(word)
        if begin is not None and not bad and not quantified:
            rest = len(word) - begin.end()
            if 2 <= rest <= 4 and self._is_person(word[begin.end() :], text[start + begin.end() : end]):
                return Holder("name", start + begin.end(), end)
            if rest <= 8 and not self._role_end(word):
                return Holder("name", start, end if self._org_end(word) else start + begin.end())
        known = 0 if bad or quantified else self._known_end(word)
        if 0 < known < len(word):
            return Holder("name", end - known, end)
        if quantified or self._unnamed_end(word):
            return Holder("others", start, end) if len(word) <= 24 and not bad else None
        role = self._role_end(word)
        if role and 2 <= len(word) - role <= 4 and _PERSON.fullmatch(word[: len(word) - role]) and not common(word):
            return Holder("name", start, end)  # 孙建国经理
        stripped = _STRIP_END.sub("", word)
        if stripped != word and stripped:
            return self._judge(form, text, start, _trim(form, start, start + len(stripped)), strict)
        if bad:
            return None
        if role:
            return Holder("name" if word in self._titles or not self._generic.fullmatch(word) else "others", start, end)
        if 3 <= len(word) <= 22 and self._org_end(word):
            return Holder("name", start, end)
        if strict:
            return None
        if 2 <= len(word) <= 5 and _ALL_HAN.fullmatch(word) and not no_name(word):
            return Holder("name", start, end)
        latin = _TAIL_LATIN.search(text, start, end)
        return Holder("name", latin.start(), end) if latin is not None and end - latin.start() >= 3 else None

    def _is_person(self, word: str, text: str) -> bool:
        return bool(
            (_PERSON.fullmatch(word) and not common(word))
            or (2 <= len(word) <= 4 and _named(word))
            or (_FOREIGN.fullmatch(word) and not _BAD.search(word))
            or (_LATIN_NAME.fullmatch(text.strip()) and any(c.isalpha() for c in text))
        )

    def _is_name(self, word: str, text: str) -> bool:
        if word in self.known or word in self.place:
            return True
        if _PERSON.fullmatch(word) or (_FOREIGN.fullmatch(word) and len(word) >= 3):
            return not _BAD.search(word) and not common(word)
        bare = text.strip()
        return bool(_LATIN_NAME.fullmatch(bare)) and any(c.isupper() or c == "@" for c in bare) and len(bare) >= 2


_TIME_RE = re.compile(_TIME)
_CLOSE = re.compile(r"[）)]")
_TAIL_LATIN = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z0-9.&'’\-]*(?: [A-Z][A-Za-z0-9.&'’\-]*)*\s*$")


def _trim(form: str, start: int, end: int) -> int:
    """End without white space and a parenthesis (its English name)."""
    while end > start:
        match = _PAREN_END.search(form, start, end) if form[end - 1] in ")） " else None
        if match is not None and match.start() > start:
            end = match.start()
        elif form[end - 1] in " \t　，,、":
            end -= 1
        else:
            break
    return end
