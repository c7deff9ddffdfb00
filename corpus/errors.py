"""One family of errors: each carries a sentence that says what is wrong, where, and what to do."""

from traceback import format_exception_only

LONGEST_DESCRIPTION = 300  # characters of a library's error in ours


class CommuniqueError(Exception):
    """An error that the user can act on; its text is shown unchanged."""


class SettingsError(CommuniqueError):
    """A setting or an option has a value that cannot be used."""


class OfficeError(CommuniqueError):
    """There is no office, or no route of an office, with that name."""


class PageError(CommuniqueError):
    """A page is not what its reader expects; reports count it under the name of its `rule`."""

    def __init__(self, sentence: str, rule: str = "unreadable") -> None:
        super().__init__(sentence)
        self.rule = rule


class StoreError(CommuniqueError):
    """The catalog or the archive cannot be opened, read or written."""


class NoCatalogError(StoreError):
    """There is no catalog where the settings say."""


class DamagedCatalogError(StoreError):
    """The catalog exists but cannot be read; the sentence says how to repair it."""


class SmallerError(CommuniqueError):
    """A new index would have far fewer releases than the live one."""


class FormatError(CommuniqueError):
    """Catalog or index have another format than this program's; the sentence has no paths."""

    def __init__(self, sentence: str, *, is_newer: bool) -> None:
        super().__init__(sentence)
        self.is_newer = is_newer


class CatalogFormatError(FormatError, StoreError):
    """The catalog has to be upgraded first, or was by a newer release of the program."""


class RecordError(StoreError):
    """The database works but refuses one record."""


class CrawlError(CommuniqueError):
    """A crawl cannot continue."""


class LockedError(CommuniqueError):
    """Another job holds the lock."""


class IndexUnusableError(CommuniqueError):
    """The index is missing, damaged, or of another format; the sentence says what to run."""


class IndexFormatError(FormatError, IndexUnusableError):
    """The index has to be built anew first, or was by a newer release of the program."""


class TooCostlyError(CommuniqueError):
    """A query takes longer than allowed; the sentence says what to change."""


class BusyError(CommuniqueError):
    """The service is busy with other requests; nothing is wrong with this one."""


def describe(error: BaseException) -> str:
    """An error's type and message in one printable line."""
    text = " ".join(format_exception_only(error)[-1].split())[:LONGEST_DESCRIPTION].rstrip(".")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
