"""The stage that a case has reached, by the words of the title, else of the first sentences."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from corpus.fact import Fact
from corpus.facts.sentences import Sentence, stated
from corpus.facts.text import Text

CRIMINAL = frozenset(
    {
        *("charged", "indicted", "arraigned", "extradited", "plea_agreement", "pleaded_guilty"),
        *("convicted", "sentenced", "acquitted", "dismissed", "appeal"),
    }
)
CIVIL = frozenset(["lawsuit", "settlement", "judgment", "brief", "investigation", "forfeiture"])
ACCUSED = frozenset(["charged", "indicted", "arraigned", "extradited", "plea_agreement"])
# A later stage in a title takes over from an earlier one of the same person: "Man Extradited from
# Karasu Sentenced". "Clerk Charged and Two Pilots Sentenced" tells of two.
RANKS = {
    "forfeiture": 0,
    **dict.fromkeys(("charged", "arraigned", "extradited"), 1),
    **dict.fromkeys(("pleaded_guilty", "admits", "guilty", "convicted"), 2),
    "sentenced": 3,
}
OTHER_PERSON = re.compile(r";|\bwhile\b|(?:\band|,)\s+\w[^,;]*$", re.IGNORECASE)
UNDECIDED = frozenset(["charged", "arraigned", "extradited"])
SAME_PERSON = ("and", ",", "is")  # before "Sentenced"
GRAND_JURY = re.compile(r"\bindict(?:ed|s|ments?)?\b|\bgrand\s+jury\b", re.IGNORECASE)
COMPLAINT = re.compile(
    r"\b(?:criminal\s+complaints?|(?:by|in|via)\s+(?:a\s+)?(?:criminal\s+)?(?:complaint|information)"
    r"|complaints?\s+(?:unsealed|filed|charg\w+)|criminal\s+information"
    r"|(?:\w+-count|felony)\s+(?:felony\s+)?(?:charge|information)\b)",
    re.IGNORECASE,
)
PLEA = re.compile(r"\b(?:plead(?:ed|s)?|pled|entered\s+a)\s+guilty", re.IGNORECASE)
LEAD, FIRST = 3, 8  # paragraphs and sentences in which a stage is looked for
SHORT = 2  # sentences, where the title tells of a program or a report


class Tables(NamedTuple):
    """The words of a language: of titles, of titles of what is no case, of first sentences."""

    titles: Mapping[str, re.Pattern[str]]
    other_titles: Mapping[str, re.Pattern[str]]
    leads: Mapping[str, re.Pattern[str]]


def stages(text: Text, tables: Tables) -> list[Fact]:
    """The stages that a release tells, the main one first; none where it tells none."""
    is_plea = any(PLEA.search(each.text) for each in text.lead(LEAD))
    found = _found(text.head, tables.titles)
    if not is_plea:  # "Bank Admits Violations, Agrees to Forfeit" tells of a settlement
        found = [each for each in found if each.value != "admits"]
    if not found:
        other = _found(text.head, tables.other_titles)
        is_news = bool(other) and other[0].value != "policy"
        found = other if is_news else _lead(text, tables, SHORT if other else FIRST) or other
    return _alike(_resolved(text, _main_first(text, found), is_plea=is_plea))


def _alike(found: list[Fact]) -> list[Fact]:
    """The main stage and those of the same kind of case, each once; "pleads guilty to failing to
    pay" tells of no settlement.
    """
    kept = {each.value: each for each in reversed(found)}
    main = found[0].value if found else ""
    # A motion to dismiss a suit dismisses nothing.
    kin = CRIMINAL if main in CRIMINAL else CRIMINAL - {"dismissed"}
    return [
        each
        for each in found
        if kept[each.value] is each
        and (each is found[0] or each.value in kin or main == "statement")
    ]


def _found(sentence: Sentence, table: Mapping[str, re.Pattern[str]]) -> list[Fact]:
    """The stages that a sentence tells, in the order of their words; of overlapping words those
    that come first, or else first in the table, count.
    """
    facts: list[Fact] = []
    for stage, pattern in table.items():
        for match in pattern.finditer(sentence.text):
            facts.append(stated("stage", stage, sentence, match))
    facts.sort(key=lambda each: each.start)
    kept: list[Fact] = []
    for fact in facts:
        if not kept or fact.start >= kept[-1].end:
            kept.append(fact)
    return kept


def _lead(text: Text, tables: Tables, count: int) -> list[Fact]:
    """The stage that the first sentences tell; what the very first tells is no matter of the past,
    whatever dates it has.
    """
    first, *others = [*text.lead(LEAD)][:count] or [text.head]
    for sentence in [first, *(each for each in others if not text.is_past(each))]:
        if found := _found(sentence, tables.leads):
            return found[:1]
    return []


def _main_first(text: Text, found: list[Fact]) -> list[Fact]:
    if not found:
        return []
    main = found[0]
    if main.value not in RANKS:
        return found
    others = []
    for fact in found[1:]:
        between = text.title[main.end : fact.start]
        if RANKS.get(fact.value, 0) > RANKS[main.value] and _is_same_person(main, between):
            # What somebody was accused of is decided by a later stage of the same person.
            others += [main] * (main.value not in UNDECIDED)
            main = fact
        else:
            others.append(fact)
    return [main, *others]


def _is_same_person(main: Fact, between: str) -> bool:
    is_joined = between.strip().lower().endswith(SAME_PERSON)
    return main.value == "forfeiture" or is_joined or not OTHER_PERSON.search(between)


def _resolved(text: Text, found: list[Fact], *, is_plea: bool) -> list[Fact]:
    facts: list[Fact] = []
    for fact in found:
        if fact.value == "plea_agreement":
            # Who agrees to plead guilty has been charged with it, and not been convicted.
            facts += [Fact("stage", "charged", *_place(fact)), fact]
        elif fact.value == "charged":
            facts.append(_accusation(text, fact))
        elif fact.value in ("guilty", "admits"):
            stage = "pleaded_guilty" if is_plea else "convicted"
            facts.append(Fact("stage", stage, *_place(fact)))
        else:
            facts.append(fact)
    return facts


def _place(fact: Fact) -> tuple[int, int, int]:
    return fact.paragraph, fact.start, fact.end


def _accusation(text: Text, fact: Fact) -> Fact:
    """Charged by a grand jury, or otherwise: as the first words about either say."""
    for sentence in text.sentences:
        jury, paper = GRAND_JURY.search(sentence.text), COMPLAINT.search(sentence.text)
        if jury and (not paper or jury.start() < paper.start()):
            return stated("stage", "indicted", sentence, jury)
        if paper:
            break
    return fact
