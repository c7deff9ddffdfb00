"""The federal courts of the United States, by the codes of PACER, and their names in texts."""

import re

# A state, its code in PACER and the letters of its districts; "" is a state with one district.
STATES = """
Alabama al n m s | Alaska ak | Arizona az | Arkansas ar e w | California ca n e c s | Colorado co
Connecticut ct | Delaware de | Florida fl n m s | Georgia ga n m s | Hawaii hi | Idaho id
Illinois il n c s | Indiana in n s | Iowa ia n s | Kansas ks | Kentucky ky e w
Louisiana la e m w | Maine me | Maryland md | Massachusetts ma | Michigan mi e w | Minnesota mn
Mississippi ms n s | Missouri mo e w | Montana mt | Nebraska ne | Nevada nv
New Hampshire nh | New Jersey nj | New Mexico nm | New York ny n s e w | North Carolina nc e m w
North Dakota nd | Ohio oh n s | Oklahoma ok n e w | Oregon or | Pennsylvania pa e m w
Puerto Rico pr | Rhode Island ri | South Carolina sc | South Dakota sd | Tennessee tn e m w
Texas tx n s e w | Utah ut | Vermont vt | Virginia va e w | Washington wa e w
West Virginia wv n s | Wisconsin wi e w | Wyoming wy | Guam gu | Virgin Islands vi
Northern Mariana Islands nmi
"""
SIDES = {
    "n": "Northern", "s": "Southern", "e": "Eastern", "w": "Western", "m": "Middle", "c": "Central",
}  # fmt: skip
# As the Bluebook abbreviates states in the names of courts: E.D. Cal., D.N.J.
SHORT = """
al Ala | ar Ark | az Ariz | ca Cal | ca Calif | co Colo | ct Conn | de Del | fl Fla | ga Ga
il Ill | in Ind | ks Kan | ky Ky | la La | ma Mass | md Md | me Me | mi Mich | mn Minn | ms Miss
mo Mo | mt Mont | nc N.C | nd N.D | ne Neb | nh N.H | nj N.J | nm N.M | nv Nev | ny N.Y | ok Okla
or Or | pa Pa | pr P.R | ri R.I | sc S.C | sd S.D | tn Tenn | tx Tex | va Va | vt Vt | wa Wash
wi Wis | wv W.Va | wy Wyo | oh Ohio | dc D.C
"""
CIRCUITS = {
    "First": "ca1", "Second": "ca2", "Third": "ca3", "Fourth": "ca4", "Fifth": "ca5",
    "Sixth": "ca6", "Seventh": "ca7", "Eighth": "ca8", "Ninth": "ca9", "Tenth": "ca10",
    "Eleventh": "ca11", "D.C.": "cadc", "District of Columbia": "cadc", "Federal": "cafc",
    "1st": "ca1", "2nd": "ca2", "3rd": "ca3", "4th": "ca4", "5th": "ca5", "6th": "ca6",
    "7th": "ca7", "8th": "ca8", "9th": "ca9", "10th": "ca10", "11th": "ca11",
}  # fmt: skip


def _rows(table: str) -> list[list[str]]:
    return [row.split() for line in table.strip().splitlines() for row in line.split("|")]


STATE_CODES: dict[str, str] = {}
# (side of the compass, state) -> the code of the district court
DISTRICTS: dict[tuple[str, str], str] = {("", "Columbia"): "dcd"}
for _row in _rows(STATES):
    _words = [word for word in _row if word[0].isupper()]
    _code, *_sides = _row[len(_words) :]
    _name = " ".join(_words)
    STATE_CODES[_name] = _code
    for _side in _sides:
        DISTRICTS[SIDES[_side], _name] = f"{_code}{_side}d"
    if not _sides:
        DISTRICTS["", _name] = f"{_code}d"
# (letter of the side, abbreviated state without periods) -> the code
SHORT_DISTRICTS: dict[tuple[str, str], str] = {}
for _code, _written in _rows(SHORT):
    for _side in ("", *SIDES):
        _court = f"{_code}{_side}d"
        if _court in DISTRICTS.values():
            SHORT_DISTRICTS[_side, _written.replace(".", "").lower()] = _court

_NAMES = "|".join(
    re.escape(name).replace("\\ ", r"\s+")
    for name in sorted({name for _, name in DISTRICTS}, key=len, reverse=True)
)
DISTRICT = (
    rf"(?:(?P<side>{'|'.join(SIDES.values())})\s+)?Districts?\s+of\s+(?:the\s+)?"
    rf"(?P<state>{_NAMES})\b"
)
_ABBREVIATED = "|".join(re.escape(row[1]).replace("\\.", r"\.?\s?") for row in _rows(SHORT))
SHORT_DISTRICT = rf"(?<![A-Z.])(?:(?P<letter>[NSEWMC])\.\s?)?D\.\s?(?P<short>{_ABBREVIATED})\b"
