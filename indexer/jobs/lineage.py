"""Whether an index was made from a catalog, and whether that catalog may replace its contents."""

from __future__ import annotations

import click

from corpus import Store
from corpus.errors import SmallerError
from corpus.plural import pluralize
from indexer.engine.interface import Engine
from indexer.engine.results import Health, Query

# A new build holds at least this share of the releases of the live one.
LEAST = 0.9
CHECKED_RELEASES = 200
INSIST = (
    "Nothing was changed. If the catalog was lost, restore it from a backup or run `communique"
    " verify --repair`; if it is the one that you want, insist with --accept-smaller."
)

accept_smaller_option = click.option(
    "--accept-smaller",
    "is_smaller_accepted",
    is_flag=True,
    help="Publish a build that holds less than the live one, or is made from an older catalog.",
)


def is_continued(store: Store, engine: Engine, health: Health) -> bool:
    """Whether the live build was made from this catalog, so that an update suffices; judged by a
    sample of its releases, and by the number that it would have.
    """
    if health.revision > store.revision():
        return False
    changed = store.ids(health.revision)
    found = sum(engine.exists(changed))
    after = health.releases - found + len(changed - store.withheld(health.revision))
    checked = store.ids_until(health.revision, CHECKED_RELEASES)
    return after <= store.count() and all(engine.exists(checked))


def refuse_loss(store: Store, engine: Engine, health: Health) -> None:
    """Raise SmallerError where a build would lack too many releases of the live one, apart from
    withheld ones. Of an unreadable index only its number of releases is known.
    """
    if health.is_live:
        known, live = store.ids(), [*engine.scan(Query(None, sort="id"))]
        kept, total = sum(id_ in known for id_ in live), len(live)
    else:
        kept, total = len(store.ids()), health.noted_releases
    if kept < LEAST * total:
        raise SmallerError(
            f"The catalog has {kept:,} of the {pluralize(total, 'release')} in the live index."
            f" {INSIST}"
        )


def refuse_older(store: Store, health: Health) -> None:
    """Raise SmallerError where the catalog's revision is before the one that the index has seen."""
    revision = store.revision()
    if revision < health.revision:
        raise SmallerError(
            f"The catalog is at revision {revision:,}, but the index was made from one at"
            f" {health.revision:,}. {INSIST}"
        )
