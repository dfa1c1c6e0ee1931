"""The ground on which rooms start programs: which addresses and ports their servers get.

On Linux each desk has a loopback address of its own, so that thirty servers all have their lab's
default port; elsewhere, and where labs are open to the network, ports are given out.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from backend.domain.addresses import Address, is_loopback
from backend.domain.labs import Lab
from backend.domain.launch import ArgumentLimits, OpenPorts, StartOrder, make_order
from backend.domain.ports import LoopbackPool, PortPool
from backend.runtime import kernel
from backend.settings import Settings

PORTS_TRIED = 5  # of those that are open to the network, one after the other


class Ground:
    """What all rooms of a playground have in common when they start programs."""

    def __init__(
        self, settings: Settings, *, ports_in_use: Callable[[], Container[int]] = frozenset
    ) -> None:
        self._settings = settings
        self._ports_in_use = ports_in_use
        self._addresses = LoopbackPool()
        ports = settings.labs_port_range
        self._ports = None if ports is None else PortPool(ports)

    def take_address(self, desk: str) -> str:
        """Return the address on which a desk's servers listen: one of its own, where there is."""
        usual = self._settings.labs_host
        if not is_loopback(usual):
            return usual
        address = self._addresses.take(desk)
        if address is None or not kernel.is_own_address(address):
            self._addresses.free(desk)
            return usual
        return address

    def leave_address(self, desk: str) -> None:
        """Take a desk's address back."""
        self._addresses.free(desk)

    def order(
        self,
        lab: Lab,
        program: str,
        *,
        args: Sequence[str],
        port: int | None,
        host: str,
        server: Address | None,
        by_guest: bool,
    ) -> StartOrder:
        """Return the order for a lab's program. Raises UnknownProgram, InvalidRequest."""
        return make_order(
            lab,
            program,
            args=args,
            port=port,
            host=host,
            server=server,
            limits=ArgumentLimits(
                count=self._settings.args_limit, size_bytes=self._settings.arg_limit_bytes
            ),
            open_ports=self._open_ports(),
            by_guest=by_guest,
        )

    def _open_ports(self) -> OpenPorts | None:
        if self._ports is None:
            return None
        offered = self._ports.offer(PORTS_TRIED, taken=self._ports_in_use())
        return OpenPorts(range=self._ports.range, offered=offered)
