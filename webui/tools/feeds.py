"""Any search as an Atom feed (RFC 4287): each release once, newest first, with why it matched."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Response, make_response, render_template, request

from corpus import Release, Settings, Store
from indexer import Engine, Passage, Query
from indexer.engine.document import text_of
from indexer.engine.results import UNDATED
from indexer.highlight.highlighter import Highlighter
from indexer.highlight.snippets import highlight, passages
from webui.view.facts import notice_words
from webui.view.search_state import SearchState, read_state

SIZE = 30
# When a feed without entries was updated last.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedItem:
    """A release in a feed: when it counts as published, its sentences that match, and the notice
    that it needs in a few words.
    """

    release: Release
    published: datetime
    title: Passage
    passages: tuple[Passage, ...]
    uuid: str
    notice: str

    @property
    def updated(self) -> datetime:
        """When its version was observed: neither our reader nor another visit changes that."""
        return self.release.provenance.fetched_at


def search(store: Store, engine: Engine, settings: Settings) -> Response:
    """The newest hits of a search, in whatever order its page has."""
    state = replace(read_state(request.args), sort="newest", page=1)
    parsed = state.parse(settings.query_chars, engine.attested)
    query = state.asked(parsed)
    found = _newest(store, engine, query) if query else []
    highlighter = Highlighter(parsed.tree)
    items = [_feed_item(release, at, highlighter) for at, release in found]
    return feed_response(
        "hits.xml",
        state=state,
        items=items,
        warnings=(*state.warnings, *parsed.warnings),
        has_second_tier=state.has_second_tier(parsed),
        boilerplate_total=_boilerplate_total(engine, query) if query else 0,
        address=_feed_address(state),
        updated=max((each.updated for each in items), default=NEVER),
    )


def feed_response(template: str, **values: Any) -> Response:
    """A feed as a response that is sent again only if it changed."""
    response = make_response(render_template(template, **values))
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept-Language")
    response.add_etag()
    response.make_conditional(request)
    return response


def _feed_address(state: SearchState) -> str:
    """The feed's own, which is its id as well: the same for the same words and filters."""
    return replace(state, sort="relevance").link("feeds.search", _external=True)


def _newest(store: Store, engine: Engine, query: Query) -> list[tuple[datetime, Release]]:
    """The newest hits; undated ones by when they were first collected."""
    newest = replace(query, sort="newest")
    dated = (
        (_feed_time(release), release)
        for release in store.get_many(islice(engine.scan(newest), SIZE))
        if release.published
    )
    found = [*dated, *_undated(store, engine, query)]
    return heapq.nlargest(SIZE, found, key=lambda each: (each[0], each[1].id))


def _boilerplate_total(engine: Engine, query: Query) -> int:
    alone = replace(query, size=0, facets=(), has_timeline=False, is_explained=False)
    return engine.search(alone).boilerplate_total


def _undated(store: Store, engine: Engine, query: Query) -> Iterator[tuple[datetime, Release]]:
    """The undated hits that were seen last."""
    years = query.filters.year
    if (years and UNDATED not in years) or query.filters.since or query.filters.until:
        return
    filters = replace(query.filters, year=(UNDATED,))
    ids = set(engine.scan(replace(query, filters=filters)))
    if not ids:
        return
    seen = (id_ for id_ in store.undated() if id_ in ids)
    for release in store.get_many(islice(seen, SIZE)):
        yield _feed_time(release), release


def _feed_time(release: Release) -> datetime:
    if release.published:
        return datetime.combine(release.published, time(), UTC)
    return release.first_seen or release.provenance.fetched_at


def _feed_item(release: Release, at: datetime, highlighter: Highlighter) -> FeedItem:
    title, body, language = release.title, text_of(release), release.language
    return FeedItem(
        release=release,
        published=at,
        title=highlight(title, highlighter.spans(title, "title", language)),
        passages=passages(body, highlighter.spans(body, "body", language)),
        uuid=str(uuid5(NAMESPACE_URL, f"{release.url}#{release.id}")),
        notice=notice_words(release.facts, release.office),
    )
