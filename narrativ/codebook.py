"""A codebook: which frames and targets there are, what they mean to people, and the words that show them.

A codebook is a folder in ``lexicons/``: ``codebook.yaml`` (frames, positions, targets, rules, in the words that people
read), ``frames/<frame>.tsv`` (concepts: groups of terms of equal weight in every region's wording) and ``targets.tsv``
(aliases). Terms are kept as written and in match form; everything downstream compares match forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from narrativ.claimtypes import ClaimBook, ClaimType, claim_book
from narrativ.errors import LexiconError, OptionError
from narrativ.resources import lexicons_dir, read_tsv
from narrativ.text.normalize import match_form

__all__ = [
    "Alias",
    "ClaimBook",
    "ClaimType",
    "Codebook",
    "Concept",
    "Frame",
    "Hint",
    "Target",
    "codebooks",
    "load_codebook",
]

_FRAME_COLUMNS = ("concept", "hans", "tw", "hk", "en", "weight", "unless", "note")
_TARGET_COLUMNS = ("target", "concept", "hans", "tw", "hk", "en", "context", "note")
_HINT_COLUMNS = ("concept", "target", "kind", "strength", "hans", "tw", "hk", "en", "context", "note")
_REGIONS = ("hans", "tw", "hk", "en")
_HAN_SPACE = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
LANGUAGES = ("en", "zh-Hans", "zh-Hant")
_PHRASES = ("topic", "endorses", "reports", "rejects")


@dataclass(frozen=True, slots=True)
class Concept:
    """Terms that speak alike for one frame.

    Attributes
    ----------
    id, frame
        The concept's name, unique in the codebook, and its frame.
    terms
        Match forms; a trailing ``*`` lets a Latin term go on to the end of its word.
    written
        The terms as written, per region (``hans``, ``tw``, ``hk``, ``en``).
    weight
        How strongly its presence speaks for the frame: 3 nearly sufficient, 2 strong, 1 supporting, 0.5 topical;
        negative when it speaks against it. The lexicon engine says what a point is worth.
    unless
        Match forms inside which a term does not count (开源节流 for 开源).
    note
        Why it is there.
    """

    id: str
    frame: str
    terms: tuple[str, ...]
    written: Mapping[str, tuple[str, ...]]
    weight: float
    unless: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Names of one thing that belongs to a target; `near` and `never` decide ambiguous ones.

    A match counts when one of `near` stands within 40 characters (if there are any) and none of `never` within 12. With `judged`
    it also counts where no such word stands but the passage evaluates it: a country that is praised or blamed is no place.
    """

    target: str
    concept: str
    terms: tuple[str, ...]
    written: Mapping[str, tuple[str, ...]]
    near: tuple[str, ...]
    never: tuple[str, ...]
    note: str
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """Words that are for or against one target of this codebook, whatever they are elsewhere.

    Attributes
    ----------
    concept, target
        The group's name, and whom the words are about.
    kind
        How they are said of it; ``narrativ.label.cues.KINDS`` has the list.
    strength
        -3 (against) to +3 (favor).
    terms, written
        Match forms, and the terms as written per region.
    near
        Match forms of which one must stand within 40 characters, if there are any.
    note
        The ruling that it follows.
    """

    concept: str
    target: str
    kind: str
    strength: float
    terms: tuple[str, ...]
    written: Mapping[str, tuple[str, ...]]
    near: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A narrative frame in people's words; texts by language (``en``, ``zh-Hans``, ``zh-Hant``).

    `phrases` says what a source does that mostly holds one position toward it (``rejects``: "rejects talk of a hidden plan"),
    and under ``topic`` the frame's name inside a sentence; a codebook may leave them out.
    """

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    not_when: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """Someone or something that a passage may be for or against."""

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Codebook:
    """Frames, targets and their words.

    Attributes
    ----------
    id, title, version
        Name of its folder, name for people, version of its data.
    frames, targets
        In the order in which tables and reports show them.
    concepts, aliases
        The lexicon, in file order.
    hints
        Words that are for or against a target of this codebook (``stance.tsv``; a codebook may have none).
    guide
        The rest of ``codebook.yaml`` (positions, holder rules, rulings, reading rules), as it stands.
    folder
        Where it was read from; ``None`` for a codebook made in memory.
    """

    id: str
    title: str
    version: str
    frames: tuple[Frame, ...]
    targets: tuple[Target, ...]
    concepts: tuple[Concept, ...]
    aliases: tuple[Alias, ...]
    hints: tuple[Hint, ...] = ()
    guide: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = field(default=None, compare=False)

    @property
    def claims(self) -> ClaimBook:
        """Claim types of ``claims.yaml``, read on first use; empty for a codebook without that file.

        Raises
        ------
        LexiconError
            The file is malformed; the entry is named.
        """
        if self.folder is None or not (self.folder / "claims.yaml").is_file():
            return ClaimBook()
        return _claims(self.folder)

    @property
    def frame_ids(self) -> tuple[str, ...]:
        """Ids of the frames, in order."""
        return tuple(frame.id for frame in self.frames)

    @property
    def target_ids(self) -> tuple[str, ...]:
        """Ids of the targets, in order."""
        return tuple(target.id for target in self.targets)

    def frame_name(self, frame: str, language: str = "en") -> str:
        """The frame's name for people."""
        for known in self.frames:
            if known.id == frame:
                return known.name.get(language) or known.name.get("en") or frame
        raise OptionError(f"no frame {frame!r} in codebook {self.id!r}; frames are {', '.join(self.frame_ids)}")

    def target_name(self, target: str, language: str = "en") -> str:
        """The target's name for people."""
        for known in self.targets:
            if known.id == target:
                return known.name.get(language) or known.name.get("en") or target
        raise OptionError(f"no target {target!r} in codebook {self.id!r}; targets are {', '.join(self.target_ids)}")

    def terms(self) -> Iterator[str]:
        """Match forms of every term of the lexicon, without ``*``; what the tokenizer should know as words."""
        for concept in self.concepts:
            for term in concept.terms:
                yield term.rstrip("*")
        for alias in self.aliases:
            for term in alias.terms:
                yield term.rstrip("*")


def _split(cell: str) -> tuple[str, ...]:
    return tuple(term for term in (part.strip() for part in cell.split("|")) if term)


def _forms(written: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match_form(term) for terms in written.values() for term in terms))


def _concepts(folder: Path, frame_ids: tuple[str, ...]) -> Iterator[Concept]:
    for frame in frame_ids:
        path = folder / "frames" / f"{frame}.tsv"
        for line, row in read_tsv(path, _FRAME_COLUMNS):
            written = {region: _split(row[region]) for region in _REGIONS}
            try:
                weight = float(row["weight"])
            except ValueError as error:
                raise LexiconError(f"{path}:{line}: weight {row['weight']!r} is no number") from error
            if not row["concept"] or not any(written.values()):
                raise LexiconError(f"{path}:{line}: a concept needs a name and at least one term")
            unless = tuple(match_form(phrase) for phrase in _split(row["unless"]))
            yield Concept(row["concept"], frame, _forms(written), written, weight, unless, row["note"])


def _aliases(path: Path, target_ids: tuple[str, ...]) -> Iterator[Alias]:
    for line, row in read_tsv(path, _TARGET_COLUMNS):
        if row["target"] not in target_ids:
            raise LexiconError(f"{path}:{line}: no target {row['target']!r}; targets are {', '.join(target_ids)}")
        written = {region: _split(row[region]) for region in _REGIONS}
        context = [match_form(word) for word in _split(row["context"])]
        yield Alias(
            row["target"],
            row["concept"],
            _forms(written),
            written,
            tuple(word for word in context if not word.startswith(("!", "+"))),
            tuple(word[1:].strip() for word in context if word.startswith("!")),
            row["note"],
            "+judged" in context,
        )


def _hints(path: Path, target_ids: tuple[str, ...]) -> Iterator[Hint]:
    for line, row in read_tsv(path, _HINT_COLUMNS) if path.is_file() else ():
        if row["target"] not in target_ids:
            raise LexiconError(f"{path}:{line}: no target {row['target']!r}; targets are {', '.join(target_ids)}")
        try:
            strength = float(row["strength"])
        except ValueError as error:
            raise LexiconError(f"{path}:{line}: strength {row['strength']!r} is no number") from error
        written = {region: _split(row[region]) for region in _REGIONS}
        near = tuple(match_form(word) for word in _split(row["context"]))
        yield Hint(
            row["concept"], row["target"], row["kind"], strength, _forms(written), written, near, row["note"]
        )  # fmt: skip


def _texts(value: Any, where: str) -> Mapping[str, str]:
    if isinstance(value, str):
        return {"en": value}
    if not isinstance(value, dict):
        raise LexiconError(f"{where}: expected a text per language")
    texts = {str(language): " ".join(str(text).split()) for language, text in value.items()}
    # YAML folds lines with a space, which Chinese has not.
    return {
        language: _HAN_SPACE.sub("", text) if language.startswith("zh") else text for language, text in texts.items()
    }


def _phrases(value: Any, where: str) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, dict) or not set(value) <= set(_PHRASES):
        raise LexiconError(f"{where}: expected texts under {', '.join(_PHRASES)}")
    return {key: _texts(texts, f"{where}: {key}") for key, texts in value.items()}


def _load_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: no valid YAML: {error}") from error
    if not isinstance(value, dict):
        raise LexiconError(f"{path}: expected a mapping at the top")
    return value


def codebooks() -> tuple[str, ...]:
    """Names of the codebooks that are installed."""
    return tuple(sorted(path.parent.name for path in lexicons_dir().glob("*/codebook.yaml")))


@lru_cache(maxsize=8)
def load_codebook(name: str = "deepseek") -> Codebook:
    """A codebook by its name in ``lexicons/``, or by the path of a folder like those.

    Raises
    ------
    OptionError
        There is none of that name.
    LexiconError
        A file of it is malformed; file and line are named.
    """
    folder = lexicons_dir() / name if not Path(name).is_dir() or (lexicons_dir() / name).is_dir() else Path(name)
    if not (folder / "codebook.yaml").is_file():
        raise OptionError(f"no codebook {name!r}; installed are {', '.join(codebooks())}, or give a folder's path")
    path = folder / "codebook.yaml"
    data = _load_yaml(path)
    try:
        frames = tuple(
            Frame(
                str(item["id"]),
                _texts(item["name"], f"{path}: frame {item['id']}: name"),
                _texts(item["definition"], f"{path}: frame {item['id']}: definition"),
                _texts(item.get("not_when", {}), f"{path}: frame {item['id']}: not_when"),
                {str(key): tuple(str(text) for text in texts) for key, texts in (item.get("examples") or {}).items()},
                _phrases(item.get("phrases") or {}, f"{path}: frame {item['id']}: phrases"),
            )
            for item in data["frames"]
        )
        targets = tuple(
            Target(
                str(item["id"]),
                _texts(item["name"], f"{path}: target {item['id']}: name"),
                _texts(item["definition"], f"{path}: target {item['id']}: definition"),
            )
            for item in data["targets"]
        )
    except (KeyError, TypeError) as error:
        raise LexiconError(f"{path}: a frame or target lacks {error}") from error
    frame_ids = tuple(frame.id for frame in frames)
    target_ids = tuple(target.id for target in targets)
    guide = {key: value for key, value in data.items() if key not in ("id", "title", "version", "frames", "targets")}
    title = data.get("title", name)
    return Codebook(
        id=str(data.get("id", name)),
        title=str(title.get("en", name) if isinstance(title, dict) else title),
        version=str(data.get("version", "0")),
        frames=frames,
        targets=targets,
        concepts=tuple(_concepts(folder, frame_ids)),
        aliases=tuple(_aliases(folder / "targets.tsv", target_ids)),
        hints=tuple(_hints(folder / "stance.tsv", target_ids)),
        guide=guide,
        folder=folder,
    )


@lru_cache(maxsize=8)
def _claims(folder: Path) -> ClaimBook:
    path = folder / "claims.yaml"
    terms: dict[str, tuple[str, ...]] = {}
    for _, row in read_tsv(folder / "targets.tsv", _TARGET_COLUMNS):
        written = {region: _split(row[region]) for region in _REGIONS}
        terms[row["concept"]] = terms.get(row["concept"], ()) + _forms(written)
    return claim_book(_load_yaml(path), path, terms)
