"""Validates pages and drafts by named rules; what fails is reported and never stored."""

import re
from collections.abc import Iterable, Iterator
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
# The longest of one office's 1,094 subtitles has 255 characters.
LONGEST_SUBTITLE = 1000
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


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _failures(draft: Draft, source: Source, today: date) -> Iterator[tuple[str, str]]:
    """The rules that a draft fails, each with the reason."""
    if any(INVALID_CHARACTER.search(each) for each in _strings(asdict(draft))):
        yield "broken_text", "It contains invalid characters."
    texts = (draft.title, draft.subtitle or "", *draft.body)
    undecoded = sum(each.count(REPLACEMENT) for each in texts)
    total = undecoded + count_letters(texts)
    if undecoded > MOST_REPLACED * total:
        reason = f"{undecoded:,} of its {total:,} letters are not valid in its declared encoding."
        yield "undecodable", reason
    if not LETTER.search(draft.title):
        yield "no_title", "It has no title."
    if len(draft.subtitle or "") > LONGEST_SUBTITLE:
        yield "long_subtitle", f"Its subtitle has {len(draft.subtitle or ''):,} characters."
    number = count_letters(draft.body)
    if not number:
        yield "empty_body", "Its body is empty."
    if number < LEAST_BODY_LETTERS and not draft.attachments:
        yield "tiny_body", f"Its body has only {pluralize(number, 'letter')}."
    day = draft.published
    if source.gives_dates and not day:
        yield "no_date", "It has no date, though this office dates its releases."
    if day and not EARLIEST <= day <= today + DATE_TOLERANCE:
        reason = f"Its date, {day}, is {'in the future' if day > today else 'too early'}."
        yield "impossible_date", reason


def page_remarks(page: Page) -> list[Issue]:
    """Issues with a page that is accepted all the same."""
    problem = page.undecodable()
    return [Issue(page.url, "undecodable", problem)] if problem else []


def remarks(draft: Draft, url: str, source: Source) -> list[Issue]:
    """Issues with a draft that is accepted all the same.

    An undeclared language is no reason to lose a release: an office that publishes in English may
    publish one in Spanish. A text in another of the office's languages keeps its declared one.
    Files, translations and releases with unacceptable addresses are left out.
    """
    _, refused = acceptable_links(draft, source.hosts)
    issues = [Issue(url, each.rule, f"A link, {each.url}: {each.reason}") for each in refused]
    language = other_language(draft.body, draft.language, source.languages)
    if language is None:
        return issues
    rule = "other_language" if language in source.languages else "wrong_language"
    return [*issues, Issue(url, rule, f"It seems to be in {language!r}, not {draft.language!r}.")]


def check_draft(
    draft: Draft, url: str, source: Source, today: date, shared: frozenset[str] = frozenset()
) -> Issue | None:
    """The first rule that a draft fails, or None where it is accepted; `shared` are paragraphs that
    most releases of the office have.
    """
    if refusal := check_address(resolve(draft.url or url), source.hosts):
        return refusal
    acceptable, _ = acceptable_links(draft, source.hosts)
    if failure := next(_failures(acceptable, source, today), None):
        return Issue(url, *failure)
    own = [paragraph for paragraph in draft.body if paragraph not in shared]
    if count_letters(own) < LEAST_OWN * count_letters(draft.body):
        reason = "Most of its body is text that most of this office's releases share."
        return Issue(url, "shared_text", reason)
    return None


def count_letters(body: Iterable[str]) -> int:
    """Count the letters and digits of a body."""
    return sum(sum(map(str.isalnum, paragraph)) for paragraph in body)
