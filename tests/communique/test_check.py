"""`communique check`: what it shows of an office's pages, what it asks for, how it ends."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from communique.main import main
from corpus import office
from corpus.crawling.sample_site import SampleSite

HOST = "www.justice.gov"


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """The command line sets up logging for a process that ends; tests go on."""
    root = logging.getLogger()
    handlers, converter = root.handlers[:], logging.Formatter.converter
    yield
    root.handlers[:] = handlers
    logging.Formatter.converter = converter


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def check(data: Path, site: str, name: str, *arguments: str) -> Result:
    hosts = {host for route in office(name).routes for host in route.hosts}
    mirrors = [part for host in hosts for part in ("--mirror", f"{host}={site}")]
    env = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_RETRIES": "0"}
    given = ["check", name, *arguments, *mirrors, "--delay", "0"]
    return CliRunner().invoke(main, given, env=env, catch_exceptions=False)


def pages(result: Result) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(result.stdout)
    return read


@pytest.mark.parametrize(
    ("name", "route", "number"),
    [("sample_doj", "pages", 3), ("sample_doj", "interface", 3), ("sample_gpo", "interface", 9)],
)
def test_a_listing_and_its_first_releases_are_read_and_nothing_is_stored(
    data: Path, name: str, route: str, number: int
) -> None:
    with SampleSite(name) as site:
        result = check(data, site.url, name, "--route", route, "--json")
    assert result.exit_code == 0
    kinds = [page["kind"] for page in pages(result)]
    assert kinds[0] == "listing"
    assert kinds.count("release") == number
    for page in pages(result):
        assert (page["rule"], page["reason"]) == (None, None)
        if page["kind"] == "release":
            assert page["fields"]["title"]
            assert page["fields"]["published"]
            assert page["fields"]["body"]
            assert "part" not in page["fields"]
    assert not data.exists()


def test_every_field_is_shown_to_people(data: Path) -> None:
    with SampleSite("sample_doj") as site:
        result = check(data, site.url, "sample_doj", "--route", "pages", "--limit", "1")
        read = pages(
            check(data, site.url, "sample_doj", "--route", "pages", "--limit", "1", "--json")
        )
    listing, release = read
    shown = " ".join(result.stdout.split())
    assert f"listing {listing['url']}" in shown
    assert f"{len(listing['fields']['links'])}, the first:" in shown
    assert f"release {release['url']}" in shown
    assert f"title {release['fields']['title']}" in shown
    assert f"published {release['fields']['published']}" in shown
    assert f"body {len(release['fields']['body'])} paragraphs," in shown
    assert "signature not stated" in shown
    assert "layout" not in shown
    assert shown.endswith("2 of 2 pages read.")


def test_releases_that_are_named_are_read_and_no_listing(data: Path) -> None:
    with SampleSite("sample_doj") as site:
        paths = [path for path, _ in site.routes if path.startswith("/opa/pr/")]
        urls = [f"https://www.justice.example{path}" for path in paths[:2]]
        result = check(data, site.url, "sample_doj", *urls, "--route", "pages", "--json")
    assert [(page["kind"], page["url"]) for page in pages(result)] == [("release", u) for u in urls]
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://www.justice.example/nowhere", "status_404"),
        ("https://elsewhere.example/opa/pr/some-release", "other_host"),
        (office("sample_doj").route("pages").start, "unreadable"),
    ],
)
def test_a_page_that_cannot_be_read_is_shown_with_the_reason_and_ends_with_1(
    data: Path, url: str, rule: str
) -> None:
    with SampleSite("sample_doj") as site:
        result = check(data, site.url, "sample_doj", url, "--route", "pages", "--json")
        shown = check(data, site.url, "sample_doj", url, "--route", "pages")
    (page,) = pages(result)
    assert (page["url"], page["rule"], page["fields"]) == (url, rule, None)
    assert page["reason"].endswith(".")
    assert (result.exit_code, shown.exit_code) == (1, 1)
    assert f"REFUSED ({rule}): {page['reason']}" in shown.stdout
    assert "0 of 1 page read." in shown.stdout


def test_an_office_out_of_reach_is_told(data: Path) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        result = check(data, url, "sample_doj", "--json")
    (page,) = pages(result)
    assert (result.exit_code, page["kind"], page["rule"]) == (1, "listing", "no_answer")
    assert "cannot be fetched" in page["reason"]


# a real office's pages


@pytest.fixture
def site(replica: Any) -> Iterator[Any]:
    with replica.Replica(HOST) as opened:
        yield opened


def test_a_real_office_is_asked_for_little_and_robots_txt_is_obeyed(data: Path, site: Any) -> None:
    path = site.labels()[0]["url"].removeprefix(f"https://{HOST}")
    forbidden = f"User-agent: *\nDisallow: {path}"
    site.rules = [{"match": "^/robots.txt$", "do": "robots", "text": forbidden}]
    result = check(data, site.url, "us_doj", "--route", "pages", "--limit", "2", "--json")
    listing, refused, read = pages(result)
    assert len(listing["fields"]["links"]) == 50
    assert (refused["rule"], read["rule"]) == ("robots", None)
    assert read["fields"]["published"] == site.labels()[1]["date"]
    assert [each["status"] for each in site.log] == [200, 200, 200]
    assert path not in {each["path"] for each in site.log}
    assert result.exit_code == 1


def test_a_bot_wall_and_a_listing_that_lists_nothing_are_named(data: Path, site: Any) -> None:
    site.rules = [{"match": "^/news", "do": "challenge"}]
    (wall,) = pages(check(data, site.url, "us_doj", "--route", "pages", "--json"))
    assert wall["rule"] == "bot_wall"
    site.rules = [
        {"match": "^/news", "do": "redesign", "old_class": "views-row", "new_class": "row"}
    ]
    (lost,) = pages(check(data, site.url, "us_doj", "--route", "pages", "--json"))
    assert lost["rule"] == "unreadable"
    assert "the layout may have changed" in lost["reason"]
