"""Whatever a reader does costs the page that it read alone: it is refused and named."""

from __future__ import annotations

import gc
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from corpus import Settings, Store, office, offices
from corpus.crawling.crawl import crawl
from corpus.crawling.preview import preview_office
from corpus.crawling.sample_site import SampleSite
from corpus.errors import PageError
from corpus.evidence.reparse import reparse_archive
from corpus.reading import reader
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Link, Listing, Route
from corpus.release import Alternate, Attachment, Draft
from corpus.review.report import CrawlReport

URL = "https://www.prosecutor.example/release/1"
PAGE = Page(URL, b"<p>The court closed the case.</p>")
DRAFT = Draft("Case closed", date(2024, 3, 1), ["The court closed the case."], "en")
LIMIT_S = 0.2
# Python warns of an alarm that rings in a callback of the garbage collector, and drops it there.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def route(read: Callable[[Page], Any]) -> Route:
    return Route("pages", ("www.prosecutor.example",), URL, links=read, release=read)


def refused(read: Callable[[Page], Any], page: Page = PAGE, limit_s: float = 20) -> PageError:
    """Why a release cannot be read; a listing cannot for the same reason."""
    errors = []
    for reading in (read_listing, read_release):
        with pytest.raises(PageError) as raised:
            reading(route(read), page, limit_s)
        errors.append(raised.value)
    assert errors[0].rule == errors[1].rule
    return errors[1]


class MuteError(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def without_end(page: Page) -> Draft:
    return without_end(page)


def raising(error: BaseException) -> Callable[[Page], Any]:
    def read(page: Page) -> Any:
        raise error

    return read


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (without_end, "RecursionError"),
        (lambda page: 10.0**400, "OverflowError"),
        (lambda page: [0][1], "IndexError"),
        (lambda page: page.body.decode("ascii", "nonsense").missing, "AttributeError"),
        (lambda page: next(iter(())), "StopIteration"),
        (lambda page: 1 / 0, "ZeroDivisionError"),
        (raising(MemoryError()), "MemoryError"),
        (raising(KeyError("title")), "KeyError: 'title'"),
        (raising(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "why")), "UnicodeDecodeError"),
        (raising(ExceptionGroup("several", [ValueError()])), "ExceptionGroup"),
        (raising(MuteError()), "MuteError"),
        (raising(ValueError("a\0b\ud800" + "c" * 9_000)), "ValueError: a\ufffdb\ufffd"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_a_reader_raises_is_a_refusal_that_names_it_and_the_page(
    read: Callable[[Page], Any], name: str
) -> None:
    error = refused(read)
    assert error.rule == "reader_broke"
    assert f"{URL}: Its reader failed: " in str(error)
    assert name in str(error)
    assert len(str(error)) < 500
    assert str(error).encode()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit()])
def test_what_ends_the_program_is_no_fault_of_a_reader(error: BaseException) -> None:
    for reading in (read_listing, read_release):
        with pytest.raises(type(error)):
            reading(route(raising(error)), PAGE, 20)


def test_a_reader_that_is_in_doubt_is_heard_and_its_page_named() -> None:
    error = refused(raising(PageError("Nothing matches 'h1'.")))
    assert (error.rule, str(error)) == ("unreadable", f"{URL}: Nothing matches 'h1'.")
    named = PageError(f"{URL}: nothing matches 'h1'.", "of_its_own")
    assert (refused(raising(named)).rule, str(refused(raising(named)))) == (
        "of_its_own",
        str(named),
    )
    stray = replace(PAGE, body=b"<p>\xff</p>")
    assert "U+FFFD replaces bytes that are not valid utf-8" in str(
        refused(raising(PageError("No.")), stray)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"title": None},
        {"title": ["Case closed"]},
        {"title": b"Case closed"},
        {"published": "2024-03-01"},
        {"published": datetime(2024, 3, 1, tzinfo=UTC)},
        {"published": 20240301},
        {"body": "The court closed the case."},
        {"body": ("The court closed the case.",)},
        {"body": ["The court", None]},
        {"body": [["The court"]]},
        {"body": None},
        {"language": None},
        {"url": b"https://www.prosecutor.example/1"},
        {"place": ["Port Merrin"]},
        {"number": 24},
        {"topics": None},
        {"topics": "Fraud"},
        {"topics": [{"name": "Fraud"}]},
        {"attachments": ["https://www.prosecutor.example/a.pdf"]},
        {"attachments": [Attachment("https://www.prosecutor.example/a.pdf", None)]},  # type: ignore[arg-type]
        {"alternates": [Alternate(None, "ru")]},  # type: ignore[arg-type]
        {"part": "{}"},
    ],
    ids=str,
)
def test_a_draft_of_wrong_types_is_the_readers_fault(change: dict[str, Any]) -> None:
    draft = replace(DRAFT, **change)
    match = f"failed: TypeError: .*Draft.*{next(iter(change))}"
    with pytest.raises(PageError, match=match) as raised:
        read_release(route(lambda page: draft), PAGE, 20)
    assert raised.value.rule == "reader_broke"
    with pytest.raises(PageError, match="TypeError"):
        read_listing(route(lambda page: Listing(drafts=[draft])), PAGE, 20)


@pytest.mark.parametrize(
    "found",
    [
        None,
        {},
        "",
        (DRAFT, DRAFT),
        Listing(None),  # type: ignore[arg-type]
        Listing([URL]),  # type: ignore[list-item]
        Listing([Link(None)]),  # type: ignore[arg-type]
        Listing([Link(URL, "2024-03-01")]),  # type: ignore[arg-type]
        Listing([], 2),  # type: ignore[arg-type]
        Listing(drafts=[None]),  # type: ignore[list-item]
    ],
    ids=str,
)
def test_a_listing_of_wrong_types_is_the_readers_fault(found: Any) -> None:
    with pytest.raises(PageError, match="TypeError"):
        read_listing(route(lambda page: found), PAGE, 20)
    assert refused(lambda page: found).rule == "reader_broke"


def test_what_a_reader_may_find_passes_as_it_is() -> None:
    whole = replace(
        DRAFT,
        published=None,
        topics=["Fraud"],
        attachments=[Attachment("https://www.prosecutor.example/a.pdf", "Order")],
        alternates=[Alternate("https://www.prosecutor.example/ru/1", "ru")],
        part=b"{}",
    )
    listing = Listing([Link(URL, date(2024, 3, 1))], URL, [whole])
    assert read_release(route(lambda page: whole), PAGE, 20) is whole
    assert read_listing(route(lambda page: listing), PAGE, 20) is listing


def spinning(page: Page) -> Any:
    while True:
        pass


def swallowing(page: Page) -> Any:
    while True:
        with suppress(Exception):
            spinning(page)


def swallowing_all(page: Page) -> Any:
    try:
        spinning(page)
    except BaseException:  # noqa: BLE001
        return spinning(page)


@pytest.mark.parametrize("read", [spinning, swallowing, swallowing_all])
def test_a_reader_that_takes_too_long_is_interrupted(
    read: Callable[[Page], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "AGAIN_S", 0.05)
    before = signal.getsignal(signal.SIGALRM)
    error = refused(read, limit_s=LIMIT_S)
    assert (error.rule, str(error)) == (
        "too_slow",
        f"{URL}: Reading it takes longer than 0.2 s.",
    )
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_a_page_that_takes_long_to_take_apart_is_interrupted() -> None:
    page = Page(URL, b"<p>x</p>" * 200_000)
    assert refused(lambda page: page.soup(), page, LIMIT_S).rule == "too_slow"


def test_an_alarm_that_a_callback_of_the_garbage_collector_swallows_comes_again() -> None:
    def slow(phase: str, info: dict[str, int]) -> None:
        spinning_until = time.monotonic() + LIMIT_S * 1.5
        while time.monotonic() < spinning_until:
            pass

    def collecting(page: Page) -> Any:
        gc.collect()
        spinning(page)

    gc.callbacks.append(slow)
    try:
        assert refused(collecting, limit_s=LIMIT_S).rule == "too_slow"
    finally:
        gc.callbacks.remove(slow)


def test_an_alarm_rings_for_a_reader_alone() -> None:
    reader._on_alarm(signal.SIGALRM, sys._getframe())


def test_in_another_thread_a_page_is_read_as_well() -> None:
    found = []
    read = route(lambda page: DRAFT)
    thread = threading.Thread(target=lambda: found.append(read_release(read, PAGE, LIMIT_S)))
    thread.start()
    thread.join()
    assert found == [DRAFT]


ZIP = b"PK\x03\x04\x14\0\x06\0\x08\0"


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"%PDF-1.7 \xe2\xe3", "application/pdf", "a PDF file"),
        (b"\n %PDF-1.4", "text/html", "a PDF file"),
        (ZIP + b"[Content_Types].xml word/document.xml", "", "a Word document (docx)"),
        (ZIP + b"xl/workbook.xml", "text/html", "an Excel workbook (xlsx)"),
        (ZIP + b"a.txt", "application/zip", "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "application/msword", "a Word, Excel or Power"),
        (b"{\\rtf1\\ansi Case closed}", "application/rtf", "an RTF file"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png", "an image (PNG)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "text/html; charset=utf-8", "an image (JPEG)"),
        (b"GIF89a\x01\0", "", "an image (GIF)"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "", "an image (WebP)"),
        (b"\0\0\0\x18ftypmp42", "video/mp4", "a film or sound (MP4)"),
        (b"\x1f\x8b\x08\0", "application/x-gzip", "a gzip archive"),
        (b"\x7fELF\x02\x01\0", "application/x-thing", "a file of type application/x-thing"),
        (b"\x7fELF\x02\x01\0", "", "a file of an unknown type"),
    ],
)
def test_a_file_where_a_page_was_expected_is_called_what_it_is(
    body: bytes, content_type: str, words: str
) -> None:
    error = refused(without_end, Page(URL, body, None, content_type))
    assert error.rule == "not_a_page"
    assert f"It is {words}" in str(error)
    assert "not a page" in str(error)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<p>a\0b</p>", ""),
        (b' [1, "a\x01"]', "application/octet-stream"),
        (b"var a = '\x01'", "application/javascript"),
        ("<p>прокурор</p>".encode("utf-16"), ""),
        ("<p>прокурор</p>".encode("utf-16-le"), "text/html; charset=utf-16"),
        (b"BMW was charged.", "text/plain"),
        (b"PK charged.", "application/zip"),
        (b"<p>Text</p>", "application/pdf"),
        (b"", "application/pdf"),
    ],
)
def test_what_may_be_text_is_left_to_the_reader(body: bytes, content_type: str) -> None:
    page = Page(URL, body, None, content_type)
    assert read_release(route(lambda page: DRAFT), page, 20) is DRAFT


# In an office: the others are stored, the report names what is lost, and a run of it is held.

NAME, HOST = "invented_breaking", "www.prosecutor.example"
OFFICE = '''"""An invented office, whose reader does what its pages say."""

from corpus.reading.dates import read_date
from corpus.reading.page import Page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.release import Draft
from corpus.reading.source import Link, Listing, Route, Source


HOST = "www.prosecutor.example"


def links(page):
    return Listing([Link(target(a, page)) for a in some(page.soup(), "li a", page.url)])


def without_end(page):
    return without_end(page)


def release(page):
    article = one(page.soup(), "article", page.url)
    does = article.get("data-does", "")
    while does == "spin":
        pass
    if does == "recurse":
        return without_end(page)
    if does == "raise":
        raise OverflowError("too far")
    return Draft(
        title=None if does == "untitled" else text(one(article, "h1", page.url)),
        published=read_date(text(one(article, "time", page.url)), "en", page.url),
        body=paragraphs(article),
        language="en",
    )


SOURCE = Source(
    title="An invented office",
    country="XX",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/list", links, release),),
    canonical=lambda url: url,
)
'''
TEXT = "The court of Port Merrin closed case {n} today, and the clerk’s ledger with it."
ARTICLE = "<article data-does='{does}'><h1>Case {n}</h1><time>March 1, 2024</time><p>{text}</p>"


class BreakingSite(SampleSite):
    """`does` says of each release what its reader will do; `bodies` are answers of their own."""

    def __init__(self) -> None:
        self.numbers: range = range(16)
        self.does: dict[int, str] = {}
        self.bodies: dict[str, bytes] = {}
        self.kind, self.encoding = "text/html; charset=utf-8", "utf-8"
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        if path in self.bodies:
            return self.bodies[path], self.kind
        if path == "/list":
            items = "".join(f"<li><a href='/release/{n}'>{n}</a></li>" for n in self.numbers)
            return f"<ul>{items}</ul>".encode(), self.kind
        if not path.startswith("/release/"):
            return None
        number = int(path.removeprefix("/release/"))
        does = self.does.get(number, "")
        page = ARTICLE.format(n=number, does=does, text=TEXT.format(n=number))
        return f"<html><body>{page}</article></body></html>".encode(self.encoding), self.kind

    def crawl(self, settings: Settings, store: Store) -> CrawlReport:
        return crawl(NAME, settings, store, mirrors={HOST: self.url}, delay_s=0)


@pytest.fixture
def site(add_office: Callable[[str, str], None]) -> Iterator[BreakingSite]:
    add_office(NAME, OFFICE)
    with BreakingSite() as opened:
        yield opened


def by_rule(report: CrawlReport) -> Counter[str]:
    return Counter(each.rule for each in report.refused)


def test_a_reader_that_breaks_costs_the_pages_it_breaks_on(
    site: BreakingSite, settings: Settings, store: Store
) -> None:
    site.does = {2: "recurse", 3: "raise", 5: "untitled", 7: "spin"}
    site.bodies["/release/9"] = b"%PDF-1.7 \xe2\xe3"
    report = site.crawl(replace(settings, reading_s=2), store)
    assert (report.error, report.quarantined, report.new) == (None, None, 11)
    assert by_rule(report) == {"reader_broke": 3, "too_slow": 1, "not_a_page": 1}
    told = "\n".join(report.sentences())
    assert f"3 refused (reader_broke), the first: https://{HOST}/release/2: " in told
    assert "RecursionError" in told
    reasons = [each.reason for each in report.refused]
    log = (settings.data / "errors.log").read_text(encoding="utf-8")
    assert 'raise OverflowError("too far")' in log
    assert any("OverflowError: too far" in each for each in reasons)
    assert any("TypeError: Draft.title is a NoneType, not a str" in each for each in reasons)
    # At the next run they are asked for again, and read once the reader is mended.
    site.does, site.bodies = {}, {}
    assert site.crawl(settings, store).new == 5


def test_a_run_on_most_of_whose_pages_the_reader_breaks_is_held(
    site: BreakingSite, settings: Settings, store: Store
) -> None:
    site.does = dict.fromkeys(range(10), "raise")
    report = site.crawl(settings, store)
    assert report.quarantined == "10 of 16 responses were refused. (refusals)"
    assert list(store.releases()) == []


def test_a_look_at_an_office_tells_on_what_its_reader_breaks(
    site: BreakingSite, settings: Settings
) -> None:
    site.does = {0: "raise"}
    site.bodies["/release/1"] = b"<article><h1>Case</h1><time>March 1, 2024</time>\xff</article>"
    listing, broken, odd, good = preview_office(NAME, settings, mirrors={HOST: site.url}, delay_s=0)
    assert (listing.refusal, good.refusal) == (None, None)
    assert broken.refusal
    assert broken.refusal.rule == "reader_broke"
    assert [each.rule for each in odd.remarks] == ["undecodable"]
    assert good.remarks == listing.remarks == []


def test_an_archive_that_a_reader_breaks_on_is_left_as_it_is_and_told(
    site: BreakingSite, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.crawl(settings, store)
    before = list(store.releases())
    source = office(NAME)
    broken = replace(source.routes[0], release=raising(MemoryError()))
    monkeypatch.setitem(offices(), NAME, replace(source, version=2, routes=(broken,)))
    report = reparse_archive(NAME, settings, store, is_applied=True)
    assert Counter(each.rule for each in report.left) == {"reader_broke": 16}
    assert "MemoryError" in report.left[0].reason
    assert list(store.releases()) == before


def test_a_stray_byte_is_remarked_on_and_refuses_nothing_on_a_listing_neither(
    site: BreakingSite, settings: Settings, store: Store
) -> None:
    site.bodies["/list"] = b"\xa9<ul><li><a href='/release/1'>1</a><li><a href='/release/2'>2</a>"
    page, _ = site.answer("/release/1", "") or (b"", "")
    site.bodies["/release/1"] = page.replace(b"</body>", b"<footer>\xa9</footer></body>")
    report = site.crawl(settings, store)
    assert (report.error, report.refused, report.new) == (None, [], 2)
    assert Counter(each.rule for each in report.remarks) == {"undecodable": 2}
    assert "2 stored with a remark (undecodable)" in "\n".join(report.sentences())


def test_a_text_in_another_encoding_than_it_declares_is_refused(
    site: BreakingSite, settings: Settings, store: Store
) -> None:
    page, _ = site.answer("/release/1", "") or (b"", "")
    russian = "<p>Прокуратура сообщает: дело рассмотрено судом.</p>".encode("windows-1251")
    site.numbers, site.bodies["/release/1"] = range(1, 2), page.replace(b"</article>", russian)
    report = site.crawl(settings, store)
    assert by_rule(report) == {"undecodable": 1}
    assert "not valid in its declared encoding" in report.refused[0].reason


def test_a_charset_in_the_header_alone_holds_for_the_archive_too(
    site: BreakingSite, settings: Settings, store: Store
) -> None:
    site.kind, site.encoding = "text/html; charset=windows-1252", "windows-1252"
    assert site.crawl(settings, store).refused == []
    texts = {each.body for each in store.releases()}
    assert all("clerk’s" in " ".join(each) for each in texts)
    report = site.crawl(settings, store)  # not modified: the listing is read from the archive
    assert (report.error, report.same, report.fetched) == (None, 16, 0)
    assert reparse_archive(NAME, settings, store, is_applied=True).differences == []
    assert {each.body for each in store.releases()} == texts


def test_json_too_has_its_charset_from_the_header() -> None:
    item = json.dumps({"title": "Прокурор"}, ensure_ascii=False).encode("windows-1251")
    page = Page(URL, item, None, "application/json; charset=windows-1251")
    draft = read_release(route(lambda page: replace(DRAFT, title=page.json()["title"])), page, 20)
    assert draft.title == "Прокурор"
