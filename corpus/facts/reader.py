"""Title, body, language and date of a release -> its facts, in the order of kinds."""

from collections.abc import Sequence
from datetime import date

from corpus.fact import Fact
from corpus.facts.courts import courts
from corpus.facts.judges import judges
from corpus.facts.kinds import kind
from corpus.facts.languages import english, kazakh, russian
from corpus.facts.money import (
    amounts_found,
    civil_penalties,
    forfeitures,
    forfeitures_sought,
    restitution,
)
from corpus.facts.notices import accusation, allegations, presumption
from corpus.facts.offenses import case_numbers_found, offenses_found
from corpus.facts.persons import persons
from corpus.facts.prison import prison_terms
from corpus.facts.stages import stages
from corpus.facts.text import Text

LANGUAGES = {"en": english.STAGES, "ru": russian.STAGES, "kk": kazakh.STAGES}
# A sentence of the court is of a release on one; of an older case it is background elsewhere.
DECIDED = frozenset(["sentenced"])
ORDERED = frozenset(["sentenced", "pleaded_guilty", "convicted", "settlement", "judgment"])


def find_facts(
    title: str, body: Sequence[str], language: str, published: date | None = None
) -> list[Fact]:
    """The facts that a release states, and words found; the main stage is the first stage."""
    if language not in LANGUAGES:
        return []
    text = Text(title, body, published)
    found = stages(text, LANGUAGES[language])
    facts = [*filter(None, [kind(text, found)]), *found]
    if language == "en":
        facts += _english_facts(text, found, facts[0].value if facts else "")
    return [*facts, *amounts_found(text)]


def _english_facts(text: Text, found: list[Fact], about: str) -> list[Fact]:
    here = {each.value for each in found}
    presumed = presumption(text)
    facts = [presumed, accusation(text, found, presumed), allegations(found)]
    return [
        *filter(None, facts),
        *(prison_terms(text) if here & DECIDED else ()),
        *(restitution(text) if here & DECIDED else ()),
        *(civil_penalties(text) if here & {"settlement", "judgment"} else ()),
        *(forfeitures(text) if here & ORDERED else ()),
        *forfeitures_sought(text),
        *courts(text, about, found[0].value if found else ""),
        *(judges(text) if about in ("criminal", "civil") else ()),
        *persons(text),
        *offenses_found(text),
        *case_numbers_found(text),
    ]
