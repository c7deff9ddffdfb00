"""A folded Kazakh word -> the stem that its forms share: a light stemmer for Cyrillic script.

The longest ending goes whose sounds agree with what remains: harmony of vowels, voiceless after
voiceless, a possible end of a word. Agreement is what keeps names and short words whole: no -тан
is taken off сұлтан, for after л it would be -дан. Endings that make other words (-лық, -шы, -сыз,
the passive) stay.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from indexer.analysis.kazakh_endings import (
    BACK,
    BACK_VOWELS,
    FRONT,
    FRONT_VOWELS,
    GLIDE,
    SOUNDS,
    VOWEL,
    Constraint,
    endings,
    kind,
)
from indexer.analysis.kazakh_words import FLEETING, IRREGULAR, RELATIONS, STEMS, VERBS

NOMINAL = frozenset((Constraint.NOUN, Constraint.HIS, Constraint.OWN))
NATIVE = frozenset("әғқңөұүһі")
OPEN = BACK_VOWELS | FRONT_VOWELS
# Written for a vowel and a consonant at once, or for either.
GLIDING = frozenset("иую")
# Two letters that end a word after a consonant; the second set in loans alone.
CLUSTERS = frozenset(a + b for a in "рлнй" for b in "тқкпс") | {"мп", "мс"}
_IN_LOANS = """бл бр вр гр др кл кс кт лг лл лм лф мб мм мф нг нд нц пр пт рб рв рг рд рж рл рм рн
рф рх рц рш рщ ск сс ст тр тт фт зм ль рь нь ть дь зь вь ьт"""
LOAN_CLUSTERS = CLUSTERS.union(_IN_LOANS.split())
LONGEST = 12  # letters of an ending
DEVOICED = {"б": "п", "г": "к", "ғ": "қ"}
OUTER = frozenset(Constraint)
# Under plural, possessive and case there may still be a participle: бар-ған-дар.
INNER = frozenset((Constraint.PARTICIPLE, Constraint.HIS, Constraint.NOUN))
# Words often end in these by themselves; alone they are always taken off, so under another ending
# too, that all forms meet: күдікті, күдіктінің.
COMMON = frozenset(("ы", "і", "ды", "ді", "ты", "ті"))


def stem(word: str) -> str:
    """The stem of a folded word."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    rest = _with_glides(word)
    rest, constraint = _without_ending(rest, OUTER)
    if constraint in NOMINAL:
        rest, constraint = _without_ending(rest, INNER)
    if rest.endswith("б"):
        rest = rest[:-1] + "п"
    return rest.replace("йа", "я").replace("йу", "ю")


def _with_glides(word: str) -> str:
    """я and ю after a vowel as the two sounds they are: қояды is қой-а-ды."""
    if "я" not in word and "ю" not in word:
        return word
    letters = [word[:1]]
    for before, letter in pairwise(word):
        after_vowel = before in OPEN or before in GLIDING
        letters.append({"я": "йа", "ю": "йу"}.get(letter, letter) if after_vowel else letter)
    return "".join(letters)


def _without_ending(word: str, constraints: frozenset[Constraint]) -> tuple[str, Constraint | None]:
    """The word without its longest ending that a constraint allows, and that constraint; a rest
    that is known to be a whole word comes before all others.
    """
    if word in STEMS:
        return word, None
    table = _endings()
    found: tuple[str, Constraint | None] | None = None
    for at in range(max(2, len(word) - LONGEST), len(word)):
        ending = word[at:]
        for constraint, kinds in table.get(ending, {}).items():
            is_inner = constraint is Constraint.PARTICIPLE or ending in COMMON
            if constraint not in constraints or (constraints is INNER and not is_inner):
                continue
            rest = _rest(word[:at], ending, constraint, kinds)
            if rest in STEMS and constraint in NOMINAL:
                return rest, constraint
            if rest and not found:
                found = rest, constraint
    return found or (word, None)


@cache
def _endings() -> dict[str, dict[Constraint, int]]:
    return endings()


def _rest(cut: str, ending: str, constraint: Constraint, kinds: int) -> str | None:
    """The stem that the ending was put to, if there can be one."""
    is_noun = constraint in NOMINAL
    if is_noun and cut in FLEETING and ending[0] in OPEN:
        return FLEETING[cut]
    if not kinds & _kinds(cut):
        return None
    is_vowel_next = ending[0] in OPEN or ending[0] in GLIDING
    if is_vowel_next and not is_noun and cut[-1] not in OPEN:
        for vowel in "аеыі":
            if cut + vowel in VERBS:
                return cut + vowel
    if not _can_end(cut, is_noun, is_vowel_next):
        return None
    devoiced = _devoice(cut) if is_vowel_next else cut
    if cut.endswith("ис") and ending[0] == "т":  # туристер, туристің, of турист
        devoiced = cut + "т"
    if is_noun:
        return devoiced if _is_noun(cut, devoiced, ending, constraint) else None
    return _verb(devoiced, ending, constraint)


def _kinds(cut: str) -> int:
    """The bits of the kinds of stems that this may be."""
    last = cut[-1]
    if last in "ьъ" and len(cut) > 1:
        return kind(FRONT, SOUNDS.get(cut[-2], GLIDE)) | kind(BACK, SOUNDS.get(cut[-2], GLIDE))
    sound = SOUNDS.get(last)
    if sound is None:
        return 0
    front, back = kind(FRONT, sound), kind(BACK, sound)
    if cut.endswith(("ов", "ев", "ова", "ева", "ин", "ина")):  # surnames: both are written
        return front | back
    for letter in reversed(cut):
        if letter in BACK_VOWELS:
            return back
        if letter in FRONT_VOWELS:
            return front
        if letter == "и":  # журналист-ер, but қиын
            break
    return front | back


def _can_end(cut: str, is_noun: bool, is_vowel_next: bool) -> bool:
    """Whether a word can end so, before an ending that begins with a vowel or not."""
    if not _syllables(cut):
        return False
    if is_noun and cut in STEMS:
        return True
    last, before = cut[-1], cut[-2]
    if last in OPEN:
        return len(cut) > 2 or (not is_noun and cut in ("де", "же"))
    if last == "ғ" and not is_vowel_next:
        return False
    if before in OPEN or before in GLIDING:
        if last in "пкқ" and is_vowel_next:  # would be б г ғ there
            return False
        if last == "ш" and before == "у" and len(cut) > 3:  # -ушы, who does it
            return False
        return is_noun or last not in "вдфхһц"
    if last in GLIDING:
        return True
    is_loan = is_noun and NATIVE.isdisjoint(cut)
    return before + last in (LOAN_CLUSTERS if is_loan else CLUSTERS)


def _syllables(word: str) -> int:
    count, was_vowel = 0, False
    for letter in word:
        is_vowel = letter in OPEN or (letter in GLIDING and not was_vowel)
        count += is_vowel
        was_vowel = is_vowel
    return count


def _devoice(cut: str) -> str:
    """A stem whose last consonant a vowel had made voiced: кітаб is кітап, but a педагог stays."""
    last = cut[-1]
    if last not in DEVOICED or (last == "г" and cut[-2] not in FRONT_VOWELS):
        return cut
    return cut[:-1] + DEVOICED[last]


def _is_noun(cut: str, devoiced: str, ending: str, constraint: Constraint) -> bool:
    if constraint is Constraint.OWN:
        is_participle = cut.endswith(("ған", "ген", "қан", "кен")) and len(cut) > 4
        return is_participle or devoiced in RELATIONS or (devoiced != cut and _syllables(cut) > 1)
    if constraint is Constraint.HIS and ending[0] == "с" and cut[-1] in "ыі":
        return cut in STEMS or cut[-2] in "шғгқк"  # қылмыс-ы, but басшы-сы
    return True


def _verb(cut: str, ending: str, constraint: Constraint) -> str | None:
    syllables = _syllables(cut)
    is_open = SOUNDS.get(cut[-1]) == VOWEL
    if constraint is Constraint.LONG_VERB and syllables < 2:
        return None
    if constraint is Constraint.SHORT_VERB and syllables > 1:
        return None
    if is_open and syllables < 2 and ending in ("у", "п"):  # тау, топ
        return None
    if cut[-1] in "ыі" and ending[0] == "с" and cut not in VERBS:  # жұмыс-ын, no жұмы-сын
        return None
    if is_open and syllables > 2:
        # Which verbs end in а and which do not cannot be told from айыптады.
        return cut[:-1]
    return cut
