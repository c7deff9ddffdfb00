"""What cases are made of: keys of releases, and links between releases. Light to import: what finds
names compiles many patterns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

PARTY, NAMED, DOCKET, CAPTION = "party", "named", "docket", "caption"
Sign = Literal["link", "caption", "docket", "defendant_district", "defendant", "named"]
STRENGTH: tuple[Sign, ...] = (
    "link", "caption", "docket", "defendant_district", "defendant", "named",
)  # fmt: skip


class Place(NamedTuple):
    """Words of a release: a paragraph, from 1 (0 is the title), and characters in it."""

    paragraph: int
    start: int
    end: int


class Key(NamedTuple):
    """One key: what it is a key of, and the words that show it."""

    kind: str
    place: Place


@dataclass(frozen=True)
class Keys:
    """What of a release may tie it to others: its kind, date and districts; its names (`n ...`),
    dockets (`d`) and captions (`c`), the key that spellings share -> its words; the releases that
    it links to.
    """

    id: str
    kind: str
    published: date | None
    districts: frozenset[str]
    keys: Mapping[str, Key]
    linked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CaseLink:
    """That two releases, the first with the smaller id, tell of one case: the sign, the words of
    both that show it (None: the office's own link), and how alike they are.
    """

    release: str
    other: str
    sign: Sign
    words: Place | None
    other_words: Place | None
    likeness: float
