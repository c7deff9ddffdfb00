"""The names of persons in a release: its parties, of whom it tells what they did or suffered, and
others whom it mentions. Officials, who prosecute, investigate or judge, are left out: their names
recur from case to case.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corpus.cases.likeness import common_words
from corpus.fact import Fact
from corpus.facts.districts import STATE_CODES
from corpus.facts.persons import NO_NAME, RANK, TITLE
from corpus.facts.wording import wordings

_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_WORD = rf"(?:{_CAPITAL}\.|(?:{_CAPITAL}|O[’']|Mc|D[’']|[Aa]l-)[\w’'-]+)"
_LINK = r"(?:de|del|la|las|los|van|von|der|den|bin|ibn|al|el|dos|[\"“(][^\"”)]{1,30}[\"”)])"
FULL_NAME = re.compile(rf"(?<![\w.]){_WORD}(?:\s+(?:{_LINK}\s+){{0,2}}{_WORD}){{1,5}}")
SUFFIX = re.compile(r",?\s+(?:Jr|Sr|II|III|IV)\b\.?$")
NICKNAME = re.compile(r"\s*[\"“(][^\"”)]*[\"”)]")
POSSESSIVE = re.compile(r"[’']s$")
LISTED = re.compile(r"[\s,]*(?:and\s+)?")
CAPITALIZED = re.compile(rf"{_CAPITAL}[\w’'-]+")
# Before the name of an official, and behind it.
_OFFICIALS = (
    r"(?:Attorneys?|General|Judges?|Justice|Magistrate|Agents?|Charge|Directors?|Inspectors?"
    r"|Secretary|Administrator|Commissioner|Chief|Counsel|Section|Division|Prosecutors?|Legat"
    r"|Attaché|Marshal|AUSA)"
)
OFFICIAL = re.compile(rf"(?:{_OFFICIALS}|said)\s*,?\s*(?:and\s+)?$")
TITLED = re.compile(rf".*\b{_OFFICIALS}\s+(?=\S+\s+\S)")
OFFICE = re.compile(
    r"\s*(?:,\s+(?:the\s+)?(?:(?:U\.S\.|United\s+States|Acting|Assistant|Deputy|Special|Senior"
    r"|Principal|Executive|Trial|Resident|Regional|Criminal)\s+)*(?:Attorney|Agent|Director"
    r"|Inspector|Chief|Secretary|Commissioner|Administrator|Trial|Counsel|Special|Section|SAC)"
    r"|(?:,\s+)?(?:both\s+|each\s+)?(?:of|in|for|with|from)\s+(?:the\s+)?(?:[\w’'.-]+\s+){0,5}"
    r"(?:Division|Section|Office|Unit|Bureau|FBI|IRS|Department|Administration|Service|DEA|ATF"
    r"|HSI|Branch|Field|District|Strike\s+Force)|,?\s+said\b)"
)
# Words of places, bodies, companies and headings, which no person's name contains.
NOBODY = re.compile(
    r"\b(?:Department|Justice|District|Attorneys?|General|Court|Offices?|Division|Section|Bureau"
    r"|Federal|National|United|American?|States?|County|City|University|College|Hospital|School"
    r"|Medical|Medicare|Medicaid|Health|Center|Services?|Security|Inc|LLC|LLP|Corp|Corporation"
    r"|Company|Group|Association|Act|Code|Force|Agency|Commission|Administration|Committee|Program"
    r"|Project|Internal|Revenue|Police|Prison|Institution|Island|Beach|North|South|East|West|New"
    r"|Los|San|Las|Fort|Port|Street|Avenue|Road|Air|Army|Navy|Base|House|Senate|Congress|Supreme"
    r"|Circuit|Homeland|Immigration|Customs|Drug|Civil|Rights|Criminal|Special|Trial|Public"
    r"|Affairs|Press|Release|Operation|Foreign|Corrupt|Practices|Financial|Trust|Fund|Insurance"
    r"|Mortgage|Capital|Partners|Systems|International|Global|Solutions|Industries|Technologies"
    r"|Pharmacy|Clinic|Church|Club|Estate|Social|Postal|Unit|Team|Northern|Southern|Eastern|Western"
    r"|Middle|Central|The|This|That|These|Those|His|Her|Their|Its|You|Your|For|From|With|By|At|As"
    r"|If|We|It|But|An|Counts?|Indian|Native|Nation|Tribe|Tribal|Children|Child|Exploitation|Water"
    r"|Environmental|Protection|Food|Energy|Resources|Airport|Hotel|Restaurant|Motor|Board|Council"
    r"|Authority|Ministry|Republic|Kingdom|World|Victims?|Human|Trafficking|Housing|Disabilities"
    r"|Voting|False|Claims|Employment|Labor|Education|Treasury|Defense|Commerce|Initiative"
    r"|Interior\w*|Wildlife|Lords|Disciples|Kings|Angels|Bloods|Crips|Cartel|Brotherhood|Gang"
    r"|Limited|Agreement|Guilty|Pleads?|Sentenced|Charged|Conspiracy|Laws?|Guidelines)\b"
    r"|[A-Z]{3}"
)
# Behind the name of a place: Port Halden, Fla.
_STATES = "|".join(map(re.escape, STATE_CODES))
PLACE = re.compile(rf",\s+(?:{_STATES}|D\.C|[A-Z][a-z]+\.,?\s+(?![A-Z][a-z]+\s))")
# What a party did or suffered, behind its name or what describes it between commas.
DID = wordings("""
    was|were|is|are|has|have|had !in_charge|prosecuting|handling|being|represent*
    pleaded|pled|pleads|plead|admitted|admits|conspired|allegedly
    faces|face|agreed|waived|appeared|made|used|submitted|caused|obtained|defrauded|owned|operated
    paid|received|solicited|engaged|falsely|knowingly|willfully|fraudulently|participated|filed
    failed|attempted|served|worked|evaded|and_his|and_her|and_others
""")
DESCRIBED = re.compile(r",[^,.;]{1,60}(?:,[^,.;]{1,60}){0,3},\s+|\s+of\s+(?:[A-Z][\w.]+\s+){1,3}")
# Before the name of a party.
AGAINST = re.compile(
    r"\b(?:against|charge[sd]|charging|convicted|sentenced|indict(?:ed|s)|arrested|accuse[sd]"
    r"|[Dd]efendants?|ordered|conspirators?|extradited|sue[sd])\s+$"
)
BEFORE, BEHIND = 24, 320  # characters


class Name(NamedTuple):
    """A name, by the key that its spellings share, and its place."""

    key: str
    paragraph: int
    start: int
    end: int
    is_party: bool


def names(body: Sequence[str], facts: Iterable[Fact]) -> dict[str, Name]:
    """The names of a body by key, each at its first place as a party, else at its first."""
    aged = {(each.paragraph, each.start) for each in facts if each.kind == "person"}
    bare = Counter(POSSESSIVE.sub("", word) for text in body for word in CAPITALIZED.findall(text))
    found: dict[str, Name] = {}
    officials = set[str]()
    for number, text in enumerate(body, start=1):
        official_end = 0
        for start, end in _spans(text):
            key = name_key(text[start:end])
            bare.subtract(CAPITALIZED.findall(text[start:end]))
            is_aged = (number, start) in aged
            is_listed = official_end and LISTED.fullmatch(text, official_end, start)
            if not is_aged and (is_listed or _is_official(text, start, end)):
                officials.add(key)
                official_end = end
            is_party = is_aged or _is_party(text, start, end)
            known = found.get(key)
            if known is None or (is_party and not known.is_party):
                found[key] = Name(key, number, start, end, is_party)
    return {
        key: each._replace(is_party=each.is_party or _recurs(body, each, bare))
        for key, each in found.items()
        if key and key not in officials
    }


def name_key(name: str) -> str:
    """First and last name, folded; "" if there is one word alone."""
    plain = NICKNAME.sub(" ", POSSESSIVE.sub("", SUFFIX.sub("", name)))
    folded = unicodedata.normalize("NFKD", plain.casefold())
    words = re.findall(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*", re.sub(r"[’'\u0300-\u036f]", "", folded))
    return f"{words[0]} {words[-1]}" if len(words) > 1 else ""


def _is_nobody(name: str) -> bool:
    """Whether a name is one of a place, a body or a heading."""
    first, *_, last = name.split()
    return bool(
        NOBODY.search(name)
        or NO_NAME.search(name)
        or first.casefold() in common_words()
        or last in STATE_CODES
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The places of names, without titles and ranks before them."""
    for match in FULL_NAME.finditer(text):
        start, end = match.span()
        while title := TITLE.match(text, start, end):
            start = title.end()
        for titled in (RANK, TITLED):
            if title := titled.match(text, start, end):
                start = title.end()
        if len(text[start:end].split()) > 1 and not _is_nobody(text[start:end]):
            yield start, end


def _is_official(text: str, start: int, end: int) -> bool:
    return bool(
        OFFICIAL.search(text, max(0, start - BEFORE), start)
        or OFFICE.match(text, end)
        or PLACE.match(text, end)
    )


def _is_party(text: str, start: int, end: int) -> bool:
    described = DESCRIBED.match(text, end, end + BEHIND)
    at = described.end() if described else end
    behind = text[at : at + BEFORE].lstrip(" ,")
    return bool(DID.match(behind) or AGAINST.search(text, max(0, start - BEFORE), start))


def _recurs(body: Sequence[str], name: Name, bare: Counter[str]) -> bool:
    """Whether the last name stands alone elsewhere, as of whom a release tells more."""
    last = CAPITALIZED.findall(SUFFIX.sub("", body[name.paragraph - 1][name.start : name.end]))
    return bool(last) and bare[last[-1]] + bare[f"{last[-1]}s"] > 1
