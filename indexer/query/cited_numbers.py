"""Numbers in citations: "sections 1341 and 1343", "18 U.S.C. 1956", "Form 1040"; they are neither
years nor amounts.
"""

from __future__ import annotations

import re

CUE = re.compile(
    r"§+|\busc(?!\w)|u\.s\.c\.?|(?<!\w)(?:sections?|sec\.|articles?|art\.|rules?|forms?|dockets?"
    r"|numbers?|nos?\.?|public laws?|executive orders?|ст\.?|стать\w+)(?!\w)|№|-бап\w*"
)
NUMBER = re.compile(r"\s*(\d+)[\w().]*")
# Between the numbers of a list.
JOINT = re.compile(r"\s*(?:,\s*(?:(?:and|or|и)(?!\w))?|&|-|–|—|(?:and|or|to|и|до)(?!\w))")


def cited_numbers(text: str) -> dict[int, str]:
    """The numbers that a folded text cites, each by the place where it begins."""
    found: dict[int, str] = {}
    for cue in CUE.finditer(text):
        joint: re.Match[str] | None = cue
        while joint and (number := NUMBER.match(text, joint.end())):
            found[number.start(1)] = number[1]
            joint = JOINT.match(text, number.end())
    return found
