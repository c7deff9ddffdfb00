"""The members of the API's answers: clients know them, so that none changes by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest

from corpus import Settings
from indexer.engine.results import Clause
from indexer.highlight.passage import Passage
from webui import create_app
from webui.api.shapes import schema_of

KNOWN = json.loads(Path(__file__).with_name("members.json").read_text(encoding="utf-8"))


@pytest.fixture
def spec(settings: Settings) -> Iterator[Any]:
    app = create_app(settings)
    yield app.test_client().get("/api/v1/openapi.json").get_json()
    for each in app.extensions["communique"]:
        each.close()


def test_answers_have_the_members_that_clients_know(spec: Any) -> None:
    """A type of ours that changes must not change the API: whoever means to writes it down here."""
    schemas = spec["components"]["schemas"]
    del schemas["PaginationMetadata"]  # flask-smorest's own, of no answer
    assert {name: list(each["properties"]) for name, each in schemas.items()} == KNOWN


def test_every_member_is_there_and_described(spec: Any) -> None:
    for name, each in spec["components"]["schemas"].items():
        if name not in ("PaginationMetadata", "Problem"):
            assert set(each["required"]) == each["properties"].keys(), name
        assert all(member["description"] for member in each["properties"].values()), name


class Sample:
    """What types can say."""

    said: Annotated[str, "a text"]
    maybe: Annotated[tuple[int, ...] | None, "numbers, or null"]
    counts: Annotated[tuple[tuple[str, int], ...], "values and numbers"]
    unsaid: str

    @property
    def length(self) -> Annotated[int, "a number"]:
        """Made of others."""
        return 2


def test_what_has_no_description_is_not_shown() -> None:
    sample = Sample()
    sample.said, sample.maybe, sample.counts = "a", None, (("b", 1),)
    assert schema_of(Sample)().dump(sample) == {
        "said": "a",
        "maybe": None,
        "counts": [{"value": "b", "count": 1}],
        "length": 2,
    }


def test_a_type_may_be_made_of_itself() -> None:
    inner = Clause("b", 1, (("c", 2),))
    told = schema_of(Clause)().dump(Clause("a", None, parts=(inner,)))
    assert told["parts"][0]["expansions"] == [{"value": "c", "count": 2}]


def test_matches_are_counted_from_the_passage_s_beginning() -> None:
    assert Passage((("of ", False), ("fraud", True), (" ", False), ("now", True))).matches == [
        [3, 8],
        [9, 12],
    ]
