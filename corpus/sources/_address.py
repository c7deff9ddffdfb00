"""How offices spell the addresses of their releases, where the path alone selects one."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def canonical(url: str) -> str:
    """Scheme and host in one spelling, no query, no final slash."""
    parts = urlsplit(url)
    return urlunsplit(("https", parts.netloc.lower(), parts.path.rstrip("/"), "", ""))
