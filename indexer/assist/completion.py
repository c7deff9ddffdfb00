"""How a query can go on: words that follow its own somewhere, titles, offices, topics, statutes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Literal

from corpus import office_title
from corpus.statutes.wording import query_words, statute_label
from indexer.analysis.analyzer import WORD, fold, query_stems, words
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query import tree
from indexer.query.interpretation.fields import TEXT_FIELDS
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTES
from indexer.query.parser import parse

LAST_WORD = re.compile(rf"(?:^|[\s(\"])(?:(\w+):)?({WORD.pattern})$")
# A query without operators and fields.
PLAIN = re.compile(r"[\w\s.,§’'&-]+")
SHORTEST_PREFIX = 2
# So many words before the last one decide what follows; further back nothing is read.
MOST_BEFORE, MOST_CHARS = 3, 200
MOST_WORDS, MOST_VALUES, MOST_TITLES = 4, 2, 1
Kind = Literal["words", "title", "office", "topic", "statute"]
VALUES: tuple[Kind, ...] = ("office", "topic", "statute")


@dataclass(frozen=True)
class Completion:
    """A whole query, what it is shown as, and how many releases it finds."""

    query: str
    label: str
    total: int
    kind: Kind


def completions(typed: str, engine: Engine, language: str) -> list[Completion]:
    """Queries that go on where the last word stops, none of which finds nothing: first words, the
    most frequent ones first, of forms of one word the first.
    """
    written = typed.translate(QUOTES)
    last = LAST_WORD.search(written)
    if not last or len(last[2]) < SHORTEST_PREFIX or last[2] in OPERATORS:
        return []
    if last[1] and last[1].lower() not in TEXT_FIELDS:
        return []
    begun, prefix = written[: last.start(2)], fold(last[2])
    before = () if last[1] else _words_before(begun)
    after = '"' if written.count('"') % 2 else ""
    queries = [f"{begun}{word}{after}" for word in _following(before, prefix, engine)]
    found = _counted({query: query for query in queries}, "words", engine, MOST_WORDS)
    if PLAIN.fullmatch(written) and not {*written.split()} & {*OPERATORS}:
        phrase = tuple(words(found[0].query)) if found else ()
        found += [*_values(written, engine, language), *_titles(phrase, engine)]
    return found


def _words_before(begun: str) -> tuple[str, ...]:
    """The last words before the one that is being typed, as far as nothing parts them."""
    tail, found = begun[-MOST_CHARS:], list[str]()
    end = len(tail)
    for match in reversed([*WORD.finditer(tail)]):
        if not tail[match.end() : end].isspace() or match[0] in OPERATORS:
            break
        found, end = [match[0], *found], match.start()
    return tuple(words(" ".join(found)))[-MOST_BEFORE:]


def _following(before: tuple[str, ...], prefix: str, engine: Engine) -> list[str]:
    """Words with a prefix that follow the others, or as many of the last of them as ever occur."""
    for start in range(len(before) + 1):
        found = engine.autocomplete(prefix, 2 * MOST_WORDS, before[start:])
        if found := [word for word in found if word != prefix]:
            return found
    return []


def _counted(labels: Mapping[str, str], kind: Kind, engine: Engine, most: int) -> list[Completion]:
    """The first queries that find anything; of those that ask for the same, the first one."""
    by_words: dict[str | tuple[tuple[str, ...], ...], str] = {}
    for query in labels:
        by_words.setdefault(_asked_words(query), query)
    found = (
        Completion(query, labels[query], total, kind)
        for query in by_words.values()
        if (total := engine.total(Query(parse(query, attested=engine.attested).tree)))
    )
    return [*islice(found, most)]


def _asked_words(query: str) -> str | tuple[tuple[str, ...], ...]:
    """What a query asks for: the stems of its words, or the words as they are in a phrase."""
    return query if '"' in query else tuple(tuple(query_stems(w, ())) for w in words(query))


def _titles(phrase: tuple[str, ...], engine: Engine) -> list[Completion]:
    """The newest title that has some words one after another."""
    if len(phrase) < 2:
        return []
    hits = engine.search(_bare(tree.Phrase("title", phrase), MOST_TITLES)).hits
    found = []
    for title in [hit.title.text for hit in hits]:
        query = f'title:"{title.translate(QUOTES).replace(chr(34), "")}"'
        total = engine.total(Query(tree.Phrase("title", tuple(words(title)))))
        found.append(Completion(query, title, total, "title"))
    return found


def _values(typed: str, engine: Engine, language: str) -> list[Completion]:
    """Offices, topics and statutes in whose names the typed words are, the last one as a prefix."""
    facets = {each.name: each.counts for each in engine.search(_bare(None, 0, VALUES)).facets}
    asked = _name_words(typed)
    found: list[Completion] = []
    for kind in VALUES:
        named = (_named(kind, value, language) for value, _ in facets[kind])
        begun = {query: name for name, query in named if _is_begun(asked, _name_words(name))}
        found += _counted(begun, kind, engine, MOST_VALUES - len(found))
    return found


def _bare(node: tree.Node | None, size: int, facets: tuple[str, ...] = ()) -> Query:
    return Query(
        node, sort="newest", size=size, facets=facets, has_timeline=False, is_explained=False
    )


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
