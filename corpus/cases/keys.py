"""The keys of a release, by which releases of one case find each other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from corpus.cases.captions import captions, docket_key
from corpus.cases.names import names
from corpus.cases.records import CAPTION, DOCKET, NAMED, PARTY, Key, Keys, Place
from corpus.fact import Fact
from corpus.facts.courts import FULL
from corpus.facts.districts import DISTRICTS

# Who thanks the offices of more districts than this has none in common with another release.
MOST_DISTRICTS = 4


def keys_of(
    id_: str,
    body: Sequence[str],
    published: date | None,
    facts: Sequence[Fact],
    linked: Iterable[str] = (),
) -> Keys:
    """The keys of a release from its text and facts; a release of no case has none."""
    kind = next((fact.value for fact in facts if fact.kind == "kind"), "")
    found: dict[str, Key] = {}
    if kind in ("criminal", "civil"):
        found |= dict(_dockets(facts)) | dict(_captions(body))
    if kind == "criminal":
        found |= _names(body, facts)
    return Keys(id_, kind, published, _districts(body, facts), found, frozenset(linked))


def _names(body: Sequence[str], facts: Sequence[Fact]) -> dict[str, Key]:
    return {
        f"n {name.key}": Key(
            PARTY if name.is_party else NAMED, Place(name.paragraph, name.start, name.end)
        )
        for name in names(body, facts).values()
    }


def _dockets(facts: Sequence[Fact]) -> Iterator[tuple[str, Key]]:
    for fact in facts:
        if fact.kind == "case_number":
            place = Place(fact.paragraph, fact.start, fact.end)
            yield f"d {docket_key(fact.value)}", Key(DOCKET, place)


def _captions(body: Sequence[str]) -> Iterator[tuple[str, Key]]:
    for number, text in enumerate(body, start=1):
        for key, start, end in captions(text):
            yield f"c {key}", Key(CAPTION, Place(number, start, end))


def _districts(body: Sequence[str], facts: Sequence[Fact]) -> frozenset[str]:
    """The federal districts that a release names."""
    named = (
        (match["side"] or "", match["state"]) for text in body for match in FULL.finditer(text)
    )
    found = {DISTRICTS.get((side, " ".join(state.split())), "") for side, state in named}
    found |= {fact.value for fact in facts if fact.kind == "court" and fact.value.endswith("d")}
    found.discard("")
    return frozenset(found) if len(found) <= MOST_DISTRICTS else frozenset()
