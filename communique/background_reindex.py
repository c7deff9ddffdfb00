"""Keeps the index up with a long command: runs `communique reindex` in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from communique.console import log
from corpus import Store


class BackgroundReindex:
    """Starts a reindex every so many seconds, unless nothing has changed or one still runs."""

    def __init__(
        self, store: Store, every_s: float, config: Path | None, output: IO[bytes]
    ) -> None:
        self.store, self.every_s, self.output = store, every_s, output
        options = ["--log-format", "text", *(["--config", str(config)] if config else [])]
        self.command = [sys.executable, "-m", "communique", *options, "reindex"]
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at, self.revision = time.monotonic(), 0

    def start_if_due(self) -> None:
        """Start a reindex if it is time for one and none runs."""
        if self.process and self.process.poll() is None:
            return
        self._wait()
        if time.monotonic() - self.started_at >= self.every_s:
            self.start()

    def start(self) -> None:
        """Start a reindex if the catalog has changed since the last one was started."""
        if (revision := self.store.revision()) > self.revision:
            self.started_at, self.revision = time.monotonic(), revision
            self.output.seek(0)
            self.output.truncate()
            self.process = subprocess.Popen(  # noqa: S603 (this program)
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=self.output,
                stderr=subprocess.STDOUT,
            )

    def finish(self) -> None:
        """Wait for the reindex that runs, and index what has changed meanwhile."""
        self._wait()
        self.start()
        self._wait()

    def stop(self) -> None:
        """End the reindex that runs, if any; searches continue with the previous index."""
        if self.process:
            self.process.terminate()
        self._wait()

    def _wait(self) -> None:
        """Wait for the reindex that runs, and log what became of it: its last line."""
        if self.process:
            self.process.wait()
            self.process = None
            self.output.seek(0)
            *_, last = ["", *self.output.read().decode(errors="replace").splitlines()]
            log.info("reindex: %s", last)


@contextmanager
def reindexing(
    store: Store, every_minutes: float | None, config: Path | None
) -> Iterator[BackgroundReindex | None]:
    """A background reindex while a command runs, and one at its end; None where none is wanted."""
    if every_minutes is None:
        yield None
        return
    with TemporaryFile() as output:  # a progress bar of its own would disturb ours
        background = BackgroundReindex(store, every_minutes * 60, config, output)
        try:
            yield background
            background.finish()
        finally:
            background.stop()
