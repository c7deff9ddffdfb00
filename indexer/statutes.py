"""Statutes that a text cites, whatever the punctuation: a normalised key and its place.

Keys go from wide to narrow: us/usc/18/924/c/1/A, kz/cc/190/4 (article 190, part 4 of the Criminal
Code), kz/cc/99/3/2 (and point 2). `wider` tells what else a mention is found by.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.articles import articles
from indexer.us_code import sections


class Mention(NamedTuple):
    """A statute cited in a text, and where: characters from start up to end."""

    key: str
    start: int
    end: int


def statutes(text: str, language: str, country: str) -> list[Mention]:
    """What a text in that language, of an office in that country, cites, in order.

    An article without the name of its code is of the code named next to it or last before it;
    where no code was named, of the Criminal Code, and in a text of another country of none.
    """
    found = [Mention(*each) for each in sections(text)]
    if language != "en" or country != "us":
        found += [Mention(*each) for each in articles(text, country)]
    return sorted(set(found), key=lambda each: (each.start, each.end, each.key))


def read(typed: str) -> str | None:
    """The key of the statute that a query consists of, or None; without a country, Kazakhstan's."""
    found = statutes(typed.strip(), "", "kz")
    whole = re.sub(r"\W+", "", typed)
    for mention in found:
        if re.sub(r"\W+", "", typed.strip()[mention.start : mention.end]) == whole:
            return mention.key
    return None


def wider(key: str) -> list[str]:
    """A key and all that contain it, down to the article or section: what a mention is found by."""
    parts = key.split("/")
    first = 4 if parts[1] == "usc" else 3
    return ["/".join(parts[:width]) for width in range(first, len(parts) + 1)]
