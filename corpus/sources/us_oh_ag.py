"""Attorney General of Ohio: Kentico CMS."""

from __future__ import annotations

import re

from bs4.element import Tag

from corpus.page import Page, at_most_one, one, paragraphs, read_slashed_date, some, target, text
from corpus.release import Draft
from corpus.source import Link, Listing, Route, Source
from corpus.sources._files import linked_files
from corpus.sources.us_doj import canonical

HOST = "www.ohioattorneygeneral.gov"
# Kentico serves files from these, under names of its own (".aspx").
FOLDERS = ("/Files/", "/Images/", "/getattachment/", "/getfile/", "/getmedia/")
DATELINE = re.compile(r"\((?P<place>[^()]{2,60})\)\s*[–—-]")
CONTACT = re.compile(r"media contacts?\b", re.IGNORECASE)
CONTACT_LENGTH = 200
# "-30-", a printer's mark for the end.
END = re.compile(r"\W*30\W*")


def links(page: Page) -> Listing:
    """The ten releases of a page, newest first, and the older page."""
    column = one(page.soup(), ".rightColumn", page.url)
    rows = some(column, ".ohio-news", page.url)
    older = at_most_one(column, ".PagerControl a.UnselectedNext", page.url)
    return Listing([_link(row, page) for row in rows], next=target(older, page) if older else None)


def release(page: Page) -> Draft:
    """A release; the contact for the press that ends it is its signature."""
    column = one(page.soup(), ".rightColumn", page.url)
    content = one(column, ".newsbody", page.url)
    body, signature = parted([p for p in paragraphs(content) if not END.fullmatch(p)])
    found = DATELINE.match(body[0]) if body else None
    return Draft(
        title=text(one(column, "h2.news", page.url)),
        published=read_slashed_date(text(one(column, "h2.news + p", page.url)), page.url),
        body=body,
        language="en",
        place=found["place"].strip() if found else None,
        signature=signature,
        attachments=linked_files(content, page, FOLDERS),
    )


def parted(body: list[str]) -> tuple[list[str], str | None]:
    """The body up to "MEDIA CONTACT", where only names and numbers follow, and what follows."""
    starts = [n for n, paragraph in enumerate(body) if CONTACT.match(paragraph)]
    tail = body[starts[-1] :] if starts else []
    if not tail or any(len(paragraph) > CONTACT_LENGTH for paragraph in tail):
        return body, None
    return body[: starts[-1]], "\n".join(tail)


def _link(row: Tag, page: Page) -> Link:
    day = text(one(row, ".news-date", page.url))
    return Link(target(one(row, "h3 > a", page.url), page), read_slashed_date(day, page.url))


SOURCE = Source(
    title="Attorney General of Ohio",
    country="US",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/Media/News-Releases", links, release),),
    canonical=canonical,
)
