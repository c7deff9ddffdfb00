"""One family of errors: each carries a sentence that says what is wrong, where, and what to do."""

from traceback import format_exception_only

LONGEST_DESCRIPTION = 300  # characters of another's error in ours


class CommuniqueError(Exception):
    """Something the person at the keyboard can act on; its text is shown as it stands."""


class SettingsError(CommuniqueError):
    """A setting or an option has a value that cannot be used."""


class OfficeError(CommuniqueError):
    """No office, or no route of an office, has that name."""


class PageError(CommuniqueError):
    """A page is not what its reader expects: a match too few or too many, a date that is none.

    `rule` is the name that reports count it under.
    """

    def __init__(self, sentence: str, rule: str = "unreadable") -> None:
        super().__init__(sentence)
        self.rule = rule


class StoreError(CommuniqueError):
    """The catalog or the archive cannot be opened, read or written."""


class NoCatalogError(StoreError):
    """There is no catalog where the settings look for one."""


class DamagedCatalogError(StoreError):
    """The catalog is there, and cannot be read any more; the way out stands in the sentence."""


class SmallerError(CommuniqueError):
    """A new index would hold much less than the live one; how to insist stands in the sentence."""


class RecordError(StoreError):
    """The database works, and refuses one record."""


class CrawlError(CommuniqueError):
    """A run could not go on: the listing is out of reach, or holds nothing."""


class LockedError(CommuniqueError):
    """Another job holds the lock."""


class IndexUnusableError(CommuniqueError):
    """The index is absent, damaged, or of another format; what to run stands in the sentence."""


class TooCostlyError(CommuniqueError):
    """A query takes longer than it may; what to change stands in the sentence."""


class BusyError(CommuniqueError):
    """Others keep the service busy; nothing is wrong with what was asked."""


def describe(error: BaseException) -> str:
    """An error's type and what it says, as terminals and the catalog take it."""
    told = " ".join(format_exception_only(error)[-1].split())[:LONGEST_DESCRIPTION].rstrip(".")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in told)
