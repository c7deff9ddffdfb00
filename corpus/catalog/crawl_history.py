"""The runs in the catalog: the last finished ones, and those that are open."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from corpus.database import tables

RUN = tables.run.c
PUBLISHED = ("accepted", "published")


def read_runs(connection: Connection, good: bool) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """Start and report of each office's last finished or failed run, or of its last `good` one."""
    error = RUN.report["error"].as_string()
    is_over = RUN.state.in_(PUBLISHED if good else (*PUBLISHED, "held"))
    if good:
        is_over &= error.is_(None)
    else:
        is_over |= (RUN.state == "open") & error.is_not(None)
    return _read_newest(connection, is_over)


def read_open_runs(connection: Connection) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """Start and last saved report of each office's open run: it is running, or was interrupted."""
    return _read_newest(connection, RUN.state == "open")


def _read_newest(
    connection: Connection, where: ColumnElement[bool]
) -> dict[str, tuple[datetime, dict[str, Any]]]:
    newest = select(func.max(RUN.id)).where(where).group_by(RUN.office)
    rows = connection.execute(select(tables.run).where(RUN.id.in_(newest)))
    return {row.office: (row.started_at, row.report) for row in rows}


def read_newest_run(connection: Connection, office: str, route: str) -> Row[Any] | None:
    """The last run of an office by a route, in any state."""
    where = (RUN.office == office) & (RUN.route == route)
    query = select(tables.run).where(where).order_by(RUN.id.desc()).limit(1)
    return connection.execute(query).one_or_none()


def has_full_run(connection: Connection, office: str, route: str) -> bool:
    """Whether a run of an office by a route was published that no option or limit cut short."""
    where = (RUN.office == office) & (RUN.route == route) & RUN.state.in_(PUBLISHED)
    is_full = RUN.report["cut_short"].as_string().is_(None)
    return connection.scalar(select(RUN.id).where(where, is_full).limit(1)) is not None


def read_last_listed(connection: Connection, office: str, route: str) -> int | None:
    """How many releases the last complete walk of an office by a route listed, if there was one."""
    where = (RUN.office == office) & (RUN.route == route) & RUN.state.in_(PUBLISHED) & RUN.is_walk
    query = select(RUN.report).where(where).order_by(RUN.id.desc()).limit(1)
    report = connection.scalar(query)
    return report and int(report["listed"])


def read_remaining_listings(
    connection: Connection, office: str, route: str
) -> list[tuple[str, str]]:
    """The listings, with their languages, that the last published run left to the next one."""
    where = (RUN.office == office) & (RUN.route == route) & (RUN.state == "published")
    query = select(RUN.report).where(where).order_by(RUN.id.desc()).limit(1)
    report = connection.scalar(query) or {}
    return [(url, language) for url, language in report.get("rest", ())]


def needs_walk(
    connection: Connection, last: Row[Any] | None, now: datetime, walk_days: int
) -> bool:
    """Whether to walk the whole listing: after an incomplete run, a lost response, or some days."""
    if last is None or last.state != "published":
        return True
    if any(last.report.get(each) for each in ("error", "ended_early", "cut_short")):
        return True
    if _has_lost_response(connection, last.office, last.route):
        return True
    same = (RUN.office == last.office) & (RUN.route == last.route)
    walked = select(func.max(RUN.started_at)).where(same, RUN.state == "published", RUN.is_walk)
    when = connection.scalar(walked)
    return when is None or when <= now - timedelta(days=walk_days)


def _has_lost_response(connection: Connection, office: str, route: str) -> bool:
    """Whether the response of a current version on a route is lost."""
    v, r = tables.version.c, tables.release.c
    stands = (v.release == r.id) & (v.ordinal == r.version) & v.lost_at.is_not(None)
    met = (r.office == office) & (r.route == route) & r.gone_since.is_(None)
    query = select(r.id).join_from(tables.release, tables.version, stands).where(met)
    return connection.scalar(query.limit(1)) is not None
