"""Sections of the United States Code in a text: 18 U.S.C. § 1343, Title 18, Section 1343."""

import re
from bisect import bisect_left
from collections.abc import Iterator

# (a), (1), (A), (iii); no word such as (mail).
PAREN = r"\((?:[A-Z]{1,2}|[a-z]|[ivxl]{1,5}|\d{1,3})\)"
SUBS = rf"(?:\s?{PAREN}(?:\s?{PAREN})*)"
# 1343, 1028A, 78j, 300aa-1; 1961-1968 is a range.
SECTION_NUMBER = r"\d+(?:[A-Za-z]{1,3}(?![a-z])(?:-\d+[a-z]?)?|-\d{1,2}(?!\d))?"
SECTION = rf"{SECTION_NUMBER}{SUBS}?"
# No section, though a number after a comma: "18 U.S.C. 371, 21 U.S.C. 846", "371, 10 years".
NO_SECTION = (
    r"(?!\d[\d,]*\s*(?:U\.?\s?S\.?\s?C\b|(?:years?|months?|days?|counts?|defendants?|people|percent"
    r"|individuals|million|others?|C\.?F\.?R)\b|%|[.,]\d|:))"
)
SECTION_WORD = r"(?:Secs?\.|Sections?|Sec\b)"
SECTION_MARK = rf"(?:(?<!§)§++|{SECTION_WORD})"
JOIN = r"\s*(?:,\s*(?:and|or)\b|,|;|\band\b|\bor\b|&|\bthrough\b|\bto\b|[-–])\s*"
# "841(a)(1) and (b)(1)(C)", but no numbering of what is listed: "1341; (2) wire fraud".
MORE_SUBS = rf"(?<=\))\s*(?:,\s*(?:and|or)?|and|or|&|through|[-–])\s*{PAREN}(?:\s?{PAREN})*"
LIST = rf"{SECTION}(?:{JOIN}(?:{SECTION_MARK}\s*)?{NO_SECTION}{SECTION}|{MORE_SUBS}){{0,40}}"
CODE_NAME = r"(?:U\.?\s?S\.?\s?C\.?(?:A\.?)?(?![A-Za-z])|U(?:nited\s+|\.\s?)S(?:tates|\.)\s+Code)"
# Between name and number there is a section mark, a word, or what encodings left of it.
GAP = rf"[\s,§\ufffd]*+(?:{SECTION_WORD}[\s§\ufffd]*+)*+"
FORMS = (
    re.compile(
        rf"(?:\bTitle\s+)?(?<!\d)(?P<title>\d{{1,2}})[\s,]*{CODE_NAME}{GAP}(?P<list>{LIST})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\bTitle\s+(?P<title>\d{{1,2}}),?\s*(?:(?:of\s+the\s+)?{CODE_NAME}{GAP}|{SECTION_MARK}\s*)"
        rf"(?<=[\s§])(?P<list>{LIST})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{SECTION_MARK}\s*(?P<list>{LIST})\s*,?\s*(?:of\s+)?Title\s+(?P<title>\d{{1,2}})\b"
        rf"(?:,?\s*(?:(?:of|in)\s+the\s+)?{CODE_NAME})?",
        re.IGNORECASE,
    ),
)
PIECE = re.compile(
    rf"(?P<join>[-–]|\bthrough\b|\bto\b)?\s*(?P<section>{SECTION_NUMBER})?\s?"
    rf"(?P<subs>{PAREN}(?:\s?{PAREN})*)?"
)
LONGEST_RANGE = 100
# Every form contains one of these. Most texts have none and need only this search.
HINT = re.compile(r"U\.?\s?S\.?\s?C|S(?:tates|\.)\s+Code|Title\s+\d", re.IGNORECASE)


def sections(text: str) -> Iterator[tuple[str, int, int]]:
    """Each cited section: its key, start and end; the first of a list includes the title."""
    if not HINT.search(text):
        return
    taken: list[tuple[int, int]] = []  # in the order of the text
    for form in FORMS:
        for match in form.finditer(text):
            after = bisect_left(taken, match.span())
            if any(
                start < match.end() and match.start() < end
                for start, end in taken[max(0, after - 1) : after + 1]
            ):
                continue
            taken.insert(after, match.span())
            yield from _listed(match)


def _listed(match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    title, offset = match["title"].lstrip("0"), match.start("list")
    pieces = [each for each in PIECE.finditer(match["list"]) if each["section"] or each["subs"]]
    path: list[str] = []
    section = ""
    for piece in pieces:
        start = offset + piece.start("section" if piece["section"] else "subs")
        own = offset + piece.start() + len(piece[0].rstrip())
        end = match.end() if len(pieces) == 1 else own
        if piece["join"] and piece["section"]:
            for between in _between(section, piece["section"]):
                yield f"us/usc/{title}/{between}", start, end
        section = piece["section"] or section
        narrow = re.findall(r"\w+", piece["subs"] or "")
        path = narrow if piece["section"] else _beside(path, narrow)
        place = match.start() if piece is pieces[0] else start
        yield "/".join(("us/usc", title, section, *path)), place, end


def _beside(path: list[str], narrow: list[str]) -> list[str]:
    """The subsection next to one of the same kind: (iii) after (c)(2)(B)(i) is (c)(2)(B)(iii)."""
    for depth in reversed(range(len(path))):
        if _kind(path[depth]) == _kind(narrow[0]):
            return [*path[:depth], *narrow]
    loose = [depth for depth, each in enumerate(path) if each.islower() and narrow[0].islower()]
    return [*path[: loose[-1]], *narrow] if loose else narrow


def _kind(sub: str) -> str:
    if sub.isdigit():
        return "1"
    if sub.isupper():
        return "A"
    return "i" if re.fullmatch("[ivx]+", sub) else "a"


def _between(first: str, last: str) -> list[str]:
    if not (first.isdigit() and last.isdigit()) or int(last) - int(first) > LONGEST_RANGE:
        return []
    return [str(number) for number in range(int(first) + 1, int(last))]
