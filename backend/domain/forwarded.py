"""For whom a proxy speaks, by the headers that proxies set. Pure.

They are believed only of proxies that the settings name: anybody else could write into them whom
they like. Each proxy on the way adds the address that it saw, so the last one that is no proxy of
ours is the caller. `X-Forwarded-For` goes first: a proxy that sets it (all common ones do) may pass
on a `Forwarded` (RFC 7239) that its caller made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

Network = IPv4Network | IPv6Network
Scheme = Literal["http", "https"]
Headers = Iterable[tuple[bytes, bytes]]  # names in lower case

READ_CHARACTERS = 2000  # of a Forwarded header, from its end: who is nearest stands last

# One element of Forwarded, and one of its pairs; a value is a token or in quotes.
_PAIR = r'[\w!#$%&\'*+.^`|~-]+=(?:"(?:\\.|[^"\\])*"|[^";,\s]*)'
_ELEMENT = re.compile(rf"{_PAIR}(?:\s*;\s*{_PAIR})*", re.ASCII)
_NAMED = re.compile(r'(?P<name>[^=;\s]+)=(?:"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<token>[^;\s]*))')


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: the address; the scheme that they used, where a proxy says it."""

    address: str
    scheme: Scheme | None = None


def read_network(text: str) -> Network:
    """Return the network, or the one address, that a text names. Raises ValueError."""
    return ip_network(text.strip(), strict=False)


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of the networks; a text that is no address is in none."""
    try:
        number = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, IPv6Address) and number.ipv4_mapped:
        number = number.ipv4_mapped
    return any(number in network for network in networks)


def caller_of(peer: str, headers: Headers, trusted: Sequence[Network]) -> Caller:
    """Return who asks, by the address of the connection and the headers of the request."""
    if not trusted or not is_within(peer, trusted):
        return Caller(address=peer)
    values: dict[bytes, list[str]] = {}
    for name, value in headers:
        if name in (b"x-forwarded-for", b"x-forwarded-proto", b"forwarded"):
            values.setdefault(name, []).append(value.decode("latin-1"))
    if b"x-forwarded-for" in values:
        chain = _listed(values[b"x-forwarded-for"])
        schemes = _listed(values.get(b"x-forwarded-proto", []))
    else:
        elements = [_pairs(each) for value in values.get(b"forwarded", []) for each in _cut(value)]
        chain = [pairs.get("for", "unknown") for pairs in elements]
        schemes = [pairs.get("proto", "") for pairs in elements] or _listed(
            values.get(b"x-forwarded-proto", [])
        )
    return Caller(address=_last_stranger(peer, chain, trusted), scheme=_scheme(schemes))


def _last_stranger(peer: str, chain: list[str], trusted: Sequence[Network]) -> str:
    caller = peer
    for node in reversed(chain):
        address = _address(node)
        if address is None:  # "unknown", "_hidden": whoever passed it on is as far as we see
            break
        caller = address
        if not is_within(address, trusted):
            break
    return caller


def _address(node: str) -> str | None:
    """Return the address of a node, which may have a port: `192.0.2.1:80`, `[2001:db8::1]:80`."""
    text = node.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _scheme(schemes: list[str]) -> Scheme | None:
    """Return what the nearest proxy says."""
    last = schemes[-1].lower() if schemes else ""
    if last == "https":
        return "https"
    return "http" if last == "http" else None


def _listed(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _cut(value: str) -> list[str]:
    return [found[0] for found in _ELEMENT.finditer(value[-READ_CHARACTERS:])]


def _pairs(element: str) -> dict[str, str]:
    return {
        found["name"].lower(): found["token"]
        if found["quoted"] is None
        else re.sub(r"\\(.)", r"\1", found["quoted"])
        for found in _NAMED.finditer(element)
    }
