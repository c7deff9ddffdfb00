"""Whom a crawl talks to: servers with good and bad certificates, and addresses of all kinds."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scrapy.settings import default_settings
from warcio.archiveiterator import ArchiveIterator

from communique.main import main
from corpus import Settings, Store, certificate_exception, offices
from corpus.crawling.crawl import crawl
from corpus.crawling.fetching import download_handler
from corpus.crawling.fetching.public_address import is_public, literal_address
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.fetching.scrapy_settings import scrapy_settings
from corpus.crawling.fetching.spider import fetch_all
from corpus.crawling.sample_site import SampleSite
from corpus.errors import CrawlError
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.tls import BrokenChain, tls_context
from corpus.warc.archive import read_response
from corpus.warc.reader import records
from corpus.warc.record import Record
from corpus.warc.writer import ArchiveWriter
from tests.fetching import fetch_one
from tests.tls_site import DAY, Identity, Proxy, Site, answer, authority, issue, server

HOST, OTHER = "www.office.example", "files.office.example"
URL = f"https://{HOST}/x"
UNKNOWN = issue("Unknown authority", is_authority=True)
MIDDLE = issue("Intermediate authority", issuer=authority(), is_authority=True)

GOOD = {
    "plain": server(HOST),
    "wildcard": server("*.office.example"),
    "one of many names": server("a.example", HOST, "b.example"),
    "by an intermediate": issue("server", HOST, issuer=MIDDLE, chain=(MIDDLE.certificate,)),
}
BAD = {
    "wrong host": (server("www.other.example"), "Hostname mismatch"),
    "the domain above": (server("office.example"), "Hostname mismatch"),
    "a wildcard too far up": (server("*.example"), "Hostname mismatch"),
    "a common name alone": (issue(HOST, issuer=authority()), "Hostname mismatch"),
    "expired": (server(HOST, begins=-30 * DAY, ends=-DAY), "certificate has expired"),
    "not yet valid": (server(HOST, begins=DAY), "certificate is not yet valid"),
    "self-signed": (issue("server", HOST), "self-signed certificate"),
    "unknown authority": (issue("server", HOST, issuer=UNKNOWN), "unable to get local issuer"),
    "unknown authority, sent along": (
        issue("server", HOST, issuer=UNKNOWN, chain=(UNKNOWN.certificate,)),
        "self-signed certificate in certificate chain",
    ),
    "intermediate not sent": (issue("server", HOST, issuer=MIDDLE), "unable to get local issuer"),
    "issued by a server": (issue("server", HOST, issuer=server(HOST)), "unable to get"),
}


@pytest.fixture(autouse=True)
def trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator whose company has an authority of its own."""
    path = tmp_path / "authority.pem"
    path.write_text(authority().pem, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Proxy]]:
    """Makes a proxy that leads to sites by the names of hosts; crawls use it from then on."""
    opened = []

    def make(sites: dict[str, Any], identity: Identity | None = None, name: str = "") -> Proxy:
        ports = {host: site.server_address[1] for host, site in sites.items()}
        proxy = Proxy(ports, identity)
        opened.append(proxy.__enter__())
        scheme = "https" if identity else "http"
        for each in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(each, f"{scheme}://{name or '127.0.0.1'}:{proxy.port}")
        return proxy

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def fetch(
    settings: Settings,
    url: str = URL,
    *,
    hosts: tuple[str, ...] = (HOST, OTHER),
    mirrors: dict[str, str] | None = None,
    broken: tuple[BrokenChain, ...] = (),
    https_only: bool = False,
) -> FetchResult | FetchFailure:
    return fetch_one(settings, url, hosts, mirrors or {}, broken, https_only=https_only)


@pytest.mark.parametrize("identity", GOOD.values(), ids=GOOD)
def test_a_server_that_proves_to_be_its_host_is_asked(
    settings: Settings, lead: Callable[..., Proxy], identity: Identity
) -> None:
    with Site(identity=identity) as site:
        lead({HOST: site})
        found = fetch(settings)
    assert isinstance(found, FetchResult)
    assert found.body == b"<h1>Charged</h1>"
    assert site.asked == ["/robots.txt", "/x"]


@pytest.mark.parametrize(("identity", "why"), BAD.values(), ids=BAD)
def test_a_server_that_does_not_is_asked_nothing_and_not_tried_again(
    settings: Settings, lead: Callable[..., Proxy], identity: Identity, why: str
) -> None:
    with Site(identity=identity) as site:
        lead({HOST: site})
        found = fetch(settings)
    assert isinstance(found, FetchFailure)
    assert found.rule == "certificate"
    assert found.reason.startswith(f"The certificate of {HOST} cannot be verified: {why}")
    assert (site.asked, site.connections) == ([], 1)


@pytest.mark.parametrize("is_named", [True, False])
def test_a_host_that_is_an_ip_address_must_stand_in_its_certificate(
    settings: Settings, is_named: bool
) -> None:
    identity = server("127.0.0.1") if is_named else server(HOST)
    with Site(identity=identity) as site:
        mirrors = {HOST: f"https://127.0.0.1:{site.port}"}
        found = fetch(settings, mirrors=mirrors)
    assert isinstance(found, FetchResult) == is_named
    assert isinstance(found, FetchResult) or "IP address mismatch" in found.reason


def test_a_redirect_to_a_host_of_the_office_that_does_not_prove_it_is_not_followed(
    settings: Settings, lead: Callable[..., Proxy]
) -> None:
    to = answer(b"", b"Location: https://files.office.example/x", status=b"302 Found")
    with Site({"/x": to}, server(HOST)) as site, Site(identity=server(HOST)) as other:
        lead({HOST: site, OTHER: other})
        found = fetch(settings)
    assert isinstance(found, FetchFailure)
    assert (found.rule, [each.status for each in found.redirects]) == ("certificate", [302])
    assert other.asked == []


@pytest.mark.parametrize("name", ["localhost", HOST])
def test_a_mirror_proves_to_be_itself_not_the_host_it_stands_for(
    settings: Settings, name: str
) -> None:
    with Site(identity=server(name)) as site:
        found = fetch(settings, mirrors={HOST: f"https://localhost:{site.port}"})
    assert isinstance(found, FetchResult) == (name == "localhost")
    assert site.asked == (["/robots.txt", "/x"] if name == "localhost" else [])


@pytest.mark.parametrize("name", ["localhost", HOST])
def test_a_proxy_proves_to_be_itself_and_so_does_the_host_behind_it(
    settings: Settings, lead: Callable[..., Proxy], name: str
) -> None:
    host = server(HOST)
    with Site(identity=host) as site:
        proxy = lead({HOST: site}, server(name), "localhost")
        found = fetch(settings)
    assert isinstance(found, FetchResult) == (name == "localhost")
    if isinstance(found, FetchResult):
        assert found.response.transport.certificate == hashlib.sha256(host.der).hexdigest()
    else:
        assert found.reason.startswith("The certificate of localhost cannot be verified")
        assert proxy.asked == []


@pytest.mark.parametrize("url", [f"http://{HOST}/x", f"HTTP://{HOST}/x", f"{URL}-moved"])
def test_a_link_or_redirect_to_http_is_followed_by_https_where_the_office_knows_it(
    settings: Settings, lead: Callable[..., Proxy], url: str
) -> None:
    """Anybody on the way could answer for it by http; here, the proxy would."""
    moved = answer(b"", f"Location: http://{HOST}/x".encode(), status=b"301 Moved Permanently")
    with Site({"/x": answer(b"<h1>Ours</h1>"), "/x-moved": moved}, server(HOST)) as site:
        proxy = lead({HOST: site})
        found = fetch(settings, url, https_only=True)
    assert isinstance(found, FetchResult)
    assert (found.body, found.response.url) == (b"<h1>Ours</h1>", URL)
    assert {each.partition(" ")[0] for each in proxy.asked} == {"CONNECT"}


def test_no_way_back_to_http_is_left_where_a_server_does_not_prove_itself(
    settings: Settings, lead: Callable[..., Proxy]
) -> None:
    with Site(identity=server(OTHER)) as site:
        proxy = lead({HOST: site})
        found = fetch(settings, f"http://{HOST}/x", https_only=True)
    assert isinstance(found, FetchFailure)
    assert found.rule == "certificate"
    assert not any(each.startswith("GET") for each in proxy.asked)


def test_offices_that_know_no_https_are_known() -> None:
    routes = [(name, each) for name, source in offices().items() for each in source.routes]
    http = {name for name, route in routes if not route.https_only}
    assert http == {"kz_gpo", "sample_gpo"}


@pytest.mark.parametrize("is_encrypted", [True, False])
def test_a_proxy_s_certificate_is_not_taken_for_that_of_the_host_behind_it(
    settings: Settings, lead: Callable[..., Proxy], is_encrypted: bool
) -> None:
    identity = server("localhost") if is_encrypted else None
    proxy = lead({}, identity, "localhost")
    found = fetch(settings, f"http://{HOST}/x")
    assert isinstance(found, FetchResult)
    assert found.response.transport.protocols == ("http/1.1",)
    assert found.response.transport.certificate is None
    assert proxy.asked == [f"GET http://{HOST}/robots.txt", f"GET http://{HOST}/x"]


def test_an_exception_for_a_host_is_none_for_the_hosts_behind_a_good_proxy(
    settings: Settings, lead: Callable[..., Proxy]
) -> None:
    with Site(identity=issue("server", HOST, issuer=UNKNOWN)) as site:
        lead({HOST: site}, server("localhost"), "localhost")
        found = fetch(settings, broken=(BrokenChain(OTHER, "It is broken.", UNKNOWN.pem),))
    assert isinstance(found, FetchFailure)


BROKEN = {
    "self-signed": (self_signed := issue("server", HOST), self_signed),
    "by its authority": (issue("server", HOST, issuer=UNKNOWN), UNKNOWN),
    "by an authority between": (issue("server", HOST, issuer=MIDDLE), MIDDLE),
    "by itself": (itself := issue("server", HOST, issuer=UNKNOWN), itself),
}


@pytest.mark.parametrize(("identity", "trusted"), BROKEN.values(), ids=BROKEN)
def test_a_declared_certificate_mends_a_broken_chain_and_the_archive_tells_it(
    settings: Settings, lead: Callable[..., Proxy], identity: Identity, trusted: Identity
) -> None:
    reason = "Its server does not send the intermediate certificate."
    with Site(identity=identity) as site:
        lead({HOST: site})
        found = fetch(settings, broken=(BrokenChain(HOST, reason, trusted.pem),))
        assert isinstance(found, FetchResult)
        assert isinstance(fetch(settings), FetchFailure)
    assert found.response.transport.exception == reason
    assert ("WARC-Certificate-Exception", reason) in archived(settings, found)


@pytest.mark.parametrize(
    ("identity", "host", "why"),
    [
        (issue("server", OTHER, issuer=UNKNOWN), HOST, "Hostname mismatch"),
        (issue("server", HOST, issuer=UNKNOWN, ends=-DAY, begins=-2 * DAY), HOST, "expired"),
        (issue("server", HOST, issuer=issue("Third", is_authority=True)), HOST, "unable to get"),
        (issue("server", HOST, issuer=UNKNOWN), OTHER, "unable to get local issuer"),
    ],
    ids=["another name", "expired", "another authority", "declared for another host"],
)
def test_nothing_else_is_forgiven_by_it(
    settings: Settings, lead: Callable[..., Proxy], identity: Identity, host: str, why: str
) -> None:
    with Site(identity=identity) as site:
        lead({HOST: site})
        found = fetch(settings, broken=(BrokenChain(host, "It is broken.", UNKNOWN.pem),))
    assert isinstance(found, FetchFailure)
    assert why in found.reason
    assert site.asked == []


def test_no_office_has_an_exception() -> None:
    """Declare one here too, so that it is reviewed as such."""
    assert {
        name: each.broken_chains for name, each in offices().items() if each.broken_chains
    } == {}


def archived(settings: Settings, found: FetchResult) -> list[tuple[str, str]]:
    """The WARC headers of an answer's record, which can be read and verified."""
    with ArchiveWriter(settings.archive, "an_office", 1_000_000) as archive:
        place = archive.add(found.response)
    path = settings.archive / place.warc_file
    assert all(isinstance(each, Record) for each in records(path))
    assert read_response(settings.archive, place).body == found.body
    with path.open("rb") as file:
        [made] = [
            r for r in ArchiveIterator(file, check_digests="raise") if r.rec_type == "response"
        ]
        return list(made.rec_headers.headers)


@pytest.mark.parametrize(
    ("most", "protocol", "cipher"),
    [
        (ssl.TLSVersion.TLSv1_3, "tls/1.3", "TLS_AES_256_GCM_SHA384"),
        (ssl.TLSVersion.TLSv1_2, "tls/1.2", None),
    ],
)
def test_the_archive_tells_the_certificate_and_the_protocol(
    settings: Settings,
    lead: Callable[..., Proxy],
    most: ssl.TLSVersion,
    protocol: str,
    cipher: str | None,
) -> None:
    identity = server(HOST)
    with Site(identity=identity, most=most) as site:
        lead({HOST: site})
        found = fetch(settings)
    assert isinstance(found, FetchResult)
    told = archived(settings, found)
    assert [v for k, v in told if k == "WARC-Protocol"] == ["http/1.1", protocol]
    digest = "sha256:" + hashlib.sha256(identity.der).hexdigest()
    assert [v for k, v in told if k == "WARC-Certificate-Digest"] == [digest]
    assert [v for k, v in told if k == "WARC-Cipher-Suite"] == ([cipher] if cipher else [])
    assert [v for k, v in told if k == "WARC-Certificate-Exception"] == []


def test_of_an_answer_without_tls_the_archive_tells_no_certificate(settings: Settings) -> None:
    with Site() as site:
        found = fetch(settings, mirrors={HOST: f"http://127.0.0.1:{site.port}"})
    assert isinstance(found, FetchResult)
    told = dict(archived(settings, found))
    assert told["WARC-Protocol"] == "http/1.1"
    assert "WARC-Certificate-Digest" not in told


PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
NOT_PUBLIC = [
    *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254"),
    *("172.16.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:0"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001:db8::1", "2001::1"),
    *("2002:7f00:1::", "2002:c0a8:101::1", "3fff::1", "5f00::1", "fc00::1", "fd00::1"),
    *("fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


LITERALS = [
    *("127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "2130706433"),
    *("0", "0.0.0.0", "127.0.0.1.", "①②⑦.0.0.1", "10.0.0.1", "169.254.169.254"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[fe80::1]"),
]


@pytest.mark.parametrize("is_proxied", [False, True])
@pytest.mark.parametrize("host", LITERALS)
def test_a_host_that_is_a_private_address_however_spelt_is_not_connected_to(
    settings: Settings, lead: Callable[..., Proxy], host: str, is_proxied: bool
) -> None:
    with Site() as site:
        url = f"{'https' if is_proxied else 'http'}://{host}:{site.port}/x"
        proxy = lead({}) if is_proxied else None
        found = fetch(settings, url, hosts=(f"{host}:{site.port}",))
    assert isinstance(found, FetchFailure)
    assert found.rule == "private_address"
    assert found.reason.endswith("is not a public address.")
    assert site.connections == 0
    assert proxy is None or proxy.asked == []


@pytest.mark.parametrize("host", [HOST, "8.8.8.8.example", "0x7f.example", "1e100.net", "a.1"])
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


class Names:
    """Answers of the domain name system, one a question, the last for good."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), list[str]()

    async def getaddrinfo(self, loop: Any, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        found = self.answers.pop(0) if self.answers[1:] else self.answers[0]
        return [
            (socket.AF_INET6, 1, 6, "", (each, port, 0, 0))
            if ":" in each
            else (socket.AF_INET, 1, 6, "", (each, port))
            for each in found
        ]

    def rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def answered(loop: Any, host: str, port: int, **options: Any) -> list[Any]:
            return await self.getaddrinfo(loop, host, port, **options)

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", answered)


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["64:ff9b::7f00:1"]],
    ids=",".join,
)
def test_a_name_that_leads_to_a_private_address_is_not_connected_to_robots_txt_included(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    Names(addresses).rule(monkeypatch)
    with Site() as site:
        host = f"{HOST}:{site.port}"
        found = fetch(settings, f"http://{host}/x", hosts=(host,))
    assert isinstance(found, FetchFailure)
    assert found.rule == "private_address"
    assert found.reason == f"{HOST} resolves to an address that is not public."
    assert site.connections == 0


def test_the_address_that_was_judged_is_the_one_that_is_connected_to_each_time_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.2 plays the public address here."""
    monkeypatch.setattr(download_handler, "is_public", lambda each: str(each) == "127.0.0.2")
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    names.rule(monkeypatch)
    with Site(at=("127.0.0.2", 0)) as site, Site(at=("127.0.0.1", site.port)) as trap:
        host = f"{HOST}:{site.port}"
        found = fetch(settings, f"http://{host}/x", hosts=(host,))
    assert isinstance(found, FetchFailure)
    assert found.rule == "private_address"
    assert site.asked == ["/robots.txt"]  # hangs up, so that the page needs another connection
    assert trap.connections == 0
    assert names.asked == [HOST, HOST]


def test_that_one_host_has_a_mirror_opens_no_private_address_to_another(settings: Settings) -> None:
    with Site() as site, Site() as inner:
        mirrors = {HOST: f"http://127.0.0.1:{site.port}"}
        url = f"http://localhost:{inner.port}/x"
        found = fetch(settings, url, hosts=(HOST, f"localhost:{inner.port}"), mirrors=mirrors)
    assert isinstance(found, FetchFailure)
    assert found.rule == "private_address"
    assert inner.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        f"file://{HOST}/etc/hostname",
        "file:///etc/hostname",
        "data:text/html,<h1>Charged</h1>",
        f"ftp://{HOST}/x",
        f"s3://{HOST}/x",
        f"gopher://{HOST}/x",
    ],
)
def test_nothing_but_http_is_spoken_before_and_behind_the_door(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    found = fetch(settings, url, hosts=(HOST, ""))
    assert isinstance(found, FetchFailure)
    assert found.rule == "other_scheme"
    monkeypatch.setattr("corpus.reading.address.check_address", lambda url, hosts=None: None)
    found = fetch(settings, url, hosts=(HOST, ""))
    assert isinstance(found, FetchFailure)
    assert "Unsupported URL scheme" in found.reason


def test_what_we_rely_on_in_libraries_holds(settings: Settings) -> None:
    context = tls_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.hostname_checks_common_name is False
    assert "NULL" not in {each["name"].split("-")[0] for each in context.get_ciphers()}
    ours = scrapy_settings(1, settings, False)
    assert ours["DOWNLOAD_VERIFY_CERTIFICATES"] is True
    spoken = default_settings.DOWNLOAD_HANDLERS_BASE | ours["DOWNLOAD_HANDLERS"]
    handler = "corpus.crawling.fetching.download_handler.OfficeDownloadHandler"
    assert {k: v for k, v in spoken.items() if v} == {"http": handler, "https": handler}
    for name in ("COOKIES_ENABLED", "REDIRECT_ENABLED", "METAREFRESH_ENABLED"):
        assert ours[name] is False


def test_a_listing_behind_a_bad_certificate_fails_the_run(
    settings: Settings, lead: Callable[..., Proxy]
) -> None:
    def take(answer: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        if answer is None:
            yield FetchRequest(URL)
        elif isinstance(answer, FetchFailure):
            raise CrawlError(answer.reason)

    with Site(identity=server(OTHER)) as site:
        lead({HOST: site})
        with pytest.raises(CrawlError, match="cannot be verified"):
            fetch_all((HOST,), {}, 0, settings, take)


def test_an_office_with_a_broken_chain_is_crawled_once_it_is_declared(
    settings: Settings,
    store: Store,
    lead: Callable[..., Proxy],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A whole crawl over TLS, by the host's own name; nothing stands in for it."""
    host = "www.justice.example"
    monkeypatch.setattr("corpus.crawling.fetching.fetch_plan.LEAST_DELAY_S", 0)
    identity, reason = issue("server", host, issuer=UNKNOWN), "The intermediate is not sent."
    with SampleSite("sample_doj") as site:
        server_socket = site.server.socket
        site.server.socket = identity.context().wrap_socket(
            server_socket, server_side=True, do_handshake_on_connect=False
        )
        lead({host: site.server})
        refused = crawl("sample_doj", settings, store, route="pages", delay_s=0, limit=3)
        assert refused.error
        assert f"The certificate of {host} cannot be verified" in refused.error
        assert list(store.releases()) == []
        source = replace(
            offices()["sample_doj"], broken_chains=(BrokenChain(host, reason, UNKNOWN.pem),)
        )
        monkeypatch.setitem(offices(), "sample_doj", source)
        report = crawl("sample_doj", settings, store, route="pages", delay_s=0, limit=3)
    assert (report.error, report.new) == (None, 3)
    assert {certificate_exception(each.provenance) for each in store.releases()} == {reason}
    assert list(verify_archive(settings)) == []
    assert list(verify_catalog(settings, store)) == []


def test_check_says_that_a_certificate_is_bad(settings: Settings) -> None:
    with Site(identity=server("www.other.example")) as site:
        mirror = f"www.justice.example=https://localhost:{site.port}"
        arguments = ["check", "sample_doj", "--route", "pages", "--mirror", mirror, "--delay", "0"]
        done = CliRunner().invoke(main, arguments, env={"COMMUNIQUE_DATA": str(settings.data)})
    assert done.exit_code == 1
    assert "REFUSED (certificate)" in done.output
    assert "The certificate of localhost cannot be verified" in " ".join(done.output.split())
    assert site.asked == []
