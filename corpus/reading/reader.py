"""Calls an office's reader: an error in it costs only that page.

A page goes in, unless it is another kind of file. A listing or a draft comes out, checked against
the declared types, or a PageError whose rule says why not.
"""

import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import FrameType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from corpus.errors import PageError, describe
from corpus.reading.page import Page
from corpus.reading.paragraphs import BROKEN
from corpus.reading.source import Listing, Route
from corpus.release import Draft

Parsed = TypeVar("Parsed", Listing, Draft)
# Code that ignores the alarm, such as callbacks of the garbage collector, gets another one.
AGAIN_S = 0.1
DOCUMENT_SIGNATURES = ((b"%PDF-", "a PDF file"), (b"{\\rtf", "an RTF file"))
# Offset and bytes of a file's signature, and the kind of file.
BINARY_SIGNATURES = (
    (0, b"\xd0\xcf\x11\xe0", "a Word, Excel or PowerPoint file (doc, xls, ppt)"),
    (0, b"\x89PNG", "an image (PNG)"),
    (0, b"\xff\xd8\xff", "an image (JPEG)"),
    (0, b"GIF8", "an image (GIF)"),
    (0, b"II*\0", "an image (TIFF)"),
    (0, b"MM\0*", "an image (TIFF)"),
    (0, b"BM", "an image (BMP)"),
    (8, b"WEBP", "an image (WebP)"),
    (8, b"WAVE", "a sound (WAVE)"),
    (4, b"ftyp", "a film or sound (MP4)"),
    (0, b"ID3", "a sound (MP3)"),
    (0, b"OggS", "a sound or film (Ogg)"),
    (0, b"\x1a\x45\xdf\xa3", "a film (WebM)"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a rar archive"),
)
# Names near the beginning of a zip archive that is a document.
ZIP_CONTENTS = (
    (b"word/", "a Word document (docx)"),
    (b"xl/", "an Excel workbook (xlsx)"),
    (b"ppt/", "a PowerPoint presentation (pptx)"),
    (b"opendocument", "an OpenDocument file"),
    (b"epub", "an e-book (EPUB)"),
)
# Bytes that no text has (WHATWG MIME Sniffing, "binary data byte"), except in UTF-16.
BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
TEXTUAL = re.compile(r"(text/|.*[/+](json|xml|javascript|ecmascript)\b)", re.IGNORECASE)
SNIFFED = 1445


class _TimeUp(BaseException):
    """The time limit is reached. It is no Exception, so that libraries do not catch it."""


def read_listing(route: Route, page: Page, limit_s: float) -> Listing:
    """Read a listing by a route's reader. Raises PageError."""
    return _read_page(route.links, Listing, page, limit_s)


def read_release(route: Route, page: Page, limit_s: float) -> Draft:
    """Read a release's page by a route's reader. Raises PageError."""
    return _read_page(route.release, Draft, page, limit_s)


def _read_page(
    reader: Callable[[Page], Parsed], kind: type[Parsed], page: Page, limit_s: float
) -> Parsed:
    if kind_of_file := file_kind(page.body, page.content_type):
        sentence = f"It is {kind_of_file}, not a page."
        raise _page_error(page, sentence, "not_a_page")
    try:
        with _time_limit(limit_s):
            return _call(reader, kind, page)
    except PageError as error:
        raise _page_error(page, str(error), error.rule) from error
    except _TimeUp:
        raise _page_error(
            page, f"Reading it takes longer than {limit_s:g} s.", "too_slow"
        ) from None
    except Exception as error:
        raise _page_error(page, f"Its reader failed: {describe(error)}.", "reader_broke") from error


def _call(reader: Callable[[Page], Parsed], kind: type[Parsed], page: Page) -> Parsed:
    """Call the reader and check what it returns; only here may the alarm interrupt."""
    parsed = reader(page)
    _check_declared(parsed, kind, kind.__name__)
    return parsed


def _page_error(page: Page, sentence: str, rule: str) -> PageError:
    """An error with the page's address, and a possible cause in its encoding."""
    whole = sentence if page.url in sentence else f"{page.url}: {sentence}"
    undecoded = page.undecodable() if rule == "unreadable" else None
    return PageError((f"{whole} {undecoded}" if undecoded else whole).translate(BROKEN), rule)


def _check_declared(value: Any, kind: Any, name: str) -> None:
    """Raise TypeError where a value is not of its declared type."""
    if kind is list or get_origin(kind) is list:
        _check_type(value, list, name)
        for each in value:
            _check_declared(each, get_args(kind)[0], f"{name}[]")
    elif isinstance(kind, UnionType):  # with None, here
        if value is not None:
            _check_declared(value, get_args(kind)[0], name)
    else:
        _check_type(value, kind, name)
        for member, declared in _members(kind):
            _check_declared(getattr(value, member), declared, f"{name}.{member}")


def _check_type(value: Any, kind: type, name: str) -> None:
    if not isinstance(value, kind) or (kind is date and isinstance(value, datetime)):
        raise TypeError(f"{name} is a {type(value).__name__}, not a {kind.__name__}")


@cache
def _members(kind: type) -> tuple[tuple[str, Any], ...]:
    """The names and types of a dataclass's members; none of other types."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name]) for each in fields(kind))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _TimeUp in `_call` when it takes longer; only the main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _on_alarm)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def _on_alarm(number: int, frame: FrameType | None) -> None:
    """Interrupt the reader, but nothing else."""
    while frame:
        if frame.f_code is _call.__code__:
            raise _TimeUp
        frame = frame.f_back


def file_kind(body: bytes, content_type: str) -> str | None:
    """The kind of file of a response, where it is not a page; None where it may be one."""
    start = body[:SNIFFED].lstrip() if body[:1].isspace() else body[:SNIFFED]
    for beginning, words in DOCUMENT_SIGNATURES:
        if start.startswith(beginning):
            return words
    if start[:1] in (b"<", b"{", b"[") or not BINARY.search(start):
        return None
    if start.startswith(b"PK\3\4"):
        return next((w for part, w in ZIP_CONTENTS if part in body[:4096]), "a zip archive")
    for at, mark, words in BINARY_SIGNATURES:
        if start.startswith(mark, at):
            return words
    stated = content_type.partition(";")[0].strip()
    if TEXTUAL.match(stated) or _is_utf_16(start, content_type):
        return None
    return f"a file of type {stated}" if stated else "a file of an unknown type"


def _is_utf_16(start: bytes, content_type: str) -> bool:
    return start[:2] in (b"\xff\xfe", b"\xfe\xff") or "utf-16" in content_type.lower()
