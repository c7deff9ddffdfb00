"""Crawls prosecutors' releases and keeps every version and every response on disk."""

from corpus.catalog.coverage import Coverage
from corpus.catalog.store import Store
from corpus.reading.source import Source
from corpus.release import Attachment, Draft, Provenance, Release, Version
from corpus.settings import Settings
from corpus.settings_reader import read_settings
from corpus.sources import certificate_exception, office, office_title, offices

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
    "office_title",
    "offices",
    "read_settings",
]
