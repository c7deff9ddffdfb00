"""Prison terms as terms of the index, whose order is that of their length, and as people ask for
them: 60, >=60, 60..120, life.
"""

from __future__ import annotations

import re

from indexer.query import tree

FIELD, BAND_FIELD = "prison", "prison_band"
LIFE = "life"
# A facet's values: months from the first number on and below the second; in this order.
BANDS = ("0-12", "12-24", "24-60", "60-120", "120-240", "240-", LIFE)
DIGITS = 5
COMPARED = re.compile(r"(?P<sign><=?|>=?|=)?(?P<months>\d{1,5}(?:\.\d)?)")
BETWEEN = re.compile(r"(\d{1,5}(?:\.\d)?)?\.\.(\d{1,5}(?:\.\d)?)?")


def term(months: str) -> str:
    """A term of months, or life, which sorts behind all others."""
    whole, dot, rest = months.partition(".")
    return months if months == LIFE else whole.rjust(DIGITS, "0") + dot + rest


def months(term: str) -> str:
    """The months of a term of the index."""
    return term if term == LIFE else f"{float(term):.15g}"


def band(months: str) -> str:
    """The band of a term."""
    if months == LIFE:
        return LIFE
    *_, found = (each for each in BANDS[:-1] if float(each.partition("-")[0]) <= float(months))
    return found


def read(typed: str, boost: float) -> tree.Node | None:
    """What a typed term or comparison asks for; None where it is neither."""
    if typed.lower() == LIFE:
        return tree.Term(FIELD, LIFE, boost)
    if between := BETWEEN.fullmatch(typed):
        first, last = (each and term(each) for each in between.groups())
        return tree.Range(FIELD, first, last, boost=boost) if first or last else None
    if not (compared := COMPARED.fullmatch(typed)):
        return None
    sign, asked = compared["sign"] or "=", term(compared["months"])
    if sign == "=":
        return tree.Term(FIELD, asked, boost)
    is_open = len(sign) == 1
    if sign[0] == ">":
        return tree.Range(FIELD, asked, None, excludes_start=is_open, boost=boost)
    return tree.Range(FIELD, None, asked, excludes_end=is_open, boost=boost)
