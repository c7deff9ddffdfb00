"""The interface for programs against its own description: schemathesis asks what it allows, and
what it does not.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode

from tests.conftest import EDITED, sample_id

# Those that have arguments, and those that have none but an id.
ASKED = [
    "/api/v1/search",
    "/api/v1/releases/{id}/differences",
    "/api/v1/timeline",
    "/api/v1/concordance",
    "/api/v1/collocates",
]
PATHS = [
    "/api/v1/search",
    "/api/v1/releases/{id}",
    "/api/v1/releases/{id}/versions",
    "/api/v1/releases/{id}/differences",
    "/api/v1/releases/{id}/case",
    "/api/v1/offices",
    "/api/v1/timeline",
    "/api/v1/concordance",
    "/api/v1/collocates",
]
OFTEN = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
# The fuzzer says that it takes packed answers, and does not unpack them.
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def description(changed_app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", changed_app)


def test_the_description_is_valid_openapi(changed_client: FlaskClient) -> None:
    spec = changed_client.get("/api/v1/openapi.json").get_json()
    assert spec["openapi"] == "3.1.0"
    assert list(spec["paths"]) == PATHS
    validate(spec)


@pytest.mark.parametrize("path", PATHS)
def test_what_is_allowed_is_answered_as_described(description: Any, path: str) -> None:
    @OFTEN
    @given(case=description[path]["GET"].as_strategy(GenerationMode.POSITIVE))
    def ask(case: Any) -> None:
        _only_what_no_schema_says(case)
        case.call_and_validate(headers=PLAIN)

    ask()


@pytest.mark.parametrize("path", ASKED)
def test_what_is_not_allowed_is_refused_as_described(description: Any, path: str) -> None:
    @OFTEN
    @given(case=description[path]["GET"].as_strategy(GenerationMode.NEGATIVE))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=PLAIN)

    ask()


@pytest.mark.parametrize("path", PATHS)
def test_full_answers_are_as_described(description: Any, path: str) -> None:
    query = {"q": "torture", "size": 3} if path.endswith(("search", "concordance")) else {}
    if path.endswith("collocates"):
        query = {"q": "court", "min_count": 1}
    ids = {"id": sample_id(EDITED)} if "{id}" in path else {}
    description[path]["GET"].Case(query=query, path_parameters=ids).call_and_validate(headers=PLAIN)


def _only_what_no_schema_says(case: Any) -> None:
    """That a cursor is one that was given, and a day one that there is; some words and ids that
    are held.
    """
    query, held = case.query, sample_id(EDITED)
    query.pop("cursor", None)
    if len(query.get("q", "")) % 2:
        query["q"] = "court OR torture"
    for name in {"since", "until"} & query.keys():
        query[name] = query[name][:4].replace("0000", "2018")
    if "id" in case.path_parameters and len(case.path_parameters["id"]) % 2:
        case.path_parameters["id"] = held
