"""Finds the files that a release's text links to, where a site has no field for them."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote

from bs4.element import Tag

from corpus.reading.address import split
from corpus.reading.page import Page, target
from corpus.reading.paragraphs import clean, text
from corpus.release import Attachment

DOCUMENTS = {".csv", ".doc", ".docx", ".pdf", ".ppt", ".pptx", ".rtf", ".txt", ".xls", ".xlsx"}
MEDIA = {".gif", ".jpeg", ".jpg", ".m4a", ".mov", ".mp3", ".mp4", ".png", ".wav", ".zip"}


def linked_files(body: Tag, page: Page, folders: tuple[str, ...] = ()) -> list[Attachment]:
    """The files on the office's own site that a text links to, each once, in order.

    Everything in `folders` is a file, whatever its name. A file's title is the text of its link, or
    its own name where the link is a picture.
    """
    files: dict[str, Attachment] = {}
    for link in body.select("a[href]"):
        url = target(link, page)
        path = PurePosixPath(unquote(split(url).path))
        is_file = path.suffix.lower() in DOCUMENTS | MEDIA or str(path).startswith(folders)
        # A file elsewhere is something the release cites, not something the office attached.
        if is_file and _site(url) == _site(page.url):
            files.setdefault(url, Attachment(url, text(link) or clean(path.name)))
    return list(files.values())


def _site(url: str) -> str:
    return split(url).netloc.removeprefix("www.")
