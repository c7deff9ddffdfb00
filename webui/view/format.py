"""Dates, times, numbers and names as pages say them, in the reader's language."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from babel.dates import format_date, format_skeleton, get_month_names
from flask_babel import get_locale, gettext, lazy_gettext, ngettext

from corpus.statutes.wording import statute_label
from webui.i18n import number

STATE_LABELS = {"changed": lazy_gettext("Edited"), "gone": lazy_gettext("Removed from the website")}
KIND_LABELS = {
    "new": lazy_gettext("First collected"),
    "changed": lazy_gettext("Edited"),
    "observed": lazy_gettext("Captured by a third party"),
    "gone": lazy_gettext("Removed"),
    "back": lazy_gettext("Restored"),
}

# What XML 1.0 cannot hold, not even escaped.
UNSPEAKABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

# Embeddings, overrides, isolates and marks of the bidirectional algorithm (Unicode, UAX #9).
TURNING = re.compile("[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")


def day(value: date | None) -> str:
    """A day as "27 April 2018"; unknown ones are said to be."""
    locale = str(get_locale())
    return format_day(value, "long", locale) if value else str(gettext("date unknown"))


def month(name: str) -> str:
    """A month ("2018-04") as "April 2018"."""
    return str(format_skeleton("yMMMM", date.fromisoformat(f"{name}-01"), locale=get_locale()))


def moment(value: datetime | None) -> str:
    """A time in UTC, to the second."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if value else str(gettext("never"))


def month_names() -> list[str]:
    """The months of a year, shortened."""
    names = get_month_names("abbreviated", "stand-alone", get_locale())
    return [names[each] for each in range(1, 13)]


@lru_cache(maxsize=20_000)  # pages have hundreds, and mostly the same
def format_day(value: date, form: str, locale: str) -> str:
    """A day in one of Babel's forms."""
    return str(format_date(value, form, locale))


def language_name(code: str) -> str:
    """A language by its own code, in words where we know the name."""
    name = get_locale().languages.get(code, code)
    return str(name[:1].upper() + name[1:])


def country_name(value: str) -> str:
    """A country by its code in small letters, or by a name where we know no code."""
    name = get_locale().territories.get(value.upper())
    return str(name or value[:1].upper() + value[1:])


@lru_cache(maxsize=20_000)
def _label_statute(key: str, locale: str) -> str:
    return statute_label(key, locale)


def statute_words(key: str) -> str:
    """A statute by its key."""
    return _label_statute(key, get_locale().language)


def state_words(state: str) -> str:
    """What became of a release after it was first seen."""
    return str(STATE_LABELS.get(state, state))


def kind_words(kind: str) -> str:
    """What became of a release, of the kinds that the ledger and a release's history have."""
    return str(KIND_LABELS[kind])


def releases_words(count: int) -> str:
    """A number of releases."""
    return str(ngettext("%(count)s release", "%(count)s releases", count, count=number(count)))


def is_web(url: str) -> bool:
    """Whether an address is http(s), so that a link to it is safe: no script, no data."""
    return url.lower().startswith(("https://", "http://"))


def level(text: str) -> str:
    """A text without the characters that turn its direction, where no markup can isolate it."""
    return TURNING.sub("", text)


def speakable(text: str) -> str:
    """A text without the control characters that XML cannot hold."""
    return UNSPEAKABLE.sub("", text)


FILTERS = (
    country_name,
    day,
    is_web,
    kind_words,
    language_name,
    level,
    moment,
    month,
    number,
    releases_words,
    speakable,
    state_words,
    statute_words,
)
