"""The log: lines on standard error, each with its time in UTC and its level, as text or JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from contextlib import suppress
from typing import Any

# Our own packages; of libraries, only warnings are shown.
PACKAGES = ("communique", "corpus", "indexer", "webui")
# The levels of syslog, by which `journalctl -p warning` chooses.
PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3}


def start_logging(log_format: str) -> None:
    """Write the log from now on, as "text" or "json"."""
    handler = _StandardError()
    handler.setFormatter(_Json() if log_format == "json" else _Text())
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in PACKAGES:
        logging.getLogger(name).setLevel(logging.INFO)


class _StandardError(logging.Handler):
    """Standard error as it is at that moment: a progress bar writes above itself."""

    def __init__(self) -> None:
        super().__init__()
        self.has_journal = _is_journal()

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # a full disk; there is no other place to say so
            prefix = f"<{PRIORITIES.get(record.levelno, 6)}>" if self.has_journal else ""
            sys.stderr.write(f"{prefix}{self.format(record)}\n")


class _Text(logging.Formatter):
    """For people: `2026-01-02T03:04:05Z WARNING what happened`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        trace = getattr(record, "fields", {}).get("traceback")
        return super().format(record) + (f"\n{trace}" if trace else "")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (its name there)
        """One line, whatever a website or a client put into it."""
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


class _Json(logging.Formatter):
    """For programs: an object a line; `fields` of a record are members of their own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line | getattr(record, "fields", {}), ensure_ascii=False, default=str)


def _is_journal() -> bool:
    """Whether systemd's journal reads standard error (systemd.exec(5), JOURNAL_STREAM)."""
    with suppress(OSError, ValueError):
        there = os.fstat(sys.stderr.fileno())
        return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"
    return False
