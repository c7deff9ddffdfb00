"""Attorney General of Virginia: Joomla. The office publishes no dates.

Letterhead and headline are part of the text that editors paste, so they are taken off by what they
say; a day that begins a few titles and texts is the editor's own too: it stays, and dates nothing.
"""

import re

from corpus.errors import PageError
from corpus.reading.page import Page, next_page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Draft
from corpus.sources._parts import canonical, dateline, linked_files, linked_releases

HOST = "www.oag.state.va.us"
RELEASE_PATH = re.compile(r"/media-center/news-releases/\d+-[^/]+")
# Joomla puts "This email address is being protected from spambots" where an address was.
CLOAKS = 'joomla-hidden-mail, [id^="cloak"]'
# How a letterhead begins, and its last part; it ends within so many paragraphs.
OPENING = re.compile(r"commonwealth of virginia\n\s*office of", re.IGNORECASE)
CONTACT = re.compile(r"for media inquiries only", re.IGNORECASE)
LETTERHEAD = 10
# A headline below a title that begins with a day ("March 12, 2022 - ...") is its end at least.
HEADLINE_LETTERS = 20


def links(page: Page) -> Listing:
    """A page of the category's table, newest first, and the next one."""
    category = one(page.soup(), ".com-content-category", page.url)
    rows = some(category, "table.com-content-category__table .list-title > a", page.url)
    return Listing(
        [Link(target(row, page)) for row in rows],
        next=next_page(category, 'a[aria-label="Go to next page" i]', page),
    )


def release(page: Page) -> Draft:
    """A release; its heading is "News Releases" on every page, its title is in the head."""
    soup = page.soup()
    content = one(soup, ".com-content-article .com-content-article__body", page.url)
    for each in content.select(f"#pressHd, {CLOAKS}"):
        each.extract()
    title = text(one(soup, "head > title", page.url))
    body = without_headline(without_letterhead(paragraphs(content), title, page), title)
    return Draft(
        title=title,
        published=None,
        body=body,
        language="en",
        place=dateline(body),
        attachments=linked_files(content, page),
        links=linked_releases(content, page, RELEASE_PATH),
    )


def without_letterhead(body: list[str], title: str, page: Page) -> list[str]:
    """The body below a letterhead, which ends with the headline or the press contact."""
    top = body[:LETTERHEAD]
    if not any(OPENING.match(paragraph) or CONTACT.match(paragraph) for paragraph in top):
        return body
    ends = [n for n, paragraph in enumerate(top) if headline_lines(paragraph, title)]
    ends += [n for n, paragraph in enumerate(top, 1) if CONTACT.match(paragraph)]
    if not ends:
        raise PageError(f"{page.url}: its letterhead does not end as those known do.")
    return body[ends[0] :]


def without_headline(body: list[str], title: str) -> list[str]:
    """The body without the first lines of its first paragraph, where they repeat the title."""
    if not body:
        return body
    rest = "\n".join(body[0].split("\n")[headline_lines(body[0], title) :])
    return [rest, *body[1:]] if rest else body[1:]


def headline_lines(paragraph: str, title: str) -> int:
    """How many of a paragraph's first lines repeat the title, or a long end of it."""
    lines = paragraph.split("\n")
    for number in range(1, len(lines) + 1):
        headline = _letters(" ".join(lines[:number]))
        is_end = len(headline) >= HEADLINE_LETTERS and _letters(title).endswith(headline)
        if is_end or headline == _letters(title):
            return number
    return 0


def _letters(words: str) -> str:
    return "".join(each for each in words.casefold() if each.isalnum())


SOURCE = Source(
    title="Attorney General of Virginia",
    country="US",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/media-center/news-releases", links, release),),
    canonical=canonical,
    version=4,
    gives_dates=False,
)
