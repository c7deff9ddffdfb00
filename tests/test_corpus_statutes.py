"""Statutes: what a text cites is found under one key, whatever the punctuation."""

from __future__ import annotations

import html
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.statutes import Mention, read, statutes, wider

TABLE = Path(__file__).parent / "tables" / "statutes.tsv"
# Texts that cite no section after the title: a heading of a table, the Code as a whole.
NAMED = re.compile(r"\b\d{1,2},?\s*U\.?\s?S\.?\s?C\.?[\s§\ufffd]*(?:Sec\w*\.?\s*)?\d")


def sentences() -> list[tuple[str, str, str, Counter[str]]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [
        (language, country, text, Counter(keys.split())) for language, country, text, keys in rows
    ]


def test_mentions_of_the_table_are_found_and_little_else() -> None:
    right = found = expected = 0
    for language, country, text, keys in sentences():
        actual = Counter(each.key for each in statutes(text, language, country))
        right += (actual & keys).total()
        found += actual.total()
        expected += keys.total()
    assert expected >= 200
    assert right / found >= 0.95, (right, found)
    assert right / expected >= 0.95, (right, expected)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("See 18 U.S.C. § 1343.", [Mention("us/usc/18/1343", 4, 20)]),
        ("по ч. 4 ст. 190 УК РК", [Mention("kz/cc/190/4", 3, 21)]),
        ("ҚК 190-бабының 4-бөлігі", [Mention("kz/cc/190/4", 0, 23)]),
    ],
)
def test_a_mention_tells_where_it_stands(text: str, cited: list[Mention]) -> None:
    assert statutes(text, "", "kz") == cited


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("18 usc 1343", "us/usc/18/1343"),
        ("18 U.S.C. § 924(c)(1)(A)", "us/usc/18/924/c/1/A"),
        ("Title 18, United States Code, Section 1343", "us/usc/18/1343"),
        ("ч.4 ст.190 УК РК", "kz/cc/190/4"),
        ("ч 4 ст 190 ук", "kz/cc/190/4"),
        ("ст. 190", "kz/cc/190"),
        ("190-бап", "kz/cc/190"),
        ("Article 190 of the Criminal Code", "kz/cc/190"),
        ("ст. 228.1 УК РФ", "ru/cc/228.1"),
        ("УПК ст. 5", "kz/cpc/5"),
        ("torture", None),
        ("", None),
        ("18 U.S.C. § 1343 fraud", None),
        ("190", None),
    ],
)
def test_a_query_that_is_a_statute_is_read_as_one(typed: str, key: str | None) -> None:
    assert read(typed) == key


def test_a_mention_is_also_found_by_what_contains_it() -> None:
    assert wider("kz/cc/190/4") == ["kz/cc/190", "kz/cc/190/4"]
    assert wider("us/usc/18/924/c/1") == [
        "us/usc/18/924",
        "us/usc/18/924/c",
        "us/usc/18/924/c/1",
    ]
    assert wider("kz/cc/190") == ["kz/cc/190"]


def test_an_article_without_a_code_is_of_the_one_beside_it_or_of_the_last_one_named() -> None:
    text = "По ст. 193, ст. 194 УПК подан протест. Статья 62 не применена."
    keys = [each.key for each in statutes(text, "ru", "kz")]
    assert keys == ["kz/cpc/193", "kz/cpc/194", "kz/cpc/62"]


def test_american_articles_are_no_statutes() -> None:
    assert statutes("Article 190 and Art. 5", "en", "us") == []


PIECES = "18 U.S.C. §§ 924 (c) (1) , - and Title Section ст. ч. п. 190 УК РК бап ҚК Article of"


@given(st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=4), max_size=14))
def test_places_lie_in_the_text_and_keys_are_clean(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for key, start, end in statutes(text, "ru", "kz"):
        assert 0 <= start < end <= len(text)
        assert key in wider(key)
        assert re.fullmatch(r"(us|kz|ru)/[a-z]+(/[\w.-]+)+", key)


def test_every_section_that_eyecite_finds_is_found() -> None:
    # No dependency: ten times as slow, 130 MB, and one of its own installs a package named tests.
    eyecite = pytest.importorskip("eyecite", reason="eyecite is not installed")
    compared = 0
    for language, country, text, _ in sentences():
        if (language, country) != ("en", "us"):
            continue
        keys = [each.key for each in statutes(text, language, country)]
        for citation in eyecite.get_citations(text):
            groups = citation.groups
            if re.fullmatch(r"U\.S\.C\.|United States Code", groups.get("reporter") or ""):
                first = re.sub(r"^(\d{3,})-\d{3,}$", r"\1", groups["section"])
                section = f"us/usc/{groups['title']}/{first}"
                assert any(section in wider(key) for key in keys), (text, section)
                compared += 1
    assert compared > 10


def test_sections_in_real_releases_are_all_read(replica: Any) -> None:
    path = replica.unpack("www.justice.gov") / "api" / "press_releases.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    bodies = [json.loads(line)["body"] or "" for line in lines]
    texts = [html.unescape(re.sub(r"<[^>]+>", " ", body)) for body in bodies]
    cited = [text for text in texts if re.search(r"U\.?\s?S\.?\s?C\b", text)]
    for text in random.Random(190).sample(texts, 200) + cited:
        mentions = statutes(text, "en", "us")
        for match in NAMED.finditer(text):
            around = text[max(0, match.start() - 40) : match.end() + 40]
            assert any(each.start <= match.start() < each.end for each in mentions), around
