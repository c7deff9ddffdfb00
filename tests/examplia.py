"""An invented office on loopback whose pages say what a test makes them say, by two readers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from corpus import Settings, Store
from corpus.crawling.sample_site import SampleSite
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.reading.dates import read_iso_date
from corpus.reading.page import Page, next_page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Draft
from corpus.review.report import CrawlReport
from corpus.sources import _generic
from corpus.sources._drupal import alternates
from corpus.sources._parts import canonical, linked_files
from tests.faulty_site import FaultySite

NAME, HOST = "xx_examplia", "www.prosecutor.example"
START = f"https://{HOST}/news"
BODY = "A clerk of the harbour office of Port Merrin was charged today with selling permits."
Crawl = Callable[[], CrawlReport]


def links(page: Page) -> Listing:
    """The items of a list, and the older page."""
    soup = page.soup()
    rows = [Link(target(a, page)) for a in some(soup, "li > a", page.url)]
    return Listing(rows, next=next_page(soup, "a.older", page))


def release(page: Page) -> Draft:
    soup = page.soup()
    content = one(soup, "main", page.url)
    return Draft(
        title=text(one(soup, "h1", page.url)),
        published=read_iso_date(text(one(soup, "time", page.url)), page.url),
        body=paragraphs(content),
        language="en",
        attachments=linked_files(content, page),
        alternates=alternates(soup, "en", page),
    )


OWN = Source(
    title="Prosecutor of Examplia",
    country="XX",
    languages=("en",),
    routes=(Route("pages", (HOST,), START, links, release),),
    canonical=canonical,
)
GENERIC = replace(
    OWN,
    routes=(_generic.route(START, r"/news/\d{4}/[^/?]+(\?id=\d+)?", older="a.older"),),
    canonical=_generic.canonical,
    gives_dates=False,
)


def listing(*hrefs: str, older: str = "", head: str = "") -> bytes:
    rows = "".join(f'<li><a href="{href}">Charged</a></li>' for href in hrefs)
    pager = f'<a class="older" href="{older}">older</a>' if older else ""
    return f"<html lang='en'><head>{head}</head><body><ul>{rows}</ul>{pager}</body></html>".encode()


def page(title: str, more: str = "", head: str = "") -> bytes:
    return (
        f"<html lang='en'><head><title>{title}</title>{head}</head><body><h1>{title}</h1>"
        f"<p><time>2024-03-12</time></p><main><p>{BODY} {title}.</p><p>{BODY}</p>{more}</main>"
        "</body></html>"
    ).encode()


def asked(site: FaultySite) -> list[str]:
    """The paths that are asked for from now on, robots.txt left out."""
    paths: list[str] = []
    site.watch = lambda path: None if path == "/robots.txt" else paths.append(path)
    return paths


def moved(where: str) -> Callable[..., object]:
    """A redirect; the header's bytes are those of the text in UTF-8."""
    sent = where.encode("utf-8", "surrogateescape").decode("latin-1")
    return lambda handler, page: handler.answer(302, b"", Location=sent)


def urls(store: Store) -> set[str]:
    return {each.url for each in store.releases()}


def rules(report: CrawlReport) -> dict[str, str]:
    return {each.url: each.rule for each in report.refused}


def assert_evidence_is_whole(settings: Settings, store: Store) -> None:
    assert [each.sentence for each in verify_archive(settings)] == []
    assert [each.sentence for each in verify_catalog(settings, store)] == []


class OddInterface(SampleSite):
    """An interface whose items have other addresses."""

    def __init__(self, addresses: list[str]) -> None:
        super().__init__("sample_doj")
        self.addresses = addresses

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        found = super().answer(path, language)
        if found is None or "/api/" not in path:
            return found
        answer = json.loads(found[0])
        for item, address in zip(answer["results"], self.addresses, strict=False):
            item["url"] = address
        return json.dumps(answer).encode(), found[1]
