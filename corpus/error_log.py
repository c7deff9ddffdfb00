"""Exceptions that nobody foresaw: the traceback goes to errors.log in the data folder, one sentence
comes out.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from textwrap import shorten
from traceback import format_exception, format_exception_only

from corpus.errors import CommuniqueError
from corpus.settings import Settings

FILE = "errors.log"
# An error on every page must not fill the disk: the log begins anew when it is so long.
MOST_BYTES = 5_000_000
LONGEST = 300  # characters of another's error in ours


def sentence(error: Exception, settings: Settings, about: str) -> str:
    """What an error says; one of ours says it itself, and needs no traceback."""
    if isinstance(error, CommuniqueError):
        return str(error)
    path = settings.data / FILE
    with suppress(OSError):  # of a full disk the sentence tells as well
        is_full = path.exists() and path.stat().st_size > MOST_BYTES
        with path.open("w" if is_full else "a", encoding="utf-8", errors="replace") as log:
            print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {about}", file=log)
            print(*format_exception(error), sep="", file=log)
    words = shorten(format_exception_only(error)[-1], LONGEST, placeholder=" ...").rstrip(".")
    # It goes to terminals and into the catalog, neither of which takes everything.
    told = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
    return f"An unforeseen error: {told}. The traceback is in {path}."
