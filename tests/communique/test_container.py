"""deploy/container/: the Dockerfile in a plain folder, the services, the loop of the scheduler."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from tempfile import mkdtemp
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from corpus import read_settings
from tests.stalling import DEADLINE_S, wait_for

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "container"
HADOLINT = Path(sys.executable).with_name("hadolint")
# The image's Python is here one that any user may run.
PYTHON = Path("/usr/bin/python3")
# The image's folders are here in a plain folder.
IMAGE_PATH = re.compile(r"(?<![\w./])/(?=(?:build|opt|var)\b)")


class PlainImage:
    """What the steps of the Dockerfile make in a folder, and how its program is run there."""

    def __init__(self, root: Path) -> None:
        self.root, self.workdir = root, root
        (root / "python").mkdir()
        (root / "python" / "python").symlink_to(PYTHON)
        self.env = {"PATH": f"{root}/python:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.user, self.volume = "", ""
        self.program: list[str] = []
        self.arguments: list[str] = []
        self.health: list[str] = []
        text = (FOLDER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
        for line in text.splitlines():
            if line and not line.startswith("#"):
                kind, words = line.split(maxsplit=1)
                getattr(self, f"_{kind.lower()}")(words)

    def command(self, *arguments: str) -> list[str]:
        """A command as the image's user, who may write the volume alone."""
        uid, gid = self.user.split(":")
        return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *arguments]

    def here(self, words: str) -> str:
        """The same words, with the image's paths in the folder."""
        return IMAGE_PATH.sub(f"{self.root}/", words)

    def _from(self, _: str) -> None:
        """All stages share the folder, so what one takes from another is in its place."""

    def _workdir(self, words: str) -> None:
        self.workdir = Path(self.here(words))
        self.workdir.mkdir()

    def _copy(self, words: str) -> None:
        *given, target = words.split()
        options = dict(each.split("=") for each in given if each.startswith("--"))
        to = self.workdir / self.here(target)
        for source in given[len(options) :]:
            if "--from" in options:
                assert (source, Path(self.here(source)).exists()) == (target, True)
            elif (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                path = Path(shutil.copy(ROOT / source, to))
                path.chmod(int(options.get("--chmod", "644"), 8))

    def _run(self, words: str) -> None:
        # These know other roots themselves; all else gets its paths.
        is_user = words.startswith("groupadd")
        adapted = re.sub(r"\b(user|group)add ", rf"\g<0>--prefix {self.root} ", words)
        done = subprocess.run(
            ["sh", "-euc", adapted if is_user else self.here(words)],
            cwd=self.workdir,
            env=os.environ | self.env,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    def _env(self, words: str) -> None:
        pairs = (each.split("=", 1) for each in shlex.split(words))
        self.env |= {name: Template(self.here(value)).substitute(self.env) for name, value in pairs}

    def _user(self, words: str) -> None:
        self.user = words

    def _volume(self, words: str) -> None:
        self.volume = words

    def _expose(self, words: str) -> None:
        assert words == "8000"

    def _healthcheck(self, words: str) -> None:
        self.health = json.loads(words.partition(" CMD ")[2])

    def _entrypoint(self, words: str) -> None:
        self.program = json.loads(words)

    def _cmd(self, words: str) -> None:
        self.arguments = json.loads(words)


@pytest.fixture(scope="module")
def image() -> Iterator[PlainImage]:
    if os.geteuid() or not PYTHON.exists():
        pytest.skip("needs root, to be another user, and Debian's Python")
    folder = Path(mkdtemp())
    folder.chmod(0o755)
    (folder / "etc").mkdir()
    for name in ("passwd", "group"):
        (folder / "etc" / name).touch()
    yield PlainImage(folder)
    shutil.rmtree(folder)


@pytest.mark.skipif(not HADOLINT.exists(), reason="needs hadolint, of which pip has Linux binaries")
def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    done = subprocess.run(
        [HADOLINT, "--no-color", FOLDER / "Dockerfile"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_the_image_serves_a_page_to_a_user_who_can_write_the_volume_alone(
    image: PlainImage,
) -> None:
    data = Path(image.here(image.volume))
    assert image.env["COMMUNIQUE_DATA"] == str(data)
    assert {path.owner() for path in (image.root / "opt").rglob("*")} == {"root"}
    before = {*(image.root / "opt").rglob("*")}

    demo = image.command(*image.program, "demo", "--no-serve")
    done = subprocess.run(demo, cwd="/", env=image.env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    env = image.env | {"COMMUNIQUE_DATA": str(data / "demo")}
    loopback = ("--host=127.0.0.1", "--port=0", "--workers=1")
    serve = image.command(*image.program, *image.arguments, *loopback)
    with subprocess.Popen(serve, cwd="/", env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r":(\d+) ", process.stdout.readline())
        assert found
        with urlopen(f"http://127.0.0.1:{found[1]}/?q=torture", timeout=DEADLINE_S) as answer:
            assert "<mark>" in answer.read().decode()
        health = [each.replace(":8000/", f":{found[1]}/") for each in image.health]
        assert subprocess.run(image.command(*health), env=env).returncode == 0
        process.terminate()
    assert process.returncode == 143
    assert subprocess.run(image.command(*health), env=env, capture_output=True).returncode
    assert {*(image.root / "opt").rglob("*")} == before


def test_services_run_without_rights_on_a_read_only_root() -> None:
    compose: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yml").read_text(encoding="utf-8"))
    dockerfile = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    volume = re.findall("^VOLUME (.*)", dockerfile, re.MULTILINE)
    assert {*compose["services"]} == {"web", "scheduler"}
    for service in compose["services"].values():
        assert re.findall("^USER (.*)", dockerfile, re.MULTILINE) == [service["user"]]
        assert (service["read_only"], service["tmpfs"]) == (True, "/tmp")
        assert service["volumes"] == [f"data:{each}" for each in volume]
        assert (service["cap_drop"], service["security_opt"]) == (
            ["ALL"],
            ["no-new-privileges:true"],
        )
        settings = {each for each in service["environment"] if each.startswith("COMMUNIQUE_")}
        read_settings(dict.fromkeys(settings - {"COMMUNIQUE_PROXIES"}, ""))
    assert "data" in compose["volumes"]
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]
    build = compose["services"]["web"]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).samefile(FOLDER / "Dockerfile")


def test_what_the_image_is_built_from_is_sent_to_the_builder() -> None:
    sent = (FOLDER / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    copied = re.findall(
        "^COPY (?!--from)(?:--\\S+ )?(.*) \\S+$", (FOLDER / "Dockerfile").read_text(), re.M
    )
    names = [each for some in copied for each in some.split()]
    assert names
    assert {f"!{each}" for each in names} == {
        each for each in sent.splitlines() if each.startswith("!")
    }


@pytest.mark.parametrize("command", ["crawl", "reindex", "sleep"])
def test_the_scheduler_ends_once_the_command_that_it_runs_has_ended(
    tmp_path: Path, command: str
) -> None:
    """With commands that only say that they began and how they ended; one waits to be ended."""
    log, fake = tmp_path / "log", tmp_path / "communique"
    fake.write_text(
        "#!/bin/sh\n"
        f'case "$(basename "$0") $1" in *"{command}"*)\n'
        f"  trap 'echo ended >>{log}; exit 143' TERM\n"
        f"  mkfifo {tmp_path}/never && echo began >>{log}\n"
        f"  read _ <>{tmp_path}/never ;;\n"
        "esac\n"
        f'echo "$(basename "$0") $1" >>{log}\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)
    (tmp_path / "sleep").symlink_to(fake)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "INTERVAL": "5m"}
    with subprocess.Popen(["sh", FOLDER / "scheduler.sh"], env=env) as process:
        wait_for(lambda: log.exists() and "began" in log.read_text(), process)
        process.send_signal(signal.SIGTERM)
    before = ["communique crawl", "communique reindex", "communique status"]
    number = {"crawl": 0, "reindex": 1, "sleep": 3}[command]
    assert log.read_text().splitlines() == [*before[:number], "began", "ended"]
    assert process.returncode == 143
