"""Reported speech: whose words a passage gives, where they stand, and which verb says so.

Words of saying are found for a whole batch in one pass (:mod:`narrativ.label.voice_lexicon`), and so are quotations,
sentences and clauses (:mod:`narrativ.label.voice_places`). Each verb outside a quotation then looks for its holder and for
what is said:

1. Chinese: the holder in the clause before the verb, or in a clause before that; what is said behind the verb, or the
   quotation (or the clause) before the holder;
2. English: the holder before the verb, or behind it when the verb follows what is said;
3. a pronoun, or "the company", is who was named last, in this passage or in the one before it of the same document;
4. a quotation without a verb belongs to whoever spoke just before it, and to ``others`` when most of the passage is one;
5. ``X: …`` at the head of a line is a headline or a turn of a dialogue when X is built like a holder.

Quotation marks around terms and titles say nothing. Everything is found in the match form, so Traditional and Simplified
text give the same spans, and quoted in the author's characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from narrativ.label.voice_chinese import ChineseVoices
from narrativ.label.voice_english import EnglishVoices
from narrativ.label.voice_english_names import EnglishNames
from narrativ.label.voice_lexicon import VERBS, Scan, VoiceLexicon, load_voice_lexicon
from narrativ.label.voice_names import Holder, Names
from narrativ.label.voice_parts import HAN, RawVoice, Speech, strip_end
from narrativ.label.voice_places import Places, Search, search
from narrativ.records import Passage, Voice
from narrativ.text.normalize import match_form

__all__ = ["OTHERS", "VoiceFinder", "find_voices", "scan_forms"]

OTHERS = "others"

_Ints = npt.NDArray[np.int64]
# What may stand beside a verb: 1 opens a quotation, 2 closes one, 4 is a pause before one.
_SIDES = np.zeros(0x10000, dtype=np.uint8)
for _bit, _chars in ((1, "“「『\"‘'"), (2, "”」』\"’'"), (4, "：:，,")):
    _SIDES[[ord(_char) for _char in _chars]] |= _bit
_QUOTED = VERBS.index("quote")
_NOT = VERBS.index("not")
_TURN = re.compile(
    '(?<=[\0\n])[^\\S\n]*(?:[【\\[][^】\\]\n]{1,12}[】\\]])?\\s*(?P<x>[^\0\n：:，,。“”「」"!！?？；;]{1,42}?)[：:](?!//)[^\\S\n]*(?=[^\\s])'
)
_PEOPLE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Sir|Auntie|Uncle)\.? [A-Z][\w'’-]+|(?<![.!?] )(?<!^)[A-Z][a-z]+(?:[ -][A-Z][a-z]+){1,2}|[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+(?=,| (?:who|is|was|has|had|said|says|runs|ran)))"
)
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s)")
_HANDLE = re.compile(r"@\w{2,30}")
_TITLE_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z]\.)?(?: [A-Z][a-z]+){1,2}")
_COLON = re.compile("[：:]")
_SENTENCE = re.compile("[^，,。！？!?；;：:\n]+")
_HEADING = frozenset(
    "performance comparisons comparison strategy strategies curiosity concerns implications approach challenges competition position dynamics experiences experience propaganda censorship issues issue questions discussion discussions context history access use usage response reaction reactions exposed leaked summary analysis outlook overview trends skepticism praise criticism hype impact effects features model models data training costs privacy security geopolitics hardware software benchmarks results requirements options future predictions debate deployment interview".split()
)
_TURN_NAME = re.compile(r"(?:@\w+|[A-ZÀ-Þ][\w.'’&\-]*(?: (?:de|van|von|al|bin|[A-ZÀ-Þ(][\w.'’()&\-]*)){0,3})")


class _Contexts:
    """Passages of a batch with their voices so far, made when they are first needed."""

    def __init__(
        self, passages: Sequence[Passage], forms: Sequence[str], scan: Scan, account: Callable[[Passage], str]
    ) -> None:
        self.made: dict[int, tuple[Speech, list[RawVoice]]] = {}
        self._passages, self._forms, self._starts, self._account = passages, forms, scan.starts, account

    def of(self, number: int) -> tuple[Speech, list[RawVoice]]:
        """A passage and its voices."""
        found = self.made.get(number)
        if found is None:
            passage = self._passages[number]
            offset = int(self._starts[number])
            speech = Speech(number, offset, passage.text, self._forms[number], self._account(passage))
            found = self.made[number] = (speech, [])
        return found


class VoiceFinder:
    """Finds the voices of passages.

    Parameters
    ----------
    lexicon
        Words of reported speech; the shipped ones when none are given.
    """

    def __init__(self, lexicon: VoiceLexicon | None = None) -> None:
        self.lexicon = lexicon or load_voice_lexicon()
        self._names = Names(self.lexicon)
        self._english = EnglishNames(self.lexicon)
        self._in_chinese = ChineseVoices(self._names)
        self._in_english = EnglishVoices(self._english)

    def scan(self, forms: Sequence[str]) -> Search:
        """The words and quotations of a batch, for :meth:`find` and the attribution features."""
        return search(self.lexicon, forms)

    def find(
        self, passages: Sequence[Passage], forms: Sequence[str], *, scan: Search | None = None
    ) -> list[tuple[Voice, ...]]:
        """Voices of each passage, in order of their start.

        Parameters
        ----------
        passages
            Any passages; those of one document that follow each other share who was named last.
        forms
            Their match forms, each as long as its passage.
        scan
            What :meth:`scan` gave for these forms, when it is there already.
        """
        found_before = scan or self.scan(forms)
        raws = self._by_verbs(passages, forms, found_before.scan, found_before.places)
        result: list[tuple[Voice, ...]] = []
        last = ""
        for number, passage in enumerate(passages):
            if number == 0 or passages[number - 1].document is not passage.document:
                last = ""
            context, found = raws.get(number, (None, []))
            if context is None:
                result.append(())
                continue
            voices, last = self._resolve(passage, context, found, last)
            result.append(voices)
        return result

    def _may_speak(self, scan: Scan, kinds: _Ints, begin: _Ints, end: _Ints) -> npt.NDArray[np.bool_]:
        """Which verbs can speak, by the characters beside them: not 认为的; 问 and 写 only beside a quotation."""
        codes, size = scan.codes, len(scan.codes)
        sides = _SIDES[np.minimum(codes, 0xFFFF)]
        after, next_to = sides[end], sides[np.minimum(end + 1, size - 1)]
        told = (kinds == _QUOTED) & (codes[begin] >= 128)
        beside = (after & 1 > 0) | ((after & 4 > 0) & (next_to & 1 > 0))
        for back in range(1, 7):
            beside |= sides[np.maximum(begin - back, 0)] & 2 > 0
        return np.asarray((codes[end] != ord("的")) & (~told | beside))

    def _by_verbs(
        self, passages: Sequence[Passage], forms: Sequence[str], scan: Scan, places: Places
    ) -> dict[int, tuple[Speech, list[RawVoice]]]:
        kinds = self.lexicon.verb_number[scan.pattern]
        chosen = np.flatnonzero((kinds >= 0) & (kinds != _NOT))
        begin, end = scan.start[chosen], scan.end[chosen]
        kept = (places.quote_at(begin) < 0) & self._may_speak(scan, kinds[chosen], begin, end)
        chosen, begin, end = chosen[kept], begin[kept], end[kept]
        owners = scan.owner[chosen]
        first = scan.starts[owners]
        last = scan.starts[owners + 1] - 1
        sentence = np.searchsorted(places.sentence, begin, side="right")
        s0 = np.maximum(places.sentence[sentence - 1], first) - first
        s1 = np.minimum(np.append(places.sentence, len(scan.text))[sentence], last) - first
        c0 = np.maximum(places.clause[np.searchsorted(places.clause, begin, side="right") - 1], first) - first
        contexts = _Contexts(passages, forms, scan, self._account)
        self._quotations_and_turns(contexts, scan, places)
        names = self.lexicon.verb_kind
        done = (-1, -1)
        rows = zip(owners.tolist(), scan.pattern[chosen].tolist(), (begin - first).tolist(), (end - first).tolist(),
                   s0.tolist(), s1.tolist(), c0.tolist(), strict=True)  # fmt: skip
        for number, pattern, v0, v1, a, b, c in rows:
            if done[0] == number and v0 < done[1]:
                continue
            here, raws = contexts.of(number)
            kind = names[pattern]
            if not self.lexicon.chinese[pattern]:
                self._in_english.add(here, raws, v0, v1, kind, (a, b))
            elif kind == "source":
                until = self._in_chinese.source(here, raws, v0, v1, b)
                done = (number, until) if until else done
            elif kind != "cite":
                self._in_chinese.add(here, raws, v0, v1, kind, (a, b, c))
        return contexts.made

    def _quotations_and_turns(self, contexts: _Contexts, scan: Scan, places: Places) -> None:
        """Give each passage its quotations, and the voices of its headlines and turns."""
        owners = np.searchsorted(scan.starts, np.maximum(places.quote_start, 1), side="right") - 1
        starts, ends = places.quote_start.tolist(), places.quote_end.tolist()
        for number, start, end in zip(owners.tolist(), starts, ends, strict=True):
            here = contexts.of(number)[0]
            here.quotes.append((max(start - here.offset, 0), end - here.offset))
        for match in _TURN.finditer(scan.text):
            number = int(np.searchsorted(scan.starts, match.end() - 1, side="right")) - 1
            self._turn(*contexts.of(number), match)

    def _turn(self, here: Speech, raws: list[RawVoice], match: re.Match[str]) -> None:
        """``X: …`` at the head of a line."""
        form, text = here.form, here.text
        start, end = match.start("x") - here.offset, match.end("x") - here.offset
        word = form[start:end].strip()
        if not word or ("《" in word) != ("》" in word) or word in self._names.label or word in self._english.label:
            return
        if HAN.search(word):
            holder = self._names.chinese(text, form, start, end, strict=True)
            if holder is None or holder.kind in ("pronoun", "author") or end - holder.end > 1:
                return
        else:
            plain = text[start:end].strip()
            if word in self._english.unnamed:
                holder = Holder("others", start, end)
            elif (
                _TURN_NAME.fullmatch(plain)
                and not (plain.isupper() and len(plain) > 3)
                and word.split()[-1] not in _HEADING
            ):
                holder = Holder("name", start, start + len(plain))
            else:
                return
        first = match.end() - here.offset
        line = form.find("\n", first)
        stop = len(form) if line < 0 else line
        quote = here.quote_from(first)
        span = (
            here.inner(quote) if quote is not None and quote[1] >= stop - 1 else (first, strip_end(form, first, stop))
        )
        if span[1] - span[0] >= 2:
            raws.append(RawVoice(holder, *span, first, first, "headline", False))

    def _resolve(
        self, passage: Passage, here: Speech, raws: list[RawVoice], last: str
    ) -> tuple[tuple[Voice, ...], str]:
        """Voices with their holders' names, and who was named last."""
        raws = self._loose_quotes(here, sorted(raws, key=lambda raw: (raw.verb_start, raw.start)), bool(last))
        voices: list[Voice] = []
        seen: set[tuple[int, int]] = set()
        for raw in raws:
            holder = raw.holder
            if holder.kind == "name":
                name = here.text[holder.start : holder.end].strip()
                last = name
            elif holder.kind == "pronoun":
                person = (
                    here.form[holder.start : holder.start + 1] == "该"
                    or here.form[holder.start : holder.start + 1] in "他她"
                    or here.form[holder.start : holder.end] in ("he", "she")
                )
                name = (
                    last
                    or (self._antecedent(here, holder.start) if person else "")
                    or self._title_speaker(passage)
                    or OTHERS
                )
                last = "" if name == OTHERS else name
            elif holder.kind == "carried":
                name = last or OTHERS
            else:
                name = OTHERS
            if (raw.start, raw.end) in seen or raw.end <= raw.start:
                continue
            seen.add((raw.start, raw.end))
            start, end = passage.start + raw.start, passage.start + raw.end
            voices.append(
                Voice(
                    name,
                    start,
                    end,
                    here.text[raw.start : raw.end],
                    here.text[raw.verb_start : raw.verb_end],
                    raw.form,
                    raw.distancing,
                )
            )
        voices.sort(key=lambda voice: (voice.start, -voice.end))
        return tuple(voices), last

    def _account(self, passage: Passage) -> str:
        """The one account that the title names, when it is not the source's own."""
        handles = _HANDLE.findall(passage.document.title) if "@" in passage.document.title else []
        return handles[0] if len(handles) == 1 and handles[0][1:] not in passage.document.source else ""

    def _title_speaker(self, passage: Passage) -> str:
        """Whom the title names as speaker: ``X：…``, or the one account whose post the text is about."""
        title = passage.document.title
        if not title:
            return ""
        if account := self._account(passage):
            return account
        colon = _COLON.search(title)
        if colon is None or not 2 <= colon.start() <= 30:
            return ""
        if not HAN.search(title, 0, colon.start()):
            return title[: colon.start()] if _TITLE_NAME.fullmatch(title[: colon.start()]) else ""
        found = self._names.chinese(title, match_form(title), 0, colon.start(), strict=True)
        return title[found.start : found.end] if found is not None and found.kind == "name" else ""

    def _loose_quotes(self, here: Speech, raws: list[RawVoice], carried: bool) -> list[RawVoice]:
        """Adds quotations that no verb claims: those that go on, and those that are most of the passage."""
        if not here.quotes:
            return raws
        result = list(raws)
        covered = [(raw.start, raw.end) for raw in raws]
        for quote in here.quotes:
            start, end = here.inner(quote)
            if not here.speechlike(quote) or any(a < end and start < b for a, b in covered):
                continue
            before = [raw for raw in result if max(raw.end, raw.verb_end) <= start + 1]
            nearest = max(before, key=lambda raw: max(raw.end, raw.verb_end), default=None)
            holder = None
            if nearest is not None and not here.form[max(nearest.end, nearest.verb_end) : quote[0]].strip(
                ' 。.,，”」"’\n…'
            ):
                holder = nearest.holder
            elif (end - start) * 2 >= len(here.form) or (quote[0] <= 1 and (end - start) * 3 >= len(here.form)):
                holder = Holder("carried" if carried and quote[0] <= 1 else "others", start, start)
            elif nearest is not None and nearest.form == "direct" and _goes_on(here, nearest, start):
                holder = nearest.holder
            if holder is not None:
                result.append(RawVoice(holder, start, end, start, start, "direct", False))
        return sorted(result, key=lambda raw: (max(raw.verb_start, raw.start), raw.start))

    def _antecedent(self, here: Speech, place: int) -> str:
        """Who a pronoun means when nobody has spoken: the subject that the passage opens with."""
        form = here.form
        if not HAN.search(form, 0, place):
            people = _PEOPLE.findall(here.text, max(0, place - 400), place)
            return people[-1] if people else ""
        for match in _SENTENCE.finditer(form, 0, place):
            if match.end() >= place:
                break
            start, end = match.start(), match.end()
            found = self._names.chinese(here.text, form, start, end, strict=True)
            if (
                found is not None
                and found.kind == "name"
                and (form[found.start] > "\u2fff" or " " in form[found.start : found.end])
            ):
                return here.text[found.start : found.end].strip()
        return ""


def _goes_on(here: Speech, before: RawVoice, start: int) -> bool:
    """Whether a quotation follows another with no more than the end of its sentence between them."""
    place = max(before.end, before.verb_end)
    between = here.form[place:start]
    return len(between) <= 90 and len(_SENTENCE_END.findall(between)) <= 1


@lru_cache(maxsize=1)
def _finder() -> VoiceFinder:
    return VoiceFinder()


def find_voices(
    passages: Sequence[Passage], forms: Sequence[str], *, scan: Search | None = None
) -> list[tuple[Voice, ...]]:
    """Voices of each passage with the shipped lexicon; see :meth:`VoiceFinder.find`."""
    return _finder().find(passages, forms, scan=scan)


def scan_forms(forms: Sequence[str]) -> Search:
    """Words and quotations of texts in match form with the shipped lexicon, to be shared by what looks for them."""
    return _finder().scan(forms)
