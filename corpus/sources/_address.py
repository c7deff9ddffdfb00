"""How offices spell the addresses of their releases, where the path alone selects one."""

from __future__ import annotations

from urllib.parse import urlunsplit

from corpus.reading.address import normalize, split


def canonical(url: str) -> str:
    """In one spelling, by https, no query, no final slash."""
    parts = split(normalize(url))
    return urlunsplit(("https", parts.netloc, parts.path.rstrip("/"), "", ""))
