"""Build beside the live index, check, publish, drop the old; or add what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice

from corpus import Settings, Store
from corpus.catalog.case_links import link_some
from corpus.catalog.derivations import Derive, count_backlog, derive, derive_here, derive_some
from corpus.durability import check_room
from corpus.errors import IndexUnusableError
from corpus.lock import only_job
from corpus.plural import pluralize
from corpus.processes import process_pool
from indexer.engine.document import Document, document
from indexer.engine.interface import Engine
from indexer.engine.results import Health, built_at
from indexer.jobs.lineage import CHECKED_RELEASES, is_continued, refuse_loss, refuse_older

# What a build takes while its segments are merged, of the size of the finished index, and of the
# texts as the catalog keeps them (measured at 8,469 releases: 2.0 and 3.4).
BUILD_PER_INDEX, BUILD_PER_TEXT = 2.2, 3.5
# Versions that this process derives alone; more are shared by workers, so many at a time.
MOST_DERIVED_HERE = 1_000
WORKERS, DERIVED_AT_ONCE = 2, 50


@dataclass(frozen=True)
class ReindexReport:
    """What a reindex did: anew or in addition, how many releases, into which build, how long."""

    is_full: bool
    releases: int
    build: str
    seconds: float

    def sentence(self) -> str:
        """The report for people."""
        if not self.is_full and not self.releases:
            return f"Nothing has changed since the last reindex; {self.build} stays as it is."
        how = "built anew and published" if self.is_full else "updated"
        done = pluralize(self.releases, "release")
        return f"{done} indexed in {self.seconds:.1f} s; {self.build} {how}."


def reindex(
    settings: Settings,
    store: Store,
    engine: Engine,
    *,
    is_full: bool = False,
    is_smaller_accepted: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ReindexReport:
    """Update the index from the catalog; rebuild it unless a live one of this format was made from
    this catalog and contains no words of withheld releases.

    What older rules derived from texts is derived again first, and cases are linked. Raises
    LockedError when another reindex runs, StoreError when disk or catalog refuse,
    IndexUnusableError when the finished build fails its check, SmallerError when it would have much
    less than the live one, or the catalog is older, and `is_smaller_accepted` is false; then the
    live index stays as it was.
    """
    with only_job(settings, "reindex"):
        clock = time.monotonic()
        _derive(store, on_progress)
        while link_some(store):
            pass
        health = engine.health()
        revision = store.revision()
        is_ours = health.is_live and is_continued(store, engine, health)
        if (is_full or not is_ours) and not is_smaller_accepted:
            refuse_loss(store, engine, health)
            refuse_older(store, health)
        build, number = health.build or "", 0
        if is_ours and not is_full and health.revision < revision:
            number = _update(store, engine, health.revision, revision, on_progress)
        is_anew = is_full or not is_ours or _holds_withheld_words(store, build)
        if is_anew:
            _check_room(settings, store, engine, health)
            number, build = _rebuild(store, engine, revision, on_progress)
        return ReindexReport(is_anew, number, build, time.monotonic() - clock)


def _holds_withheld_words(store: Store, build: str) -> bool:
    """Whether a build's files can contain words of later withheld releases: updates leave them
    there.
    """
    last = store.last_withheld_at()
    return last is not None and built_at(build) <= last


def _check_room(settings: Settings, store: Store, engine: Engine, health: Health) -> None:
    """Raise StoreError where the disk has no room for a build."""
    if settings.engine != "embedded":
        return
    if health.is_live and health.build and health.releases:
        needed = engine.size_bytes() * store.count() / health.releases * BUILD_PER_INDEX
    else:
        needed = store.text_size() * BUILD_PER_TEXT
    check_room(settings.index, int(needed), "The new index")


def _derive(store: Store, on_progress: Callable[[int, int], None]) -> None:
    """Derive what older rules did, in other processes where it is much."""
    total, done = count_backlog(store), 0
    with ExitStack() as stack:
        run: Derive = derive_here
        if total > MOST_DERIVED_HERE:
            pool = stack.enter_context(process_pool(WORKERS))
            run = partial(pool.map, derive, chunksize=DERIVED_AT_ONCE)
        while number := derive_some(store, run):
            done += number
            on_progress(min(done, total), total)


def _update(
    store: Store,
    engine: Engine,
    seen: int,
    revision: int,
    on_progress: Callable[[int, int], None],
) -> int:
    """Add what changed since a revision, and take out what was withheld."""
    total = revision - seen
    changed, removed = _Documents(store, seen), store.withheld(seen)
    return engine.update(changed, removed, revision, lambda done: on_progress(done, total))


def _rebuild(
    store: Store, engine: Engine, revision: int, on_progress: Callable[[int, int], None]
) -> tuple[int, str]:
    total = store.count()
    number = 0

    def count_done(done: int) -> None:
        nonlocal number
        number = done
        on_progress(done, total)

    # Before the build: what a crawl adds meanwhile need not be in it.
    checked = [release.id for release in islice(store.releases(), CHECKED_RELEASES)]
    build = engine.build(_Documents(store, 0), revision, count_done)
    try:
        total = min(total, store.count())  # what was withheld meanwhile need not be in it
        checked = [each.id for each in store.get_many(checked)]
        _check_build(engine, build, number, total, checked)
    except BaseException:
        engine.drop(build)
        raise
    engine.publish(build)
    return number, build


def _check_build(engine: Engine, build: str, number: int, total: int, checked: list[str]) -> None:
    if number < total or not all(engine.exists(checked, build)):
        raise IndexUnusableError(
            f"The build {build} holds {number:,} of {pluralize(total, 'release')};"
            " it was not published."
        )


class _Documents:
    """What is indexed of the releases since a revision, read anew each time."""

    def __init__(self, store: Store, after_revision: int) -> None:
        self.store, self.after_revision = store, after_revision
        self.groups = store.copy_groups()

    def __iter__(self) -> Iterator[Document]:
        for each in self.store.releases(after_revision=self.after_revision):
            yield document(each, self.groups.get(each.id), self.store.id_of)
