"""Reads dates as offices write them, in full: what the archive says does not depend on today."""

import re
from datetime import date, datetime
from typing import Any

import dateparser

from corpus.errors import PageError

DATE_CHARS = 100  # characters
SETTINGS: dict[str, Any] = {
    "PARSERS": ["absolute-time"],  # not "yesterday" or "3 days ago"
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001 (instead of now; nothing is taken from it)
    "RETURN_AS_TIMEZONE_AWARE": False,  # the day by the office's own clock
}
# "10:15 am", "10h15", "17 Uhr": times of day, whose digits are not part of the date.
TIME = re.compile(
    r"\b\d{1,2}(?:[:.h]\d\d)?(?::\d\d)?\s*(?:[ap]\.?\s?m\b\.?|Uhr\b|heures?\b|horas?\b)"
    r"|(?:\b|(?<=\d)T)\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z\b|\s?[+-]\d\d:?\d\d\b)?"
    r"|\b\d{1,2}\s?h(?:\s?\d\d)?\b",
    re.IGNORECASE,
)
# "2018 жылғы 5 мамырда": words for year, and the cases of months, that dateparser does not know.
KAZAKH_YEAR = re.compile(r"\bжыл(?:ғы|дың|ы)?\b|\bж\.", re.IGNORECASE)
KAZAKH_MONTH = re.compile(
    r"-?(?:ші|шы|інші)?\s*\b(қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан"
    r"|қараша|желтоқсан)\w*",
    re.IGNORECASE,
)
WHOLE_NUMBER = re.compile(r"\d+")


def read_date(words: str, language: str, where: str) -> date:
    """Read a full date in words ("27 April 2018"); PageError without day, month and year.

    The year must be written in full, since "18" does not state a century.
    """
    day = _parse(_without_time(words, language), language) if len(words) <= DATE_CHARS else None
    if day is None or not {day.day, day.year} <= set(map(int, WHOLE_NUMBER.findall(words))):
        raise PageError(
            f"{where}: {words[:DATE_CHARS]!r} is not a date in {language!r} with day, month and"
            " year."
        )
    return day


def _without_time(words: str, language: str) -> str:
    """A date without its time of day, in words that dateparser knows."""
    if language == "kk":
        words = KAZAKH_MONTH.sub(r" \1 ", KAZAKH_YEAR.sub(" ", words))
    return " ".join(TIME.sub(" ", words).split()).strip(" ,;|-–")


def _parse(words: str, language: str) -> date | None:
    try:
        day: datetime | None = dateparser.parse(words, languages=[language], settings=SETTINGS)
    except (ValueError, OverflowError):  # an unknown language; a number out of range
        return None
    return day.date() if day else None


def read_slashed_date(words: str, where: str) -> date:
    """Read an American date, month first ("2/11/2026"); PageError where it is invalid."""
    try:
        return datetime.strptime(words, "%m/%d/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise PageError(f"{where}: {words!r} is not a date of the form month/day/year.") from None


def read_iso_date(stamp: str, where: str) -> date:
    """Read the day of an ISO 8601 timestamp by its own offset; PageError where it is invalid."""
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        raise PageError(f"{where}: {stamp!r} is not an ISO 8601 date.") from None
