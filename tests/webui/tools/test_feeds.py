"""Any search as a feed: what comes, in what order, why, and when it counts as new."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from lxml import etree

from corpus import Draft, Provenance, Settings, Store
from indexer import Query, open_engine, parse, reindex
from tests.communique.test_undated import OFFICE, SEEN, id_of, made
from tests.conftest import EDITED, FIRST_EDIT, EditedSite, clients, sample_id
from webui.tools import feeds

__all__ = ["made"]
ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.data)


def entries(client: FlaskClient, address: str) -> list[Any]:
    return list(feed_of(client, address).findall(f"{ATOM}entry"))


def ids(found: list[Any]) -> list[str]:
    links = [each.find(f"{ATOM}link[@rel='alternate']").get("href") for each in found]
    return [each.partition("/releases/")[2].partition("?")[0] for each in links]


def test_a_feed_has_the_newest_hits_with_the_sentences_that_match(
    client: FlaskClient, sample_settings: Settings
) -> None:
    engine = open_engine(sample_settings)
    found = entries(client, "/search.atom?q=torture")
    hits = engine.search(Query(parse("torture").tree, sort="newest")).hits
    assert ids(found) == [hit.id for hit in hits]
    for entry, hit in zip(found, hits, strict=True):
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "html"
        soup = BeautifulSoup(content.text, "lxml")
        marks = [each.text.lower() for each in soup.select("mark")]
        assert marks
        assert all("tortur" in each for each in marks)
        assert [each.text for each in soup.select("div p")[1:]] == [
            ("… " if each.truncated_start else "")
            + each.text
            + (" …" if each.truncated_end else "")
            for each in hit.passages
        ]
        assert entry.findtext(f"{ATOM}title") == hit.title.text
        assert entry.findtext(f"{ATOM}published")[:10] == str(hit.published)
    engine.close()


def test_a_feed_keeps_to_the_filters_and_to_its_size(client: FlaskClient) -> None:
    assert len(entries(client, "/search.atom")) == feeds.SIZE
    russian = entries(client, "/search.atom?language=ru&office=sample_gpo")
    assert 0 < len(russian) < feeds.SIZE
    assert {each.split("-")[0] for each in ids(russian)} == {"sample_gpo"}
    nothing = feed_of(client, "/search.atom?q=AND")
    assert nothing.findall(f"{ATOM}entry") == []
    assert "no words" in nothing.findtext(f"{ATOM}subtitle")


def test_the_order_of_the_page_makes_no_other_feed(client: FlaskClient) -> None:
    plain = client.get("/search.atom?q=court").data
    assert client.get("/search.atom?q=court&sort=oldest&page=3").data == plain


def test_pages_of_results_name_their_feed(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/?q=court&office=sample_doj&page=2").text, "lxml")
    link = page.select_one("link[type='application/atom+xml']")
    assert link
    feed = feed_of(client, str(link["href"]))
    (own,) = feed.xpath("*[local-name()='link'][@rel='self']")
    assert own.get("href") == feed.findtext(f"{ATOM}id")
    assert own.get("href").endswith(str(link["href"]))


def test_a_feed_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    for address in ("/search.atom?q=court", "/edits.atom"):
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_feeds_speak_languages_and_keep_their_entries(client: FlaskClient) -> None:
    found = entries(client, "/ru/search.atom?q=court")
    plain = entries(client, "/search.atom?q=court")
    assert [each.findtext(f"{ATOM}id") for each in found] == [
        each.findtext(f"{ATOM}id") for each in plain
    ]


def test_only_a_new_version_makes_an_entry_new(settings: Settings, store: Store) -> None:
    engine = open_engine(settings)
    address = "/search.atom?q=Gullhaven"

    def go(site: EditedSite, client: FlaskClient) -> dict[str, tuple[str, str]]:
        site.crawl(settings, store)
        reindex(settings, store, engine)
        return {
            id_: (each.findtext(f"{ATOM}id"), each.findtext(f"{ATOM}updated"))
            for found in [entries(client, address)]
            for id_, each in zip(ids(found), found, strict=True)
        }

    with EditedSite("sample_doj") as site:
        for client in clients(settings):
            first = go(site, client)
            # The page comes otherwise, and says the same.
            site.edits = {EDITED: [("</body>", "<!-- served anew --></body>")]}
            assert go(site, client) == first
            site.edits = {EDITED: FIRST_EDIT}
            second = go(site, client)
    engine.close()
    changed = {id_ for id_ in first if first[id_] != second[id_]}
    assert changed == {sample_id(EDITED)}
    (was, before), (is_, after) = first[sample_id(EDITED)], second[sample_id(EDITED)]
    assert was == is_
    assert datetime.fromisoformat(before) < datetime.fromisoformat(after)


def test_undated_releases_stand_where_they_were_first_seen(made: Settings) -> None:
    for client in clients(made):
        found = entries(client, "/search.atom")
        times = [each.findtext(f"{ATOM}published") for each in found]
        assert times == sorted(times, reverse=True)
        by_id = dict(zip(ids(found), found, strict=True))
        for name, seen in SEEN.items():
            entry = by_id[id_of(name)]
            assert entry.findtext(f"{ATOM}published") == seen.isoformat()
            assert "date unknown" in entry.findtext(f"{ATOM}content")
        own = entries(client, f"/search.atom?office={OFFICE}")
        assert ids(own) == [
            id_of(name) for name in sorted(SEEN, key=lambda name: SEEN[name], reverse=True)
        ]
        assert len(entries(client, f"/search.atom?office={OFFICE}&year=undated")) == len(SEEN)
        assert entries(client, f"/search.atom?office={OFFICE}&since=2000") == []


def test_texts_cannot_break_a_feed_nor_its_readers(settings: Settings, store: Store) -> None:
    url = "https://www.justice.example/opa/pr/told"
    title = "Told <script>alert(1)</script> ]]> &amp; \x0b here"
    draft = Draft(title, None, ["The magistrate said <b>alert</b> & no more. \x00\ud7ff"], "en")
    seen = datetime(2026, 1, 5, tzinfo=UTC)
    found_by = Provenance(url, seen, "0" * 64, "a.warc.gz", 0, "sample_doj/pages", 1)
    with store.writing() as connection:
        store.add(connection, "sample_doj", url, draft, found_by, seen, frozenset())
    engine = open_engine(settings)
    reindex(settings, store, engine, is_full=True)
    engine.close()
    for client in clients(settings):
        found = entries(client, "/search.atom?q=alert")
        assert len(found) == 1
        assert "<script>alert(1)</script>" in found[0].findtext(f"{ATOM}title")
        content = BeautifulSoup(found[0].findtext(f"{ATOM}content"), "lxml")
        assert content.select("script") == []
        assert content.select("div b b") == []
        assert "<script>" in content.text
        assert "<b>alert</b> & no more" in content.text


def test_a_withheld_release_is_in_no_feed(sample_settings: Settings, tmp_path: Path) -> None:
    copy = replace(
        sample_settings, data=Path(shutil.copytree(sample_settings.data, tmp_path / "c"))
    )
    store = Store(copy)
    for client in clients(copy):
        (first, *_) = ids(entries(client, "/search.atom?q=torture"))
        store.withhold(first, "Order of a court")
        assert first not in client.get("/search.atom?q=torture").text
        assert len(entries(client, "/search.atom")) == feeds.SIZE
    store.close()
