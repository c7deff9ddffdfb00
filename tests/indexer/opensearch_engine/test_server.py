"""The OpenSearch that tests ask: it starts, keeps its data, and leaves no process behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.opensearch.java import Unavailable
from tests.opensearch.server import Node, Server
from tests.stalling import ends

pytestmark = pytest.mark.slow

NOTE = "/notes/_doc/1?refresh=true"
STARTED = """
import os, signal, sys
from pathlib import Path
from tests.opensearch.server import Server
server = Server(Path(sys.argv[1]), heap="256m")
server.start()
print(server.nodes[0].process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with started(tmp_path) as made:
        yield made


def started(folder: Path, nodes: int = 1) -> Server:
    try:
        return Server(folder, nodes=nodes, heap="256m")
    except Unavailable as reason:
        pytest.skip(str(reason))


def process_id(node: Node) -> int:
    assert node.process
    return node.process.pid


def test_it_answers_on_loopback_until_it_is_stopped_and_starts_again_with_the_same_data(
    server: Server,
) -> None:
    process, address = process_id(server.nodes[0]), server.url
    addresses = server.call("GET", "/_nodes/http,transport")["nodes"].values()

    assert address.startswith("http://127.0.0.1:")
    assert {
        bound.rpartition(":")[0]
        for each in addresses
        for kind in ("http", "transport")
        for bound in each[kind]["bound_address"]
    } == {"127.0.0.1"}

    server.call("PUT", NOTE, {"said": "adjourned"})
    for end in (server.stop, server.kill):
        end()

        assert ends(process, within_s=0)
        with pytest.raises(URLError, match="refused"):
            server.nodes[0].call("GET", "/")

        server.start()

        process = process_id(server.nodes[0])
        assert server.url == address
        assert server.call("GET", "/notes/_doc/1")["_source"] == {"said": "adjourned"}


def test_it_ends_with_a_process_that_was_killed(tmp_path: Path) -> None:
    started(tmp_path)
    command = [sys.executable, "-c", STARTED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr
    assert ends(int(done.stdout))


def test_three_processes_are_one_cluster_that_outlives_its_manager(tmp_path: Path) -> None:
    with started(tmp_path, nodes=3) as server:
        server.call("PUT", "/notes", {"settings": {"number_of_shards": 3, "number_of_replicas": 1}})
        server.call("GET", "/_cluster/health?wait_for_status=green&timeout=30s")
        server.call("PUT", NOTE, {"said": "adjourned"})

        manager = server.call("GET", "/_cat/cluster_manager?format=json")[0]["node"]
        gone = next(node for node in server.nodes if node.folder.name == manager)
        left = [node for node in server.nodes if node is not gone]
        gone.kill()

        for node in left:
            node.wait(2)
            assert node.call("GET", "/notes/_doc/1")["_source"] == {"said": "adjourned"}

        server.start()

        assert gone.call("GET", "/_cluster/health")["number_of_nodes"] == 3
    assert [node.process for node in server.nodes] == [None] * 3


def test_a_node_that_cannot_start_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    try:
        server = Server(tmp_path, settings={"no.such.setting": "1"})
    except Unavailable as reason:
        pytest.skip(str(reason))
    with pytest.raises(RuntimeError, match=r"unknown setting \[no.such.setting\]"):
        server.start()
    assert server.nodes[0].process is None


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(Unavailable, match="needs a JDK"):
        Server(tmp_path)
