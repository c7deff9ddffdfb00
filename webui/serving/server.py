"""The app on a port, in several processes: loaded once, then forked.

gunicorn keeps the processes; in each, connections are as `webui/serving/connections.py` has them.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from time import monotonic
from types import FrameType
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from sqlalchemy import event

from corpus import Settings
from corpus.errors import CommuniqueError
from corpus.signals import ENDING_SIGNALS, Interruption
from webui import create_app
from webui.serving.connections import Server
from webui.serving.turns import Threads

# Threads of a process, at most for one client, and at most for all heavy clients together.
THREADS, THREADS_EACH, THREADS_HEAVY = 16, 4, 2
BACKLOG = 1024
M_ARENA_MAX = -8  # of malloc.h
TRIM_EACH_S = 10
# How long a process that is to end may go on answering, and how long one may be silent.
GRACE_S, SILENT_S = 5, 60
# What is loaded when it is first used, and shared by processes if that was before.
WARMING = (
    "/?q=court",
    "/ru/?q=%D1%81%D1%83%D0%B4",
    "/concordance?q=court",
    "/collocates?q=court",
    "/trends?q=court",
    "/coverage",
)


def serve(
    settings: Settings, host: str, port: int, workers: int, announce: Callable[[str], None]
) -> None:
    """Serve until a signal asks to end; `announce` is called with the address once.

    Raises CommuniqueError, Interruption.
    """
    with _listen(host, port) as listener:
        _keep_one_heap()
        app = create_app(settings)
        _warm(app, settings)
        announce(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}")
        _Site(app, settings, listener, workers).run()


def _listen(host: str, port: int) -> socket.socket:
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=kind, backlog=BACKLOG)
    except OSError as error:
        raise CommuniqueError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}."
        ) from error


def _keep_one_heap() -> None:
    """Let threads take memory from one heap: of its own, each keeps megabytes that it has freed."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # glibc's
        mallopt(M_ARENA_MAX, 1)


def _give_back_memory() -> None:
    """Give back to the system what a few large answers took: the heap keeps it, else."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc's
        trim(0)


def _warm(app: Flask, settings: Settings) -> None:
    """Load what answers need."""
    if settings.engine == "embedded":
        at, nobody = settings.url or "https://localhost", {"REMOTE_ADDR": ""}
        for url in WARMING:
            app.test_client().get(url, base_url=at, buffered=True, environ_overrides=nobody)
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    store, _ = app.extensions["communique"]
    store.close()
    gc.collect()
    gc.freeze()  # so that no process writes to what all share only to look for garbage


def _cache_little(connection: Any, _: object) -> None:
    """The system has the file in memory for all; each connection would have two megabytes of it."""
    connection.execute("PRAGMA cache_size=-256")


class _Site(BaseApplication):
    """The app as gunicorn runs it."""

    def __init__(
        self, app: Flask, settings: Settings, listener: socket.socket, workers: int
    ) -> None:
        self.app, self.settings, self.workers = app, settings, workers
        self.listener = listener.detach()
        super().__init__()

    def load_config(self) -> None:
        """Settings that are not gunicorn's own."""
        for name, value in {
            "bind": f"fd://{self.listener}",
            "workers": self.workers,
            "worker_class": _Worker,
            "preload_app": True,
            "timeout": SILENT_S,
            "graceful_timeout": 2 * GRACE_S,
            "logger_class": _Log,
            "control_socket_disable": True,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app."""
        return self.app

    def run(self) -> None:
        """Serve. Raises Interruption in the parent; its children end by SystemExit."""
        master, parent = _Master(self), os.getpid()
        try:
            master.run()
        finally:
            if master.received_signal and os.getpid() == parent:
                raise Interruption(master.received_signal)


class _Log(Logger):
    """gunicorn's warnings, in the program's log."""

    def setup(self, cfg: Any) -> None:
        """Set up nothing of its own."""
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)


class _Master(Arbiter):
    """The parent of the processes; it ends as other commands do."""

    received_signal = 0

    def init_signals(self) -> None:
        """Handle signals, except those that were ignored at the start (nohup)."""
        # Handled and ignored again, a signal in between would be handled.
        self.SIGNALS = [
            each for each in Arbiter.SIGNALS if signal.getsignal(each) != signal.SIG_IGN
        ]
        super().init_signals()

    def spawn_worker(self) -> int:
        """Begin a process; a signal to end it waits until the process hears signals."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        try:
            return int(super().spawn_worker())
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)

    def signal(self, sig: int, frame: FrameType | None) -> None:
        """Remember the signal."""
        self.received_signal = self.received_signal or (sig if sig in ENDING_SIGNALS else 0)
        super().signal(sig, frame)

    def handle_hup(self) -> None:
        """End when all is answered."""
        self.handle_term()

    handle_int = handle_hup


class _Worker(Worker):
    """A process that serves the app until a signal ends it, or its parent is gone."""

    server: Server

    def run(self) -> None:
        """Serve."""
        app, settings = self.app.app, self.app.settings
        store, _ = app.extensions["communique"]
        store.engine.dispose(close=False)  # connections are the parent's, if it has any
        if store.engine.dialect.name == "sqlite":
            event.listen(store.engine, "connect", _cache_little)
        # Threads that wait for their turn wait five times less; some ten pages' time a second.
        sys.setswitchinterval(0.001)
        threads = Threads(THREADS, THREADS_EACH, THREADS_HEAVY, app.extensions["is_heavy"])
        self.server = Server(app, self.sockets[0].sock, settings, threads)
        trimmed = monotonic()
        while self.alive and os.getppid() == self.ppid:
            self.notify()
            self.server.step(1)
            if monotonic() > trimmed + TRIM_EACH_S:
                _give_back_memory()
                trimmed = monotonic()
        self.server.finish(monotonic() + GRACE_S)

    def init_signals(self) -> None:
        """Hear signals; of a terminal that hangs up the parent tells, if it is to end."""
        super().init_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End when all requests are answered."""
        super().handle_exit(sig, frame)
        if hasattr(self, "server"):
            self.server.pull_trigger()

    # Ctrl-C reaches all processes of a terminal; it must not interrupt a response.
    handle_quit = handle_exit
