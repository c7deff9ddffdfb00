"""The concordance: every mention of a query's words, one a line; page and table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import get_args
from urllib.parse import quote

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from corpus import Settings, Store
from indexer import Concordance, Engine, KwicLine
from indexer.engine.results import Beside, LineSort, Side
from indexer.export.concordance_csv import beside_pairs, line_table, select_lines
from indexer.query.parser import DateReading
from webui.i18n import number as number_words
from webui.tools.downloads import TABLE_TYPE, Downloads, file
from webui.view.facets import Chip, chips
from webui.view.search_state import SearchState, read_number, read_state

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
SIDES: dict[Side, str] = {
    "near": lazy_gettext("Nearby"),
    "before": lazy_gettext("Before"),
    "after": lazy_gettext("After"),
}
# Words on each side of a mention that count as near it: the usual number, and the most.
WINDOW, WIDEST = 5, 25


@dataclass(frozen=True)
class ConcordanceOptions:
    """The order of the lines, and the word that limits them."""

    state: SearchState
    order: LineSort
    beside: Beside | None

    def link(self, endpoint: str = PAGE) -> str:
        """This as the address of a page."""
        return self.state.link(endpoint, **self.more())

    def more(self) -> dict[str, str]:
        """The arguments that other pages do not have; what is as usual is left out."""
        order = {"by": self.order} if self.order != "document" else {}
        return order | dict(beside_pairs(self.beside))

    def with_page(self, page: int) -> ConcordanceOptions:
        """Another page of the same."""
        return replace(self, state=self.state.with_page(page))


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
    link: str


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
    include_link: str
    has_second_tier: bool


def concordance(store: Store, engine: Engine, settings: Settings) -> str:
    """A page of lines."""
    page = concordance_page(_read_options(), store, engine, settings)
    return render_template("concordance.html", **vars(page))


def concordance_page(
    options: ConcordanceOptions, store: Store, engine: Engine, settings: Settings
) -> ConcordancePage:
    """A page of lines, and its links."""
    state, order = options.state, options.order
    parsed = state.parse(settings.query_chars, engine.attested)
    start = (state.page - 1) * SIZE
    found = engine.occurrences(state.query(parsed, SIZE), order, start, SIZE, options.beside)
    last = max(1, -(-found.total // SIZE))
    first = options.with_page(1)
    return ConcordancePage(
        state=state,
        order=order,
        found=found,
        lines=[LinkedLine(line, line_link(state, line)) for line in found.mentions],
        before=_neighbors(first, "before", found.words_before),
        after=_neighbors(first, "after", found.words_after),
        warnings=(*state.warnings, *parsed.warnings, *found.warnings),
        chips=_chips(first, parsed.date),
        orders=[(each, words, replace(first, order=each).link()) for each, words in ORDERS.items()],
        first_seen=store.first_seen({line.id for line in found.mentions if not line.published}),
        last=last,
        previous=options.with_page(min(state.page - 1, last)).link() if state.page > 1 else None,
        next=options.with_page(state.page + 1).link() if state.page < last else None,
        last_link=options.with_page(last).link(),
        table_link=first.link("concordance.table"),
        include_link=replace(first, state=state.with_view(has_boilerplate=True)).link(),
        has_second_tier=state.has_second_tier(parsed),
    )


def _neighbors(
    options: ConcordanceOptions, side: Side, words: tuple[tuple[str, int], ...]
) -> list[Neighbor]:
    """Words with links to the mentions that they are beside, unless these are limited already."""
    if options.beside:
        return []
    return [
        Neighbor(word, count, replace(options, beside=Beside(word, side)).link())
        for word, count in words
    ]


def _chips(options: ConcordanceOptions, date: DateReading | None) -> list[Chip]:
    """The filters, and the word that limits the mentions."""
    found = chips(options.state, PAGE, date, **options.more())
    if beside := options.beside:
        link = replace(options, beside=None).link()
        found.append(Chip(str(SIDES[beside.side]), beside.word, link))
    return found


def table(engine: Engine, settings: Settings, downloads: Downloads) -> Response:
    """All lines, in the order of the page."""
    options = _read_options()
    state = options.state
    interpret = partial(state.interpret, settings.query_chars, engine.attested)
    filters = tuple(state.filter_pairs())
    with downloads.slot() as slot:
        context, lines = select_lines(
            engine, interpret, options.order, state.words, filters, options.beside
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


def _read_options() -> ConcordanceOptions:
    given = request.args
    order: LineSort = next((each for each in ORDERS if each == given.get("by")), "document")
    return ConcordanceOptions(read_state(given), order, read_beside(given))


def read_beside(given: MultiDict[str, str]) -> Beside | None:
    """The word in a URL that limits a concordance, if any."""
    window, is_stem = read_number(given, "window", WINDOW, WIDEST), given.get("stems") == "1"
    words = {side: given.get(side, "").strip() for side in SIDES}
    found = (Beside(word, side, window, is_stem) for side, word in words.items() if word)
    return next(found, None)
