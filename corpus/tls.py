"""Which certificates a connection trusts: the system's authorities and, for a host with a broken
chain, the certificate in its office's file. Verification cannot be turned off.
"""

import ssl
from dataclasses import dataclass


@dataclass(frozen=True)
class BrokenChain:
    """A host whose certificate chain the system's authorities do not verify.

    `certificate` (PEM) is trusted in addition, for this host only: that of the issuing authority,
    or the server's own. Host name and dates are still verified. `reason` is shown on each release
    that the office publishes there.
    """

    host: str
    reason: str
    certificate: str


def tls_context(broken: BrokenChain | None = None) -> ssl.SSLContext:
    """A context that verifies chain, host name and dates."""
    context = ssl.create_default_context()
    context.hostname_checks_common_name = False  # as in browsers, only alternative names count
    context.set_ciphers("DEFAULT")  # OpenSSL's; Python's own shut out older servers of offices
    if broken:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it need not be a root
        context.load_verify_locations(cadata=broken.certificate)
    return context
