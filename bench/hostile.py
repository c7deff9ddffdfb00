"""Twenty honest clients beside a hostile one of each kind, and beside all of them at once.

Honest answers are to come within a second, 99 of 100. COMMUNIQUE_DATA can name a data folder with
releases and an index; without one, the saved site is crawled first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread

from bench.clients import HOSTILE, Honest, address
from bench.faults import ROOT, crawl_command
from bench.site import HOST, Row, served

CLIENTS, THINK_S, LASTS_S = 20, 0.5, 20.0
WORKERS = 2


def rows() -> list[Row]:
    """Median and 99th percentile of honest clients' times, and how many answers failed."""
    with data() as folder, served_pages(folder, WORKERS) as server:
        port = server.port
        measured(port, [], 5.0)  # so that all is loaded
        found = [*_rows("nobody", port, [])]
        for kind in HOSTILE:
            found += _rows(kind, port, [kind])
        return [*found, *_rows("all", port, [*HOSTILE])]


def _rows(name: str, port: int, kinds: Sequence[str]) -> Iterator[Row]:
    clients = measured(port, kinds, LASTS_S)
    times = sorted(each for client in clients for each in client.times_s)
    failures = [each for client in clients for each in client.failures]
    print(f"  {name}: {len(times):,} answers", *failures[:3], file=sys.stderr, flush=True)
    yield {"name": f"hostile/{name}/median", "unit": "ms", "ours": median(times) * 1000}
    yield {
        "name": f"hostile/{name}/p99",
        "unit": "ms",
        "ours": times[len(times) * 99 // 100] * 1000,
    }
    yield {"name": f"hostile/{name}/failed", "unit": f"of {len(times):,}", "ours": len(failures)}


def measured(port: int, kinds: Sequence[str], lasts_s: float) -> list[Honest]:
    """Honest clients that asked for so long beside hostile ones of these kinds."""
    clients = [Honest(port, address(2, n), n, THINK_S) for n in range(CLIENTS)]
    over = Event()
    with ExitStack() as stack:
        for kind in kinds:
            stack.enter_context(attack(kind, port))
        threads = [Thread(target=each.ask, args=(10_000, over)) for each in clients]
        for thread in threads:
            thread.start()
        over.wait(lasts_s)
        over.set()
        for thread in threads:
            thread.join()
    return clients


@contextmanager
def attack(kind: str, port: int) -> Iterator[None]:
    """A hostile client in a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", "bench.clients", kind, str(port)], cwd=ROOT)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Served:
    """`communique serve`, where it listens, and how many workers it has."""

    process: subprocess.Popen[str]
    port: int
    number: int

    def workers(self) -> list[int]:
        """The process ids of its workers, once all have begun."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while len(pids := children.read_text().split()) < self.number:
            pass
        return [int(each) for each in pids]


@contextmanager
def served_pages(folder: Path, workers: int, **settings: str) -> Iterator[Served]:
    """The pages over a data folder."""
    command = [sys.executable, "-m", "communique", "serve", "--port", "0"]
    command += ["--workers", str(workers)]
    env = os.environ | {"COMMUNIQUE_DATA": str(folder)}
    env |= {f"COMMUNIQUE_{name.upper()}": value for name, value in settings.items()}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline().split()[2].rpartition(":")[2])
            yield Served(process, port, workers)
        finally:
            process.terminate()


@contextmanager
def data() -> Iterator[Path]:
    """A data folder with the releases of the saved site."""
    given = Path(os.environ.get("COMMUNIQUE_DATA", ""))
    if any((given / "index").glob("LIVE*")):
        yield given
        return
    with TemporaryDirectory() as name, served() as url:
        env = os.environ | {"COMMUNIQUE_DATA": name}
        subprocess.run(crawl_command("us_doj", HOST, url, "interface"), env=env, check=True)
        subprocess.run([sys.executable, "-m", "communique", "reindex"], env=env, check=True)
        yield Path(name)
