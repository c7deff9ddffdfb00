"""Amounts of money that are ordered or agreed: restitution, civil penalties, forfeitures; and, as
words found, every amount.
"""

import re
from collections.abc import Iterator

from corpus.fact import Fact
from corpus.facts.sentences import stated
from corpus.facts.text import NEWS, Text
from corpus.facts.wording import AMOUNT, wordings

# 2 500 тысяч тенге, 12,5 млн рублей, 300 tenge
LOCAL = re.compile(
    r"(?<![\d,])(?P<number>\d{1,3}(?:[ \u00a0]\d{3})+(?:,\d+)?|\d+(?:,\d+)?)\s?"
    r"(?P<size>тыс\w*\.?|мың|млн\.?|миллион\w*|млрд\.?|миллиард\w*)?\s?"
    r"(?P<currency>тенге|теңге\w*|тг\b|tenge|рубл\w+|руб\b\.?|rubles?|roubles?)",
    re.IGNORECASE,
)
SIZES = {"тыс": 1e3, "мың": 1e3, "млн": 1e6, "мил": 1e6, "млр": 1e9}
DOLLARS = re.compile(AMOUNT, re.IGNORECASE)
WRITTEN = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)(?:[\s-]?(?P<scale>[a-z]+))?")
WHOLE = 100_000  # dollars; no larger number is one of millions
SCALES = {"thousand": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9, "trillion": 1e12}

_ABOUT = (
    r"(?:(?:approximately|more|over|nearly|almost|just|about|than|under|a\s+total\s+of|of)\s+)*+"
)
_OF = r"(?:in\s+the\s+(?:total\s+)?amounts?\s+of|of|totall?ing|for|amounting\s+to|amount\s+of)\s+"
# Nothing but who is paid may stand between: "restitution to the IRS and a fine of $10,000".
_PAYEE = (
    r"(?:to\s+(?:the\s+|his\s+|her\s+|their\s+|its\s+)?"
    r"(?:(?!and\s+an?\b|fines?\b|forfeit|penalt)[\w.&’'()-]+\s+){1,12}?)?"
)
RESTITUTION = re.compile(
    rf"(?P<before>{AMOUNT})\s*(?:dollars\s+)?(?:in\s*)?"
    r"(?:(?!\band\b|\bfine|\bfor)[\w-]+\s+){0,4}?restitution\b"
    r"|(?<!penalty\sand\s)(?<!fine\sand\s)(?<!forfeiture\sand\s)\brestitution\s+(?:order\s+|payments?\s+|judgment\s+)?(?:jointly\s+and\s+severally\s+)?"
    rf"{_PAYEE}{_OF}{_ABOUT}(?P<behind>{AMOUNT})",
    re.IGNORECASE,
)
_CIVIL = r"civil\s+(?:money\s+|monetary\s+)?(?:penalt(?:y|ies)|fines?)\b"
CIVIL_PENALTY = re.compile(
    rf"(?P<before>{AMOUNT})\s*(?:dollars\s+)?(?:in\s+)?"
    rf"(?:total\s+|combined\s+|federal\s+|additional\s+|a\s+)?{_CIVIL}"
    rf"|(?P<paid>{AMOUNT})\s+to\s+(?:the\s+)?(?:[\w.]+\s+){{1,3}}(?:as|in)\s+(?:a\s+)?{_CIVIL}"
    rf"|\b{_CIVIL}\s+{_PAYEE}{_OF}{_ABOUT}(?P<behind>{AMOUNT})",
    re.IGNORECASE,
)
FORFEITURE = re.compile(
    rf"\bforfeit(?:ed|ing|s)?\s+{_ABOUT}(?P<at_once>{AMOUNT})"
    rf"|\bforfeit(?:ed|ing|s)?\s+(?:[\w’'-]+\s+){{1,8}}?(?:of|totaling|worth|valued\s+at)\s+"
    rf"{_ABOUT}(?P<worth>{AMOUNT})"
    rf"|\bforfeiture\s+(?:money\s+)?(?:judgment\s+|order\s+)?{_PAYEE}{_OF}{_ABOUT}"
    rf"(?P<behind>{AMOUNT})"
    rf"|(?P<before>{AMOUNT})\s*(?:in\s+|as\s+)?(?:(?!\band\b|\bfine)[\w-]+\s+){{0,3}}?forfeiture\b"
    r"(?!\s+(?:fund|complaint|action|allegation))",
    re.IGNORECASE,
)
SETTLEMENT = re.compile(
    r"\b(?:pay|pays|paid|paying)\s+(?:the\s+(?:united\s+states|government|u\.s\.)\s+)?"
    rf"{_ABOUT}(?P<paid>{AMOUNT})(?=[^.$]{{0,120}}?\b(?:settle|resolve))"
    rf"|(?P<before>{AMOUNT})\s+settlement\b"
    rf"|\bsettlement\s+(?:of|for|totaling)\s+{_ABOUT}(?P<behind>{AMOUNT})",
    re.IGNORECASE,
)
FINE = re.compile(
    rf"(?P<before>{AMOUNT})\s+(?:in\s+)?(?:criminal\s+)?fines?\b"
    rf"|\b(?:criminal\s+)?fined?\s+(?:of\s+)?{_ABOUT}(?P<behind>{AMOUNT})",
    re.IGNORECASE,
)
# Before an amount, or in its words: nobody was ordered to pay it.
NOT_ORDERED = wordings("""
    faces?|faced|facing|could|would|if
    maximum|statutory|carries|potential|recommend*|refus*|authoriz*
    seek*|sought
    up to
    may be|also|impose|pay|face
    subject to forfeiture|fines?|penalties|civil
    subject to a fine
    per|each violation|day
    as much|many as
    provides? for
    liable for
""")
SOUGHT = wordings("""
    alleg*|requests?|intends?|complaint|indictment
    notice of
    civil forfeiture action
""")
FORFEITURE_SOUGHT = wordings("""
    seeks?|seeking|sought !and ... forfeiture|forfeit
    forfeiture allegations?|notice|complaints?
    subject to forfeiture
    notice of forfeiture
""")
# Sums of years and of many cases.
ROUND_UP = wordings("""
    since|annually|nationwide|recovered|collected
    fiscal|this|each year
    to date
    during|over the past|last
    in [the] past|last
""")
# A settlement tells of what was before, and in the same sentence of what is agreed now.
AGREED = wordings("""
    will|agree|agrees|agreed|requires?
    under the
""")
AROUND = 80  # characters


def restitution(text: Text) -> Iterator[Fact]:
    """Restitution that is ordered."""
    return _ordered("restitution", RESTITUTION, text, "estitution")


def civil_penalties(text: Text) -> Iterator[Fact]:
    """Civil penalties that are imposed or agreed."""
    return _ordered("civil_penalty", CIVIL_PENALTY, text, "ivil ")


def forfeitures(text: Text) -> Iterator[Fact]:
    """Forfeitures that are ordered or agreed."""
    return _ordered("forfeiture", FORFEITURE, text, "orfeit")


def forfeitures_sought(text: Text) -> Iterator[Fact]:
    """That a forfeiture is sought, in the first words that say so."""
    for sentence in text.sentences:
        if "orfeit" in sentence.text and (match := FORFEITURE_SOUGHT.search(sentence.text)):
            yield stated("forfeiture_sought", "sought", sentence, match)
            return


def amounts_found(text: Text) -> Iterator[Fact]:
    """Words found, not claimed: every amount, and those beside "settlement" and "fine"."""
    for sentence in text.sentences:
        words = sentence.text
        if "$" in words:
            for match in DOLLARS.finditer(words):
                yield stated("amount", dollars(match[0]), sentence, match)
            for kind, pattern in (("settlement", SETTLEMENT), ("fine", FINE)):
                for match in pattern.finditer(words):
                    yield stated(kind, _amount(match), sentence, match)
        for match in LOCAL.finditer(words):
            yield stated("amount", _local(match), sentence, match)


def dollars(written: str) -> str:
    """The number of dollars of an amount as written: $1.18 million -> 1180000."""
    parts = WRITTEN.search(written.lower())
    if not parts:
        raise ValueError(f"{written} is no amount.")
    number = float(parts["number"].replace(",", ""))
    if number < WHOLE:  # "$6,257,142 million" is a slip of the pen
        number *= SCALES.get(parts["scale"] or "", 1)
    return f"{round(number, 2):.15g}"


def _local(match: re.Match[str]) -> str:
    number = float(re.sub(r"\s", "", match["number"]).replace(",", "."))
    size = SIZES.get((match["size"] or "")[:3].lower(), 1)
    currency = "RUB" if match["currency"][0].lower() in "rр" else "KZT"
    return f"{round(number * size, 2):.15g} {currency}"


def _ordered(kind: str, pattern: re.Pattern[str], text: Text, hint: str) -> Iterator[Fact]:
    known = set[str]()
    first = 0  # the first paragraph with an amount
    for sentence in text.sentences:
        words = sentence.text
        if hint not in words or "$" not in words:
            continue
        is_agreed = kind == "civil_penalty" and AGREED.search(words)
        is_past = text.is_past(sentence) and not is_agreed
        if is_past or (ROUND_UP.search(words) and not NEWS.search(words)):
            continue
        if kind == "restitution" and text.is_of_others(sentence, first):
            continue
        for match in pattern.finditer(words):
            around = words[max(0, match.start() - AROUND) : match.end()]
            is_sought = kind == "forfeiture" and SOUGHT.search(around)
            if is_sought or NOT_ORDERED.search(around):
                continue
            value = _amount(match)
            first = first or sentence.paragraph
            if value not in known:
                known.add(value)
                yield stated(kind, value, sentence, match)


def _amount(match: re.Match[str]) -> str:
    return dollars(next(filter(None, match.groupdict().values())))
