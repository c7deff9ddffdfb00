"""Kazakh endings as data: what attaches to what, in the order in which it attaches.

Every ending is written once, with capital letters for sounds that follow the stem. After the affix
list of Krippes, "Kazakh Grammar with Affix List", and the alternation rules of Kessikbayeva and
Cicekli, "Rule Based Morphological Analyzer of Kazakh Language" (2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from itertools import product

BACK, FRONT = range(2)
BACK_VOWELS = frozenset("аоұыёя")
FRONT_VOWELS = frozenset("әеөүіэ")
# What a stem ends in decides how an ending begins.
VOWEL, GLIDE, LATERAL, NASAL, SIBILANT, VOICELESS = range(6)
SOUNDS = dict.fromkeys("аәеоөұүыіэёя", VOWEL)
SOUNDS |= dict.fromkeys("рйуию", GLIDE) | {"л": LATERAL} | dict.fromkeys("мнң", NASAL)
SOUNDS |= dict.fromkeys("зж", SIBILANT) | dict.fromkeys("бвгғдкқпстфхһцчшщ", VOICELESS)
# Capital letter -> the sound after a vowel, р й у, л, a nasal, з ж, a voiceless consonant.
FOLLOWING = {
    "L": "ллдддт",  # plural
    "N": "нддндт",  # genitive
    "C": "нддддт",  # accusative
    "D": "дддддт",  # locative, past
    "B": "дддндт",  # ablative
    "M": "ммммбп",  # instrumental, I
    "P": "мммббп",  # negation, we
}
# Capital letter -> the sound after back and after front vowels.
HARMONY = {"A": "ае", "Y": "ыі", "Q": "қк"}


class Constraint(Enum):
    """What must hold of the rest of a word before an ending is taken off, beyond agreement."""

    NOUN = auto()
    HIS = auto()  # -ы alone: many words end so by themselves
    OWN = auto()  # -ым, -ың: so do these; after a noun of relation or a devoiced consonant only
    NO_ADJECTIVE = auto()  # -дық, -асыз: only where they cannot make an adjective
    PARTICIPLE = auto()
    VERB = auto()
    LONG_VERB = auto()  # not after one syllable: бармақ is a finger, Алмас a name
    SHORT_VERB = auto()  # after one syllable only: Тұрсынбай is a name


PLURAL = ("", "LAр")
# "(Y)" stands after consonants only, "(с)" after vowels only.
POSSESSIVES = ("(Y)м", "(Y)ң", "(Y)мYз", "(Y)ңYз", "(с)Y")
CASES = ("", "NYң", "KA", "CY", "DA", "BAн", "Mен", "DAKY", "Nікі")
PERSONS = ("MYн", "сYң", "PYз", "сYңдAр", "сYздAр")
# The cases that have forms of their own after -ым, -ың and after -(с)ы.
AFTER_OWN = ("", "NYң", "A", "CY", "DA", "BAн", "Mен", "DAKY", "Nікі")
AFTER_HIS = ("", "нYң", "нA", "н", "ндA", "нAн", "мен", "ндAғY", "нікі")

NEGATION = ("", "PA")
PRESENT_PERSONS = ("мYн", "сYң", "дY", "мYз", "сYңдAр", "сYздAр")
PAST_PERSONS = ("", "м", "ң", "ңYз", "ңдAр", "ңYздAр")
# -ғаны and -атыны as well: else their -ны would be taken for the accusative.
PARTICIPLES = ("у", "KAн", "KAнY", "KAндYQ", "{a}тYн", "{a}тYнY")
FINITES = (
    *(f"DY{person}" for person in PAST_PERSONS),
    *(f"{{a}}{person}" for person in PRESENT_PERSONS),
    *(f"KAн{person}" for person in ("MYн", "сYң", "сYз", "PYз", "сYздAр", "шA")),
    *(f"(Y)п{person}" for person in ("", "пYн", "сYң", "сYз", "тY", "пYз")),
    *(f"сA{person}" for person in ("", "м", "ң", "Q", "ңYз", "ңYздAр")),
    *("сYн", "(Y)ңYз", "(Y)ңYздAр", "(Y)ңдAр", "{a}йYн", "{a}йYQ", "KAлY", "PAQшY"),
)
NEGATIVES = ("PAй", "PAйYншA", "PAсA", "PAстAн", "PAспYн")


def spell_ending(ending: str, harmony: int, sound: int) -> str:
    """An ending as it is written after a stem of that harmony and final sound."""
    letters: list[str] = []
    for part in _ending_parts(ending):
        if part in ("(Y)", "(с)"):
            if (sound == VOWEL) != (part == "(с)"):
                continue
            part = part[1]
        if part == "{a}":  # the present: бар-а-ды, but сұра-й-ды
            part = "й" if sound == VOWEL else HARMONY["A"][harmony]
        elif part == "K":
            part = ("қк" if sound == VOICELESS else "ғг")[harmony]
        elif part in FOLLOWING:
            part = FOLLOWING[part][sound]
        elif part in HARMONY:
            part = HARMONY[part][harmony]
        letters.append(part)
        sound = SOUNDS[part]
    return "".join(letters)


def _ending_parts(ending: str) -> Iterator[str]:
    """The letters of an ending, with what stands in brackets as one."""
    at = 0
    while at < len(ending):
        width = 3 if ending[at] in "({" else 1
        yield ending[at : at + width]
        at += width


def _nominal_endings() -> Iterator[tuple[str, Constraint]]:
    """Plural, possessive and case, or a person, in their order."""
    for plural in PLURAL:
        for case in CASES[not plural :]:
            yield plural + case, Constraint.NOUN
        for person in PERSONS:
            yield plural + person, Constraint.NOUN
        for possessive in POSSESSIVES:
            if possessive in POSSESSIVES[:2]:
                cases, constraint = AFTER_OWN, Constraint.OWN
            elif possessive == POSSESSIVES[-1]:
                cases, constraint = AFTER_HIS, Constraint.HIS
            else:
                cases, constraint = CASES, Constraint.NOUN
            for case in cases:
                yield plural + possessive + case, Constraint.NOUN if plural else constraint


def _verbal_endings() -> Iterator[tuple[str, Constraint]]:
    """Negation with a tense and its person, or with a participle; other forms of verbs."""
    for negation in NEGATION:
        for participle in PARTICIPLES:
            yield negation + participle, Constraint.PARTICIPLE
        for finite in FINITES:
            yield negation + finite, Constraint.VERB
        yield negation + "DYQ", Constraint.NO_ADJECTIVE
        yield negation + "{a}сYз", Constraint.NO_ADJECTIVE
    for negative in NEGATIVES:
        yield negative, Constraint.VERB
    yield "PAс", Constraint.LONG_VERB
    yield "PAQ", Constraint.LONG_VERB


def endings() -> dict[str, dict[Constraint, int]]:
    """Every ending as written -> its constraints -> the bits (`kind`) of stems it can follow."""
    table: dict[str, dict[Constraint, int]] = {}
    for harmony, sound in product((BACK, FRONT), range(6)):
        for ending, constraint in (*_nominal_endings(), *_verbal_endings()):
            written = spell_ending(ending, harmony, sound)
            if constraint is Constraint.NO_ADJECTIVE and _is_adjective(written, sound):
                continue
            constraint = Constraint.SHORT_VERB if written == "бай" else constraint
            constraints = table.setdefault(written, {})
            constraints[constraint] = constraints.get(constraint, 0) | kind(harmony, sound)
            # оқы, with the ending of the present: оқиды.
            if "{a}" in ending[:3] and sound == VOWEL:
                constraints = table.setdefault("и" + written[1:], {})
                every = sum(kind(harmony, each) for each in range(GLIDE, VOICELESS + 1))
                constraints[constraint] = constraints.get(constraint, 0) | every
    order = list(Constraint)
    return {
        written: {
            constraint: constraints[constraint]
            for constraint in sorted(constraints, key=order.index)
        }
        for written, constraints in table.items()
    }


def _is_adjective(written: str, sound: int) -> bool:
    """Whether the ending is also one that makes adjectives: there -дық is -лық after а and р."""
    return written[0] in "ае" or (written[0] in "дт" and sound > GLIDE)


def kind(harmony: int, sound: int) -> int:
    """The bit of stems of that harmony and final sound."""
    return 1 << (harmony * 6 + sound)
