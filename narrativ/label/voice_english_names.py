"""Holders in English sentences: capitalised names in front of a verb of saying, behind it, or behind "according to"."""

from __future__ import annotations

import re

from narrativ.label.voice_lexicon import VoiceLexicon
from narrativ.label.voice_names import Holder

__all__ = ["EnglishNames"]

_CAP = r"(?:(?:[A-Z]\.){1,3}(?:-\w)?|(?:Mr|Mrs|Ms|Dr|Prof|Gov|Sen|Sens|Rep|Reps|Gen|Jr|Sr|St|Inc|Corp|Co|Ltd)\.|[A-ZÀ-Þ](?:[\w&\-]|['’](?=\w{2})|\.(?=[A-Za-z]))*|@\w+|[0-9]+[A-Z]\w*|\$[A-Z]+)"
_LINK = r"(?:of|the|de|del|della|des|du|la|le|van|von|der|den|bin|ibn|al|el|and|&|for|on|in|y|e|da|dos)"
# A name: capitalised words, small linking words only between them.
_NAME = rf"(?:(?:The|the)\s)?{_CAP}(?:(?:\s{_LINK}){{0,2}}\s{_CAP}){{0,7}}"
_ADVERB = (
    r"(?:also|later|then|again|now|once|further|even|often|already|reportedly|repeatedly|recently|previously|publicly|privately|"
    r"has|had|have|himself|herself|itself|themselves|who|which|and|but|still|simply|merely|separately|meanwhile|rightly|"
    r"yesterday|today|earlier|on\s\w+day|last\s\w+|this\s\w+|in\s(?:a|an|the|his|her|its|their)\s[\w\s\-]{2,40}?|"
    r"\w+ly)"
)
_ROLE_TAIL = (
    r"(?:(?:company|firm|startup|group|bank|unit|maker|analysts?)(?=\s?,)|analysts?|researchers?|officials?|executives?|economists?|strategists?|engineers?|spokes(?:person|man|woman)|"
    r"lawyers?|lawmakers?|scientists?|experts?|sources|team|staff|representatives?|ministers?|ceo|chief|founder|co-founder|"
    r"regulators?|authorities|government|analyst\s\w+|users?|reporters?|editors?|investors?|directors?)"
)
# Name, parentheses, an apposition, adverbs; then the verb.
_BEFORE = re.compile(
    rf"(?P<name>{_NAME}|@\w+)(?P<poss>['’]s?(?=\s))?(?P<tail>\s(?i:{_ROLE_TAIL}))?(?:\s*\([^()]{{1,60}}\))?"
    rf"(?:\s?,\s(?P<app>[^“”\"]{{2,160}}?),|\s(?:from|of|at|for|in)\s[^,“”\"]{{2,50}}|\s(?:who|which|that)\s[^,“”\"]{{2,60}})?(?:,?\s+{_ADVERB}){{0,4}},?\s*$"
)
_PRONOUN_END = re.compile(
    rf"(?:^|[\s“\"(,;:—–-])(?P<p>%s)(?:\s[^,“”\"]{{2,30}})?(?:,?\s+{_ADVERB}){{0,3}},?\s*$", re.IGNORECASE
)
_ADVERBS = frozenset(
    "also later then again now once further even often already has had have himself herself itself themselves who which and but still "
    "merely meanwhile yesterday today earlier".split()
)
_FIRST_PERSON = frozenset("i we you i'd i’d i've i’ve we'd we’d we've we’ve i'm i’m".split())
_AFTER = re.compile(
    rf"\s+(?:(?P<the>(?:the|a|an|one|its|his|her|our)\s(?:[a-z][\w\-]*\s){{0,4}}?)|(?P<role>(?:[a-z][\w\-]*\s){{1,4}}))?(?P<name>{_NAME}|@\w+)(?P<tail>\s{_ROLE_TAIL})?"
)
_AFTER_LOWER = re.compile(
    r"\s+(?P<low>(?:(?:the|a|an|one|some|many|several|two|three|another|its|our|his|her)\s)?(?:[a-z][\w\-]*\s?){1,4})"
)
_SOMEBODY = re.compile(
    r"(?:^|[\s“\"(,;:—–])(?P<p>(?i:an?|one|another|some|many|several|most|two|three|a few|other)\s(?:[a-z][\w\-]*\s){0,3}?"
    r"(?:engineer|analyst|trader|investor|official|executive|lawyer|professor|teacher|researcher|developer|user|commenter|poster|reader|"
    r"friend|neighbou?r|colleague|student|man|woman|insider|employee|manager|broker|dealer|economist|scientist|expert|lawmaker|"
    r"blogger|columnist|author|programmer|source|observer|critic|spokes(?:man|woman|person))s?)"
    rf"(?:\s(?:who|at|from|in|with|familiar|for)\s[^,“”\"]{{2,60}})?(?:,?\s+{_ADVERB}){{0,3}}\s*$"
)
_TITLE = re.compile(
    r"^(?:(?:Gov|Governor|Sen|Senator|Sens|Rep|Reps|Representative|President|Vice President|Prime Minister|Minister|Secretary|CEO|CTO|CFO|Chief Executive|Professor|Prof|Chancellor|Judge|General|Commissioner|Analyst|Economist|Democratic|Republican|Chief)\.?\s)+"
)
_GENERIC = frozenset(
    "Wall-Street Silicon-Valley South-Korean Hong-Kong Industry Company Chinese American US U.S. European Western British Japanese Korean Indian Taiwanese German French Senior Former Some Many Several Most Other Security Market Wall Street Financial Policy Legal Academic Independent Federal State Government Social Internet Online Early Local Foreign Top AI Tech Technology Republican Democratic GOP EU UK Privacy Cybersecurity Bipartisan Outside".split()
)
_NO_NAME = frozenset(
    "The A An This That These Those It He She They We I You In On At As But And Or So If When While For From To By With Not No Yes What Who Why How Where There Here Then Now After Before Since Although Though However Still Also Even Both Most Many Some Several Few Others All Nobody Everybody Everyone Another One Two Three Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Meanwhile Today Yesterday Tomorrow Earlier Later Last Next First Second Third Our My Your Their His Her Its Is Are Was Were Do Does Did Has Have Had Can Could Will Would Should May Might Must Of".split()
)


class EnglishNames:
    """Finds holders in English; made once for a lexicon."""

    def __init__(self, lexicon: VoiceLexicon) -> None:
        self.pronoun = lexicon.holders["en", "pronoun"]
        self.unnamed = lexicon.holders["en", "unnamed"]
        self.label = lexicon.holders["en", "label"]
        self.nouns = frozenset(word.split()[-1] for word in self.unnamed | self.pronoun)
        words = "|".join(re.escape(w) for w in sorted(self.pronoun | self.unnamed, key=lambda w: (-len(w), w)))
        self.words = self.pronoun | self.unnamed
        self._pronoun_end = re.compile(_PRONOUN_END.pattern % words, re.IGNORECASE)

    def before(self, text: str, start: int, end: int) -> Holder | None:
        """Holder in ``text[start:end]``, a sentence up to its verb."""
        start = max(start, end - 220)
        near = self._near(text, max(start, end - 60), end)
        if near is not None and near.kind == "author":
            return near
        nobody = _SOMEBODY.search(text, max(start, end - 130), end)
        if nobody is not None:
            return Holder("others", nobody.start("p"), nobody.end("p"))
        if near is None:
            for match in _BEFORE.finditer(text, start, end):
                if match["poss"] and not match["tail"]:
                    continue
                named = self._named(match.start("name"), match["name"], bool(match["tail"]))
                if named is not None:
                    return named
            far = self._pronoun_end.search(text, start, end)
            near = None if far is None else self._noun(text, far.start("p"), far.end("p"))
        if near is None:
            return None
        # "Bernstein analysts": the name in front of the noun is the holder.
        word = text[near.start : near.end].lower()
        name = _NAME_END.search(text, start, near.start)
        if name is not None and (near.kind == "others" or word in ("analysts", "analyst", "researchers")):
            return self._named(name.start("name"), name["name"], True) or near
        return near

    def _near(self, text: str, start: int, end: int) -> Holder | None:
        """The pronoun or noun right before the verb, adverbs apart: she also said, the company said."""
        place = end
        word = ""
        for _ in range(4):
            place = len(text[start:place].rstrip()) + start
            begin = max(text.rfind(" ", start, place) + 1, start)
            word = text[begin:place]
            if word.lower().rstrip(",") not in _ADVERBS and not word.endswith("ly"):
                break
            place = begin
        bare = word.rstrip(",").lower()
        opening = len(bare) - len(bare.lstrip("“\"'‘(—–"))
        bare = bare[opening:]
        if not bare:
            return None
        if bare in _FIRST_PERSON:
            return Holder("author", end, end)
        stop = begin + opening + len(bare)
        before = max(text.rfind(" ", start, max(begin - 1, start)) + 1, start)
        pair = text[before:stop].lower().lstrip("“\"'‘(—–")
        if begin > start and pair in self.words:
            return self._noun(text, stop - len(pair), stop)
        return self._noun(text, begin + opening, stop) if bare in self.words else None

    def _noun(self, text: str, start: int, end: int) -> Holder:
        word = text[start:end]
        if " " in word and word.split()[-1][0].isupper():
            return Holder("name", start, end)  # The Commission
        return Holder("pronoun" if word.lower() in self.pronoun else "others", start, end)

    def after(self, text: str, start: int, end: int) -> Holder | None:
        """Holder behind a verb or "according to" that ends at `start`."""
        match = _AFTER.match(text, start, end)
        if match is not None:
            named = self._named(match.start("name"), match["name"], bool(match["tail"]))
            if named is not None:
                return named
        low = _AFTER_LOWER.match(text, start, end)
        if low is None:
            return None
        words = low["low"].lower().split()
        if words[0] in ("he", "she", "it", "they"):
            return Holder("pronoun", low.start("low"), low.start("low") + len(words[0]))
        if words[0] in ("i", "we", "you", "me", "us"):
            return Holder("author", start, start)
        joined = " ".join(words)
        for size in range(len(words), 0, -1):
            part = " ".join(words[:size])
            if part in self.pronoun:
                return Holder("pronoun", low.start("low"), low.end("low"))
            if part in self.unnamed or words[size - 1] in self.nouns:
                return Holder("others", low.start("low"), low.end("low"))
        return (
            Holder("others", low.start("low"), low.end("low"))
            if joined.startswith(("one ", "a ", "an ", "some "))
            else None
        )

    def _plain(self, name: str) -> str | None:
        """The name without a capitalised word that only opens the sentence; ``None`` when nothing is left."""
        words = name.split()
        while words and words[0] in _NO_NAME and words[0] != "The":
            words.pop(0)
        if words and words[0] in ("The", "the") and (len(words) == 1 or words[1].lower() in self.nouns):
            return None
        if not words or (len(words) == 1 and (words[0] in _NO_NAME or words[0].lower() in self.nouns)):
            return None
        return " ".join(words)

    def _named(self, start: int, name: str, tail: bool = False) -> Holder | None:
        plain = self._plain(name)
        if plain is None:
            return None
        offset = max(name.rfind(plain), 0)
        if tail and plain.replace(" ", "-") in _GENERIC:
            return Holder("others", start + offset, start + offset + len(plain))
        title = _TITLE.match(plain)
        if title is not None and title.end() < len(plain):
            offset, plain = offset + title.end(), plain[title.end() :]
        plain = re.sub(r"(?:['’]s|['’])$|\.$", "", plain) if not re.search(r"\b[A-Z]\.$", plain) else plain
        return Holder("name", start + offset, start + offset + len(plain)) if len(plain) > 1 else None


_NAME_END = re.compile(rf"(?P<name>{_NAME})['’]?s?\s(?:\w+\s){{0,2}}$")
