"""What an earlier version keeps under another spelling of its address goes on under its id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import update

from corpus import Settings, Store
from corpus.crawling.crawl import crawl
from corpus.database import tables
from corpus.evidence.exchanges import redacted_body
from corpus.evidence.reparse import reparse_archive
from corpus.evidence.verify import verify_catalog
from corpus.release import Draft, Provenance, release_id
from corpus.review.report import CrawlReport
from corpus.warc.archive import read_response
from indexer.engine.document import document
from tests.examplia import BODY, HOST, NAME, Crawl, OddInterface, asked, listing, page, urls
from tests.faulty_site import FaultySite
from webui.view.references import with_releases

DOJ, SAMPLE = "sample_doj", "https://www.justice.example/opa/pr"
EARLIER = datetime(2024, 3, 12, 12, tzinfo=UTC)
OLD = f"https://{HOST}/news/2024/jos%c3%a9-x"


def keep(store: Store, url: str, days: int = 0, route: str = "pages") -> str:
    """A release as an earlier version kept it; its id."""
    at = EARLIER + timedelta(days)
    seen = Provenance(url, at, "0" * 64, f"{NAME}/lost.warc.gz", 0, f"{NAME}/{route}", 1)
    draft = Draft("Charged", date(2024, 3, 12), [BODY, url], "en")
    with store.changing() as connection:
        store.add(connection, NAME, url, draft, seen, at, frozenset())
    return release_id(NAME, url)


@pytest.mark.usefixtures("examplia")
@pytest.mark.parametrize(
    ("spelling", "path"),
    [
        ("/news/2024/jos%c3%a9-x", "/news/2024/jos%C3%A9-x"),
        ("/news/2024/josé-x", "/news/2024/jos%C3%A9-x"),
        ("/news/2024/a b", "/news/2024/a%20b"),
        ("/news/2024/%78", "/news/2024/x"),
        (":443/news/2024/x", "/news/2024/x"),
        ("/news/../news/2024/x", "/news/2024/x"),
    ],
)
def test_a_release_under_an_older_spelling_goes_on_under_its_id(
    crawled: Crawl,
    web: FaultySite,
    settings: Settings,
    store: Store,
    spelling: str,
    path: str,
) -> None:
    known = keep(store, f"https://{HOST}{spelling}")
    web.pages = {"/news": listing(path, "/news/2024/b"), path: page("Edited")}
    web.pages |= {"/news/2024/b": page("B")}
    opened = Store(settings)
    report = crawl(NAME, settings, opened, mirrors={HOST: web.url}, delay_s=0)
    assert (report.error, report.new, report.changed) == (None, 1, 1)
    found = {each.id: each for each in opened.releases()}
    assert found.keys() == {known, release_id(NAME, f"https://{HOST}/news/2024/b")}
    assert (found[known].version, found[known].title) == (2, "Edited")
    assert found[known].url == f"https://{HOST}{spelling}"
    assert opened.id_of(NAME, f"https://{HOST}{path}") == known
    # It is gone under that id too, and back.
    web.pages = dict(web.pages) | {path: 404}
    for _ in range(settings.gone_visits):
        crawled()
    gone = store.get(known)
    assert gone
    assert gone.gone_since
    web.pages = dict(web.pages) | {path: page("Edited")}
    assert crawled().new == 0
    back = store.get(known)
    assert back
    assert not back.gone_since
    opened.close()


@pytest.mark.each_catalog
@pytest.mark.usefixtures("own_examplia")
@pytest.mark.parametrize("spelling", ["/news/2024/josé-x", "/news/2024/jos%c3%a9-x"])
def test_one_that_is_not_listed_any_more_is_asked_for_where_it_stands(
    web: FaultySite, settings: Settings, store: Store, spelling: str
) -> None:
    known = keep(store, f"https://{HOST}{spelling}")
    path = quote(spelling, safe="/%")
    web.pages = {"/news": listing("/news/2024/b"), "/news/2024/b": page("B"), path: page("A")}
    paths = asked(web)
    opened = Store(settings)
    for _ in range(2):
        report = crawl(NAME, settings, opened, mirrors={HOST: web.url}, delay_s=0)
        assert (report.error, report.refused) == (None, [])
    assert paths == ["/news", "/news/2024/b", path] * 2
    assert report.unchanged == 3
    found = opened.get(known)
    assert found
    assert (found.version, found.title) == (2, "A")
    left = [each.sentence for each in verify_catalog(settings, opened)]
    assert [each for each in left if "lost.warc.gz" not in each] == []
    opened.close()


@pytest.mark.each_catalog
@pytest.mark.usefixtures("own_examplia")
def test_of_several_older_spellings_the_first_goes_on_and_the_others_stay_as_they_are(
    crawled: Crawl, web: FaultySite, settings: Settings, store: Store
) -> None:
    second = keep(store, f"https://{HOST}/news/2024/josé-x", days=1)
    first = keep(store, OLD)
    path = "/news/2024/jos%C3%A9-x"
    web.pages = {
        "/news": listing(path),
        path: page("Edited"),
        path.replace("C3%A9", "c3%a9"): 404,
    }
    before = store.get(second)
    paths = asked(web)
    opened = Store(settings)
    for _ in range(3):
        crawl(NAME, settings, opened, mirrors={HOST: web.url}, delay_s=0)
    assert paths == ["/news", path] * 3
    assert {each.id for each in opened.releases()} == {first, second}
    assert opened.get(second) == before
    seen = opened.get(first)
    assert seen
    assert seen.version == 2
    opened.close()


@pytest.mark.each_catalog
@pytest.mark.usefixtures("own_examplia")
def test_the_canonical_spelling_goes_on_where_it_is_held_beside_an_older_one(
    settings: Settings, store: Store
) -> None:
    keep(store, OLD)
    canonical_id = keep(store, f"https://{HOST}/news/2024/jos%C3%A9-x", days=9)
    opened = Store(settings)
    assert opened.id_of(NAME, OLD) == canonical_id
    opened.close()


@pytest.mark.each_catalog
@pytest.mark.usefixtures("own_examplia")
def test_a_translation_under_an_older_spelling_is_found(
    crawled: Crawl, web: FaultySite, settings: Settings, store: Store
) -> None:
    known = keep(store, OLD)
    head = '<link rel="alternate" hreflang="es" href="/news/2024/josé-x">'
    web.pages = {"/news": listing("/news/2024/a"), "/news/2024/a": page("A", head=head)}
    crawled()
    opened = Store(settings)
    found = {each.id: each for each in opened.releases()}
    [other] = [each for each in found.values() if each.id != known]
    [(_, held)] = with_releases(opened, other.office, other.alternates)
    assert held == found[known]
    assert set(document(other, None, opened.id_of).alternates) == {known, other.id}
    opened.close()


@pytest.fixture
def listed(settings: Settings, store: Store) -> Iterator[tuple[Store, str, CrawlReport]]:
    """A catalog that keeps a release of an interface under two older spellings, and a crawl of that
    interface since; the id that goes on.
    """
    for number, url in enumerate((f"{SAMPLE}/jos%c3%a9", f"{SAMPLE}/josé")):
        at = EARLIER + timedelta(number)
        seen = Provenance(url, at, "0" * 64, f"{DOJ}/lost.warc.gz", 0, f"{DOJ}/interface", 1)
        with store.changing() as connection:
            draft = Draft("Charged", date(2024, 3, 12), [BODY], "en")
            store.add(connection, DOJ, url, draft, seen, at, frozenset())
    with OddInterface([f"{SAMPLE}/jos%C3%A9"]) as site:
        opened = Store(settings)
        mirrors = {"www.justice.example": site.url}
        report = crawl(DOJ, settings, opened, route="interface", mirrors=mirrors, delay_s=0)
        crawl(DOJ, settings, opened, route="interface", mirrors=mirrors, delay_s=0)
    yield opened, release_id(DOJ, f"{SAMPLE}/jos%c3%a9"), report
    opened.close()


@pytest.mark.each_catalog
def test_a_release_of_an_interface_under_an_older_spelling_is_neither_new_nor_gone(
    listed: tuple[Store, str, CrawlReport],
) -> None:
    opened, _, report = listed
    assert (report.error, report.vanished, report.changed) == (None, 0, 1)
    assert {f"{SAMPLE}/jos%c3%a9", f"{SAMPLE}/josé"} < urls(opened)
    assert f"{SAMPLE}/jos%C3%A9" not in urls(opened)
    assert not any(each.gone_since for each in opened.releases())


@pytest.mark.each_catalog
def test_the_archive_is_read_anew_for_a_release_under_an_older_spelling(
    settings: Settings, listed: tuple[Store, str, CrawlReport]
) -> None:
    opened, id_, _ = listed
    with opened.writing() as connection:
        where = (tables.version.c.release == id_) & (tables.version.c.ordinal == 2)
        connection.execute(update(tables.version).where(where), {"title": "Misread"})
    report = reparse_archive(DOJ, settings, opened, is_applied=True)
    assert [(each.release, each.facts) for each in report.differences] == [(id_, ("title",))]
    assert {each.rule for each in report.left} <= {"no_evidence"}  # of what this test invented
    found = opened.get(id_)
    assert found
    assert found.title != "Misread"


@pytest.mark.each_catalog
def test_a_withheld_release_under_an_older_spelling_is_cut_from_the_answer_of_others(
    settings: Settings, listed: tuple[Store, str, CrawlReport]
) -> None:
    opened, id_, _ = listed
    withheld = opened.get(id_)
    assert withheld
    stands = withheld.provenance.warc_offset
    others = [each for each in opened.releases(DOJ) if each.provenance.warc_offset == stands]
    other = next(each for each in others if each.id != id_)
    seen = other.provenance
    opened.withhold(id_, "Order of a court")
    record = read_response(settings.archive, seen.location)
    body = redacted_body(other, seen, record, opened.withheld(), opened.id_of, 20.0)
    assert body
    words = json.dumps(withheld.title)[1:-1].encode()
    assert words in record.body
    assert words not in body
