"""Attorney General of Ohio: Kentico CMS."""

import re

from bs4.element import Tag

from corpus.reading.dates import read_slashed_date
from corpus.reading.page import Page, next_page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Draft
from corpus.sources._parts import canonical, linked_files, linked_releases

HOST = "www.ohioattorneygeneral.gov"
RELEASE_PATH = re.compile(r"/Media/News-Releases/[^/]+/[^/]+")
# Kentico serves files from these, under names of its own (".aspx").
FOLDERS = ("/Files/", "/Images/", "/getattachment/", "/getfile/", "/getmedia/")
DATELINE = re.compile(r"\((?P<place>[^()]{2,60})\)\s*[–—-]")
# A line such as "MEDIA CONTACT:", which may go on with a name and a number.
CONTACT = re.compile(r"media contacts?\b.{0,100}", re.IGNORECASE)
# "-30-", a printer's mark for the end.
END = re.compile(r"[-–—]+\s*30\s*[-–—]+")
LONGEST_CONTACT = 200


def links(page: Page) -> Listing:
    """The ten releases of a page, newest first, and the older page."""
    soup = page.soup()
    rows = some(soup, ".ohio-news", page.url)
    return Listing(
        [_link(row, page) for row in rows],
        next=next_page(soup, ".PagerControl a.UnselectedNext", page),
    )


def release(page: Page) -> Draft:
    """A release; the press contact at its end is its signature."""
    soup = page.soup()
    content = one(soup, ".newsbody", page.url)
    body, signature = split_contact(paragraphs(content))
    match = DATELINE.match(body[0]) if body else None
    return Draft(
        title=text(one(soup, "h2.news", page.url)),
        published=read_slashed_date(text(one(soup, "h2.news + p", page.url)), page.url),
        body=body,
        language="en",
        place=match["place"].strip() if match else None,
        signature=signature,
        attachments=linked_files(content, page, FOLDERS),
        links=linked_releases(content, page, RELEASE_PATH),
    )


def split_contact(whole: list[str]) -> tuple[list[str], str | None]:
    """Split off the press contact: the short lines from its heading to the end mark."""
    body: list[str] = []
    contact: list[str] = []
    is_contact = False
    for paragraph in whole:
        kept: list[str] = []
        for line in paragraph.split("\n"):
            is_end = bool(END.fullmatch(line))
            if is_end or len(line) > LONGEST_CONTACT:
                is_contact = False
            elif CONTACT.fullmatch(line):
                is_contact = True
            if not is_end:
                (contact if is_contact else kept).append(line)
        if kept:
            body.append("\n".join(kept))
    return body, "\n".join(contact) or None


def _link(row: Tag, page: Page) -> Link:
    day = text(one(row, ".news-date", page.url))
    return Link(target(one(row, "h3 > a", page.url), page), read_slashed_date(day, page.url))


SOURCE = Source(
    title="Attorney General of Ohio",
    country="US",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/Media/News-Releases", links, release),),
    canonical=canonical,
    version=4,
)
