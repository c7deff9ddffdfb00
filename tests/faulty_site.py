"""A site on loopback whose pages a test sets, and all that goes wrong between it and a crawl."""

from __future__ import annotations

import hashlib
import re
import sys
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

HTML = "text/html; charset=utf-8"
MEGABYTE = 1_000_000
WALL = b"""<!DOCTYPE html><html><head><title>Access denied</title></head><body>
<h1>Access denied</h1><p>Our guard takes you for a program.</p></body></html>"""

# A page's bytes, or the status of an address that has none.
Page = bytes | int
# Answers a request in place of the true answer; False leaves it to that after all.
Fault = Callable[["_Handler", Page], object]


class FaultySite(ThreadingHTTPServer):
    """`with FaultySite() as site`: set `pages` and `faults` (a pattern of paths, what is done).

    The first fault that matches and answers counts. `watch` hears of each path before its answer.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        self.pages: Mapping[str, Page] = {}
        self.faults: list[tuple[str, Fault]] = []
        self.watch: Callable[[str], object] = lambda path: None
        self.closing = Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def page(self, path: str) -> Page:
        """What stands at a path, in whatever order its query is written."""
        wanted = _key(path)
        return next((page for known, page in self.pages.items() if _key(known) == wanted), 404)

    def __enter__(self) -> FaultySite:
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is what faults are about."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultySite

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 (its base's)
        pass

    def do_GET(self) -> None:
        self.server.watch(self.path)
        page = self.server.page(self.path)
        for pattern, fault in self.server.faults:
            if re.search(pattern, self.path) and fault(self, page) is not False:
                return
        self.answer_truly(page)

    def answer_truly(self, page: Page) -> None:
        if isinstance(page, int):
            return self.answer(page, b"<h1>There is no such page</h1>")
        etag = f'"{hashlib.sha256(page).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, b"", ETag=etag)
        return self.answer(200, page, ETag=etag)

    def answer(self, status: int, body: bytes, length: int | None = None, **more: str) -> None:
        """Send an answer; a `length` that is not the body's is a lie, and ends the connection."""
        self.send_response(status)
        stated = len(body) if length is None else length
        headers = {"Content-Type": HTML, "Content-Length": str(stated)} | more
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = stated != len(body)


def status(number: int, **headers: str) -> Fault:
    return lambda handler, page: handler.answer(number, b"<h1>Not now</h1>", **headers)


def wall(number: int = 200) -> Fault:
    return lambda handler, page: handler.answer(number, WALL)


def late(seconds: float) -> Fault:
    """The true answer, after a while (cut short when the site closes)."""

    def answer(handler: _Handler, page: Page) -> None:
        handler.server.closing.wait(seconds)
        handler.answer_truly(page)

    return answer


def torn(handler: _Handler, page: Page) -> None:
    """Half of the page, under the length of all of it."""
    assert isinstance(page, bytes)
    handler.answer(200, page[: len(page) // 2], length=len(page))


def understated(handler: _Handler, page: Page) -> None:
    """All of the page, under the length of half of it."""
    assert isinstance(page, bytes)
    handler.answer(200, page, length=len(page) // 2)


def endless(megabytes: int) -> Fault:
    """A body without a stated length."""

    def answer(handler: _Handler, page: Page) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", HTML)
        handler.end_headers()
        handler.close_connection = True
        with suppress(ConnectionError):
            for _ in range(megabytes):
                handler.wfile.write(b"<p>" + b"x" * (MEGABYTE - 3))

    return answer


def bomb(megabytes: int) -> Fault:
    """A small gzip body that unpacks to so much."""
    return lambda handler, page: handler.answer(200, _packed(megabytes), Content_Encoding="gzip")


def first(times: int, fault: Fault) -> Fault:
    """A fault that passes after so many answers."""
    left = iter(range(times))
    return lambda handler, page: next(left, None) is not None and fault(handler, page)


def after(times: int, fault: Fault) -> Fault:
    """A fault that begins after so many true answers."""
    left = iter(range(times))
    return lambda handler, page: next(left, None) is None and fault(handler, page)


@cache
def _packed(megabytes: int) -> bytes:
    pack = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    chunk = b"0" * MEGABYTE
    return b"".join(pack.compress(chunk) for _ in range(megabytes)) + pack.flush()


@cache
def _key(path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(path)
    return parts.path, tuple(sorted(parse_qsl(parts.query)))
