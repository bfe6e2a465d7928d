"""Copies become one story, and nothing else does."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest

import narrativ
from narrativ.analyze.copies import find_copies
from narrativ.analyze.stories import too_short
from narrativ.analyze.wording import same_wording
from narrativ.errors import OptionError, TableError
from narrativ.label.boilerplate import load_boilerplate
from narrativ.label.passages import split_documents
from narrativ.read import read_text
from narrativ.run.split import split_table
from narrativ.table import to_dataframe
from narrativ.text.normalize import match_forms
from tests.conftest import CASES


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]


TEXTS: dict[str, str] = {row["id"]: row["text"] for row in _lines("story_texts.jsonl")}
PAIRS = _lines("story_pairs.jsonl")
BASE = list(dict.fromkeys(pair["a"] for pair in PAIRS if pair["same"]))

# Pinned at what was measured when the thresholds were set on the development half alone.
FLOORS = {"dev": (0.99, 0.985), "held": (0.98, 0.99)}


@pytest.fixture(scope="module")
def forms() -> dict[str, str]:
    """Each text as stories compare it: passages without boilerplate, in match form."""
    split = split_documents([read_text(text) for text in TEXTS.values()], load_boilerplate())
    return {
        name: "\n".join(form[p.start : p.end] for p in passages if p.status in ("ok", "too_short"))
        for name, (passages, form) in zip(TEXTS, split, strict=True)
    }


def together(*forms: str) -> bool:
    return len(set(find_copies(forms).group.tolist())) == 1


def table(*documents: dict[str, Any]) -> pd.DataFrame:
    """A label table of documents: `text` (paragraphs are passages), and what else is given."""
    rows = []
    for number, document in enumerate(documents):
        text = document.pop("text")
        status = document.pop("status", "ok")
        for passage, line in enumerate(text.split("\n")):
            base = {"doc_id": f"d{number}", "source": "", "title": "", "published": "", "script": "Hans"}
            rows.append(base | document | {"passage": passage, "text": line, "status": status})
    return to_dataframe(rows)


def groups(frame: pd.DataFrame) -> set[frozenset[Any]]:
    keys = frame["doc_id"] + "#" + frame["passage"].astype(str)
    return {frozenset(keys[frame["story"] == story]) for story in frame["story"].unique()}


# --- the evaluation --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", ["dev", "held"])
def test_precision_and_recall_on_pairs(half: str, forms: dict[str, str]) -> None:
    counts: Counter[tuple[bool, bool]] = Counter()
    for pair in PAIRS:
        if pair["half"] == half:
            counts[pair["same"], together(forms[pair["a"]], forms[pair["b"]])] += 1
    assert counts.total() >= 240
    assert min(counts[True, True], counts[False, False]) >= 100
    precision = counts[True, True] / (counts[True, True] + counts[False, True])
    recall = counts[True, True] / (counts[True, True] + counts[True, False])
    assert precision >= max(0.97, FLOORS[half][0])
    assert recall >= max(0.97, FLOORS[half][1])


@pytest.mark.parametrize("half", ["dev", "held"])
def test_precision_and_recall_among_all_texts(half: str, forms: dict[str, str]) -> None:
    """As in a corpus: all 772 texts at once, some of twenty versions."""
    story = dict(zip(forms, find_copies(list(forms.values())).group.tolist(), strict=True))
    counts = Counter((pair["same"], story[pair["a"]] == story[pair["b"]]) for pair in PAIRS if pair["half"] == half)
    assert counts[True, True] / (counts[True, True] + counts[False, True]) >= 0.985
    assert counts[True, True] / (counts[True, True] + counts[True, False]) >= 0.995


def test_the_halves_share_no_text() -> None:
    halves = [{pair[side] for pair in PAIRS if pair["half"] == half for side in "ab"} for half in ("dev", "held")]
    assert all(halves)
    assert not halves[0] & halves[1]


@pytest.mark.parametrize("kind", sorted({p["kind"] for p in PAIRS if not p["same"] and "two shared" not in p["kind"]}))
def test_what_must_never_merge(kind: str, forms: dict[str, str]) -> None:
    """Every kind but the hardest (half of a follow-up is the old report) is clean, bar one pair of a kind."""
    pairs = [pair for pair in PAIRS if pair["kind"] == kind]
    assert pairs
    assert sum(together(forms[pair["a"]], forms[pair["b"]]) for pair in pairs) <= (1 if len(pairs) > 10 else 0)


def test_script_does_not_matter(forms: dict[str, str]) -> None:
    import opencc

    convert = opencc.OpenCC("s2t").convert
    chosen = [pair for pair in PAIRS if not TEXTS[pair["a"]].isascii()][::7]
    assert len(chosen) > 20
    for pair in chosen:
        [other] = match_forms([convert(forms[pair["b"]])])
        assert together(forms[pair["a"]], other) == together(forms[pair["a"]], forms[pair["b"]]), pair["id"]


# --- grouping --------------------------------------------------------------------------------------------------------


def test_grouping_does_not_depend_on_order(forms: dict[str, str]) -> None:
    texts = list(forms.values())
    names = list(range(len(texts)))
    expected: set[frozenset[int]] | None = None
    for seed in range(3):
        random.Random(seed).shuffle(names)
        group = find_copies([texts[name] for name in names]).group.tolist()
        found = {frozenset(name for name, of in zip(names, group, strict=True) if of == code) for code in set(group)}
        assert expected is None or found == expected
        expected = found


def test_other_texts_change_nothing(forms: dict[str, str]) -> None:
    unrelated = [forms[name] for name in BASE[1:40:2]]
    a, b = next((p["a"], p["b"]) for p in PAIRS if p["kind"] == "heavily edited" and p["a"] == BASE[0])
    rest = [text for text in unrelated if not together(text, forms[a])]
    assert len(rest) > 10
    group = find_copies([forms[a], *rest, forms[b]]).group
    assert group[0] == group[-1]
    assert set(group[1:-1]).isdisjoint({group[0]})


def _parts() -> list[str]:
    """Eight paragraphs of different reports, some 100 characters each."""
    return [TEXTS[name].split("\n")[-1] for name in BASE if TEXTS[name].count("\n") > 2 and not TEXTS[name].isascii()][
        :8
    ]


def test_a_chain_is_not_one_story() -> None:
    """Each text keeps two thirds of the one before; the first and the last have nothing in common."""
    parts = match_forms(_parts())
    chain = ["\n".join(parts[at : at + 3]) for at in range(6)]
    assert together(chain[0], chain[1])
    group = find_copies(chain).group
    assert len(set(group)) >= 2
    for at in range(3):
        assert group[at] != group[at + 3]


def test_a_digest_does_not_join_what_it_quotes() -> None:
    parts = match_forms(_parts())
    group = find_copies([*parts, "\n".join(parts)]).group
    assert len(set(group[:-1].tolist())) == len(parts)


def test_many_copies_are_one_story() -> None:
    base = TEXTS[BASE[0]].split("\n")
    words = "今天 昨夜 编辑部 据悉 本网 转载 报道 记者 现场 综合".split()
    rng = random.Random(5)
    copies = []
    for number in range(150):
        lines = base.copy()
        lines[rng.randrange(len(lines))] += "".join(rng.sample(words, 3))
        copies.append("\n".join([f"第{number}站讯", *lines]))
    assert len(set(find_copies(match_forms(copies)).group.tolist())) == 1


@pytest.mark.parametrize(
    "text",
    [
        "国产模型真厉害，必须支持！",
        "DeepSeek is great",
        "好",
        "🚀🚀🚀",
        "https://example.org/a/very/long/address/of/some/page/that/is/no/text/at/all",
    ],
)
def test_a_slogan_is_not_a_copy_however_equal(text: str) -> None:
    assert not together(*match_forms([text, text]))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("腾跃云宣布今天起免费开放这个模型的接口", "蓝岭云宣布今天起免费开放这个模型的接口", False),
        ("这家公司的股价今天上涨了三成并且带动了板块", "这家公司的股价今天下跌了三成并且带动了板块", False),
        ("恒湾指数今天收报18420点，成交1312亿元", "恒湾指数今天收报18343点，成交1312亿元", False),
        ("I would recommend this model to the office", "I would not recommend this model to the office", False),
        ("I would recommend this model to the office", "I would recomend this model to the office", True),
        ("新模型今天在網路上開放下載，誰都可以試用", "新模型今天在网络上开放下载，谁都可以试用", True),
        ("【快讯】新模型今天开放下载，谁都可以试用", "新模型今天开放下载，谁都可以试用", True),
        ("编辑按，新模型今天开放下载，谁都可以试用", "有人说，新模型今天开放下载，谁都可以试用", True),
    ],
)
def test_short_texts_are_compared_word_by_word(one: str, other: str, same: bool) -> None:
    assert same_wording(*match_forms([one, other])) is same
    assert same_wording(*match_forms([other, one])) is same


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_row_has_a_story_and_rows_stay_as_they_are() -> None:
    copy, other = TEXTS[BASE[0]], TEXTS[BASE[3]]
    frame = table(
        {"text": copy}, {"text": other}, {"text": "转载\n" + copy}, {"text": "", "status": "error: no such file"}
    )
    result = narrativ.stories(frame)
    assert result.drop(columns="story").equals(frame)
    assert "story" not in frame.columns
    per_document = result.groupby("doc_id")["story"].unique()
    assert (per_document.map(len) == 1).all()
    assert per_document["d0"][0] == per_document["d2"][0]
    assert result["story"].nunique() == 3
    assert result["story"].str.fullmatch(r"s\d{4}").all()


def test_rows_in_another_order_give_the_same_column() -> None:
    frame = split_table([read_text(TEXTS[name], id=name) for name in list(TEXTS)[:120]])
    for unit in ("document", "passage"):
        expected = narrativ.stories(frame, unit=unit)["story"]  # type: ignore[arg-type]
        assert expected.nunique() < len(expected)
        shuffled = frame.sample(frac=1, random_state=3)
        pd.testing.assert_series_equal(narrativ.stories(shuffled, unit=unit)["story"].sort_index(), expected)  # type: ignore[arg-type]


def test_stories_are_numbered_by_date() -> None:
    frame = table(
        {"text": TEXTS[BASE[0]], "published": ""},
        {"text": TEXTS[BASE[3]], "published": "2025-02-01"},
        {"text": TEXTS[BASE[6]], "published": "2025-01-01T10:00:00+08:00"},
    )
    assert narrativ.stories(frame).groupby("doc_id")["story"].first().tolist() == ["s0003", "s0002", "s0001"]


def test_boilerplate_makes_no_two_documents_alike() -> None:
    tail = TEXTS[BASE[0]]
    frame = table({"text": TEXTS[BASE[3]]}, {"text": TEXTS[BASE[6]]})
    extra = [
        frame.iloc[0].to_dict() | {"doc_id": f"d{n}", "passage": 90, "text": tail, "status": "boilerplate"}
        for n in (0, 1)
    ]
    result = narrativ.stories(to_dataframe([*frame.to_dict("records"), *extra]))
    assert result["story"].nunique() == 2


def test_what_a_source_repeats_everywhere_is_left_out() -> None:
    footer = TEXTS[BASE[0]].split("\n")[-1]
    posts = [TEXTS[pair["b"]] for pair in PAIRS if pair["kind"] == "same event, two posts"]
    posts = [post[:50] for post in posts if not post.isascii()][:5]
    frame = table(*({"text": f"{post}\n{footer}", "source": "甲"} for post in posts))
    assert narrativ.stories(frame)["story"].nunique() == len(posts)
    nameless = table(*({"text": f"{post}\n{footer}"} for post in posts))
    assert narrativ.stories(nameless)["story"].nunique() < len(posts), "the test needs a footer longer than the posts"


def test_a_source_that_prints_an_article_again_and_again_still_copies_it() -> None:
    lines = TEXTS[BASE[0]].split("\n")
    frame = table(*({"text": "\n".join([f"第{n}次刊出，编辑略作删节", *lines]), "source": "甲"} for n in range(5)))
    assert narrativ.stories(frame)["story"].nunique() == 1


def test_passages_show_what_documents_share() -> None:
    quoted = TEXTS[BASE[0]].split("\n")[-1]
    frame = table(
        {"text": TEXTS[BASE[3]] + "\n" + quoted, "source": "甲"},
        {"text": TEXTS[BASE[6]] + "\n" + quoted, "source": "乙"},
    )
    assert narrativ.stories(frame)["story"].nunique() == 2
    by_passage = narrativ.stories(frame, unit="passage")
    assert by_passage["story"].nunique() == len(frame) - 1
    [story] = narrativ.story_table(by_passage).to_dict("records")
    assert story["passages"] == 2
    assert story["sources"] == ["甲", "乙"]
    assert "passages" in narrativ.reprints(by_passage).columns


def test_tables_one_would_rather_not_meet() -> None:
    empty = to_dataframe([])
    result = narrativ.stories(empty)
    assert list(result["story"]) == []
    assert len(narrativ.story_table(result)) == len(narrativ.reprints(result)) == 0
    odd = table({"text": TEXTS[BASE[0]]}, {"text": "a\0b"}, {"text": TEXTS[BASE[0]]})
    odd["source"] = [np.nan] * len(odd)
    odd["published"] = ["soon"] * len(odd)
    odd["title"] = None
    result = narrativ.stories(odd)
    assert result["story"].nunique() == 2
    assert narrativ.reprints(result)["unclear"].sum() == 2
    assert too_short(result) == 1


def test_wrong_calls_say_what_is_wrong() -> None:
    frame = table({"text": "x"})
    with pytest.raises(OptionError, match="no unit 'word'"):
        narrativ.stories(frame, unit="word")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="threshold is 2"):
        narrativ.stories(frame, threshold=2)
    with pytest.raises(TableError, match="no column 'published'"):
        narrativ.stories(frame.drop(columns="published"))
    with pytest.raises(TableError, match=r"make it with narrativ\.stories"):
        narrativ.reprints(frame)


# --- who was first ---------------------------------------------------------------------------------------------------


def _one_story(*dates: str, sources: str = "甲乙丙丁戊") -> pd.DataFrame:
    frame = table(*({"text": TEXTS[BASE[0]], "published": day, "source": sources[n]} for n, day in enumerate(dates)))
    return narrativ.reprints(narrativ.stories(frame)).set_index("source")


@pytest.mark.parametrize(
    ("dates", "first", "copies"),
    [
        (("2025-01-27", "2025-01-28"), "甲", "乙"),
        (("2025-01-27T10:00:00+08:00", "2025-01-27T01:59:00+00:00"), "乙", "甲"),
        (("2025-01-27", "2025-01-27"), "", ""),
        (("2025-01-27", "2025-01-27T10:00:00"), "", ""),
        (("2025-01-27T10:00:00", "2025-01-27T18:00:00+00:00"), "", ""),
        (("2025-01-27T10:00:00", "2025-01-29T18:00:00+00:00"), "甲", "乙"),
        (("2025-01-27", ""), "", ""),
        (("2025-01-27", "2025-01-28", ""), "", "乙"),
        (("2025-01-27", "2025-01-27", "2025-01-29"), "", "丙"),
        (("", ""), "", ""),
    ],
)  # fmt: skip
def test_who_was_first_as_far_as_dates_tell(dates: tuple[str, ...], first: str, copies: str) -> None:
    counts = _one_story(*dates)
    assert "".join(counts.index[counts["first"] > 0]) == first
    assert "".join(counts.index[counts["copies"] > 0]) == copies
    assert (counts["first"] + counts["copies"] + counts["unclear"] == counts["shared"]).all()


def test_a_source_that_repeats_itself_copies_no_other() -> None:
    counts = _one_story("2025-01-27", "2025-01-28", "2025-01-29", sources="甲甲乙")
    assert counts.loc["甲", ["documents", "first", "copies", "copies_of_others"]].tolist() == [2, 1, 1, 0]
    assert counts.loc["乙", ["documents", "first", "copies", "copies_of_others"]].tolist() == [1, 0, 1, 1]
    assert counts.loc["甲", "reprint_rate"] == 0.5


def test_the_table_of_stories() -> None:
    art = TEXTS[BASE[0]]
    frame = table(
        {"text": art, "published": "2025-01-28", "source": "乙", "title": "转载", "script": "Hant"},
        {"text": art + "\n完", "published": "2025-01-27", "source": "甲"},
        {"text": TEXTS[BASE[3]], "published": "2025-01-20", "source": "甲"},
    )
    found = narrativ.story_table(narrativ.stories(frame))
    [story] = found.to_dict("records")
    assert story["documents"] == 2
    assert story["sources"] == ["甲", "乙"]
    assert story["first_source"] == "甲"
    assert (story["first_published"], story["last_published"]) == ("2025-01-27", "2025-01-28")
    assert story["scripts"] == ["Hans", "Hant"]
    assert story["title"] == "转载"
    assert story["members"] == ["d1", "d0"]
    assert story["similarity"] > 0.95
    assert len(narrativ.story_table(narrativ.stories(frame), least=1)) == 2
