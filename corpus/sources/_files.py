"""The files that a release's text points to, where a site has no field for them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4.element import Tag

from corpus.page import Page, clean, text
from corpus.release import Attachment

ENDINGS = (
    *(".csv", ".doc", ".docx", ".jpeg", ".jpg", ".mp3", ".mp4", ".pdf", ".png", ".ppt", ".pptx"),
    *(".rtf", ".txt", ".xls", ".xlsx", ".zip"),
)


def linked_files(body: Tag, page: Page, folders: tuple[str, ...] = ()) -> list[Attachment]:
    """The files behind a body's links, each once; `folders` hold files whatever their names.

    A file is called as its link says, or by its own name where the link is a picture.
    """
    files: dict[str, Attachment] = {}
    for link, url in _addresses(body, page):
        path = urlsplit(url).path
        if path.lower().endswith(ENDINGS) or path.startswith(folders):
            name = clean(unquote(path.rpartition("/")[2]))
            files.setdefault(url, Attachment(url, text(link) or name))
    return list(files.values())


def _addresses(body: Tag, page: Page) -> Iterator[tuple[Tag, str]]:
    """The links that lead somewhere on the web; what editors mistyped is text without a link."""
    for link in body.select("a[href]"):
        try:
            url = urldefrag(urljoin(page.url, str(link["href"]).strip())).url
        except ValueError:
            continue
        if urlsplit(url).scheme in ("http", "https") and url != page.url:
            yield link, url
