"""The judge of a case, as a release names the first one."""

import re
from collections.abc import Iterator

from corpus.fact import Fact
from corpus.facts.sentences import stated
from corpus.facts.text import Text
from corpus.facts.wording import wordings

_PARTICLE = r"(?:de|del|de\s+la|la|van|von|der|den|st\.|mac|le|du|da|di)"
_WORD = r"(?:[A-Z]\.(?:\s?[A-Z]\.)*|[A-Z][\w’'-]+|O[’'][A-Z]\w+)"
_LAST = r"[A-Z][\w’'-]+"
NAME = (
    rf"(?:{_WORD}\s+)(?:(?:[\"“]\w+[\"”]|{_PARTICLE}|{_WORD})(?:\s+|(?<=\.))){{0,4}}"
    rf"(?:{_PARTICLE}\s+)?{_LAST}"
    rf"(?:,?\s+(?:Jr\.?|Sr\.?|II|III|IV)(?!\w))?|{_LAST}"
)
_COURT = (
    r"(?:U\.?\s?S\.?|United\s+States|[Ff]ederal|Senior|Chief|Acting|Visiting"
    r"|District(?:\s+Court)?|Magistrate|Bankruptcy|Circuit|Superior(?:\s+Court)?|Supreme\s+Court"
    r"|Court|County|Presiding|State)"
)
JUDGE = re.compile(
    rf"\b(?P<rank>(?:{_COURT}\s+){{0,5}})(?:Judge|Justice(?=\s+[A-Z]\.?\s|\s+[A-Z]\w+\s+[A-Z]))"
    rf"\s+(?P<name>{NAME})"
    rf"|\b(?:the\s+)?Hon(?:\.|orable)\s+(?:{_COURT}\s+)*(?:Judge\s+)?(?P<honored>{NAME})"
)
# Before one who is no judge of the case: a defendant, somebody bribed, another kind of judge.
NOT_OF_THE_CASE = re.compile(
    r"(?:\b(?:former|retired|the\s+late|then-?|bribed?|bribing|deceased)\s+(?:\w+\s+){0,2}"
    r"|\b(?:administrative\s+law|immigration)\s+|\bex-)$",
    re.IGNORECASE,
)
# A judge without rank is one of the case who acts in it.
BEFORE_ACTING = re.compile(r"\b(?:by|before|from|of)\s+(?:the\s+)?(?:then[\s-])?$", re.IGNORECASE)
ACTING = re.compile(
    r"\W*(?:$|,|\.|(?:also|who|today|then|of|in|sentenced|ordered|imposed|ruled|scheduled"
    r"|accepted|presid\w+|set|signed|found|granted|said|issued|entered|handed|approved|denied"
    r"|remanded|has|will|noted|determined|told|unsealed|did|is|to|on|and|for|held|at)\b)",
    re.IGNORECASE,
)
# A magistrate who hears somebody after the arrest is not yet the judge of the case.
HEARING = wordings("""
    initial|first [court] appearance
    arraigned
    detention hearing
""")
NO_NAME = re.compile(
    r"(?:Advocate|Judge|Department|Attorney|Court|Order|The|Sentenc\w+|Orders?|Convict\w+|Finds"
    r"|Imposes|Charged|Pleads?|Arrested|Indicted|Agrees|Rules?|Dismisses|And|In|Of|For|On)\b"
)
WORDS = ("Judge", "Hon", "Justice")


def judges(text: Text) -> Iterator[Fact]:
    """The first judge whom a release names as acting in its case, if possible in its news."""
    other: Fact | None = None
    for sentence in text.sentences[1:]:
        if not any(word in sentence.text for word in WORDS):
            continue
        for match in JUDGE.finditer(sentence.text):
            if not _is_of_the_case(match):
                continue
            group = "name" if match["name"] else "honored"
            fact = stated("judge", " ".join(match[group].split()), sentence, match, group)
            if not text.is_past(sentence) and not HEARING.search(sentence.text):
                yield fact
                return
            other = other or fact
    if other:
        yield other


def _is_of_the_case(match: re.Match[str]) -> bool:
    words, start = match.string, match.start()
    if NO_NAME.match(match["name"] or match["honored"]):
        return False
    if NOT_OF_THE_CASE.search(words[max(0, start - 30) : start]):
        return False
    if match["honored"] or match["rank"]:
        return True
    if "Justice" in match[0]:
        return False
    is_before_acting = BEFORE_ACTING.search(words[max(0, start - 12) : start])
    return bool(is_before_acting or ACTING.match(words, match.end()))
