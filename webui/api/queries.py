"""What programs ask of the index: hits page by page to the end, timeline, concordance, collocates.

A cursor is the position at which the next page begins, as an opaque argument of its address: the
position of the last hit, which needs no memory of the server, and a digest of what was asked, so
that it cannot slip into another query. A forged one reaches what anybody may ask for: no key signs
it.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from flask import request, url_for
from flask_smorest import abort
from marshmallow import ValidationError

from corpus import Settings, Store
from corpus.errors import TooCostlyError
from corpus.fact import due_notice
from indexer import Engine, Hit, ParsedQuery, Query, Results
from indexer.assist.glossary_suggestions import suggest_from_glossary
from indexer.assist.no_results import ParseWords
from indexer.assist.offense_suggestions import suggest_offense
from indexer.assist.unknown_values import unknown_values
from indexer.engine.periods import first_day, last_day, name
from indexer.engine.results import Beside, Frequencies, Frequency, Order, Position, Side
from indexer.query.message import Message
from webui.site.problems import NO_SUGGESTIONS
from webui.view.asked_build import build_warning
from webui.view.search_state import SearchState, read_state

DIGEST_BYTES = 6


@dataclass(frozen=True)
class ParsedRequest:
    """A program's request, parsed as the pages parse theirs, once its arguments are valid."""

    state: SearchState
    parsed: ParsedQuery
    build_warning: tuple[Message, ...]

    @property
    def query(self) -> Query:
        """The query for an engine."""
        return self.state.tool_query(self.parsed)

    @property
    def is_void(self) -> bool:
        """Whether its words ask for nothing, and so find nothing."""
        return bool(self.state.words) and self.parsed.tree is None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was not interpreted as written."""
        told = (*self.parsed.warnings, *self.parsed.readings)
        return (*self.state.warnings, *told, *self.build_warning)


def search(store: Store, engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """A page of the releases that match

    In the orders `newest` (undated releases last), `oldest` and `id`, request `next` until it is
    null to get all hits. Each page begins at a date and id, so that releases added or edited
    meanwhile cause no hit to be repeated or missed; by date, this holds for releases whose date
    does not change. `relevance` has the best hits by `start` and `size`, since scores change when
    releases are added.
    """
    asked = _read_request(engine, settings)
    sort: Order = arguments.get("sort") or ("relevance" if asked.state.words else "newest")
    try:
        after = _read_cursor(arguments.get("cursor"), asked.state, sort)
    except ValidationError as error:
        abort(422, messages={"query": {"cursor": error.messages}})
    query = replace(
        asked.query,
        sort=sort,
        start=arguments["start"],
        size=arguments["size"],
        after=after,
        has_timeline=False,
        some=asked.state.second_tier(asked.parsed),
    )
    if asked.is_void:
        results = Results((), 0, (), engine.health().build or "")
    else:
        results = engine.search(query)
    is_first = not (after or query.start)
    typed = asked.state.words[: settings.query_chars] if is_first else ""
    onward = results.more_after
    link = onward and _next_link(_write_cursor(onward, asked.state, sort))
    unknown = unknown_values(query, results.facets, engine)
    parse_words = asked.state.parser(settings.query_chars)
    suggested, late = _suggest(typed, query, engine, parse_words)
    warnings = (*asked.warnings, *unknown, *results.warnings, *late)
    body = vars(results) | {
        "query": asked.state.words,
        "sort": sort,
        "hits": _hit_fields(store, results.hits),
        "warnings": warnings,
        "next": link,
        **suggested,
    }
    return body, {"Link": f'<{link}>; rel="next"'} if link else {}


def _hit_fields(store: Store, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    found = store.facts_of(hit.id for hit in hits)
    due = {hit.id: due_notice(found.get(hit.id), hit.office) for hit in hits}
    return [
        vars(hit)
        | {
            "page_url": url_for("releases.release", id_=hit.id, _external=True),
            "notice": None if due[hit.id] == "unmeasured" else due[hit.id],
        }
        for hit in hits
    ]


def _suggest(
    typed: str, query: Query, engine: Engine, parse_words: ParseWords
) -> tuple[dict[str, Any], tuple[Message, ...]]:
    """Members of the answer with suggestions; and a warning where finding them takes too long."""
    try:
        offense = suggest_offense(typed, query, engine, "en", parse_words)
        glossary = suggest_from_glossary(typed, query, engine, parse_words)
    except TooCostlyError:
        return {"offense": None, "glossary": ()}, (NO_SUGGESTIONS,)
    return {"offense": offense, "glossary": glossary}, ()


def timeline(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """How many releases match in each day, week, month or year, and how many mentions they have

    `total` is that of a search: the releases that match all words. Those that match in boilerplate
    alone are in no period, unless `boilerplate` is in. Without `q` it counts all releases and the
    words of their texts, to compare with.
    """
    asked, step = _read_request(engine, settings), arguments["step"]
    if asked.is_void:
        found = Frequencies(step, (), Frequency(0, 0, 0), engine.health().build or "")
    else:
        found = engine.frequencies(asked.query, step)
    return {
        "total": found.total,
        "undated": found.undated.releases,
        "boilerplate_total": found.boilerplate_total,
        "step": found.step,
        "build": found.build,
        "warnings": (*asked.warnings, *found.warnings),
        "periods": [
            vars(each)
            | {
                "period": name(found.step, number),
                "since": first_day(found.step, number),
                "until": last_day(found.step, number),
            }
            for number, each in found.periods
        ],
    }


def concordance(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """Every mention of a query's words, with the text around it

    Only releases that match all words are read; mentions in boilerplate are left out, unless
    `boilerplate` is in.
    """
    asked = _read_request(engine, settings)
    page = arguments["sort"], arguments["start"], arguments["size"]
    how = arguments["window"], arguments["stem"]
    limits = (Beside(arguments[side], side, *how) for side in get_args(Side) if arguments.get(side))
    found = engine.occurrences(asked.query, *page, next(limits, None))
    return replace(found, warnings=(*asked.warnings, *found.warnings))


def collocates(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """The words that occur unusually often near a query's words

    Only releases that match all words are read; mentions in boilerplate are left out, unless
    `boilerplate` is in.
    """
    asked = _read_request(engine, settings)
    options = (arguments[each] for each in ("window", "measure", "min_count", "size"))
    found = engine.collocates(
        asked.query,
        *options,
        is_stem=arguments["stem"],
        is_content=arguments["words"] == "content",
    )
    return replace(found, warnings=(*asked.warnings, *found.warnings))


def _read_request(engine: Engine, settings: Settings) -> ParsedRequest:
    state = read_state(request.args)
    parsed = state.parse(settings.query_chars, engine.attested)
    live = engine.health().build if state.build else None
    return ParsedRequest(state, parsed, build_warning(state.build, live))


def _next_link(cursor: str) -> str:
    """The address of the next page: all that was asked for, from there on."""
    given: dict[str, Any] = request.args.to_dict(flat=False)
    given.pop("start", None)
    return url_for("api.search", _external=True, **given | {"cursor": cursor})


def _write_cursor(position: Position, state: SearchState, sort: str) -> str:
    """The cursor for a position in the hits of a search, in an order."""
    day, id_, is_some = position
    values = json.dumps([day and day.isoformat(), id_, is_some, _query_digest(state, sort)])
    return urlsafe_b64encode(values.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None, state: SearchState, sort: str) -> Position | None:
    """The position of a cursor, if any. Raises ValidationError where it is of another query."""
    if not cursor:
        return None
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        day, id_, is_some, digest = values
        published = date.fromisoformat(day) if day is not None else None
        position = Position(published, str(id_), bool(is_some))
    except (ValueError, TypeError, RecursionError):
        raise ValidationError("This is no cursor; take the address in next as it is.") from None
    if digest != _query_digest(state, sort):
        raise ValidationError("This cursor belongs to another query, to other filters or order.")
    return position


def _query_digest(state: SearchState, sort: str) -> str:
    identity = json.dumps([state.words, state.filter_pairs(), state.match, sort])
    return hashlib.blake2b(identity.encode(), digest_size=DIGEST_BYTES).hexdigest()
