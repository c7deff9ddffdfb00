"""What may enter: rules with names, on a page before it is read and on a draft before it is stored.

A rule returns a sentence when it trips and None when not. What trips is reported and left out,
never stored as a release.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bs4 import BeautifulSoup

from corpus.page import WORD, Page, clean
from corpus.release import Draft
from corpus.source import Source

# Walls and error pages are short; a true release that merely speaks of them seldom is.
SHORT_TEXT = 2500
WALL = re.compile(
    r"pardon our interruption|just a moment|attention required|request unsuccessful"
    r"|access (to this page has been )?denied|verify (that )?you are (a )?human"
    r"|are you (a robot|human)|checking your browser|security check|bot (check|detection)"
    r"|доступ (к сайту )?(ограничен|запрещ[её]н)|проверка браузера|вы не робот",
    re.IGNORECASE,
)
LOST = re.compile(
    r"\b404\b|page (was |could |can )?not (be )?found|nothing (was )?found"
    r"|page (you requested )?(does not|doesn't) exist"
    r"|страница не найдена|бет табылмады|парақша табылмады",
    re.IGNORECASE,
)
# An office may publish "tomorrow" by the clock of another time zone.
TOLERANCE = timedelta(days=1)
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Refusal:
    """A page or draft that may not enter: the rule that tripped, and why in a sentence."""

    url: str
    rule: str
    reason: str


def check_page(page: Page) -> Refusal | None:
    """Whether a response is a bot wall, or an error page sent with status 200.

    Judged by title and first heading, and only on pages with little text.
    """
    if page.body.lstrip()[:1] in (b"[", b"{"):
        return None
    # Decoded leniently: a page in the wrong encoding is the reader's to refuse, with the reason.
    soup = BeautifulSoup(page.body[:200_000].decode("utf-8", "replace"), "lxml")
    headings = [clean(tag.get_text()) for tag in (soup.title, soup.h1) if tag]
    shown = clean(soup.body.get_text(" ")) if soup.body else ""
    if len(shown) > SHORT_TEXT:
        return None
    for rule, pattern, words in (
        ("bot_wall", WALL, "a wall against programs"),
        ("soft_404", LOST, "an error page"),
    ):
        if any(pattern.search(heading) for heading in headings):
            return Refusal(
                page.url, rule, f"The answer is {words} ({headings[0]!r}), not a release."
            )
    return None


def no_title(draft: Draft, source: Source, today: date) -> str | None:
    """A release has a title."""
    return None if WORD.search(draft.title) else "It has no title."


def empty_body(draft: Draft, source: Source, today: date) -> str | None:
    """A release says something; some true ones are as short as 60 characters."""
    return None if any(WORD.search(paragraph) for paragraph in draft.body) else "Its body is empty."


def no_date(draft: Draft, source: Source, today: date) -> str | None:
    """A release is dated, unless its office dates nothing."""
    return (
        "It has no date, though this office dates its releases."
        if source.gives_dates and not draft.published
        else None
    )


def impossible_date(draft: Draft, source: Source, today: date) -> str | None:
    """A release is not dated in the future, nor before there was a web to find it on by far."""
    day = draft.published
    if day is None or EARLIEST <= day <= today + TOLERANCE:
        return None
    return f"Its date, {day}, is {'in the future' if day > today else 'too early'}."


RULES: tuple[Callable[[Draft, Source, date], str | None], ...] = (
    no_title,
    empty_body,
    no_date,
    impossible_date,
)


def remarks(draft: Draft, url: str, source: Source) -> list[Refusal]:
    """What is odd about a draft that enters."""
    return []


def check(
    draft: Draft,
    url: str,
    source: Source,
    today: date,
    furniture: frozenset[str] = frozenset(),
) -> Refusal | None:
    """The first rule that a draft trips, or None when it may enter."""
    for rule in RULES:
        if reason := rule(draft, source, today):
            return Refusal(url, rule.__name__, reason)
    return None
