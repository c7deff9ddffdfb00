"""Persons whom a release names with their age: Ann Doe, 44, of Port Merrin."""

import re
from collections.abc import Iterator

from corpus.fact import Fact
from corpus.facts.sentences import Sentence
from corpus.facts.text import MONTHS, Text

_WORD = r"(?:[A-Z]\.|(?:[A-Z]|O[’']|Mc|D[’']|[Aa]l-)[\w’'-]+\.?)"
_LINK = r"(?:de|del|la|las|los|van|von|der|den|bin|ibn|al|el|y|da|dos|[\"“(][^\"”)]{1,30}[\"”)])"
_SUFFIX = r"(?:,?\s+(?:Jr|Sr|II|III|IV|M\.?D|D\.?O|Esq|C\.?P\.?A)\b\.?)?"
_ALIAS = r"(?:,?\s+(?:a\.?k\.?a\.?|also\s+known\s+as|aka)\s+[^,;]{1,40})?"
_NEXT = r"(?:[,;.)]|$|(?:and|of|were|was|both|all|a|formerly|who|pleaded|is|has|from)\b)"
PERSON = re.compile(
    rf"(?<![\w.])(?P<name>{_WORD}(?:\s+(?:{_LINK}\s+){{0,2}}{_WORD}){{1,5}}{_SUFFIX}){_ALIAS}"
    rf",\s+(?:age\s+|aged\s+)?(?P<age>[1-9]\d)(?=\s*{_NEXT})"
)
AGE = re.compile(r",\s+(?:aged?\s+)?[1-9]\d(?!\d)")
LONGEST = 140  # characters of a name with an alias
# Titles and ranks before a name, and a place in capitals that opens a text.
TITLE = re.compile(
    r"(?:[A-Z]{4,}|Defendants?|Co-?[Dd]efendants?|Both|Also|Mr|Mrs|Ms|Dr|In|On|And|The|According"
    r"|When|Including|Today|Yesterday|Brothers|Former|Senior|Chief|Assistant|Special|Deputy|Army"
    r"|Navy|Staff|First\s+Class|Master|Petty|Private|Specialist|Sgt|Capt|Lt|Col|Corporal"
    r"|Lieutenant|Sergeant|Captain|Major|Colonel|Commander|Mayor|Judge|Sheriff|Officer|Agents?"
    r"|Detective|Trooper|Guard|Police|Inmate|Congress(?:man|woman)|Senator|Representative"
    r"|Commissioner|Attorney|Doctor|Nurse|Therapist|Pharmacist|Pastor|Director|President|Owner"
    r"|Co-?[Oo]wner|Manager)\.?\s+"
)
RANK = re.compile(
    r".*\b(?:Officer|Sergeant|Deputy|Class|Agent|Inspector|Executive|Commissioner)s?\s+(?=\S+\s+\S)"
)
_MONTHS = "|".join(month.capitalize() for month in MONTHS)
NO_NAME = re.compile(
    rf"\b(?:{_MONTHS}|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec)\b\.?(?:\s+\d+)?$"
    r"|\b(?:Counts?|Title|Sections?|Chapter|Page|Article|Rule|Proposition|Amendment|Channel"
    r"|Street|Avenue|Highway)\b"
)
# Victims and their families: "the murder of Dan Doe, 44".
VICTIM = re.compile(
    r"\b(?:murders?|killings?|deaths?|shootings?|kidnappings?|assaults?|bodies|body|remains|widow"
    r"|son|daughter|wife|husband|mother|father)\s+(?:of\s+)?(?:\S+\s+){0,6}?$"
    r"|\b(?:victims?|killed|murdered|killing|murdering|shot|shooting|kidnapped|stabbed|raped|died"
    r"|survived|injured|beat)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
AROUND = 80  # characters


def persons(text: Text) -> Iterator[Fact]:
    """Each person with an age, once: the name, a comma and the age."""
    known = set[str]()
    for sentence in text.sentences[1:]:
        for match in _matches(sentence.text):
            fact = _person(sentence, match)
            if fact and fact.value not in known:
                known.add(fact.value)
                yield fact


def _matches(words: str) -> Iterator[re.Match[str]]:
    """The persons in a sentence, searched only before what may be an age."""
    begin = 0
    for age in AGE.finditer(words):
        for match in PERSON.finditer(words, max(begin, age.start() - LONGEST), age.end() + 12):
            if match.end("age") == age.end():
                yield match
        begin = age.end()


def _person(sentence: Sentence, match: re.Match[str]) -> Fact | None:
    words = sentence.text
    start, end = match.span("name")
    while title := TITLE.match(words, start, end):
        start = title.end()
    if rank := RANK.match(words, start, end):
        start = rank.end()
    name = " ".join(words[start:end].split())
    is_victim = VICTIM.search(words[max(0, start - AROUND) : start])
    if " " not in name or NO_NAME.search(name) or is_victim:
        return None
    place = sentence.start + start, sentence.start + match.end("age")
    return Fact("person", f"{name}, {match['age']}", sentence.paragraph, *place)
