"""Title and body of a release -> the word that shows that it announces an accusation, or None.

Rules, not a judgment: a reader is better warned once too often. A release about a conviction or a
sentence is none, unless it says itself that others are presumed innocent.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

# A text says what it announces in its first paragraphs; of a long one so much is read.
LEAD, READ_CHARS = 3, 40_000


class Patterns(NamedTuple):
    """Beginnings of words, or of several in a row, by what they show; behind "-" a word ends, "*"
    is any ending of one.

    `outcome`: somebody was convicted or sentenced, or pleaded guilty. `accused`: somebody is
    accused, wherever it stands. `mentioned`: the same in a title or lead, but also said in passing
    of what is over ("sentenced on fraud charges"), or of other things. `presumed`: the release
    itself says that nothing is proven.
    """

    outcome: str
    accused: str
    mentioned: str
    presumed: str


PATTERNS = {
    "en": Patterns(
        outcome="""
            convicted, convicts, conviction, sentenced, sentences, sentencing, resentenced,
            plead guilty, pleads guilty, pleaded guilty, pled guilty, pleading guilty, guilty plea,
            found guilty, found liable, guilty verdict, guilty of, jury finds, years in prison,
            years in federal prison, months in prison, life in prison, acquitted, exonerated
        """,
        accused="""
            charged with, charged for, charged in, indicted, indicts, indictment-, arrested,
            arrests, arraigned, accused, accuses, accusing, alleged, alleges, alleging, allegation,
            criminal complaint, to plead guilty, files suit, files lawsuit, files complaint,
            files a complaint, filed a complaint, filed suit, filed a lawsuit
        """,
        mentioned="""
            charge-, charges-, charged-, charging, complaint, lawsuit, suit-, sue-, sues-, sued-,
            suing-, suspect, unseal, superseding, taken into custody, in custody, detained,
            extradit, accusation, under investigation
        """,
        presumed="""
            presumed innocent, presumed to be innocent, presumption of innocence, innocent until,
            innocent unless, proven guilty, proved guilty, not evidence of guilt,
            no determination of liability, merely an accusation, merely an allegation,
            only an accusation, only allegations, merely allegations, merely accusations,
            is an accusation, is an allegation, are allegations, are accusations
        """,
    ),
    "ru": Patterns(
        outcome="""
            осужден, приговорен, приговорил, приговор, признан* виновн, лишения свободы,
            лишению свободы, назначено наказание, оправдан
        """,
        accused="""
            обвин, подозрева, подозрени, заподозрен, задержан, арестован, предъявлен,
            возбужден* уголовн, возбуждено дело, начато досудебн, начато уголовн,
            заключен* под стражу, водворен* под стражу, взят* под стражу, под стражей,
            санкционирован* арест, направлен* в суд, передан* в суд, предан* суду, в розыск,
            экстрадирован, привлекается к уголовной, привлекаются к уголовной
        """,
        mentioned="""
            досудебн* расследован, расследу, следстви, иск-, иска-, иски-, исков-, уличен,
            изобличен
        """,
        presumed="""
            презумпци* невиновности, считается невиновн, считаются невиновн,
            до вступления приговора
        """,
    ),
    "kk": Patterns(
        outcome="""
            сотталды, сотталған, үкім, кінәлі деп, бас бостандығынан, жаза тағайында, ақталды
        """,
        accused="""
            айыпта, айып тағ, айыбы, күдік, ұсталды, ұсталған, ұстады, қамауға, қамалды,
            іс қозғал, сотқа жолда, сотқа жібер, сотқа берілді, сотқа түсті, экстрадицияла
        """,
        mentioned="""
            сотқа дейінгі терге, тергеу, тергел, тергеп, талап арыз, іздеу, қуғындау
        """,
        presumed="""
            кінәсіздік презумпциясы, кінәсіз деп
        """,
    ),
}


def accusation(title: str, body: Sequence[str], language: str) -> str | None:
    """The word by which a release announces an accusation, and not what a court made of it."""
    tables = [PATTERNS[language]] if language in PATTERNS else [*PATTERNS.values()]
    return next(filter(None, (_accusation_word(title, body, each) for each in tables)), None)


def _accusation_word(title: str, body: Sequence[str], patterns: Patterns) -> str | None:
    lead, text = "\n".join(body[:LEAD])[:READ_CHARS], "\n".join(body[:500])[:READ_CHARS]
    if found := _find_pattern(patterns.accused, title) or _find_pattern(patterns.presumed, text):
        return found
    if _find_pattern(patterns.outcome, title):
        return None
    if found := _find_pattern(patterns.mentioned, title):
        return found
    if _find_pattern(patterns.outcome, lead):
        return None
    return _find_pattern(patterns.mentioned, lead) or _find_pattern(patterns.accused, text)


def _find_pattern(beginnings: str, text: str) -> str | None:
    found = _pattern(beginnings).search(text.replace("ё", "е"))
    return " ".join(found[0].split()) if found else None


@cache
def _pattern(beginnings: str) -> re.Pattern[str]:
    each = (" ".join(words.split()) for words in beginnings.split(","))
    signs = {"*": r"\w*", " ": r"\s+", "-": r"\b"}
    ways = "|".join("".join(signs.get(c, c) for c in words) for words in each)
    return re.compile(rf"\b(?:{ways})\w*", re.IGNORECASE)
