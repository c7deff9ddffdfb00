"""The examples of docs/api.md do what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from flask.testing import FlaskClient

DOCS = Path(__file__).resolve().parents[3] / "docs" / "api.md"
SITE = "http://127.0.0.1:8000"
EXAMPLES = re.findall(r"^curl .*$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_answered(client: FlaskClient, example: str) -> None:
    line, _, status = example.partition(" # ")
    _, *headers, address = shlex.split(line)
    assert address.startswith(SITE)
    given = dict(each.split(": ", 1) for each in headers if each != "-H")
    answer = client.get(address.removeprefix(SITE), headers=given)
    assert answer.status_code == int(status or 200)
    if answer.is_json and not status:
        found = answer.get_json()
        assert any(found.get(name) for name in ("total", "id", "offices", "collocates"))


def test_every_path_has_an_example(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    shown = [each.partition(SITE)[2].partition("?")[0].rstrip("'") for each in EXAMPLES]
    patterns = [path.replace("{id}", "[^/]+") for path in paths]
    assert [p for p in patterns if not any(re.fullmatch(p, each) for each in shown)] == []
