"""Validates pages and drafts by named rules before they are stored.

A rule returns a sentence when it fails, else None. What fails is reported and never stored.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from bs4 import BeautifulSoup

from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.reading.address import acceptable_links, check_address, resolve
from corpus.reading.charset import REPLACEMENT
from corpus.reading.languages import other_language
from corpus.reading.page import Page
from corpus.reading.paragraphs import LETTER, clean
from corpus.reading.source import Source
from corpus.release import Draft

# Bot checks and error pages are short; a real release that mentions them seldom is.
SHORT_TEXT = 2500
BOT_CHECK = re.compile(
    r"pardon our interruption|just a moment|attention required|request unsuccessful"
    r"|access (to this page has been )?denied|verify (that )?you are (a )?human"
    r"|are you (a robot|human)|checking your browser|security check|bot (check|detection)"
    r"|доступ (к сайту )?(ограничен|запрещ[её]н)|проверка браузера|вы не робот",
    re.IGNORECASE,
)
ERROR_PAGE = re.compile(
    r"^(http |error |status )*404\b|\b404 (error|not found)|nothing (was )?found"
    r"|page (was |could |can )?not (be )?found"
    r"|page (you requested )?(does not|doesn't) exist"
    r"|страница не найдена|бет табылмады|парақша табылмады",
    re.IGNORECASE,
)
# Of 8,469 releases of one office the shortest has 60 letters and digits.
LEAST_BODY_LETTERS = 30
# The least share of a body outside the paragraphs that most of the office's releases share.
LEAST_OWN = 0.2
# The generic reader reads bot checks too; a real release this short has its own headline.
FEW_LETTERS, SHORT_HEADING = 600, 60
# A text above this is in another encoding than declared; a stray byte or two are accepted.
MOST_REPLACED = 0.05
# By another time zone, an office may publish "tomorrow".
DATE_TOLERANCE = timedelta(days=1)
EARLIEST = date(1900, 1, 1)
# Invalid characters, which JSON can contain and databases refuse. In texts they are replaced.
INVALID_CHARACTER = re.compile("[\0\ud800-\udfff]")


def page_issue(page: Page, issue: Issue) -> Issue:
    """The issue with a page that its reader cannot read: that it is a bot check or an error page,
    or the reader's own issue. A page that takes too long is not parsed again for this.
    """
    return issue if issue.rule == "too_slow" else check_page(page) or issue


def check_page(page: Page) -> Issue | None:
    """Refuse bot checks, and error pages sent with status 200.

    They are recognized by title and first heading, on pages with little text only.
    """
    if page.body.lstrip()[:1] in (b"[", b"{"):
        return None
    soup = BeautifulSoup(page.html()[:200_000], "lxml")
    headings = [clean(tag.get_text()) for tag in (soup.title, soup.h1) if tag]
    shown = clean(soup.body.get_text(" ")) if soup.body else ""
    if len(shown) > SHORT_TEXT:
        return None
    if soup.select_one("input[type=password]"):
        return Issue(
            page.url, "login_page", "The response asks for a password; it is not a release."
        )
    for rule, pattern, words in (
        ("bot_wall", BOT_CHECK, "a bot check"),
        ("soft_404", ERROR_PAGE, "an error page"),
    ):
        if any(pattern.search(heading) for heading in headings):
            return Issue(
                page.url, rule, f"The response is {words} ({headings[0]!r}), not a release."
            )
    return None


def check_short_page(page: Page, draft: Draft) -> Issue | None:
    """Refuse a short page that was read as a release but is a bot check or an error page.

    Stricter than `check_page`: a real release may mention these, but not as its headline.
    """
    if count_letters(draft.body) > FEW_LETTERS or len(draft.title) > SHORT_HEADING:
        return None
    if not (BOT_CHECK.match(draft.title) or ERROR_PAGE.match(draft.title)):
        return None
    return check_page(page)


def broken_text(draft: Draft, source: Source, today: date) -> str | None:
    """A release is text."""
    is_broken = any(INVALID_CHARACTER.search(each) for each in _strings(asdict(draft)))
    return "It contains invalid characters." if is_broken else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def undecodable(draft: Draft, source: Source, today: date) -> str | None:
    """Most of a release's letters could be decoded."""
    undecoded = sum(each.count(REPLACEMENT) for each in (draft.title, *draft.body))
    total = undecoded + count_letters((draft.title, *draft.body))
    if undecoded <= MOST_REPLACED * total:
        return None
    return f"{undecoded:,} of its {total:,} letters are not valid in its declared encoding."


def no_title(draft: Draft, source: Source, today: date) -> str | None:
    """A release has a title."""
    return None if LETTER.search(draft.title) else "It has no title."


def empty_body(draft: Draft, source: Source, today: date) -> str | None:
    """A release has a body; some real ones are as short as 60 characters."""
    return None if count_letters(draft.body) else "Its body is empty."


def tiny_body(draft: Draft, source: Source, today: date) -> str | None:
    """A release has more than a few words, unless it links to a file."""
    number = count_letters(draft.body)
    if number >= LEAST_BODY_LETTERS or draft.attachments:
        return None
    return f"Its body has only {pluralize(number, 'letter')}."


def no_date(draft: Draft, source: Source, today: date) -> str | None:
    """A release has a date, unless its office publishes none."""
    return (
        "It has no date, though this office dates its releases."
        if source.gives_dates and not draft.published
        else None
    )


def impossible_date(draft: Draft, source: Source, today: date) -> str | None:
    """A release is not dated in the future, nor long before the web."""
    day = draft.published
    if day is None or EARLIEST <= day <= today + DATE_TOLERANCE:
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
    """Issues with a page that is accepted all the same."""
    problem = page.undecodable()
    return [Issue(page.url, "undecodable", problem)] if problem else []


def remarks(draft: Draft, url: str, source: Source) -> list[Issue]:
    """Issues with a draft that is accepted all the same.

    An undeclared language is no reason to lose a release: an office that publishes in English may
    publish one in Spanish. A text in another of the office's languages keeps its declared one.
    Files and translations with unacceptable addresses are left out.
    """
    _, refused = acceptable_links(draft, source.hosts)
    issues = [Issue(url, each.rule, f"A link, {each.url}: {each.reason}") for each in refused]
    language = other_language(draft.body, draft.language, source.languages)
    if language is None:
        return issues
    rule = "other_language" if language in source.languages else "wrong_language"
    return [*issues, Issue(url, rule, f"It seems to be in {language!r}, not {draft.language!r}.")]


def check_draft(
    draft: Draft,
    url: str,
    source: Source,
    today: date,
    boilerplate: frozenset[str] = frozenset(),
) -> Issue | None:
    """The first rule that a draft fails, or None where it is accepted."""
    if refusal := check_address(resolve(draft.url or url), source.hosts):
        return refusal
    acceptable, _ = acceptable_links(draft, source.hosts)
    for rule in RULES:
        if reason := rule(acceptable, source, today):
            return Issue(url, rule.__name__, reason)
    own = [paragraph for paragraph in draft.body if paragraph not in boilerplate]
    if count_letters(own) < LEAST_OWN * count_letters(draft.body):
        reason = "Most of its body is text that most of this office's releases share."
        return Issue(url, "boilerplate", reason)
    return None


def count_letters(body: Iterable[str]) -> int:
    """Count the letters and digits of a body."""
    return sum(sum(map(str.isalnum, paragraph)) for paragraph in body)
