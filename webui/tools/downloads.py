"""Files that are streamed to readers: a few at a time, in blocks that are worth sending."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from time import monotonic, sleep
from typing import NoReturn

from flask import Response
from flask_babel import gettext
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from indexer.deadline import metered
from webui.site.clients import client
from webui.site.sharing import Slots, SlotsTakenError

# So many at a time, in all processes: each occupies a thread while its client reads.
DOWNLOADS = 6
RETRY_AFTER_S = 60
# Most files take less time than that; a client waits so long for a slot.
PATIENCE_S, LOOK_S = 5.0, 0.1
BLOCK_CHARS = 16_000
# Processor time for a file's rows; one that takes more breaks off, so as not to pass for whole.
FILE_S = 60.0
TABLE_TYPE = "text/csv"


class Downloads:
    """Slots for files that are long in the making, one a client; all pages of an app share them."""

    def __init__(self) -> None:
        self.slots = Slots(DOWNLOADS)

    def slot(self) -> ExitStack:
        """A slot, given back when the stack is closed; if none gets free, the answer says so."""
        until = monotonic() + PATIENCE_S
        while True:
            try:
                return self.slots.take(client())
            except SlotsTakenError as error:
                if error.is_own or monotonic() > until:
                    _refuse_download(error)
            sleep(LOOK_S)


def file(
    lines: Iterator[str], media_type: str, what: str, at: datetime, ending: str, slot: ExitStack
) -> Response:
    """Lines as a file named after its content and time; closes `slot` when sent."""
    blocks = metered(_blocks(lines, slot), FILE_S)
    response = Response(blocks, content_type=f"{media_type}; charset=utf-8")
    name = f"communique-{what}-{at:%Y%m%dT%H%M%SZ}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.call_on_close(slot.close)  # also where nothing was read of it
    return response


def _blocks(lines: Iterator[str], slot: ExitStack) -> Iterator[bytes]:
    """Lines joined to blocks; closes `slot` at their end."""
    buffer: list[str] = []
    size = 0
    with slot:
        for line in lines:
            buffer.append(line)
            size += len(line)
            if size >= BLOCK_CHARS:
                yield "".join(buffer).encode()
                buffer, size = [], 0
        yield "".join(buffer).encode()


def _refuse_download(error: SlotsTakenError) -> NoReturn:
    if error.is_own:
        words = gettext(
            "Your network address is already downloading a file; the limit is one file "
            "at a time. Try again when the download is complete."
        )
        raise TooManyRequests(words, retry_after=RETRY_AFTER_S) from error
    words = gettext("Too many downloads in progress. Try again in a minute.")
    raise ServiceUnavailable(words, retry_after=RETRY_AFTER_S) from error
