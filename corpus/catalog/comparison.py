"""Whether what was observed differs from the version that the catalog has, and in what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from corpus.release import FACTS, Provenance

# All that a reader makes of a response.
DERIVED = (*FACTS, "language", "place", "signature", "kind", "alternates", "shapes", "statutes")
# None where what was crawled so far never states them; empty where it states that there are none.
LISTS = ("topics", "components", "attachments")


def differs(old: Row[Any], values: dict[str, Any]) -> bool:
    """Whether a stated fact differs; a list unknown so far is learned, not changed."""
    for name in values.keys() & set(FACTS):
        was, now = getattr(old, name), values[name]
        if was != now and not (name in LISTS and None in (was, now)):
            return True
    return False


def is_same_bytes(old: Row[Any] | Provenance, values: dict[str, Any]) -> bool:
    """Whether both were read from the same bytes: what differs is then our reader's doing."""
    names = ("part_sha256",) if old.part_sha256 and values["part_sha256"] else ("sha256",)
    return all(getattr(old, name) == values[name] for name in names)


def improved(old: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """What today's reader makes otherwise of the bytes that a version was read from, itself
    included.
    """
    read_by = ("reader", "reader_version", "part_sha256", "statute_rules")
    names = values.keys() & {*DERIVED, *read_by}
    return {name: values[name] for name in names if getattr(old, name) != values[name]}


def learned(old: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The stated facts that were unknown so far."""
    return {
        name: values[name]
        for name in FACTS
        if getattr(old, name) is None and values.get(name) is not None
    }
