"""Connections of one process, over real sockets: whose they are, and how they end."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import Any

import pytest

from corpus import Settings
from webui.serving.connections import Server
from webui.serving.turns import PendingRequest, Threads

WAIT_S = 60
ANSWER = [("Content-Type", "text/plain")]


class Noting(Threads):
    """Threads that note who asks."""

    def __init__(self, number: int, each: int) -> None:
        self.clients: list[str] = []
        super().__init__(number, each)

    def add_task(self, asking: PendingRequest) -> None:
        self.clients.append(asking.client)
        super().add_task(asking)


@contextmanager
def serving(app: Any, threads: int = 1, proxies: int = 0) -> Iterator[tuple[Server, Noting]]:
    """A server of an app, stepped by the test itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dispatcher = Noting(threads, threads)
        server = Server(app, listener, Settings(proxies=proxies), dispatcher)
        try:
            yield server, dispatcher
        finally:
            dispatcher.shutdown()
            for each in [*server.active_channels.values()]:
                each.drop()
            server.del_channel()
            server.trigger.close()


@contextmanager
def connected(server: Server, words: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(server.socket.getsockname()[:2]) as found:
        found.settimeout(WAIT_S)
        found.sendall(words)
        yield found


def asked_for(who: str) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {who}\r\n\r\n".encode()


def answered(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    start("200 OK", [*ANSWER, ("Content-Length", "2")])
    return [b"ok"]


def test_behind_a_proxy_each_request_waits_among_those_of_whoever_asks() -> None:
    asking = [f"192.0.2.{number}" for number in (1, 2, 3)]
    with serving(answered, proxies=1) as (server, threads):
        with connected(server, asked_for(asking[0])) as kept:  # one after another
            for who in asking[1:]:
                while len(threads.clients) < asking.index(who):
                    server.step(1)
                kept.sendall(asked_for(who))
            while len(threads.clients) < 3:
                server.step(1)
        assert threads.clients == asking
        threads.clients.clear()
        with connected(server, b"".join(map(asked_for, asking))):  # and all at once
            while len(threads.clients) < 3:
                server.step(1)
        assert threads.clients == asking


def test_a_request_whose_client_is_gone_waits_no_longer() -> None:
    let_go, begun = Event(), Event()

    def held(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        begun.set()
        let_go.wait(WAIT_S)
        return answered(environ, start)

    with serving(held) as (server, threads), ExitStack() as stack:
        stack.enter_context(connected(server, asked_for("a")))
        while not begun.is_set():
            server.step(0.1)
        waiting = [stack.enter_context(connected(server, asked_for("b"))) for _ in range(3)]
        while len(threads.clients) < 4:
            server.step(1)
        assert sum(map(len, threads.queue.waiting.values())) == 3
        for each in [*server.active_channels.values()]:
            if not each.is_in_work:
                each.drop()
        assert threads.queue.waiting == {}
        let_go.set()
        assert [each.recv(1) for each in waiting] == [b""] * 3


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_answer_that_breaks_off_does_not_pass_for_whole(
    version: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", ANSWER)
        yield b"a line\n"
        raise RuntimeError("for a test")

    request = f"GET / HTTP/{version}\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    with serving(broken) as (server, _), connected(server, request) as reader:
        server.step(1)
        while server.active_channels:
            server.step(0.1)
        with reader.makefile("rb") as file, pytest.raises(ConnectionResetError):
            file.read()


def test_a_connection_that_gets_the_number_of_a_dropped_one_is_not_dropped() -> None:
    with serving(answered) as (server, _), connected(server, b"") as silent:
        server.step(1)
        server.patience_s = -1
        server.drop_stuck()  # twice in a row is stuck
        server.next_upkeep = 0
        (number,) = server.active_channels
        with connected(server, asked_for("a")) as honest:
            server.step(1)  # drops one and takes the other
            assert [*server.active_channels] == [number]
            server.patience_s = WAIT_S
            server.step(1)
            assert silent.recv(1) == b""
            assert honest.recv(12) == b"HTTP/1.1 200"
