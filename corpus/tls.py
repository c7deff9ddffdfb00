"""Whom a connection trusts: the system's certificate authorities and, for a host with a broken
chain, the certificate that its office's file declares. There is no way to verify nothing.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass


@dataclass(frozen=True)
class BrokenChain:
    """A host whose server does not prove who it is by an authority that the system knows.

    `certificate` (PEM) is trusted beside the system's authorities, for this host alone: that of
    the authority that issued the server's, or the server's own. Name and dates are verified all
    the same. `reason` is shown on each release that the office publishes there.
    """

    host: str
    reason: str
    certificate: str


def tls_context(broken: BrokenChain | None = None) -> ssl.SSLContext:
    """A context that verifies chain, host name and dates."""
    context = ssl.create_default_context()
    context.hostname_checks_common_name = False  # as browsers: only alternative names are names
    context.set_ciphers("DEFAULT")  # OpenSSL's; Python's own shut out older servers of offices
    if broken:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it need not be a root
        context.load_verify_locations(cadata=broken.certificate)
    return context
