"""`communique serve` as processes: how they end, what they share, and that nobody keeps others from
being served. Real processes, real sockets; each client has an address of its own on loopback.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import pytest

from bench.clients import HOSTILE, Honest, address
from bench.hostile import Served, attack, served_pages
from corpus import Settings
from indexer import open_engine
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents
from webui.serving.connections import CONNECTIONS
from webui.tools.downloads import DOWNLOADS

# A file that does not fit into what the system and the server keep of it: six times all days.
LONG = "/trends.csv?step=day&" + "&".join(f"q=word{number}" for number in range(6))
WAIT_S = 60


@pytest.fixture(scope="module")
def served(sample_settings: Settings) -> Iterator[Served]:
    """Two workers that lose patience after a second."""
    with served_pages(sample_settings.data, 2, patience_s="1", work_s="0") as found:
        yield found


@contextmanager
def connected(served: Served, source: str = "127.0.0.1", room: int = 0) -> Iterator[socket.socket]:
    """A connection; `room` is how much its system takes of an answer that it does not read."""
    with socket.socket() as found:
        if room:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        found.settimeout(WAIT_S)
        found.bind((source, 0))
        found.connect(("127.0.0.1", served.port))
        yield found


def said(connection: socket.socket) -> bytes:
    """All that is said until the other side closes."""
    found = b""
    with suppress(ConnectionResetError):  # it may close before it has read all
        while part := connection.recv(65536):
            found += part
    return found


def ask(
    served: Served, url: str, source: str = "127.0.0.1", method: str = "GET"
) -> tuple[int, str]:
    with closing(
        HTTPConnection("127.0.0.1", served.port, timeout=WAIT_S, source_address=(source, 0))
    ) as connection:
        connection.request(method, url)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def ended(pids: list[int]) -> bool:
    """Whether processes end, waited for without asking again and again."""
    with ExitStack() as stack:
        for pid in pids:
            try:
                file = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            stack.callback(os.close, file)
            if not select.select([file], [], [], WAIT_S)[0]:
                return False
    return True


# how processes end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_request_that_is_coming_is_answered_before_the_end(
    sample_settings: Settings, number: signal.Signals
) -> None:
    with served_pages(sample_settings.data, 2) as served, connected(served) as connection:
        # What came with a request that was answered has been read, too.
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /help HTTP/1.1\r\nHost: a")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        workers = served.workers()
        os.kill(served.process.pid, number)
        while is_listening(served.port):
            pass
        connection.send(b"\r\nConnection: close\r\n\r\n")

        answer = said(connection)

        assert b"HTTP/1.1 200" in answer  # what was left of the first stands before it
        assert answer.rstrip().endswith(b"</html>")
        assert served.process.wait(WAIT_S) == 128 + number
        assert len(workers) == 2
        assert ended(workers)


def test_a_process_that_has_only_just_begun_ends_as_the_others(sample_settings: Settings) -> None:
    with served_pages(sample_settings.data, 8) as served:
        newest = served.workers()[-1]
        os.kill(newest, signal.SIGSTOP)  # mostly before it could say what signals do
        with connected(served) as connection:
            connection.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /help HTTP/1.1\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
            served.process.terminate()
            while not is_told_to_end(newest):
                pass
            os.kill(newest, signal.SIGCONT)
            assert ended([newest])  # else it is killed when the others have ended
            connection.send(b"Host: a\r\nConnection: close\r\n\r\n")

            assert said(connection).endswith(b"</html>")


def is_told_to_end(pid: int) -> bool:
    """Whether a process that does not run will be told by SIGTERM."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (waiting,) = (line.split()[1] for line in lines if line.startswith("ShdPnd"))
    return bool(int(waiting, 16) >> (signal.SIGTERM - 1) & 1)


def is_listening(port: int) -> bool:
    """Whether a socket listens, without asking it: what it never takes would be asked again and
    again for seconds.
    """
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    return any(at.endswith(f":{port:04X}") and state == "0A" for _, at, _, state, *_ in lines)


def test_a_killed_worker_is_replaced_and_workers_end_when_their_parent_is_killed(
    sample_settings: Settings,
) -> None:
    with served_pages(sample_settings.data, 2) as served, connected(served, room=4096) as reader:
        reader.send(f"GET {LONG} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert reader.recv(12) == b"HTTP/1.1 200"
        assert ask(served, "/export.csv")[0] == 429
        before = served.workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert ended(before)

        assert ask(served, "/export.csv")[0] == 200  # its place went with it
        while {*(after := served.workers())} & {*before}:  # until the parent has heard of their end
            pass
        served.process.kill()
        assert ended(after)


def test_builds_are_picked_up_and_no_request_is_lost(copy_settings: Settings) -> None:
    documents = sample_documents(copy_settings)
    numbers = [len(documents) - fewer for fewer in range(7)]
    with (
        served_pages(copy_settings.data, 2, work_s="0") as served,
        closing(open_engine(copy_settings)) as engine,
        ThreadPoolExecutor(4) as pool,
    ):

        def total() -> int:
            status, answer = ask(served, "/api/v1/search?q=")
            assert status == 200
            return int(json.loads(answer)["total"])

        def look() -> set[int]:
            seen = set()
            while numbers[-1] not in seen:
                seen.add(total())
            return seen

        assert total() == numbers[0]
        looking = [pool.submit(look) for _ in range(4)]
        for number in numbers[1:]:
            engine.publish(engine.build(documents[:number], 1, nothing))

        assert set().union(*(each.result() for each in looking)) <= {*numbers}
        # Whichever worker answers.
        assert {total() for _ in range(20)} == {numbers[-1]}


# what processes share


def test_work_counts_over_all_workers_and_refuses_its_doer_alone(
    sample_settings: Settings,
) -> None:
    with served_pages(sample_settings.data, 2, work_s="0.5") as served:
        asked = 0
        while (answer := ask(served, f"/?q=court&year={asked}"))[0] == 200:
            asked += 1

        status, words = answer
        assert (status, asked > 3) == (429, True)
        assert "your network address" in words
        assert "0.5 seconds of processing time per minute" in words
        assert {ask(served, "/help")[0] for _ in range(6)} == {429}
        assert ask(served, "/static/style.css")[0] == ask(served, "/healthz")[0] == 200
        assert {ask(served, "/help", address(3, n))[0] for n in range(6)} == {200}


def test_a_client_downloads_one_file_at_a_time_in_all_workers(served: Served) -> None:
    with connected(served, address(3, 1), room=4096) as reader:
        reader.send(f"GET {LONG} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert reader.recv(12) == b"HTTP/1.1 200"

        others = ("/export.csv", "/export.bib", "/sample.csv?seed=1")
        refused = [ask(served, each, address(3, 1)) for each in others]

        assert {status for status, _ in refused} == {429}
        assert "network address is already downloading a file" in refused[0][1]
        assert ask(served, "/export.csv", address(3, 2))[0] == 200


# connections


def test_files_that_nobody_takes_make_room(served: Served) -> None:
    with ExitStack() as stack:
        begun = []
        for number in range(
            DOWNLOADS + 3
        ):  # the last ones wait until patience with a first is over
            reader = stack.enter_context(connected(served, address(4, number), room=4096))
            reader.send(f"GET {LONG} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert reader.recv(12) == b"HTTP/1.1 200"
            begun.append(reader)

        for reader in begun:
            is_reset(reader)
        assert ask(served, "/export.csv")[0] == 200


def is_reset(connection: socket.socket) -> None:
    """Wait until a connection is closed by the other side, of which nothing is read."""
    poll = select.poll()
    poll.register(connection, 0)
    assert poll.poll(WAIT_S * 1000)


def test_who_reads_slowly_gets_the_whole_file(served: Served) -> None:
    with connected(served, address(3, 3), room=200_000) as reader:
        reader.send(f"GET {LONG} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        found = b""
        while part := reader.recv(65536):
            found += part
            select.select([], [], [], 0.02)  # longer in all than patience lasts

    assert found.endswith(b"\r\n0\r\n\r\n")


BEGUN = [
    b"",
    b"GET /help HTTP/1.1\r\nHost: a\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nq=",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
]


@pytest.mark.parametrize("words", BEGUN)
def test_a_request_that_does_not_come_to_its_end_is_given_up(served: Served, words: bytes) -> None:
    with connected(served) as silent, connected(served) as slow:
        silent.send(words)
        slow.send(words)
        while not select.select([slow], [], [], 0.1)[0]:
            slow.send(b"x")

        assert said(silent) == b""


def test_an_idle_connection_outlasts_patience_between_requests(served: Served) -> None:
    with connected(served) as waiting, closing(HTTPConnection("127.0.0.1", served.port)) as kept:
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()
        assert said(waiting) == b""  # patience with this one is over
        assert kept.sock
        kept.request("GET", "/healthz")
        assert kept.getresponse().status == 200


def test_who_hoards_connections_displaces_himself(served: Served) -> None:
    with ExitStack() as stack:
        kept = stack.enter_context(closing(HTTPConnection("127.0.0.1", served.port)))
        kept.request("GET", "/healthz")
        assert kept.getresponse().read()
        hoarded = [
            stack.enter_context(connected(served, address(5, 1)))
            for _ in range(2 * CONNECTIONS + 100)
        ]

        kept.request("GET", "/healthz")
        assert kept.getresponse().status == 200
        assert ask(served, "/help", address(5, 2))[0] == 200
        assert sum(said(each) == b"" for each in hoarded) == len(hoarded)


LENGTH, CHUNKED = b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"
HIDDEN = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST / HTTP/1.1\r\n" + LENGTH + CHUNKED + b"\r\n" + HIDDEN, 400),
        (b"POST / HTTP/1.1\r\n" + CHUNKED + LENGTH + b"\r\n" + HIDDEN, 400),
        (
            b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n" + HIDDEN,
            400,
        ),
        (b"POST / HTTP/1.0\r\n" + CHUNKED + b"\r\n" + HIDDEN, 400),
        (b"POST / HTTP/1.1\r\n" + LENGTH + b"Content-Length: 6\r\n\r\n" + HIDDEN, 400),
        (b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n" + HIDDEN, 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n" + HIDDEN, 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n" + HIDDEN, 501),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n" + HIDDEN, 400),
        (b"GET / HTTP/1.1\r\nX: a\nY: b\r\n\r\n" + HIDDEN, 400),
        (b"GET / HTTP/1.1\r\n X: a\r\n\r\n" + HIDDEN, 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_and_nothing_after_it_answered(
    served: Served, request_: bytes, status: int
) -> None:
    with connected(served) as connection:
        connection.sendall(request_)
        connection.shutdown(socket.SHUT_WR)
        answer = said(connection)

    assert answer[8:12] == f" {status}".encode()
    assert answer.count(b"HTTP/1.") == 1


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 100_000,
    ],
)
def test_what_is_too_large_is_not_read_to_its_end(served: Served, request_: bytes) -> None:
    with connected(served) as connection:
        with suppress(ConnectionError):
            connection.sendall(request_)
        answer = said(connection)

    assert answer[8:12] in (b" 431", b" 413", b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("url", ["/", "/?q=court", "/export.csv?q=court", "/static/style.css"])
def test_answers_tell_nothing_of_the_server_and_half_closed_ones_get_them(
    served: Served, method: str, url: str
) -> None:
    with connected(served, address(3, 4)) as connection:
        connection.send(f"{method} {url} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        connection.shutdown(socket.SHUT_WR)
        head, _, body = said(connection).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert not {b"server", b"via"} & {line.split(b":")[0].lower() for line in head.split(b"\r\n")}
    assert bool(body) == (method == "GET")


# all at once


@pytest.mark.slow
def test_honest_clients_are_all_answered_beside_hostile_ones(sample_settings: Settings) -> None:
    with served_pages(sample_settings.data, 2) as served, ExitStack() as stack:
        for kind in HOSTILE:
            stack.enter_context(attack(kind, served.port))
        clients = [Honest(served.port, address(2, n), n, 0) for n in range(20)]
        with ThreadPoolExecutor(20) as pool:
            for each in [pool.submit(client.ask, 3, Event()) for client in clients]:
                each.result()

    assert [failure for client in clients for failure in client.failures] == []
    assert sum(len(client.times_s) for client in clients) == 60
