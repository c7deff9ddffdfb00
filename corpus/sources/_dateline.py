"""Finds the place that an American release opens with: "OAKLAND – ...", "Richmond, VA - ..."."""

from __future__ import annotations

import re

STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia"
    "|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts"
    "|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey"
    "|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington"
    "|West Virginia|Wisconsin|Wyoming"
)
STATE = rf"(?:[A-Z]{{2}}|[A-Z]\.[A-Z]\.|[A-Z][a-z]{{1,4}}\.|{STATES})"
CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+(?:\s[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+){0,4}"
# In capitals, a place with or without its state; in other letters, only with its state.
PLACE = rf"{CAPITALS}(?:,\s(?:{STATE}|{CAPITALS}))?|[A-Z][\w.'’ -]{{1,30}}?,\s{STATE}"
# Perhaps the date in brackets; then a dash and the text.
DATELINE = re.compile(rf"(?P<place>{PLACE})\s?(?:\([^()]{{0,30}}\)\s?)?(?:[—–]|--|-\s)\s*\S")
# Capitals before a dash that are not a place.
LABEL = re.compile(
    r"\b(ADVISORY|ALERT|CORRECTION|INVITATION|MEDIA|NEWS|PRESS|STATEMENT|UPDATED?|VIDEO)\b"
)
# Subheadings may precede it.
PARAGRAPHS_SEARCHED = 4


def dateline(body: list[str]) -> str | None:
    """The place that one of the first paragraphs opens with; else None."""
    for paragraph in body[:PARAGRAPHS_SEARCHED]:
        match = DATELINE.match(paragraph)
        if match and not LABEL.search(match["place"]):
            return match["place"]
    return None
