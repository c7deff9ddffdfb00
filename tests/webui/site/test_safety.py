"""What protects readers, the people named, and the service; through Flask's client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from time import thread_time

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from corpus import Settings, read_settings
from corpus.errors import SettingsError
from tests.conftest import EDITED, sample_id
from webui import create_app
from webui.site.limits import HEAVY_S

RELEASE = f"/releases/{sample_id(EDITED)}"
PAGES = [
    "/",
    "/?q=torture",
    "/?q=xyzzyx",
    "/ru/?q=torture",
    "/help",
    "/coverage",
    "/edits",
    "/edits.xml",
    "/withheld",
    "/complete?q=tort",
    "/healthz",
    "/robots.txt",
    "/static/style.css",
    RELEASE,
    f"{RELEASE}?q=torture",
    f"{RELEASE}/response",
    f"{RELEASE}/cite.bib",
    f"{RELEASE}/differences",
    "/unapi",
    "/export.csv?q=torture",
    "/export.jsonl?q=torture",
    "/sample?q=torture&seed=1",
    "/sample.csv?q=torture&seed=1",
    "/sample?q=torture",
    "/nowhere",
    "/releases/none-0",
    "/export.exe",
    "/?q=" + "x" * 40_000,
]
Make = Callable[..., FlaskClient]
guard = import_module("webui.site.limits")  # the package has a function of that name


@pytest.fixture
def make(sample_settings: Settings) -> Iterator[Make]:
    """Clients of the sample offices' pages under other settings."""
    made: list[Flask] = []

    def client(**settings: object) -> FlaskClient:
        made.append(create_app(replace(sample_settings, **settings)))  # type: ignore[arg-type]
        return made[-1].test_client()

    yield client
    for app in made:
        store, engine = app.extensions["communique"]
        engine.close()
        store.close()


@pytest.mark.parametrize("url", PAGES)
def test_every_answer_is_fenced_in_and_sets_no_cookie(make: Make, url: str) -> None:
    answer = make().get(url, buffered=True)

    assert answer.status_code < 500
    headers = answer.headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in headers
    assert "Strict-Transport-Security" not in headers


def test_over_https_alone_is_answered_with_hsts(make: Make) -> None:
    client = make(https=True)

    moved = client.get("/help")
    assert (moved.status_code, moved.headers["Location"]) == (301, "https://localhost/help")
    answer = client.get("/help", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31556926"


@pytest.mark.parametrize("url", ["/", "/?q=torture", RELEASE, "/coverage", "/help", "/nowhere"])
def test_no_page_is_to_be_listed_by_other_engines(make: Make, url: str) -> None:
    assert said_to_robots(make().get(url)) == ("noindex", "noindex")


def test_an_operator_may_let_release_pages_be_listed_and_never_results(make: Make) -> None:
    client = make(indexable=True)

    for url in (RELEASE, f"/ru{RELEASE}", "/coverage", "/help"):
        assert said_to_robots(client.get(url)) == (None, None)
    for url in ("/", "/?q=torture", f"{RELEASE}?q=torture", f"{RELEASE}/response", "/nowhere"):
        assert said_to_robots(client.get(url))[0] == "noindex"


def said_to_robots(answer: TestResponse) -> tuple[str | None, object]:
    meta = BeautifulSoup(answer.data, "lxml").select_one("meta[name=robots]")
    return answer.headers.get("X-Robots-Tag"), meta and meta["content"]


def test_robots_txt_keeps_engines_from_files_and_from_no_noindex(make: Make) -> None:
    lines = make().get("/robots.txt").text.splitlines()

    forbidden = [line.partition(": ")[2] for line in lines if line.startswith("Disallow")]
    assert "/export." in forbidden
    assert not [each for each in forbidden if "/releases".startswith(each)]


def test_beyond_its_rate_a_client_is_told_when_to_come_again(make: Make) -> None:
    client = make(rate="3/minute")

    answers = [client.get("/help") for _ in range(4)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61
    assert "3 per 1 minute" in answers[-1].text
    assert client.get("/static/style.css", buffered=True).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_a_file_counts_as_ten_pages(make: Make) -> None:
    client = make(rate="15/minute")

    codes = [client.get("/export.csv?q=torture").status_code for _ in range(2)]

    assert codes == [200, 429]
    assert [client.get("/help").status_code for _ in range(6)] == [200] * 5 + [429]


def test_who_uses_much_processor_time_waits_and_nobody_else(make: Make) -> None:
    client = make(work_s=0.02)
    asked = (client.get(f"/?q=court+{number}") for number in range(100))

    refused = next(answer for answer in asked if answer.status_code != 200)

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 1000
    assert "your network address" in refused.text
    assert "0.02 seconds of processing time per minute" in refused.text
    problem = client.get("/api/v1/search?q=court")
    assert (problem.status_code, problem.mimetype) == (429, "application/problem+json")
    assert client.get("/help", environ_overrides={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200
    assert client.get("/static/style.css", buffered=True).status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("work_s", [30.0, 0.0])
def test_a_reader_is_far_from_the_limit_of_work(make: Make, work_s: float) -> None:
    client = make(work_s=work_s)
    assert {client.get(f"/?q=court+{number}").status_code for number in range(60)} == {200}


def test_who_used_much_of_late_is_heavy_and_a_reader_is_not(make: Make) -> None:
    client = make()
    is_heavy = client.application.extensions["is_heavy"]

    def work() -> str:
        until = thread_time() + HEAVY_S + 0.1
        while thread_time() < until:
            pass
        return ""

    client.application.add_url_rule("/work", view_func=work)
    for address, url in (("192.0.2.1", "/?q=court"), ("192.0.2.2", "/work")):
        client.get(url, environ_overrides={"REMOTE_ADDR": address})

    assert [is_heavy(f"192.0.2.{number}") for number in (1, 2, 3)] == [False, True, False]


def test_a_file_takes_its_time_and_leaves_some_for_pages(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(guard, "sleep", waits.append)
    whole = make(work_s=0).get("/export.csv").data
    assert not waits
    client = make(work_s=0.01)

    answer = client.get("/export.csv")

    assert answer.status_code == 200
    assert len(answer.data) == len(whole)
    assert len(waits) > 3
    assert all(0 < each < 6000 for each in waits)


def test_a_rate_that_cannot_be_read_is_told(make: Make) -> None:
    with pytest.raises(SettingsError, match="COMMUNIQUE_RATE"):
        make(rate="often")


def asks_as(client: FlaskClient, *forwarded: str) -> list[int]:
    return [
        client.get("/help", headers={"X-Forwarded-For": each}).status_code for each in forwarded
    ]


def test_without_proxies_nobody_s_word_on_who_asks_is_taken(make: Make) -> None:
    assert asks_as(make(rate="1/minute"), "192.0.2.1", "192.0.2.2") == [200, 429]


def test_behind_a_proxy_each_client_has_its_own_rate(make: Make) -> None:
    client = make(rate="1/minute", proxies=1)

    assert asks_as(client, "192.0.2.1", "192.0.2.2", "192.0.2.1") == [200, 200, 429]
    # What a client itself wrote in front of the proxy's word counts for nothing.
    assert asks_as(client, "203.0.113.9, 192.0.2.2") == [429]


def test_one_client_s_ipv6_addresses_are_one_client(make: Make) -> None:
    client = make(rate="1/minute", proxies=1)

    assert asks_as(client, "2001:db8:0:1::5", "2001:db8:0:1:ffff::9") == [200, 429]
    assert asks_as(client, "2001:db8:0:2::5", "no address", "nor this") == [200, 200, 429]


def test_behind_a_proxy_its_word_on_https_and_host_is_taken(make: Make) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "communique.example"}
    for proxies, start in ((1, "https://communique.example/"), (0, "http://localhost/")):
        soup = BeautifulSoup(make(proxies=proxies).get(RELEASE, headers=said).data, "lxml")
        stated = soup.select_one('[property="og:url"]')
        assert stated
        assert str(stated["content"]).startswith(start)


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "words"),
    [
        ("GET", "/?q=" + "a" * 40_000, b"", 414, "shorter query"),
        ("GET", "/" + "a" * 40_000, b"", 414, "too long"),
        ("POST", "/", b"x" * 100_000, 413, "too large"),
        ("POST", "/", b"x", 405, "Method not allowed"),
    ],
)
def test_what_is_beyond_all_measure_is_refused_with_a_sentence(
    make: Make, method: str, url: str, body: bytes, status: int, words: str
) -> None:
    answer = make().open(url, method=method, data=body)

    assert answer.status_code == status
    assert words in BeautifulSoup(answer.data, "lxml").get_text()


def test_a_query_of_two_thousand_cyrillic_letters_fits_in_an_address(make: Make) -> None:
    assert make().get("/", query_string={"q": "пытка " * 333}).status_code == 200


HEAVY = {
    "loose phrase": '"' + "the " * 490 + '"~1000',
    "loose phrases": " OR ".join(f'"the of a"~{number}' for number in range(10, 110)),
    "wildcards": " OR ".join(f"*{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz"),
    "stars": "*a" * 900 + "*",
    "many words": " OR ".join(f"w{number}" for number in range(300)),
    "nested": "(" * 900 + "a" + ")" * 900,
    "negated": "NOT (" * 300 + "a" + ")" * 300,
    "fuzzy": " OR ".join(f"{a}{b}~2" for a in "abcdefghij" for b in "abcdefghijklmnop"),
    "long word": "a" * 2000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_queries_are_answered_or_refused_and_break_nothing(make: Make, name: str) -> None:
    client = make()

    for url in ("/", RELEASE, "/complete"):
        assert client.get(url, query_string={"q": HEAVY[name]}).status_code in (200, 400)


def test_security_txt_names_the_operators_contact(make: Make) -> None:
    answer = make(security_contact="mailto:security@example.org").get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.content_type == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@example.org"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=100) < left < timedelta(days=366)


def test_security_txt_is_not_there_without_a_contact(make: Make) -> None:
    assert make().get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "contact", ["security@example.org", "http://example.org", "mailto:a\nExpires: 2099", "mailto:"]
)
def test_a_contact_that_is_no_address_is_refused(contact: str) -> None:
    with pytest.raises(SettingsError, match="SECURITY_CONTACT must begin with"):
        read_settings({"COMMUNIQUE_SECURITY_CONTACT": contact})
