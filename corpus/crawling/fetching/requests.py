"""The requests of a crawl and their results: a response, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus.warc.response import Response


@dataclass(frozen=True)
class FetchRequest:
    """A URL to fetch, as the office spells it; validators make the request conditional."""

    url: str
    language: str = ""
    etag: str | None = None
    last_modified: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The URL and language that identify it."""
        return self.url, self.language


@dataclass(frozen=True)
class FetchResult:
    """A response as received (to archive), and its body with content encodings removed (to read).

    A 304 has no body. `redirects` are the responses that led to it.
    """

    request: FetchRequest
    response: Response
    body: bytes
    redirects: tuple[Response, ...] = ()


@dataclass(frozen=True)
class FetchFailure:
    """Why there is no usable response after all retries, in a sentence, and by which rule."""

    request: FetchRequest
    reason: str
    rule: str = "no_answer"
    redirects: tuple[Response, ...] = ()


Next = Callable[[FetchResult | FetchFailure | None], Iterable[FetchRequest]]
