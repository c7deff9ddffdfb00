"""What may enter: rules with names, on a page before it is read and on a draft before it is stored.

A rule returns a sentence when it trips and None when not. What trips is reported and left out,
never stored as a release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from bs4 import BeautifulSoup

from corpus.issue import Issue
from corpus.reading.address import check_address, resolve
from corpus.reading.charset import REPLACEMENT
from corpus.reading.languages import other_language
from corpus.reading.links import acceptable_links
from corpus.reading.page import Page
from corpus.reading.paragraphs import LETTER, clean
from corpus.reading.source import Source
from corpus.release import Draft

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
    r"^(http |error |status )*404\b|\b404 (error|not found)|nothing (was )?found"
    r"|page (was |could |can )?not (be )?found"
    r"|page (you requested )?(does not|doesn't) exist"
    r"|страница не найдена|бет табылмады|парақша табылмады",
    re.IGNORECASE,
)
# Of 8,469 releases of one office the shortest has 60 letters and digits.
LEAST_BODY_LETTERS = 30
# What is left of a body without the paragraphs that most of the office's releases share.
LEAST_OWN = 0.2
# A generic reader reads walls too; a true release with so little text has a headline of its own.
FEW_LETTERS, SHORT_HEADING = 600, 60
# A text in another encoding than was said; a stray byte or two are none.
MOST_REPLACED = 0.05
# An office may publish "tomorrow" by the clock of another time zone.
TOLERANCE = timedelta(days=1)
EARLIEST = date(1900, 1, 1)
# No characters, though JSON can say them: no database keeps them. In texts they are mended.
NO_TEXT = re.compile("[\0\ud800-\udfff]")


def unreadable(page: Page, issue: Issue) -> Issue:
    """What is wrong with a page that its reader cannot make out: that it is none of the office, or
    else the reader's own issue. What takes long to read is not read again for it.
    """
    return issue if issue.rule == "too_slow" else check_page(page) or issue


def check_page(page: Page) -> Issue | None:
    """Whether a response is a bot wall, or an error page sent with status 200.

    Judged by title and first heading, and only on pages with little text.
    """
    if page.body.lstrip()[:1] in (b"[", b"{"):
        return None
    soup = BeautifulSoup(page.html()[:200_000], "lxml")
    headings = [clean(tag.get_text()) for tag in (soup.title, soup.h1) if tag]
    shown = clean(soup.body.get_text(" ")) if soup.body else ""
    if len(shown) > SHORT_TEXT:
        return None
    if soup.select_one("input[type=password]"):
        return Issue(page.url, "login_page", "The answer asks for a password; it is no release.")
    for rule, pattern, words in (
        ("bot_wall", WALL, "a wall against programs"),
        ("soft_404", LOST, "an error page"),
    ):
        if any(pattern.search(heading) for heading in headings):
            return Issue(page.url, rule, f"The answer is {words} ({headings[0]!r}), not a release.")
    return None


def check_little(page: Page, draft: Draft) -> Issue | None:
    """Whether what was read from a page with little text is a wall or an error page after all.

    Stricter than `check_page`: a true release may speak of such things, but not as its headline.
    """
    if letters(draft.body) > FEW_LETTERS or len(draft.title) > SHORT_HEADING:
        return None
    if not (WALL.match(draft.title) or LOST.match(draft.title)):
        return None
    return check_page(page)


def broken_text(draft: Draft, source: Source, today: date) -> str | None:
    """A release is text."""
    found = any(NO_TEXT.search(each) for each in _strings(asdict(draft)))
    return "It holds what is no character." if found else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def undecodable(draft: Draft, source: Source, today: date) -> str | None:
    """Most of a release's letters could be decoded."""
    lost = sum(each.count(REPLACEMENT) for each in (draft.title, *draft.body))
    whole = lost + letters((draft.title, *draft.body))
    if lost <= MOST_REPLACED * whole:
        return None
    return f"{lost:,} of its {whole:,} letters are not in the encoding that it declares."


def no_title(draft: Draft, source: Source, today: date) -> str | None:
    """A release has a title."""
    return None if LETTER.search(draft.title) else "It has no title."


def empty_body(draft: Draft, source: Source, today: date) -> str | None:
    """A release says something; some true ones are as short as 60 characters."""
    return None if letters(draft.body) else "Its body is empty."


def tiny_body(draft: Draft, source: Source, today: date) -> str | None:
    """A release says more than a few words, unless it points to a file that does."""
    number = letters(draft.body)
    if number >= LEAST_BODY_LETTERS or draft.attachments:
        return None
    return f"Its body has no more than {number} letters."


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
    broken_text,
    undecodable,
    no_title,
    empty_body,
    tiny_body,
    no_date,
    impossible_date,
)


def page_remarks(page: Page) -> list[Issue]:
    """What is odd about a page that is read all the same."""
    lost = page.undecodable()
    return [Issue(page.url, "undecodable", lost)] if lost else []


def remarks(draft: Draft, url: str, source: Source) -> list[Issue]:
    """What is odd about a draft that enters all the same.

    An office that publishes in English alone may publish this one release in Spanish: a language
    that it does not declare is no reason to lose a release, but one to look at. So is a text that
    stands where another of the office's languages should: it keeps the language that was declared.
    Files and translations whose addresses may not be kept are left out.
    """
    _, refused = acceptable_links(draft, source.hosts)
    odd = [Issue(url, each.rule, f"A link, {each.url}: {each.reason}") for each in refused]
    found = other_language(draft.body, draft.language, source.languages)
    if found is None:
        return odd
    rule = "other_language" if found in source.languages else "wrong_language"
    return [*odd, Issue(url, rule, f"It seems to be in {found!r}, not {draft.language!r}.")]


def check(
    draft: Draft,
    url: str,
    source: Source,
    today: date,
    boilerplate: frozenset[str] = frozenset(),
) -> Issue | None:
    """The first rule that a draft trips, or None when it may enter."""
    if refusal := check_address(resolve(draft.url or url), source.hosts):
        return refusal
    kept, _ = acceptable_links(draft, source.hosts)
    for rule in RULES:
        if reason := rule(kept, source, today):
            return Issue(url, rule.__name__, reason)
    own = [paragraph for paragraph in draft.body if paragraph not in boilerplate]
    if letters(own) < LEAST_OWN * letters(draft.body):
        reason = "Most of its body stands in most of this office's releases."
        return Issue(url, "boilerplate", reason)
    return None


def letters(body: Iterable[str]) -> int:
    """How many letters and digits a body has."""
    return sum(sum(map(str.isalnum, paragraph)) for paragraph in body)
