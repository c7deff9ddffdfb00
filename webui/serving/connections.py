"""Connections of clients: a slow, silent or busy client keeps no other from being served.

Waitress reads requests and writes answers without a thread for each; here is what bounds it.
"""

from __future__ import annotations

import logging
import struct
from collections import Counter
from heapq import nsmallest
from socket import IPPROTO_TCP, SO_LINGER, SO_SNDBUF, SOL_SOCKET, TCP_NODELAY, socket
from time import monotonic, time
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import WSGITask

from corpus import Settings
from corpus.errors import CommuniqueError
from webui.serving.access_log import log_response
from webui.serving.turns import Threads
from webui.site.clients import client_at

log = logging.getLogger(__name__)

# Of a process. When one more comes, the client with most loses an idle one.
CONNECTIONS = 256
ACCEPTED_AT_ONCE = 64
IDLE_S, UPKEEP_EACH_S = 75, 1
# So much of an answer must be taken for its client not to count as stuck.
PART_BYTES = 64_000
# How much of an answer the system holds until it is taken, and how much more we do.
SENDING_BYTES, WAITING_BYTES = 256_000, 1_000_000
LIMITS = {
    "max_request_header_size": 64_000,
    "max_request_body_size": 64_000,
    "outbuf_overflow": WAITING_BYTES,
    "outbuf_high_watermark": WAITING_BYTES,
    "channel_timeout": IDLE_S,
    "ident": None,
}
OPTIONS = [(IPPROTO_TCP, TCP_NODELAY, 1), (SOL_SOCKET, SO_SNDBUF, SENDING_BYTES)]
RESET = struct.pack("ii", 1, 0)


class Request(HTTPRequestParser):
    """A request as it comes.

    Where its length is told in two ways, or comes in chunks before HTTP/1.1, it is refused: a proxy
    before us may have seen another end of it.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head."""
        super().parse_header(header_plus)
        names = {line.partition(b":")[0].lower() for line in header_plus.split(b"\r\n")}
        is_chunked = b"transfer-encoding" in names
        if is_chunked and (b"content-length" in names or self.version != "1.1"):
            raise ParsingError("The length of the request cannot be told")


class ResponseTask(WSGITask):
    """A response of the app."""

    body_bytes = 0

    def service(self) -> None:
        """Send and log it; one that breaks off must not look complete."""
        is_whole = False
        try:
            super().service()
            is_whole = not self.channel.is_cut
        except Exception as error:
            self.channel.is_cut = self.channel.is_cut or self.wrote_header
            if not (self.wrote_header and isinstance(error, CommuniqueError)):
                raise
            self.close_on_finish = True
            log.warning("%s", error)  # of the cluster, say: no traceback is needed
        finally:
            settings = self.channel.server.settings
            log_response(self, self.body_bytes, settings, is_whole=is_whole)

    def write(self, data: bytes) -> None:
        """Send a part of it."""
        if not self.wrote_header:
            self.channel.server.task_dispatcher.sends(self.channel)
        super().write(data)
        self.body_bytes += len(data)

    def finish(self) -> None:
        """End it; a response to HEAD has no final chunk."""
        if self.request.command != "HEAD":
            super().finish()
        elif not self.wrote_header:
            self.write(b"")


class Connection(HTTPChannel):
    """A client's connection: when its request began, and how much of the responses it took."""

    parser_class, task_class = Request, ResponseTask

    def __init__(self, server: Server, *given: Any, **named: Any) -> None:
        self.sent_bytes = 0
        super().__init__(server, *given, **named)
        self.client = client_at(self.addr[0])
        self.is_in_work = self.is_cut = False
        # When the request began to come that is not whole yet; the first is awaited at once.
        self.began: float | None = monotonic()
        # Since when an answer waits to be taken, and how much had been taken then.
        self.waits: tuple[float, int] | None = None
        self.was_stuck = False

    def received(self, data: bytes) -> bool:
        """Take what came."""
        taken: bool = super().received(data)
        if self.request is None:
            self.began = None
        elif self.began is None:
            self.began = monotonic()
        return taken

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send as much as is taken."""
        sent: int = super().send(data, do_close=do_close)
        self.sent_bytes += sent
        return sent

    def service(self) -> None:
        """Answer, in a thread."""
        self.is_in_work = True
        try:
            super().service()
        finally:
            self.is_in_work = False

    def is_busy(self) -> bool:
        """Whether there is something to answer or to send, or a request is coming."""
        return bool(self.requests or self.total_outbufs_len or self.request)

    def is_stuck(self, now: float, patience_s: float) -> bool:
        """Whether the client has kept us waiting for too long."""
        if not self.total_outbufs_len:
            self.waits = None
        elif self.waits is None or self.sent_bytes - self.waits[1] >= PART_BYTES:
            self.waits = now, self.sent_bytes
        since = min(self.began or now, self.waits[0] if self.waits else now)
        # Twice in a row: what came before the first time has been read before the second.
        was_stuck, self.was_stuck = self.was_stuck, now - since > patience_s
        return was_stuck and self.was_stuck

    def drop(self) -> None:
        """Close, and keep nothing for a client that did not take it."""
        self.is_cut = self.is_cut or bool(self.total_outbufs_len)
        self.handle_close()

    def handle_close(self) -> None:
        """Close; what still waits for a turn is forgotten. An answer that is cut short ends with a
        reset, since before HTTP/1.1 an end tells no client that something is missing.
        """
        self.server.task_dispatcher.forget(self)
        if self.is_cut and self.connected:
            self.socket.setsockopt(SOL_SOCKET, SO_LINGER, RESET)
        super().handle_close()


class Server(TcpWSGIServer):
    """Serves an app on a socket that listens."""

    channel_class = Connection

    def __init__(self, app: Any, listener: socket, settings: Settings, threads: Threads) -> None:
        self.settings = settings
        self.proxies, self.patience_s = settings.proxies, settings.patience_s
        self.next_upkeep = 0.0
        super().__init__(
            app,
            {},
            _sock=listener,
            dispatcher=threads,
            adj=Adjustments(
                sockets=[listener],
                # The app itself reads the headers of the proxies in its settings.
                clear_untrusted_proxy_headers=not settings.proxies,
                **LIMITS,
            ),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    def add_task(self, task: Connection) -> None:
        """Let a connection's next request wait for its turn among those of its client."""
        forwarded = task.requests[0].headers.get("X_FORWARDED_FOR", "")
        task.client = client_at(task.addr[0], forwarded, self.proxies)
        super().add_task(task)

    def step(self, most_s: float) -> None:
        """Read and write what there is, or wait for it so long."""
        if monotonic() >= self.next_upkeep:
            self.next_upkeep = monotonic() + UPKEEP_EACH_S
            self.drop_stuck()
        self.asyncore.loop(most_s, use_poll=True, map=self._map, count=1)

    def set_socket_options(self, conn: socket) -> None:
        """Of a connection."""
        for level, name, value in OPTIONS:
            conn.setsockopt(level, name, value)

    def handle_accept(self) -> None:
        """Take connections; where there are too many, drop some."""
        for _ in range(ACCEPTED_AT_ONCE):
            number = len(self.active_channels)
            super().handle_accept()
            if len(self.active_channels) == number:
                break
        if len(self.active_channels) > CONNECTIONS:
            for each in self._least_needed(len(self.active_channels) - CONNECTIONS):
                each.drop()

    def readable(self) -> bool:
        """Whether connections are taken. Waitress closes idle ones here, amid asking what to wait
        for: a number that is closed then goes to the next connection, which ends by its event.
        """
        return bool(self.accepting)

    def drop_stuck(self) -> None:
        """Close what is idle or stuck."""
        self.maintenance(time())
        for each in [*self.active_channels.values()]:
            if each.is_stuck(monotonic(), self.patience_s):
                each.drop()

    def finish(self, until: float) -> None:
        """Take no more connections, and answer the requests on open ones."""
        self.del_channel()
        self.socket.close()
        self.step(0)  # what came last
        while monotonic() < until and any(each.is_busy() for each in self.active_channels.values()):
            self.step(0.1)

    def _least_needed(self, number: int) -> list[Connection]:
        """So many connections of the clients that have most: idle ones first, then the oldest; none
        that is in work.
        """
        everybody = [*self.active_channels.values()]
        counts = Counter(each.client for each in everybody)
        return nsmallest(
            number,
            (each for each in everybody if not each.is_in_work),
            key=lambda each: (-counts[each.client], each.is_busy(), each.last_activity),
        )
