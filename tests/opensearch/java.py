"""The JDK and Maven at hand, and what of OpenSearch they fetch and run."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

POM = Path(__file__).with_name("pom.xml")
OLDEST = 17
FETCH_S = 900


class Unavailable(Exception):  # noqa: N818 - a reason to skip, not a defect
    """Why there can be no server on this machine."""


@dataclass(frozen=True)
class Java:
    """A JDK: its folder and major version; pom.xml says which OpenSearch that one runs."""

    home: Path
    version: int

    @property
    def program(self) -> Path:
        return self.home / "bin" / "java"

    @property
    def options(self) -> list[str]:
        # As OpenSearch's own jvm.options: Lucene's vector instructions, from Java 21.
        return ["--add-modules=jdk.incubator.vector"] if self.version >= 21 else []

    def class_path(self) -> str:
        """OpenSearch's libraries, fetched from Maven Central at the first time."""
        digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
        folder = user_cache_path("communique-tests")
        folder.mkdir(parents=True, exist_ok=True)
        known = folder / f"{digest}-java{self.version}.classpath"
        with FileLock(folder / "classpath.lock"):
            if not known.exists() or not all(map(os.path.exists, _paths(known))):
                self._fetch(known)
        return known.read_text()

    def _fetch(self, target: Path) -> None:
        maven = shutil.which("mvn")
        if maven is None:
            raise Unavailable("needs Maven: apt-get install maven")
        part = target.with_suffix(".part")
        command = [maven, "-q", "-B", "-f", str(POM), "dependency:build-classpath"]
        done = subprocess.run(
            [*command, f"-Dmdep.outputFile={part}"],
            env=os.environ | {"JAVA_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=FETCH_S,
        )
        if done.returncode:
            raise Unavailable(f"Maven could not fetch OpenSearch: {done.stdout[:300]}")
        part.replace(target)


def find_java() -> Java:
    """The JDK of `JAVA_HOME`, else of the `java` on the path; raises `Unavailable`."""
    given = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{given}/bin" if given else None)
    if program is None:
        raise Unavailable("needs a JDK: apt-get install openjdk-17-jdk-headless maven")
    home = Path(program).resolve().parent.parent
    if not (home / "bin" / "javac").exists():
        raise Unavailable(f"needs a JDK; {home} is only a Java runtime")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', said)
    version = int(found[1]) if found else 0
    if version < OLDEST:
        raise Unavailable(f"needs Java {OLDEST} or later; {home} is Java {version}")
    return Java(home, version)


def _paths(class_path: Path) -> list[str]:
    return class_path.read_text().strip().split(os.pathsep)
