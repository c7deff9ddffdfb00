"""The position at which the next page begins, as an opaque argument of its address.

It holds the position of the last hit, which needs no memory of the server, and a digest of what was
asked, so that it cannot slip into another query. A forged one reaches what anybody may ask for: no
key signs it.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date

from marshmallow import ValidationError

from indexer.engine.results import Position
from webui.view.search_state import SearchState

DIGEST_BYTES = 6


def write_cursor(position: Position, state: SearchState, sort: str) -> str:
    """The cursor for a position in the hits of a search, in an order."""
    day, id_ = position
    values = json.dumps([day and day.isoformat(), id_, _digest(state, sort)])
    return urlsafe_b64encode(values.encode()).decode().rstrip("=")


def read_cursor(cursor: str, state: SearchState, sort: str) -> Position:
    """The position of a cursor. Raises ValidationError where it is none, or of another query."""
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        day, id_, digest = values
        position = date.fromisoformat(day) if day is not None else None, str(id_)
    except (ValueError, TypeError, RecursionError):
        raise ValidationError("This is no cursor; take the address in next as it is.") from None
    if digest != _digest(state, sort):
        raise ValidationError("This cursor belongs to another query, to other filters or order.")
    return position


def _digest(state: SearchState, sort: str) -> str:
    identity = json.dumps([state.words, state.filter_pairs(), sort])
    return hashlib.blake2b(identity.encode(), digest_size=DIGEST_BYTES).hexdigest()
