"""Which IP addresses an office may have: those of the public Internet."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address

GLOBAL_UNICAST = ip_network("2000::/3")  # all that IANA has given out of IPv6
NAT64 = ip_network("64:ff9b::/96")
# Special by IANA's registries, though ipaddress takes them for global: protocol assignments, relays
# of 6to4, documentation.
SPECIAL = [ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]


def is_public(address: IpAddress) -> bool:
    """Whether an address leads to the public Internet, also where it stands for an IPv4 one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
        if address not in GLOBAL_UNICAST:
            return False
    is_special = any(address in network for network in SPECIAL)
    return address.is_global and not address.is_multicast and not is_special


def literal_address(host: str) -> IpAddress | None:
    """The address that a URL's host is, in any spelling that resolvers take; None of a name."""
    host = host.rstrip(".")
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))  # 0x7f.1, 2130706433
    return None
