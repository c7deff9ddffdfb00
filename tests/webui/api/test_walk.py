"""Walking through all hits by `next`, while releases are added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings, Store
from indexer import Query, open_engine
from indexer.engine.document import Document
from indexer.engine.interface import Engine
from indexer.engine.results import Order
from indexer.query.parser import parse
from webui import create_app

ORDERS = [each for each in get_args(Order) if each != "relevance"]
MOST_PAGES = 100
FIRST = date(2020, 1, 1)
DAYS = st.one_of(st.none(), st.integers(0, 3).map(lambda number: FIRST + timedelta(number)))
WORDS = st.sampled_from(["fraud", "fraud fraud", "fraud and tax", "tax"])


def document(number: int, day: date | None, words: str) -> Document:
    # Ids in no order of their numbers, as real ones are.
    id_ = f"office-{number * 7919 % 1000:03}"
    body = (f"The court heard of {words} today.",)
    return Document(
        id_, "office", "us", "en", day, f"https://a/{id_}", "Told", body, (), (), None, None
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Engine]]:
    """A program's way in, and the engine that a job updates."""
    made = Settings(data=tmp_path_factory.mktemp("walk"), contact="tests")
    app, engine = create_app(made), open_engine(made)
    yield app.test_client(), engine
    engine.close()
    for each in app.extensions["communique"]:
        each.close()


def publish(engine: Engine, documents: list[Document]) -> None:
    engine.publish(engine.build(documents, 1, lambda number: None))


def update(engine: Engine, documents: list[Document], removed: list[str]) -> None:
    engine.update(documents, removed, 1, lambda number: None)


def answer(client: FlaskClient, address: str) -> dict[str, Any]:
    found = client.get(address)
    assert found.status_code == 200, found.text
    return dict(found.get_json())


def pages(client: FlaskClient, address: str) -> Iterator[dict[str, Any]]:
    """The pages of a walk, which must come to an end."""
    for _ in range(MOST_PAGES):
        page = answer(client, address)
        yield page
        address = page["next"]
        if address is None:
            return
    pytest.fail("The walk does not end.")


class Walk:
    """What happens to the releases between two pages, and what the walk may then say of each."""

    def __init__(self, engine: Engine, first: list[tuple[date | None, str]]) -> None:
        self.engine, self.numbers = engine, count()
        made = [document(next(self.numbers), *each) for each in first]
        self.held = {each.id: each for each in made}
        # Those that match all the while; those that keep their dates.
        self.staying = {each.id for each in made if is_match(each)}
        self.dated = {each.id: each.published for each in made}
        self.moved: set[str] = set()
        publish(engine, made)

    def happen(self, draw: Any) -> None:
        """Some releases are added, changed or removed."""
        fresh = [
            document(next(self.numbers), *each)
            for each in draw(st.lists(st.tuples(DAYS, WORDS), max_size=2))
        ]
        chosen = draw(st.lists(st.sampled_from(sorted(self.held)), max_size=3, unique=True))
        changed, removed = [], []
        for id_ in chosen:
            kind = draw(st.sampled_from(["words", "day", "away"]))
            if kind == "away":
                removed.append(id_)
            elif kind == "words":
                words = draw(WORDS)
                changed.append(replace(self.held[id_], body=(f"The court heard of {words}.",)))
            else:
                changed.append(replace(self.held[id_], published=draw(DAYS)))
        self.note([*fresh, *changed], removed)
        update(self.engine, [*fresh, *changed], removed)

    def note(self, documents: list[Document], removed: list[str]) -> None:
        for id_ in removed:
            del self.held[id_]
            self.staying.discard(id_)
        for each in documents:
            self.held[each.id] = each
            if not is_match(each):
                self.staying.discard(each.id)
            if self.dated.setdefault(each.id, each.published) != each.published:
                self.moved.add(each.id)


def is_match(each: Document) -> bool:
    return "fraud" in each.body_text


@settings(max_examples=25, deadline=None)
@given(
    first=st.lists(st.tuples(DAYS, WORDS), min_size=4, max_size=12),
    order=st.sampled_from(ORDERS),
    size=st.integers(1, 3),
    data=st.data(),
)
def test_no_release_comes_twice_and_none_that_stays_is_missed(
    place: tuple[FlaskClient, Engine],
    first: list[tuple[date | None, str]],
    order: Order,
    size: int,
    data: st.DataObject,
) -> None:
    client, engine = place
    walk = Walk(engine, first)
    given_: list[str] = []
    for page in pages(client, f"/api/v1/search?q=fraud&sort={order}&size={size}"):
        assert page["total"] == sum(map(is_match, walk.held.values()))
        given_ += [hit["id"] for hit in page["hits"]]
        if walk.held and len(given_) < 30:
            walk.happen(data.draw)
    bound = [id_ for id_ in given_ if order == "id" or id_ not in walk.moved]
    assert len(bound) == len(set(bound))
    missed = walk.staying - set(given_)
    assert missed <= (set() if order == "id" else walk.moved)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("words", ["", "fraud"])
def test_a_walk_over_what_stays_gives_all_hits_in_their_order(
    place: tuple[FlaskClient, Engine], order: Order, words: str
) -> None:
    client, engine = place
    days = [None, FIRST, FIRST, FIRST + timedelta(1), None]
    publish(engine, [document(n, days[n % 5], "fraud" if n % 3 else "tax") for n in range(40)])
    update(engine, [document(n, days[n % 4], "fraud") for n in range(10, 20)], ["office-000"])
    walked = pages(client, f"/api/v1/search?q={words}&sort={order}&size=7")
    given_ = [hit["id"] for page in walked for hit in page["hits"]]
    assert len(given_) > 20
    assert given_ == [*engine.scan(Query(parse(words).tree, sort=order, has_boilerplate=True))]
    if order == "id":
        assert given_ == sorted(given_)


def test_the_release_that_a_page_ended_with_may_be_gone(
    place: tuple[FlaskClient, Engine],
) -> None:
    client, engine = place
    publish(engine, [document(n, FIRST, "fraud") for n in range(6)])
    page = answer(client, "/api/v1/search?q=fraud&sort=newest&size=3")
    first = [hit["id"] for hit in page["hits"]]
    update(engine, [], [first[-1]])
    rest = [hit["id"] for hit in answer(client, page["next"])["hits"]]
    assert len({*first, *rest}) == 6


def test_withheld_hits_leave_no_gap_in_a_walk(copy_settings: Settings, copy_store: Store) -> None:
    app = create_app(copy_settings)
    client = app.test_client()
    all_ = [hit["id"] for hit in answer(client, "/api/v1/search?sort=id&size=100")["hits"]]
    for id_ in all_[:2]:  # the index has not heard of it yet
        copy_store.withhold(id_, "Order of a court")
    page = answer(client, "/api/v1/search?sort=id&size=2")
    assert [hit["id"] for hit in page["hits"]] == all_[2:4]
    assert [hit["id"] for hit in answer(client, page["next"])["hits"]] == all_[4:6]
    for each in app.extensions["communique"]:
        each.close()


def test_relevance_gives_the_best_by_start(place: tuple[FlaskClient, Engine]) -> None:
    client, engine = place
    publish(engine, [document(n, FIRST, "fraud " * (n + 1)) for n in range(12)])
    address = "/api/v1/search?q=fraud&sort=relevance&size=5"
    best = [answer(client, f"{address}&start={start}") for start in (0, 5, 10)]
    found = [hit["id"] for page in best for hit in page["hits"]]
    assert found == [*engine.scan(Query(parse("fraud").tree, has_boilerplate=True))]
    assert [page["next"] for page in best] == [None, None, None]
