"""Where the programs of a room listen, as their lives know it."""

from __future__ import annotations

from collections.abc import Iterable

from backend.domain.addresses import Address, is_loopback, reachable
from backend.domain.labs import Lab
from backend.domain.traced_events import SocketTransport
from backend.runtime.runs import Run


def newest_address(runs: Iterable[Run], lab: Lab) -> Address | None:
    """Return where the newest of them listens that runs a server of this lab."""
    paths = [lab.paths.get("server"), lab.paths.get("first_server")]
    for run in reversed([*runs]):  # of hundreds, mostly one of the last
        address = run.life.address
        if address is not None and run.order.path in paths:
            return address
    return None


def one_listens(runs: Iterable[Run], address: Address) -> bool:
    """Whether one of them can be reached at this address now."""
    found = (run.life.address for run in runs)
    return any(at is not None and (reachable(at[0]), at[1]) == address for at in found)


def lab_at(
    runs: Iterable[Run], labs: Iterable[Lab], address: Address, transport: SocketTransport
) -> str | None:
    """Return the lab whose program listens at an address; else whose own port it is; or None."""
    host, port = reachable(address[0]), address[1]
    for run in runs:
        if run.life.transport == transport and one_listens([run], (host, port)):
            return run.order.lab
    if is_loopback(host):
        for lab in labs:
            if (lab.transport, lab.port) == (transport, port) and not lab.server:
                return lab.id
    return None


def ports_in_use(runs: Iterable[Run]) -> set[int]:
    """Return the ports on which they listen, or are about to try."""
    lives = (run.life for run in runs if not run.life.has_ended)
    return {life.port or life.port_in_turn or 0 for life in lives}
