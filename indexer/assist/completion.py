"""How a query can go on: words that follow its own somewhere, titles, offices, topics, statutes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice
from typing import Literal

from corpus import office_title
from corpus.statutes.wording import query_words, statute_label
from indexer.analysis.analyzer import WORD, fold, query_stems, words
from indexer.engine.results import Query
from indexer.engine.searcher import Searcher
from indexer.query import tree
from indexer.query.interpretation.fields import TEXT_FIELDS
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTES
from indexer.query.parser import parse
from indexer.query.written_forms import is_function, remembered, words_to_look_up

HYPHENS = "-\u2010\u2011"
# A field, the parts of a compound before the last one, and the last word, of which more is to come.
LAST_WORD = re.compile(rf"(?:^|[\s(\"])(?:(\w+):)?((?:\w+[{HYPHENS}])*)({WORD.pattern})$")
# What may stand between words that follow each other: blanks, "&", hyphens, the points of initials.
BETWEEN = re.compile(rf"\.?\s+(?:&\s+)?|[.{HYPHENS}]")
# A query without operators and fields.
PLAIN = re.compile(r"[\w\s.,§’'&-]+")
SHORTEST_PREFIX = 2
# So many words before the last one decide what follows; further back nothing is read.
MOST_BEFORE, MOST_CHARS = 3, 200
MOST_WORDS, MOST_NEXT, MOST_VALUES = 4, 2, 2
Kind = Literal["words", "title", "office", "topic", "statute"]
VALUES: tuple[Kind, ...] = ("office", "topic", "statute")


@dataclass(frozen=True)
class Completion:
    """A whole query, what it is shown as, and how many releases it finds."""

    query: str
    label: str
    total: int
    kind: Kind


# Completions, and how many of them are offered.
Group = tuple[Sequence[Completion], int]


def completions(typed: str, searcher: Searcher, language: str) -> list[Completion]:
    """Queries that go on where the last word stops, none of which finds nothing: first words, the
    most frequent ones first, of forms of one word the first.
    """
    written = typed.translate(QUOTES)
    last = LAST_WORD.search(written)
    if not last or len(last[3]) < SHORTEST_PREFIX or last[3] in OPERATORS:
        return []
    if last[1] and last[1].lower() not in TEXT_FIELDS:
        return []
    begun, is_quoted = written[: last.start(3)], written.count('"') % 2 == 1
    before = _words_before(last[2] if last[1] else begun)
    endings = _endings(before, last[3], searcher, is_quoted=is_quoted)
    queries = _distinct(f"{begun}{ending}" + '"' * is_quoted for ending in endings)
    groups: list[Group] = [([Completion(each, each, 0, "words") for each in queries], MOST_WORDS)]
    if PLAIN.fullmatch(written) and not {*written.split()} & {*OPERATORS}:
        groups.append(([*_values(written, searcher, language)], MOST_VALUES))
        groups.append((_titles(tuple(words(queries[0])), searcher) if queries else [], 1))
    return _counted(groups, searcher)


def _words_before(begun: str) -> tuple[str, ...]:
    """The last words before the one that is being typed, as far as nothing parts them."""
    tail, found = begun[-MOST_CHARS:], list[str]()
    end = len(tail)
    for match in reversed([*WORD.finditer(tail)]):
        if not BETWEEN.fullmatch(tail, match.end(), end) or match[0] in OPERATORS:
            break
        found, end = [match[0], *found], match.start()
    return tuple(words(" ".join(found)))[-MOST_BEFORE:]


def _endings(
    before: tuple[str, ...], begun: str, searcher: Searcher, *, is_quoted: bool
) -> list[str]:
    """What can stand in place of a begun word: words that begin so and follow the others, or as
    many of the last of them as ever occur; and the word itself with one behind it, first if it is
    a function word, last if there are few others.
    """
    find = partial(_telling, searcher, is_quoted=is_quoted)
    found: list[str] = []
    for start in range(len(before) + 1):
        if found := find(fold(begun), before[start:]):
            break
    found = [begun if word == fold(begun) else word for word in found]
    is_led = bool(before) and is_function(begun)
    if not is_led and (begun not in found or len(found) >= MOST_WORDS):
        return found
    behind = find("", (*before, fold(begun))[-MOST_BEFORE:])
    longer = [f"{begun} {word}" for word in behind]
    return longer + found if is_led else found + longer[:MOST_NEXT]


def _telling(
    searcher: Searcher, prefix: str, after: tuple[str, ...], *, is_quoted: bool
) -> list[str]:
    """Completed words, without function words, which find nothing more unless they are quoted; the
    next words of a phrase without numbers, which may be dates.
    """
    for most in (2 * MOST_WORDS, 10 * MOST_WORDS):
        completed = searcher.autocomplete(prefix, most, after)
        found = [
            word
            for word in completed
            if (is_quoted or not is_function(word)) and (prefix or word.isalpha())
        ]
        if len(found) >= MOST_WORDS or len(completed) < most:
            break
    return found


def _distinct(queries: Iterable[str]) -> list[str]:
    """Of queries that ask for the same, the first one."""
    by_words: dict[str | tuple[str, ...], str] = {}
    for query in queries:
        by_words.setdefault(_asked_words(query), query)
    return [*by_words.values()]


def _asked_words(query: str) -> str | tuple[str, ...]:
    """What a query asks for: the stems of its words, or the words as they are in a phrase."""
    return query if '"' in query else tuple(query_stems(word, ())[0] for word in words(query))


def _counted(groups: Sequence[Group], searcher: Searcher) -> list[Completion]:
    """The first completions of each group that find anything, all of them counted together."""
    attested, totals = remembered(searcher.attested), dict[str, int]()
    while queries := [query for group in groups for query in _uncounted(*group, totals)]:
        attested({word for query in queries for word in words_to_look_up(query)})
        asked = [Query(parse(query, attested=attested).tree) for query in queries]
        totals |= zip(queries, searcher.totals(asked), strict=True)
    return [
        replace(each, total=totals[each.query])
        for some, most in groups
        for each in islice((each for each in some if totals.get(each.query)), most)
    ]


def _uncounted(some: Sequence[Completion], most: int, totals: Mapping[str, int]) -> list[str]:
    """The next queries to count, until so many are known to find anything: the first ones, then
    more at once.
    """
    counted = [each.query for each in some if each.query in totals]
    if sum(bool(totals[query]) for query in counted) >= most:
        return []
    more = 2 * MOST_WORDS if counted else most
    return [each.query for each in some if each.query not in totals][:more]


def _titles(phrase: tuple[str, ...], searcher: Searcher) -> list[Completion]:
    """The newest title that has some words one after another."""
    if len(phrase) < 2:
        return []
    node = tree.Phrase("title", phrase)
    asked = Query(node, sort="newest", size=1, facets=(), has_timeline=False, is_explained=False)
    titles = [hit.title.text for hit in searcher.search(asked).hits]
    plain = [title.translate(QUOTES).replace('"', "") for title in titles]
    pairs = zip(plain, titles, strict=True)
    return [Completion(f'title:"{query}"', title, 0, "title") for query, title in pairs]


def _values(typed: str, searcher: Searcher, language: str) -> Iterator[Completion]:
    """Offices, topics and statutes in whose names the typed words are, the last one as a prefix."""
    asked = _name_words(typed)
    for kind in VALUES:
        for value, _ in searcher.facet_values(kind):
            name, query = _named(kind, value, language)
            if _is_begun(asked, _name_words(name)):
                yield Completion(query, name, 0, kind)


@lru_cache(maxsize=10_000)
def _named(kind: Kind, value: str, language: str) -> tuple[str, str]:
    """A value of a facet as readers know it, and the query for it."""
    match kind:
        case "office":
            return office_title(value), f"office:{value}"
        case "statute":
            return statute_label(value, language), query_words(value, language)
        case _:
            return value, f'{kind}:"{value}"'


@lru_cache(maxsize=10_000)
def _name_words(name: str) -> tuple[str, ...]:
    """The words of a name; "U.S.C." is one."""
    return tuple(words(name.replace(".", "")))


def _is_begun(asked: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether some words are in a name one after another, the last one perhaps as its beginning."""
    whole, last = asked[:-1], asked[-1]
    return any(
        name[end].startswith(last) and name[end - len(whole) : end] == whole
        for end in range(len(whole), len(name))
    )
