"""The index compared with the catalog: what is wrong with it, and the repair."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from corpus import Settings, Store
from corpus.issue import Finding
from corpus.plural import pluralize
from indexer.engine.document import document, shown_digest
from indexer.engine.interface import Engine
from indexer.jobs.lineage import refuse_loss
from indexer.jobs.reindex import reindex


def verify_index(
    settings: Settings, store: Store, engine: Engine, is_smaller_accepted: bool = False
) -> Iterator[Finding]:
    """What is wrong with the index compared to the catalog, each with its repair: an update or a
    rebuild.
    """
    health, revision = engine.health(), store.revision()
    update = partial(_reindex, settings, store, engine, is_smaller_accepted)
    rebuild = partial(update, is_full=True)
    if health.problem:
        yield Finding(health.problem, rebuild)
    elif health.revision < revision:
        changes = pluralize(revision - health.revision, "change")
        yield Finding(f"The index is behind by {changes}; run `communique reindex`.", update)
    elif health.revision > revision:
        yield Finding(
            "The index is ahead of the catalog; run `communique reindex --accept-smaller` if this"
            " is the right catalog.",
            rebuild,
        )
    else:
        for ids, words in _differences(store, engine):
            if ids:
                yield Finding(
                    f"The {words.format(pluralize(len(ids), 'release'))}, {min(ids)} the first; run"
                    " `communique reindex --full`.",
                    rebuild,
                )


def _differences(store: Store, engine: Engine) -> tuple[tuple[list[str], str], ...]:
    """Ids of releases that index or catalog alone has, or that the index shows otherwise."""
    indexed, missing, different = dict(engine.shown()), [], []
    for release in store.releases():
        made = document(release)
        if (found := indexed.pop(release.id, None)) is None:
            missing.append(release.id)
        elif found != shown_digest(vars(made) | {"body": made.body_text}):
            different.append(release.id)
    return (
        ([*indexed], "index has {} that the catalog lacks"),
        (missing, "catalog has {} that the index lacks"),
        (different, "index shows {} otherwise than the catalog"),
    )


def _reindex(
    settings: Settings,
    store: Store,
    engine: Engine,
    is_smaller_accepted: bool,
    is_full: bool = False,
) -> str:
    """Reindex from a catalog that was just verified: it may be older, but must lose no releases."""
    if not is_smaller_accepted:
        refuse_loss(store, engine, engine.health())
    return reindex(settings, store, engine, is_full=is_full, is_smaller_accepted=True).sentence()
