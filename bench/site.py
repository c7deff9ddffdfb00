"""The saved site that the benchmarks read, and its server."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SHARED = Path(__file__).resolve().parents[2] / "shared"
HOST = "www.justice.gov"
START = f"https://{HOST}/news?items_per_page=50&f[0]=type:press_release"

# {"name": ..., "unit": ..., "ours": ..., <other>: ..., "ratio": ours / <the other that counts>}
Row = dict[str, str | float | int | None]


@contextmanager
def served() -> Iterator[str]:
    """The base URL of the saved site, served by a process of its own."""
    command = [sys.executable, str(SHARED / "replica" / "replica.py"), "--site", HOST]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield server.stdout.readline().split(" at ")[1].split()[0]
    finally:
        server.terminate()
        server.wait()


@contextmanager
def unpacked() -> Iterator[list[tuple[str, bytes]]]:
    """URL and body of every saved release."""
    import tarfile

    with TemporaryDirectory() as folder:
        with tarfile.open(SHARED / "data" / f"{HOST}.tar.xz") as tar:
            tar.extractall(folder, filter="data")
        root = Path(folder) / HOST
        lines = (root / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        yield [(row["url"], (root / row["file"]).read_bytes()) for row in map(json.loads, lines)]
