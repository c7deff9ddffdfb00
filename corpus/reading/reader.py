"""The one place where an office's reader is called: whatever it raises costs that page alone.

A page goes in. A listing or a draft comes out, of the types that they declare, or a PageError
whose rule tells why not.
"""

from __future__ import annotations

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
from corpus.reading.file_kind import file_kind
from corpus.reading.page import Page
from corpus.reading.paragraphs import BROKEN
from corpus.reading.source import Listing, Route
from corpus.release import Draft

Found = TypeVar("Found", Listing, Draft)
# Code that swallows the alarm, as callbacks of the garbage collector do, gets another one.
AGAIN_S = 0.1


class _TimeUp(BaseException):
    """Not an Exception: a library that takes any of those for its own must let it pass."""


def read_listing(route: Route, page: Page, limit_s: float) -> Listing:
    """What a route's reader finds on a listing. Raises PageError."""
    return _read(route.links, Listing, page, limit_s)


def read_release(route: Route, page: Page, limit_s: float) -> Draft:
    """What a route's reader finds on a release's page. Raises PageError."""
    return _read(route.release, Draft, page, limit_s)


def _read(reader: Callable[[Page], Found], kind: type[Found], page: Page, limit_s: float) -> Found:
    if kind_of_file := file_kind(page.body, page.content_type):
        sentence = f"It is {kind_of_file}, where a page was expected; no reader takes it."
        raise _as_error(page, sentence, "not_a_page")
    try:
        with _time_limit(limit_s):
            return _call(reader, kind, page)
    except PageError as error:
        raise _as_error(page, str(error), error.rule) from error
    except _TimeUp:
        raise _as_error(page, f"Reading it takes longer than {limit_s:g} s.", "too_slow") from None
    except Exception as error:
        raise _as_error(page, f"Its reader broke: {describe(error)}.", "reader_broke") from error


def _call(reader: Callable[[Page], Found], kind: type[Found], page: Page) -> Found:
    """What is read, checked; the alarm rings in here or not at all."""
    found = reader(page)
    _check(found, kind, kind.__name__)
    return found


def _as_error(page: Page, sentence: str, rule: str) -> PageError:
    """A sentence with the page's address, and what else it may be due to."""
    whole = sentence if page.url in sentence else f"{page.url}: {sentence}"
    lost = page.undecodable() if rule == "unreadable" else None
    return PageError((f"{whole} {lost}" if lost else whole).translate(BROKEN), rule)


def _check(value: Any, kind: Any, name: str) -> None:
    """Raise TypeError where a value is not of the type that is declared for it."""
    if kind is list or get_origin(kind) is list:
        _demand(value, list, name)
        for each in value:
            _check(each, get_args(kind)[0], f"{name}[]")
    elif isinstance(kind, UnionType):  # with None, here
        if value is not None:
            _check(value, get_args(kind)[0], name)
    else:
        _demand(value, kind, name)
        for member, declared in _members(kind):
            _check(getattr(value, member), declared, f"{name}.{member}")


def _demand(value: Any, kind: type, name: str) -> None:
    if not isinstance(value, kind) or (kind is date and isinstance(value, datetime)):
        raise TypeError(f"{name} is a {type(value).__name__}, not a {kind.__name__}")


@cache
def _members(kind: type) -> tuple[tuple[str, Any], ...]:
    """The names and types of a record's members; none of other types."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name]) for each in fields(kind))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _TimeUp in `_call` when it takes longer.

    Only a program's main thread can be interrupted. Others read what was read there before.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: FrameType | None) -> None:
    """Interrupt the reader, and nothing that goes on around it."""
    while frame:
        if frame.f_code is _call.__code__:
            raise _TimeUp
        frame = frame.f_back
