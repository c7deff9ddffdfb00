"""What a crawl asks for, and what comes of it: an answer, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus.warc.response import Response


@dataclass(frozen=True)
class FetchRequest:
    """A URL that a run wants, as the office spells it; validators make the request conditional."""

    url: str
    language: str = ""
    etag: str | None = None
    last_modified: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: URL and language."""
        return self.url, self.language


@dataclass(frozen=True)
class FetchResult:
    """An answer: as it came (to archive), and its body with content encodings undone (to read).

    A 304 has neither body. `before` are the redirects that led there.
    """

    wanted: FetchRequest
    response: Response
    body: bytes
    before: tuple[Response, ...] = ()


@dataclass(frozen=True)
class FetchFailure:
    """No usable answer, after all retries: why, in a sentence, and by which rule of ours if any."""

    wanted: FetchRequest
    reason: str
    rule: str = "no_answer"
    before: tuple[Response, ...] = ()


Next = Callable[[FetchResult | FetchFailure | None], Iterable[FetchRequest]]
