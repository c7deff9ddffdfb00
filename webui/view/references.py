"""What a release refers to, for its page: the statutes that it cites, each with the words that
justify it; attached files, and whether we have them; the same text in other languages; releases
that it links to, and those that link to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from corpus import Release, Store
from corpus.catalog.attachments import GONE
from corpus.catalog.mapping import Visit
from corpus.release import Alternate, Attachment, LinkedRelease
from corpus.sources import offices
from corpus.statutes import Cited, keys
from corpus.statutes.wording import query_words
from indexer import Passage
from indexer.highlight.snippets import highlight
from webui.i18n import language

# Mentions shown of each, and characters around a mention: one in a list is a bare number.
MOST_MENTIONS, SHOWN_AROUND = 3, 30
# Releases shown of those that link to one, the newest.
MOST_LINKING = 20

AnyLink = TypeVar("AnyLink", Alternate, LinkedRelease)


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
    begin, end = max(0, cited.start - SHOWN_AROUND), min(len(text), cited.end + SHOWN_AROUND)
    if begin:  # whole words
        begin = text.find(" ", begin, cited.start) + 1 or cited.start
    if end < len(text):
        end = text.rfind(" ", cited.end, end) if " " in text[cited.end : end] else cited.end
    words = highlight(text, [(cited.start, cited.end)], begin, end)
    return StatuteMention(
        words._replace(truncated_start=begin > 0, truncated_end=end < len(text)), cited.paragraph
    )


@dataclass(frozen=True)
class ArchivedFile:
    """When a file was archived, or whether the office said that it is not there."""

    archived_at: datetime | None = None
    is_missing: bool = False


def attached_files(store: Store, release: Release) -> list[tuple[Attachment, ArchivedFile]]:
    """The attachments of a release, and what we have of them."""
    attached = release.attachments or ()
    visits = store.visits(release.office, (each.url for each in attached), "")
    return [(each, _archived_file(visits.get(each.url))) for each in attached]


def with_releases(
    store: Store, office: str, links: Sequence[AnyLink]
) -> list[tuple[AnyLink, Release | None]]:
    """Links to releases of an office, each with the release where we have it."""
    if office not in offices():
        return [(each, None) for each in links]
    ids = [store.id_of(office, each.url) for each in links]
    collected = {each.id: each for each in store.get_many(ids)}
    return [(each, collected.get(id_)) for each, id_ in zip(links, ids, strict=True)]


@dataclass(frozen=True)
class LinkingReleases:
    """The newest releases that link to one, and the number of others."""

    releases: list[Release]
    more: int


def linking_releases(store: Store, release: Release) -> LinkingReleases:
    """The releases of an office that link to one of its releases."""
    known = offices().get(release.office)
    ids = store.linking(known.canonical(release.url)) if known else []
    return LinkingReleases(store.get_many(ids[:MOST_LINKING]), len(ids[MOST_LINKING:]))


def _archived_file(visit: Visit | None) -> ArchivedFile:
    if visit is None:
        return ArchivedFile()
    return ArchivedFile(visit.fetched_at if visit.status == 200 else None, visit.status in GONE)
