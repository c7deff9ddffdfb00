"""The results page as a browser gets it: Flask's client over every saved release of justice.gov."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from flask.testing import FlaskClient

from bench.documents import KINDS, queries, real
from bench.engines import Ours, as_typed
from bench.site import Row
from corpus import Settings, Store
from webui import create_app

ROUNDS = 3
# A kind has twelve queries; so many of each make some sixty.
EACH = 9


def rows() -> list[Row]:
    """The median time of a page of results, by the way it is asked for."""
    documents = real()
    asked = queries(documents)
    words = [as_typed(kind, each) for kind in KINDS for each in asked[kind][:EACH]]
    with TemporaryDirectory() as name:
        settings = Settings(data=Path(name))
        with closing(Store(settings)):
            Ours(settings.index).build(documents)
        client = create_app(settings).test_client()
        ways: dict[str, dict[str, str]] = {
            "usual": {},
            "per-1,000": {"per": "releases"},
            "days": {"step": "day", "since": "2017-01-01", "until": "2017-12-31"},
            "narrowed": {"year": "2017", "topic": "Tax"},
            "nothing": {"q": "zzyzx"},
        }
        found = [_row(way, client, words, more) for way, more in ways.items()]
    print(f"  {len(words)} queries, {ROUNDS} rounds", file=sys.stderr, flush=True)
    return found


def _row(way: str, client: FlaskClient, words: list[str], more: dict[str, str]) -> Row:
    times = []
    for number in range(ROUNDS + 1):
        for each in words:
            given = more | {"q": f"{each} {more.get('q', '')}".strip()}
            clock = perf_counter()
            answer = client.get("/", query_string=given)
            if number:  # the first round compiles, and fills what is kept
                times.append((perf_counter() - clock) * 1000)
            assert answer.status_code == 200
    return {"name": f"results-page/{way}", "unit": "ms", "ours": median(times)}
