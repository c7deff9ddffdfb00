"""What people type, and the releases that it finds, in both engines. All of them are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from corpus import Settings
from corpus.release import release_id
from indexer import Engine, Query, open_engine, parse
from indexer.engine.document import Document
from tests.engines import ENGINES, placed

ADDRESS = "https://www.justice.gov/opa/pr/halden-baker-sentenced"
TEXTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # Id: the language, the title, the body.
    "baker": ("en", "Halden baker sentenced", ("A baker hid tax from Halden.", "Fraud was told.")),
    "near": ("en", "Wire", ("The fraud that he planned was on a tax return of the bank.",)),
    "far": ("en", "Bank", ("Fraud is one of the many counts of which the jury heard, as is tax.",)),
    "crossed": ("en", "Notes", ("The first count is tax", "fraud is the second count")),
    "conspirator": ("en", "Co-conspirator", ("His co-conspirators ill-treated U.S. officers.",)),
    "docket": ("en", "Case", ("See United States v. Orlo, 1:17-cr-00123-JSR, and 18-cv-7.",)),
    "padded": ("en", "Other case", ("See 17 Cr. 0123 (ABC).",)),
    "numbers": ("en", "Notice", ("It follows release 16-123 of last week.",)),
    "brien": ("en", "Names", ("O‘Brien and D’Arlo met Sex offenders.",)),
    "secs": ("en", "Clocks", ("It took SECs and PECs.",)),
    "japanese": ("ja", "発表", ("最高検察庁は本日発表した。東京地方検察官。",)),
    "chinese": ("zh", "公告", ("最高人民检察院今天宣布。", "院长到场")),
    "khmer": ("km", "ដំណឹង", ("ព្រះរាជអាជ្ញាបានប្រកាស",)),
    "thai": ("th", "ข่าว", ("อัยการสูงสุดแถลงข่าว",)),
    "hindi": ("hi", "समाचार", ("यह हिन्दी में लिखा है",)),
    "hinadi": ("hi", "और", ("यह हिनादि है",)),
    "arabic": ("ar", "بيان", ("أعلنت النِّيَابَةُ العامة",)),
    "hebrew": ("he", "הודעה", ("שָׁלוֹם רב",)),
    "mixed": ("ru", "Cуд", ("Kaзахстан и cуд в Aстане.",)),
    "whole": ("en", "Whole", ("A scheme of fr\u0430ud was found.",)),
}


def made(name: str, number: str | None = None) -> Document:
    """A document of an invented text."""
    language, title, body = TEXTS[name]
    return Document(
        name, "us_doj", "us", language, date(2016, 3, 1), ADDRESS, title, body, (), (), number, None
    )


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    opened = open_engine(placed(request, Settings(data=tmp_path_factory.mktemp("typed"))))
    numbers = {"near": "16-123", "far": "16 - 045", "whole": "2017-9-AG"}
    documents = [made(name, numbers.get(name)) for name in TEXTS if name != "baker"]
    at_address = replace(made("baker"), id=release_id("us_doj", ADDRESS))
    opened.publish(opened.build([at_address, *documents], 1, lambda done: None))
    yield opened
    opened.drop(opened.builds()[0])
    opened.close()


def found(engine: Engine, typed: str) -> list[str]:
    """The names of what a query finds, in its order."""
    baker = release_id("us_doj", ADDRESS)
    hits = engine.search(Query(parse(typed).tree, size=50)).hits
    return ["baker" if hit.id == baker else hit.id for hit in hits]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Was it a baker? Halden?", "baker"),
        ("baker?", "baker"),
        ("fraud || conspirator", "baker near far crossed whole conspirator"),
        ("fraud !tax", "whole"),
        ("fraud –tax", "whole"),
        ('"tax return"~0', "near"),
        ("title: bank", "far"),
        ("date:201*", " ".join(TEXTS)),
        ("date:2017-0*", ""),
        # Patterns inside compounds and phrases.
        ("co-conspir*", "conspirator"),
        ("co-consp?rators", "conspirator"),
        ("ill-treat*", "conspirator"),
        ("ill-treatid~", "conspirator"),
        ("U.S.*", "conspirator"),
        ('"tax ret*"', "near"),
        ('"tax re*n"', "near"),
        ('"planned ret*"~6', "near"),
        ('"ret* planned"~6', ""),
        ("co-bak*", ""),
        # Proximity, in any order, within a paragraph.
        ("fraud NEAR/5 tax", ""),
        ("fraud NEAR/8 tax", "near"),
        ("tax w/8 fraud", "near"),
        ("fraud NEAR/20 tax", "near far"),
        ("fraud /p tax", "near far"),
        ("tax NEAR/1 fraud", ""),
        ("tax PRE/99 fraud", ""),
        ("fraud pre/8 tax", "near"),
        ('"tax return" NEAR/4 (bank OR court)', "near"),
        ('"tax return" NEAR/6 "the fraud"', ""),
        ('"tax return" NEAR/7 "the fraud"', "near"),
        ("fraud NEAR/8 tax NEAR/4 bank", "near"),
        ("fraud NEAR/8 tax NEAR/3 bank", ""),
        ("fra* NEAR/20 tax", "near far"),
        ("fraud NEAR/9 fraud*", ""),
        ("count* NEAR/3 count*", ""),
        ("(co-conspir*) NEAR/2 ill-treat*", "conspirator"),
        ("fraud NEAR/20 tax NOT jury", "near"),
        # No phrase reaches into the next paragraph.
        ('"tax fraud"', ""),
        ('"tax fraud"~9', ""),
        ('"halden fraud"', ""),
        ("tax-fraud", ""),
        # Addresses, numbers and dockets.
        (ADDRESS, "baker"),
        (ADDRESS.removeprefix("https://"), "baker"),
        (f"{ADDRESS}?utm_source=mail.", "baker"),
        ("16-123", "near numbers"),
        ("#16-123", "near numbers"),
        ("16-045", "far"),
        ("number:16-045", "far"),
        ("17-cr-123", "docket padded"),
        ("1:17-cr-00123-JSR-ABC", "docket padded"),
        ("2:17-CR-0123", "docket padded"),
        ("18-cv-00007", "docket"),
        ("17-cr-1230", ""),
        # Invisible characters, quotation marks for apostrophes, letters of another script.
        ("ba\u00adker", "baker"),
        ("ba\u200bker", "baker"),
        ("O'Brien", "brien"),
        ("o’brien", "brien"),
        ("d‘arlo", "brien"),
        ("fraud scheme", "whole"),
        ("fr\u0430ud scheme", "whole"),
        ("суд", "mixed"),
        ("Казахстан", "mixed"),
        ("астане", "mixed"),
        # Acronyms in the plural are no names.
        ("sex", "brien"),
        ("pecs", "secs"),
        ("peks", ""),
        # Scripts without spaces, vowel signs and points.
        ("検察", "japanese"),
        ("検察庁", "japanese"),
        ("検庁", ""),
        ('"東京地方"', "japanese"),
        ("検", "japanese"),
        ("检察院", "chinese"),
        ("院", "chinese"),
        ("宣布院长", ""),  # not over the border of paragraphs
        ("人民 宣布", "chinese"),
        ("人民宣布", ""),
        ("อัยการ", "thai"),
        ("สูงสุด", "thai"),
        ("សុំ", ""),
        ("អាជ្ញា", "khmer"),
        ("हिन्दी", "hindi"),
        ("हिनादि", "hinadi"),
        ("हिन", ""),
        ("النيابة", "arabic"),
        ("النِّيَابَةُ", "arabic"),
        ("النـــيابة", "arabic"),
        ("שלום", "hebrew"),
        ("שָׁלוֹם", "hebrew"),
    ],
)
def test_a_query_finds(engine: Engine, typed: str, names: str) -> None:
    assert sorted(found(engine, typed)) == sorted(names.split())


@pytest.mark.parametrize("typed", ["16-123", ADDRESS, "17-cr-123"])
def test_what_is_named_comes_first(engine: Engine, typed: str) -> None:
    first = {"16-123": "near", ADDRESS: "baker", "17-cr-123": "docket"}[typed]
    assert found(engine, typed)[0] in (first, "padded")


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("fraud NEAR/8 tax", "all forms of “fraud” within 8 words of all forms of “tax”"),
        ("fraud /p tax", "all forms of “fraud” in the same paragraph as all forms of “tax”"),
        ("co-conspir*", "“co”, then words beginning with “conspir”"),
        ('"planned ret*"~6', "“planned”, then within 6 words words beginning with “ret”"),
    ],
)
def test_a_proximity_is_explained(engine: Engine, typed: str, label: str) -> None:
    explanation = engine.search(Query(parse(typed).tree, is_explained=True)).explanation
    assert explanation is not None
    assert explanation.label == label


@pytest.mark.parametrize(
    ("typed", "keywords", "marked"),
    [
        ("fraud NEAR/8 tax", ["fraud that he planned was on a tax"], ["fraud", "tax"]),
        ('"tax ret*"', ["tax return"], ["tax return"]),
        ("co-conspir*", ["co-conspirators"], ["co", "conspirators"]),
        ("検察", ["検察", "検察"], ["検察", "検察"]),
        ('"tax fraud"~9', [], []),
    ],
)
def test_mentions_and_marks_are_where_a_query_matches(
    engine: Engine, typed: str, keywords: list[str], marked: list[str]
) -> None:
    query = Query(parse(typed).tree)
    assert [line.keyword for line in engine.occurrences(query).mentions] == keywords
    hits = engine.search(query).hits
    parts = [part for hit in hits for passage in hit.passages for part in passage.parts]
    assert [words for words, is_marked in parts if is_marked] == marked
