"""A release as one line of an export: names and shapes that programs rely on."""

from __future__ import annotations

from typing import Any

from corpus import Release, certificate_exception
from corpus.statutes import keys


def release_json(release: Release) -> dict[str, Any]:
    """The facts of a release and how to check them; dates as ISO 8601, unknown as None."""
    return {
        "id": release.id,
        "office": release.office,
        "url": release.url,
        "title": release.title,
        "published": release.published.isoformat() if release.published else None,
        "language": release.language,
        "topics": list(release.topics),
        "components": list(release.components),
        "number": release.number,
        "statutes": None if release.statutes is None else keys(release.statutes),
        "body": list(release.body),
        "fetched_at": release.provenance.fetched_at.isoformat(),
        "sha256": release.provenance.sha256,
        "origin": release.provenance.origin,
        "certificate_exception": certificate_exception(release.provenance),
    }
