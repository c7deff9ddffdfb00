"""Signs as people type them, or as other systems have them -> those of the query language."""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus.reading.paragraphs import INVISIBLE

QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "＂": '"'})
# Signs of other scripts; their question marks always end a sentence.
SIGNS = QUOTES | INVISIBLE | {0: " ", **dict.fromkeys(map(ord, "؟՞፧？"), " ")}
# A quoted phrase, which is not changed.
QUOTED = re.compile(r'("[^"]*")')
# What identifies one release or case, anywhere but in a field or inside a word.
BEFORE = r"(?<![^\s(#№])"
ADDRESS = re.compile(rf"{BEFORE}(?:url:)?((?:https?://|www\.)[^\s\"]+)", re.IGNORECASE)
AFTER_ADDRESS = ".,;:!?)]>*~^"
DOCKET = re.compile(
    rf"{BEFORE}(?:docket:)?(?:\d{{1,2}}:)?(\d\d(?:\d\d)?-[a-z]{{2}}-\d{{1,6}})(?:-[a-z]{{1,4}}\d*)*(?![\w*?~-])",
    re.IGNORECASE,
)
NUMBER = re.compile(rf"{BEFORE}(\d\d-\d{{1,4}})(?![\w*?~:/-]|\.\S)")
FIELD = re.compile(
    r"(?<![\w:])(title|body|text|office|lang|language|country|number|statute|topic|component|place"
    r"|date|year|url|docket|kind|stage|offense|prison|court):\s+(?=[\w\"(])",
    re.IGNORECASE,
)
# A question mark inside a word is a letter; at its end it is punctuation.
QUESTION_MARKS = re.compile(r"\?+(?![\w*?\[])")
NO_SLOP = re.compile(r"(^|(?<=\S))~0+(?![\d.])")
# In other systems, a plus marks what must be there.
AND_SIGN = re.compile(r"(?<=\S)\s+(?:&&(?=\s)|\+(?=[\w\"(]))|^\+(?=[\w\"(])")
# Proximity as Westlaw, Lexis, dtSearch, Factiva, Ovid and Google write it.
NEAR = re.compile(
    r"(?<!\S)(?:(?i:near|adj|w|within|w/in)?/(\d{1,9}|[sSpP])|(?:NEAR|ADJ)(\d{1,3})"
    r"|AROUND\((\d{1,3})\))(?!\S)"
)
BEFORE_NEAR = re.compile(r"(?<!\S)pre/(\d{1,9}|[sp])(?!\S)", re.IGNORECASE)
# The groups of a number, as Russian, Kazakh and French write it: of two, the last must be zeros.
DIGIT_GROUPS = re.compile(
    r"(?<![^\s($€£])[1-9]\d{0,2}(?:(?: \d{3}){2,}|(?: \d{3})? 000)(?![\w-]|[.,]\d{3})"
)
OR_SIGN = re.compile(r"\|+")
# In a browser's title, bars part the page's title, which is so many words long, from the site; one
# bar beside fewer words may be an OR.
BAR, TITLE_WORDS, LONG_TITLE_WORDS = re.compile(r"\s\|\s"), 4, 6


def in_our_notation(typed: str) -> str:
    """A query with what its signs mean to most readers in the query language's own signs."""
    parts = BAR.split(typed)
    least = TITLE_WORDS if len(parts) > 2 else LONG_TITLE_WORDS
    if any(len(part.split()) >= least for part in parts):
        typed = " ".join(parts)
    typed = FIELD.sub(r"\1:", typed)
    return outside_quotes(outside_quotes(typed, _with_identifiers), _with_signs).strip()


def join_digits(part: str) -> str:
    """A query with commas between the groups of its numbers, in place of blanks."""
    return DIGIT_GROUPS.sub(lambda match: match[0].replace(" ", ","), part)


def is_proximity(word: str) -> bool:
    """Whether a word is an operator of proximity."""
    return bool(NEAR.fullmatch(word) or BEFORE_NEAR.fullmatch(word))


def outside_quotes(typed: str, change: Callable[[str], str]) -> str:
    """A query with everything but its quoted phrases changed."""
    parts = QUOTED.split(typed)
    parts[::2] = map(change, parts[::2])
    return "".join(parts)


def _with_identifiers(part: str) -> str:
    part = ADDRESS.sub(_address, part)
    return outside_quotes(DOCKET.sub(r'docket:"\1"', part), _with_numbers)


def _with_numbers(part: str) -> str:
    """A number of a release is also its parts next to each other, as in a text."""
    return NUMBER.sub(r"(number:\1^100 OR \1)", part)


def _address(match: re.Match[str]) -> str:
    address = match[1].rstrip(AFTER_ADDRESS)
    return f'url:"{address}"{match[1][len(address) :]}'


def _with_signs(part: str) -> str:
    part = AND_SIGN.sub(lambda match: " AND " if match.start() else "", part)
    part = NEAR.sub(lambda match: f"NEAR/{match[1] or match[2] or match[3]}", part)
    part = BEFORE_NEAR.sub(r"PRE/\1", part)
    part = NO_SLOP.sub("", OR_SIGN.sub(" OR ", part))
    return QUESTION_MARKS.sub("", part)
