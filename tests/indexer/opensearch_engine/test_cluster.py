"""How a cluster is reached: credentials, certificates, what it refuses; and the translation of
every kind of node.
"""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from corpus import Settings, read_settings
from corpus.errors import (
    BusyError,
    CommuniqueError,
    IndexUnusableError,
    SettingsError,
    TooCostlyError,
)
from indexer import Query, open_engine, parse
from indexer.engine.document import FORMAT
from indexer.opensearch_engine.search.translate import translate
from tests.aligned import aligned

GIVEN = {
    "COMMUNIQUE_ENGINE": "opensearch",
    "COMMUNIQUE_OPENSEARCH_URL": "https://one:9200 https://two:9200",
}


class Door(BaseHTTPRequestHandler):
    """Answers as a cluster without indexes does, to who brings the right header."""

    wanted = ""
    status, answer = 404, {"error": "alias missing", "status": 404}
    says: MovingCluster | None = None

    def do_GET(self) -> None:
        is_known = self.headers.get("Authorization", "") == self.wanted
        status, answer = self.says(self.path) if self.says else (self.status, self.answer)
        if not is_known:
            status, answer = 401, {"error": "who?"}
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET  # noqa: N815 (the names that the server calls)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def door(tls: ssl.SSLContext | None = None, **facts: Any) -> Iterator[str]:
    """Such a server's address."""
    kind = type("OneDoor", (Door,), facts)
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def problem(settings: Settings) -> str:
    engine = open_engine(settings)
    try:
        return engine.health().problem or ""
    finally:
        engine.close()


def at(url: str, **more: Any) -> Settings:
    return replace(Settings(), engine="opensearch", opensearch_url=url, **more)


def test_credentials_come_from_settings_or_files(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("se cret\n")
    (tmp_path / "key").write_text("a2V5\n")
    basic = "Basic " + b64encode(b"reader:se cret").decode()
    ways = [
        (basic, {"opensearch_user": "reader", "opensearch_password": "se cret"}),
        (
            basic,
            {"opensearch_user": "reader", "opensearch_password_file": f"{tmp_path}/password"},
        ),
        ("ApiKey a2V5", {"opensearch_api_key": "a2V5"}),
        ("ApiKey a2V5", {"opensearch_api_key_file": f"{tmp_path}/key"}),
    ]
    for wanted, given in ways:
        with door(wanted=wanted) as url:
            assert "There is no index communique" in problem(at(url, **given))
            assert "refuses our credentials" in problem(at(url))


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    given = GIVEN | {"COMMUNIQUE_OPENSEARCH_PASSWORD": "hush", "COMMUNIQUE_OPENSEARCH_API_KEY": "s"}
    settings = read_settings(given)
    assert settings.opensearch_password == "hush"
    assert "hush" not in repr(settings)
    with pytest.raises(SettingsError, match="cannot be read"):
        open_engine(at("http://127.0.0.1:9", opensearch_api_key_file=f"{tmp_path}/none"))


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(SettingsError, match="OPENSEARCH_URL"):
        read_settings({"COMMUNIQUE_ENGINE": "opensearch"})
    with pytest.raises(SettingsError, match="embedded or opensearch"):
        read_settings({"COMMUNIQUE_ENGINE": "elastic"})


def test_a_cluster_out_of_reach_is_named() -> None:
    engine = open_engine(at("http://127.0.0.1:9"))
    assert "http://127.0.0.1:9" in (engine.health().problem or "")
    with pytest.raises(IndexUnusableError, match="cannot be reached"):
        engine.search(Query(parse("fraud").tree))
    engine.close()


@pytest.mark.parametrize(
    ("status", "cause", "error"),
    [
        (429, "circuit_breaking_exception", TooCostlyError),
        (429, "rejected_execution_exception", BusyError),
        (500, "something_else", IndexUnusableError),
    ],
)
def test_what_a_cluster_refuses_is_an_error_of_ours(
    status: int, cause: str, error: type[CommuniqueError]
) -> None:
    answer = {"error": {"type": cause, "reason": "[parent] Data too large"}, "status": status}
    with door(status=status, answer=answer) as url:
        engine = open_engine(at(url))
        with pytest.raises(error):
            engine.search(Query(parse("fraud").tree))
        engine.close()


def build(number: int) -> str:
    return f"communique-{FORMAT}-20200101t{number:012d}"


class MovingCluster:
    """Answers of a cluster on which other builds are published, the ones before dropped, until
    `settled` is live: each time that it is asked which one is.
    """

    def __init__(self, settled: int | None, facts: Any = None) -> None:
        self.live, self.settled = 0, settled
        self.facts = {"revision": 7, "releases": 1} if facts is None else facts

    def __call__(self, path: str) -> tuple[int, Any]:
        if path.startswith("/_alias/"):
            self.live += self.live != self.settled
            return 200, {build(self.live): {"aliases": {}}}
        if path.startswith("/_cluster/health"):
            return 200, {"status": "green", "number_of_nodes": 1, "active_shards": 2}
        if path.endswith("/_mapping"):  # was there a moment ago
            return 200, {build(self.live): {"mappings": {"_meta": self.facts}}}
        if self.live != self.settled:
            gone = {"error": {"type": "index_not_found_exception"}, "status": 404}
            return (200, {"responses": [gone]}) if path == "/_msearch" else (404, gone)
        if path.startswith(f"/{build(self.live)}/_search/point_in_time"):
            return 200, {"pit_id": "view"}
        hits = {"total": {"value": 1}, "hits": [{"_id": "held", "sort": [1]}]}
        one = {"hits": hits, "timed_out": False, "_shards": {"failed": 0}}
        return 200, one if path.startswith("/_search") else {"responses": [one]}


def test_what_is_dropped_between_a_call_and_its_first_item_is_read_of_the_next_build() -> None:
    with door(says=MovingCluster(settled=2)) as url:
        engine = open_engine(at(url))
        assert [*engine.scan(Query(sort="id"))] == ["held"]
        engine.close()


def test_an_index_replaced_again_and_again_is_an_error_in_the_end() -> None:
    with door(says=MovingCluster(settled=None)) as url:
        engine = open_engine(at(url))
        with pytest.raises(IndexUnusableError, match="changes while it is read"):
            [*engine.scan(Query(sort="id"))]
        health = engine.health()
        assert (health.is_live, health.cluster) == (False, "green, 1 node, 2 shards")
        assert "changes while it is read" in (health.problem or "")
        engine.close()


@pytest.mark.parametrize(
    "answer", [{}, [], None, 7, {"x": 1}, {build(1): None}, {build(1): []}, "words", b"\xff{"]
)
def test_answers_of_another_shape_are_a_problem_and_never_raised(answer: Any) -> None:
    with door(status=200, answer=answer) as url:
        assert problem(at(url))


@pytest.mark.parametrize(
    "facts", [[], {"revision": "none"}, {"revision": None}, {"updated_at": 7}, {"updated_at": "x"}]
)
def test_facts_of_another_shape_are_a_problem_and_never_raised(facts: Any) -> None:
    with door(says=MovingCluster(settled=1, facts=facts)) as url:
        assert "gives answers of another shape" in problem(at(url))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "search")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "search.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    return path


def test_only_a_certificate_that_is_known_is_trusted(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with door(tls) as url:
        assert "There is no index" in problem(at(url, opensearch_ca=str(certificate)))
        assert "certificate" in problem(at(url)).lower()


# Translation.


SHAPES: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
    ('"fraud"', lambda dsl: len(dsl["bool"]["should"]) == 2),
    ("-fraud", lambda dsl: bool(dsl["bool"]["must_not"])),
    ("fra*", lambda dsl: "constant_score" in dsl["bool"]["should"][0]["prefix"]["title"].values()),
    (
        "date:2018",
        lambda dsl: "range" in dsl["constant_score"]["filter"],
    ),
]


@pytest.mark.parametrize(("typed", "is_right"), SHAPES)
def test_typed_queries_have_the_shape_of_their_tree(
    typed: str, is_right: Callable[[dict[str, Any]], bool]
) -> None:
    assert is_right(translate(parse(typed).tree))


def test_publishing_joins_the_segments_of_a_build(opensearch: str, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, engine="opensearch", opensearch_url=opensearch, opensearch_index="joined"
    )
    engine, documents = open_engine(settings), aligned(4)

    def segments() -> int:
        with urlopen(f"{opensearch}/joined-*/_segments") as answer:
            indices = json.load(answer)["indices"]
        shards = [shard for each in indices.values() for shard in each["shards"].values()]
        return max(each["num_search_segments"] for copies in shards for each in copies)

    build = engine.build(documents[:6], 1, lambda done: None)
    engine.publish(build)
    for each in documents[6:]:
        engine.update([each], (), 2, lambda done: None)
    assert segments() > 1
    engine.publish(build)
    assert segments() == 1
    assert engine.total(Query()) == 12
    engine.drop(build)
    engine.close()
