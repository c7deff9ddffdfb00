"""What identifies one release or one case: addresses and dockets, as nodes of a query tree."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from corpus import offices
from corpus.reading import address
from corpus.release import release_id
from indexer.analysis.analyzer import words

# Numbers of cases are written with any number of zeros before them, up to so many digits; mostly
# with none, or to so many.
DIGITS, PADDED = 6, 5
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
NUMBER = re.compile(r"\d\d-\d{1,4}")
DOCKET = re.compile(r"(?:\d{1,2}:)?(\d\d(?:\d\d)?)-([a-z]{2})-(\d{1,6})(?:-[a-z]{1,4}\d*)*", re.I)


def ids_at(typed: str) -> list[str]:
    """The ids that a release at an address has, one for each office that publishes on its host."""
    url = address.normalize(typed if "://" in typed else f"https://{typed}")
    if not address.is_address(url):
        return []
    host = address.split(url).hostname
    found = [name for name, office in offices().items() if host in office.hosts]
    return [release_id(name, offices()[name].canonical(url)) for name in found]


def docket_spellings(typed: str) -> list[list[str]]:
    """The words of a docket, its number with and without zeros; its division and the initials of
    its judges are left out. None where it is no docket.
    """
    if not (found := DOCKET.fullmatch(typed.strip())):
        return []
    year, kind, number = found[1], found[2].lower(), str(int(found[3]))
    return [[year, kind, number.zfill(size)] for size in range(len(number), DIGITS + 1)]


def similar(typed: str) -> str | None:
    """A query for what is like an identifier: the words of an address, or all numbers or dockets
    that differ in the last digit; None of anything else.
    """
    if ADDRESS.fullmatch(typed):
        last = unquote(urlsplit(typed).path).rstrip("/").rpartition("/")[2]
        return " ".join(filter(str.isalpha, words(last.partition(".")[0]))) or None
    if NUMBER.fullmatch(typed):
        return f"number:{typed[:-1]}*"
    if docket := DOCKET.fullmatch(typed):
        year, kind, number = docket[1], docket[2], str(int(docket[3]))
        either = (f"{year}-{kind}-{each[:-1]}*" for each in (number, number.zfill(PADDED)))
        return f"({' OR '.join(either)})"
    return None
