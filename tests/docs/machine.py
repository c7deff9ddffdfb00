"""A machine for one operator: a folder in place of its disk, sites in place of the offices'."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, STDOUT, CompletedProcess
from tempfile import mkdtemp

import pytest
from cryptography.hazmat.primitives import serialization

from corpus import offices
from corpus.crawling.sample_site import SampleSite
from tests.docs.pages import ROOT, Block, blocks
from tests.docs.stand_ins import NOT_RUN, substitute
from tests.postgresql import PASSWORD, USER, Server
from tests.tls_site import PEM, Proxy, Site, answer, authority, server
from tests.users import AS_NOBODY

BIN = Path(__file__).with_name("bin")
FOLDERS = (
    *("etc/nginx/conf.d", "etc/sysctl.d", "etc/systemd/system", "mnt", "opt", "run"),
    *("usr/local/bin", "var/cache", "var/lib/nginx", "var/log", "var/spool", "not-run"),
)
HOST, OFFICE = "communique.example", "www.gov.kz"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # Debian's, of sudo
# Variables of make, which runs the tests, and of the program.
OTHERS = re.compile("COMMUNIQUE_|MAKE|MFLAGS|PYTHON|VIRTUAL_ENV")
# What is typed where a command asks for a password, twice.
TYPED = "the-password\nthe-password\n"
# Debian's, as far as it matters.
NGINX = """
pid {root}/run/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {root}/var/lib/nginx/body;
    proxy_temp_path {root}/var/lib/nginx/proxy;
    fastcgi_temp_path {root}/var/lib/nginx/fastcgi;
    uwsgi_temp_path {root}/var/lib/nginx/uwsgi;
    scgi_temp_path {root}/var/lib/nginx/scgi;
    include {root}/etc/nginx/conf.d/*.conf;
}}
"""
NGINX_UNIT = f"""
[Service]
Type=forking
ExecStart={BIN}/nginx
ExecReload={BIN}/nginx -s reload
ExecStop={BIN}/nginx -s quit
"""
CURLRC = f"""
connect-to = {HOST}:80:127.0.0.1:{{http}}
connect-to = {HOST}:443:127.0.0.1:{{https}}
cacert = {{root}}/authority.pem
noproxy = *
"""
REFUSED = answer(b"User-agent: *\nDisallow: /\n")


class Machine:
    """`names` are what `SUBSTITUTIONS` put into commands and files.

    `stopped_at` says where an operator could not go on; later pages are of no use then.
    """

    def __init__(self) -> None:
        self.root = Path(mkdtemp(prefix="communique-docs-"))
        self.root.chmod(0o755)
        is_root = os.geteuid() == 0
        self.stopped_at = ""
        self.names: dict[str, object] = {
            "root": self.root,
            "repository": self.root / "repository",
            "user": "nobody" if is_root else os.geteuid(),
            "group": "nogroup" if is_root else os.getegid(),
            "port": _free_port(),
            "http": _free_port(),
            "https": _free_port(),
            "postgresql": "",
            "opensearch": "",
            "release": "",
        }
        self.environ = {
            **{name: value for name, value in os.environ.items() if not OTHERS.match(name)},
            "PATH": f"{BIN}:{self.root}/not-run:{self.root}/usr/local/bin:{PATH}",
            "CURL_HOME": str(self.root),
            "PIP_NO_COMPILE": "1",
            "MACHINE": str(self.root),
            "AS_SERVICE": " ".join(AS_NOBODY) if is_root else "",
            "NGINX_PROGRAM": shutil.which("nginx", path=PATH) or "",
        }
        self._sites = ExitStack()

    def __enter__(self) -> Machine:
        for each in FOLDERS:
            (self.root / each).mkdir(parents=True)
        for name, why in NOT_RUN.items():
            self.write(f"not-run/{name}", f'#!/bin/sh\necho "not run: {name} $*: {why}"\n')
            (self.root / "not-run" / name).chmod(0o755)
        self._publish_repository()
        self._open_sites()
        self._set_up_nginx()
        return self

    def __exit__(self, *_: object) -> None:
        for each in ("communique.service", "nginx.service"):
            if (self.root / "etc/systemd/system" / each).exists():
                self.call(f"systemctl stop {each}")
        self._sites.close()
        shutil.rmtree(self.root)

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text.format(**self.names), encoding="utf-8")

    def call(self, command: str) -> CompletedProcess[str]:
        """Run a command line with all that stands in."""
        return subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", substitute(command, self.names)],
            cwd=self.root,
            env=self.environ,
            input=TYPED,
            stdout=PIPE,
            stderr=STDOUT,
            text=True,
            start_new_session=True,  # without a terminal to ask for passwords
        )

    def follow(self, page: str) -> None:
        """Do what a page says: run its commands, put its settings into the file."""
        if self.stopped_at:
            pytest.skip(f"follows {self.stopped_at}, which failed")
        for block in blocks(page):
            if block.language == "sh":
                self._run(block)
            elif block.language == "toml":
                self.set(block.text)

    def set(self, lines: str) -> None:
        """Put lines into the file of settings, each in place of one of the same name."""
        file = self.root / "etc/communique.toml"
        text = file.read_text(encoding="utf-8")
        for line in substitute(lines, self.names).splitlines():
            name = line.partition(" = ")[0]
            text = re.sub(rf"^{name} = .*\n", "", text, flags=re.MULTILINE) + f"{line}\n"
        file.write_text(text, encoding="utf-8")

    def ask(self, command: str) -> str:
        """What the service's user is told by a command that succeeds."""
        done = self.call(f"sudo -u communique {command}")
        assert done.returncode == 0, done.stdout
        return done.stdout

    def get(self, request: str) -> str:
        """What curl gets, head and body."""
        return self.call(f"curl --silent --show-error --include {request}").stdout.replace("\r", "")

    def commit(self, *words: str) -> None:
        """Publish a version of the program."""
        git = ["git", "-c", "user.name=tests", "-c", "user.email=tests@example.org"]
        for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", *words]):
            subprocess.run([*git, *command], cwd=self.names["repository"], check=True)

    def use_postgresql(self, postgresql: Server) -> None:
        """Let the user postgres administer a server."""
        self.names["postgresql"] = postgresql.port
        self.environ |= {"PGHOST": "127.0.0.1", "PGPORT": str(postgresql.port)}
        self.environ |= {"PGUSER": USER, "PGPASSWORD": PASSWORD}

    def _run(self, block: Block) -> None:
        done = self.call(block.text)
        if done.returncode:
            self.stopped_at = f"{block.page}, line {block.line}"
            journal = (self.root / "var/log/journal").read_text(encoding="utf-8")[-3000:]
            pytest.fail(
                f"{self.stopped_at}:\n{block.text}\n{done.stdout}\n{journal}", pytrace=False
            )

    def _publish_repository(self) -> None:
        """A repository of the checkout as it stands."""
        repository = self.root / "repository"
        kept = shutil.ignore_patterns(".git", ".venv*", ".data", "__pycache__", "*.egg-info")
        shutil.copytree(ROOT, repository, ignore=kept)
        for path in (repository / "deploy").rglob("*"):
            if path.is_file():
                text = path.read_text(encoding="utf-8")
                path.write_text(substitute(text, self.names), encoding="utf-8")
        self.commit("--message=First")

    def _open_sites(self) -> None:
        """The office that is crawled, and others that refuse crawlers, behind a proxy."""
        hosts = {
            host for source in offices().values() for each in source.routes for host in each.hosts
        }
        gazette = SampleSite("sample_gpo")
        listener = gazette.server.socket
        gazette.server.socket = server(OFFICE).context().wrap_socket(listener, server_side=True)
        refusing = Site({"/robots.txt": REFUSED}, server(*hosts))
        ports = dict.fromkeys(hosts, refusing.port) | {OFFICE: gazette.server.server_port}
        proxy = Proxy(ports)
        for each in (gazette, refusing, proxy):
            self._sites.enter_context(each)
        self.write("authority.pem", authority().pem)
        address = f"http://127.0.0.1:{proxy.port}"
        given = {
            "PATH": f"{self.root}/usr/local/bin:/usr/bin:/bin",
            "HOME": self.root / "var/lib/communique",
            "LANG": "C.UTF-8",
            "COMMUNIQUE_CONFIG": self.root / "etc/communique.toml",
            "COMMUNIQUE_DELAY_S": 1,
            # Compiled once, whatever becomes of the data folder; of libraries, what is imported.
            "NUMBA_CACHE_DIR": self.root / "var/cache",
            "PYTHONPYCACHEPREFIX": self.root / "var/cache",
            "HTTP_PROXY": address,
            "HTTPS_PROXY": address,
            "SSL_CERT_FILE": self.root / "authority.pem",
        }
        self.write("environment", "".join(f"{name}={value}\n" for name, value in given.items()))

    def _set_up_nginx(self) -> None:
        """nginx as its package leaves it, with a certificate of the host."""
        self.write("etc/nginx/nginx.conf", NGINX)
        self.write("etc/systemd/system/nginx.service", NGINX_UNIT)
        folder = f"etc/letsencrypt/live/{HOST}"
        (self.root / folder).mkdir(parents=True)
        identity = server(HOST)
        key = identity.key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.write(f"{folder}/fullchain.pem", identity.pem)
        self.write(f"{folder}/privkey.pem", key.decode())
        self.write(".curlrc", CURLRC)
        for each in ("run", "var/cache", "var/lib/nginx", "var/log"):
            (self.root / each).chmod(0o777)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
