"""Dates as offices write them: a day with its month and year, or a PageError. No clock is looked
at, so that the archive reads the same on every day.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import dateparser

from corpus.errors import PageError

DATE_CHARS = 100  # characters
SETTINGS: dict[str, Any] = {
    "PARSERS": ["absolute-time"],  # none of "yesterday", "3 days ago"
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001 (instead of now; nothing is taken from it)
    "RETURN_AS_TIMEZONE_AWARE": False,  # the day is the one of the office's own clock
}
# "10:15 am", "10h15", "17 Uhr": their figures are no part of the day.
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
    """A whole date in words, such as "27 April 2018"; PageError without day, month and year.

    The year is written in full: which century "18" is of is nowhere stated.
    """
    found = _parse(_bare(words, language), language) if len(words) <= DATE_CHARS else None
    if found is None or not {found.day, found.year} <= set(map(int, WHOLE_NUMBER.findall(words))):
        raise PageError(
            f"{where}: {words[:DATE_CHARS]!r} is no date in {language!r} with day, month and year."
        )
    return found


def _bare(words: str, language: str) -> str:
    """A date without the time of day, in words that dateparser knows."""
    if language == "kk":
        words = KAZAKH_MONTH.sub(r" \1 ", KAZAKH_YEAR.sub(" ", words))
    return " ".join(TIME.sub(" ", words).split()).strip(" ,;|-–")


def _parse(words: str, language: str) -> date | None:
    try:
        found: datetime | None = dateparser.parse(words, languages=[language], settings=SETTINGS)
    except (ValueError, OverflowError):  # a language that it does not know; figures beyond all days
        return None
    return found.date() if found else None


def read_slashed_date(words: str, where: str) -> date:
    """A date as Americans write it in figures, month first ("2/11/2026"); PageError when none."""
    try:
        return datetime.strptime(words, "%m/%d/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise PageError(f"{where}: {words!r} is no date of the form month/day/year.") from None


def read_iso_date(stamp: str, where: str) -> date:
    """The day of an ISO 8601 stamp as its own offset has it; PageError when it is none."""
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        raise PageError(f"{where}: {stamp!r} is no ISO 8601 date.") from None
