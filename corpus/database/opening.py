"""Opens a catalog: creates it where there is none, upgrades one of an earlier format."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from corpus.database.sqlite_file import (
    DAMAGED,
    error_advice,
    integrity_error,
    is_absent,
    is_damage,
    is_read_only,
    read_only_engine,
    sqlite_file,
)
from corpus.database.tables import FORMAT, about, metadata
from corpus.durability import check_room, make_folder, replacing
from corpus.errors import (
    CatalogFormatError,
    DamagedCatalogError,
    NoCatalogError,
    RecordError,
    StoreError,
)

# The number of our advisory lock in PostgreSQL.
OPENING_LOCK = 0x636F6D6D
# How long a connection to a server is awaited, unless the URL says otherwise (connect_timeout).
CONNECT_S = 10
SECRET = re.compile(r"(://[^:/@]*:).*(?=@)|(\bpassword=)[^&]*")


def open_catalog(url: str, *, make: bool = True, upgrade: bool = True) -> Engine:
    """Open a catalog, or make one if `make` is set; upgrade one of an earlier format if `upgrade`
    is. Raises NoCatalogError, CatalogFormatError and StoreError.
    """
    try:
        path = sqlite_file(url)
        if path and not make and is_absent(path):
            raise NoCatalogError(f"There is no catalog {without_password(url)}.")
        engine = read_only_engine(path) if path and is_read_only(path) else _engine(url, path)
    except ImportError as error:
        raise StoreError(
            f"The catalog {without_password(url)} cannot be opened: {error}. PostgreSQL needs a URL"
            " that begins with postgresql+psycopg://, and its driver: in the checkout, run"
            " `.venv/bin/pip install --constraint constraints.txt --editable '.[postgresql]'`."
        ) from error
    except (SQLAlchemyError, OSError, ValueError) as error:
        raise catalog_error(url, error, "opened") from error
    try:
        _prepare(engine, url, make, upgrade)
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise catalog_error(url, error, "opened") from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _engine(url: str, path: Path | None) -> Engine:
    if path:
        make_folder(path.parent)
    parts = make_url(url)
    is_awaited = parts.get_backend_name() == "sqlite" or "connect_timeout" in parts.query
    limit = {} if is_awaited else {"connect_timeout": CONNECT_S}
    # A server may have restarted since a connection was last used.
    engine = create_engine(parts, pool_pre_ping=True, connect_args=limit)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    return engine


def without_password(url: str) -> str:
    """A catalog's URL with its password masked."""
    return SECRET.sub(r"\1\2***", url)


def message(error: Exception) -> str:
    """The database's own message, on one line and without a full stop."""
    return " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".?")


def catalog_error(url: str, error: Exception, what: str) -> StoreError:
    """The error for a catalog that cannot be `what` ("opened", "used"), with cause and advice."""
    sentence = f"The catalog {without_password(url)} cannot be {what}: {message(error)}."
    if isinstance(error, DataError | IntegrityError):
        return RecordError(sentence)
    cause = getattr(error, "orig", None)
    path = sqlite_file(url) if cause else None
    if path is None:
        return StoreError(sentence)
    kind = DamagedCatalogError if is_damage(path, cause) else StoreError
    return kind(f"{sentence} {error_advice(path, cause)}".rstrip())


def _prepare(engine: Engine, url: str, make: bool, upgrade: bool) -> None:
    """Make or upgrade the tables. Nothing is written to a catalog of a newer format."""
    with engine.connect() as connection:
        begin_snapshot(connection)
        format_ = _format(connection)
        _check_tables(connection, url, format_)
    if format_ is None:
        if not make:
            raise NoCatalogError(f"There is no catalog {without_password(url)}.")
        _make(engine)
    elif format_ > FORMAT:
        raise _format_error(format_)
    elif format_ < FORMAT and upgrade:
        if (path := sqlite_file(url)) and is_read_only(path):
            raise _format_error(format_)
        _upgrade(engine, url)


def check_format(connection: Connection) -> None:
    """Raise CatalogFormatError where a catalog has another format than this program's."""
    format_ = _format(connection)
    if format_ is not None and format_ != FORMAT:
        raise _format_error(format_)


def _format_error(format_: int) -> CatalogFormatError:
    """The error for a catalog of another format, with advice."""
    if format_ > FORMAT:
        return CatalogFormatError(
            f"The catalog was written by a newer release of communique (format {format_}, not"
            f" {FORMAT}). Update the program and restart it; nothing was changed.",
            is_newer=True,
        )
    return CatalogFormatError(
        f"The catalog was written by an earlier release of communique (format {format_}, not"
        f" {FORMAT}). Run `communique reindex` where it can be written to upgrade it.",
        is_newer=False,
    )


def _check_tables(connection: Connection, url: str, format_: int | None) -> None:
    """Check that a catalog has all its tables and the number of its format."""
    expected = {each.name for each in metadata.sorted_tables}
    present = expected & set(inspect(connection).get_table_names())
    if format_ == FORMAT and expected - present:
        missing = f"the table {min(expected - present)}"
    elif present and not isinstance(format_, int):
        missing = "the number of its format"
    else:
        return
    raise DamagedCatalogError(f"The catalog {without_password(url)} lacks {missing}. {DAMAGED}")


def _format(connection: Connection) -> int | None:
    if not inspect(connection).has_table(about.name):
        return None
    return connection.scalar(select(about.c.value).where(about.c.key == "format"))


def _make(engine: Engine) -> None:
    with engine.connect() as connection:
        _begin_alone(connection)
        if _format(connection) is None:
            metadata.create_all(connection)
            first = [{"key": "format", "value": FORMAT}, {"key": "revision", "value": 0}]
            connection.execute(insert(about), first)
        connection.commit()


def _upgrade(engine: Engine, url: str) -> None:
    """Migrate in one transaction, which begins with a copy of an SQLite file."""
    from corpus.database.migrations import (
        upgrade,  # brings Alembic, which other openings do not need
    )

    with engine.connect() as connection:
        # Not within a transaction; altering a column rebuilds the table.
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        _begin_alone(connection)
        format_ = _format(connection)
        if format_ is not None and format_ < FORMAT:
            if path := sqlite_file(url):
                _copy_beside(engine, path, format_)
            upgrade(connection, format_)
            where = about.c.key == "format"
            connection.execute(update(about).where(where), {"value": FORMAT})
        connection.commit()
        connection.invalidate()  # the next connection has foreign keys on again


def begin_snapshot(connection: Connection) -> None:
    """Begin a transaction with a consistent snapshot, though others may create the catalog."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _begin_alone(connection: Connection) -> None:
    """Begin a transaction that makes or alters tables; a second program waits for it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(OPENING_LOCK)))


def check_pages(engine: Engine, url: str) -> None:
    """Raise DamagedCatalogError where the SQLite file has damaged pages."""
    if engine.dialect.name == "sqlite" and (problem := integrity_error(engine)):
        raise damaged_catalog(url, problem)


def damaged_catalog(url: str, what: str) -> DamagedCatalogError:
    """The error for a damaged catalog, with advice."""
    return DamagedCatalogError(
        f"The catalog {without_password(url)} is not whole: {what}. {DAMAGED}"
    )


def _copy_beside(engine: Engine, path: Path, format_: int) -> None:
    """Copy `catalog.sqlite` to `catalog.format-1.sqlite`, while a transaction of ours keeps others
    from writing it.
    """
    copy = path.with_name(f"{path.stem}.format-{format_}{path.suffix}")
    # Rebuilding tables needs as much again.
    check_room(path.parent, 2 * path.stat().st_size, "The upgrade of the catalog")
    with replacing(copy) as fresh, engine.connect() as reader:
        fresh.unlink(missing_ok=True)
        reader.exec_driver_sql("VACUUM INTO ?", (str(fresh),))


def _tune_sqlite(connection: Any, _: object) -> None:
    """Let readers continue while a crawl writes (write-ahead log), and a second writer wait.

    FULL syncs each transaction to disk. Otherwise, a power cut could lose the last ones, and an
    index that has seen them would miss later changes with the same revisions.
    """
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
