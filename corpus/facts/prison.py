"""Prison terms that a court has imposed, in months, as the release's own news."""

import re
from collections.abc import Iterator

from corpus.fact import Fact
from corpus.facts.sentences import Sentence, stated
from corpus.facts.text import NEWS, Text
from corpus.facts.wording import NUMBERS, wordings

TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: number for number, word in enumerate(NUMBERS, 1)} | {
    f"{ten}{rest and '-'}{rest}": 10 * tens + number
    for tens, ten in enumerate(TENS, 2)
    for number, rest in enumerate(["", *NUMBERS[:9]])
}
_WORDS = "|".join(sorted(WORDS, key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})?(?:\.\d)?|{_WORDS}|an?)"
_UNIT = r"(?:years?(?!-term|\s+term,)|months?|yrs?)"
_PLACE = (
    r"(?:prison|imprisonment|incarceration|custody|confinement|jail|penitentiary|behind\s+bars)"
)
# 63 months; 12 months and one day; 7 years and 3 months; a 63-month term; life in prison
TERM = re.compile(
    rf"(?<![\w$.,-])(?P<number>{_NUMBER})[\s-]+(?P<unit>{_UNIT})\b"
    rf"(?:(?:(?<=year)|(?<=years)),?\s+(?:and\s+)?(?P<more>{_NUMBER})\s+months?\b"
    rf"|\s+and\s+{_NUMBER}\s+days?\b)?"
    r"|\b(?P<life>life)(?:[\s-]+(?:terms?|sentences?))?"
    r"(?=\s+(?:plus|in|imprisonment|sentences?|terms?|without|behind|for|and)\b|\s*[,.;]|\s*$|-)",
    re.IGNORECASE,
)
# "51 and 31 months": a number whose unit follows the next one
BARE = re.compile(
    rf"(?P<number>{_NUMBER})(?:,\s+|,?\s+and\s+|,?\s+or\s+)"
    rf"(?={_NUMBER}\b[\w\s,]{{0,40}}?{_UNIT}\b)",
    re.IGNORECASE,
)
# A sentence about a term has one of these words.
IMPOSED = wordings("""
    sentence|sentenced|sentences|sentencing|resentenced
    to|will serve
    serving|received|receives?|imposed|imposes|gets?|got|given
    terms? of
    ordered to
""")
# Behind these words a term is nobody's yet, or of another kind.
NOT_IMPOSED = wordings("""
    faces?|faced|facing|could|would
    may !\\d+
    maximum|minimum|statutory|potential|penalty|penalties|punishable|range|between
    up|subject to
    carries|carry|carried
    recommend*|requested|guidelines?|expected|scheduled|seek*
    if convicted
    as much|many as
    calls? for
    agree|agrees|agreed
    law provides
    supervised release [term] of|for
    probation of|for
""")
# What stands behind a term of another kind: supervised release (also glued), probation, an age.
OTHER_KIND = re.compile(
    r"^.{0,16}?supervis|^[\w\s,’'-]{0,12}?\b(?:super\s|probation|home\b|house\b|community|halfway"
    r"|unsupervised|release\b|suspended|old\b|of\s+age|electronic|parole|to\s+pay|career|period\b"
    r"|ago\b|before|after|later|earlier|history|investigation|scheme|conspiracy)",
    re.IGNORECASE,
)
# Directly before a number: it is no term, or one that runs beside the first.
INEXACT = re.compile(
    r"\b(?:more\s+than|over|nearly|almost|about|approximately|at\s+least|less\s+than|under|just"
    r"|combined(?:\s+total)?(?:\s+of)?|collectively|additional|concurrent|consecutive"
    r"|followed\s+by|addition\s+to(?:\s+\w+){0,2}|suspended|remaining|first|last|from|serving"
    r"|served)\s*(?:an?\s+|the\s+)?$",
    re.IGNORECASE,
)
BESIDE = wordings("""
    concurrent*|consecutive*|probation|supervised
    on|for each
    on count
    on the # count
    count one|two|\\d+
""")
COMBINED = wordings("combined|collectively|altogether|aggregate")
TOTAL = re.compile(r"\btotal(?:\s+\w+){0,3}\s+(?:of\s+)?$|\btotaling\s+$", re.IGNORECASE)
# Before a number, where no word of a prison follows it.
SERVED = re.compile(
    r"\b(?:(?:re)?sentenced(?:\s+\S+){0,6}?\s+to(?:\s+(?:serve|a|term|of|total|prison|and))*"
    r"|(?:imprisonment|incarceration|custody|prison)(?:\s+(?:terms?|sentences?))?(?:\s+of|\s+for)?"
    r"|to\s+serve|sentences?\s+of|and|,)\s*$",
    re.IGNORECASE,
)
IN_PRISON = re.compile(
    rf"[\s,’']*(?:\S+\s+){{0,4}}?{_PLACE}\b|[\s-]*(?:{_PLACE}|sentence|term)", re.IGNORECASE
)
# What others got, told beside the news.
OTHERS = wordings("""
    has|have [each] [also] been [\\w+] sentenced
    co-?defendants?|co-?conspirators?
    wife|husband|brother|sister|son|daughter|father|mother|partner was
    others? were|was|have|has|received
    serving
    of those
""")
PLEADED_BEFORE = re.compile(
    r"\b(?:pleaded|pled)\s+guilty\b[^.]{0,250}?\b(?:and|was|were)\s+(?:(?:was|were|each|both)\s+)*"
    r"sentenced",
    re.IGNORECASE,
)
AROUND = 90  # characters


def prison_terms(text: Text) -> Iterator[Fact]:
    """Each term once: months, or "life"."""
    known = set[str]()
    first = 0  # the first paragraph with a term
    for sentence in text.sentences:
        if not IMPOSED.search(sentence.text) or _is_background(text, sentence, first):
            continue
        facts = _terms(sentence)
        first = first or (sentence.paragraph if facts else 0)
        for fact in facts:
            if fact.value not in known:
                known.add(fact.value)
                yield fact


def _is_background(text: Text, sentence: Sentence, first: int) -> bool:
    if sentence.paragraph == 0 or NEWS.search(sentence.text):
        return False
    is_of_others = OTHERS.search(sentence.text) or PLEADED_BEFORE.search(sentence.text)
    return text.is_past(sentence) or bool(is_of_others) or text.is_of_others(sentence, first)


def _terms(sentence: Sentence) -> list[Fact]:
    """The terms of a sentence; of "a total of 72 months: 48 and 24" the total."""
    facts, totals = list[Fact](), list[Fact]()
    words, last = sentence.text, 0
    is_open = False  # in a list of what somebody may get
    for match in TERM.finditer(words):
        before = words[max(last, match.start() - AROUND) : match.start()]
        after = words[match.end() : match.end() + AROUND]
        last = match.end()
        is_open = bool(NOT_IMPOSED.search(before) or (is_open and not IMPOSED.search(before)))
        is_total = bool(TOTAL.search(before))
        if is_open or not _is_term(before, after, bool(facts) and not is_total):
            continue
        fact = stated("prison", _months(match), sentence, match)
        facts.append(fact)
        totals += [fact] * is_total
    return totals or [*facts, *_listed(sentence, facts)]


def _is_term(before: str, after: str, is_second: bool) -> bool:
    if OTHER_KIND.search(after) or COMBINED.search(after[:30]) or INEXACT.search(before):
        return False
    if is_second and (BESIDE.search(before) or BESIDE.search(after[:40])):
        return False
    return bool(IN_PRISON.match(after) or SERVED.search(before))


def _listed(sentence: Sentence, facts: list[Fact]) -> Iterator[Fact]:
    """Numbers without a unit before a term."""
    places = {each.start: each for each in facts}
    for bare in BARE.finditer(sentence.text):
        following = TERM.search(sentence.text, bare.end(), bare.end() + 60)
        if following and sentence.start + following.start() in places and following["unit"]:
            months = _number(bare["number"]) * _unit(following["unit"])
            yield stated("prison", f"{months:.15g}", sentence, bare, "number")


def _months(match: re.Match[str]) -> str:
    if match["life"]:
        return "life"
    months = _number(match["number"]) * _unit(match["unit"])
    return f"{months + _number(match['more'] or '0'):.15g}"


def _unit(written: str) -> int:
    return 12 if written.lower().startswith("y") else 1


def _number(written: str) -> float:
    word = written.lower()
    return 1.0 if word in ("a", "an") else float(WORDS.get(word) or word.replace(",", ""))
