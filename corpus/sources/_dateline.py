"""The place that an American release opens with: "HARRISBURG — ...", "Richmond, VA - ..."."""

from __future__ import annotations

import re

STATE = r",\s(?:[A-Z]{2}|[A-Z][a-z]{1,4}\.|D\.C\.|Oregon|Pennsylvania|Virginia)"
# A place in capitals, or with its state behind it; then perhaps the day in brackets; then a dash.
DATELINE = re.compile(
    rf"(?P<place>[A-Z][A-Z.'’-]{{2,}}(?:\s[A-Z.'’-]+){{0,2}}(?:{STATE})?"
    rf"|[A-Z][\w.'’ -]{{1,30}}?{STATE})"
    r"\s?(?:\([^()]{0,30}\)\s?)?(?:[–—]|--?\s)"
)
# Subheadings stand above it.
SOUGHT = 4


def dateline(body: list[str]) -> str | None:
    """The place of the first paragraph that opens with one, among the topmost; else None."""
    found = (DATELINE.match(paragraph) for paragraph in body[:SOUGHT])
    return next((each["place"] for each in found if each), None)
