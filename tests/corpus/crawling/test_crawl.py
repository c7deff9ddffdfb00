"""A crawl against real servers on loopback: what it keeps, what it refuses, how it behaves."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from corpus import Settings, Store, office
from corpus.catalog.attestation import KIND
from corpus.crawling.crawl import crawl
from corpus.crawling.fetching.fetch_plan import check_delay
from corpus.crawling.sample_site import SampleSite
from corpus.database import tables
from corpus.errors import OfficeError, SettingsError
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.release import RecordLocation
from corpus.review.report import CrawlReport
from corpus.warc.archive import responses
from corpus.warc.reader import records
from corpus.warc.record import Record
from tests.stalling import wait_for
from tests.statements import sent

HOST = "www.justice.gov"
ROOT = Path(__file__).resolve().parents[3]
FEW = 6
Crawl = Callable[..., CrawlReport]
# A crawl in a process of its own: data folder, host, mirror.
ALONE = """
import os
import sys
from pathlib import Path
from corpus.catalog.attestation import KIND
from corpus import Settings, Store
from corpus.crawling.crawl import crawl
url = os.environ.get("COMMUNIQUE_CATALOG", "")
settings = Settings(data=Path(sys.argv[1]), catalog=url, revisits="0", walk_days=0)
mirrors = {sys.argv[2]: sys.argv[3]}
crawl("us_doj", settings, Store(settings), route="pages", mirrors=mirrors, delay_s=0)
"""


@pytest.fixture
def run(settings: Settings, store: Store, site: Any) -> Crawl:
    """Crawl us_doj from the replica, by its pages unless a test says otherwise."""

    def crawl_replica(
        route: str = "pages", made: Settings = settings, **options: Any
    ) -> CrawlReport:
        mirrors = {HOST: site.url}
        return crawl("us_doj", made, store, route=route, mirrors=mirrors, delay_s=0, **options)

    return crawl_replica


def first_listed(site: Any) -> str:
    """The path of the first release of the listing that was saved, and so answers."""
    return str(site.labels()[0]["url"].removeprefix(f"https://{HOST}"))


def rule(match: str, do: str, **more: Any) -> dict[str, Any]:
    return {"match": match, "do": do, **more}


def exactly(path: str) -> str:
    return f"^{re.escape(path)}$"


def assert_evidence_is_whole(settings: Settings, store: Store) -> None:
    assert list(verify_archive(settings)) == []
    assert list(verify_catalog(settings, store)) == []


def staged(store: Store) -> int:
    """How many releases runs hold that are not over."""
    with store.writing() as connection:
        return connection.scalar(select(func.count()).select_from(tables.staged)) or 0


def state(store: Store) -> dict[str, tuple[int, str]]:
    return {each.id: (each.version, each.title) for each in store.releases()}


# the sample offices, which are always there


@pytest.mark.each_catalog
@pytest.mark.parametrize("name", ["sample_doj", "sample_gpo"])
def test_both_routes_of_a_sample_office_are_crawled_and_a_second_crawl_changes_nothing(
    name: str, settings: Settings, store: Store
) -> None:
    with SampleSite(name) as site:
        mirrors = {host: site.url for route in office(name).routes for host in route.hosts}
        for route in [route.name for route in office(name).routes]:
            first = crawl(name, settings, store, route=route, mirrors=mirrors, delay_s=0)
            assert (first.error, first.refused, first.failed) == (None, [], [])
            assert first.releases + len(first.missing) == first.listed > 0
            before, revision = state(store), store.revision()
            second = crawl(name, settings, store, route=route, mirrors=mirrors, delay_s=0)
            assert (second.new, second.changed, second.same) == (0, 0, first.releases)
            assert second.fetched == len(second.missing) == len(first.missing)
            assert (state(store), store.revision()) == (before, revision)
    assert {version for version, _ in state(store).values()} == {1}
    assert_evidence_is_whole(settings, store)


def test_routes_that_share_urls_give_the_same_releases(sample_store: Store) -> None:
    releases = list(sample_store.releases("sample_doj"))
    assert {release.version for release in releases} == {1}
    assert any(release.attachments for release in releases), "pages tell of attachments"
    assert sum(bool(release.subtitle) for release in releases) == 2, "and of subtitles"


# a real office's pages


def test_a_second_crawl_downloads_no_release_again(run: Crawl, site: Any, store: Store) -> None:
    first = run(limit=FEW)
    before = state(store)
    site.log.clear()
    second = run(limit=FEW)
    assert (first.new, second.new, second.changed, second.same) == (FEW, 0, 0, FEW)
    assert state(store) == before
    statuses = Counter(e["status"] for e in site.log if e["path"] != "/robots.txt")
    assert statuses == {304: second.unchanged} | (
        {404: len(second.missing)} if second.missing else {}
    )
    assert all(each["in_flight"] == 1 for each in site.log)


@pytest.mark.each_catalog
def test_both_routes_give_the_same_releases_and_add_no_version(
    run: Crawl, store: Store, settings: Settings
) -> None:
    pages = run("pages", limit=40)
    interface = run("interface", limit=50)
    assert pages.new == 40
    assert interface.changed == 0
    assert interface.same >= 35
    assert {version for version, _ in state(store).values()} == {1}
    assert_evidence_is_whole(settings, store)


@pytest.mark.each_catalog
@pytest.mark.parametrize("route", ["pages", "interface"])
def test_an_edited_page_gives_exactly_one_new_version(
    run: Crawl, site: Any, store: Store, route: str
) -> None:
    run(route, limit=FEW)
    edited = next(each for each in store.releases() if each.title.isascii())
    path = edited.url.removeprefix(f"https://{HOST}")
    site.rules = [rule(exactly(path), "replace", old=edited.title, new="Title, Amended")]
    reports = [run(route, limit=FEW) for _ in range(2)]
    assert [(each.new, each.changed, each.same) for each in reports] == [
        (0, 1, FEW - 1),
        (0, 0, FEW),
    ]
    assert [v.title for v in store.versions(edited.id)] == [edited.title, "Title, Amended"]
    assert Counter(version for version, _ in state(store).values()) == {1: FEW - 1, 2: 1}


@pytest.mark.each_catalog
@pytest.mark.parametrize("fault", [{"do": "gone"}, {"do": "status", "status": 404}])
def test_a_listed_release_that_is_gone_is_reported_and_fails_nothing(
    run: Crawl, site: Any, store: Store, fault: dict[str, Any]
) -> None:
    path = first_listed(site)
    site.rules = [{"match": exactly(path), **fault}]
    report = run(limit=FEW)
    assert report.error is None
    assert f"https://{HOST}{path}" in report.missing
    assert report.new == FEW
    assert any("missing (404 or 410)" in line for line in report.sentences())


@pytest.mark.each_catalog
def test_a_release_that_vanished_after_it_was_stored_stays(
    run: Crawl, site: Any, store: Store
) -> None:
    run(limit=FEW)
    before = state(store)
    site.rules = [rule(exactly(first_listed(site)), "gone")]
    report = run(limit=FEW - 1)
    assert len(report.missing) >= 1
    assert state(store) == before


def test_a_listing_whose_later_page_fails_keeps_what_was_read_and_says_so(
    run: Crawl, site: Any, store: Store
) -> None:
    faults = [rule("&page=1&", "truncate", bytes=2000), rule("&page=2&", "status", status=500)]
    for number, fault in enumerate(faults, start=1):
        site.rules = [fault]
        report = run("interface")
        assert report.error is None
        assert report.ended_early
        assert f"&page={number}&" in report.ended_early
        assert store.count() == 50 * number
    assert any("could not be read to its end" in line for line in report.sentences())


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"do": "truncate", "bytes": 2000}, ""),
        ({"do": "challenge"}, "a bot check"),
        ({"do": "status", "status": 403}, "status 403"),
        ({"do": "gone"}, "status 410"),
        ({"do": "login"}, "redirects to another host"),
        ({"do": "reset"}, ""),
        ({"do": "redesign", "old_class": "views-row", "new_class": "lines"}, "nothing matches"),
    ],
    ids=lambda value: value.get("do") if isinstance(value, dict) else "",
)
def test_a_listing_that_cannot_be_read_fails_the_office_with_a_sentence(
    run: Crawl, site: Any, store: Store, fault: dict[str, Any], words: str
) -> None:
    site.rules = [{"match": "^/news", **fault}]
    report = run(limit=FEW)
    assert report.error
    assert report.error.startswith(f"https://{HOST}/news?")
    assert words in report.error
    assert store.count() == 0
    assert store.runs()["us_doj"][1]["error"] == report.error


@pytest.mark.parametrize(
    ("fault", "list_name", "rule_name"),
    [
        ({"do": "challenge"}, "refused", "bot_wall"),
        ({"do": "truncate", "bytes": 2000}, "failed", "no_answer"),
        ({"do": "login"}, "refused", "other_host"),
        ({"do": "reset"}, "failed", "no_answer"),
        ({"do": "status", "status": 500}, "failed", "status_500"),
        ({"do": "huge", "bytes": 3_000_000}, "failed", "no_answer"),
        ({"do": "bomb", "bytes": 3_000_000}, "failed", "no_answer"),
        ({"do": "redesign", "old_class": "pr-body", "new_class": "b"}, "refused", "unreadable"),
    ],
    ids=lambda value: value.get("do") if isinstance(value, dict) else "",
)
def test_a_bad_answer_to_one_release_is_reported_and_the_others_are_stored(
    run: Crawl,
    site: Any,
    store: Store,
    settings: Settings,
    fault: dict[str, Any],
    list_name: str,
    rule_name: str,
) -> None:
    path = first_listed(site)
    site.rules = [{"match": exactly(path), **fault}]
    report = run(limit=FEW, made=replace(settings, response_mb=1))
    assert report.error is None
    [refusal] = getattr(report, list_name)
    assert (refusal.url, refusal.rule) == (f"https://{HOST}{path}", rule_name)
    assert refusal.reason.endswith(".")
    assert report.new == store.count() == FEW
    assert not any(release.url.endswith(path) for release in store.releases())
    assert_evidence_is_whole(settings, store)


def test_a_mirror_that_refuses_connections_fails_the_office_with_a_sentence(
    settings: Settings, store: Store
) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody else can answer there
        taken.bind(("127.0.0.1", 0))
        mirrors = {HOST: f"http://127.0.0.1:{taken.getsockname()[1]}"}
        report = crawl("us_doj", settings, store, mirrors=mirrors, delay_s=0)
    assert report.error
    assert "robots.txt" in report.error
    assert "cannot be fetched" in report.error
    assert report.error.endswith(".")
    assert f"(Cannot connect to {mirrors[HOST].removeprefix('http://')})" in report.error
    assert "object at 0x" not in report.error
    assert store.runs()["us_doj"][1]["error"] == report.error


def test_robots_txt_that_forbids_stops_the_office(run: Crawl, site: Any, store: Store) -> None:
    site.rules = [rule("^/robots.txt$", "robots", text="User-agent: *\nDisallow: /")]
    report = run()
    assert report.error
    assert "robots.txt" in report.error
    assert {each["path"] for each in site.log} == {"/robots.txt"}
    assert store.count() == 0


def test_robots_txt_that_forbids_some_releases_keeps_them_out(run: Crawl, site: Any) -> None:
    path = first_listed(site)
    site.rules = [rule("^/robots.txt$", "robots", text=f"User-agent: *\nDisallow: {path}")]
    report = run(limit=FEW)
    (refusal,) = report.refused
    assert (refusal.url, refusal.rule) == (f"https://{HOST}{path}", "robots")
    assert refusal.reason == "robots.txt forbids it."
    assert report.failed == []
    assert path not in {each["path"] for each in site.log}


def test_robots_txt_that_answers_503_stops_the_office(run: Crawl, site: Any) -> None:
    site.rules = [rule("^/robots.txt$", "status", status=503)]
    report = run()
    assert report.error
    assert "cannot be fetched" in report.error
    assert {each["path"] for each in site.log} == {"/robots.txt"}


def test_robots_txt_that_is_not_there_allows_all(run: Crawl, site: Any) -> None:
    site.rules = [rule("^/robots.txt$", "status", status=404)]
    assert run(limit=FEW).new == FEW


def test_retry_after_is_obeyed_and_nothing_else_is_asked_meanwhile(run: Crawl, site: Any) -> None:
    path = first_listed(site)
    site.rules = [rule(exactly(path), "status", status=503, retry_after=1, times=1)]
    report = run(limit=FEW)
    assert (report.new, report.failed) == (FEW, [])
    asked = [n for n, each in enumerate(site.log) if each["path"] == path]
    assert asked == [asked[0], asked[0] + 1]
    refused, answered = (site.log[n] for n in asked)
    assert (refused["status"], answered["status"]) == (503, 200)
    assert answered["time"] - refused["time"] >= 1


def test_since_stops_after_the_first_listing_page_that_is_older(
    run: Crawl, site: Any, store: Store
) -> None:
    day = date(2018, 4, 11)
    report = run("interface", since=day)
    wanted = {e["url"] for e in site.labels() if date.fromisoformat(e["date"]) >= day}
    assert wanted <= {release.url for release in store.releases()}
    assert len(wanted) <= report.releases <= len(wanted) + 100
    assert run("pages", since=date(2030, 1, 1), limit=60).listings == 1


def test_limit_stops_after_that_many_releases(run: Crawl, site: Any, store: Store) -> None:
    assert run(limit=3).releases == store.count() == 3
    assert run("interface", limit=7).releases == 7


def test_a_run_that_an_option_cut_short_says_so(settings: Settings, store: Store) -> None:
    hosts = [host for route in office("sample_doj").routes for host in route.hosts]
    told = []
    with SampleSite("sample_doj") as site:
        mirrors = dict.fromkeys(hosts, site.url)
        for options in ({"limit": 1}, {"since": date(2030, 1, 1)}, {}, {"limit": 1000}):
            given: dict[str, Any] = {"route": "pages", "mirrors": mirrors, "delay_s": 0} | options
            told.append(crawl("sample_doj", settings, store, **given))
    by_limit, by_since, whole, not_reached = told
    assert by_limit.cut_short == "after 1 release (--limit)"
    assert by_since.cut_short == "where the listing is older than 2030-01-01 (--since)"
    assert "(--limit)" in "\n".join(by_limit.sentences())
    assert by_limit.as_json()["cut_short"] == by_limit.cut_short
    assert (whole.cut_short, not_reached.cut_short) == (None, None)


@pytest.mark.each_catalog
def test_a_missing_file_that_only_a_listing_stands_in_is_reported(
    settings: Settings, store: Store
) -> None:
    hosts = [host for route in office("sample_doj").routes for host in route.hosts]
    with SampleSite("sample_doj") as site:
        mirrors = dict.fromkeys(hosts, site.url)
        crawl("sample_doj", settings, store, route="pages", mirrors=mirrors, delay_s=0)
    assert_evidence_is_whole(settings, store)
    gone = "sample_doj/sample_doj-gone.warc.gz"
    seen = store.visit("sample_doj", office("sample_doj").route("pages").start, "")
    assert seen
    with store.writing() as connection:
        lost = replace(seen, location=RecordLocation(gone, 0))
        store.add_visit(connection, "sample_doj", "https://www.justice.example/more", "", lost)
    (problem,) = verify_catalog(settings, store)
    told = f"{settings.archive / gone} is missing, with 1 visit. Restore it from a backup, "
    assert problem.sentence.startswith(told)


def test_an_agent_says_who_it_is(run: Crawl, site: Any) -> None:
    run(limit=1)
    assert {each["agent"] for each in site.log} == {
        "communique/0.1 (search engine for prosecutors' releases; tests)"
    }


def test_a_crawl_that_is_killed_and_run_again_has_every_release_once(
    site: Any, tmp_path: Path
) -> None:
    killed, whole = (
        Settings(data=tmp_path / name, revisits="0", walk_days=0) for name in ("killed", "whole")
    )
    mirrors = {HOST: site.url}
    store = Store(killed)
    command = [sys.executable, "-c", ALONE, str(killed.data), HOST, site.url]
    with subprocess.Popen(command, cwd=ROOT) as process:
        wait_for(lambda: staged(store) > FEW, process)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert staged(store) < 500, "the crawl was killed in the middle"
    assert store.count() == 0, "nothing of a run is seen before its end"
    limit = staged(store) + 10
    reference = Store(whole)
    for made, into in ((killed, store), (whole, reference)):
        options: dict[str, Any] = {"mirrors": mirrors, "limit": limit, "delay_s": 0}
        assert crawl("us_doj", made, into, route="pages", **options).error is None
    assert state(store) == state(reference)
    assert {version for version, _ in state(store).values()} == {1}
    assert len(list(verify_archive(killed))) <= 1  # the record that was being written
    assert list(verify_catalog(killed, store)) == []
    store.close()
    reference.close()


@pytest.mark.each_catalog
def test_a_redirected_release_can_be_checked_against_its_evidence(
    run: Crawl, site: Any, store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = first_listed(site), first_listed(site) + "-moved"
    site.routes[new] = site.routes[old]
    plain = site.RequestHandlerClass.respond

    def respond(handler: Any, fault: Any) -> int:
        if handler.path == old:
            return int(handler.answer(302, b"", headers={"Location": new}))
        return int(plain(handler, fault))

    monkeypatch.setattr(site.RequestHandlerClass, "respond", respond)
    reports = [run(limit=FEW), run(limit=FEW)]
    assert [(each.new, each.same) for each in reports] == [(FEW, 0), (0, FEW)]
    [moved] = [each for each in store.releases() if each.url.endswith(old)]
    assert moved.provenance.url.endswith(new)
    assert_evidence_is_whole(settings, store)
    archived = [each for path in warcs(settings) for each in responses(path)]
    hops = [each for each in archived if each.status == 302]
    assert [each.url for each in hops] == [moved.url] * 2, "the redirect is evidence too"
    assert [each.headers["location"] for each in hops] == [new] * 2


@pytest.mark.each_catalog
def test_an_answer_without_news_is_archived_as_a_revisit(
    run: Crawl, settings: Settings, store: Store
) -> None:
    run(limit=FEW)
    [path] = warcs(settings)
    first_size = path.stat().st_size
    second = run(limit=FEW)
    again = [each for each in records(path) if each.offset >= first_size]
    kinds = Counter(each.kind for each in again if isinstance(each, Record))
    assert kinds["revisit"] == second.unchanged == FEW + 1
    assert kinds["response"] == len(second.missing)
    assert all(place.warc_offset < first_size for _, _, place, _ in store.locations())


def warcs(settings: Settings) -> list[Path]:
    found = settings.archive.glob("*/*.warc.gz")
    return sorted(path for path in found if KIND not in path.name)


# rules that hold before anything is fetched


@pytest.mark.parametrize(
    ("delay_s", "mirrors"),
    [(0.5, {}), (0, {HOST: "http://mirror.example"}), (-1, {HOST: "http://127.0.0.1:1"})],
)
def test_a_short_delay_is_refused_but_for_a_mirror_on_loopback(
    delay_s: float, mirrors: dict[str, str]
) -> None:
    with pytest.raises(
        SettingsError, match=r"^A delay of .* s is too short for .*: use at least 1 s"
    ):
        check_delay(delay_s, office("us_doj").routes[0], mirrors)


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_a_mirror_on_loopback_stands_any_delay(base: str) -> None:
    check_delay(0, office("us_doj").routes[0], {HOST: base})


@pytest.mark.each_catalog
def test_the_releases_of_a_listing_are_looked_up_together(settings: Settings, store: Store) -> None:
    with SampleSite("sample_doj") as site, sent(store) as statements:
        mirrors = dict.fromkeys(office("sample_doj").route("interface").hosts, site.url)
        report = crawl("sample_doj", settings, store, route="interface", mirrors=mirrors, delay_s=0)
    reads = [each for each in statements if each.startswith("SELECT release.id, release.office, ")]
    assert report.new > report.listings
    # What is new is looked for twice more: when it is staged, and when it is published.
    assert len(reads) == report.listings + 2 * report.new


def test_an_unknown_office_or_route_is_an_error_that_names_those_there_are(
    settings: Settings, store: Store
) -> None:
    with pytest.raises(OfficeError, match=r"The offices are: .*us_doj"):
        crawl("no_office", settings, store)
    with pytest.raises(OfficeError, match="Its routes are: interface, pages"):
        crawl("us_doj", settings, store, route="no_route")


def test_a_page_that_breaks_off_is_refused_where_the_office_s_pages_have_their_end(
    run: Crawl, site: Any, store: Store, tmp_path: Path
) -> None:
    run(limit=FEW)
    path = str(site.labels()[FEW + 3]["url"].removeprefix(f"https://{HOST}"))
    site.rules = [rule(exactly(path), "redesign", old_class="</html>", new_class="")]
    report = run(limit=FEW + 12)
    [refusal] = report.refused
    assert (refusal.url, refusal.rule) == (f"https://{HOST}{path}", "truncated")
    # Where none has it, that is how the office writes its pages.
    site.rules = [rule("^/opa/", "redesign", old_class="</html>", new_class="<!-- -->")]
    made = Settings(data=tmp_path / "other")
    other = Store(made)
    given: dict[str, Any] = {"mirrors": {HOST: site.url}, "delay_s": 0, "limit": FEW}
    assert crawl("us_doj", made, other, route="pages", **given).new == FEW
    other.close()


def test_answers_that_are_of_no_use_one_after_the_other_end_the_run(
    run: Crawl, site: Any, store: Store
) -> None:
    run(limit=FEW)
    site.log.clear()
    site.rules = [rule("^/opa/", "challenge")]
    report = run(limit=40)
    assert report.error
    assert "8 requests in a row failed" in report.error
    assert len([e for e in site.log if e["path"].startswith("/opa/")]) == 8
    assert store.count() == FEW
    site.rules = []
    assert run(limit=40).error is None
