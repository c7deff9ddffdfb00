"""Links between releases -> groups of releases of one case."""

from collections.abc import Collection, Iterable

from corpus.cases.records import STRENGTH, CaseLink

# Two groups join only where this share of the possible links between them exists, so that one
# release which names the people of many cases does not chain them together.
LEAST_SHARE = 0.3


def group(
    links: Iterable[CaseLink], cuts: Collection[tuple[str, str]] = frozenset()
) -> dict[str, frozenset[str]]:
    """The group of each linked release, joined by the strongest links first. Releases that an
    operator told apart (`cuts`, the smaller id first) are in no group together.
    """
    kept = [each for each in links if (each.release, each.other) not in cuts]
    linked = {(each.release, each.other) for each in kept}
    groups: dict[str, frozenset[str]] = {}
    for link in sorted(kept, key=_strength):
        one = groups.setdefault(link.release, frozenset({link.release}))
        two = groups.setdefault(link.other, frozenset({link.other}))
        between = {(min(a, b), max(a, b)) for a in one for b in two}
        is_close = len(between & linked) >= LEAST_SHARE * len(between)
        if one is not two and is_close and between.isdisjoint(cuts):
            groups |= dict.fromkeys(one | two, one | two)
    return {id_: each for id_, each in groups.items() if len(each) > 1}


def _strength(link: CaseLink) -> tuple[int, float, str, str]:
    return STRENGTH.index(link.sign), -link.likeness, link.release, link.other
