"""Why a query finds nothing, and what would find something, in both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from corpus import Settings
from corpus.release import release_id
from indexer import Engine, Filters, Query, open_engine, parse
from indexer.assist.no_results import ZeroResultAdvice, advise_on_no_results
from indexer.engine.document import Document
from tests.engines import ENGINES, placed

ADDRESS = "https://www.justice.gov/opa/pr/halden-baker-sentenced"
TEXTS = {
    "one": ("en", date(2014, 3, 1), "Halden baker sentenced for tax fraud and bribery."),
    "two": ("en", date(2015, 5, 2), "A tax fraud of 5,000 dollars; see 17-cr-124."),
    "three": ("en", date(2016, 7, 3), "Bribery of an officer in Aldania, a pretrial matter."),
    "four": ("ru", date(2016, 8, 4), "Взятка и пытки, суд."),
    "five": ("en", None, "An undated note on tax and the baker."),
}


def made(name: str) -> Document:
    """A document of an invented text."""
    language, day, text = TEXTS[name]
    id_ = release_id("us_doj", ADDRESS) if name == "one" else name
    number = "16-124" if name == "two" else None
    return Document(
        id_, "us_doj", "us", language, day, ADDRESS, "Notice", (text,), (), (), number, None
    )


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    opened = open_engine(placed(request, Settings(data=tmp_path_factory.mktemp("nothing"))))
    opened.publish(opened.build(map(made, TEXTS), 1, lambda done: None))
    yield opened
    opened.drop(opened.builds()[0])
    opened.close()


def advised(engine: Engine, typed: str, filters: Filters | None = None) -> ZeroResultAdvice:
    """The advice on a query that finds nothing."""
    parsed = parse(typed, attested=engine.attested)
    query = Query(parsed.tree, filters or Filters(), some=parsed.some)
    assert not engine.total(query)
    return advise_on_no_results(typed, query, engine, match_scripts=parsed.match_scripts)


def relaxed(advice: ZeroResultAdvice) -> dict[str, tuple[str, ...]]:
    """The queries that are offered, with what each leaves out or replaces."""
    return {each.query: each.left_out or (each.instead_of,) for each in advice.relaxed_queries}


@pytest.mark.parametrize(
    ("typed", "missing", "offered"),
    [
        # Dates are one clause.
        ("xylem bribery in 2014", "xylem", {"bribery in 2014": ("xylem",)}),
        ("since 2015 xylem bribery", "xylem", {"since 2015 bribery": ("xylem",)}),
        (
            "xylem bribery between 2014 and 2015",
            "xylem",
            {"bribery between 2014 and 2015": ("xylem",)},
        ),
        ("tax bribery December 2012", "December 2012", {"tax bribery": ("December 2012",)}),
        ("xylem tax fraud 2014", "xylem", {"tax fraud in 2014": ("xylem",)}),
        # So are alternatives, a field with its value, ranges and grouped digits.
        ("xylem | zither bribery", "xylem OR zither", {"bribery": ("xylem OR zither",)}),
        ("xylem|zither bribery", "xylem OR zither", {"bribery": ("xylem OR zither",)}),
        ("title: xylem bribery", "title:xylem", {"bribery": ("title:xylem",)}),
        (
            "statute:18 U.S.C. 1343 bribery",
            'statute:"18 U.S.C. 1343"',
            {"bribery": ('statute:"18 U.S.C. 1343"',)},
        ),
        (
            "date:[2019 TO 2020] bribery",
            "date:[2019 TO 2020]",
            {"bribery": ("date:[2019 TO 2020]",)},
        ),
        ("xylem tax 5 000", "xylem", {"tax 5,000": ("xylem",)}),
        ("xylem w/5 tax bribery", "xylem NEAR/5 tax", {"bribery": ("xylem NEAR/5 tax",)}),
        # What is like an identifier, too.
        (
            f"{ADDRESS}-twice",
            f"{ADDRESS}-twice",
            {},
        ),
        (
            "https://www.justice.gov/opa/pr/baker-halden.html",
            "https://www.justice.gov/opa/pr/baker-halden.html",
            {"baker halden": ("https://www.justice.gov/opa/pr/baker-halden.html",)},
        ),
        ("16-127", "16-127", {"number:16-12*": ("16-127",)}),
        ("17-cr-00129", "17-cr-00129", {"(17-cr-12* OR 17-cr-0012*)": ("17-cr-00129",)}),
        (
            "tax 16-127",
            "16-127",
            {"tax number:16-12*": ("16-127",), "tax": ("16-127",)},
        ),
    ],
)
def test_clauses_are_kept_whole(
    engine: Engine, typed: str, missing: str, offered: dict[str, tuple[str, ...]]
) -> None:
    advice = advised(engine, typed)
    assert [part.clause for part in advice.missing_clauses] == [missing]
    found = relaxed(advice)
    assert offered.items() <= found.items()
    assert found == offered or not offered


ASKED = [
    "xylem bribery in 2014",
    "tax bribery December 2012",
    "xylem tax fraud 2014",
    "xylem | zither bribery",
    '"fraud tax" bribery',
    "tax fraud Aldania",
    "fraud NOT tax",
    "17-cr-00129 fraud",
    "16-127",
    "https://www.justice.gov/opa/pr/baker-halden",
    "pre-trial fraud",
    "Kozhasharov tax script:exact",
    "(tax OR xylem) (zither OR yurt) court",
    "взятка пытки tax",
    " ".join(f"word{number}" for number in range(60)) + " tax",
    "tax fraud bribery officer matter note",
]


@pytest.mark.parametrize("typed", ASKED)
@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(since=date(2014, 1, 1), language=("en",)),
        Filters(year=("2016",), office=("us_doj",), until=date(2016, 12, 31)),
    ],
)
def test_every_count_is_that_of_the_page_that_its_link_leads_to(
    engine: Engine, typed: str, filters: Filters
) -> None:
    advice = advised(engine, typed, filters)

    def page(words: str, narrowed: Filters) -> tuple[int, int]:
        parsed = parse(words, narrowed.language, attested=engine.attested)
        found = engine.search(Query(parsed.tree, narrowed, some=parsed.some))
        return found.total, found.total_some

    for each in advice.relaxed_queries:
        total, total_some = page(each.query, filters)
        assert total == each.total, each
        assert each.total_some in (0, total_some)
        assert total + each.total_some
    for part in advice.missing_clauses:
        assert page(part.clause, Filters())[0] == part.total
        assert page(part.clause, filters)[0] == 0
    assert page(typed, Filters())[0] == advice.unfiltered or filters == Filters()
    changes: dict[str, dict[str, Any]] = {"days": {"since": None, "until": None}}
    for name, total in advice.filters:
        assert page(typed, replace(filters, **changes.get(name, {name: ()})))[0] == total


@pytest.mark.parametrize("typed", ASKED)
def test_few_questions_are_asked_whatever_the_clauses(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    asked: list[str] = []

    def counted(name: str) -> None:
        question = getattr(engine, name)

        def ask(*args: Any, **named: Any) -> Any:
            asked.append(name)
            return question(*args, **named)

        monkeypatch.setattr(engine, name, ask)

    parsed = parse(typed, attested=engine.attested)
    query = Query(parsed.tree, Filters(language=("en",), since=date(2012, 1, 1)), some=parsed.some)
    for name in ("search", "total", "totals", "attested", "scan", "spell_suggest"):
        counted(name)
    advice = advise_on_no_results(typed, query, engine)
    assert len(asked) <= 12
    assert advice.missing_clauses or advice.relaxed_queries or advice.unfiltered


def test_of_many_clauses_each_is_looked_at(engine: Engine) -> None:
    typed = " ".join(f"word{number}" for number in range(30)) + " tax"
    advice = advised(engine, typed)
    assert len(advice.missing_clauses) == 30
    assert [each.query for each in advice.relaxed_queries] == ["tax"]


def test_totals_are_those_of_each_query(engine: Engine) -> None:
    words = ("tax", "fraud tax", "xylem", "Kozhasharov", "-tax", "tax OR xylem", "tax", "")
    queries = [Query(parse(each).tree) for each in words]
    queries += [replace(each, filters=Filters(year=("2014",))) for each in queries]
    assert engine.totals(queries) == [engine.total(each) for each in queries]
    assert engine.totals([]) == []
