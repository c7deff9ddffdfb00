"""What in the commands of docs/ and deploy/ cannot run as it stands on a machine of the tests, and
what is put in its place. All else is run literally.

Programs in bin/ stand in for `sudo`, `systemctl`, `crontab` and `nginx`, which need accounts, a
system that booted, or root; each says what it does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Pattern, what is put in its place ({names} are the machine's), why.
SUBSTITUTIONS = (
    (r"(?<![\w.])/(?=(?:etc|mnt|opt|usr/local/bin|var)\b)", "{root}/", "a folder is the disk"),
    (r"https://git\.example/communique\.git", "{repository}", "it is a copy of the checkout"),
    (
        r"(?<=-o )communique\b|(?<=--owner )communique(?= [{/])|(?<=^User=)communique$",
        "{user}",
        "there is no such account",
    ),
    (r"(?<=-g )communique\b", "{group}", "there is no such group"),
    (r"(?<=127\.0\.0\.1:)8000\b|(?<=--port )8000\b", "{port}", "the port may be taken"),
    (r"^ +listen \[::\]:.*\n", "", "a container may have no IPv6"),
    (r"listen 80;", "listen 127.0.0.1:{http};", "ports below 1024 are root's"),
    (r"listen 443 ssl;", "listen 127.0.0.1:{https} ssl;", "ports below 1024 are root's"),
    (r"db\.example(?::5432)?", "127.0.0.1:{postgresql}", "it is the tests' server"),
    (r"(?:https://127\.0\.0\.1:920\d ?)+", "{opensearch}", "it is the tests' node, without TLS"),
    (r"kz_gpo-0123456789abcdef", "{release}", "it is a release that was crawled"),
)
# Programs that are not run at all, and why.
NOT_RUN = {
    "apt-get": "the packages must be there before the tests",
    "certbot": "no authority certifies a host on loopback",
    "chown": "its files are for a user of the containers",
    "docker": "there is no container engine",
    "sysctl": "the kernel is not the tests' to change",
    "useradd": "the user nobody, or who runs the tests, takes the part of the service's user",
}
# Pages with commands that are not run here, and why.
ELSEWHERE = {
    "docs/adding-an-office.md": "its commands change a checkout, for an office that is not there",
    "deploy/container/README.md": "tests/communique/test_container.py runs the steps of the image",
    "docs/api.md": "tests/webui/api/test_docs.py sends its requests",
}
# What is in blocks of other languages than `sh` (run) and `toml` (put into the settings).
NO_COMMANDS = {
    "http": "requests that tests/indexer/opensearch_engine/test_backup.py sends",
    "python": "parts of an office's file, and programs of readers",
    "text": "files, addresses and formulas, to read",
    "yaml": "settings of other programs",
}


def substitute(text: str, machine: Mapping[str, object]) -> str:
    """A text with what the machine has in place of what it lacks."""
    for pattern, replacement, _ in SUBSTITUTIONS:
        text = re.sub(pattern, replacement.format_map(machine), text, flags=re.MULTILINE)
    return text
