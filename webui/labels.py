"""Dates, times and languages in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

LANGUAGES = {"en": "English", "kk": "Kazakh", "ru": "Russian"}


def day(value: date | None) -> str:
    """A day as "27 April 2018"; unknown ones are said to be."""
    return f"{value.day} {value:%B %Y}" if value else "date unknown"


def moment(value: datetime | None) -> str:
    """A time in UTC, to the second."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if value else "never"


def language_name(code: str) -> str:
    """A language by its own code, in English where we know the name."""
    return LANGUAGES.get(code, code)
