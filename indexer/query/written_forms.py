"""One thing in several written forms: compounds, initialisms, numbers; and which forms the texts of
a corpus attest.

A text attests that "pretrial" is "pre trial" where it has "pre-trial", that "fbi" is "f b i" where
it has "F.B.I.", and what an abbreviation stands for where it explains it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, pairwise

from indexer.analysis.analyzer import WORD, fold, words
from indexer.analysis.function_words import is_function_word
from indexer.query.abbreviations import MOST_LETTERS, explained_abbreviations
from indexer.query.cited_numbers import cited_numbers
from indexer.query.notation import QUOTED

# Other hyphens and blanks.
LIKE = (("\u2010", "-"), ("\u2011", "-"), ("\n", " "), ("\t", " "), ("\u00a0", " "))
# A word without the signs around it; a pattern that looks for these tries them anew at each sign.
INNER = re.compile(r"\w(?:.*\w)?", re.DOTALL)
LETTER = r"[^\W\d_]"
COMPOUND = re.compile(rf"{LETTER}+(?:[-\u2010\u2011]{LETTER}+)+")
INITIALS = re.compile(rf"{LETTER}(?:\.{LETTER})+")
CENTS = r"(?:[.,](?P<cents>\d{1,2}))?"
GROUPED = re.compile(rf"(?P<whole>[1-9]\d{{0,2}}(?P<sign>[,.])\d{{3}}(?:(?P=sign)\d{{3}})*){CENTS}")
UNGROUPED = re.compile(rf"(?P<whole>[1-9]\d{{3,14}}){CENTS}")
YEAR = re.compile(r"(?:1[89]|20)\d\d")
# As likely a fraction as thousands.
POINT = re.compile(r"\d+\.\d{3}")
# Between a key of the field of attested forms and the form, of a compound and of an abbreviation.
WRITTEN, STANDS_FOR = "=", ":"
BETWEEN_WORDS = re.compile(r"[\s:()]+")
# In a single release, a form may be a slip.
LEAST_RELEASES = 2
# So many times rarer than its parts, two words are run together by a slip.
RARER = 100
# Words of so few letters are initials only in capitals, and if they are not so many times commoner.
SHORT, COMMONER = 2, 10
# Longer queries are sentences.
MOST_WORDS = 40


@dataclass(frozen=True)
class Attested:
    """What a corpus attests of a word: how many releases have it, its forms as a compound or as
    initials, and what it abbreviates or is abbreviated to, each with its number of releases.
    """

    releases: int = 0
    forms: Mapping[str, int] = field(default_factory=dict)
    abbreviations: Mapping[str, int] = field(default_factory=dict)


NOTHING = Attested()
# Folded words -> what a corpus attests of each.
LookUp = Callable[[Collection[str]], Mapping[str, Attested]]


def remembered(look_up: LookUp) -> LookUp:
    """The same, each word asked for once."""
    asked, found = set[str](), dict[str, Attested]()

    def look_up_new(words: Collection[str]) -> Mapping[str, Attested]:
        if new := {*words} - asked:
            asked.update(new)
            found.update(look_up(new))
        return found

    return look_up_new


def often_attested(counts: Mapping[str, int]) -> dict[str, int]:
    """The forms that several releases attest, the commonest first."""
    kept = [(form, number) for form, number in counts.items() if number >= LEAST_RELEASES]
    return dict(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


def attested_terms(text: str) -> list[str]:
    """What a text attests, as terms of a field of whole values."""
    found: dict[str, None] = {}
    for token in _signed(text):
        if parts := _parts(token):
            found["".join(parts) + WRITTEN + " ".join(parts)] = None
    for short, long in explained_abbreviations(text):
        found[fold(short) + STANDS_FOR + long] = None
        found[" ".join(words(long)) + STANDS_FOR + short] = None
    return [*found]


def _signed(text: str) -> Iterator[str]:
    """What stands between blanks and has a hyphen or a point between two letters; by searching for
    these signs, which is several times faster than looking at each word.
    """
    for sign, plain in LIKE:
        text = text.replace(sign, plain)
    for sign in "-.":
        at = text.find(sign)
        while at >= 0:
            if text[at - 1 : at].isalpha() and text[at + 1 : at + 2].isalpha():
                end = text.find(" ", at)
                end = len(text) if end < 0 else end
                yield text[text.rfind(" ", 0, at) + 1 : end]
                at = end
            at = text.find(sign, at + 1)


@lru_cache(maxsize=1 << 14)
def _parts(token: str) -> tuple[str, ...]:
    """The two parts of a compound, unless one is a function word ("on line" is not always
    "on-line"), or the letters of initials; none of anything else.
    """
    token = _inner(token)
    parts = tuple(words(token))
    is_compound = len(parts) == 2 and COMPOUND.fullmatch(token)
    if (is_compound and not any(map(is_function, parts))) or INITIALS.fullmatch(token):
        return parts
    return ()


def _inner(token: str) -> str:
    found = INNER.search(token)
    return found[0] if found else ""


def known_forms(
    typed: str, attested: Mapping[str, Attested] | None, cited: Collection[str] = ()
) -> list[list[str]]:
    """The words of a typed word's other forms: of "pre-trial", joined, if texts have that; of
    "pretrial", as they have it; of a number that is not `cited`, with or without signs. `attested`
    None: any.
    """
    if _inner(typed) in cited:
        return []
    forms = _attested_forms(typed, attested or {})
    if by_signs := _form_by_signs(typed):
        is_number = by_signs[0].isdecimal()
        if is_number or attested is None or _is_joined(by_signs[0], attested):
            forms.append(by_signs)
    return forms


def _is_joined(word: str, attested: Mapping[str, Attested]) -> bool:
    """Whether texts have a compound or initials as one word; one of two letters that is far more
    common than these initials is another word: "Co.", "Jr.", "Va.".
    """
    found = attested.get(word, NOTHING)
    return bool(found.releases) and (
        len(word) > SHORT or found.releases <= COMMONER * found.forms.get(" ".join(word), 0)
    )


def _form_by_signs(typed: str) -> list[str]:
    """The words of a typed word in its other form, as far as its signs tell: pre-trial and U.S.A.
    joined, 1,000,000 without commas, 1000000 with them; none of another one.
    """
    typed = _inner(typed)
    if COMPOUND.fullmatch(typed) or INITIALS.fullmatch(typed):
        joined = "".join(words(typed))
        return [] if _is_ambiguous(joined) else [joined]
    if (found := GROUPED.fullmatch(typed)) and not POINT.fullmatch(typed):
        whole = re.sub(r"\D", "", found["whole"])
        return [] if YEAR.fullmatch(whole) else [whole, *filter(None, [found["cents"]])]
    if (found := UNGROUPED.fullmatch(typed)) and not YEAR.fullmatch(typed):
        return [*f"{int(found['whole']):,}".split(","), *filter(None, [found["cents"]])]
    return []


def _attested_forms(typed: str, attested: Mapping[str, Attested]) -> list[list[str]]:
    """The forms of a single word; none of "it" unless it is in capitals."""
    found = WORD.findall(typed)
    if len(found) != 1 or is_function(found[0]):
        return []
    if len(found[0]) <= SHORT and not found[0].isupper():  # "Ed" is not "E.D."
        return []
    return [form.split() for form in attested.get(fold(found[0]), NOTHING).forms]


def phrase_forms(phrase: str, attested: Mapping[str, Attested]) -> list[str]:
    """A phrase with one of its words, or two neighbors as one, in another form."""
    typed, cited = phrase.split(), cited_numbers(phrase.casefold()).values()
    found = [
        " ".join([*typed[:at], spelled(form), *typed[at + 1 :]])
        for at, each in enumerate(typed)
        for form in known_forms(each, attested, cited)
    ]
    for at, pair in enumerate(pairwise(typed)):
        initials = function_initials(pair[0])
        if form := joined_form(*pair, attested) or (initials and f"{initials.upper()} {pair[1]}"):
            found.append(" ".join([*typed[:at], form, *typed[at + 2 :]]))
    return found


def spelled(form: Sequence[str]) -> str:
    """The words of a form as readers know them: U.S., 1,000,000, 1000.50, health care."""
    if len(form) > 1 and all(len(each) == 1 and each.isalpha() for each in form):
        return "".join(f"{each.upper()}." for each in form)
    if all(each.isdecimal() for each in form):
        return re.sub(r" (?!\d{3})", ".", " ".join(form)).replace(" ", ",")
    return " ".join(form)


def joined_form(one: str, other: str, attested: Mapping[str, Attested]) -> str | None:
    """Two typed words as one, if texts have that word, and its parts as a compound, too."""
    pair = words(f"{one} {other}")
    found = attested.get("".join(pair), NOTHING)
    least = min((attested.get(each, NOTHING).releases for each in pair), default=0) / RARER
    is_known = found.releases >= max(LEAST_RELEASES, least) and " ".join(pair) in found.forms
    return "".join(pair) if is_known else None


def function_initials(typed: str) -> str | None:
    """Initials that are another word without their signs: "us" of "U.S."."""
    joined = "".join(words(typed))
    return joined if INITIALS.fullmatch(typed.rstrip(".")) and _is_ambiguous(joined) else None


def words_to_look_up(typed: str) -> set[str]:
    """The first words outside quotes, and what they may be parts of, or are by their signs."""
    outside = QUOTED.sub(" ", typed)
    signed = islice(filter(None, map(_form_by_signs, BETWEEN_WORDS.split(outside))), MOST_WORDS)
    found = with_joined(words(outside)) | {"".join(form) for form in signed}
    return {word for word in found if len(word) <= MOST_LETTERS}


def with_joined(written: Sequence[str]) -> set[str]:
    """Words, and each two neighbors as one."""
    some = written[:MOST_WORDS]
    return {*some, *(one + other for one, other in pairwise(some))}


def _is_ambiguous(initials: str) -> bool:
    """Whether initials without their signs are a function word, or the pronoun "us", which function
    words leave to those who type the country so.
    """
    return initials == "us" or is_function(initials)


def is_function(word: str) -> bool:
    """Whether a word is a function word of any language, as one in capitals is not."""
    return is_function_word(word, ("en", "ru", "kk"))
