"""The arguments of requests: those of the pages, validated strictly."""

from typing import Any, get_args

from marshmallow import Schema, ValidationError, fields, validate

from indexer.engine.results import FACETS, LineSort, Measure, Order
from indexer.query.dates import read_day
from indexer.query.interpretation.prison_terms import BANDS
from webui.view.search_state import MOST_VALUES

ORDERS: tuple[Order, ...] = ("relevance", "newest", "oldest", "id")
MOST_HITS, MOST_LINES, MOST_WORDS = 100, 100, 500
# Beyond so many hits by relevance, or mentions, walk by date or narrow the query.
MOST_RANKED, MOST_START = 1000, 100_000
MOST_WINDOW = 25
DAY_FORM = "^[0-9]{4}(-[0-9]{1,2}(-[0-9]{1,2})?)?$"
STATES = ("changed", "gone")
VALUE_CHECKS: dict[str, list[Any]] = {
    "year": [validate.Regexp("^([0-9]{4}|undated)$", error="Write four digits, or undated.")],
    "state": [validate.OneOf(STATES)],
    "prison": [validate.OneOf(BANDS)],
}
QUERY_DESCRIPTION = "the query, in the syntax of the search page; without it, every release matches"
REQUIRED_QUERY_DESCRIPTION = "the query, in the syntax of the search page"


def _is_day(typed: str) -> None:
    if read_day(typed, is_end=False) is None:
        raise ValidationError("There is no such day.")


def _day_field(words: str) -> fields.String:
    form = validate.Regexp(DAY_FORM, error="Write 2018, 2018-04 or 2018-04-27.")
    return fields.String(validate=[form, _is_day], metadata={"description": words})


def _number_field(words: str, default: int, most: int, least: int = 0) -> fields.Integer:
    return fields.Integer(
        load_default=default, validate=validate.Range(least, most), metadata={"description": words}
    )


def _one_of(words: str, values: tuple[str, ...]) -> fields.String:
    return fields.String(
        load_default=values[0], validate=validate.OneOf(values), metadata={"description": words}
    )


def _flag(words: str) -> fields.Boolean:
    return fields.Boolean(
        load_default=False, truthy={"true"}, falsy={"false"}, metadata={"description": words}
    )


class _Days(Schema):
    q = fields.String(metadata={"description": QUERY_DESCRIPTION})
    script = _one_of("any also finds names in other scripts, exact only as typed", ("any", "exact"))
    reading = _one_of(
        "usual requires no function words and reads dates in words; literal does neither",
        ("usual", "literal"),
    )
    boilerplate = _one_of(
        "out lists matches in boilerplate alone at the end of a search, and leaves boilerplate out"
        " of all else but `total`; in treats it like other text",
        ("out", "in"),
    )
    build = fields.String(
        metadata={
            "description": "the build of the index that is meant; only the newest can be searched,"
            " and a warning tells where that is another"
        }
    )
    since = _day_field("dated on or after this day; of a month or year, its first day")
    until = _day_field("dated on or before this day; of a month or year, its last day")


Filtered = _Days.from_dict(
    {
        name: fields.List(
            fields.String(validate=VALUE_CHECKS.get(name, [])),
            validate=validate.Length(max=MOST_VALUES),
            metadata={
                "description": f"any of these values of {name}; repeat the argument for several"
            },
        )
        for name in FACETS
    },
    name="Filtered",
)


class SearchArguments(Filtered):  # type: ignore[misc, valid-type]
    """Of a search."""

    match = _one_of(
        "some also gives, behind the releases that match all words, those that match some; for"
        " words without operators. `total` and `facets` count the former alone",
        ("some", "all"),
    )
    sort = fields.String(
        validate=validate.OneOf(ORDERS),
        metadata={
            "description": "the order, by default relevance where there are words, else newest;"
            " newest, oldest and id can be followed to the end by `next`, relevance has the best"
            f" {MOST_RANKED:,} by `start`"
        },
    )
    size = _number_field("hits per page", 20, MOST_HITS, least=1)
    start = _number_field("hits to skip", 0, MOST_RANKED - MOST_HITS)
    cursor = fields.String(metadata={"description": "taken from the address in `next`"})


class TimelineArguments(Filtered):  # type: ignore[misc, valid-type]
    """Of a timeline."""

    step = _one_of("the length of the periods", ("month", "day", "week", "year"))


class ConcordanceArguments(Filtered):  # type: ignore[misc, valid-type]
    """Of mentions."""

    q = fields.String(required=True, metadata={"description": REQUIRED_QUERY_DESCRIPTION})
    sort = _one_of(
        "the order: by release, by the words before or after, by office or date", get_args(LineSort)
    )
    before = fields.String(metadata={"description": "only mentions directly after this word"})
    after = fields.String(metadata={"description": "only mentions directly before this word"})
    near = fields.String(
        metadata={"description": "not the mentions, but this word where collocates count it"}
    )
    window = _number_field("for `near`, words on each side of a mention", 5, MOST_WINDOW, least=1)
    stem = _flag("for `near`, whether it is a stem")
    size = _number_field("mentions per page", 50, MOST_LINES, least=1)
    start = _number_field("mentions to skip", 0, MOST_START)


class CollocatesArguments(Filtered):  # type: ignore[misc, valid-type]
    """Of collocates."""

    q = fields.String(required=True, metadata={"description": REQUIRED_QUERY_DESCRIPTION})
    window = _number_field(
        "words on each side of a mention that count as near it", 5, MOST_WINDOW, least=1
    )
    measure = _one_of("the measure of association that orders the words", get_args(Measure))
    min_count = _number_field(
        "leave out words that occur near mentions less often", 5, 1_000_000, least=1
    )
    size = _number_field("the maximum number of words", 100, MOST_WORDS, least=1)
    words = _one_of(
        "content leaves out function words and what is not significant (log-likelihood below"
        " 10.83, p = 0.001)",
        ("content", "all"),
    )
    stem = _flag("count word stems instead of exact forms")


class DifferencesArguments(Schema):
    """Of two versions."""

    old = fields.Integer(
        data_key="from",
        validate=validate.Range(min=1),
        metadata={"description": "the older version; by default the one before the newer"},
    )
    new = fields.Integer(
        data_key="to",
        validate=validate.Range(min=1),
        metadata={"description": "the newer version; by default the newest"},
    )
