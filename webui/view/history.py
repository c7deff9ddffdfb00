"""What became of a release, as pages tell it: versions, goings and comings, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext

from corpus import Version
from corpus.catalog.store import Entry
from webui.view.comparison import differing_facts

# The facts that make a version, to readers.
FACT_LABELS = {
    "title": lazy_gettext("title"),
    "published": lazy_gettext("date"),
    "body": lazy_gettext("text"),
    "number": lazy_gettext("number"),
    "topics": lazy_gettext("topics"),
    "components": lazy_gettext("components"),
    "attachments": lazy_gettext("attachments"),
    "subtitle": lazy_gettext("subtitle"),
    "links": lazy_gettext("links to other releases"),
}


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that became of a release: first seen, changed, observed (by others), gone, back.

    A `version` differs from the `previous_version` in the facts named. `since` is when a release
    that is gone was first missed.
    """

    kind: str
    at: datetime
    version: Version | None = None
    previous_version: Version | None = None
    differing: tuple[str, ...] = ()
    since: datetime | None = None


def history_entries(versions: Sequence[Version], history: Sequence[Entry]) -> list[HistoryEntry]:
    """The versions of a release and the rest of its ledger in one row."""
    found = [_version_entry(version, versions) for version in versions]
    found += [
        HistoryEntry(each.kind, each.at, since=each.since)
        for each in history
        if each.kind in ("gone", "back")
    ]
    return sorted(found, key=lambda line: line.at)


def previous_version(version: Version, versions: Sequence[Version]) -> Version | None:
    """The version that one is compared with: the last of the same observer, else of anybody."""
    earlier = versions[: versions.index(version)]
    origin = version.provenance.origin
    same = [each for each in earlier if each.provenance.origin == origin]
    return next(reversed(same or earlier), None)


def differing_words(old: Version, new: Version) -> tuple[str, ...]:
    """The facts that differ between two versions, in words."""
    return tuple(str(FACT_LABELS[name]) for name in differing_facts(old, new))


def _version_entry(version: Version, versions: Sequence[Version]) -> HistoryEntry:
    old = previous_version(version, versions)
    kind = "observed" if version.provenance.origin else "changed"
    if kind == "changed" and (old is None or old.provenance.origin):
        kind = "new"
    words = differing_words(old, version) if old else ()
    return HistoryEntry(kind, version.observed_at, version, old, words)
