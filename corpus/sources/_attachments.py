"""What offices share that set their files and translations as links in the text of a release."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from bs4.element import Tag

from corpus.page import Page, text
from corpus.release import Attachment

DOCUMENTS = {".csv", ".doc", ".docx", ".pdf", ".ppt", ".pptx", ".rtf", ".txt", ".xls", ".xlsx"}
MEDIA = {".gif", ".jpeg", ".jpg", ".m4a", ".mov", ".mp3", ".mp4", ".png", ".wav", ".zip"}


def linked_files(body: Tag, page: Page) -> list[Attachment]:
    """The files of the office's own site that a text links to, each once, in order.

    A file elsewhere is something the release cites, not something the office attached.
    """
    found: dict[str, Attachment] = {}
    for link in body.select("a[href]"):
        url = urljoin(page.url, str(link["href"]).strip())
        name = PurePosixPath(unquote(urlsplit(url).path)).name
        if name_suffix(url) in DOCUMENTS | MEDIA and _site(url) == _site(page.url):
            found.setdefault(url, Attachment(url, text(link) or name))
    return list(found.values())


def name_suffix(url: str) -> str:
    """The suffix of the file that a URL names, in small letters: ".pdf", ".asp", or ""."""
    return PurePosixPath(urlsplit(url).path).suffix.lower()


def _site(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
