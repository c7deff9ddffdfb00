"""The address of a client, from its connection and the headers of trusted proxies."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request


def client() -> str:
    """Who made the request that is answered."""
    return client_at(request.remote_addr or "")


def client_at(address: str, forwarded: str = "", proxies: int = 0) -> str:
    """A client's address; of IPv6 its network, since a client has all addresses of one.

    Behind proxies of ours it is the one that asked the first of them (X-Forwarded-For).
    """
    chain = [each.strip() for each in forwarded.split(",") if each.strip()]
    try:
        found = ip_address(_host(chain[-proxies]) if 0 < proxies <= len(chain) else address)
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network(f"{found}/64", strict=False))


def _host(address: str) -> str:
    """An address without the port that some proxies add: 192.0.2.1:4711, [2001:db8::1]:4711."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
