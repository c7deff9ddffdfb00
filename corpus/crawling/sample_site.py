"""Serves the sample offices' web sites on loopback, so that a crawl of them is a real crawl."""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

PAGES = Path(__file__).parents[1] / "samples"
POLL_S = 0.02  # how long the site's end may take


class SampleSite:
    """One sample office's pages on 127.0.0.1: `with SampleSite("sample_doj") as site: site.url`.

    `routes.json` names the file of every path; a path that ends with "@kk" is for requests for
    that language.
    """

    def __init__(self, office: str) -> None:
        self.folder = PAGES / office
        routes = json.loads((self.folder / "routes.json").read_text(encoding="utf-8"))
        self.routes = {_key(path): route for path, route in routes.items()}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """The base URL of the site."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> SampleSite:
        Thread(target=self.server.serve_forever, args=(POLL_S,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        """Body and content type of a path in a language, or None."""
        route = self.routes.get(_key(f"{path}@{language}")) or self.routes.get(_key(path))
        return ((self.folder / route["file"]).read_bytes(), route["type"]) if route else None

    def _handler(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805 (self is the handler's, below)
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # a body must not wait until its head is acknowledged

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002 (its base's)
                """Print nothing; the crawl reports."""

            def do_GET(self) -> None:
                """Respond with a file and its ETag: 304 when not modified, 404 without a file."""
                file = site.answer(self.path, self.headers.get("Accept-Language", ""))
                if file is None:
                    return self.reply(404, b"<h1>Page not found</h1>", "text/html; charset=utf-8")
                body, kind = file
                etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                if self.headers.get("If-None-Match") == etag:
                    return self.reply(304, b"", kind, etag)
                return self.reply(200, body, kind, etag)

            def reply(self, status: int, body: bytes, kind: str, etag: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if etag:
                    self.send_header("ETag", etag)
                self.end_headers()
                self.wfile.write(body)

        return Handler


def _key(path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A path and its query pairs, whatever their order."""
    parts = urlsplit(path)
    return parts.path, tuple(sorted(parse_qsl(parts.query)))
