"""The memory that building a large index takes, over all of its processes."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.documents import MADE, real
from bench.site import Row

FEW = 400
SAMPLED_S = 0.05
# A process of its own, which holds few texts and makes the others as they are asked for.
BUILD = """
import pickle, sys
from pathlib import Path
from bench.documents import recombined
from indexer.whoosh_engine.index.writer import SegmentWriter
if __name__ == "__main__":
    few = pickle.loads(Path(sys.argv[1], "few").read_bytes())
    writer = SegmentWriter(Path(sys.argv[1], "index"), 512)
    writer.create(recombined(few, int(sys.argv[2])), lambda done: None)
"""


def rows() -> list[Row]:
    """The highest sum of anonymous resident memory while an index is built at the default
    setting.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "few").write_bytes(pickle.dumps(real()[:FEW]))
        (folder / "build.py").write_text(BUILD)
        command = [sys.executable, str(folder / "build.py"), name, str(MADE)]
        root = str(Path(__file__).parents[1])
        with subprocess.Popen(command, env={"PYTHONPATH": root}) as building:
            most = 0.0
            while building.poll() is None:
                pids = [building.pid, *_children(building.pid)]
                most = max(most, sum(map(_anonymous_mb, pids)))
                time.sleep(SAMPLED_S)
        if building.returncode:
            raise RuntimeError("The index could not be built.")
    return [{"name": f"memory/build/{MADE}", "unit": "MB of 512", "ours": most}]


def _children(pid: int) -> list[int]:
    try:
        return [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    except OSError:  # it has just ended
        return []


def _anonymous_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1000 for line in lines if line.startswith("RssAnon"))
