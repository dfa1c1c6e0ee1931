"""The addresses of this machine, as its kernel knows them: getifaddrs(3), which Python has not."""

from __future__ import annotations

import contextlib
import ctypes
import socket
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

IPAddress = IPv4Address | IPv6Address

IS_UP = 0x1  # IFF_UP, netdevice(7)
# Where the number stands in sockaddr_in and sockaddr_in6; before it the family, on BSD in one byte.
_PLACES = {socket.AF_INET: (4, 4), socket.AF_INET6: (8, 16)}
# Nobody is there: who connects a datagram socket only asks the kernel which way it would go.
_ANYWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}


class _Interface(ctypes.Structure):
    pass


_Interface._fields_ = [
    ("next", ctypes.POINTER(_Interface)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.c_void_p),
]  # more follows, which is of no interest here


def own_addresses() -> list[str]:
    """Return the addresses at which other computers may reach this one, the likeliest first.

    Loopback is left out, and so is what counts within one link only (RFC 3927, RFC 4291 2.5.6).
    """
    found = {each for each in _addresses() if not (each.is_loopback or each.is_link_local)}
    ways = [way for family in _ANYWHERE if (way := _way_out(family))]
    return [str(each) for each in sorted(found, key=lambda each: _rank(each, ways))]


def _rank(address: IPAddress, ways: list[IPAddress]) -> tuple[bool, bool, int, int]:
    """Sort IPv4 first, for it is what people can type, then what leads out into the network."""
    return (address.version == 6, address not in ways, not address.is_private, int(address))


def _way_out(family: socket.AddressFamily) -> IPAddress | None:
    """Return our address on the way to everybody else, if there is one."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((_ANYWHERE[family], 9))
            return ip_address(sock.getsockname()[0].partition("%")[0])
    except OSError:
        return None


def _addresses() -> Iterator[IPAddress]:
    """Yield the addresses of all interfaces that are up."""
    with contextlib.suppress(OSError, AttributeError):  # no such function: then there are none
        library = ctypes.CDLL(None)  # what this process has loaded: the C library, too
        first = ctypes.POINTER(_Interface)()
        if library.getifaddrs(ctypes.byref(first)) != 0:
            return
        try:
            each = first
            while each:
                if each.contents.flags & IS_UP and each.contents.address:
                    yield from _address_at(each.contents.address)
                each = each.contents.next
        finally:
            library.freeifaddrs(first)


def _address_at(place: int) -> Iterator[IPAddress]:
    head = ctypes.string_at(place, 2)
    family = head[1] if sys.platform == "darwin" else int.from_bytes(head, sys.byteorder)
    for known, (offset, size) in _PLACES.items():
        if family == known:
            yield ip_address(ctypes.string_at(place + offset, size))
