"""From the web to records on disk: prosecutors' releases, every version, every response."""

from corpus.release import Attachment, Draft, Provenance, Release, Version
from corpus.rows import Coverage
from corpus.settings import Settings, read_settings
from corpus.source import Source, certificate_exception, office, offices
from corpus.store import Store

__all__ = [
    "Attachment",
    "Coverage",
    "Draft",
    "Provenance",
    "Release",
    "Settings",
    "Source",
    "Store",
    "Version",
    "certificate_exception",
    "office",
    "offices",
    "read_settings",
]
