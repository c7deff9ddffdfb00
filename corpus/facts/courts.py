"""The court of a case, by the code of PACER: flsd, ca10, scotus; state:mn for a state's courts."""

import re
from collections import Counter
from collections.abc import Iterator

from corpus.fact import Fact
from corpus.facts.districts import (
    CIRCUITS,
    DISTRICT,
    DISTRICTS,
    SHORT_DISTRICT,
    SHORT_DISTRICTS,
    STATE_CODES,
)
from corpus.facts.sentences import Sentence, stated
from corpus.facts.text import Text
from corpus.facts.wording import wordings

FULL = re.compile(DISTRICT)
CAPTION = re.compile(SHORT_DISTRICT)
# Behind these words a district is the court of the case; so it is before "court" or "grand jury".
COURT = wordings("""
    courts?|judge|justice|jury|filed|charged|indicted|indictment|convicted|sentenced|complaint
    information|trial|lawsuit|suit|charges|arraigned
    pleaded guilty
""")
COURT_BEHIND = re.compile(r"^\s*(?:federal\s+)?(?:courts?|grand\s+jury|jury)\b", re.IGNORECASE)
# Behind these it is an office's, which announces or prosecutes the case.
OFFICE = wordings("attorneys?|prosecutor|probation|marshals?|trustee|counsel")
# Behind these it is of another case, of an arrest, or of somebody from elsewhere.
ELSEWHERE = wordings("""
    arrested|appear|appears|appeared|appearance|detention|custody|removal|transferred|visiting
    formerly|related|separate|other|assist*|thank*
    brought before
    sitting by
    also been
""")
FIRST_APPEARANCE = wordings("""
    initial|first [court] appearance
    arrested
""")
OTHER_COURT = wordings("superior_court|bankruptcy_court|court_of_appeals")
# The District of Columbia is also a place: "charged a District of Columbia preparer".
THE_COURT = re.compile(
    r"\b(?:court|jury|judge)\b[^;$]{0,60}\b(?:for|in|of|at)\s+the\s+$", re.IGNORECASE
)
WASHINGTON = re.compile(
    r"\b(?:district|federal)\s+(?:district\s+)?court\s+in\s+(?:Washington,?\s+)?D\.C\."
    r"|\bD\.C\.\s+federal\s+(?:district\s+)?court\b",
    re.IGNORECASE,
)
IN_THE = re.compile(r"\bin\s+the\s+$", re.IGNORECASE)
_CIRCUITS = "|".join(map(re.escape, CIRCUITS))
CIRCUIT = re.compile(
    rf"(?:Court\s+of\s+Appeals\s+for\s+the\s+(?P<named>{_CIRCUITS})"
    rf"|\b(?P<short>{_CIRCUITS})\s+(?:U\.S\.\s+)?Circuit(?:\s+Court(?:\s+of\s+Appeals)?)?)\b"
)
SUPREME = re.compile(
    r"\b(?:U\.?\s?S\.?|United\s+States)\s+Supreme\s+Court\b"
    r"|\bSupreme\s+Court\s+of\s+the\s+United\s+States\b"
    r"|\b(?:the|urges?|asks?)\s+Supreme\s+Court\b(?!\s+of)",
    re.IGNORECASE,
)
_LEVEL = r"(?:Superior|District|Circuit|Supreme|Common\s+Pleas|Court|Criminal)"
STATE_COURT = re.compile(
    rf"\b(?:(?:[A-Z][\w.]+\s+){{1,3}}County\s+{_LEVEL}|Court\s+of\s+Common\s+Pleas"
    rf"|{_LEVEL}\s+Court\s+(?:of|in|for)\s+[A-Z]\w+\s+County"
    r"|[A-Z]\w+\s+(?:Supreme|Superior)\s+Court)\b"
)
_STATES = "|".join(map(re.escape, sorted(STATE_CODES, key=len, reverse=True)))
STATE_OFFICE = re.compile(
    rf"\b({_STATES})\s+(?:State\s+)?Attorney\s+General|\bAttorney\s+General\s+of\s+({_STATES})\b"
)
APPEALS = frozenset({"brief", "appeal"})
WIDE, NARROW, NEAR = 110, 80, 60  # characters before a district
LEAD = 4  # paragraphs


def courts(text: Text, kind: str, stage: str) -> Iterator[Fact]:
    """The court that a release names as that of its case; none where it names none."""
    if kind not in ("criminal", "civil"):
        return
    readers = [_caption, _offices_too if stage != "brief" else _courts_alone, _washington, _state]
    for reader in [_higher, *readers] if stage in APPEALS else readers:
        if fact := reader(text):
            yield fact
            return


def _higher(text: Text) -> Fact | None:
    """The first of a court of appeals or the Supreme Court, near the beginning."""
    for sentence in [text.head, *text.lead(LEAD)]:
        circuit = CIRCUIT.search(sentence.text)
        supreme = SUPREME.search(sentence.text)
        if supreme and not (circuit and circuit.start() < supreme.start()):
            return stated("court", "scotus", sentence, supreme)
        if circuit:
            code = CIRCUITS[circuit["named"] or circuit["short"]]
            return stated("court", code, sentence, circuit)
        if FULL.search(sentence.text):
            return None
    return None


def _caption(text: Text) -> Fact | None:
    """The court of a caption: (E.D. Cal.)."""
    for sentence in text.sentences:
        for match in CAPTION.finditer(sentence.text) if "D." in sentence.text else ():
            state = re.sub(r"[\s.]", "", match["short"]).lower()
            if code := SHORT_DISTRICTS.get(((match["letter"] or "").lower(), state)):
                return stated("court", code, sentence, match)
    return None


def _offices_too(text: Text) -> Fact | None:
    return _district(text, with_offices=True)


def _courts_alone(text: Text) -> Fact | None:
    return _district(text, with_offices=False)


def _district(text: Text, *, with_offices: bool) -> Fact | None:
    """The district named most often with the words of a court, else as an office's, else as where
    somebody was arrested; none where two offices are named alike.
    """
    first: dict[str, Fact] = {}
    counts = {role: Counter[str]() for role in ("court", "office", "elsewhere")}
    for sentence in text.sentences:
        for match in FULL.finditer(sentence.text) if "District" in sentence.text else ():
            code = DISTRICTS.get((match["side"] or "", " ".join(match["state"].split())))
            role = _role(sentence, match, code or "")
            if not code or not role or (role != "court" and not with_offices):
                continue
            first.setdefault(code, stated("court", code, sentence, match))
            counts[role][code] += 2 if role == "court" and not text.is_past(sentence) else 1
    best = next(filter(None, counts.values()), Counter[str]())
    (code, count), *rest = best.most_common(2) or [("", 0)]
    is_tie = bool(rest) and rest[0][1] == count and not counts["court"]
    return None if is_tie else first.get(code)


def _role(sentence: Sentence, match: re.Match[str], code: str) -> str:
    """What a district is in a sentence: the court's, an office's, or elsewhere; or nothing."""
    wide = sentence.text[max(0, match.start() - WIDE) : match.start()]
    narrow = wide[-NARROW:]
    is_before_court = COURT_BEHIND.match(sentence.text[match.end() : match.end() + 30])
    if OTHER_COURT.search(wide[-NEAR:]):
        return ""
    if ELSEWHERE.search(re.split("[.;]", wide[-NEAR:])[-1]) or FIRST_APPEARANCE.search(wide):
        return "elsewhere"
    if OFFICE.search(narrow):
        return "office"
    if code == "dcd" and not is_before_court and not THE_COURT.search(wide):
        return ""
    if is_before_court or COURT.search(wide.rpartition(";")[2]):
        return "court"
    return "office" if IN_THE.search(wide) else ""


def _washington(text: Text) -> Fact | None:
    for sentence in text.sentences:
        if "D.C." in sentence.text and (match := WASHINGTON.search(sentence.text)):
            return stated("court", "dcd", sentence, match)
    return None


def _state(text: Text) -> Fact | None:
    """A court of the state whose attorney general speaks."""
    lead = "\n".join(each.text for each in [text.head, *text.lead(LEAD - 1)])
    if "Attorney General" not in lead or "Assistant Attorney" in lead:
        return None
    office = STATE_OFFICE.search(lead)
    for sentence in text.sentences if office else ():
        if office and (match := STATE_COURT.search(sentence.text)):
            state = STATE_CODES[next(filter(None, office.groups()))]
            return stated("court", f"state:{state}", sentence, match)
    return None
