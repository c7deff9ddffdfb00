"""Dates in the words of a query: "December 2012", "in 2014", "с 2015 года", "2016 жылдың көктемі".

Only what names a year is read, and a year alone only where a word says that it is a date ("in
2014") or where it ends several words ("Florida tax fraud 2014"); elsewhere, and after a connector
("murder and 2015"), it may be anything.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.analysis.analyzer import words
from indexer.analysis.function_words import is_function_word
from indexer.query.cited_numbers import cited_numbers

# Each month by the beginnings of its names; "may" and "мая" are words of their own.
MONTHS = (
    r"jan(?:uary)?|январ[ьяеюё]\w*|қаңтар\w*",
    r"feb(?:ruary)?|феврал[ьяею]\w*|ақпан\w*",
    r"mar(?:ch)?|март\w{0,2}|наурыз\w*",
    r"apr(?:il)?|апрел[ьяею]\w*|сәуір\w*",
    r"may|ма[йяею]|мамыр\w*",
    r"june?|июн[ьяею]\w*|маусым\w*",
    r"july?|июл[ьяею]\w*|шілде\w*",
    r"aug(?:ust)?|август\w{0,2}|тамыз\w*",
    r"sept?(?:ember)?|сентябр[ьяею]\w*|қыркүйек\w*|қыркүйег\w*",
    r"oct(?:ober)?|октябр[ьяею]\w*|қазан\w*",
    r"nov(?:ember)?|ноябр[ьяею]\w*|қараша\w*",
    r"dec(?:ember)?|декабр[ьяею]\w*|желтоқсан\w*",
)
# Each season by its first month; winter begins in the year before the one that it is named by.
SEASONS = {
    3: r"spring|весн[аеуыо]\w*|көктем\w*",
    6: r"summer|лет[оа]м?|жаз\w*",
    9: r"autumn|fall|осен[ьию]\w*|күз\w*",
    12: r"winter|зим[аеуыо]\w*|қыс\w*",
}
YEAR = r"(?P<year>(?:19|20)\d\d)"
# What follows a year in Russian and Kazakh: "2014 году", "2014 жылдың".
OF_YEAR = r"(?:\s*(?P<suffix>год\w{0,2}|г\.?|жыл\w*|ж\.?)(?!\w))?"
DAY = r"(?P<{}>\d{{1,2}})(?:st|nd|rd|th)?"
MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(MONTHS, 1))
SEASON = "|".join(f"(?P<s{number}>{names})" for number, names in SEASONS.items())
SPANS = tuple(
    re.compile(rf"(?<![\w.,$-]){pattern}(?![\w-]|[.,]\d)")
    for pattern in (
        rf"(?:{DAY.format('day')}\s+(?:of\s+)?)?(?:{MONTH})\.?(?:\s+{DAY.format('day_after')}\s*,?)?"
        rf",?\s+(?:of\s+)?{YEAR}{OF_YEAR}",
        rf"{YEAR}\s*(?:жыл\w*|ж\.?)\s+(?:(?:{MONTH})|(?:{SEASON}))",
        rf"(?:last\s+|the\s+)*(?:{SEASON})\s+(?:of\s+)?{YEAR}{OF_YEAR}",
        rf"{YEAR}{OF_YEAR}",
    )
)
YEARS = re.compile(r"(?<![\w.,$-])((?:19|20)\d\d)\s*[-–—]\s*((?:19|20)\d\d)(?![\w-]|[.,]\d)")
# What stands before a date, and between the two ends of a range.
IN = re.compile(r"(?<!\w)(?:in|during|on|в|во|за)\s+(?:the\s+)?$")
FROM = re.compile(r"(?<!\w)(?:since|from|с|со|начиная с)\s+(?:the\s+)?$")
AFTER = re.compile(r"(?<!\w)(?:after|после)\s+(?:the\s+)?$")
BEFORE = re.compile(r"(?<!\w)(?:before|до)\s+(?:the\s+)?$")
UNTIL = re.compile(r"(?<!\w)(?:until|till|through|up to|по)\s+(?:the\s+)?$")
BETWEEN = re.compile(r"(?<!\w)(?:between|from|с|со|между)\s+(?:the\s+)?$")
AND = re.compile(r"\s*(?:-|–|—|and|to|until|till|through|и|по|до)\s*(?:the\s+)?$")
# What joins a year to the word before it: "murder and 2015"; and two years with none between.
CONNECTOR = re.compile(r"(?:&|(?<!\w)(?:and|or|nor|not|и|или|не|және|немесе))\s+$")
ALSO = re.compile(r"\s*(?:and|и)\s*(?:the\s+)?")
# So many words, function words aside, tell what a year at the end is of.
LEAST_WORDS = 2
# Kazakh says it after the date.
SINCE_AFTERWARDS = re.compile(r"\s+(?:бері|бастап)(?!\w)")
BEFORE_AFTERWARDS = re.compile(r"\s+дейін(?!\w)")


@dataclass(frozen=True)
class DateWords:
    """Words of a text, from `start` to `end`, and the days that they name; an end that is None is
    open.
    """

    start: int
    end: int
    since: date | None
    until: date | None


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    first: date
    last: date
    is_year: bool


def find_date_words(text: str) -> DateWords | None:
    """The date that a text names; None where it names none, or several that are no range."""
    folded = text.casefold()
    if len(folded) != len(text):  # the places would be others
        return None
    cited = cited_numbers(folded)
    years = YEARS.search(folded)
    if years and years.start() not in cited:
        first, last = int(years[1]), int(years[2])
        opening = IN.search(folded[: years.start()])
        start = opening.start() if opening else years.start()
        return DateWords(start, years.end(), date(first, 1, 1), date(last, 12, 31))
    spans = _spans(folded, cited)
    if len(spans) == 2:
        return _range(folded, *spans)
    return _related(folded, spans[0]) if len(spans) == 1 else None


def _spans(text: str, cited: Container[int]) -> list[_Span]:
    found: list[_Span] = []
    for pattern in SPANS:
        for match in pattern.finditer(text):
            if any(match.start() < each.end and each.start < match.end() for each in found):
                continue
            if (span := _span(match)) is None:
                return []
            if span.is_year and match.start() in cited:
                continue
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def _span(match: re.Match[str]) -> _Span | None:
    """The days of a match; None where there is no such day."""
    named = {name: value for name, value in match.groupdict().items() if value is not None}
    year = int(named["year"])
    month = next((number for number in range(1, 13) if f"m{number}" in named), 0)
    season = next((number for number in SEASONS if f"s{number}" in named), 0)
    day = int(named.get("day") or named.get("day_after") or 0)
    if season:
        first = date(year - (season == 12), season, 1)
        later = (season + 2 - 1) % 12 + 1
        last = date(year, later, monthrange(year, later)[1])
    elif month:
        last_day = monthrange(year, month)[1]
        if day > last_day:
            return None
        first, last = date(year, month, day or 1), date(year, month, day or last_day)
    else:
        first, last = date(year, 1, 1), date(year, 12, 31)
    is_year = not (month or season or named.get("suffix"))
    return _Span(match.start(), match.end(), first, last, is_year)


def _range(text: str, one: _Span, other: _Span) -> DateWords | None:
    between, joint = BETWEEN.search(text[: one.start]), text[one.end : other.start]
    is_gap = one.last + timedelta(1) < other.first
    if not AND.fullmatch(joint) or (ALSO.fullmatch(joint) and is_gap and not between):
        return None
    opening = between or IN.search(text[: one.start])
    start = opening.start() if opening else one.start
    return DateWords(start, other.end, one.first, other.last)


def _related(text: str, span: _Span) -> DateWords | None:
    """A date with the words that say how it is meant."""
    before = text[: span.start]
    if found := SINCE_AFTERWARDS.match(text, span.end):
        return DateWords(span.start, found.end(), span.first, None)
    if found := BEFORE_AFTERWARDS.match(text, span.end):
        return DateWords(span.start, found.end(), None, span.first - timedelta(1))
    for relation, since, until in (
        (IN, span.first, span.last),
        (FROM, span.first, None),
        (AFTER, span.last + timedelta(1), None),
        (BEFORE, None, span.first - timedelta(1)),
        (UNTIL, None, span.last),
    ):
        if found := relation.search(before):
            return DateWords(found.start(), span.end, since, until)
    if span.is_year and (text[span.end :].strip() or not _tells_of_what(before)):
        return None
    return DateWords(span.start, span.end, span.first, span.last)


def _tells_of_what(before: str) -> bool:
    """Whether the words before a year at the end tell what is of this year."""
    telling = [word for word in words(before) if not is_function_word(word, ("en", "ru", "kk"))]
    return len(telling) >= LEAST_WORDS and not CONNECTOR.search(before)
