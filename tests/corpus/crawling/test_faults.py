"""What goes wrong with one page costs that page, and with one office that office."""

from __future__ import annotations

import errno
import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, insert, select

from communique.main import main
from corpus import Settings, Store
from corpus.crawling.crawl import crawl
from corpus.crawling.frontier import Frontier
from corpus.crawling.ingest import Ingester
from corpus.database import tables
from corpus.error_log import FILE, MOST_BYTES, error_sentence
from corpus.errors import StoreError
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.review.office_validation import OfficeValidator
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging
from corpus.warc.writer import ArchiveWriter
from tests import examplia
from tests.faulty_site import Fault, FaultySite
from tests.newsroom import sample_pages

HOST = "www.justice.example"
RELEASES = 10  # on two pages of the listing
THIRD = "/opa/pr/three-charged-ransomware-attack-westbrook-hospital-network"
Crawl = Callable[[], CrawlReport]


@pytest.fixture
def site() -> Iterator[FaultySite]:
    with FaultySite() as opened:
        opened.pages = sample_pages(RELEASES)
        yield opened


@pytest.fixture
def both(site: FaultySite, web: FaultySite, own_examplia: None) -> list[str]:
    """What a command is told to crawl that office and another, which has one release."""
    web.pages = {"/news": examplia.listing("/news/2024/1"), "/news/2024/1": examplia.page("One")}
    mirrors = [f"{HOST}={site.url}", f"{examplia.HOST}={web.url}"]
    given = [part for each in mirrors for part in ("--mirror", each)]
    return ["crawl", "sample_doj", examplia.NAME, "--delay", "0", "--route", "pages", *given]


@pytest.fixture
def run(settings: Settings, store: Store, site: FaultySite) -> Crawl:
    def crawl_site() -> CrawlReport:
        given: dict[str, Any] = {"mirrors": {HOST: site.url}, "delay_s": 0, "route": "pages"}
        return crawl("sample_doj", settings, store, **given)

    return crawl_site


def assert_whole(settings: Settings, store: Store) -> None:
    assert list(verify_archive(settings)) == []
    assert list(verify_catalog(settings, store)) == []


def issues(report: CrawlReport) -> list[tuple[str, str]]:
    found = report.refused + report.failed
    return [(each.url.removeprefix(f"https://{HOST}"), each.rule) for each in found]


def staged(store: Store) -> int:
    with store.writing() as connection:
        return connection.scalar(select(func.count()).select_from(tables.staged)) or 0


# 304, though nothing was sent to validate


@pytest.mark.parametrize(
    "headers", [{}, {"ETag": '"1"'}, {"Retry_After": "0"}], ids=["bare", "etag", "retry-after"]
)
def test_a_release_that_is_not_modified_unasked_counts_as_unanswered(
    run: Crawl, site: FaultySite, store: Store, settings: Settings, headers: dict[str, str]
) -> None:
    site.faults = [(THIRD, bare_304(**headers))]
    report = run()
    assert (report.error, report.ended_early) == (None, None)
    assert issues(report) == [(THIRD, "status_304")]
    assert (report.new, store.count(), report.unchanged) == (RELEASES - 1, RELEASES - 1, 0)
    assert_whole(settings, store)
    site.faults = []
    report = run()
    assert (report.new, store.count(), issues(report)) == (1, RELEASES, [])


def bare_304(**headers: str) -> Fault:
    return lambda handler, page: handler.answer(304, b"", **headers)


def test_a_later_listing_page_that_is_not_modified_unasked_ends_the_walk(
    run: Crawl, site: FaultySite, store: Store
) -> None:
    site.faults = [("page=1", bare_304())]
    report = run()
    assert report.error is None
    assert report.ended_early
    assert report.ended_early.endswith(
        "The server responded with status 304 to an unconditional request."
    )
    assert 0 < store.count() < RELEASES
    site.faults = []
    assert run().ended_early is None
    assert store.count() == RELEASES


def test_a_listing_that_is_not_modified_unasked_fails_the_office(
    run: Crawl, site: FaultySite, store: Store
) -> None:
    site.faults = [("^/news", bare_304())]
    report = run()
    assert report.error
    assert "status 304" in report.error
    assert store.runs()["sample_doj"][1]["error"] == report.error


def test_an_office_that_is_never_modified_unasked_is_left_alone_soon(
    run: Crawl, site: FaultySite
) -> None:
    site.faults = [("^/opa", bare_304())]
    report = run()
    assert report.error
    assert "requests in a row failed" in report.error


def test_what_has_not_changed_and_is_lost_is_asked_for_again_whole(
    run: Crawl, site: FaultySite, store: Store, settings: Settings
) -> None:
    run()
    for path in (settings.archive / "sample_doj").iterdir():
        path.unlink()
    asked: list[str] = []
    site.watch = asked.append
    report = run()
    assert (report.error, issues(report)) == (None, [])
    assert report.same == RELEASES
    listing = [path for path in asked if path.startswith("/news")]
    assert len(listing) == 2 * len(set(listing)), "each page of the listing, and again whole"


# pages


def failing(once: Callable[..., Any], is_hit: Callable[..., bool], error: Exception) -> Any:
    """A function that raises where it is hit."""

    def wrapped(*given: Any, **named: Any) -> Any:
        if is_hit(*given, **named):
            raise error
        return once(*given, **named)

    return wrapped


def violate(self: Staging, connection: Any, seen: Any) -> None:
    connection.execute(insert(tables.staged), {"run": self.run, "release": seen.id})


ODD = ValueError("odd\x1b[31m\0 \ud800" * 200)


@pytest.mark.parametrize(
    ("place", "error"),
    [("gate", each) for each in (ODD, RecursionError("deep"), MemoryError(), KeyError("k"))]
    + [("intake", ODD), ("archive", ODD)],
    ids=lambda each: each if isinstance(each, str) else type(each).__name__,
)
def test_an_error_that_nobody_foresaw_costs_its_page(
    run: Crawl,
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    error: Exception,
) -> None:
    kind, name, is_hit = {
        "gate": (OfficeValidator, "check_page", lambda self, page, *_: THIRD in page.url),
        "intake": (Ingester, "stage_drafts", lambda self, drafts, wanted, *_: THIRD in wanted[0]),
        "archive": (ArchiveWriter, "add", lambda self, response, *_: THIRD in response.url),
    }[place]
    with monkeypatch.context() as patch:
        patch.setattr(kind, name, failing(getattr(kind, name), is_hit, error))
        report = run()
    assert report.error is None
    assert issues(report) == [(THIRD, "internal_error")]
    [issue] = report.refused
    assert f"Unexpected error: {type(error).__name__}" in issue.reason
    assert issue.reason.isprintable()
    assert len(issue.reason) < 600
    assert "Traceback" in (settings.data / FILE).read_text(encoding="utf-8")
    assert store.count() == RELEASES - 1
    assert store.runs()["sample_doj"][1]["refused_by_rule"] == {"internal_error": 1}
    report = run()
    assert (report.error, issues(report), store.count()) == (None, [], RELEASES)
    assert_whole(settings, store)


def test_a_record_that_the_database_refuses_costs_its_page(
    run: Crawl, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = Staging.add

    def add(self: Staging, connection: Any, seen: Any) -> None:
        (violate if THIRD in seen.url else once)(self, connection, seen)

    monkeypatch.setattr(Staging, "add", add)
    report = run()
    assert report.error is None
    assert issues(report) == [(THIRD, "internal_error")]
    assert store.count() == RELEASES - 1


def test_a_listing_page_that_breaks_costs_the_rest_of_the_walk(
    run: Crawl, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_hit(self: Frontier, *_: Any) -> bool:
        return self.report.listings == 1

    monkeypatch.setattr(Frontier, "add", failing(Frontier.add, is_hit, ValueError("odd")))
    report = run()
    assert report.error is None
    assert report.ended_early
    assert "ValueError: odd" in report.ended_early
    assert 0 < store.count() < RELEASES


@pytest.mark.parametrize("number", [1, 5])
def test_a_release_that_cannot_be_published_costs_itself(
    run: Crawl,
    store: Store,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    import corpus.review.publishing as publishing

    bad: list[str] = []

    def is_hit(connection: Any, office: str, id_: str, url: str, *_: Any) -> bool:
        if url not in bad and len(bad) < number:
            bad.append(url)
        return url in bad

    with monkeypatch.context() as patch:
        record = failing(publishing.record_observation, is_hit, ValueError("odd"))
        patch.setattr(publishing, "record_observation", record)
        report = run()
    assert report.error is None
    assert [each.url for each in report.refused] == bad
    assert {each.rule for each in report.refused} == {"internal_error"}
    assert store.runs()["sample_doj"][1]["refused_by_rule"] == {"internal_error": number}
    assert (store.count(), staged(store)) == (RELEASES - number, 0)
    report = run()
    assert (report.error, issues(report), store.count()) == (None, [], RELEASES)
    assert_whole(settings, store)


# offices


def once_broken(path: str, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let a function raise at its first call."""
    module, _, name = path.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = name.split(".")
    for each in parents:
        owner = getattr(owner, each)
    left = iter([True])
    broken = failing(getattr(owner, name), lambda *_, **__: next(left, False), error)
    monkeypatch.setattr(owner, name, broken)


def call(data: Path, *words: str) -> Result:
    env = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_RETRIES": "0", "COMMUNIQUE_REVISITS": "0"}
    return CliRunner().invoke(main, words, env=env, catch_exceptions=False)


PLACES = [
    "corpus.review.staging:Staging.__init__",
    "corpus.review.staging:Staging.count_outcomes",
    "corpus.crawling.frontier:Frontier.__init__",
    "corpus.crawling.crawl_run:Run._next_request",
    "corpus.crawling.frontier:Frontier.add_due",
    "corpus.warc.writer:ArchiveWriter.close",
    "corpus.crawling.crawl:read_baseline",
    "corpus.crawling.crawl:quarantine_reason",
    "corpus.review.staging:Staging.publish",
]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("place", "error"),
    [(place, ValueError("odd")) for place in PLACES]
    + [(place, StoreError("The archive is odd.")) for place in PLACES[::3]],
)
def test_an_error_that_nobody_foresaw_costs_its_office(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    both: list[str],
    place: str,
    error: Exception,
) -> None:
    with monkeypatch.context() as patch:
        once_broken(place, patch, error)
        done = call(tmp_path, *both)
    assert done.exit_code == 3, done.output
    assert done.stdout.count("FAILED") == 1
    assert "odd" in done.stdout
    assert "Traceback" not in done.output
    assert (tmp_path / FILE).exists() == isinstance(error, ValueError)
    row = json.loads(call(tmp_path, "status", "--json").stdout)["offices"]["sample_doj"]
    assert "odd" in row["error"]
    assert "FAILED" in call(tmp_path, "status").stdout
    # The next crawl goes on from there.
    done = call(tmp_path, *both)
    assert done.exit_code == 0, done.output
    row = json.loads(call(tmp_path, "status", "--json").stdout)["offices"]["sample_doj"]
    assert (row["error"], row["crawling_since"], row["releases"]) == (None, None, RELEASES)


@pytest.mark.sqlite
def test_a_full_disk_ends_the_command_after_the_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, both: list[str]
) -> None:
    def add(self: ArchiveWriter, *_: Any) -> None:
        raise StoreError("The archive cannot be written: No space left on device.") from OSError(
            errno.ENOSPC, "No space left on device"
        )

    monkeypatch.setattr(ArchiveWriter, "add", add)
    done = call(tmp_path, *both)
    assert done.exit_code == 1
    assert done.stderr == "Error: The archive cannot be written: No space left on device.\n"
    assert set(json.loads(call(tmp_path, "status", "--json").stdout)["offices"]) == {"sample_doj"}


def test_the_log_of_errors_does_not_grow_without_bound(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    (tmp_path / FILE).write_text("x" * MOST_BYTES + "x")
    told = error_sentence(ValueError("odd"), settings, "https://a.example/1")
    assert told.startswith("Unexpected error: ValueError: odd. The traceback is in ")
    assert "https://a.example/1" in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_size < 1000


def test_a_log_of_errors_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "none")
    assert "ValueError: odd" in error_sentence(ValueError("odd"), settings, "a page")
