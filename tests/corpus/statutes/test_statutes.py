"""Statutes: what a text cites is found under one key, whatever the punctuation."""

from __future__ import annotations

import html
import json
import random
import re
from collections import Counter
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.statutes import Cited, Mention, enclosing_keys, find_citations, find_mentions, parse_key
from corpus.statutes.codes import CODES
from corpus.statutes.wording import query_words, statute_label

TABLE = Path(__file__).parents[2] / "tables" / "statutes.tsv"
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
        actual = Counter(each.key for each in find_mentions(text, language, country))
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
        (
            "18 U.S.C. §§ 1343 and 2.",
            [Mention("us/usc/18/1343", 0, 17), Mention("us/usc/18/2", 22, 23)],
        ),
        ("по ч. 4 ст. 190 УК РК", [Mention("kz/cc/190/4", 3, 21)]),
        ("ҚК 190-бабының 4-бөлігі", [Mention("kz/cc/190/4", 0, 23)]),
    ],
)
def test_a_mention_tells_where_it_stands(text: str, cited: list[Mention]) -> None:
    assert find_mentions(text, "", "kz") == cited


ACTS = [code.key for code in CODES]
KEYS = st.one_of(
    st.builds(
        "us/usc/{}/{}{}".format,
        st.integers(1, 54),
        st.sampled_from(["1", "1343", "1028A", "78ff", "300aa-11", "2000e-2"]),
        st.sampled_from(["", "/a", "/a/1", "/c/1/A", "/b/2/B/iii"]),
    ),
    st.builds(
        "{}/{}/{}{}".format,
        st.sampled_from(["kz", "ru"]),
        st.sampled_from(ACTS),
        st.sampled_from(["5", "190", "361-1", "159.1"]),
        st.sampled_from(["", "/4", "/3/2", "/-/2"]),
    ),
)


@given(KEYS, st.sampled_from(["ru", "kk", "en", "es"]))
def test_what_is_shown_of_a_key_is_read_as_that_key(key: str, language: str) -> None:
    assert parse_key(statute_label(key, language)) == key
    assert parse_key(key) == key
    assert query_words(key, language) == f'statute:"{statute_label(key, language)}"'


@pytest.mark.parametrize(
    ("key", "language", "words"),
    [
        ("us/usc/18/1343", "en", "18 U.S.C. § 1343"),
        ("us/usc/18/924/c/1/A", "ru", "18 U.S.C. § 924(c)(1)(A)"),
        ("kz/cc/190/4", "ru", "ч. 4 ст. 190 УК РК"),
        ("kz/cc/190/4", "kk", "ҚК 190-бабы 4-бөлігі"),
        ("kz/cc/190/4", "en", "Criminal Code of Kazakhstan, art. 190(4)"),
        ("kz/cc/99/3/2", "ru", "п. 2 ч. 3 ст. 99 УК РК"),
        ("kz/cc/99/3/2", "en", "Criminal Code of Kazakhstan, art. 99(3)(2)"),
        ("kz/const/62", "ru", "ст. 62 Конституции РК"),
        ("ru/cc/228.1", "kk", "РФ ҚК 228.1-бабы"),
        ("karasu/cc/190", "en", "Criminal Code of Karasu, art. 190"),
        ("no/such/5", "en", "no/such/5"),
        ("us/usc/18", "en", "us/usc/18"),
        ("fraud", "ru", "fraud"),
        ("", "en", ""),
    ],
)
def test_a_key_is_shown_as_readers_write_it(key: str, language: str, words: str) -> None:
    assert statute_label(key, language) == words


def test_a_statute_that_no_words_would_find_is_asked_for_by_its_key() -> None:
    assert query_words("karasu/cc/190", "ru") == "statute:karasu/cc/190"


def test_paragraphs_do_not_run_into_each_other_and_codes_are_remembered() -> None:
    body = ["По ст. 193", "УПК РК подан протест по ст.", "194", "Title 18", "Section 2 of it"]
    assert find_citations("Статья 62", body, "ru", "KZ") == [
        Cited("kz/cc/62", 0, 0, 9),
        Cited("kz/cc/193", 1, 3, 10),
    ]
    body = ["Дело по УПК РК.", "Применена ст. 62."]
    assert find_citations("Протест", body, "ru", "KZ") == [Cited("kz/cpc/62", 2, 10, 16)]


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
    assert parse_key(typed) == key


def test_a_mention_is_also_found_by_what_contains_it() -> None:
    assert enclosing_keys("kz/cc/190/4") == ["kz/cc/190", "kz/cc/190/4"]
    assert enclosing_keys("us/usc/18/924/c/1") == [
        "us/usc/18/924",
        "us/usc/18/924/c",
        "us/usc/18/924/c/1",
    ]
    assert enclosing_keys("kz/cc/190") == ["kz/cc/190"]


def test_an_article_without_a_code_is_of_the_one_beside_it_or_of_the_last_one_named() -> None:
    text = "По ст. 193, ст. 194 УПК подан протест. Статья 62 не применена."
    keys = [each.key for each in find_mentions(text, "ru", "kz")]
    assert keys == ["kz/cpc/193", "kz/cpc/194", "kz/cpc/62"]


HOSTILE = [
    *("§", "18 U.S.C. 1343, ", "18 U.S.C. 1(a)", "Section 5 Title 18 ", "18 U.S.C. Section "),
    *(
        "ст. ",
        "ст. 1234 ",
        "ст. 190 УК РК ",
        "ст. 190 закон ",
        "190-бап ",
        "art. ",
        "Article 190 and ",
    ),
]


@pytest.mark.parametrize("repeated", HOSTILE)
def test_the_work_of_finding_grows_no_faster_than_the_text(repeated: str) -> None:
    def work_s(chars: int) -> float:
        text = f"18 U.S.C. 1343, ст. 1 {repeated * (chars // len(repeated))} Title 18"
        clock = process_time()
        find_mentions(text, "en", "us")
        find_mentions(text, "ru", "kz")
        return process_time() - clock

    few, many = (min(work_s(chars) for _ in range(2)) for chars in (8_000, 64_000))
    assert many < 32 * few + 0.5  # eight times the text; its square would be 64 times


def test_american_articles_are_no_statutes() -> None:
    assert find_mentions("Article 190 and Art. 5", "en", "us") == []


PIECES = "18 U.S.C. §§ 924 (c) (1) , - and Title Section ст. ч. п. 190 УК РК бап ҚК Article of"


@given(st.lists(st.sampled_from(PIECES.split()) | st.text(max_size=4), max_size=14))
def test_places_lie_in_the_text_and_keys_are_clean(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for key, start, end in find_mentions(text, "ru", "kz"):
        assert 0 <= start < end <= len(text)
        assert key in enclosing_keys(key)
        assert re.fullmatch(r"(us|kz|ru)/[a-z]+(/[\w.-]+)+", key)


def test_every_section_that_eyecite_finds_is_found() -> None:
    # No dependency: docs/statutes.md says why.
    eyecite = pytest.importorskip("eyecite", reason="eyecite is not installed")
    compared = 0
    for language, country, text, _ in sentences():
        if (language, country) != ("en", "us"):
            continue
        keys = [each.key for each in find_mentions(text, language, country)]
        for citation in eyecite.get_citations(text):
            groups = citation.groups
            if re.fullmatch(r"U\.S\.C\.|United States Code", groups.get("reporter") or ""):
                first = re.sub(r"^(\d{3,})-\d{3,}$", r"\1", groups["section"])
                section = f"us/usc/{groups['title']}/{first}"
                assert any(section in enclosing_keys(key) for key in keys), (text, section)
                compared += 1
    assert compared > 10


def test_sections_in_real_releases_are_all_read(replica: Any) -> None:
    path = replica.unpack("www.justice.gov") / "api" / "press_releases.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    bodies = [json.loads(line)["body"] or "" for line in lines]
    texts = [html.unescape(re.sub(r"<[^>]+>", " ", body)) for body in bodies]
    cited = [text for text in texts if re.search(r"U\.?\s?S\.?\s?C\b", text)]
    unread, found = list[str](), 0
    for text in random.Random(190).sample(texts, 200) + cited:
        mentions = find_mentions(text, "en", "us")
        unread += [
            text[max(0, match.start() - 40) : match.end() + 40]
            for match in NAMED.finditer(text)
            if not any(each.start <= match.start() < each.end for each in mentions)
        ]
        found += len(mentions)
    assert not unread, "\n".join(unread)
    assert found > 300
