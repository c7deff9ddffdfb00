"""A PostgreSQL server of the tests' own, on loopback, with a fresh database for each who asks."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

USER, PASSWORD = "prober", "not-a-secret"
# A language's rules for sorting would show where code points are taken for granted.
INITDB = ["--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en", "--auth=scram-sha-256"]
# Commits still reach the system, so that a killed server loses none.
FAST = ["fsync=off", "full_page_writes=off", "timezone=Asia/Almaty"]


def find_program(name: str) -> str | None:
    """Where Debian's packages put PostgreSQL's programs, or the PATH has them."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(newest[0]) if newest else shutil.which(name)


INITDB_PROGRAM, PG_CTL = find_program("initdb"), find_program("pg_ctl")


class Server:
    """A server with a data folder of its own, from `with` to its end; it can be killed between."""

    def __init__(self) -> None:
        # Not below pytest's folders, which no other user may enter; root may not run PostgreSQL.
        self.folder = Path(mkdtemp(prefix="communique-postgresql-"))
        self.user = _unprivileged() if os.geteuid() == 0 else None
        self.port = _free_port()
        self.numbers = count(1)

    def __enter__(self) -> Server:
        password = self.folder / "password"
        password.write_text(PASSWORD, encoding="ascii")
        if self.user:
            for path in (self.folder, password):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        words = [f"--pgdata={self.folder / 'data'}", f"--username={USER}", f"--pwfile={password}"]
        try:
            self._run(INITDB_PROGRAM, *INITDB, "--no-sync", *words)
            self.start()
            self._administer("CREATE DATABASE empty")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self.kill()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Let it listen on loopback; returns once it answers."""
        settings = [*FAST, "listen_addresses=127.0.0.1", f"port={self.port}"]
        settings.append(f"unix_socket_directories={self.folder}")
        options = " ".join(f"-c {each}" for each in settings)
        log = str(self.folder / "log")
        self._control("--wait", "--log", log, "--options", options, "start")

    def kill(self) -> None:
        """End it at once, as a crash does: connections break, what was not committed is lost."""
        self._control("--mode=immediate", "--wait", "stop")

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def database(self, template: str = "empty") -> str:
        """The URL of a new database, like another one that nobody uses at the moment."""
        name = f"catalog_{next(self.numbers)}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def _administer(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), poolclass=NullPool)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))

    def _control(self, *words: str) -> None:
        self._run(PG_CTL, f"--pgdata={self.folder / 'data'}", *words)

    def _run(self, program: str | None, *words: str) -> None:
        assert program
        who = self.user
        subprocess.run(
            [program, *words],
            cwd=self.folder,
            user=who and who.pw_uid,
            group=who and who.pw_gid,
            extra_groups=[] if who else None,
            stdout=subprocess.DEVNULL,  # a pipe would stay open as long as the server runs
            check=True,
        )


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("PostgreSQL does not run as root, and there is neither postgres nor nobody.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
