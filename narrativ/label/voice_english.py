"""Voices of English sentences: from a word of saying to its holder and to what is said."""

from __future__ import annotations

import re

from narrativ.label.voice_english_names import EnglishNames
from narrativ.label.voice_names import Holder
from narrativ.label.voice_parts import RawVoice, Speech, strip_end

__all__ = ["EnglishVoices"]

_AFTER = re.compile(
    r"(?:\s+(?:that\b|(?:in|on|at|during|to|through|via)\s[^,.:;“\"\n]{2,50}(?=[,:]|\sthat\b)|[A-Z]\w+(?:['’]s)?(?:\s[A-Z]\w+){0,2}(?=\s(?:that|in|on)\b|[,:])|reporters|\w+day))*[,:]?\s*"
)
_TOLD = re.compile(r"\s+(?:[^\s,“\"]+\s){1,4}?(?:that\s|(?=[“\"])|(?=[a-z]+\s))|\s+[^,“\"]{1,40}[,:]\s")
_NEAR = 70  # a name and its apposition between a quotation and its verb
_CIRCUMSTANCE = re.compile(r"\s*(?:in|at|on|to|during|after|by|via|of|from|last|this|earlier|yesterday|today)\s")


class EnglishVoices:
    """Adds the voices of English verbs.

    Parameters
    ----------
    names
        Finds holders.
    """

    def __init__(self, names: EnglishNames) -> None:
        self.names = names

    def add(self, here: Speech, raws: list[RawVoice], v0: int, v1: int, kind: str, where: tuple[int, int]) -> None:
        """Add what the verb ``text[v0:v1]`` says, if anything; `where` is the start and end of its sentence."""
        if kind == "source":
            self._according(here, raws, v0, v1, where)
            return
        s0, s1 = where
        form = here.form
        inside = [quote for quote in here.quotes if s0 <= quote[1] <= v0]
        left = inside[-1] if inside else None
        holder, inverted = self._speaker(here, raws, (v0, v1), where, left[1] if left else s0)
        if holder is None or holder.kind == "author":
            return
        if left is not None and (v0 - left[1] > _NEAR or not here.said(left)):
            left = None
        elif left is None and not inverted:
            left = self._quotation_before(here, s0)
        found = RawVoice(holder, s0, s0, v0, v1, "direct", kind == "distance")
        after = (_TOLD if form[v1 - 4 : v1] in ("told", "ells") else _AFTER).match(here.text, v1, s1)
        start = after.end() if after else v1
        if kind == "quote" and left is None and here.quote_from(start) is None:
            return
        if left is not None:
            a, b = here.inner(left)
            raws.append(found._replace(start=a, end=b))
            if inverted or s1 - v1 < 12:
                return
        if inverted:
            end = strip_end(form, s0, v0)
            if end - s0 > 8:
                raws.append(found._replace(end=end, form="indirect"))
            return
        self._said(here, raws, found, start, s1, quoted=left is not None)

    def _according(self, here: Speech, raws: list[RawVoice], v0: int, v1: int, where: tuple[int, int]) -> None:
        """According to X, …, and …, according to X."""
        s0, s1 = where
        form = here.form
        holder = self.names.after(here.text, v1, s1)
        if holder is None or holder.kind == "author":
            return
        comma = form.find(",", holder.end, s1)
        start = comma + 2 if 0 <= comma < s1 - 10 else holder.end
        span = (s0, strip_end(form, s0, v0)) if v0 - s0 > 15 else (start, strip_end(form, start, s1))
        raws.append(RawVoice(holder, *span, v0, v1, "indirect", False))

    def _speaker(
        self, here: Speech, raws: list[RawVoice], verb: tuple[int, int], where: tuple[int, int], floor: int
    ) -> tuple[Holder | None, bool]:
        """Who speaks, and whether the name stands behind the verb."""
        (v0, v1), (s0, s1) = verb, where
        form = here.form
        holder = None
        if form.startswith("ing", v1 - 3) and form.startswith(", ", max(v0 - 2, 0)):
            # …, saying: the subject of the sentence.
            holder = raws[-1].holder if raws and raws[-1].verb_start >= s0 else self.opening(here, s0, v0)
        elif form[floor:v0].strip(" ,"):
            holder = self.names.before(here.text, floor, v0)
        behind_quote = floor > s0 and not form[floor:v0].strip(" ,")
        if holder is None and (behind_quote or form.startswith(",", max(v0 - 2, 0))):
            return self.names.after(here.text, v1, s1), True
        return holder, False

    def _quotation_before(self, here: Speech, s0: int) -> tuple[int, int] | None:
        """“Why?” she asked: a quotation that ends a sentence of its own and is still what the verb says."""
        quote = here.quote_to(s0)
        if quote is None or s0 - quote[1] > 1 or here.form[quote[1] - 2] not in ",?!":
            return None
        return quote if here.said(quote) else None

    def _said(self, here: Speech, raws: list[RawVoice], found: RawVoice, start: int, s1: int, *, quoted: bool) -> None:
        """Add what stands behind the verb, or before the name when there is nothing."""
        form, s0 = here.form, found.start
        right = here.quote_from(start)
        if right is not None and here.speechlike(right):
            a, b = here.inner(right)
            raws.append(found._replace(start=a, end=b))
            return
        end = strip_end(form, start, s1)
        if quoted and (_CIRCUMSTANCE.match(form, start, end) or form.startswith(", ", found.verb_end)):
            return
        name = found.holder.start
        if end - start >= 8:
            raws.append(found._replace(start=start, end=end, form="indirect"))
        elif not quoted and name - s0 > 12 and form[name - 2] == ",":
            raws.append(found._replace(end=strip_end(form, s0, name), form="indirect"))

    def opening(self, here: Speech, start: int, end: int) -> Holder | None:
        """The name that an English sentence opens with."""
        found = self.names.after(" " + here.text[start:end], 0, end - start + 1)
        if found is None or found.kind == "author":
            return None
        return Holder(found.kind, found.start + start - 1, found.end + start - 1)
