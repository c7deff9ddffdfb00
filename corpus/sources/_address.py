"""Canonical addresses of releases, where the path alone selects one."""

from __future__ import annotations

from urllib.parse import urlunsplit

from corpus.reading.address import normalize, split


def canonical(url: str) -> str:
    """The canonical address: by https, without query and final slash."""
    parts = split(normalize(url))
    return urlunsplit(("https", parts.netloc, parts.path.rstrip("/"), "", ""))
