"""The operator's address is the one that pages, feeds and files name, whatever clients send."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from waitress.server import create_server
from werkzeug.test import create_environ, run_wsgi_app

from corpus import Settings, read_settings
from corpus.errors import SettingsError
from tests.conftest import EDITED, sample_id
from tests.walk import addresses
from webui import create_app

URL = "https://search.example.org"
EVIL = "evil.example"
RELEASE = sample_id(EDITED)
WATCHED = ["/livez", "/readyz", "/healthz", "/metrics"]
# Ways in which proxies, frameworks and attackers have told hosts.
FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Host": EVIL,
    "X-HTTP-Host-Override": EVIL,
    "X-Original-URL": f"http://{EVIL}/",
    "X-Rewrite-URL": f"/{EVIL}",
    "X-Script-Name": f"/{EVIL}",
    "Forwarded": f"for=192.0.2.1;host={EVIL};proto=gopher",
}
HOSTS = [
    EVIL,
    f"{EVIL}:443",
    f"search.example.org.{EVIL}",
    f"{EVIL}.search.example.org",
    f"search.example.org@{EVIL}",
    f"search.example.org:80@{EVIL}",
    f"{EVIL}#search.example.org",
    f"search.example.org, {EVIL}",
    f"search.example.org {EVIL}",
    f"search.example.org/{EVIL}",
    f'"><script>{EVIL}',
    f"search.example.org:{EVIL}",
    "127.0.0.1",
    "[::1]:8000",
    "localhost",
    "",
]
Make = Callable[..., FlaskClient]


@pytest.fixture
def make(changed_settings: Settings) -> Iterator[Make]:
    """Clients of pages under other settings, whose paths are not mounted anywhere by themselves."""
    made: list[Flask] = []

    def client(**given: object) -> FlaskClient:
        settings = replace(changed_settings, metrics_token="t", **given)  # type: ignore[arg-type]
        made.append(create_app(settings))
        return made[-1].test_client()

    yield client
    for app in made:
        for each in app.extensions["communique"]:
            each.close()


def everything(client: FlaskClient, url: str, **headers: object) -> tuple[int, str]:
    """Status, headers and body of an answer."""
    answer = client.get(url, buffered=True, **headers)  # type: ignore[arg-type]
    return answer.status_code, f"{answer.headers}\n{answer.text}"


@pytest.mark.parametrize("prefix", ["", "/ru", "/kk"])
@pytest.mark.parametrize("settings", [{}, {"url": URL}], ids=["unset", "set"])
def test_nothing_forged_is_in_any_page_feed_or_file(
    make: Make, settings: dict[str, str], prefix: str
) -> None:
    client = make(**settings)
    headers = FORGED | {"Host": "search.example.org"}
    statuses = set()
    for path in addresses(client.application, RELEASE, "torture"):
        answer = client.get(prefix + path, headers=headers, buffered=True)
        told = f"{answer.headers}\n{answer.text}"
        assert EVIL not in told, path
        assert "6666" not in told or "6666" in RELEASE, path
        assert "gopher" not in told, path
        statuses.add(answer.status_code)
    assert 200 in statuses
    assert not {each for each in statuses if each >= 500}


@pytest.mark.parametrize("host", HOSTS)
def test_other_hosts_are_refused_and_told_nowhere(make: Make, host: str) -> None:
    client = make(url=URL)
    for path in addresses(client.application, RELEASE, "torture"):
        answer = client.get(path, headers={"Host": host}, buffered=True)
        told = f"{answer.headers}\n{answer.text}"
        assert EVIL not in told
        if path.partition("?")[0] in WATCHED:
            assert answer.status_code in (200, 401)
        else:
            assert answer.status_code == 400, path
            assert URL in told
    assert client.get("/api/v1/offices", headers={"Host": host}).is_json
    assert client.get(f"/{EVIL}", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("name", ["HTTP_X_FORWARDED_HOST", "HTTP_HOST"])
def test_the_host_that_counts_is_the_one_of_the_last_proxy(make: Make, name: str) -> None:
    """A proxy of ours tells the host in X-Forwarded-Host; who talks past it in Host."""
    behind, alone = make(url=URL, proxies=1), make(url=URL)
    other = "HTTP_HOST" if name == "HTTP_X_FORWARDED_HOST" else "HTTP_X_FORWARDED_HOST"
    environ = {name: "search.example.org", other: EVIL}
    expected = (200, 400) if name == "HTTP_X_FORWARDED_HOST" else (400, 200)
    codes = [each.get("/help", environ_overrides=environ).status_code for each in (behind, alone)]
    assert (codes[0], codes[1]) == expected


@pytest.mark.parametrize(
    "host",
    [
        "search.example.org",
        "SEARCH.Example.ORG",
        "search.example.org:443",
        "search.example.org:8000",
        "search.example.org.",
    ],
)
def test_the_own_host_is_known_however_it_is_written(make: Make, host: str) -> None:
    status, told = everything(make(url=URL), f"/releases/{RELEASE}", headers={"Host": host})
    assert status == 200
    assert f'content="{URL}/releases/{RELEASE}"' in told
    assert ":8000" not in told


@pytest.mark.parametrize("host", ["a..b", "a" * 300, "-", "_dmarc.example", "xn--a", "1"])
def test_strange_hosts_break_nothing(make: Make, host: str) -> None:
    for settings in ({}, {"url": URL}):
        client = make(**settings)
        for path in ("/", "/search.atom", f"/releases/{RELEASE}", "/nowhere", "/api/v1/offices"):
            # Flask's client cannot read all of these itself.
            environ = create_environ(path) | {"HTTP_HOST": host}
            blocks, status, _ = run_wsgi_app(client.application, environ, buffered=True)
            assert int(status.split()[0]) < 500
            assert blocks


@pytest.mark.parametrize("host", ['a"><script>', "a b", "a/b", "a@b", "a,b", "a\\b", "[::1", "a:b"])
def test_without_an_address_what_can_be_no_host_is_refused(make: Make, host: str) -> None:
    status, told = everything(make(), "/help", headers={"Host": host})
    assert (status, host in told) == (400, False)
    assert make().get("/livez", headers={"Host": host}).status_code == 200


def test_without_an_address_pages_name_the_host_that_was_asked(make: Make) -> None:
    _, told = everything(make(), f"/releases/{RELEASE}", headers={"Host": "here.example:8000"})
    assert f'content="http://here.example:8000/releases/{RELEASE}"' in told


@pytest.mark.parametrize("url", [URL, f"{URL}/press/releases", "http://search.example.org:8080"])
def test_all_that_names_the_page_names_its_address(make: Make, url: str) -> None:
    client = make(url=url)
    host = {"Host": urlsplit(url).netloc}

    def told(path: str) -> str:
        status, words = everything(client, path, headers=host)
        assert status == 200
        return words

    assert f"<id>{url}/search.atom?q=torture</id>" in told("/search.atom?q=torture")
    assert f"<id>{url}/edits.atom</id>" in told("/edits.atom")
    assert f'href="{url}/releases/' in told("/search.atom?q=torture")
    assert f'content="{url}/releases/{RELEASE}"' in told(f"/releases/{RELEASE}")
    assert f"{url}/releases/" in told("/concordance.csv?q=torture")
    release = client.get(f"/api/v1/releases/{RELEASE}", headers=host).get_json()
    assert release["page_url"] == f"{url}/releases/{RELEASE}"
    assert release["provenance"]["response_url"] == f"{url}/releases/{RELEASE}/response"
    found = client.get("/api/v1/search?q=court&sort=newest&size=1", headers=host)
    assert found.get_json()["next"].startswith(f"{url}/api/v1/search?")
    assert f"<{url}/api/v1/search?" in found.headers["Link"]
    description = client.get("/api/v1/openapi.json", headers=host).get_json()
    assert description["servers"] == [{"url": url}]
    path = urlsplit(url).path
    assert f"\nDisallow: {path}/complete\n" in told("/robots.txt")


@pytest.mark.parametrize("mounted", ["", "/press"], ids=["taken off by the proxy", "handed on"])
def test_under_a_path_every_link_leads_on(make: Make, mounted: str) -> None:
    client = make(url=f"{URL}/press")
    host = {"Host": "search.example.org"}
    seen, left = set(), [f"{URL}/press/", f"{URL}/press/ru/?q=torture"]
    while left:
        url = left.pop()
        path = urlsplit(url)._replace(scheme="", netloc="").geturl()
        assert path.startswith("/press")
        answer = client.get(mounted + path.removeprefix("/press"), headers=host, buffered=True)
        assert answer.status_code in (200, 300, 302), url
        if len(seen) > 40 or answer.mimetype != "text/html":
            continue
        links = {
            urljoin(url, str(each[name]))
            for name in ("href", "src", "action")
            for each in BeautifulSoup(answer.data, "lxml").select(f"[{name}]")
        }
        # One of each kind is enough.
        for link in links:
            parts = urlsplit(link)
            kind = re.sub(r"[^/]*-[0-9a-f]{16}", "ID", parts.path), bool(parts.query)
            if parts.netloc == "search.example.org" and kind not in seen:
                seen.add(kind)
                left.append(link)
    assert len(seen) > 25


def test_https_is_asked_for_at_the_own_address(make: Make) -> None:
    client = make(url=URL, https=True)
    for host in ("search.example.org", EVIL):
        answer = client.get("/help?q=1", headers={"Host": host})
        assert answer.headers["Location"] == f"{URL}/help?q=1"
    https = {"base_url": "https://search.example.org"}
    assert client.get("/help", **https).status_code == 200  # type: ignore[arg-type]


def exchange(port: int, request: str) -> str:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(request.replace("\n", "\r\n").encode())
        with line.makefile("rb") as answer:
            return answer.read().decode()


@pytest.mark.parametrize(
    ("request_line", "hosts", "status"),
    [
        ("GET /help HTTP/1.1", ["search.example.org"], 200),
        ("GET /help HTTP/1.1", [EVIL], 400),
        ("GET /help HTTP/1.1", [EVIL, "search.example.org"], 400),
        ("GET /help HTTP/1.1", ["search.example.org", EVIL], 400),
        ("GET /help HTTP/1.0", [], 400),
        (f"GET http://{EVIL}/help HTTP/1.1", ["search.example.org"], 200),
        ("GET //help HTTP/1.1", ["search.example.org"], 200),
        ("GET /livez HTTP/1.1", ["127.0.0.1"], 200),
        ("GET /healthz HTTP/1.0", [], 200),
    ],
)
def test_over_a_socket(
    changed_settings: Settings, request_line: str, hosts: list[str], status: int
) -> None:
    app = create_app(replace(changed_settings, url=URL))
    server = create_server(app, host="127.0.0.1", port=0, clear_untrusted_proxy_headers=True)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    lines = [request_line, *(f"Host: {host}" for host in hosts), "Connection: close", "", ""]
    answer = exchange(server.effective_port, "\n".join(lines))
    server.close()
    thread.join(timeout=5)
    for each in app.extensions["communique"]:
        each.close()
    assert int(answer.split()[1]) == status, answer
    assert EVIL not in answer


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://search.example.org/", "https://search.example.org"),
        ("https://Search.Example.org:443/press/", "https://search.example.org/press"),
        ("http://search.example.org:8080", "http://search.example.org:8080"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]"),
        (
            "https://поиск.example/пресса",
            "https://xn--h1aekdm.example/%D0%BF%D1%80%D0%B5%D1%81%D1%81%D0%B0",
        ),
        ("", ""),
    ],
)
def test_an_address_is_read_as_browsers_write_it(given: str, read: str) -> None:
    assert read_settings({"COMMUNIQUE_URL": given}).url == read


@pytest.mark.parametrize(
    "given",
    [
        "search.example.org",
        "ftp://search.example.org",
        "https://",
        "https://user:word@search.example.org",
        "https://search.example.org/?q=1",
        "https://search.example.org/#top",
        "https://search.example.org:port",
        "https://a..b",
        " ",
    ],
)
def test_what_is_no_address_is_told(given: str) -> None:
    with pytest.raises(SettingsError, match="COMMUNIQUE_URL must be an address such as"):
        read_settings({"COMMUNIQUE_URL": given})


def test_https_alone_and_an_address_without_it_contradict() -> None:
    with pytest.raises(SettingsError, match="COMMUNIQUE_HTTPS=yes needs a COMMUNIQUE_URL"):
        read_settings({"COMMUNIQUE_URL": "http://search.example.org", "COMMUNIQUE_HTTPS": "yes"})


def test_the_description_is_json_under_any_address(make: Make) -> None:
    answer = make(url=URL).get("/api/v1/openapi.json", headers={"Host": "search.example.org"})
    assert json.loads(answer.data)["openapi"].startswith("3.1")
