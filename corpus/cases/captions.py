"""Dockets and captions: the numbers and names that courts give to cases -> keys."""

import re
from collections.abc import Iterator

from corpus.facts.districts import STATE_CODES

DOCKET = re.compile(r"(?:19|20)?(\d\d)[\s-]*(cr|cv|mj|mc|cm|civ|crim)[a-z]*\.?[\s-]*0*(\d+)", re.I)
SHORT = {"civ": "cv", "crim": "cr"}
# The government's own cases. Others are often cited as precedents.
CAPTION = re.compile(
    r"\b(?:United\s+States(?:\s+of\s+America)?|U\.\s?S\.(?:\s?A\.)?)"
    r"(?:,?\s+(?:et\s+al\.,?\s+)?ex\s+rel\.?\s+(?P<relator>[A-Z][\w’'-]+)[^;:]{0,60}?)?"
    r"\s+vs?\.\s+(?P<party>(?:(?:[A-Z0-9][\w.&’'-]*|of|the|and),?\s*){1,6})"
)
# Who holds an office, or governs, is a party of many cases.
GOVERNMENT = re.compile(
    rf"\b(?:State|Commonwealth|City|County|Town|Village|Board|Department|Attorney|Governor|Sheriff"
    rf"|Secretary|School|{'|'.join(map(re.escape, STATE_CODES))})\b"
)
WORD = re.compile(r"[^\W_]{2,}")
STOP = frozenset({"of", "the", "and", "estate", "inc", "llc", "corp", "co", "no", "dr"})


def docket_key(number: str) -> str:
    """The year, kind and number of a docket, without the court's division and judges' initials."""
    if match := DOCKET.search(number):
        year, kind, count = match.groups()
        return f"{year}-{SHORT.get(kind.lower(), kind.lower())}-{count}"
    return "".join(number.split()).casefold()


def captions(text: str) -> Iterator[tuple[str, int, int]]:
    """The key and place of each caption in a paragraph: the relator's name and the first words of
    the party's.
    """
    if " v" not in text:
        return
    for match in CAPTION.finditer(text):
        if GOVERNMENT.search(match["party"]) and not match["relator"]:
            continue
        party = match["party"].casefold().partition(" et al")[0]
        words = [word for word in WORD.findall(party) if word not in STOP]
        first = [match["relator"].casefold(), *words[:1]] if match["relator"] else words[:2]
        if words:
            yield " ".join(first), match.start(), match.start() + len(match[0].rstrip(" ,"))
