"""Exceptions that nobody foresaw: the traceback goes to errors.log in the data folder, one sentence
comes out.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from traceback import format_exception

from corpus.errors import CommuniqueError, describe
from corpus.settings import Settings

FILE = "errors.log"
# An error on every page must not fill the disk: the log begins anew when it is so long.
MOST_BYTES = 5_000_000


def sentence(error: Exception, settings: Settings, about: str) -> str:
    """What an error says; one of ours says it itself, and needs no traceback."""
    if isinstance(error, CommuniqueError):
        return str(error)
    return f"An unforeseen error: {describe(error)}. {log(error, settings, about)}"


def log(error: BaseException, settings: Settings, about: str) -> str:
    """Write an error's traceback down; a sentence on where it is."""
    path = settings.data / FILE
    with suppress(OSError):  # of a full disk the sentence tells as well
        is_full = path.exists() and path.stat().st_size > MOST_BYTES
        with path.open("w" if is_full else "a", encoding="utf-8", errors="replace") as file:
            print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {about}", file=file)
            print(*format_exception(error), sep="", file=file)
    return f"The traceback is in {path}."
