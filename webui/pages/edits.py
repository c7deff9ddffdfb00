"""Edits and removals: the ledger as a page and as an Atom feed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from flask import Response, render_template, request, url_for

from corpus import Store, Version
from corpus.catalog.store import Entry
from webui.tools import feeds
from webui.view.history import differing_words, previous_version
from webui.view.search_state import read_whole

FILTER_NAMES = ("office", "kind")
LEDGER_KINDS = ("changed", "gone", "back")
SIZE = 30


@dataclass(frozen=True)
class EditsState:
    """The state of the page: one office or all, one kind or all, entries older than a number."""

    office: str | None
    kind: str | None
    before: int | None

    def link(self, **changed: str | int | None) -> str:
        """The address of this state with changes, from the newest entry on by default."""
        given = {"office": self.office, "kind": self.kind, "before": None} | changed
        return _with_query_string(url_for("changes.changes"), given)

    def feed(self) -> str:
        """The absolute address of the feed of this state."""
        given = {"office": self.office, "kind": self.kind}
        return _with_query_string(url_for("changes.feed", _external=True), given)


@dataclass(frozen=True)
class ShownEntry:
    """An entry as it is shown: what differs, between which versions, and an id for good."""

    entry: Entry
    old: Version | None
    differing: tuple[str, ...]
    uuid: str


@dataclass(frozen=True)
class LedgerChoice:
    """A filter to click on, with how many entries it leaves."""

    value: str | None
    count: int
    is_chosen: bool
    link: str


def edits(store: Store) -> str:
    """A page of the ledger, the newest entries first."""
    state = _read_state()
    entries = _read_entries(store, state, SIZE + 1)
    counts = store.ledger_counts()
    return render_template(
        "changes.html",
        state=state,
        entries=_shown_entries(store, entries[:SIZE]),
        older=state.link(before=entries[SIZE - 1].number) if len(entries) > SIZE else None,
        kinds=_choices(state, "kind", counts),
        offices=_choices(state, "office", counts),
    )


def feed(store: Store) -> Response:
    """The newest entries as a feed (RFC 4287)."""
    state = _read_state()
    entries = _shown_entries(store, _read_entries(store, state, SIZE))
    updated = entries[0].entry.at if entries else feeds.NEVER
    address = state.feed()
    return feeds.feed_response(
        "changes.xml", state=state, entries=entries, address=address, updated=updated
    )


def _read_state() -> EditsState:
    """What the URL asks for; what cannot be read counts as absent."""
    kind = request.args.get("kind")
    return EditsState(
        request.args.get("office") or None,
        kind if kind in LEDGER_KINDS else None,
        read_whole(request.args.get("before", "")),
    )


def _read_entries(store: Store, state: EditsState, size: int) -> list[Entry]:
    return store.ledger(before=state.before, size=size, office=state.office, kind=state.kind)


def _shown_entries(store: Store, entries: Sequence[Entry]) -> list[ShownEntry]:
    """Entries with what differs; nothing differs in a release that only went or came."""
    changed = {each.id for each in entries if each.kind == "changed"}
    versions = store.versions_of(changed)
    return [_with_differences(each, versions.get(each.id, [])) for each in entries]


def _with_differences(entry: Entry, versions: Sequence[Version]) -> ShownEntry:
    uuid = str(uuid5(NAMESPACE_URL, f"{entry.url}#{entry.kind}-{entry.at.isoformat()}"))
    new = next((each for each in versions if each.number == entry.version), None)
    old = previous_version(new, versions) if new else None
    return ShownEntry(entry, old, differing_words(old, new) if old and new else (), uuid)


def _choices(
    state: EditsState, name: str, counts: dict[tuple[str, str], int]
) -> list[LedgerChoice]:
    """The values of a filter, with all of them first; counted within the other filter."""
    place = FILTER_NAMES.index(name)
    other = getattr(state, FILTER_NAMES[1 - place])
    found: Counter[str | None] = Counter(dict.fromkeys(LEDGER_KINDS if name == "kind" else (), 0))
    for key, number in sorted(counts.items()):
        found[key[place]] += number if other in (None, key[1 - place]) else 0
    return [
        LedgerChoice(value, number, value == getattr(state, name), state.link(**{name: value}))
        for value, number in [(None, found.total()), *found.items()]
    ]


def _with_query_string(path: str, given: Mapping[str, str | int | None]) -> str:
    pairs = {name: value for name, value in given.items() if value is not None}
    return f"{path}?{urlencode(pairs)}" if pairs else path
