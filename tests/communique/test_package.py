"""The program as a package: a wheel, where its user can write nothing but data, without a home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.users import AS_NOBODY, NOBODY

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("communique", "corpus", "indexer", "webui")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package() -> Iterator[Path]:
    """A folder with what a wheel holds, made from a copy of the sources."""
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / "source" / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source" / name)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    made = subprocess.run(
        [*pip, "--target", folder / "package", folder / "source"], capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    shutil.rmtree(folder / "source")
    yield folder / "package"
    shutil.rmtree(folder)


@pytest.fixture
def environ(package: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a user has who owns a data folder and nothing else."""
    if os.geteuid():
        pytest.skip("needs root, to be another user")
    data = Path(mkdtemp())
    os.chown(data, NOBODY, NOBODY)
    yield {"PATH": os.environ["PATH"], "PYTHONPATH": str(package), "COMMUNIQUE_DATA": str(data)}
    shutil.rmtree(data)


def call(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*AS_NOBODY, sys.executable, *arguments]
    return subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True)


def test_all_files_of_the_program_are_in_it(package: Path) -> None:
    for name in PACKAGES:
        wanted = {
            each.relative_to(ROOT)
            for each in (ROOT / name).rglob("*")
            if each.is_file() and "__pycache__" not in each.parts
        }
        assert [each for each in wanted if not (package / each).exists()] == []


def test_it_works_there_and_keeps_compiled_code_in_the_data_folder_or_says_so(
    package: Path, environ: dict[str, str]
) -> None:
    if call(environ, "-c", "import corpus").returncode:
        pytest.skip("needs an environment that anybody may read")
    where = call(environ, "-c", "import corpus; print(corpus.__file__)").stdout
    assert where.startswith(str(package))
    data = Path(environ["COMMUNIQUE_DATA"])

    done = call(environ, "-m", "communique", "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    environ["COMMUNIQUE_DATA"] = str(data / "demo")
    first = call(environ, "-m", "communique", "search", "torture")
    assert first.returncode == 0, first.stderr
    kept = {each: each.stat().st_mtime_ns for each in (data / "demo" / "compiled").rglob("*.nbc")}
    assert kept
    again = call(environ, "-m", "communique", "search", "torture")
    assert again.stdout == first.stdout
    for each, when in kept.items():
        assert each.stat().st_mtime_ns == when
    assert {*(data / "demo" / "compiled").rglob("*.nbc")} == {*kept}
    assert [*package.rglob("*.nbc")] == []

    # Where nothing can be kept, a process says that it must compile anew.
    shutil.rmtree(data / "demo" / "compiled")
    data.chmod(0o755)
    subprocess.run(["chown", "-R", "root:root", data], check=True)
    anew = call(environ, "-m", "communique", "search", "torture")
    assert anew.stdout == first.stdout
    assert anew.stderr.count("NUMBA_CACHE_DIR") == 1
