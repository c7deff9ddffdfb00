"""The concordance: every mention of a query's words, one a line; page and table."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import get_args
from urllib.parse import quote

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from corpus import Settings, Store
from indexer import Concordance, Engine, KwicLine
from indexer.analysis.analyzer import WORD
from indexer.engine.results import LineSort
from indexer.export.concordance_csv import line_table, select_lines
from indexer.query.notation import QUOTES
from webui.i18n import number as number_words
from webui.tools.downloads import TABLE_TYPE, Downloads, file
from webui.view.facets import Chip, chips
from webui.view.search_state import SearchState, read_state

SIZE = 50
# Of a table: some ten seconds' work.
MOST_ROWS = 200_000
ORDERS: dict[LineSort, str] = {
    "document": lazy_gettext("release"),
    "left": lazy_gettext("words before"),
    "right": lazy_gettext("words after"),
    "office": lazy_gettext("office"),
    "date": lazy_gettext("date"),
}
assert tuple(ORDERS) == get_args(LineSort)
# So many words beside a mention tell it from others of the same words.
BESIDE = 4
PAGE = "concordance.concordance"
# What can stand beside another word in a proximity: a word or a phrase.
ALONE = re.compile(rf'{WORD.pattern}|"[^"]*"')


@dataclass(frozen=True)
class LinkedLine:
    """A line, and the address of its mention."""

    line: KwicLine
    link: str


@dataclass(frozen=True)
class Neighbor:
    """A word directly before or after mentions, how often, and the address of these mentions."""

    word: str
    count: int
    link: str | None


@dataclass(frozen=True)
class ConcordancePage:
    """What the page shows, by the names of its template."""

    state: SearchState
    order: LineSort
    found: Concordance
    lines: list[LinkedLine]
    before: list[Neighbor]
    after: list[Neighbor]
    warnings: tuple[str, ...]
    chips: list[Chip]
    orders: list[tuple[LineSort, str, str]]
    first_seen: dict[str, datetime]
    last: int
    previous: str | None
    next: str | None
    last_link: str
    table_link: str
    has_second_tier: bool


def concordance(store: Store, engine: Engine, settings: Settings) -> str:
    """A page of lines."""
    page = concordance_page(read_state(request.args), _read_order(), store, engine, settings)
    return render_template("concordance.html", **vars(page))


def concordance_page(
    state: SearchState, order: LineSort, store: Store, engine: Engine, settings: Settings
) -> ConcordancePage:
    """A page of lines, and its links."""
    parsed = state.parse(settings.query_chars, engine.attested)
    found = engine.occurrences(state.query(parsed, SIZE), order, (state.page - 1) * SIZE, SIZE)
    last = max(1, -(-found.total // SIZE))
    return ConcordancePage(
        state=state,
        order=order,
        found=found,
        lines=[LinkedLine(line, line_link(state, line)) for line in found.mentions],
        before=_neighbors(state, found.words_before, '"{word}" PRE/1 {typed}'),
        after=_neighbors(state, found.words_after, '{typed} PRE/1 "{word}"'),
        warnings=(*state.warnings, *parsed.warnings, *found.warnings),
        chips=chips(state, PAGE, parsed.date, by=order),
        orders=[(each, words, _page_link(state, 1, each)) for each, words in ORDERS.items()],
        first_seen=store.first_seen({line.id for line in found.mentions if not line.published}),
        last=last,
        previous=_page_link(state, min(state.page - 1, last), order) if state.page > 1 else None,
        next=_page_link(state, state.page + 1, order) if state.page < last else None,
        last_link=_page_link(state, last, order),
        table_link=state.with_page(1).link("concordance.table", by=order),
        has_second_tier=state.has_second_tier(parsed),
    )


def _neighbors(
    state: SearchState, words: tuple[tuple[str, int], ...], query: str
) -> list[Neighbor]:
    """Words with links; without them where other words than a mention's own would be found."""
    typed = state.words.translate(QUOTES)
    is_alone = ALONE.fullmatch(typed)
    found = []
    for word, count in words:
        other = state.with_words(query.format(word=word, typed=typed))
        found.append(Neighbor(word, count, other.link(PAGE) if is_alone else None))
    return found


def table(engine: Engine, settings: Settings, downloads: Downloads) -> Response:
    """All lines, in the order of the page."""
    state, order = read_state(request.args), _read_order()
    interpret = partial(state.interpret, settings.query_chars, engine.attested)
    with downloads.slot() as slot:
        context, lines = select_lines(
            engine, interpret, order, state.words, tuple(state.filter_pairs())
        )
        if context.total > MOST_ROWS:
            abort(413, _too_many(context.total))
        address = url_for("releases.release", id_="ID", _external=True).removesuffix("ID")
        rows = line_table(context, lines, lambda line: f"{address}{line.id}#p{line.paragraph + 1}")
        kept = slot.pop_all()
    return file(rows, TABLE_TYPE, "lines", context.at, "csv", kept)


def _too_many(number: int) -> str:
    """Why a table is not made."""
    words = gettext(
        "The table would have %(number)s rows; the limit is %(most)s. Narrow the "
        "search by date, by office or with more words.",
        number=number_words(number),
        most=number_words(MOST_ROWS),
    )
    return str(words)


def line_link(state: SearchState, line: KwicLine) -> str:
    """The address of a line's mention: its paragraph, and there the words themselves.

    Browsers that know text fragments (wicg.github.io/scroll-to-text-fragment) mark the words; for
    the others it is the paragraph's address.
    """
    before = line.left[-line.offset :].split()[-BESIDE:] if line.offset else []
    after = [] if before else line.right.split()[:BESIDE]
    parts = [f"{_escape_fragment(' '.join(before))}-"] if before else []
    parts.append(_escape_fragment(line.keyword))
    parts += [f"-{_escape_fragment(' '.join(after))}"] if after else []
    anchor = f"p{line.paragraph + 1}:~:text={','.join(parts)}"
    return state.with_page(1).link("releases.release", id_=line.id, _anchor=anchor)


def _escape_fragment(text: str) -> str:
    """A text as a part of a fragment; commas and hyphens part the fragment's parts."""
    return quote(text, safe="").replace("-", "%2D")


def _read_order() -> LineSort:
    return next((each for each in ORDERS if each == request.args.get("by")), "document")


def _page_link(state: SearchState, page: int, order: LineSort) -> str:
    more = {} if order == "document" else {"by": order}
    return state.with_page(page).link(PAGE, **more)
