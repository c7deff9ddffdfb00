"""A query -> the body of a search, with matches, order and counts; and the counts of its answer.

Filters by facets apply after counting (`post_filter`), so that a facet is counted without its own
filter; a range of days applies before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from indexer.engine import periods
from indexer.engine.fields import FACET_FIELDS
from indexer.engine.periods import Step
from indexer.engine.results import (
    FACETS,
    Facet,
    Filters,
    Frequencies,
    Order,
    Position,
    Query,
)
from indexer.opensearch_engine.index.mapping import (
    BOILERPLATE,
    EVER,
    NEVER,
    NOTED_STEPS,
    OUTSIDE,
    PROFILE,
    facets_of,
    term,
)
from indexer.opensearch_engine.search.translate import Dsl, Lookup, translate
from indexer.query.tree import Node, asks_of_body, with_fields

# A cluster returns at most so many values.
MOST_VALUES = 20_000
# Deeper pages are counted hit by hit.
DEEPEST = 10_000
# What scores are multiplied by to rank below all others.
NEXT_TO_NOTHING = 1e-9
# Facets with several values in most releases.
SEVERAL = ("topic", "component")
NEWEST = [{"newest": "desc"}, {"id": "asc"}]
SORTS: dict[Order, list[dict[str, Any]]] = {
    "relevance": [{"_score": {"order": "desc"}}, *NEWEST],
    "newest": NEWEST,
    "oldest": [{"oldest": "asc"}, {"id": "asc"}],
    "id": [{"id": "asc"}],
}


@dataclass(frozen=True)
class PageRequest:
    """A query's tree as typed, and with spelling variants, which rank below; equal without any.
    What does not match `outside` boilerplate ranks below that and is not counted; None where it
    makes no difference.
    """

    typed: Dsl
    every: Dsl
    outside: Dsl | None = None

    @classmethod
    def alone(cls, dsl: Dsl) -> PageRequest:
        """A query without spelling variants."""
        return cls(dsl, dsl)

    @property
    def has_others(self) -> bool:
        """Whether there are spelling variants."""
        return self.typed != self.every

    @property
    def ranked(self) -> Dsl:
        """A search in which typed hits score 1 more than usual where there are other hits, and
        these less than 1; and those in boilerplate alone next to nothing.
        """
        if self.outside is None:
            return self._spelled
        return {
            "boosting": {
                "positive": self._spelled,
                "negative": {"bool": {"must_not": [self.outside], "_name": BOILERPLATE}},
                "negative_boost": NEXT_TO_NOTHING,
            }
        }

    @property
    def _spelled(self) -> Dsl:
        if not self.has_others:
            return self.every
        typed = _scored(self.typed, "1.0 + _score")
        others = _scored(self.every, "_score / (1.0 + _score)")
        both = {"bool": {"must": [others], "must_not": [self.typed]}}
        return {"bool": {"should": [typed, both], "minimum_should_match": 1}}

    def score(self, given: float, *, only_boilerplate: bool) -> tuple[float, bool]:
        """A hit's score, below 0 where only a spelling variant matches, and below -1 where it does
        so in boilerplate alone; and whether only a variant matches.
        """
        found = (given / NEXT_TO_NOTHING if only_boilerplate else given) - self.has_others
        shown = -1 - 1 / (2 + found) if only_boilerplate else found
        return shown, found < 0


def outside_of(query: Query, node: Node | None, lookup: Lookup) -> Dsl | None:
    """What a query's tree matches outside boilerplate, of all that it matches; None where that
    makes no difference.
    """
    if query.has_boilerplate or node is None or not asks_of_body(node):
        return None
    has_none = {"bool": {"must_not": [{"exists": {"field": "boilerplate"}}]}}
    either = [translate(with_fields(node, OUTSIDE), lookup), has_none]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def sort_of(query: Query) -> list[dict[str, Any]]:
    """The sort order of the hits."""
    return NEWEST if query.sort == "relevance" and not query.is_ranked else SORTS[query.sort]


def score_of(hit: dict[str, Any]) -> float:
    """A hit's score, tracked or from its sort values."""
    tracked = hit["_score"]
    found: float = hit["sort"][0] if tracked is None else tracked
    return found


def within(dsl: Dsl, filters: Filters) -> Dsl:
    """Narrow a search to a range of days."""
    ends = {
        name: day.toordinal()
        for name, day in (("gte", filters.since), ("lte", filters.until))
        if day
    }
    if not ends:
        return dsl
    days = [{"range": {"newest": {"gte": NEVER + 1} | ends}}]
    return {"bool": {"must": [dsl], "filter": days}}


def chosen(filters: Filters, but: str = "") -> list[Dsl]:
    """The filters of all facets except `but`."""
    return [
        {"terms": {FACET_FIELDS[name]: [*map(term, values)]}}
        for name in FACETS
        if name != but and (values := filters.values(name))
    ]


def aggregations(query: Query, asked: PageRequest, steps: Sequence[Step]) -> dict[str, Any]:
    """The aggregations beside the hits: facets, periods, spelling variants, and folded copies."""
    every = chosen(query.filters)
    outside = [asked.outside] if asked.outside else []
    alone = query.facets if every else [name for name in query.facets if name not in PROFILE]
    found = {
        name: _filtered(
            outside + chosen(query.filters, name),
            {"terms": {"field": FACET_FIELDS[name], "size": MOST_VALUES}},
        )
        for name in alone
    }
    if len(alone) < len(query.facets):
        profiles = {"terms": {"field": "profile", "size": MOST_VALUES}}
        found["profile"] = _filtered(outside, profiles)
    for step in steps:
        found[f"by_{step}"] = _filtered(outside + every, {"histogram": _histogram(step)})
    if query.has_timeline and query.step == "auto":
        found["days"] = _filtered(outside + every, {"stats": {"field": "day"}})
    for name, others in (("variants", [asked.typed] * asked.has_others), (BOILERPLATE, outside)):
        if others:
            found[name] = {"filter": {"bool": {"filter": every, "must_not": others}}}
    if query.is_folded:
        copies = {"terms": {"field": "group", "size": MOST_VALUES, "min_doc_count": 2}}
        found["copies"] = _filtered(every, copies)
    return found


def halves(counted: dict[str, Any]) -> list[dict[str, Any]]:
    """Split aggregations into two searches of about equal cost: facets with several values a
    release take as long as all else.
    """
    several = {name: each for name, each in counted.items() if name in SEVERAL}
    rest = {name: each for name, each in counted.items() if name not in SEVERAL}
    return [rest, several] if several else [rest]


def together(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Join the answers to both halves."""
    found: dict[str, Any] = {}
    for each in answers:
        found |= each.get("aggregations", {})
    return {**answers[0], "aggregations": found}


def _histogram(step: Step) -> dict[str, Any]:
    return {"field": step, "interval": 1, "min_doc_count": 1}


def _filtered(filters: list[Dsl], counting: dict[str, Any]) -> dict[str, Any]:
    return (
        {"filter": {"bool": {"filter": filters}}, "aggs": {"of": counting}} if filters else counting
    )


def buckets(answer: dict[str, Any], name: str) -> dict[Any, int]:
    """The counted values, and the number of releases with each."""
    return {each["key"]: each["doc_count"] for each in counts(answer, name)["buckets"]}


def counts(answer: dict[str, Any], name: str) -> dict[str, Any]:
    """The aggregation of a name, whether filtered or not."""
    found: dict[str, Any] = answer["aggregations"][name]
    inner: dict[str, Any] = found.get("of", found)
    return inner


def number(answer: dict[str, Any], name: str) -> int:
    """How many releases an aggregation counts; 0 where it was not asked for."""
    found: int = answer["aggregations"].get(name, {"doc_count": 0})["doc_count"]
    return found


def facets(answer: dict[str, Any], names: Sequence[str]) -> tuple[Facet, ...]:
    """Facets, each with the most frequent values first, then by value."""
    counted = answer.get("aggregations", {})
    found = {name: Counter(buckets(answer, name)) for name in names if name in counted}
    if "profile" in counted:
        found |= {name: Counter() for name in names if name not in counted}
        for profile, number in buckets(answer, "profile").items():
            for name, values in facets_of(profile).items():
                if name in names:
                    found[name].update(dict.fromkeys(values, number))
    return tuple(
        Facet(name, tuple(sorted(found[name].items(), key=lambda pair: (-pair[1], pair[0]))))
        for name in names
    )


def first_steps(query: Query) -> list[Step]:
    """The periods that the first request counts; months where they are to fit the hits."""
    if not query.has_timeline:
        return []
    step: Step = "month" if query.step == "auto" else query.step
    return [step if step in NOTED_STEPS else "month"]


def timeline_step(query: Query, answer: dict[str, Any]) -> Step:
    """The step of a timeline; "auto" is resolved by the answer."""
    step: Step | Literal["auto"] = query.step
    if step != "auto":
        return step
    days = counts(answer, "days")
    first, last = (int(days[end] or 1) for end in ("min", "max"))
    return periods.fitting(date.fromordinal(first), date.fromordinal(last))


def timeline(step: Step, answer: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    """The periods with hits, by name, in order."""
    found = buckets(answer, f"by_{step if step in NOTED_STEPS else 'month'}")
    numbers: dict[int, int] = {}
    for number, many in found.items():
        own = int(number) // 12 if step == "year" else int(number)
        numbers[own] = numbers.get(own, 0) + many
    return tuple((periods.name(step, number), numbers[number]) for number in sorted(numbers))


def _scored(dsl: Dsl, script: str) -> Dsl:
    return {"script_score": {"query": dsl, "script": {"source": script}}}


def behind(sort: Order, after: Position) -> Dsl:
    """Match what comes after a position in an order by date or by id."""
    day, id_, _ = after
    further = {"range": {"id": {"gt": id_}}}
    if sort == "id":
        return further
    field, place = ("oldest", EVER) if sort == "oldest" else ("newest", NEVER)
    at = day.toordinal() if day else place
    beyond = {"range": {field: {"gt" if sort == "oldest" else "lt": at}}}
    level = {"bool": {"filter": [{"term": {field: at}}, further]}}
    return {"bool": {"should": [beyond, level], "minimum_should_match": 1}}


def is_behind(sort: Order, place: Sequence[Any], after: Position | None) -> bool:
    """Whether a hit, by its sort values, comes after a position."""
    if after is None:
        return True
    day, id_, _ = after
    if sort == "id":
        return bool(place[0] > id_)
    if sort == "oldest":
        return (place[0], place[1]) > (day.toordinal() if day else EVER, id_)
    return (-place[0], place[1]) > (-(day.toordinal() if day else NEVER), id_)


def lengths(query: Query, asked: PageRequest, step: Step) -> dict[str, Any]:
    """The body of a search that counts releases and the words of their bodies by period."""
    within_days = within(asked.every, query.filters)
    matching = {"bool": {"must": [within_days], "filter": chosen(query.filters)}}
    field: Step = step if step in NOTED_STEPS else "month"
    tokens = {"tokens": {"sum": {"field": "tokens"}}}
    return {
        "size": 0,
        "query": matching,
        "aggs": {
            "dated": {"histogram": _histogram(field), "aggs": tokens},
            "undated": {"missing": {"field": field}, "aggs": tokens},
        },
    }


def frequencies(step: Step, answer: dict[str, Any], build: str) -> Frequencies:
    """The counts of `lengths`; a query without words has no mentions."""
    sums: dict[int | None, list[int]] = {}
    for each in answer["aggregations"]["dated"]["buckets"]:
        number = int(each["key"]) // 12 if step == "year" else int(each["key"])
        own = sums.setdefault(number, [0, 0, 0])
        own[0] += each["doc_count"]
        own[2] += int(each["tokens"]["value"])
    rest = answer["aggregations"]["undated"]
    sums[None] = [rest["doc_count"], 0, int(rest["tokens"]["value"])]
    return Frequencies.of(step, sums, build)
