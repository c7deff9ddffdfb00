"""The calls of docs/opensearch.md that back the index up, as they stand there, on a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.opensearch.java import Unavailable
from tests.opensearch.server import Server

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "opensearch.md"
BUILD = "communique-7-20260131051700"
NEWER = "communique-7-20260201051700"
CALL = re.compile(r"```http\n(GET|PUT|POST) (\S+)\n(.*?)```", re.DOTALL)


def calls() -> list[tuple[str, str, Any]]:
    guide = GUIDE.read_text(encoding="utf-8").replace("communique-<format>-<stamp>", BUILD)
    found = CALL.findall(guide)
    return [(method, path, json.loads(body) if body else None) for method, path, body in found]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One of its own: the guide saves each index with the name of a build."""
    try:
        server = Server(tmp_path)
    except Unavailable as reason:
        pytest.skip(str(reason))
    with server:
        yield server


def test_a_build_that_was_lost_comes_back_with_its_words_and_its_alias(server: Server) -> None:
    *backup, restore, move = calls()
    assert len(backup) == 4
    for name in (BUILD, f"{BUILD}-words", "another"):
        server.call("PUT", f"/{name}/_doc/1?refresh=true", {"said": name})
    server.call("PUT", f"/{BUILD}/_alias/communique")

    *_, snapshot = [server.call(*each) for each in backup]
    assert snapshot["snapshots"][0]["state"] == "SUCCESS"
    assert sorted(snapshot["snapshots"][0]["indices"]) == [BUILD, f"{BUILD}-words"]

    server.call("DELETE", f"/{BUILD},{BUILD}-words")
    restored = server.call(*restore)

    assert restored["snapshot"]["shards"]["failed"] == 0
    assert live(server) == [BUILD]
    found = server.call("GET", "/communique/_search")["hits"]["hits"]
    assert [each["_source"] for each in found] == [{"said": BUILD}]
    words = server.call("GET", f"/{BUILD}-words/_doc/1")
    assert words["_source"] == {"said": f"{BUILD}-words"}

    server.call("PUT", f"/{NEWER}/_doc/1?refresh=true", {"said": NEWER})
    server.call("POST", "/_aliases", {"actions": [to_newer("remove", BUILD), to_newer("add")]})
    assert live(server) == [NEWER]
    server.call(*move)
    assert live(server) == [BUILD]


def live(server: Server) -> list[str]:
    return list(server.call("GET", "/_alias/communique"))


def to_newer(action: str, build: str = NEWER) -> dict[str, dict[str, str]]:
    return {action: {"index": build, "alias": "communique"}}
