"""From the web to records on disk: releases of prosecutors' offices, every version kept, every
response archived.
"""

from corpus.release import Attachment, Draft, Provenance, Release, Version
from corpus.settings import Settings, read_settings
from corpus.source import Source, office, offices
from corpus.store import Coverage, Store

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
    "office",
    "offices",
    "read_settings",
]
