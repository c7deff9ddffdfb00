"""How a catalog is opened: made where there is none, brought up where it is of an earlier format.

And how one is copied while others write it.
"""

from __future__ import annotations

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
    select,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from corpus.database.sqlite_file import (
    DAMAGED,
    advice,
    fault,
    is_absent,
    is_damage,
    is_read_only,
    reading_engine,
    sqlite_file,
)
from corpus.database.tables import FORMAT, about, metadata
from corpus.disk_space import check_room
from corpus.durability import make_folder, replacing
from corpus.errors import DamagedCatalogError, NoCatalogError, RecordError, StoreError

# Of PostgreSQL's advisory locks, ours: any number that stays the same.
OPENING = 0x636F6D6D
SECRET = re.compile(r"(://[^:/@]*:).*(?=@)|(\bpassword=)[^&]*")


def open_catalog(url: str, *, make: bool = True) -> Engine:
    """A catalog ready for use; where there is none yet, one is made if `make` says so.

    Raises NoCatalogError, StoreError.
    """
    try:
        path = sqlite_file(url)
        if path and not make and is_absent(path):
            raise NoCatalogError(f"There is no catalog {shown(url)}.")
        engine = reading_engine(path) if path and is_read_only(path) else _engine(url, path)
    except ImportError as error:
        raise StoreError(
            f"The catalog {shown(url)} cannot be opened: {error}. PostgreSQL needs a URL that"
            " begins with postgresql+psycopg://, and its driver: in the checkout, run"
            " `.venv/bin/pip install --constraint constraints.txt --editable '.[postgresql]'`."
        ) from error
    except (SQLAlchemyError, OSError, ValueError) as error:
        raise failed(url, error, "opened") from error
    try:
        _prepare(engine, url, make)
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise failed(url, error, "opened") from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _engine(url: str, path: Path | None) -> Engine:
    if path:
        make_folder(path.parent)
    # A server may have been started anew since a connection was used last.
    engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    return engine


def shown(url: str) -> str:
    """A catalog's URL as it may be told: without its password."""
    return SECRET.sub(r"\1\2***", url)


def reason(error: Exception) -> str:
    """What went wrong in the database's own words, on one line and without a full stop."""
    return " ".join(str(getattr(error, "orig", None) or error).split()).rstrip(".?")


def failed(url: str, error: Exception, what: str) -> StoreError:
    """That a catalog cannot be "opened", "used" or whatever, why, and the way out."""
    sentence = f"The catalog {shown(url)} cannot be {what}: {reason(error)}."
    if isinstance(error, DataError | IntegrityError):
        return RecordError(sentence)
    cause = getattr(error, "orig", None)
    path = sqlite_file(url) if cause else None
    if path is None:
        return StoreError(sentence)
    kind = DamagedCatalogError if is_damage(path, cause) else StoreError
    return kind(f"{sentence} {advice(path, cause)}".rstrip())


def _prepare(engine: Engine, url: str, make: bool) -> None:
    """Make the tables, or bring them up. Nothing is written to a catalog of a newer format."""
    with engine.connect() as connection:
        _begin_snapshot(connection)
        found = _format(connection)
        _check_tables(connection, url, found)
    if found is not None and found > FORMAT:
        raise StoreError(
            f"The catalog {shown(url)} was written by a newer release of communique (format"
            f" {found}, this one reads {FORMAT}); update the program. Nothing was changed."
        )
    if found is None:
        if not make:
            raise NoCatalogError(f"There is no catalog {shown(url)}.")
        _make(engine)
    elif found < FORMAT:
        if (path := sqlite_file(url)) and is_read_only(path):
            raise StoreError(
                f"The catalog {shown(url)} has format {found}, and this program reads {FORMAT}. It"
                " is brought up where it can be written: run `communique status` there."
            )
        _upgrade(engine, url)


def _check_tables(connection: Connection, url: str, found: int | None) -> None:
    """That a catalog of our format has all its tables, and what has none of the format is none."""
    ours = {each.name for each in metadata.sorted_tables}
    there = ours & set(inspect(connection).get_table_names())
    if found == FORMAT and ours - there:
        lost = f"the table {min(ours - there)}"
    elif there and not isinstance(found, int):
        lost = "the number of its format"
    else:
        return
    raise DamagedCatalogError(f"The catalog {shown(url)} lacks {lost}. {DAMAGED}")


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
    """Migrate in one transaction, after a copy of an SQLite file was put beside it."""
    from corpus.database.migrations import (
        upgrade,  # brings Alembic, which other openings do not need
    )

    with engine.connect() as connection:
        # Neither works within a transaction; a table is rebuilt to alter a column.
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            _copy_beside(connection, url)
        _begin_alone(connection)
        found = _format(connection)
        if found is not None and found < FORMAT:
            upgrade(connection, found)
            where = about.c.key == "format"
            connection.execute(update(about).where(where), {"value": FORMAT})
        connection.commit()
        connection.invalidate()  # so that the next one comes with foreign keys on


def _begin_snapshot(connection: Connection) -> None:
    """Begin a transaction that sees the catalog as it was at one time, though others make it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    elif connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _begin_alone(connection: Connection) -> None:
    """Begin a transaction that makes or alters tables: of two programs one waits for the other."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(OPENING)))


def check_pages(engine: Engine, url: str) -> None:
    """Raise DamagedCatalogError where the pages of SQLite's file are not what they should be."""
    if engine.dialect.name == "sqlite" and (found := fault(engine)):
        raise not_whole(url, found)


def not_whole(url: str, what: str) -> DamagedCatalogError:
    """That a catalog is damaged, and the way out."""
    return DamagedCatalogError(f"The catalog {shown(url)} is not whole: {what}. {DAMAGED}")


def _copy_beside(connection: Connection, url: str) -> None:
    """`catalog.sqlite` as it was, as `catalog.format-1.sqlite`."""
    where = select(about.c.value).where(about.c.key == "format")
    path = Path(url.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.stem}.format-{connection.scalar(where)}{path.suffix}")
    if not copy.exists():
        # As much again is written while tables are rebuilt.
        check_room(path.parent, 2 * path.stat().st_size, "The upgrade of the catalog")
        with replacing(copy) as fresh:
            fresh.unlink(missing_ok=True)
            connection.exec_driver_sql("VACUUM INTO ?", (str(fresh),))


def _tune_sqlite(connection: Any, _: object) -> None:
    """Readers go on while a crawl writes (write-ahead log); two jobs that write wait, not fail.

    FULL: the disk has a transaction when it is over. With less, a power cut would take the last
    ones, and an index that has seen them would take later changes of the same numbers for them.
    """
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
