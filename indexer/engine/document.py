"""Release -> what is indexed of it, and its terms in the fields that are not running text.

FORMAT is the version of that shape: an index of another version is rebuilt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from corpus import Release, offices
from corpus.fact import shown_facts
from corpus.release import release_id
from corpus.statutes import enclosing_keys, keys, section
from indexer.analysis.analyzer import fold, words
from indexer.analysis.tokenizer import AFTER_SUBTITLE, BETWEEN_PARAGRAPHS
from indexer.engine.results import UNDATED
from indexer.query.interpretation import prison_terms
from indexer.query.written_forms import attested_terms

FORMAT = 14
# Facts by which releases can be found: kind of fact -> the field of its values. An office's own
# kind of release has the field `kind`.
FACT_FIELDS = {
    "kind": "matter",
    "stage": "stage",
    "offense": "offense",
    "prison": "prison",
    "court": "court",
}


@dataclass(frozen=True)
class Document:
    """A release as it is indexed. Title, text (subtitle and body), topics, components and place are
    analyzed; the rest are whole values, and so are topics and components once more.

    `published` None is unknown. `state` is "changed", "gone", both or neither. Near-duplicates have
    one `group` (see corpus.catalog.near_duplicates). `statutes` are the keys of cited statutes and
    of what contains them. `alternates` are the ids of the release and of its declared translations,
    collected or not. `facts` are fields and values of facts that may be shown.
    """

    id: str
    office: str
    country: str
    language: str
    published: date | None
    url: str
    title: str
    body: tuple[str, ...]
    topics: tuple[str, ...]
    components: tuple[str, ...]
    number: str | None
    place: str | None
    state: tuple[str, ...] = ()
    kind: str | None = None
    group: str | None = None
    statutes: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    subtitle: str | None = None

    @property
    def body_text(self) -> str:
        """Subtitle and body as one text."""
        return text_of(self)


def text_of(release: Release | Document) -> str:
    """The text that is searched beside the title: an empty line between two paragraphs, and the
    subtitle before them, if there is one.
    """
    text = BETWEEN_PARAGRAPHS.join(release.body)
    return f"{release.subtitle}{AFTER_SUBTITLE}{text}" if release.subtitle else text


def canonical_id(office: str, url: str) -> str:
    """The id of a release that is held under the canonical spelling of an address."""
    return release_id(office, offices()[office].canonical(url))


def document(
    release: Release, group: str | None = None, id_of: Callable[[str, str], str] = canonical_id
) -> Document:
    """What is indexed of a release: what the office states, what became of it, and the group of its
    copies; `id_of` gives the id of an office's address.
    """
    known = offices().get(release.office)
    return Document(
        id=release.id,
        office=release.office,
        country=known.country if known else "",
        language=release.language,
        published=release.published,
        url=release.url,
        title=release.title,
        body=release.body,
        topics=release.topics,
        components=release.components,
        number=release.number,
        place=release.place,
        state=_state(release),
        kind=release.kind,
        group=group,
        statutes=_statutes(release),
        alternates=_alternates(release, id_of),
        facts=_facts(release),
        subtitle=release.subtitle,
    )


def field_terms(document: Document) -> dict[str, list[str]]:
    """The terms of all fields that are not running text."""
    published = document.published
    return {
        "topic": words(" ".join(document.topics)),
        "component": words(" ".join(document.components)),
        "place": words(document.place or ""),
        "id": [document.id],
        "office": [document.office],
        "language": [document.language],
        "country": [fold(document.country)] if document.country else [],
        "number": _numbers(document.number) if document.number else [],
        "year": [str(published.year) if published else UNDATED],
        "topics": [*dict.fromkeys(document.topics)],
        "components": [*dict.fromkeys(document.components)],
        "kind": [document.kind] if document.kind else [],
        "date": [published.isoformat()] if published else [],
        "state": [*document.state],
        "group": [document.group] if document.group else [],
        "statutes": [*document.statutes],
        "sections": [*dict.fromkeys(map(section, document.statutes))],
        "alternates": [*document.alternates],
        "attested": attested_terms(f"{document.title}\n\n{document.body_text}"),
        **_fact_terms(document),
    }


def shown_digest(shown: Mapping[str, Any]) -> bytes:
    """A digest of what an engine keeps of a release to show it, its body as one text."""
    names = ("id", "office", "language", "published", "url")
    parts = [
        *(str(shown[name]) for name in names),
        shown["title"].replace("\n", " "),
        shown["body"],
    ]
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _alternates(release: Release, id_of: Callable[[str, str], str]) -> tuple[str, ...]:
    """By their addresses; an office that we know no more has none."""
    if release.office not in offices() or not release.alternates:
        return ()
    ids = [id_of(release.office, each.url) for each in release.alternates]
    return tuple(sorted({release.id, *ids}))


def _numbers(stated: str) -> list[str]:
    """A number as the office states it, and as it is typed: "12 - 055" is also "12-055"."""
    return [*dict.fromkeys((fold(stated), fold(re.sub(r"\s*[-.]+\s*", "-", stated.strip(" .")))))]


def _state(release: Release) -> tuple[str, ...]:
    is_gone = release.gone_since is not None
    return ("changed",) * release.is_changed + ("gone",) * is_gone


def _facts(release: Release) -> tuple[tuple[str, str], ...]:
    shown = shown_facts(release.facts or (), release.office)
    named = ((FACT_FIELDS[fact.kind], fact.value) for fact in shown if fact.kind in FACT_FIELDS)
    return tuple(dict.fromkeys(named))


def _fact_terms(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in FACT_FIELDS.values()}
    for name, value in document.facts:
        found[name].append(value)
    months = found[prison_terms.FIELD]
    return found | {
        prison_terms.FIELD: [*map(prison_terms.term, months)],
        prison_terms.BAND_FIELD: [*dict.fromkeys(map(prison_terms.band, months))],
    }


def _statutes(release: Release) -> tuple[str, ...]:
    cited = keys(release.statutes or ())
    return tuple(dict.fromkeys(key for each in cited for key in enclosing_keys(each)))
