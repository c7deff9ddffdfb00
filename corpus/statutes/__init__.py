"""Finds the statutes that a text cites, whatever the punctuation: a normalized key and its place.

Keys go from wide to narrow: us/usc/18/924/c/1/A, kz/cc/190/4 (article 190, part 4 of the Criminal
Code), kz/cc/99/3/2 (and point 2). A mention is also found by its `enclosing_keys`.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Annotated, NamedTuple

from corpus.statutes.articles import articles
from corpus.statutes.codes import CODES
from corpus.statutes.us_code import sections

# Raise it when the rules change: statutes derived by older rules are then derived again.
RULES_VERSION = 1
KEY = re.compile(
    rf"[a-z]+/(?:usc/\d+|{'|'.join(code.key for code in CODES)})(?:/[\w.-]+)+", re.ASCII
)
# Between two paragraphs: with white space only, a mention could continue into the next one.
PARTING = "\n¶\n"


class Mention(NamedTuple):
    """A statute cited in a text, and where: characters from start up to end."""

    key: str
    start: int
    end: int


class Cited(NamedTuple):
    """A statute that a release cites, and where: the paragraph, from 1 (0 is the title), and
    characters in it from start up to end.
    """

    key: Annotated[str, "the statute, to filter by its section, or to search for as statute:..."]
    paragraph: Annotated[int, "the paragraph, from 1; 0 is the title"]
    start: Annotated[int, "where it begins there, in code points"]
    end: Annotated[int, "where it ends"]


def find_citations(title: str, body: Sequence[str], language: str, country: str) -> list[Cited]:
    """The statutes that a release cites, in order; a code named once holds for what follows."""
    texts = [title, *body]
    starts = [*accumulate((len(each) + len(PARTING) for each in texts), initial=0)]
    citations = []
    for key, start, end in find_mentions(PARTING.join(texts), language, country.lower()):
        paragraph = bisect(starts, start) - 1
        begin, size = starts[paragraph], len(texts[paragraph])
        citations.append(Cited(key, paragraph, start - begin, min(end - begin, size)))
    return citations


def keys(citations: Iterable[Cited]) -> list[str]:
    """The keys of citations, each once, in order."""
    return [*dict.fromkeys(each.key for each in citations)]


def find_mentions(text: str, language: str, country: str) -> list[Mention]:
    """The statutes that a text in a language, of an office in a country, cites, in order.

    An article without the name of its code belongs to the code named next to it or last before it,
    else to the Criminal Code; in a text of another country, to none.
    """
    mentions = [Mention(*each) for each in sections(text)]
    if language != "en" or country != "us":
        mentions += [Mention(*each) for each in articles(text, country)]
    return sorted(set(mentions), key=lambda each: (each.start, each.end, each.key))


def parse_key(typed: str) -> str | None:
    """The key of the statute that a query is, or None; without a country, of Kazakhstan."""
    typed = typed.strip()
    if KEY.fullmatch(typed):
        return typed
    whole = re.sub(r"\W+", "", typed)
    for mention in find_mentions(typed, "", "kz"):
        if re.sub(r"\W+", "", typed[mention.start : mention.end]) == whole:
            return mention.key
    return None


def enclosing_keys(key: str) -> list[str]:
    """A key and those of the parts that contain it, from the article or section on."""
    parts = key.split("/")
    first = 4 if parts[1] == "usc" else 3
    return ["/".join(parts[:width]) for width in range(first, len(parts) + 1)]


def section(key: str) -> str:
    """The section or article that a key is of."""
    return enclosing_keys(key)[0]
