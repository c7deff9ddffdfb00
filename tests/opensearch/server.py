"""A real OpenSearch for tests: one node or several that find each other, each a process of its own.

It comes from Maven Central and needs a JDK (17 or later) and Maven; `Unavailable` says what is
missing. Nodes listen on loopback only, and end with the process that started them.
"""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from tests.opensearch.java import Java, find_java

LAUNCHER = Path(__file__).with_name("Launcher.java")
# What makes a node start in half of the time; tests start nodes more often than they ask them.
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
START_S = 180
STOP_S = 30
PAUSE_S = 0.2
OPENER = build_opener(ProxyHandler({}))


class Node:
    """One process. Its folder holds data and `node.log`; the same folder has the same data."""

    def __init__(
        self, java: Java, folder: Path, options: Sequence[str], settings: dict[str, str]
    ) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{settings['http.port']}"
        self.process: subprocess.Popen[bytes] | None = None
        self._java = java
        self._options = options
        self._settings = settings

    def launch(self) -> None:
        """Start it, without waiting until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            *(str(self._java.program), *self._java.options),
            *(*self._options, "-cp", self._java.class_path()),
            *(str(LAUNCHER), str(self.folder)),
            *(f"{name}={value}" for name, value in self._settings.items()),
        ]
        with (self.folder / "node.log").open("ab") as log:
            # A session of its own: Ctrl-C is for the tests, which then end it.
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def call(self, method: str, path: str, body: object = None) -> Any:
        """What it answers, read as JSON; raises `HTTPError` for a status of 400 or more."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self.url + path, data, headers, method=method)
        try:
            with OPENER.open(request, timeout=60) as response:
                return json.load(response)
        except HTTPError as error:
            error.add_note(error.read().decode(errors="replace"))
            raise

    def wait(self, nodes: int) -> None:
        """Until it has met that many nodes, itself among them, and all data can be read."""
        health = f"/_cluster/health?wait_for_status=yellow&wait_for_nodes={nodes}&timeout=5s"
        deadline = monotonic() + START_S
        while monotonic() < deadline:
            with suppress(OSError):  # does not listen yet, or has not met them in these 5 seconds
                if not self.call("GET", health)["timed_out"]:
                    return
            self._pause()
        raise RuntimeError(f"not ready after {START_S} seconds:\n{self._last_lines()}")

    def stop(self) -> None:
        """End it in order."""
        self._end()

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        if self.process:
            self.process.kill()
        self._end()

    def _end(self) -> None:
        if self.process is None:
            return
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _pause(self) -> None:
        assert self.process
        with suppress(subprocess.TimeoutExpired):
            status = self.process.wait(PAUSE_S)
            raise RuntimeError(f"ended with status {status}:\n{self._last_lines()}")

    def _last_lines(self) -> str:
        lines = (self.folder / "node.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-15:])


class Server:
    """`with Server(folder) as server`: OpenSearch at `server.url`, without security plugin.

    The folder holds all of it: each node's data, and `snapshots`, where all may keep a repository.
    `options` are Java's; `settings` are those of opensearch.yml and win over ours.
    """

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 1,
        heap: str = "512m",
        options: Sequence[str] = BRIEF,
        settings: dict[str, str] | None = None,
    ) -> None:
        java = find_java()
        java.class_path()
        ports = _free_ports(2 * nodes)
        shared = _shared_settings(folder, ports[nodes:]) | (settings or {})
        self.nodes = [
            Node(
                java,
                folder / f"node-{number}",
                (f"-Xms{heap}", f"-Xmx{heap}", *options),
                {"node.name": f"node-{number}", "http.port": str(port)}
                | {"transport.port": str(transport_port)}
                | shared,
            )
            for number, (port, transport_port) in enumerate(
                zip(ports[:nodes], ports[nodes:], strict=True), start=1
            )
        ]

    @property
    def url(self) -> str:
        """The first node's address."""
        return self.nodes[0].url

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """Start what is not running, and wait until all have met and answer."""
        with ExitStack() as undo:
            undo.callback(self.kill)
            for node in self.nodes:
                if node.process is None:
                    node.launch()
            for node in self.nodes:
                node.wait(len(self.nodes))
            undo.pop_all()

    def stop(self) -> None:
        """End all nodes in order."""
        for node in self.nodes:
            node.stop()

    def kill(self) -> None:
        """End all nodes at once."""
        for node in self.nodes:
            node.kill()

    def call(self, method: str, path: str, body: object = None) -> Any:
        """What the first running node answers, read as JSON."""
        node = next(node for node in self.nodes if node.process)
        return node.call(method, path, body)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()


def _shared_settings(folder: Path, transport_ports: list[int]) -> dict[str, str]:
    """What all nodes of a server have in common."""
    shared = {
        "cluster.name": f"communique-{transport_ports[0]}",
        "network.host": "127.0.0.1",
        "path.repo": str(folder / "snapshots"),
        # The disk that tests run on is often fuller than OpenSearch likes.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    if len(transport_ports) == 1:
        return shared | {"discovery.type": "single-node"}
    names = ",".join(f"node-{number}" for number, _ in enumerate(transport_ports, start=1))
    hosts = ",".join(f"127.0.0.1:{port}" for port in transport_ports)
    return shared | {
        "discovery.type": "zen",
        "discovery.seed_hosts": hosts,
        "cluster.initial_cluster_manager_nodes": names,
    }


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
