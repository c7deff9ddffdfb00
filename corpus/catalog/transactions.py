"""Opens the catalog, checks it, and runs transactions on it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog.attestation import Attestor
from corpus.catalog.mapping import release_from_row, version_from_row
from corpus.database import tables
from corpus.database.batches import stream_rows
from corpus.database.current import current_releases
from corpus.database.opening import (
    catalog_error,
    check_format,
    check_pages,
    damaged_catalog,
    open_catalog,
    without_password,
)
from corpus.database.sequence import lock_revision
from corpus.database.sqlite_file import check_unchanged, lacks_columns
from corpus.errors import NoCatalogError
from corpus.plural import pluralize
from corpus.release import LATER, MADE, REVISED
from corpus.settings import Settings
from corpus.warc.archive import own_files

# Errors that an invalid value causes.
READ_ERRORS = (ValueError, TypeError, LookupError, AttributeError)


class Catalog:
    """One catalog: its engine, its transactions, and the attestation of what they change."""

    def __init__(self, settings: Settings, *, make: bool = True, upgrade: bool = True) -> None:
        """See Store."""
        self.url = settings.catalog_url
        self.is_current = upgrade
        try:
            self.engine = open_catalog(self.url, make=make, upgrade=upgrade)
        except NoCatalogError as error:
            raise NoCatalogError(_no_catalog_message(settings)) from error
        self.attestor = Attestor(settings.archive, settings.warc_mb * 1_000_000)

    def close(self) -> None:
        """Close the database's files and connections."""
        self.engine.dispose()

    def check(self) -> None:
        """Raise DamagedCatalogError where the file is damaged, or a row cannot be read."""
        check_pages(self.engine, self.url)
        with self.reading() as connection:
            if problem := find_unreadable_row(connection):
                raise damaged_catalog(self.url, problem)

    @contextmanager
    def reading(self, *, of_any_format: bool = False) -> Iterator[Connection]:
        """One read-only transaction, which is rolled back. Raises StoreError like `writing`, and
        CatalogFormatError while the catalog has an earlier format, unless `of_any_format`.
        """
        with self._translating_errors(), self.engine.connect() as connection:
            if not (self.is_current or of_any_format):
                check_format(connection)
                self.is_current = True
            yield connection
            check_unchanged(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction. Raises StoreError with the database's message."""
        with self._translating_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _translating_errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            if lacks_columns(error):  # a newer program may have upgraded the catalog meanwhile
                with suppress(SQLAlchemyError), self.engine.connect() as connection:
                    check_format(connection)
            raise catalog_error(self.url, error, "used") from error

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """`writing` for changes of releases, one program at a time; attests them at the end."""
        with self.writing() as connection:
            lock_revision(connection)
            # Versions that another program left without an attestation are not attested here.
            earlier = self.attestor.pending(connection, MADE, REVISED)
            yield connection
            is_over = not connection.in_transaction()  # it was rolled back
            while not is_over and self.attestor.attest(connection, MADE, REVISED, but=earlier):
                pass

    def attest_older(self) -> int:
        """Attest some versions from an older catalog; return how many, 0 when none are left."""
        with self.changing() as connection:
            return self.attestor.attest(connection, LATER)


def _no_catalog_message(settings: Settings) -> str:
    """What to do where there is no catalog."""
    place = without_password(settings.catalog) if settings.catalog else str(settings.data)
    if files := len(own_files(settings.archive)):
        return (
            f"There is no catalog in {place}, though the archive in {settings.archive} has"
            f" {pluralize(files, 'file')}: restore the catalog from a backup, or run"
            " `communique verify --repair` to rebuild it from the archive."
        )
    setting = "COMMUNIQUE_CATALOG" if settings.catalog else "COMMUNIQUE_DATA"
    return (
        f"There is no catalog in {place}. Run `communique crawl` to make one, or set {setting}"
        " to where yours is."
    )


def find_unreadable_row(connection: Connection) -> str | None:
    """What is wrong with the first unreadable row; None where all can be read."""
    for table in tables.metadata.sorted_tables:
        try:
            _read_all(connection, table)
        except READ_ERRORS as error:
            return f"the table {table.name} has a row that cannot be read ({error})"
    return None


def _read_all(connection: Connection, table: Table) -> None:
    """Raise one of READ_ERRORS where a value has another type than its column."""
    types = [column.type.python_type for column in table.c]
    for row in stream_rows(connection, select(table)):
        for value, type_ in zip(row, types, strict=True):
            if value is not None and not isinstance(value, type_):
                raise TypeError(f"{value!r:.60} is not a {type_.__name__}")
        if table is tables.version:
            version_from_row(row)
    if table is tables.version:
        for row in stream_rows(connection, current_releases(with_withheld=True)):
            release_from_row(row)
