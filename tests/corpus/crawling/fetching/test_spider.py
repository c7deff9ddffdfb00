"""The spider on small servers of our own: private addresses, redirects, errors of the run."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from corpus import Settings
from corpus.crawling.fetching import download_handler, middlewares
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.fetching.spider import fetch_all
from corpus.errors import CrawlError
from tests.faulty_site import FaultySite, late
from tests.fetching import fetch_one


class _Server(ThreadingHTTPServer):
    """Answers every path with a redirect or a page, and counts."""

    daemon_threads = True

    def __init__(self, targets: dict[str, str]) -> None:
        self.targets, self.asked = targets, list[str]()
        self.rules: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def netloc(self) -> str:
        return f"localhost:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        target = self.server.targets.get(self.path)
        self.send_response(302 if target else 404 if self.path == "/robots.txt" else 200)
        if target:
            self.send_header("Location", target)
        body = self.server.rules.get(self.path, f"<h1>{self.path}</h1>").encode()
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def server(targets: dict[str, str] | None = None) -> Iterator[_Server]:
    with _Server(targets or {}) as opened:
        Thread(target=opened.serve_forever, args=(0.02,), daemon=True).start()
        yield opened
        opened.shutdown()


def test_a_private_address_is_not_reached_without_a_mirror(settings: Settings) -> None:
    with server() as opened:
        answer = fetch_one(settings, f"http://{opened.netloc}/x", (opened.netloc,), {})
        assert isinstance(answer, FetchFailure)
        assert answer.reason == "localhost resolves to an address that is not public."
        assert opened.asked == []


def test_a_host_that_does_not_resolve_fails_with_a_sentence(settings: Settings) -> None:
    answer = fetch_one(settings, "http://nobody.invalid/x", ("nobody.invalid",), {})
    assert isinstance(answer, FetchFailure)
    assert answer.reason.endswith(".")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/loop", "redirects more than 5 times"),
        (
            "http://other.example/",
            "redirects to another host, http://other.example/",
        ),
        ("http://[broken/", "redirects to 'http://[broken/': It is not an address"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_failure(
    settings: Settings, location: str, reason: str
) -> None:
    with server({"/x": location, "/loop": "/loop"}) as opened:
        mirrors = {"office.example": f"http://{opened.netloc}"}
        answer = fetch_one(settings, "http://office.example/x", ("office.example",), mirrors)
    assert isinstance(answer, FetchFailure)
    assert reason in answer.reason


def test_a_redirect_on_the_office_s_own_host_is_followed_and_kept_under_its_target(
    settings: Settings,
) -> None:
    with server({"/x": "/y"}) as opened:
        mirrors = {"office.example": f"http://{opened.netloc}"}
        answer = fetch_one(settings, "https://office.example/x", ("office.example",), mirrors)
    assert isinstance(answer, FetchResult)
    assert answer.request.url == "https://office.example/x"
    assert answer.response.url == "https://office.example/y"
    assert answer.body == b"<h1>/y</h1>"


def test_an_error_that_the_run_raises_ends_the_crawl_and_is_raised(settings: Settings) -> None:
    def fail(_: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        raise CrawlError("Enough.")

    with pytest.raises(CrawlError, match=r"^Enough\.$"):
        fetch_all(("office.example",), {}, 0, settings, fail)


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_a_gzip_body_that_breaks_off_is_a_failure(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kept: float
) -> None:
    whole = gzip.compress(b"<p>A release.</p>" * 500)

    def answer(handler: Any) -> None:
        handler.send_response(404 if handler.path == "/robots.txt" else 200)
        body = whole if handler.path == "/whole" else whole[: int(len(whole) * kept)]
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    monkeypatch.setattr(_Handler, "do_GET", answer)
    with server() as opened:
        mirrors = {"office.example": f"http://{opened.netloc}"}
        cut, full = (
            fetch_one(settings, f"http://office.example/{name}", ("office.example",), mirrors)
            for name in ("cut", "whole")
        )
    assert isinstance(cut, FetchFailure)
    assert cut.rule in ("truncated", "no_answer")
    assert isinstance(full, FetchResult)
    assert full.body == b"<p>A release.</p>" * 500


def test_a_robots_txt_that_redirects_on_its_host_is_followed_and_obeyed(settings: Settings) -> None:
    targets = {"/robots.txt": "/moved", "/moved": "/rules.txt"}
    with server(targets) as site:
        site.rules["/rules.txt"] = "User-agent: *\nDisallow: /closed"
        base, hosts = f"http://{site.netloc}", ("www.prosecutor.example",)
        mirrors = {hosts[0]: base}
        closed = fetch_one(settings, f"https://{hosts[0]}/closed/a", hosts, mirrors)
        opened = fetch_one(settings, f"https://{hosts[0]}/open/a", hosts, mirrors)
        assert isinstance(closed, FetchFailure)
        assert (closed.rule, isinstance(opened, FetchResult)) == ("robots", True)
        rules = ["/robots.txt", "/moved", "/rules.txt"]
        assert site.asked == [*rules, *rules, "/open/a"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://elsewhere.example/robots.txt", "it redirects to another host"),
        ("file:///etc/hostname", "it redirects to 'file:///etc/hostname'"),
        ("http://[broken/", "it redirects to 'http://[broken/'"),
        ("/robots.txt", "it redirects more than 5 times"),
    ],
)
def test_a_robots_txt_that_leads_away_or_nowhere_is_out_of_reach(
    settings: Settings, target: str, reason: str
) -> None:
    with server({"/robots.txt": target}) as site:
        hosts = ("www.prosecutor.example",)
        mirrors = {hosts[0]: f"http://{site.netloc}"}
        answer = fetch_one(settings, f"https://{hosts[0]}/a", hosts, mirrors)
    assert isinstance(answer, FetchFailure)
    assert reason in answer.reason
    assert "nothing may be fetched there" in answer.reason
    assert set(site.asked) == {"/robots.txt"}


def test_an_office_that_does_not_answer_for_robots_txt_is_left_soon(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middlewares, "ROBOTS_S", 0.2)
    with FaultySite() as site:
        site.faults = [("robots", late(600))]
        mirrors = {"a.example": site.url}
        given = replace(settings, retries=0)
        answer = fetch_one(given, "https://a.example/x", ("a.example",), mirrors)
    assert isinstance(answer, FetchFailure)
    assert "/robots.txt took longer than 0.2 seconds" in answer.reason


def test_a_host_that_accepts_no_connection_is_left_soon(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download_handler, "CONNECT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as queue:
        for _ in range(3):  # the system takes one of them; who comes later waits
            each = queue.enter_context(socket.socket())
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        mirrors = {"a.example": f"http://127.0.0.1:{full.getsockname()[1]}"}
        given = replace(settings, retries=0)
        answer = fetch_one(given, "https://a.example/x", ("a.example",), mirrors)
    assert isinstance(answer, FetchFailure)
    assert "127.0.0.1 accepts no connection within 0.2 seconds" in answer.reason
