"""Logs unexpected exceptions with their tracebacks to errors.log in the data folder."""

from contextlib import suppress
from datetime import UTC, datetime
from traceback import format_exception

from corpus.errors import CommuniqueError, describe
from corpus.settings import Settings

FILE = "errors.log"
# An error on every page must not fill the disk: a longer log is overwritten.
MOST_BYTES = 5_000_000


def error_sentence(error: Exception, settings: Settings, about: str) -> str:
    """An error as a sentence; an unexpected one is logged with its traceback."""
    if isinstance(error, CommuniqueError):
        return str(error)
    return f"Unexpected error: {describe(error)}. {log_error(error, settings, about)}"


def log_error(error: BaseException, settings: Settings, about: str) -> str:
    """Log an error's traceback; return a sentence on where it is."""
    path = settings.data / FILE
    with suppress(OSError):  # a full disk is in the sentence already
        is_full = path.exists() and path.stat().st_size > MOST_BYTES
        with path.open("w" if is_full else "a", encoding="utf-8", errors="replace") as file:
            print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {about}", file=file)
            print(*format_exception(error), sep="", file=file)
    return f"The traceback is in {path}."
