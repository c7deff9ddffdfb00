"""A command in a process of its own that stops in the middle, says so by a file, and waits."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from corpus import Settings

ROOT = Path(__file__).resolve().parents[1]
DEADLINE_S = 120.0
# Between two looks: to look without a pause would take a processor from the process.
PAUSE_S = 0.02
# Which function stalls at which of its calls, the file; then what to set, and the command.
SCRIPT = """
import importlib, sys, time
from pathlib import Path

place, number, flag, setting, *words = sys.argv[1:]

def found(path):
    module, _, path = path.partition(":")
    owner = importlib.import_module(module)
    *parents, name = path.split(".")
    for each in parents:
        owner = getattr(owner, each)
    return owner, name

if setting:
    path, _, value = setting.partition("=")
    setattr(*found(path), float(value))
if place:
    owner, name = found(place)
    once, left = getattr(owner, name), int(number)

    def stalling(*given, **named):
        global left
        left -= 1
        if left == 0:
            Path(flag).touch()
            time.sleep(600)
        return once(*given, **named)

    setattr(owner, name, stalling)
sys.argv = ["communique", *words]

from communique.__main__ import run
if __name__ == "__main__":
    run()
"""


class Stalling:
    """`with Stalling(settings, "module:function", 3, "crawl", ...) as command`: it has come to the
    third call of that function, or to where `is_there` tells.
    """

    def __init__(
        self,
        settings: Settings,
        place: str,
        number: int,
        *words: str,
        setting: str = "",
        is_there: Callable[[], bool] | None = None,
    ) -> None:
        flag = settings.data.with_name("stalled")
        flag.unlink(missing_ok=True)
        self.is_there = is_there or flag.exists
        given = {"COMMUNIQUE_DATA": str(settings.data), "COMMUNIQUE_CATALOG": settings.catalog}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, place, str(number), str(flag), setting, *words],
            cwd=ROOT,
            env=os.environ | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Stalling:
        wait_for(self.is_there, self.process)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.__exit__(None, None, None)

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        """Its exit status and words after a signal; SIGINT goes to all its processes, as Ctrl-C."""
        children = children_of(self.process.pid)
        (os.killpg if number == signal.SIGINT else os.kill)(self.process.pid, number)
        out, said = self.process.communicate(timeout=DEADLINE_S)
        assert all(map(ends, children)), "a child of it goes on"
        return self.process.returncode, out, said


def wait_for(is_true: Callable[[], bool], process: subprocess.Popen[Any]) -> None:
    """Until a process has come so far; it must not end before."""
    end = time.monotonic() + DEADLINE_S
    while not is_true():
        assert time.monotonic() < end, "it never came so far"
        with suppress(subprocess.TimeoutExpired):
            process.wait(PAUSE_S)
            raise AssertionError(("the process ended by itself", process.communicate()))


def children_of(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, ppid, *_ = path.read_text().rpartition(")")[2].split()
        except OSError:  # it is gone
            continue
        if int(ppid) == parent:
            found.append(int(path.parent.name))
    return found


def ends(process: int, within_s: float = DEADLINE_S) -> bool:
    """Whether a process is gone, or goes in that time."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([handle], [], [], within_s)
    os.close(handle)
    return bool(ended)
