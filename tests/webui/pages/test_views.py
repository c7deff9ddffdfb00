"""Views as functions of what they need: no request, no client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from corpus import Settings, Store
from indexer import Engine, open_engine
from tests.conftest import EDITED, sample_id
from webui.pages.release import release_page
from webui.pages.search import search_page
from webui.tools.concordance import ConcordanceOptions, concordance_page
from webui.view.search_state import SearchState


@pytest.fixture
def engine(changed_settings: Settings) -> Iterator[Engine]:
    opened = open_engine(changed_settings)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _app(changed_app: Flask) -> Iterator[None]:
    """Addresses are those of an app."""
    with changed_app.test_request_context():
        yield


def test_the_search_page_tells_what_was_found(
    changed_store: Store, engine: Engine, changed_settings: Settings
) -> None:
    page = search_page(SearchState(words="court"), changed_store, engine, changed_settings)
    assert page.results.total > 0
    assert page.zero_results is None
    assert page.pager["page"] == page.first == 1
    nothing = search_page(SearchState(words="zzzz"), changed_store, engine, changed_settings)
    assert (nothing.results.total, nothing.results.hits) == (0, ())
    assert nothing.zero_results is not None


def test_a_release_page_has_the_release_with_its_versions(
    changed_store: Store, engine: Engine, changed_settings: Settings
) -> None:
    release = changed_store.get(sample_id(EDITED))
    assert release
    page = release_page(release, SearchState(), changed_store, engine, changed_settings)
    assert page.release is release
    assert [each.number for each in page.versions] == [1, 2, 3]


def test_a_concordance_page_ends_where_its_mentions_do(
    changed_store: Store, engine: Engine, changed_settings: Settings
) -> None:
    asked = ConcordanceOptions(SearchState(words="court", page=9999), "left", None)
    page = concordance_page(asked, changed_store, engine, changed_settings)
    assert (page.lines, page.next) == ([], None)
    assert page.found.total > 0
    assert page.previous == page.last_link
