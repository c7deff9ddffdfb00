"""Kazakh endings as data: what attaches to what, in the order in which it attaches.

Every ending is written once, with capital letters for sounds that follow the stem, and is spelled
out for each kind of stem. After the affix list of Krippes, "Kazakh Grammar with Affix List", and
the alternation rules of Kessikbayeva and Cicekli, "Rule Based Morphological Analyzer of Kazakh
Language" (2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from itertools import product

BACK, FRONT = range(2)
BACK_VOWELS = frozenset("аоұыёя")
FRONT_VOWELS = frozenset("әеөүіэ")
# What a stem ends in decides how an ending begins.
VOWEL, GLIDE, LATERAL, NASAL, BUZZING, VOICELESS = range(6)
SOUNDS = dict.fromkeys("аәеоөұүыіэёя", VOWEL)
SOUNDS |= dict.fromkeys("рйуию", GLIDE) | {"л": LATERAL} | dict.fromkeys("мнң", NASAL)
SOUNDS |= dict.fromkeys("зж", BUZZING) | dict.fromkeys("бвгғдкқпстфхһцчшщ", VOICELESS)
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


class Care(Enum):
    """What must hold of the rest of a word before an ending is taken off, beyond agreement."""

    NOUN = auto()
    HIS = auto()  # -ы alone: many words end so by themselves
    OWN = auto()  # -ым, -ың: so do these; as a noun of relation or with a mended consonant only
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


def spelled(ending: str, harmony: int, sound: int) -> str:
    """An ending as it is written after a stem of that harmony and final sound."""
    letters: list[str] = []
    for part in _parts(ending):
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


def _parts(ending: str) -> Iterator[str]:
    """The letters of an ending, with what stands in brackets as one."""
    at = 0
    while at < len(ending):
        width = 3 if ending[at] in "({" else 1
        yield ending[at : at + width]
        at += width


def _nominal() -> Iterator[tuple[str, Care]]:
    """Plural, possessive and case, or a person, in their order."""
    for plural in PLURAL:
        for case in CASES[not plural :]:
            yield plural + case, Care.NOUN
        for person in PERSONS:
            yield plural + person, Care.NOUN
        for possessive in POSSESSIVES:
            if possessive in POSSESSIVES[:2]:
                cases, care = AFTER_OWN, Care.OWN
            elif possessive == POSSESSIVES[-1]:
                cases, care = AFTER_HIS, Care.HIS
            else:
                cases, care = CASES, Care.NOUN
            for case in cases:
                yield plural + possessive + case, Care.NOUN if plural else care


def _verbal() -> Iterator[tuple[str, Care]]:
    """Negation with a tense and its person, or with a participle; other forms of verbs."""
    for negation in NEGATION:
        for participle in PARTICIPLES:
            yield negation + participle, Care.PARTICIPLE
        for finite in FINITES:
            yield negation + finite, Care.VERB
        yield negation + "DYQ", Care.NO_ADJECTIVE
        yield negation + "{a}сYз", Care.NO_ADJECTIVE
    for negative in NEGATIVES:
        yield negative, Care.VERB
    yield "PAс", Care.LONG_VERB
    yield "PAQ", Care.LONG_VERB


def endings() -> dict[str, dict[Care, int]]:
    """Every ending as written -> what to take care of -> a bit for each kind of stem it follows.

    The bit of a harmony and a final sound is `kind(harmony, sound)`.
    """
    table: dict[str, dict[Care, int]] = {}
    for harmony, sound in product((BACK, FRONT), range(6)):
        for ending, care in (*_nominal(), *_verbal()):
            written = spelled(ending, harmony, sound)
            if care is Care.NO_ADJECTIVE and _is_adjective(written, sound):
                continue
            care = Care.SHORT_VERB if written == "бай" else care
            cares = table.setdefault(written, {})
            cares[care] = cares.get(care, 0) | kind(harmony, sound)
            # оқы, with the ending of the present: оқиды.
            if "{a}" in ending[:3] and sound == VOWEL:
                cares = table.setdefault("и" + written[1:], {})
                every = sum(kind(harmony, each) for each in range(GLIDE, VOICELESS + 1))
                cares[care] = cares.get(care, 0) | every
    order = list(Care)
    return {
        written: {care: cares[care] for care in sorted(cares, key=order.index)}
        for written, cares in table.items()
    }


def _is_adjective(written: str, sound: int) -> bool:
    """Whether the ending is also one that makes adjectives: there -дық is -лық after а and р."""
    return written[0] in "ае" or (written[0] in "дт" and sound > GLIDE)


def kind(harmony: int, sound: int) -> int:
    """The bit of stems of that harmony and final sound."""
    return 1 << (harmony * 6 + sound)
