"""`crawl --reindex-every` updates the index while the crawl continues, and disturbs nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, suppress
from signal import SIGTERM
from tempfile import TemporaryFile
from threading import Event

import pytest
from click.testing import CliRunner, Result

from bench.faults import crawl_command, start
from communique.background_reindex import BackgroundReindex
from communique.main import main
from corpus import Settings, Store
from corpus.errors import CommuniqueError
from corpus.lock import only_job
from indexer import Query, open_engine
from tests.faulty_site import FaultySite, after, late
from tests.newsroom import sample_pages
from tests.stalling import DEADLINE_S, Stalling, children_of, wait_for

OFFICE, HOST = "sample_doj", "www.justice.example"
RELEASES = 26


@pytest.fixture
def site() -> Iterator[FaultySite]:
    with FaultySite() as opened:
        opened.pages = sample_pages()
        yield opened


def searchable(settings: Settings) -> int:
    """How many releases the live index has; 0 where there is none yet."""
    with closing(open_engine(settings)) as engine, suppress(CommuniqueError):
        return engine.total(Query())
    return 0


def crawl(settings: Settings, site: FaultySite, *options: str) -> Result:
    words = ["crawl", OFFICE, "--route", "pages", "--delay", "0", "--mirror", f"{HOST}={site.url}"]
    env = {"COMMUNIQUE_DATA": str(settings.data)}
    return CliRunner().invoke(main, [*words, *options], env=env, catch_exceptions=False)


@pytest.mark.slow
def test_releases_can_be_found_while_the_first_crawl_continues(
    settings: Settings, site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_BATCH_RELEASES", "5")
    paths = [path for path in sample_pages() if path.startswith("/opa/pr/")]
    go_on, asked = Event(), list[str]()

    def watch(path: str) -> None:
        asked.append(path)
        if len({*asked} & {*paths}) == 14:
            go_on.wait(DEADLINE_S)

    site.watch = watch
    words = [*crawl_command(OFFICE, HOST, site.url, "pages"), "--reindex-every", "0"]
    with start(settings, words) as process:
        try:
            wait_for(lambda: searchable(settings) >= 5, process)
        finally:
            go_on.set()
        assert process.wait() == 0
    assert searchable(settings) == RELEASES


@pytest.mark.slow
def test_a_crawl_that_ends_by_a_signal_ends_its_reindex(
    settings: Settings, site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_BATCH_RELEASES", "5")
    site.faults = [("^/opa/", after(8, late(600)))]
    command = crawl_command(OFFICE, HOST, site.url, "pages")
    words = [*command[command.index("crawl") :], "--reindex-every", "0"]
    crawling = Stalling(
        settings, "", 0, *words, is_there=lambda: bool(children_of(crawling.process.pid))
    )
    with crawling:
        status, out, said = crawling.end(SIGTERM)
    assert status == 143
    assert "INTERRUPTED by SIGTERM" in out
    assert said.endswith("Interrupted by SIGTERM.\n")


def test_the_index_has_the_whole_crawl_at_its_end(settings: Settings, site: FaultySite) -> None:
    done = crawl(settings, site, "--reindex-every", "60")
    assert done.exit_code == 0
    assert "26 new" in done.stdout
    assert searchable(settings) == RELEASES


def test_a_reindex_that_cannot_run_costs_the_crawl_nothing(
    settings: Settings, site: FaultySite, caplog: pytest.LogCaptureFixture
) -> None:
    with only_job(settings, "reindex"), caplog.at_level(logging.INFO):
        done = crawl(settings, site, "--reindex-every", "60")
    assert done.exit_code == 0
    assert "reindex: Error: Another reindex is running" in caplog.text
    with closing(Store(settings)) as store:
        assert store.count() == RELEASES
    assert searchable(settings) == 0


def test_none_starts_while_one_runs_or_nothing_has_changed(
    settings: Settings, site: FaultySite, store: Store
) -> None:
    with TemporaryFile() as output:
        background = BackgroundReindex(store, 0, None, output)
        background.command = ["sleep", "600"]
        background.start_if_due()
        assert background.process is None, "the catalog is empty"
        crawl(settings, site)
        background.start_if_due()
        running = background.process
        assert running
        background.start_if_due()
        assert background.process is running
        background.stop()
        assert running.returncode
        background.start_if_due()
        assert background.process is None, "nothing has changed since"
