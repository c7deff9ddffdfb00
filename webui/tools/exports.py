"""All hits of a search as a file, streamed; and a random sample of them, to be coded by hand."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from flask import Response, abort, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response as Redirect

from corpus import Release, Settings, Store
from indexer import Engine
from indexer.export.csv import release_table
from indexer.export.formats import FORMATS
from indexer.export.result_set import ExportContext, draw_sample, ranked_releases, select
from webui.tools.downloads import TABLE_TYPE, Downloads, file
from webui.view.facts import notice_words
from webui.view.search_state import SearchState, read_number, read_state

SAMPLE_SIZE, MOST_SAMPLED = 50, 2000
MOST_CODES = 40


def formats() -> dict[str, object]:
    """For every page with downloads."""
    return {"export_formats": FORMATS}


def export(
    store: Store, engine: Engine, settings: Settings, downloads: Downloads, ending: str
) -> Response:
    """Every hit, in the order of the page."""
    if ending not in FORMATS:
        abort(404, f"Hits can be had as {', '.join(each.label for each in FORMATS.values())}.")
    with downloads.slot() as slot:
        context, ids = _select(engine, read_state(request.args), settings)
        lines = FORMATS[ending].write(context, ranked_releases(store, ids))
        kept = slot.pop_all()
    return file(lines, FORMATS[ending].media_type, "hits", context.at, ending, kept)


@dataclass(frozen=True)
class SamplePage:
    """What the page shows, by the names of its template."""

    state: SearchState
    context: ExportContext
    hits: list[Release]
    notices: dict[str, str]
    size: int
    seed: str
    codes: str
    table_link: str
    another_link: str
    include_link: str
    has_second_tier: bool
    most: int = MOST_SAMPLED


def sample(store: Store, engine: Engine, settings: Settings) -> str | Redirect:
    """A random sample as a list; an address without a seed is redirected to one with a new seed."""
    state, size, codes = read_state(request.args), _read_size(), _read_codes()
    seed = request.args.get("seed", "").strip()
    if not seed:
        return redirect(_sample_link("exports.sample", state, size, secrets.token_hex(4), codes))
    context, ids = _select(engine, state, settings)
    hits = [release for _, release in ranked_releases(store, draw_sample(ids, size, seed))]
    page = SamplePage(
        state=state,
        context=context,
        hits=hits,
        notices={each.id: notice_words(each.facts, each.office) for each in hits},
        size=size,
        seed=seed,
        codes=", ".join(codes),
        table_link=_sample_link("exports.sample_table", state, size, seed, codes),
        include_link=_sample_link(
            "exports.sample", state.with_view(has_boilerplate=True), size, seed, codes
        ),
        another_link=_sample_link("exports.sample", state, size, "", codes),
        has_second_tier=state.has_second_tier(state.parse(settings.query_chars)),
    )
    return render_template("sample.html", **vars(page))


def sample_table(
    store: Store, engine: Engine, settings: Settings, downloads: Downloads
) -> Response:
    """The sample as a table, with an empty column for every code."""
    seed, size = request.args.get("seed", "").strip(), _read_size()
    if not seed:
        abort(400, gettext("A sample needs a seed=... so that it can be reproduced."))
    with downloads.slot() as slot:
        context, ids = _select(engine, read_state(request.args), settings)
        chosen = draw_sample(ids, size, seed)
        facts = (("hits", str(context.total)), ("sample", str(size)), ("seed", seed))
        context = replace(context, order="random", parameters=(*facts, *context.parameters))
        lines = release_table(context, ranked_releases(store, chosen), _read_codes())
        kept = slot.pop_all()
    return file(lines, TABLE_TYPE, "sample", context.at, "csv", kept)


def _select(
    engine: Engine, state: SearchState, settings: Settings
) -> tuple[ExportContext, Iterator[str]]:
    """The hits that are counted; words that ask for nothing find nothing."""
    interpret = partial(state.interpret, settings.query_chars, engine.attested)
    return select(engine, interpret, state.words, tuple(state.filter_pairs()))


def _read_size() -> int:
    return read_number(request.args, "n", SAMPLE_SIZE, MOST_SAMPLED)


def _read_codes() -> list[str]:
    """Names between commas, each once."""
    typed = (" ".join(each.split()) for each in request.args.get("codes", "").split(","))
    return [*dict.fromkeys(filter(None, typed))][:MOST_CODES]


def _sample_link(endpoint: str, state: SearchState, size: int, seed: str, codes: list[str]) -> str:
    """A sample's address; what is empty is left out."""
    return state.with_page(1).link(
        endpoint, n=size, seed=seed or None, codes=",".join(codes) or None
    )
