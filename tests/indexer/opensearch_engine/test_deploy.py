"""deploy/opensearch: files that agree, settings that a node knows, certificates that hold."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.opensearch.java import Unavailable
from tests.opensearch.server import Server

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).resolve().parents[3] / "deploy" / "opensearch"
NODES = ["opensearch-1", "opensearch-2", "opensearch-3"]


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def mounts(service: dict[str, Any]) -> dict[str, str]:
    pairs = [each.split(":")[:2] for each in service["volumes"]]
    return {inside.removeprefix("/usr/share/opensearch/"): outside for outside, inside in pairs}


def test_three_nodes_know_each_other_by_their_names() -> None:
    services, settings = read("compose.yml")["services"], read("opensearch.yml")

    assert list(services) == NODES
    assert settings["discovery.seed_hosts"] == NODES
    assert settings["cluster.initial_cluster_manager_nodes"] == NODES
    for name, service in services.items():
        assert (service["hostname"], service["environment"]["node.name"]) == (name, name)


def test_ports_are_published_on_loopback_only_and_each_once() -> None:
    ports = [port for each in read("compose.yml")["services"].values() for port in each["ports"]]

    assert len(set(ports)) == 3
    assert all(each.startswith("127.0.0.1:") and each.endswith(":9200") for each in ports)


def test_each_node_has_its_own_data_and_certificate_and_all_the_same_snapshots() -> None:
    compose = read("compose.yml")
    mounted = [mounts(each) for each in compose["services"].values()]

    assert [each["config/certificates"] for each in mounted] == [
        f"./certificates/{name}" for name in NODES
    ]
    assert {each["data"] for each in mounted} | {"snapshots"} == set(compose["volumes"])
    assert {each["snapshots"] for each in mounted} == {"snapshots"}
    assert read("opensearch.yml")["path.repo"] == ["/usr/share/opensearch/snapshots"]


def test_every_file_that_is_mounted_is_there() -> None:
    outside = [
        path
        for each in read("compose.yml")["services"].values()
        for path in mounts(each).values()
        if path.startswith("./") and not path.startswith("./certificates/")
    ]

    assert len(outside) == 12
    assert [path for path in outside if not (FOLDER / path).is_file()] == []


def test_no_password_is_in_the_files_and_every_user_with_a_role_exists() -> None:
    users, mapping = read("security/internal_users.yml"), read("security/roles_mapping.yml")
    mapped = {user for name, role in mapping.items() if name != "_meta" for user in role["users"]}

    assert mapped == set(users) - {"_meta"}
    assert all(users[name]["hash"].startswith("put the hash") for name in mapped)
    assert set(mapping) - {"_meta", "all_access"} == set(read("security/roles.yml")) - {"_meta"}


def test_a_node_starts_with_the_settings(tmp_path: Path) -> None:
    # Those of the place, and of a plugin that the test server lacks, are not for it.
    elsewhere = ("plugins.", "network.", "discovery.", "cluster.initial", "path.", "bootstrap.")
    given = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in read("opensearch.yml").items()
        if not name.startswith(elsewhere)
    }
    assert set(given) == {"cluster.name", "action.destructive_requires_name"}
    try:
        server = Server(tmp_path, heap="256m", settings=given)
    except Unavailable as reason:
        pytest.skip(str(reason))
    with server:
        assert server.call("GET", "/")["cluster_name"] == "communique"


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_certificates_hold_for_their_nodes_and_keys_are_nobody_elses(tmp_path: Path) -> None:
    subprocess.run([FOLDER / "certificates.sh", tmp_path], check=True, capture_output=True)
    made = tmp_path / "certificates"

    for name in NODES:
        said = openssl(
            *("verify", "-CAfile", made / name / "ca.pem", "-purpose", "sslserver"),
            *("-verify_hostname", name, made / name / "node.pem"),
        )
        assert said.endswith(": OK\n")
        subject = openssl("x509", "-in", made / name / "node.pem", "-noout", "-subject")
        assert subject.replace(" ", "") == f"subject=O=Communique,CN={name}\n"
    said = openssl("verify", "-CAfile", made / "authority" / "ca.pem", made / "admin" / "admin.pem")
    assert said.endswith(": OK\n")
    keys = list(made.glob("*/*-key.pem"))
    assert len(keys) == 5
    assert {path.stat().st_mode & 0o077 for path in keys} == {0}
    assert {path.read_text().splitlines()[0] for path in keys} == {"-----BEGIN PRIVATE KEY-----"}


def openssl(*arguments: str | Path) -> str:
    return subprocess.run(
        ["openssl", *arguments], check=True, capture_output=True, text=True
    ).stdout
