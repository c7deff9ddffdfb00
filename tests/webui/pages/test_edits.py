"""What the catalog knows over time, on pages: differences, ledger, feed, history, filters."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import insert

from corpus import Settings, Store
from corpus.catalog.versioning import add_event
from corpus.database import tables
from corpus.release import sha256
from tests.conftest import BACK, COPIED, COPY, EDITED, GONE, clients, crawl_sample, sample_id
from tests.statements import sent
from webui.pages.edits import SIZE
from webui.view.charts import month_chart

ATOM = "{http://www.w3.org/2005/Atom}"
REASON = "Order of a court of 12 March"


@pytest.fixture
def client(changed_client: FlaskClient) -> FlaskClient:
    return changed_client


@pytest.fixture
def own(changed_settings: Settings, tmp_path: Path) -> Iterator[tuple[FlaskClient, Store]]:
    """Pages over a copy that a test may change."""
    copy = shutil.copytree(changed_settings.data, tmp_path / "copy")
    settings = replace(changed_settings, data=Path(copy))
    store = Store(settings)
    for client in clients(settings):
        yield client, store
    store.close()


def soup_of(client: FlaskClient, url: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "lxml")


def words(found: Tag | None) -> str:
    assert found
    return " ".join(found.get_text().split())


def page(path: str) -> str:
    return f"/releases/{sample_id(path)}"


# differences


def texts(soup: BeautifulSoup, without: str) -> list[str]:
    """The text of one side: the paragraphs without what the other side alone has."""
    found = []
    for paragraph in soup.select(".text p"):
        for each in paragraph.select(without):
            each.decompose()
        found.append(paragraph.get_text())
    return [each for each in found if each]


def test_any_two_versions_can_be_read_from_their_differences(
    client: FlaskClient, changed_store: Store
) -> None:
    versions = changed_store.versions(sample_id(EDITED))
    assert [each.number for each in versions] == [1, 2, 3]
    for one, two in combinations(versions, 2):
        for old, new in ((one, two), (two, one)):
            url = f"{page(EDITED)}/differences?from={old.number}&to={new.number}"
            assert texts(soup_of(client, url), "ins") == list(old.body)
            assert texts(soup_of(client, url), "del") == list(new.body)


def test_differences_tell_words_facts_and_fold_what_is_the_same(client: FlaskClient) -> None:
    soup = soup_of(client, f"{page(EDITED)}/differences?from=1&to=3")
    edits = [(each.name, each.get_text()) for each in soup.select(".differing del, .differing ins")]
    assert edits == [
        ("del", "Torturing"),
        ("ins", "Mistreating"),
        ("del", "Human Rights"),
        ("ins", "Appeals"),
    ]
    assert [each.get_text() for each in soup.select(".text del")] == [
        "seven",
        " named Aurelio Monk",
    ]
    assert [each.get_text() for each in soup.select(".text ins")] == [
        "five",
        "The verdict was set aside on appeal.",
    ]
    assert words(soup.select_one("details summary")) == "2 paragraphs unchanged"
    assert not soup.select("details ins, details del")


def test_without_numbers_the_newest_version_is_compared_with_the_one_before(
    client: FlaskClient,
) -> None:
    bare = soup_of(client, f"{page(EDITED)}/differences")
    named = soup_of(client, f"{page(EDITED)}/differences?from=2&to=3")
    assert words(bare.select_one("main")) == words(named.select_one("main"))
    alone = soup_of(client, f"{page(GONE)}/differences")
    assert "No changes between these two versions." in words(alone.select_one("main"))


@pytest.mark.parametrize("asked", ["from=9", "to=0", "from=1&to=x", "to=%00", "from=-1"])
def test_a_version_that_is_not_there_is_404(client: FlaskClient, asked: str) -> None:
    assert soup_of(client, f"{page(EDITED)}/differences?{asked}", 404)
    assert soup_of(client, "/releases/none-0/differences", 404)
    assert soup_of(client, f"{page(EDITED)}/response?version=9", 404)


def test_every_version_s_response_is_a_download_with_its_digest(
    client: FlaskClient, changed_store: Store
) -> None:
    soup = soup_of(client, page(EDITED))
    links = [str(each["href"]) for each in soup.select(".history a[download]")]
    versions = changed_store.versions(sample_id(EDITED))
    assert len(links) == len(versions) == 3
    for link, version in zip(links, versions, strict=True):
        answer = client.get(link)
        assert sha256(answer.data) == version.provenance.sha256
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert f"-version-{version.number}.html" in answer.headers["Content-Disposition"]
        assert version.provenance.sha256 in words(soup.select_one(".history"))


# the release page


def test_a_release_tells_its_history(client: FlaskClient) -> None:
    soup = soup_of(client, page(EDITED))
    assert [words(each) for each in soup.select(".history .kind")] == [
        "First collected",
        "Edited",
        "Edited",
    ]
    told = words(soup.select_one(".history"))
    assert "Changes from version 1: title, text" in told
    assert "Changes from version 2: text, topics" in told
    [note] = soup.select("article .note")
    assert words(note).startswith("Edited 2 times since first collected")
    link = note.select_one("a")
    assert link
    assert soup_of(client, str(link["href"])).select("ins")


def test_a_release_tells_that_it_is_gone_or_back(client: FlaskClient, changed_store: Store) -> None:
    release = changed_store.get(sample_id(GONE))
    assert release
    assert release.gone_since
    soup = soup_of(client, page(GONE))
    stamp = f"{release.gone_since:%Y-%m-%d %H:%M:%S} UTC"
    assert words(soup.select_one(".note")).startswith(
        f"Removed from the office’s website (noticed {stamp}"
    )
    assert list(release.body) == [each.get_text() for each in soup.select(".text p[id]")]
    back = soup_of(client, page(BACK))
    assert words(back.select_one(".note")).startswith("Restored to the office’s website (noticed")
    assert [words(each) for each in back.select(".history .kind")] == [
        "First collected",
        "Removed",
        "Restored",
    ]
    assert not soup_of(client, page(COPY)).select(".note, .history")


@pytest.mark.parametrize(("one", "other"), [(COPY, COPIED), (COPIED, COPY)])
def test_copies_lead_to_each_other_and_are_marked_among_hits(
    client: FlaskClient, one: str, other: str
) -> None:
    links = soup_of(client, page(one)).select("section[aria-labelledby=copies] a")
    assert [link["href"] for link in links] == [page(other)]
    assert page(other) not in [
        a["href"] for a in soup_of(client, page(one)).select(".similar:last-child a")
    ]
    hits = soup_of(client, "/?q=mosque+arson&copies=all").select(".hits li")
    marked = {str(hit.select_one("h2 a")["href"]).partition("?")[0]: words(hit) for hit in hits}  # type: ignore[index]
    assert "1 near-duplicate" in marked[page(one)]


# the ledger


def test_the_ledger_page_shows_what_the_ledger_holds(
    client: FlaskClient, changed_store: Store
) -> None:
    soup = soup_of(client, "/edits")
    shown = [
        (words(e.select_one(".kind")), words(e.select_one("h2"))) for e in soup.select(".hits li")
    ]
    kinds = {"changed": "Edited", "gone": "Removed", "back": "Restored"}
    assert shown == [(kinds[e.kind], e.title) for e in changed_store.ledger()]
    assert len(shown) == 5
    first = soup.select_one(".told a")
    assert first
    assert soup_of(client, str(first["href"])).select("ins")


def test_every_count_of_the_ledger_is_what_clicking_it_gives(client: FlaskClient) -> None:
    for start in ("/edits", "/edits?kind=gone", "/edits?office=sample_doj&kind=changed"):
        links = soup_of(client, start).select(".filters li a")
        assert len(links) == 6
        for link in links:
            number = link.select_one(".count")
            assert number
            shown = soup_of(client, str(link["href"])).select(".hits li")
            assert len(shown) == int(number.get_text())
    assert not soup_of(client, "/edits?office=nobody").select(".hits li")


@pytest.mark.parametrize("asked", ["before=x", "before=-1", "before=99999999999", "kind=new"])
def test_strange_arguments_of_the_ledger_are_no_error(client: FlaskClient, asked: str) -> None:
    assert len(soup_of(client, f"/edits?{asked}").select(".hits li")) == 5


def test_pages_of_the_ledger_neither_skip_nor_repeat(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    [entry] = store.ledger(size=1)
    with store.writing() as connection:
        for _ in range(2 * SIZE - 3):
            add_event(connection, entry.id, entry.office, "back", datetime.now(UTC), entry.version)
    seen, url = 0, "/edits"
    pages = 0
    while url:
        soup = soup_of(client, url)
        seen, pages = seen + len(soup.select(".hits li")), pages + 1
        older = soup.select_one("a[rel=next]")
        url = str(older["href"]) if older else ""
    assert (seen, pages) == (2 * SIZE + 2, 3)
    newest = soup.select_one(".pager a")
    assert newest
    assert newest["href"] == "/edits"


def number_sent(client: FlaskClient, url: str) -> int:
    """How many statements the catalog is sent for a page that was asked for before."""
    store, _ = client.application.extensions["communique"]
    client.get(url)
    with sent(store) as statements:
        assert client.get(url).status_code == 200
    return len(statements)


@pytest.mark.parametrize("url", ["/edits", "/edits.atom"])
def test_many_changes_take_no_more_statements_than_few(
    own: tuple[FlaskClient, Store], url: str
) -> None:
    client, store = own
    few = number_sent(client, url)
    with store.writing() as connection:
        for each in [*store.releases()][:20]:
            add_event(connection, each.id, each.office, "changed", datetime.now(UTC), each.version)
    assert number_sent(client, url) == few


def test_many_copies_take_no_more_statements_than_one(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    few = number_sent(client, page(COPIED))
    others = {each.id for each in store.releases()} - {sample_id(COPIED), sample_id(COPY)}
    with store.writing() as connection:
        for other in others:
            row = {"release": sample_id(COPIED), "other": other, "likeness": 0.95}
            connection.execute(insert(tables.copy), row)
    assert number_sent(client, page(COPIED)) == few


# the feed


def entries(client: FlaskClient, url: str) -> list[etree._Element]:
    answer = client.get(url)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(answer.data).findall(f"{ATOM}entry")


def test_the_feed_is_a_whole_atom_feed_of_the_ledger(
    client: FlaskClient, changed_store: Store
) -> None:
    feed = etree.fromstring(client.get("/edits.atom").data)
    for parent in [feed, *feed.iter(f"{ATOM}entry")]:  # what RFC 4287 asks for
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
        stamp = datetime.fromisoformat(parent.findtext(f"{ATOM}updated") or "")
        assert stamp.tzinfo
    ledger = changed_store.ledger()
    shown = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title").split(": ", 1)[1] for each in shown] == [  # type: ignore[union-attr]
        each.title for each in ledger
    ]
    assert feed.findtext(f"{ATOM}updated") == ledger[0].at.isoformat()
    ids = [each.findtext(f"{ATOM}id") for each in shown]
    assert len(set(ids)) == len(ids)
    assert ids == [each.findtext(f"{ATOM}id") for each in entries(client, "/edits.atom")]
    for each in shown:
        [link] = each.findall(f"{ATOM}link")
        assert client.get(link.get("href")).status_code == 200
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").endswith("/edits.atom")  # type: ignore[union-attr]


def test_the_feed_is_filtered_named_by_the_page_and_not_sent_twice(client: FlaskClient) -> None:
    url = "/edits?kind=gone&office=sample_doj"
    link = soup_of(client, url).select_one("link[type='application/atom+xml']")
    assert link
    gone = entries(client, str(link["href"]))
    assert len(gone) == 2
    terms = {each.find(f"{ATOM}category").get("term") for each in gone}  # type: ignore[union-attr]
    assert terms == {"gone"}
    assert entries(client, "/edits.atom?office=nobody") == []
    etag = client.get("/edits.atom").headers["ETag"]
    assert client.get("/edits.atom", headers={"If-None-Match": etag}).status_code == 304


def test_a_title_with_what_xml_cannot_hold_does_not_break_the_feed(
    own: tuple[FlaskClient, Store],
) -> None:
    client, store = own
    [entry] = store.ledger(size=1, kind="gone")
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE version SET title = ? WHERE release = ?", ("A \x0b<b> & \ufffe“c”", entry.id)
        )
    assert "Removed: A <b> & “c”" in [
        each.findtext(f"{ATOM}title") for each in entries(client, "/edits.atom")
    ]


# what is withheld


def test_a_withheld_release_is_in_no_page_of_its_history(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    release = store.get(sample_id(EDITED))
    assert release
    titles = {version.title for version in store.versions(release.id)}
    before = len(entries(client, "/edits.atom"))
    store.withhold(release.id, REASON)
    for url in ("", "/differences", "/differences?from=1&to=2", "/response", "/response?version=1"):
        answer = client.get(page(EDITED) + url)
        assert answer.status_code == 404
        assert not [each for each in titles if each in answer.text]
    for url in ("/edits", "/edits.atom", "/edits?kind=changed", "/?state=changed"):
        answer = client.get(url)
        assert not [each for each in (*titles, release.id, release.url) if each in answer.text]
    assert len(entries(client, "/edits.atom")) == before - 2
    counts = [int(e.get_text()) for e in soup_of(client, "/edits").select(".filters .count")]
    assert counts == [3, 0, 2, 1, 3, 3]
    store.withhold(release.id, REASON, undo=True)
    assert soup_of(client, page(EDITED)).select(".history")


def test_a_withheld_copy_is_not_told_of(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    store.withhold(sample_id(COPY), REASON)
    assert not soup_of(client, page(COPIED)).select("#copies")
    assert "1 near-duplicate" not in client.get("/?q=mosque+arson").text


def test_a_listing_that_carries_a_withheld_release_is_not_given_out(
    settings: Settings, store: Store
) -> None:
    crawl_sample("sample_gpo", settings, store)
    carried = [each for each in store.releases("sample_gpo") if each.provenance.part_sha256]
    place = {each.id: (each.provenance.warc_file, each.provenance.warc_offset) for each in carried}
    withheld = carried[0]
    beside = next(e for e in carried[1:] if place[e.id] == place[withheld.id])
    apart = next(each for each in carried if place[each.id] != place[withheld.id])
    store.withhold(withheld.id, REASON)
    for client in clients(settings):
        whole = client.get(f"/releases/{apart.id}/response").data
        assert sha256(whole) == apart.provenance.sha256
        part = client.get(f"/releases/{beside.id}/response").data
        assert sha256(part) == beside.provenance.part_sha256
        assert withheld.title.encode() not in part
        # As a reader that cuts otherwise has left it: the part cannot be proved any more.
        with store.writing() as connection:
            connection.exec_driver_sql("UPDATE version SET part_sha256 = 'other'")
        answer = client.get(f"/releases/{beside.id}/response")
        assert answer.status_code == 410
        assert withheld.title not in answer.text


# the offices page


def test_the_chart_counts_what_is_held_month_by_month(
    client: FlaskClient, changed_store: Store
) -> None:
    [coverage] = changed_store.coverage()
    soup = soup_of(client, "/coverage")
    cells = [each.get_text() for each in soup.select(".months td")]
    assert sum(int(each) for each in cells if each != "–") == coverage.releases
    assert cells.count("0") == len(coverage.gaps)
    bars = soup.select(".chart svg svg rect")
    assert len(bars) == len(coverage.months) + len(coverage.gaps)
    assert len([bar for bar in bars if bar.get("fill")]) == len(coverage.gaps)
    svg = soup.select_one(".chart svg")
    assert svg
    named = str(svg["aria-labelledby"]).split()
    told = " ".join(words(soup.find(id=each)) for each in named)
    assert f"{len(coverage.gaps)} months with no releases collected" in told
    assert "sample_doj/pages v4 (26)" in words(soup.select_one("details .run"))
    assert soup.select_one(".office a[href='/?office=sample_doj&state=gone']")


def test_bars_are_as_high_as_their_counts_and_years_few_enough() -> None:
    months = {"1998-11": 1, "2001-02": 400, "2024-12": 200}
    made = month_chart(months)
    assert made
    found = {bar.month: bar for bar in made.bars}
    assert found["2001-02"].height == 100
    assert found["2024-12"].height == 50
    assert 0 < found["1998-11"].height < 5
    assert made.most == found["2001-02"]
    assert len(made.bars) == 26 * 12 + 2
    assert made.bars[-1].x + made.bars[-1].width == pytest.approx(100)
    assert len(made.years) <= 6
    assert [sum(n or 0 for n in counts) for year, counts in made.rows if year == "2001"] == [400]
    short = month_chart({"2020-03": 2})
    assert short
    assert (len(short.bars), short.years) == (1, (("2020", 0.0),))
    assert month_chart({}) is None


def test_counts_lead_to_what_is_held(client: FlaskClient) -> None:
    soup = soup_of(client, "/")
    assert {str(each["href"]) for each in soup.select("a.held")} == {"/coverage"}
    fact = soup_of(client, page(EDITED)).select_one(".facts a.held")
    assert fact
    anchor = str(fact["href"]).partition("#")[2]
    assert soup_of(client, "/coverage").find(id=anchor)


def test_nothing_inline_on_these_pages(client: FlaskClient) -> None:
    for url in ("/edits", "/coverage", page(EDITED), f"{page(EDITED)}/differences"):
        assert not re.search(r"<style|style=|<script>|javascript:", client.get(url).text)
