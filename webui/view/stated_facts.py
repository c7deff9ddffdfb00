"""The facts of a release for its page: values in the reader's words, each with a link to the page
on which its words are marked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from flask_babel import gettext, lazy_gettext, ngettext

from corpus import Release
from corpus.fact import WORDS_FOUND, Fact, shown_facts
from webui.i18n import number
from webui.view.facts import court_words, matter_words, offense_words, stage_words
from webui.view.search_state import SearchState

# Values shown of each kind.
MOST_VALUES = 12
LABELS = {
    "kind": lazy_gettext("Criminal or civil"),
    "stage": lazy_gettext("Stage"),
    "prison": lazy_gettext("Prison term"),
    "restitution": lazy_gettext("Restitution"),
    "civil_penalty": lazy_gettext("Civil penalty"),
    "forfeiture": lazy_gettext("Forfeiture ordered"),
    "forfeiture_sought": lazy_gettext("Forfeiture sought"),
    "court": lazy_gettext("Court"),
    "judge": lazy_gettext("Judge"),
    "person": lazy_gettext("Named with age"),
    "presumption": lazy_gettext("Presumption of innocence"),
    "offense": lazy_gettext("Offenses"),
    "settlement": lazy_gettext("Settlement"),
    "fine": lazy_gettext("Fine"),
    "amount": lazy_gettext("Amounts"),
    "case_number": lazy_gettext("Case numbers"),
}


@dataclass(frozen=True)
class StatedValue:
    """A value in words, and the address of the page on which the words that say it are marked."""

    words: str
    link: str


@dataclass(frozen=True)
class StatedFact:
    """A kind of fact, its first values, and the number of others; whether only words were found."""

    label: str
    values: list[StatedValue]
    more: int
    is_found: bool


def stated_facts(release: Release, state: SearchState) -> list[StatedFact]:
    """The facts that may be shown, by kind; none where no rules have read the release yet."""
    shown = shown_facts(release.facts or (), release.office)
    rows = []
    for kind, label in LABELS.items():
        by_words: dict[str, Fact] = {}
        for fact in shown:
            if fact.kind == kind:
                by_words.setdefault(_words(fact), fact)
        values = [
            StatedValue(words, _link(release, fact, state))
            for words, fact in islice(by_words.items(), MOST_VALUES)
        ]
        if values:
            more = len(by_words) - len(values)
            rows.append(StatedFact(str(label), values, more, kind in WORDS_FOUND))
    return rows


def marked_fact(release: Release, place: str) -> Fact | None:
    """The fact at a place in the address: paragraph, start and end; None where there is none."""
    shown = shown_facts(release.facts or (), release.office)
    return next((each for each in shown if _place(each) == place), None)


def _place(fact: Fact) -> str:
    return f"{fact.paragraph}-{fact.start}-{fact.end}"


def _link(release: Release, fact: Fact, state: SearchState) -> str:
    anchor = "m1" if fact.paragraph else None
    return state.link("releases.release", id_=release.id, fact=_place(fact), _anchor=anchor)


def _dollars(value: str) -> str:
    return f"${number(float(value))}"


def _months(value: str) -> str:
    if value == "life":
        return str(gettext("life"))
    months = float(value)
    shown = number(int(months) if months.is_integer() else months)
    return str(ngettext("%(count)s month", "%(count)s months", int(months), count=shown))


def _stated(value: str) -> str:
    return str(gettext("stated"))


def _amount(value: str) -> str:
    """An amount and its currency, such as 2500000 KZT; dollars have none."""
    written, _, currency = value.partition(" ")
    return f"{number(float(written))} {currency}" if currency else _dollars(value)


WORDS: dict[str, Callable[[str], str]] = {
    "kind": matter_words,
    "stage": stage_words,
    "prison": _months,
    "court": court_words,
    "presumption": _stated,
    "forfeiture_sought": _stated,
    "offense": offense_words,
    "amount": _amount,
    **dict.fromkeys(("restitution", "civil_penalty", "forfeiture", "settlement", "fine"), _dollars),
}


def _words(fact: Fact) -> str:
    return WORDS[fact.kind](fact.value) if fact.kind in WORDS else fact.value
