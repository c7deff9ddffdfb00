"""Values of facets that no release has: asked for by a slip, they would look like a silence."""

from __future__ import annotations

from corpus.statutes.wording import statute_label
from indexer.engine.interface import Engine
from indexer.engine.results import FACETS, Facet, Query
from indexer.query.message import Message
from indexer.query.tree import values_asked

# Facets whose values can be typed as they are, such as office:us_doj; of those with few values,
# all are listed.
TYPED = ("office", "country", "language", "matter", "stage", "offense", "court")
MOST_LISTED = 40


def unknown_values(query: Query, found: tuple[Facet, ...], engine: Engine) -> list[Message]:
    """A sentence for each requested value of a facet that no release has; values of the query's own
    facets, `found`, are known to exist.
    """
    asked = {name: [*query.filters.values(name)] for name in FACETS}
    for name in TYPED:
        asked[name] += values_asked(query.tree, name)
    there = _values(found)
    if all(value in there.get(name, ()) for name, values in asked.items() for value in values):
        return []
    there = _values(engine.search(Query(size=1)).facets)
    return [
        _sentence(name, value, sorted(there[name]) if _is_listed(name, there) else [])
        for name, values in asked.items()
        for value in dict.fromkeys(values)
        if value not in there[name]
    ]


def _is_listed(name: str, there: dict[str, list[str]]) -> bool:
    return name in TYPED and len(there[name]) <= MOST_LISTED


def _sentence(name: str, value: str, there: list[str]) -> Message:
    if name == "statute":
        value = statute_label(value, "en")
    if not there:
        return Message("No release has the {name} “{value}”.", name=name, value=value)
    return Message(
        "No release has the {name} “{value}”. Available: {there}.",
        name=name,
        value=value,
        there=", ".join(there),
    )


def _values(facets: tuple[Facet, ...]) -> dict[str, list[str]]:
    return {facet.name: [value for value, number in facet.counts if number] for facet in facets}
