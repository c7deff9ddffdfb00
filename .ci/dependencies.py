"""Checks of what the program depends on: every library that it imports is declared and used
(deptry), none has a known vulnerability (pip-audit), and each takes the lowest Python that we
promise. Exit status 1 where one of this is not so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from packaging.specifiers import SpecifierSet

BIN = Path(sys.executable).parent


def main() -> int:
    """Run the checks and say what they found."""
    return max(undeclared(), vulnerable(), too_new())


def undeclared() -> int:
    """Run deptry on requirements files made from setup.cfg, which it does not read itself."""
    config = ConfigParser()
    config.read("setup.cfg")
    extras = config["options.extras_require"]
    needed = [config["options"]["install_requires"], extras["opensearch"], extras["postgresql"]]
    with TemporaryDirectory() as folder:
        run, dev = (Path(folder) / name for name in ("run.txt", "dev.txt"))
        run.write_text("\n".join(needed))
        dev.write_text(extras["dev"])
        command = [BIN / "deptry", ".", "--no-ansi", "-rf", run, "-rfd", dev]
        return subprocess.run(command, check=False).returncode


def vulnerable() -> int:
    """Look for advisories on the versions in constraints.txt, where there is a source of them."""
    for source in ("pypi", "osv"):
        found = advisories(source)
        audited = [each for each in found if "skip_reason" not in each]
        if audited:
            break
    else:
        print("Dependencies were not audited: no source of advisories is within reach.")
        return 0
    known = [(each, flaw) for each in audited for flaw in each["vulns"]]
    for each, flaw in known:
        fixed = ", ".join(flaw["fix_versions"]) or "no release yet"
        print(f"{each['name']} {each['version']}: {flaw['id']}, fixed in {fixed}.")
    print(f"{len(audited)} of {len(found)} pinned dependencies audited, {len(known)} advisories.")
    return 1 if known else 0


def too_new() -> int:
    """Look for versions that the lowest Python we promise cannot take, among what is installed."""
    config = ConfigParser()
    config.read("setup.cfg")
    lowest = config["options"]["python_requires"].removeprefix(">=")
    found = [each for each in metadata.distributions() if not takes(each, lowest)]
    for each in found:
        print(f"{each.name} {each.version} does not take Python {lowest}: pin an older version.")
    return 1 if found else 0


def takes(distribution: metadata.Distribution, python: str) -> bool:
    """Whether a distribution says that it runs on a Python."""
    return SpecifierSet(distribution.metadata.get("Requires-Python", "")).contains(python)


def advisories(source: str) -> list[dict[str, Any]]:
    """What pip-audit says of each pinned version; nothing where it cannot ask the source."""
    command = [BIN / "pip-audit", "-r", "constraints.txt", "--no-deps", "--disable-pip"]
    options = ["--vulnerability-service", source, "--format", "json", "--timeout", "30"]
    quiet = ["--progress-spinner", "off"]
    done = subprocess.run([*command, *options, *quiet], check=False, capture_output=True, text=True)
    return json.loads(done.stdout)["dependencies"] if done.stdout.startswith("{") else []


if __name__ == "__main__":
    sys.exit(main())
