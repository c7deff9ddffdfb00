"""The statutes that a release cites, for its page: each with the words that justify it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus import Release
from corpus.statutes import Cited, keys
from corpus.statutes.wording import query_words
from indexer import Passage
from indexer.highlight.snippets import highlight
from webui.i18n import language

# Places shown of each, and characters around a mention: one in a list is a bare number.
PLACES, AROUND = 3, 30


@dataclass(frozen=True)
class Place:
    """A mention as it stands in the text; its paragraph from 1, 0 in the title."""

    words: Passage
    paragraph: int


@dataclass(frozen=True)
class Authority:
    """A statute, the query for all that cite it, its first places, and how many more there are."""

    key: str
    query: str
    places: list[Place]
    more: int


def authorities(release: Release) -> list[Authority]:
    """In the order of the text; none where no rules have read it yet."""
    found = release.statutes or ()
    return [_authority(release, key, [c for c in found if c.key == key]) for key in keys(found)]


def _authority(release: Release, key: str, found: list[Cited]) -> Authority:
    places = [_place(release, each) for each in found[:PLACES]]
    return Authority(key, query_words(key, language()), places, len(found) - len(places))


def _place(release: Release, cited: Cited) -> Place:
    text = release.body[cited.paragraph - 1] if cited.paragraph else release.title
    begin, end = max(0, cited.start - AROUND), min(len(text), cited.end + AROUND)
    if begin:  # whole words
        begin = text.find(" ", begin, cited.start) + 1 or cited.start
    if end < len(text):
        end = text.rfind(" ", cited.end, end) if " " in text[cited.end : end] else cited.end
    words = highlight(text, [(cited.start, cited.end)], begin, end)
    return Place(
        words._replace(truncated_start=begin > 0, truncated_end=end < len(text)), cited.paragraph
    )
