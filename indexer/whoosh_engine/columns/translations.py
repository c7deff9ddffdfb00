"""What documents declare to be their translations, from all segments."""

from __future__ import annotations

import numpy as np

from indexer.analysis.jit import Array
from indexer.linguistics.alignment import number_works


def works_of(
    declarations: tuple[Array, Array, list[bytes]], ids: Array, ranks: Array, alive: Array | None
) -> tuple[Array, int]:
    """The work of each document (see `Alignment`), and how many works there are; `declarations` are
    the documents, the numbers of the ids that they name, and those ids, `ids` the documents' own
    (bytes), `ranks` their places in the order of ids. Deleted documents have no work.
    """
    documents, declared, names = declarations
    if alive is not None:
        is_kept = alive[documents]
        documents, declared = documents[is_kept], declared[is_kept]
    held, their = _documents_named(ids, alive, names)
    works, size = number_works(ranks[documents], declared, ranks[held], their, len(ids))
    return works[ranks], size


def _documents_named(ids: Array, alive: Array | None, names: list[bytes]) -> tuple[Array, Array]:
    """The documents whose ids are declared, and the numbers of these among the names."""
    live = np.arange(len(ids)) if alive is None else np.flatnonzero(alive)
    ordered = live[np.argsort(ids[live], kind="stable")]
    wanted = np.array(names, ids.dtype)
    places = np.searchsorted(ids[ordered], wanted)
    is_in = places < len(ordered)
    is_in[is_in] = ids[ordered[places[is_in]]] == wanted[is_in]
    return ordered[places[is_in]], np.flatnonzero(is_in)
