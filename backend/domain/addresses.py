"""Addresses: a host and a port, as values and as the text that people and programs write.

An IPv6 host stands in brackets before a port (RFC 3986, 3.2.2), so that its colons are its own.
"""

from __future__ import annotations

import ipaddress

Address = tuple[str, int]

# Who binds to these hears on every address of the machine (ip(7), ipv6(7)).
_LOOPBACK_OF_WILDCARD = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


def is_ipv6(host: str) -> bool:
    """Whether a numeric host is of IPv6."""
    return ":" in host


def reachable(host: str) -> str:
    """Return the host at which something that listens on `host` is reached from this machine."""
    return _LOOPBACK_OF_WILDCARD.get(host, host)


def is_wildcard(host: str) -> bool:
    """Whether who binds to the host hears on every address of the machine."""
    return host in _LOOPBACK_OF_WILDCARD


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host: `localhost`, or a number of loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_as_text(host: str) -> str:
    """Return the host as it stands before a port, and in a URL."""
    return f"[{host}]" if is_ipv6(host) else host


def as_text(address: Address) -> str:
    """Return an address as people write it: `127.0.0.1:80`, `[::1]:80`."""
    host, port = address
    return f"{host_as_text(host)}:{port}"


def from_text(text: str) -> Address:
    """Return the address that `as_text` wrote. Raises ValueError for what is none."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65535:
        raise ValueError(f"expected HOST:PORT with a port of at most 65535, got {text!r}")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif is_ipv6(host):
        raise ValueError(f"expected an IPv6 host in brackets, got {text!r}")
    return host, int(port)
