"""A year at an office by a seeded plan, lived through by the program on a disk of its own.

The office publishes, edits, removes and puts back; its site has bad days. The program is updated,
its data is restored from a backup, the power is cut, and the disk is full.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from corpus import Store
from corpus.database.migrations import FOLDER
from corpus.database.tables import FORMAT
from tests.faulty_site import FaultySite, status, torn, understated, wall
from tests.fortnight import ANY, Day, boilerplate, new_house
from tests.newsroom import Newsroom
from tests.observer import Days, Observer
from tests.power_cut import Disk

# Shares of days on which the office does something, and on which its site has a bad day.
EDITS, REMOVALS, RETURNS, REDESIGNS, BAD_DAYS = 0.4, 0.06, 0.06, 0.02, 0.12
# Most edits concern one of so many newest releases.
YOUNG, YOUNG_SHARE = 15, 0.7
BLOCK = 4096
# The power is cut after so many requests of a crawl, and before that sync of a build.
REQUESTS, SYNCS = 6, 4


class Plan:
    """What the office does on each day. The first `news` releases are published as days go by."""

    def __init__(self, room: Newsroom, length: int, news: int, seed: int) -> None:
        self.room, self.length, self.chance = room, length, Random(seed)
        paths = list(room.written)
        self.news, self.first = paths[:news], paths[news:]
        self.begins = room.newest + timedelta(days=1)
        # The day of the last edit that was not seen yet, and how many days others took to be seen.
        self.edited: dict[str, date] = {}
        self.edits = 0

    def days(self) -> Iterator[tuple[date, Day]]:
        """Each day in turn, once the office has done what it does on it."""
        self.room.publish(*reversed(self.first))
        yield self.begins, Day()
        news = len(self.news)
        for number in range(1, self.length):
            today = self.begins + timedelta(days=number)
            self._publish(today, round(news * (self.length - number) / self.length))
            for share, act in (
                (EDITS, self._edit),
                (REMOVALS, self._remove),
                (RETURNS, self._put_back),
                (REDESIGNS, self._redesign),
            ):
                if self.chance.random() < share:
                    act(today)
            yield today, self._bad_day() if self.chance.random() < BAD_DAYS else Day()

    def _publish(self, today: date, left: int) -> None:
        while len(self.news) > left:
            path = self.news.pop()
            self.room.redate(path, (today - self.room.stated(path).published).days)
            self.room.publish(path)

    def _standing(self) -> list[str]:
        return [path for path in self.room.listed if path not in self.room.gone]

    def _edit(self, today: date) -> None:
        standing = self._standing()
        is_young = self.chance.random() < YOUNG_SHARE
        path = self.chance.choice(standing[:YOUNG] if is_young else standing)
        self.chance.choice([self._retitle, self._lengthen, self._redate, self._tag])(path, today)
        self.edited[path] = today
        self.edits += 1

    def _retitle(self, path: str, today: date) -> None:
        self.room.retitle(path, f"Title, Amended on {today:%B %d, %Y}")

    def _lengthen(self, path: str, today: date) -> None:
        self.room.lengthen(path, f"Correction of {today:%B %d, %Y}: the sum was smaller.")

    def _redate(self, path: str, today: date) -> None:
        self.room.redate(path, -1)

    def _tag(self, path: str, today: date) -> None:
        self.room.tag(path, f"Corrections of {today:%B %d, %Y}")

    def _remove(self, today: date) -> None:
        path = self.chance.choice(self._standing())
        status, is_listed = self.chance.choice([404, 410]), self.chance.random() < 0.5
        self.room.remove(path, status, is_listed=is_listed)

    def _put_back(self, today: date) -> None:
        if self.room.gone:
            self.room.put_back(self.chance.choice(sorted(self.room.gone)))

    def _redesign(self, today: date) -> None:
        self.room.layout = self.chance.choice([new_house, boilerplate(f"Speech of {today}")])

    def _bad_day(self) -> Day:
        """A day with an unreachable site, a wall, no listing, or broken answers for some."""
        some = self.chance.sample(self._standing()[:YOUNG], 3)
        broken = self.chance.choice([torn, understated])
        return self.chance.choice(
            [
                Day([(ANY, wall())], "a bot check", ANY),
                Day([(ANY, wall(403))], "status 403", ANY),
                Day([(ANY, status(503))], "cannot be fetched", ANY),
                Day(says="cannot be fetched", unseen=ANY, is_reachable=False),
                Day(
                    [(f"{path}$", broken) for path in some],
                    unseen="|".join(f"{path}$" for path in some),
                ),
            ]
        )


class Year:
    """The plan lived through: `communique` crawls and reindexes once a day, in one process.

    `incidents` names what happens to the program on which day, before the crawl; then the site has
    no bad day.
    """

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        observer: Observer,
        plan: Plan,
        incidents: dict[int, str],
        **variables: str,
    ) -> None:
        self.folder, self.disk, self.observer, self.plan = folder, disk, observer, plan
        self.settings, self.incidents = observer.settings, incidents
        self.variables = {"TIMEOUT_S": "2", "RETRIES": "1"} | variables
        self.backup = folder / "backup"
        self.lags: list[int] = []
        self.memory_bytes = 0
        self.days: Days

    def live(self) -> Iterator[int]:
        """The number of each day, at its end."""
        with FaultySite() as site, Days(self.settings, **self.variables) as self.days:
            self.site = site
            for number, (today, day) in enumerate(self.plan.days()):
                now = datetime.combine(today, time(12), UTC) + number * timedelta(minutes=1)
                if number in self.incidents:
                    site.pages, site.faults, day = self.observer.room.pages(), [], Day()
                    getattr(self, self.incidents[number])(now - timedelta(hours=1))
                self.observer.spend(day, now, site, self.days)
                self.call(now + timedelta(hours=1), "reindex")
                self._note_lags(today)
                yield number

    def call(self, now: datetime, *words: str) -> str:
        """Run a command that succeeds; what it says."""
        done = self.days.call(now, *words)
        assert done.code == 0, (words, done.out, done.err)
        self.memory_bytes = done.memory_bytes
        return done.out

    def _note_lags(self, today: date) -> None:
        """How long edits took to be seen: those whose release was last seen as it stands."""
        for path, edited in [*self.plan.edited.items()]:
            known = self.observer.known[path]
            if known.versions and known.versions[-1] == self.observer.room.stated(path):
                self.lags.append((today - edited).days)
                del self.plan.edited[path]

    # what happens to the program

    def begin_with_first_format(self, now: datetime) -> None:
        """The catalog is an empty one of the first format."""
        Store(self.settings).close()
        make_older(self.settings.data / "catalog.sqlite", 1)

    def update_catalog(self, now: datetime) -> None:
        """The program that wrote the catalog was of the format before; what that had no column for
        is read again from the archive.
        """
        make_older(self.settings.data / "catalog.sqlite", FORMAT - 1)
        self.call(now, "reparse", "--apply")
        self.call(now, "reindex")
        self.call(now, "verify")

    def update_index(self, now: datetime) -> None:
        """The program that wrote the index was of another format."""
        (live,) = self.settings.index.glob("LIVE-*")
        build = live.read_text().strip()
        older = f"1-{build.partition('-')[2]}"
        (self.settings.index / build).rename(self.settings.index / older)
        live.rename(live.with_name("LIVE-1")).write_text(older + "\n")
        assert "built anew" in self.call(now, "reindex")

    def back_up(self, now: datetime) -> None:
        """A backup, and what the oracle knows then."""
        self.call(now, "backup", str(self.backup))
        self.known_then = deepcopy(self.observer.known)

    def restore(self, now: datetime) -> None:
        """The data is lost; the backup takes its place."""
        shutil.rmtree(self.settings.data)
        self.call(now, "restore", str(self.backup))
        self.observer.known = self.known_then

    def cut_power_in_crawl(self, now: datetime) -> None:
        """The power fails while the office is asked: what was not synced is lost."""
        left = iter(range(REQUESTS))
        with Days(self.settings, **self.variables) as doomed:

            def cut(path: str) -> None:
                self.observer.asked.add(path)
                if next(left, None) is None and not self.disk.cuts:
                    self.disk.cut()
                    doomed.process.kill()

            self.site.watch = cut
            assert doomed.run(now, *self.observer.crawl_words(self.site.url)) is None
        self._power_returns(now)

    def cut_power_in_reindex(self, now: datetime) -> None:
        """The power fails right before a file of a new build is synced."""
        with Days(self.settings, **self.variables) as doomed:
            assert doomed.run(now, "reindex", "--full", cut=SYNCS) is None
            self.disk.cut()
        self._power_returns(now)

    def _power_returns(self, now: datetime) -> None:
        self.disk.lose_power()
        self.call(now, "verify", "--repair")

    def fill_disk(self, now: datetime) -> None:
        """A crawl finds the disk full; then there is room again."""
        filler = self.disk.path / "filler"
        _fill(filler)
        done = self.days.call(now, *self.observer.crawl_words(self.site.url))
        filler.unlink()
        assert done.code == 1
        assert "No space left" in done.err or "The disk is full" in done.err, done
        self.call(now, "verify", "--repair")


def _fill(path: Path) -> None:
    """A file that takes all of a disk."""
    size = os.statvfs(path.parent).f_bfree * BLOCK
    with path.open("wb") as file:
        while size >= BLOCK:
            try:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
            except OSError:
                size //= 2


def make_older(path: Path, format_: int) -> None:
    """Make of a catalog what the program of an earlier format would have written."""
    older = path.with_name("older.sqlite")
    engine = create_engine(f"sqlite:///{older}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, f"{format_:04}")
    engine.dispose()
    with closing(sqlite3.connect(older)) as database, database:
        database.execute("ATTACH ? AS newer", (str(path),))
        for table in _names(database, "SELECT name FROM main.sqlite_master WHERE type = 'table'"):
            if table != "alembic_version":
                _copy(database, table)
        database.execute("UPDATE about SET value = ? WHERE key = 'format'", (format_,))
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    older.rename(path)


def _copy(database: sqlite3.Connection, table: str) -> None:
    """Copy what both formats have of a table."""
    columns = _names(database, f"SELECT name FROM pragma_table_info('{table}', 'main')")
    kept = ", ".join(f'"{column}"' for column in columns)
    database.execute(f"INSERT INTO main.{table} ({kept}) SELECT {kept} FROM newer.{table}")


def _names(database: sqlite3.Connection, query: str) -> list[str]:
    return [name for (name,) in database.execute(query)]
