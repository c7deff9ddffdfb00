"""What several offices' readers find alike: canonical address, place, language, linked files and
releases.
"""

import re
from collections import Counter
from pathlib import PurePosixPath
from urllib.parse import unquote, urlunsplit

from bs4.element import Tag

from corpus.facts.districts import STATE_CODES
from corpus.reading.address import normalize, split
from corpus.reading.page import Page, target
from corpus.reading.paragraphs import clean, text
from corpus.release import Attachment, LinkedRelease

STATE = rf"(?:[A-Z]{{2}}|[A-Z]\.[A-Z]\.|[A-Z][a-z]{{1,4}}\.|{'|'.join(STATE_CODES)})"
CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+(?:\s[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+){0,4}"
# In capitals, a place with or without its state; in other letters, only with its state.
PLACE = rf"{CAPITALS}(?:,\s(?:{STATE}|{CAPITALS}))?|[A-Z][\w.'’ -]{{1,30}}?,\s{STATE}"
# Perhaps the date in brackets; then a dash and the text.
DATELINE = re.compile(rf"(?P<place>{PLACE})\s?(?:\([^()]{{0,30}}\)\s?)?(?:[—–]|--|-\s)\s*\S")
# Capitals before a dash that are not a place.
LABEL = re.compile(
    r"\b(ADVISORY|ALERT|CORRECTION|INVITATION|MEDIA|NEWS|PRESS|STATEMENT|UPDATED?|VIDEO)\b"
)
# Subheadings may precede it.
PARAGRAPHS_SEARCHED = 4
WORDS = re.compile(r"[^\W\d_]+")
# Words that make up a third of any text in their language, and do not occur in the other.
FREQUENT = {
    "en": frozenset({"and", "by", "for", "from", "in", "is", "of", "that", "the", "to", "with"}),
    "es": frozenset({"con", "de", "del", "el", "la", "las", "los", "para", "por", "que", "y"}),
}
DOCUMENTS = {".csv", ".doc", ".docx", ".pdf", ".ppt", ".pptx", ".rtf", ".txt", ".xls", ".xlsx"}
# A link around half of a text, by mistake, need not be repeated.
LONGEST_LINK_TEXT = 500
MEDIA = {".gif", ".jpeg", ".jpg", ".m4a", ".mov", ".mp3", ".mp4", ".png", ".wav", ".zip"}


def dateline(body: list[str]) -> str | None:
    """The place that a release opens with: "OAKLAND – ...", "Richmond, VA - ..."; else None."""
    for paragraph in body[:PARAGRAPHS_SEARCHED]:
        match = DATELINE.match(paragraph)
        if match and not LABEL.search(match["place"]):
            return match["place"]
    return None


def english_or_spanish(body: list[str]) -> str:
    """`en` or `es`, which an office does not state, by the most common words; `en` in doubt."""
    words = Counter(word.lower() for paragraph in body for word in WORDS.findall(paragraph))
    return max(FREQUENT, key=lambda code: sum(words[word] for word in FREQUENT[code]))


def linked_files(body: Tag, page: Page, folders: tuple[str, ...] = ()) -> list[Attachment]:
    """The files on the office's own site that a text links to, each once, in order; for sites that
    have no field for them.

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


def linked_releases(
    body: Tag, page: Page, releases: re.Pattern[str], own_url: str | None = None
) -> list[LinkedRelease]:
    """The office's other releases that a text links to, by canonical address, each once, in order.

    `releases` matches the path of a release's address; `own_url` is this one's, if not the page's.
    """
    texts: dict[str, str] = {}
    for link in body.select("a[href]"):
        url = canonical(target(link, page))
        parts = split(url)
        if releases.fullmatch(parts.path) and parts.netloc == split(page.url).netloc:
            texts[url] = texts.get(url) or text(link)[:LONGEST_LINK_TEXT].rstrip()
    texts.pop(canonical(own_url or page.url), None)
    return [LinkedRelease(url, words) for url, words in texts.items()]


def _site(url: str) -> str:
    return split(url).netloc.removeprefix("www.")


def canonical(url: str) -> str:
    """The canonical address where the path selects a release: https, no query, no final slash."""
    parts = split(normalize(url))
    return urlunsplit(("https", parts.netloc, parts.path.rstrip("/"), "", ""))
