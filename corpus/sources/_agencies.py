"""What offices share that open a release as agencies do: "OAKLAND – The Attorney General ..."."""

from __future__ import annotations

import re

# A subheading or two may come first.
OPENING = 4
CITY = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.’' -]+"
PLACE = re.compile(
    # "OAKLAND", "WASHINGTON, D.C.", "NEW YORK, N.Y.", "SACRAMENTO, Calif."
    rf"(?P<place>{CITY}(?:, (?:{CITY}|[A-Z][a-z]{{1,5}}\.?))?)(?:\s*(?:—|–|--)\s*|\s-\s)[\"“‘']?\w"
)
# Capitals before a dash that are no place.
LABEL = re.compile(
    r"\b(ADVISORY|ALERT|CORRECTION|INVITATION|MEDIA|NEWS|STATEMENT|UPDATED?|VIDEO)\b"
)


def dateline(body: list[str]) -> str | None:
    """The place that a release was given out at, as it stands before the dash."""
    for paragraph in body[:OPENING]:
        found = PLACE.match(paragraph)
        if found and not LABEL.search(found["place"]):
            return found["place"].strip()
    return None
