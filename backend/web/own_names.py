"""What this server is called: the values of `Host` and `Origin` that mean it and nobody else.

With a public address that is its name, and its origin alone; the loopback names stay for what asks
on this machine whether all is well. Without one, a server that hears on every address is called by
the addresses and the name of the machine, too; they are looked up again when a number comes that is
not known, for a machine may join a network later.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import ip_address

from backend.domain.addresses import host_as_text, is_loopback, is_wildcard
from backend.domain.web_address import DEFAULT_PORTS
from backend.runtime.interfaces import own_addresses
from backend.settings import Settings

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


class OwnNames:
    """The names of one server; they are compared in lower case."""

    def __init__(self, settings: Settings) -> None:
        self._port = settings.port
        self._needs_port = settings.port != DEFAULT_PORTS[settings.scheme]
        self._public = settings.public_address
        self._hears_everywhere = self._public is None and is_wildcard(settings.host)
        names = set(LOOPBACK_NAMES)
        if not (self._public or self._hears_everywhere or is_loopback(settings.host)):
            names.add(host_as_text(settings.host).lower())
        self._hosts = self._with_port(names) | {host.lower() for host in settings.allowed_hosts}
        if self._public:
            self._hosts.add(self._public.host)
        self.told = LOOPBACK_NAMES | self._hosts  # to whom it brings another name
        if self._hears_everywhere:
            self._hosts |= self._with_port(_machine_names())
            self._look_up()

    def is_host(self, value: str) -> bool:
        """Whether a value of `Host` means this server.

        A loopback name needs no port: a page that DNS rebinding leads here brings a name of its
        own, and that is what gives it away.
        """
        return value.lower() in LOOPBACK_NAMES or self._is_known(value.lower())

    def is_origin(self, value: str) -> bool:
        """Whether a value of `Origin` is that of this server's own pages.

        There a loopback name without a port is another server: that on port 80.
        """
        value = value.lower()
        if self._public:
            return value == self._public.origin
        scheme, _, host = value.partition("://")
        return scheme in DEFAULT_PORTS and self._is_known(host)

    def _is_known(self, host: str) -> bool:
        if host not in self._hosts and self._hears_everywhere and _is_number(host):
            self._look_up()
        return host in self._hosts

    def _look_up(self) -> None:
        self._hosts |= self._with_port(host_as_text(each) for each in own_addresses())

    def _with_port(self, names: Iterable[str]) -> set[str]:
        """Return names as they stand before a path; the scheme's own port need not be said."""
        names = set(names)
        return {f"{name}:{self._port}" for name in names} | (set() if self._needs_port else names)


def _machine_names() -> list[str]:
    """Return the name of this machine, and the one that it has in its own network (RFC 6762)."""
    name = socket.gethostname().lower()
    return [name] if "." in name else [name, f"{name}.local"]


def _is_number(host: str) -> bool:
    """Whether a host with its port is an address, not a name."""
    number, _, _ = host.rpartition(":")
    try:
        ip_address(number.strip("[]"))
    except ValueError:
        return False
    return True
