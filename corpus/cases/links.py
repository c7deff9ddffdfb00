"""Whether two releases tell of one case, by the strongest sign that ties them."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import combinations

from corpus.cases.records import (
    CAPTION,
    DOCKET,
    PARTY,
    STRENGTH,
    CaseLink,
    Key,
    Keys,
    Sign,
)

# A name in more releases is one of an official, a place or a body, or of several people.
MOST_HOLDERS = 14
# Releases of one case lie within that time: from the charge to the end of the appeals.
MOST_TIME = timedelta(days=7 * 365 + 2)
# Strangers of one name are less alike than the first; two of three that are less alike than the
# second and have no district in common are strangers. Who is only named in the other release may
# be an accomplice, a victim or a witness of that scheme.
LEAST, LEAST_ELSEWHERE, LEAST_NAMED = 0.12, 0.30, 0.38
# A release that links to more is a round-up, or lists what else the office did.
MOST_LINKED = 3


def find_links(
    releases: Mapping[str, Keys], likeness: Callable[[str, str], float]
) -> Iterator[CaseLink]:
    """The links among all these releases; pairs that share no key are never compared."""
    holders: dict[str, list[str]] = {}
    pairs = set[tuple[str, str]]()
    for keys in releases.values():
        for key in keys.keys:
            holders.setdefault(key, []).append(keys.id)
        pairs |= {(keys.id, each) for each in keys.linked if each in releases}
    common = {key for key, ids in holders.items() if len(ids) > MOST_HOLDERS}
    for key in holders.keys() - common:
        pairs |= set(combinations(holders[key], 2))
    for one, two in sorted({(min(pair), max(pair)) for pair in pairs}):
        if link := link_of(releases[one], releases[two], common, likeness):
            yield link


def link_of(
    one: Keys, two: Keys, common: Container[str], likeness: Callable[[str, str], float]
) -> CaseLink | None:
    """The link between two releases, the first with the smaller id, if they tell of one case;
    `common` are the keys that more releases hold than one case has.
    """
    if _is_linked(one, two):
        return CaseLink(one.id, two.id, "link", None, None, likeness(one.id, two.id))
    if not _is_near(one, two):
        return None
    shared = sorted(one.keys.keys() & two.keys.keys())
    pairs = [(one.keys[key], two.keys[key]) for key in shared if key not in common]
    has_party = any(PARTY in (a.kind, b.kind) for a, b in pairs)
    alike = likeness(one.id, two.id) if pairs and (has_party or _is_of_court(pairs)) else 0.0
    found = [(sign, a, b) for a, b in pairs if (sign := _sign(a, b, one, two, alike))]
    if not found:
        return None
    sign, words, other_words = min(
        found, key=lambda each: (STRENGTH.index(each[0]), each[1].place, each[2].place)
    )
    return CaseLink(one.id, two.id, sign, words.place, other_words.place, alike)


def _is_linked(one: Keys, two: Keys) -> bool:
    """Whether one links to the other; a link to a statement or a policy is of no case."""
    return "neither" not in (one.kind, two.kind) and any(
        other.id in each.linked and len(each.linked) <= MOST_LINKED
        for each, other in ((one, two), (two, one))
    )


def _is_near(one: Keys, two: Keys) -> bool:
    if one.published is None or two.published is None:
        return False
    return abs(one.published - two.published) <= MOST_TIME


def _is_of_court(pairs: Iterable[tuple[Key, Key]]) -> bool:
    return any(a.kind in (CAPTION, DOCKET) for a, _ in pairs)


def _sign(a: Key, b: Key, one: Keys, two: Keys, alike: float) -> Sign | None:
    """The sign that a key which two releases share is of one case."""
    has_district = bool(one.districts & two.districts)
    if a.kind == CAPTION:
        return "caption"
    if a.kind == DOCKET:  # courts number alike
        return "docket" if has_district or not (one.districts and two.districts) else None
    if a.kind == b.kind == PARTY:
        if has_district and alike >= LEAST:
            return "defendant_district"
        if alike >= LEAST_ELSEWHERE:
            return "defendant"
    return "named" if PARTY in (a.kind, b.kind) and alike >= LEAST_NAMED else None
