"""Clients of a served page: honest ones, whose answers are timed, and hostile ones of each kind.

Each comes from an address of its own on loopback. `python -m bench.clients KIND PORT` is hostile
until it is killed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import count, cycle
from random import random
from socket import create_connection, socket
from threading import Event, Thread
from time import perf_counter
from urllib.parse import quote

HOST = "127.0.0.1"
# What people ask for.
SEARCHES = (
    *("/?q=fraud", "/?q=torture+victims", "/?q=%22human+trafficking%22", "/?q=tax&year=2016"),
    *("/?q=traffick*", "/?q=bribery&step=year", "/?q=fruad", "/complete?q=tort"),
    *("/concordance?q=guilty", "/collocates?q=fraud", "/trends?q=fraud&q=tax"),
    "/export.csv?q=torture",
)
ASKED = (*SEARCHES, "/help", *SEARCHES, "/edits", *SEARCHES, "/api/v1/search?q=arson", "/coverage")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WILDCARDS = quote(" OR ".join(f"*{letter}*" for letter in LETTERS))
FUZZY = quote(
    " OR ".join(f"{one}{other}~2" for one in LETTERS[:18] for other in LETTERS[:14])[:2000]
)
YEARS = "&".join(f"year={year}" for year in range(3100))
Attack = Callable[[int, str], None]


def address(group: int, number: int) -> str:
    """An address on loopback that is nobody else's."""
    return f"127.0.{group}.{number + 1}"


class Honest:
    """A client that asks for a page, thinks, and asks for another."""

    def __init__(self, port: int, source: str, first: int, think_s: float) -> None:
        self.port, self.source, self.think_s = port, source, think_s
        self.urls = cycle([*ASKED[first % len(ASKED) :], *ASKED[: first % len(ASKED)]])
        self.times_s: list[float] = []
        self.failures: list[str] = []

    def ask(self, most: int, over: Event) -> None:
        """Ask so often, or until it is over."""
        connection = HTTPConnection(HOST, self.port, timeout=60, source_address=(self.source, 0))
        over.wait(self.think_s * random())
        for url in (next(self.urls) for _ in range(most)):
            clock = perf_counter()
            try:
                status = get(connection, url)
            except (OSError, HTTPException) as error:
                status = f"{type(error).__name__}: {error}"
                connection.close()
            self.times_s.append(perf_counter() - clock)
            if status != 200:
                self.failures.append(f"{url} {status}")
            if over.wait(self.think_s):
                break
        connection.close()


def get(connection: HTTPConnection, url: str) -> int | str:
    """The status of an answer that is read to its end."""
    connection.request("GET", url)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def never_reading(port: int, source: str) -> None:
    """Asks for all releases as a file, and takes nothing of it."""
    _held(port, source, 6, b"GET /export.csv HTTP/1.1\r\nHost: a\r\n\r\n")


def slow_heads(port: int, source: str) -> None:
    """Sends its requests a byte at a time."""
    connections = [_connected(port, source) for _ in range(200)]
    over = Event()
    for number in count():
        for at, each in enumerate(connections):
            try:
                each.send(b"GET / HTTP/1.1\r\nX: "[number : number + 1] or b"x")
            except OSError:
                connections[at] = _connected(port, source)
        over.wait(1)


def hoarding(port: int, source: str) -> None:
    """Opens connections that ask for nothing, and again those that are closed."""
    _held(port, source, 1500, b"")


def many_values(port: int, source: str) -> None:
    """Filters by 3,100 years."""
    _loops(port, source, 4, f"/?q=the&{YEARS}")


def wildcards(port: int, source: str) -> None:
    """Asks for the words around nearly all words."""
    _loops(port, source, 4, f"/collocates?q={WILDCARDS}")


def huge_queries(port: int, source: str) -> None:
    """Asks for all that is spelled somewhat like anything."""
    _loops(port, source, 4, f"/?q={FUZZY}")


def context_files(port: int, source: str) -> None:
    """Asks for every place of a common word as a file, again and again."""
    _loops(port, source, 4, "/concordance.csv?q=guilty")


def flooding(port: int, source: str) -> None:
    """Asks for cheap pages as fast as it can."""
    _loops(port, source, 24, "/?q=court")


HOSTILE: dict[str, Attack] = {
    each.__name__.replace("_", "-"): each
    for each in (
        *(never_reading, slow_heads, hoarding, many_values),
        *(wildcards, huge_queries, context_files, flooding),
    )
}


def _loops(port: int, source: str, number: int, url: str) -> None:
    def loop() -> None:
        while True:
            connection = HTTPConnection(HOST, port, timeout=120, source_address=(source, 0))
            with suppress(OSError, HTTPException):
                while True:
                    get(connection, url)
            connection.close()

    threads = [Thread(target=loop) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _held(port: int, source: str, number: int, words: bytes) -> None:
    """Connections on which something is said and nothing read; a closed one is opened again."""
    connections: list[socket] = []
    over = Event()
    while not over.wait(0.5):
        connections = [each for each in connections if not _is_closed(each)]
        for _ in range(number - len(connections)):
            with suppress(OSError):
                connections.append(_connected(port, source))
                connections[-1].send(words)


def _is_closed(connection: socket) -> bool:
    """Whether the other side closed it, without taking anything of what it sent."""
    from socket import MSG_DONTWAIT, MSG_PEEK

    try:
        return not connection.recv(1, MSG_PEEK | MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _connected(port: int, source: str) -> socket:
    return create_connection((HOST, port), timeout=5, source_address=(source, 0))


if __name__ == "__main__":
    kind = sys.argv[1]
    HOSTILE[kind](int(sys.argv[2]), address(1, [*HOSTILE].index(kind)))
