"""Attached files are archived as they came, counted, asked for once, and never searched."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from communique.main import main
from corpus import Settings, Store
from corpus.catalog.attachments import AttachmentCounts
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import PAGES, SampleSite
from corpus.database import tables
from corpus.evidence.verify import verify_catalog
from corpus.release import RecordLocation
from corpus.review.report import CrawlReport
from corpus.warc.archive import own_files, read_response, responses
from tests.conftest import EditedSite, sample_id
from webui import create_app

pytestmark = pytest.mark.each_catalog

OFFICE, HOST = "sample_doj", "www.justice.example"
LINKING = "/opa/pr/justice-department-and-city-halden-agree-consent-decree-police-use-force-custody"


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store(settings)


def crawled(settings: Settings, store: Store, limit: int | None = None) -> CrawlReport:
    """A crawl of the sample office's pages."""
    with SampleSite(OFFICE) as site:
        return crawl(
            OFFICE,
            settings,
            store,
            route="pages",
            mirrors={HOST: site.url},
            delay_s=0,
            limit=limit,
        )


def test_files_on_the_offices_host_are_archived_and_counted(
    settings: Settings, store: Store
) -> None:
    report = crawled(settings, store)
    assert (report.attachments, report.attachments_missing) == (2, 1)
    assert store.attached(OFFICE) == AttachmentCounts(named=3, archived=2, missing=1)
    assert not any("/file/" in url for url in report.missing)
    assert any("attached file" in line for line in report.sentences())
    c = tables.visit.c
    with store.writing() as connection:
        query = select(tables.visit).where(c.url.contains("1301416"))
        row = connection.execute(query).one()
    kept = read_response(settings.archive, RecordLocation(row.warc_file, row.warc_offset))
    assert kept.body == (PAGES / OFFICE / "files/1301416.pdf").read_bytes()
    assert kept.content_type == "application/pdf"


def test_a_file_that_is_linked_by_http_is_asked_for_by_https_and_known_as_it_is_linked(
    settings: Settings, store: Store
) -> None:
    path = "/opa/press-release/file/1301416/download"
    with EditedSite(OFFICE) as site:
        site.edits = {LINKING: [(f'href="{path}"', f'href="http://{HOST}{path}"')]}
        site.crawl(settings, store)
        release = store.get(sample_id(LINKING))
        assert release
        assert f"http://{HOST}{path}" in {each.url for each in release.attachments or ()}
        assert store.attached(OFFICE) == AttachmentCounts(named=3, archived=2, missing=1)
        assert list(verify_catalog(settings, store)) == []
        assert site.crawl(settings, store).attachments == 0
    urls = {each.url for path in own_files(settings.archive) for each in responses(path)}
    assert {url.partition(":")[0] for url in urls} == {"https"}


def test_a_file_is_asked_for_once(settings: Settings, store: Store) -> None:
    crawled(settings, store)
    again = crawled(settings, store)
    assert (again.attachments, again.attachments_missing) == (0, 0)
    assert store.attached(OFFICE).archived == 2


def test_files_that_an_earlier_run_did_not_come_to_are_fetched_later(
    tmp_path: Path, settings: Settings
) -> None:
    without = Settings(data=settings.data, attachments=False, revisits="0", walk_days=0)
    store = Store(without)
    assert crawled(without, store).attachments == 0
    assert store.attached(OFFICE) == AttachmentCounts(named=3)
    assert crawled(settings, store).attachments == 2


def test_files_on_other_hosts_are_never_asked_for(settings: Settings, store: Store) -> None:
    crawled(settings, store)
    with store.writing() as connection:
        hosts = {url.split("/")[2] for url in connection.scalars(select(tables.visit.c.url))}
    assert hosts == {HOST}


def test_the_offices_page_and_status_count_them_as_not_searched(
    settings: Settings, store: Store
) -> None:
    crawled(settings, store)
    shown = create_app(settings).test_client().get("/coverage").get_data(as_text=True)
    assert "2 of 3 archived; files are not searchable" in shown
    found = CliRunner().invoke(main, ["status"], env={"COMMUNIQUE_DATA": str(settings.data)})
    assert "3 attached files, 2 archived, 1 missing; files are not searchable" in found.output
