"""Servers on loopback that speak TLS, certificates for them, and a proxy that leads to them."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from tempfile import TemporaryDirectory
from threading import Thread
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Identity:
    """A certificate, its key, and the certificates that are sent with it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(PEM).decode()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def context(self, most: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
        """A server's context."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.maximum_version = most
        key = self.key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        sent = b"".join(each.public_bytes(PEM) for each in (self.certificate, *self.chain))
        with TemporaryDirectory() as folder:
            path = Path(folder) / "identity.pem"
            path.write_bytes(key + sent)
            made.load_cert_chain(path)
        return made


def issue(
    *names: str,
    issuer: Identity | None = None,
    is_authority: bool = False,
    begins: timedelta = -DAY,
    ends: timedelta = 30 * DAY,
    chain: tuple[x509.Certificate, ...] = (),
) -> Identity:
    """A certificate for names, the first its common name; without an issuer it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    signer = issuer.key if issuer else key
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + begins)
        .not_valid_after(NOW + ends)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority_key, critical=False)
    )
    if not is_authority and names[1:]:
        known = x509.SubjectAlternativeName([_name(each) for each in names[1:]])
        builder = builder.add_extension(known, critical=False)
    return Identity(builder.sign(signer, hashes.SHA256()), key, chain)


@cache
def authority() -> Identity:
    """The one that the tests' settings trust."""
    return issue("Tests' authority", is_authority=True)


def server(*names: str, **options: object) -> Identity:
    """A good certificate for names."""
    return issue("server", *names, issuer=authority(), **options)  # type: ignore[arg-type]


def _name(word: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(word))
    return x509.DNSName(word)


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole HTTP answer."""
    length = b"Content-Length: %d" % len(body)
    kind = b"Content-Type: text/html; charset=utf-8"
    return b"\r\n".join((b"HTTP/1.1 " + status, kind, length, *headers, b"", body))


class Site(ThreadingTCPServer):
    """`with Site({"/a": answer(b"...")}) as site`: answers each request with bytes, and hangs up.

    What it does not know has status 404. `asked` are the paths, `connections` counts.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        answers: Mapping[str, bytes] | None = None,
        identity: Identity | None = None,
        at: tuple[str, int] = ("127.0.0.1", 0),
        most: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    ) -> None:
        self.answers = answers or {"/x": answer(b"<h1>Charged</h1>")}
        self.context = identity.context(most) if identity else None
        self.asked, self.connections = list[str](), 0
        super().__init__(at, _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> Site:
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self.server_close()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        taken, address = super().get_request()
        self.connections += 1
        if self.context:  # the handshake is left to the request's thread
            taken = self.context.wrap_socket(taken, server_side=True, do_handshake_on_connect=False)
        return taken, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Quiet: that a client hangs up is what many tests are about."""


class _Handler(StreamRequestHandler):
    server: Site

    def handle(self) -> None:
        method, target, *_ = self.rfile.readline().decode().split()
        while self.rfile.readline().strip():
            pass
        if isinstance(self.server, Proxy):
            self.server.relay(self, method, target)
            return
        self.server.asked.append(target)
        missing = answer(b"Not here.", status=b"404 Not Found")
        self.wfile.write(self.server.answers.get(target, missing))


class Proxy(Site):
    """Leads CONNECT requests for hosts to ports on loopback; answers others itself."""

    def __init__(self, ports: Mapping[str, int], identity: Identity | None = None) -> None:
        self.ports = ports
        super().__init__(identity=identity)

    def relay(self, handler: _Handler, method: str, target: str) -> None:
        self.asked.append(f"{method} {target}")
        host = target.rpartition(":")[0]
        if method == "GET":
            handler.wfile.write(answer(b"<h1>Charged</h1>"))
            return
        if method != "CONNECT" or host not in self.ports:
            handler.wfile.write(answer(b"", status=b"502 Bad Gateway"))
            return
        with socket.create_connection(("127.0.0.1", self.ports[host])) as inner:
            handler.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            _carry(handler.connection, inner)


def _carry(one: socket.socket, other: socket.socket) -> None:
    """Bytes both ways until a side hangs up."""
    to = {one: other, other: one}
    while True:
        waiting = [each for each in to if isinstance(each, ssl.SSLSocket) and each.pending()]
        for each in waiting or select.select([*to], [], [])[0]:
            data = each.recv(65536)
            if not data:
                return
            to[each].sendall(data)
