"""Articles of codes in a text: ч. 4 ст. 190 УК РК, ҚК 190-бабының 4-бөлігі, Article 190(4)."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import product

from corpus.statutes.codes import CODE, code_key, country_key

# 190, 361-1, 159.1
NUMBER = r"\d{1,3}(?:\.\d{1,2}){0,2}(?:-\d{1,3}(?!\d|-?\s?бөлі))?(?!\d)"
JOIN = r"\s*(?:,\s*(?:и|және|and)\b|,|\bи\b|\bили\b|\bжәне\b|\bнемесе\b|\bмен\b|\band\b|\bor\b)\s*"
LIST = rf"{NUMBER}(?:{JOIN}{NUMBER}(?!\s*(?:год|лет|жыл|тенге|year|-?\s?(?:бөлі|тарма)))){{0,12}}"
PARTS = rf"{NUMBER}\)?(?:(?:{JOIN}|\s*[-–]\s*){NUMBER}\)?){{0,12}}"

_POINT_RU = r"\b(?:п(?:\.?\s?п)?(?:\.|(?=\s?\d))|пункт\w*|подпункт\w*)"
_PART_RU = r"\b(?:ч(?:\.?\s?ч)?(?:\.|(?=\s?\d))|част(?:ь|и|ью|ями|ям|ей|ях))"
_POINT_EN = r"\b(?:paragraphs?|items?|points?|subparagraphs?)"
# Parts of the next article do not belong to the one before: "ст. 190, ч. 2 ст. 218".
_NOT_NEXT = (
    rf"(?!(?:{JOIN}{NUMBER})*\)?\s*(?:of\s+)?(?:\bст(?:\.|ат)|\bч(?:\.|аст)|\bart|\bparts?\b))"
)
RUSSIAN = re.compile(
    rf"(?:(?P<before>{CODE})\s*)?(?:{_POINT_RU}\s*[«\"]?(?P<point>{PARTS}),?\s*)?(?:{_PART_RU}\s*(?P<part>{PARTS}),?\s*)?"
    rf"\b(?:ст(?:\.?\s?ст)?\.|ст(?=\s?\d)|стать(?:я|и|е|ю|ей|ями|ям|ях)|статей)\s*(?P<list>{LIST})"
    rf"(?:[\s,(]*{_PART_RU}\s*(?P<part2>{PARTS}){_NOT_NEXT}\)?)?"
    rf"(?:[\s,(]*{_POINT_RU}\s*(?P<point2>{PARTS}){_NOT_NEXT})?"
    rf"(?:\s*\(?(?P<code>{CODE})\)?)?",
    re.IGNORECASE,
)
KAZAKH = re.compile(
    rf"(?:(?P<code>{CODE})\s*)?(?<!\d)(?P<list>{LIST})\s?-?\s?ба[бп](?:\w*)"
    rf"(?:[\s,]*(?P<part>{PARTS})\s?-?\s?бөлі[гк]\w*)?"
    rf"(?:[\s,]*(?P<point>{PARTS})\s?-?\s?(?:тармақша|тарма[ғқ])\w*)?",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    rf"(?:(?P<before>{CODE}),\s*)?(?:\b{_POINT_EN}\s*(?P<point>{PARTS}),?\s*(?:of\s+)?)?"
    rf"(?:\bparts?\s*(?P<part>{PARTS}),?\s*(?:of\s+)?)?"
    rf"\b(?:Arts?\.?|Articles?)\s*(?P<list>{LIST})(?P<brackets>(?:\s?\(\d{{1,2}}\))*)"
    rf"(?:[\s,(]*parts?\s*(?P<part2>{PARTS}){_NOT_NEXT}\)?)?"
    rf"(?:[\s,(]*{_POINT_EN}\s*(?P<point2>{PARTS}){_NOT_NEXT})?"
    rf"(?:,?\s*(?:of\s+)?(?:the\s+)?\(?(?P<code>{CODE})\)?)?",
    re.IGNORECASE,
)
# The word for article with its number, around which a form is searched: most texts have none.
FORMS = (
    (re.compile(r"\bст(?:\.?\s?ст)?(?:\.|ат\w+)?\s*\d{1,3}(?!\d)", re.IGNORECASE), RUSSIAN),
    (re.compile(r"\d\s?-?\s?ба[бп]", re.IGNORECASE), KAZAKH),
    (re.compile(r"\bart(?:icle)?s?\.?\s*\d{1,3}(?!\d)", re.IGNORECASE), ENGLISH),
)
CHARS_AROUND = 250  # characters
# Articles of other acts, for which there are no keys.
OTHER_ACT = re.compile(
    r"[\s,]*(?:(?:of|the|РК|РФ|ҚР|Республики Казахстан|\w+(?:ого|ой|ых|их))\s+)*"
    r"(?:Закон|Конвенц|Пакт|Декларац|Положени|Правил|Устав|Договор|Соглашен|Law|Act\b|Convention"
    r"|Covenant|Treaty|Protocol|Charter|Regulation|UCMJ)",
    re.IGNORECASE,
)
OTHER_ACT_BEFORE = re.compile(
    r"(?:заң\w*|конвенция\w*|пакт\w*|қағида\w*|жарғы\w*)\s*$", re.IGNORECASE
)
NEXT_CITATION = re.compile(r"[\s,;]*(?:(?:и|а также|по|және|мен|and|under|of)\s+)*", re.IGNORECASE)
CODE_ALONE = re.compile(rf"(?<!\w)(?:{CODE})")


def articles(text: str, country: str) -> Iterator[tuple[str, int, int]]:
    """Each cited article: its key, start and end."""
    matches = [match for word, form in FORMS for match in _around(text, word, form)]
    matches = sorted((each for each in matches if not _is_other(text, each)), key=re.Match.start)
    if not matches:
        return
    named: list[re.Match[str]] | None = None
    ahead: tuple[int, str] | None = None
    codes: list[str] = []
    for match in reversed(matches):
        written = match["code"] or match.groupdict().get("before")
        if not written and ahead and NEXT_CITATION.fullmatch(text, match.end(), ahead[0]):
            written = ahead[1]
        if not written:
            if named is None:
                named = list(CODE_ALONE.finditer(text))
            before = bisect_left(named, match.start(), key=re.Match.start)
            written = named[before - 1][0] if before else ""
        else:
            ahead = match.start(), written
        codes.append(written)
    for match, written in zip(matches, reversed(codes), strict=True):
        act = f"{country_key(written) or country}/{code_key(written) or 'cc'}"
        for key in _keys(match):
            yield f"{act}/{key}", match.start(), match.end()


def _around(text: str, word: re.Pattern[str], form: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a form, searched only near its word."""
    stop = 0
    for near in word.finditer(text):
        if near.start() < stop:
            continue
        begin = max(stop, near.start() - CHARS_AROUND)
        match = form.search(text, begin, near.end() + CHARS_AROUND)
        while match and match.start() <= near.end():
            yield match
            stop = match.end()
            match = form.search(text, stop, near.end() + CHARS_AROUND)


def _is_other(text: str, match: re.Match[str]) -> bool:
    if match["code"] or match.groupdict().get("before"):
        return False
    is_law_before = match.re is KAZAKH and OTHER_ACT_BEFORE.search(
        text, max(0, match.start() - 40), match.start()
    )
    return bool(OTHER_ACT.match(text, match.end()) or is_law_before)


def _keys(match: re.Match[str]) -> Iterator[str]:
    """Article, part and point of each listed article; parts and points belong to the article next
    to them: the first if they precede the list, the last if they follow it.
    """
    groups = match.groupdict()
    numbers = _numbers(match["list"])
    brackets = re.findall(r"\d+", groups.get("brackets") or "")
    parts = _numbers(match["part"] or groups.get("part2") or "") or brackets[:1]
    points = _numbers(match["point"] or groups.get("point2") or "") or brackets[1:2]
    is_before = match.re is not KAZAKH and bool(match["part"] or match["point"])
    whose = numbers[0] if is_before else numbers[-1]
    for number in numbers:
        if number != whose or not (parts or points):
            yield number
            continue
        for part, point in product(parts or ["-"], points or [""]):
            yield "/".join(filter(None, (number, part, point)))


def _numbers(listed: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)*(?:-\d+)?", listed)
