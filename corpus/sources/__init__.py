"""One file per office; its stem is the office's name. A name with _ holds what offices share."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from urllib.parse import urlsplit

from corpus.errors import OfficeError
from corpus.reading.source import Source
from corpus.release import Provenance


def certificate_exception(seen: Provenance) -> str | None:
    """Why the server that an answer to us came from need not prove who it is by an authority that
    the system knows, as its office's file declares; None where it must.
    """
    source, host = offices().get(seen.reader.partition("/")[0]), urlsplit(seen.url).hostname
    declared = source.broken_chains if source and not seen.origin else ()
    return next((each.reason for each in declared if each.host == host), None)


@cache
def offices() -> dict[str, Source]:
    """Every office that has a file in corpus/sources, by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name[0] != "_")
    return {name: importlib.import_module(f"corpus.sources.{name}").SOURCE for name in names}


def office(name: str) -> Source:
    """The office of that name. Raises OfficeError with the names there are."""
    try:
        return offices()[name]
    except KeyError:
        raise OfficeError(
            f"There is no office {name!r}; there are {', '.join(offices())}."
        ) from None
