"""One URL fetched as a crawl does it."""

from __future__ import annotations

from collections.abc import Iterator

from corpus import Settings
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.fetching.spider import fetch_all
from corpus.tls import BrokenChain


def fetch_one(
    settings: Settings,
    url: str,
    hosts: tuple[str, ...],
    mirrors: dict[str, str],
    broken: tuple[BrokenChain, ...] = (),
    *,
    https_only: bool = False,
) -> FetchResult | FetchFailure:
    """What comes of it: an answer or a failure, and nothing else."""
    answers: list[FetchResult | FetchFailure] = []

    def take(answer: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        if answer is None:
            yield FetchRequest(url)
        else:
            answers.append(answer)

    fetch_all(hosts, mirrors, 0, settings, take, broken, https_only)
    [only] = answers
    return only
