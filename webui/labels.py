"""Dates, times and languages in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

STATES = {"changed": "Changed since first seen", "gone": "Gone from its site"}
KINDS = {
    "new": "First seen",
    "changed": "Changed",
    "observed": "Observed by others",
    "gone": "Gone",
    "back": "Back again",
}
LANGUAGES = {"en": "English", "kk": "Kazakh", "ru": "Russian"}

# What XML 1.0 cannot hold, not even escaped.
UNSPEAKABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def day(value: date | None) -> str:
    """A day as "27 April 2018"; unknown ones are said to be."""
    return f"{value.day} {value:%B %Y}" if value else "date unknown"


def month(name: str) -> str:
    """A month ("2018-04") as "April 2018"."""
    return f"{date.fromisoformat(f'{name}-01'):%B %Y}"


def moment(value: datetime | None) -> str:
    """A time in UTC, to the second."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if value else "never"


def language_name(code: str) -> str:
    """A language by its own code, in English where we know the name."""
    return LANGUAGES.get(code, code)


def state_words(state: str) -> str:
    """What became of a release after it was first seen."""
    return STATES.get(state, state)


def kind_words(kind: str) -> str:
    """What became of a release, of the kinds that the ledger and a release's history have."""
    return KINDS[kind]


def speakable(text: str) -> str:
    """A text without the control characters that XML cannot hold."""
    return UNSPEAKABLE.sub("", text)
