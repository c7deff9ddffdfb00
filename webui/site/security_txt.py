"""/.well-known/security.txt (RFC 9116): where to report a vulnerability of this service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Response, abort

from corpus import Settings

# The RFC asks for less than a year; readers take an expired file for an abandoned one.
LASTS = timedelta(days=180)


def security(settings: Settings) -> Response:
    """The file; 404 where the operator names no contact."""
    if not settings.security_contact:
        abort(404)
    expires = (datetime.now(UTC) + LASTS).strftime("%Y-%m-%dT00:00:00Z")
    lines = (
        f"Contact: {settings.security_contact}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
    )
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
