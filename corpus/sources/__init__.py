"""One file per office, whose stem is the office's name; files with _ are shared by offices."""

import importlib
import pkgutil
from functools import cache
from urllib.parse import urlsplit

from corpus.errors import OfficeError
from corpus.reading.source import Source
from corpus.release import Provenance


def certificate_exception(seen: Provenance) -> str | None:
    """Why the certificate of the server that we fetched from is accepted though the system's
    authorities do not verify it, as its office's file declares; None where they do.
    """
    source, host = offices().get(seen.reader.partition("/")[0]), urlsplit(seen.url).hostname
    declared = source.broken_chains if source and not seen.origin else ()
    return next((each.reason for each in declared if each.host == host), None)


@cache
def offices() -> dict[str, Source]:
    """Every office that has a file in corpus/sources, by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name[0] != "_")
    return {name: importlib.import_module(f"corpus.sources.{name}").SOURCE for name in names}


def office_title(name: str) -> str:
    """The title of an office; its name, where the office is unknown."""
    known = offices().get(name)
    return known.title if known else name


def office(name: str) -> Source:
    """The office with that name. Raises OfficeError, which lists the names."""
    try:
        return offices()[name]
    except KeyError:
        raise OfficeError(
            f"There is no office {name!r}. The offices are: {', '.join(offices())}."
        ) from None
