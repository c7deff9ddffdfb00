"""Words in other languages on the results page: offered with links, never searched for unasked."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from corpus import Settings
from indexer import Query, parse
from indexer.assist.translation_suggestions import translation_suggestions
from indexer.engine.document import Document
from indexer.whoosh_engine import WhooshEngine
from tests.aligned import aligned
from tests.conftest import serve
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents
from webui import create_app


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return aligned(80)


@pytest.fixture(scope="module")
def aligned_settings(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A data folder with an index of releases in three languages; read only."""
    made = Settings(data=tmp_path_factory.mktemp("aligned"), contact="tests")
    engine = WhooshEngine(made.index, 64)
    engine.publish(engine.build(documents, 0, nothing))
    engine.close()
    return made


@pytest.fixture
def client(aligned_settings: Settings) -> FlaskClient:
    return create_app(aligned_settings).test_client()


@pytest.fixture
def engine(aligned_settings: Settings) -> Iterator[WhooshEngine]:
    opened = WhooshEngine(aligned_settings.index, 64)
    yield opened
    opened.close()


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def lines(soup: BeautifulSoup) -> list[str]:
    return [
        " ".join(each.get_text().split())
        for each in soup.select("p.translation-suggestions:not(.faint)")
    ]


def asked(soup: BeautifulSoup) -> list[list[tuple[str, str]]]:
    """What the links ask for."""
    links = soup.select("p.translation-suggestions:not(.faint) a")
    return [parse_qsl(urlsplit(str(each["href"])).query) for each in links]


def total(soup: BeautifulSoup) -> int:
    shown = soup.select_one(".total")
    return int(shown.get_text().replace(",", "")) if shown else 0


def test_a_word_is_offered_in_the_other_languages(client: FlaskClient) -> None:
    soup = page(client, "/?q=torture")
    kazakh, russian = lines(soup)
    assert kazakh.startswith("Also in Kazakh: азаптау (")
    assert russian.startswith("Also in Russian: пыт")
    assert all(each.endswith("releases)") for each in (kazakh, russian))
    assert soup.select("p.translation-suggestions a")[0]["lang"] == "kk"
    assert "not part of your search" in soup.select("p.translation-suggestions")[-1].get_text()


def test_a_link_searches_for_either_word(client: FlaskClient, documents: list[Document]) -> None:
    soup = page(client, "/?q=arson&since=2020-01-10&language=en")
    narrow = total(soup)
    [wanted, *_] = [each for each in asked(soup) if "поджог" in dict(each)["q"]]
    assert dict(wanted) == {"q": "arson OR поджог", "since": "2020-01-10"}
    [line] = [each for each in lines(soup) if "поджог" in each]
    wider = page(client, f"/?q={dict(wanted)['q']}&since=2020-01-10")
    later = [each for each in documents if each.published and str(each.published) >= "2020-01-10"]
    assert total(wider) == sum("arson" in e.title or "поджог" in e.body_text for e in later)
    assert f"поджог ({total(wider)} releases)" in line
    assert total(wider) > narrow == sum("arson" in each.title for each in later)
    assert lines(wider) == []


def test_a_word_that_no_release_of_the_language_has_is_offered_in_it(client: FlaskClient) -> None:
    soup = page(client, "/?q=arson&language=ru")
    assert soup.select_one(".nothing")
    [wanted, *_] = [each for each in asked(soup) if "поджог" in dict(each)["q"]]
    assert dict(wanted) == {"q": "arson OR поджог", "language": "ru"}
    assert total(page(client, "/?q=arson OR поджог&language=ru")) > 0


def test_each_of_two_words_is_offered(client: FlaskClient) -> None:
    found = lines(page(client, "/?q=arson Whitlock"))
    assert [each.split(":")[0] for each in found] == [
        f"“{word}” in {language}"
        for word in ("arson", "Whitlock")
        for language in ("Kazakh", "Russian")
    ]


@pytest.mark.parametrize(
    "address",
    ["/", "/?q=court", "/?q=arson&page=2", "/?q=title:arson", "/?q=%22arson%22", "/?q=-arson"],
)
def test_other_pages_offer_nothing(client: FlaskClient, address: str) -> None:
    assert lines(page(client, address)) == []


@pytest.mark.parametrize(
    "typed", ["", "arson trial court", "arson OR torture", "arso*", "ab", "2020"]
)
def test_queries_that_are_no_plain_words_have_none(engine: WhooshEngine, typed: str) -> None:
    assert translation_suggestions(typed, engine) == []


def test_every_query_that_is_offered_finds_both_words(engine: WhooshEngine) -> None:
    for word in ("smuggling", "шантаж", "бопсалау"):
        offers = translation_suggestions(word, engine)
        assert offers
        for offer in offers:
            for _, releases, query in offer.translations:
                own = engine.total(Query(parse(word).tree))
                assert engine.total(Query(parse(query).tree)) >= own + releases


def test_documents_know_the_ids_of_their_translations(sample_settings: Settings) -> None:
    declared = [each for each in sample_documents(sample_settings) if each.alternates]
    assert declared
    for each in declared:
        assert each.id in each.alternates
        assert len(each.alternates) == 3
        assert all(other.startswith(f"{each.office}-") for other in each.alternates)


def test_the_lines_fit_a_small_screen(aligned_settings: Settings, browser: Browser) -> None:
    for site in serve(aligned_settings):
        opened = browser.new_page(viewport={"width": 360, "height": 800})
        opened.goto(f"{site}/?q=torture")
        assert opened.evaluate("document.documentElement.scrollWidth") <= 360
        assert opened.locator("p.translation-suggestions").count() == 3
        opened.close()
