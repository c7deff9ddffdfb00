"""The statutes that a release cites, for its page: each with the words that justify it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus import Release
from corpus.statutes import Cited, keys
from corpus.statutes.wording import query_words
from indexer import Passage
from indexer.highlight.snippets import highlight
from webui.i18n import language

# Mentions shown of each, and characters around a mention: one in a list is a bare number.
MOST_MENTIONS, AROUND = 3, 30


@dataclass(frozen=True)
class StatuteMention:
    """A mention with the text around it; its paragraph from 1, 0 in the title."""

    words: Passage
    paragraph: int


@dataclass(frozen=True)
class CitedStatute:
    """A statute, the query for all that cite it, its first mentions, and the number of others."""

    key: str
    query: str
    mentions: list[StatuteMention]
    more: int


def cited_statutes(release: Release) -> list[CitedStatute]:
    """In the order of the text; none where no rules have read it yet."""
    found = release.statutes or ()
    return [_cited_statute(release, key, [c for c in found if c.key == key]) for key in keys(found)]


def _cited_statute(release: Release, key: str, found: list[Cited]) -> CitedStatute:
    mentions = [_mention(release, each) for each in found[:MOST_MENTIONS]]
    return CitedStatute(key, query_words(key, language()), mentions, len(found) - len(mentions))


def _mention(release: Release, cited: Cited) -> StatuteMention:
    text = release.body[cited.paragraph - 1] if cited.paragraph else release.title
    begin, end = max(0, cited.start - AROUND), min(len(text), cited.end + AROUND)
    if begin:  # whole words
        begin = text.find(" ", begin, cited.start) + 1 or cited.start
    if end < len(text):
        end = text.rfind(" ", cited.end, end) if " " in text[cited.end : end] else cited.end
    words = highlight(text, [(cited.start, cited.end)], begin, end)
    return StatuteMention(
        words._replace(truncated_start=begin > 0, truncated_end=end < len(text)), cited.paragraph
    )
