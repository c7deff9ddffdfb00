"""Calls an office's reader: an error in it costs only that page.

A page goes in. A listing or a draft comes out, checked against the declared types, or a PageError
whose rule says why not.
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

Parsed = TypeVar("Parsed", Listing, Draft)
# Code that ignores the alarm, such as callbacks of the garbage collector, gets another one.
AGAIN_S = 0.1


class _TimeUp(BaseException):
    """The time limit is reached. It is no Exception, so that libraries do not catch it."""


def read_listing(route: Route, page: Page, limit_s: float) -> Listing:
    """Read a listing by a route's reader. Raises PageError."""
    return _read(route.links, Listing, page, limit_s)


def read_release(route: Route, page: Page, limit_s: float) -> Draft:
    """Read a release's page by a route's reader. Raises PageError."""
    return _read(route.release, Draft, page, limit_s)


def _read(
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
    """Raise _TimeUp in `_call` when it takes longer.

    Only the main thread can be interrupted. Other threads read pages that it has read before.
    """
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
