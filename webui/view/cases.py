"""The case of a release as pages show it: its releases in order, and what ties them."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext

from corpus import Release, Store
from corpus.cases.records import CaseLink, Place, Sign
from corpus.fact import due_notice, shown_facts
from corpus.facts.sentences import enclosing_sentence
from indexer.highlight.passage import Passage
from webui.view.facts import stage_words

SIGNS = {
    "link": lazy_gettext("The office links one to the other."),
    "caption": lazy_gettext("Both name the same caption."),
    "docket": lazy_gettext("Both name the same docket."),
    "defendant_district": lazy_gettext("The same name, in the same federal district."),
    "defendant": lazy_gettext("The same name, in similar texts."),
    "named": lazy_gettext("A party of one is named in the other, in similar texts."),
}
OUTCOMES = frozenset({"pleaded_guilty", "convicted", "sentenced", "acquitted", "dismissed"})


@dataclass(frozen=True)
class ShownLink:
    """What ties two releases: the sign, and the sentence of each with the words marked."""

    one: Release
    other: Release
    sign: Sign
    one_words: Passage | None
    other_words: Passage | None
    likeness: float

    @property
    def sign_words(self) -> str:
        """The sign in the reader's words."""
        return str(SIGNS[self.sign])


@dataclass(frozen=True)
class ShownCase:
    """The releases of a case, the oldest first, and their links."""

    releases: list[Release]
    links: list[ShownLink]

    def links_of(self, release: Release) -> list[ShownLink]:
        """The links of one release."""
        return [each for each in self.links if release.id in (each.one.id, each.other.id)]

    def outcome_after(self, release: Release) -> Release | None:
        """The newest later release with an outcome that is linked to one which accuses somebody."""
        if due_notice(release.facts, release.office) != "accusation":
            return None
        tied = {each.id for link in self.links_of(release) for each in (link.one, link.other)}
        later = (
            each
            for each in self.releases
            if each.id in tied and _day(each) > _day(release) and main_stage(each) in OUTCOMES
        )
        return max(later, key=_day, default=None)


def shown_case(store: Store, id_: str) -> ShownCase | None:
    """The case of a release, if it is of one."""
    case = store.case(id_)
    if case is None:
        return None
    releases = {each.id: each for each in store.get_many(case.releases)}
    links = [
        _shown_link(releases[each.release], releases[each.other], each)
        for each in case.links
        if each.release in releases and each.other in releases
    ]
    return ShownCase(sorted(releases.values(), key=lambda each: (_day(each), each.id)), links)


def main_stage(release: Release) -> str:
    """The main stage of a release; "" where none may be shown."""
    facts = shown_facts(release.facts or (), release.office)
    return next((fact.value for fact in facts if fact.kind == "stage"), "")


def main_stage_words(release: Release) -> str:
    """The main stage of a release in the reader's words."""
    return stage_words(main_stage(release))


def _day(release: Release) -> date:
    return release.published or date.max


def _shown_link(one: Release, other: Release, link: CaseLink) -> ShownLink:
    words = _sentence(one, link.words), _sentence(other, link.other_words)
    return ShownLink(one, other, link.sign, *words, link.likeness)


def _sentence(release: Release, place: Place | None) -> Passage | None:
    """The sentence with some words of a release, which are marked."""
    texts = [release.title, *release.body]
    if place is None or place.paragraph >= len(texts):
        return None
    text = texts[place.paragraph]
    sentence = enclosing_sentence(text, place.start)
    words = text[place.start : place.end]
    before, found, behind = sentence.partition(words)
    return Passage(((before, False), (found, True), (behind, False)))
