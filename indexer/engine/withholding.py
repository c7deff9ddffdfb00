"""Which releases an engine passes over: those that are withheld, also before the next reindex."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from corpus.database.batches import chunks
from indexer.engine.results import KwicLine

# Reads the ids of all releases that are withheld at the moment.
Withheld = Callable[[], AbstractSet[str]]
# Lines that are read before it is asked again what is withheld: all of them may take hours.
BLOCK = 1000


def nothing() -> frozenset[str]:
    """What is withheld from those who keep the index."""
    return frozenset()


def still_shown(lines: Iterator[KwicLine], withheld: Withheld) -> Iterator[KwicLine]:
    """Lines without those of releases that were withheld while they were read."""
    for block in chunks(lines, BLOCK):
        hidden = withheld()
        yield from (each for each in block if each.id not in hidden)
