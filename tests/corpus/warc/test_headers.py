"""Bytes of HTTP headers are opaque: fetched, archived as they came, read back, verified, served."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace

import pytest

from corpus import Settings, Store
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.fetching.spider import fetch_all
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.release import RecordLocation
from corpus.warc.archive import read_response
from corpus.warc.reader import records
from corpus.warc.record import Record
from corpus.warc.writer import ArchiveWriter
from tests.conftest import EDITED, EditedSite, sample_id
from tests.tls_site import Site, answer
from webui import create_app

HOST = "www.office.example"
BODY = b"<h1>Charged</h1>"
LINES = {
    "latin-1": b"Server: n\xfcginx",
    "latin-1 file name": b'Content-Disposition: inline; filename="caf\xe9.html"',
    "UTF-8": 'Content-Disposition: inline; filename="дело.html"'.encode(),
    "UTF-8 and latin-1": "X-Note: дело ".encode() + b"caf\xe9",
    "every byte of obs-text": b"X-Note: a" + bytes(range(0x80, 0x100)) + b"z",
    "encoded words": b"X-Note: =?utf-8?B?0LTQtdC70L4=?=",
    "percent signs and quotes": b"X-Note: a=%C3%A9; b=\"c;d\"; filename*=UTF-8''caf%e9",
    "empty": b"X-Note:",
    "odd name": b"!#$%&'*+-.^_`|~09: x",
    "name in small letters": b"x-note: x",
    "many colons": b"X-Note: a: b:c:",
    "inner blanks": b"X-Note: a \t  b",
    "no blank": b"X-Note:x",
    "latin-1 in a header that is read": b'ETag: "caf\xe9"',
    "latin-1 in a date": b"Last-Modified: Montag, 5. M\xe4rz",
    "latin-1 in a language": b"Content-Language: fran\xe7ais",
    "many cookies": b"Set-Cookie: a=\xe9\r\nSet-Cookie: b=\xe8",
    "20,000 bytes": b"Content-Security-Policy: " + b"default-src 'self' " * 1000 + b"'none'",
    "controls": b"X-Note: a\x01\x7fb",
    "repeated apart": b"Via: 1.1 a\r\nX-Note: \xe9\r\nVia: 1.1 b",
}


def exchange(
    settings: Settings, head: bytes, wanted: FetchRequest | None = None, **options: bytes
) -> tuple[FetchResult | FetchFailure, Site]:
    answers: list[FetchResult | FetchFailure] = []
    wanted = wanted or FetchRequest(f"https://{HOST}/x")

    def take(answer: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        if answer is None:
            yield wanted
        else:
            answers.append(answer)

    with Site({"/x": answer(options.pop("body", BODY), head, **options)}) as site:
        fetch_all((HOST,), {HOST: f"http://127.0.0.1:{site.port}"}, 0, settings, take)
    [only] = answers
    return only, site


def archive(settings: Settings, found: FetchResult) -> tuple[RecordLocation, bytes]:
    """Where an answer was archived, and the bytes of the file that holds it, unpacked."""
    with ArchiveWriter(settings.archive, "an_office", 1_000_000) as writer:
        place = writer.add(found.response)
    return place, gzip.decompress((settings.archive / place.warc_file).read_bytes())


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_headers_are_archived_byte_for_byte_and_read_back(settings: Settings, line: bytes) -> None:
    found, _ = exchange(settings, line)
    assert isinstance(found, FetchResult), found
    assert found.body == BODY
    place, whole = archive(settings, found)
    fields = [tuple(each.split(b":", 1)) for each in line.split(b"\r\n")]
    kept = b"".join(name + b": " + value.strip() + b"\r\n" for name, value in fields)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 16\r\n"
    assert head + kept + b"\r\n" + BODY + b"\r\n\r\n" in whole
    record = read_response(settings.archive, place)
    assert (record.status, record.body) == (200, BODY)
    assert {name.decode().lower() for name, _ in fields} <= record.headers.keys()
    path = settings.archive / place.warc_file
    assert all(isinstance(each, Record) for each in records(path))
    assert list(verify_archive(settings)) == []


def test_a_folded_line_is_unfolded_as_rfc_9112_asks(settings: Settings) -> None:
    found, _ = exchange(settings, b"X-Note: caf\xe9\r\n  more\r\n\tand more")
    assert isinstance(found, FetchResult)
    [value] = [value for name, value in found.response.headers if name == "X-Note"]
    assert value.split() == ["café", "more", "and", "more"]
    _, whole = archive(settings, found)
    assert value.encode("latin-1") in whole


@pytest.mark.parametrize(
    "status", [b"200 Tr\xe8s bien", b"200 \xd0\x94\xd0\xb0", b"200", b"203 OK"]
)
def test_the_status_line_is_kept_as_it_came(settings: Settings, status: bytes) -> None:
    found, _ = exchange(settings, b"X-Note: x", status=status)
    assert isinstance(found, FetchResult)
    _, whole = archive(settings, found)
    assert b"\r\n\r\nHTTP/1.1 " + status + b"\r\nContent-Type: " in whole


@pytest.mark.parametrize("etag", ['"caf\xe9"', '"д"', '"a\x01b"'])
def test_a_validator_that_cannot_be_sent_as_it_came_is_not_sent(
    settings: Settings, etag: str
) -> None:
    wanted = FetchRequest(f"https://{HOST}/x", etag=etag, last_modified="5. M\xe4rz")
    found, _ = exchange(settings, b"X-Note: x", wanted)
    assert isinstance(found, FetchResult)
    assert not {"if-none-match", "if-modified-since"} & {
        name.lower() for name, _ in found.response.request_headers
    }


@pytest.mark.parametrize("kind", [b"text/html; charset=\xfctf-8", b"\xfctext/\xe9", b""])
def test_a_content_type_that_is_none_loses_no_answer(settings: Settings, kind: bytes) -> None:
    found, _ = exchange(settings, b"Content-Type: " + kind)
    assert isinstance(found, FetchResult)
    place, whole = archive(settings, found)
    assert b"Content-Type: " + kind in whole
    assert read_response(settings.archive, place).body == BODY


@pytest.mark.parametrize(
    "line",
    [b"no colon", b"N\xf6te: x", b"X-Note : x", b"X-Note: a\0b", b"X-Note: " + b"a" * 99_999],
)
def test_what_is_no_header_costs_that_answer_and_is_told_in_a_line(
    settings: Settings, line: bytes
) -> None:
    found, _ = exchange(replace(settings, retries=0), line)
    assert isinstance(found, FetchFailure)
    assert found.rule == "no_answer"
    assert "\n" not in found.reason


class _OddSite(EditedSite):
    """Sends bytes beyond ASCII in a header of every answer."""

    def _handler(self) -> type:
        base = super()._handler()

        class Handler(base):  # type: ignore[misc, valid-type]
            def end_headers(self) -> None:
                self._headers_buffer.append(b"Server: n\xfcginx\r\n")
                super().end_headers()

        return Handler


def test_an_office_that_sends_them_is_crawled_twice_verified_and_served(
    settings: Settings, store: Store
) -> None:
    with _OddSite("sample_doj") as site:
        report = site.crawl(settings, store)
        again = site.crawl(settings, store)
    assert report.new > 5
    assert (report.failed, again.same) == ([], report.new)
    assert [each.sentence for each in verify_archive(settings)] == []
    assert [each.sentence for each in verify_catalog(settings, store)] == []
    app = create_app(settings)
    served = app.test_client().get(f"/releases/{sample_id(EDITED)}/response")
    body, _ = site.answer(EDITED, "") or (b"", "")
    assert (served.status_code, served.data) == (200, body)
    for each in app.extensions["communique"]:
        each.close()
