"""What commands show: progress on a terminal, log lines elsewhere; how they end."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

log = logging.getLogger("communique")
COUNTS_EVERY_S, WORDS_EVERY_S = 10.0, 60.0
# Exit statuses; 75 is EX_TEMPFAIL of sysexits.h, which systemd and cron wrappers take as "later".
FAILED, USAGE, SOME_FAILED, LOCKED = 1, 2, 3, 75

ShowProgress = Callable[[str, int, int | None], None]


class Report(Protocol):
    """What came of one office."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""

    def sentences(self) -> list[str]:
        """For people."""


def drop_output() -> None:
    """Let go of what standard output refused: the interpreter would try again at its end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def show_progress(what: str, *, is_counted: bool = True) -> Iterator[ShowProgress]:
    """A function to call with words, how much is done, and of how much (None while unknown). Where
    it is not counted, the words say all.
    """
    if sys.stderr.isatty():
        words = TextColumn("{task.description}", table_column=Column(no_wrap=True))
        counts = (BarColumn(), MofNCompleteColumn()) if is_counted else ()
        columns = (words, *counts, TimeElapsedColumn())
        console, is_seen = Console(stderr=True), sys.stdout.isatty()
        with Progress(*columns, console=console, transient=True, redirect_stdout=is_seen) as bar:
            task = bar.add_task(what, total=None)
            yield lambda words, done, total: bar.update(
                task, description=words, completed=done, total=total
            )
        return
    last, every_s = time.monotonic(), COUNTS_EVERY_S if is_counted else WORDS_EVERY_S

    def line(words: str, done: int, total: int | None) -> None:
        nonlocal last
        if time.monotonic() - last >= every_s:
            last = time.monotonic()
            counts = f": {done:,}{f' of {total:,}' if total else ''}" if is_counted else ""
            log.info("%s%s", words, counts)

    yield line


def show_reports(reports: Iterable[Report], as_json: bool) -> None:
    """Print reports: for programs as a JSON list, for people one after another."""
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], ensure_ascii=False))
        return
    for report in reports:
        click.echo("\n".join(report.sentences()))
