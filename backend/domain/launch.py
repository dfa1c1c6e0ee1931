"""A start order: which program is to be started, how, and what may be asked for.

It is made once, from a request, and carried unchanged to the launcher. Only which of its ports is
tried, and the id of the run, are added on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.domain.addresses import Address, reachable
from backend.domain.arguments import require_allowed
from backend.domain.errors import InvalidRequest
from backend.domain.labs import Lab
from backend.domain.ports import PortRange
from backend.domain.programs import is_first_version, role_of

USUAL_HOST = "127.0.0.1"  # where first versions are expected
FIRST_PORT_OF_GUESTS = 1024  # those below belong to the system's own services (RFC 6335, 6)


@dataclass(frozen=True, kw_only=True)
class StartOrder:
    """One program and how it is started.

    `program` is its name in the lab; without a lab (`lab` empty) the name of its file. `ports` are
    tried in this order, as long as the one before is in use; empty for a program without `--host`
    and `--port`. `has_own_port`: it takes no flags, and the one port is what stands in it. `owner`
    and `owner_name` are the person's who gave it, where people have names. `command` runs it in
    place of the playground's own Python with its path: a program of one's own has its own.
    """

    lab: str
    program: str
    path: Path
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    host: str = ""
    ports: tuple[int, ...] = ()
    has_own_port: bool = False
    owner: str | None = None
    owner_name: str | None = None

    @property
    def is_server(self) -> bool:
        """Whether the program is one that listens."""
        return role_of(self.program) == "server"

    def args_with(self, port: int | None) -> tuple[str, ...]:
        """Return the arguments for this port; None: the program has none.

        Host and port come last: of two equal options the last one counts.
        """
        if port is None or self.has_own_port:
            return self.args
        return (*self.args, "--host", self.host, "--port", str(port))


@dataclass(frozen=True, kw_only=True)
class ArgumentLimits:
    """How many arguments a program may get, and how many bytes each."""

    count: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class OpenPorts:
    """The ports to which servers are held, and those of them that are offered now, to be tried."""

    range: PortRange
    offered: tuple[int, ...]


def make_order(
    lab: Lab,
    program: str,
    *,
    args: Sequence[str],
    port: int | None,
    host: str,
    server: Address | None,
    limits: ArgumentLimits,
    open_ports: OpenPorts | None = None,
    by_guest: bool = False,
) -> StartOrder:
    """Return the order for a lab's program.

    `host` is where labs listen, `server` where the newest server of this lab does, if there is one.
    `port` None: for a server the lab's own, then any free one (0), or one of `open_ports`; for
    others the port of `server` or else the lab's own. A guest may give what the lab allows, sends
    clients to the room's server only, and starts no server's first version. Raises UnknownProgram,
    InvalidRequest.
    """
    path = lab.program_path(program)
    _require_arguments(args, limits)
    if is_first_version(program):
        if by_guest and role_of(program) == "server":
            _refuse_guest(lab, path)
        return _first_order(lab, program, path, args=args, port=port, open_ports=open_ports)
    if by_guest:
        require_allowed(args, lab.arguments_of(program), program=f"{path.name} of {lab.id}")
        _require_port_of_guest(lab, program, port, server)
    ports: tuple[int, ...] = ()
    if lab.port is None:
        if port is not None:
            raise InvalidRequest(f"Lab {lab.id} has no network, so it takes no port.")
    elif program == "server":
        ports = _server_ports(lab.port, port, open_ports)
    elif port is None and server is not None:
        host, ports = reachable(server[0]), (server[1],)
    else:
        host, ports = reachable(host), (lab.port if port is None else port,)
    return StartOrder(
        lab=lab.id, program=program, path=path, args=tuple(args), host=host, ports=ports
    )


def _refuse_guest(lab: Lab, path: Path) -> None:
    """Let no guest open a port where nobody said that labs may listen (`HOST = ""`)."""
    raise InvalidRequest(
        f"{path.name} of {lab.id} is a first version: it listens where its source says, which may "
        "be all addresses of this machine. Whoever hosts starts it here; run it in a terminal of "
        f"yours: python {path.name}"
    )


def _first_order(
    lab: Lab,
    program: str,
    path: Path,
    *,
    args: Sequence[str],
    port: int | None,
    open_ports: OpenPorts | None,
) -> StartOrder:
    """Return the order for a first version: as it stands there, on the port that stands in it."""
    if args or port not in (None, lab.port):
        raise InvalidRequest(
            f"{path.name} of {lab.id} is a first version: it takes no arguments, and its port "
            "stands in it. Leave arguments and port empty."
        )
    if lab.port is None:
        return StartOrder(lab=lab.id, program=program, path=path)
    is_server = role_of(program) == "server"
    if is_server and open_ports is not None and lab.port not in open_ports.range:
        raise InvalidRequest(
            f"{path.name} of {lab.id} listens on the port that stands in it, {lab.port}; "
            f"the labs have the ports {open_ports.range} here."
        )
    return StartOrder(
        lab=lab.id,
        program=program,
        path=path,
        host=USUAL_HOST,
        ports=(lab.port,),
        has_own_port=True,
    )


def _server_ports(usual: int, port: int | None, open_ports: OpenPorts | None) -> tuple[int, ...]:
    """Return the ports that a server tries: the one asked for, else its usual one, then others."""
    if open_ports is None:
        return (usual, 0) if port is None else (port,)
    if port is None and usual in open_ports.range:
        return (usual, *open_ports.offered)
    if not port:
        if not open_ports.offered:
            raise InvalidRequest(f"All ports of the labs, {open_ports.range}, are in use.")
        return open_ports.offered
    if port not in open_ports.range:
        raise InvalidRequest(f"The labs have the ports {open_ports.range} here, got {port}.")
    return (port,)


def _require_port_of_guest(
    lab: Lab, program: str, port: int | None, server: Address | None
) -> None:
    if port is None or lab.port is None:
        return
    if program == "server":
        if 0 < port < FIRST_PORT_OF_GUESTS and port != lab.port:
            raise InvalidRequest(f"Guests take ports from {FIRST_PORT_OF_GUESTS} on, got {port}.")
    elif port not in (lab.port, server and server[1]):
        raise InvalidRequest(
            f"Guests' clients go to the server of this lab: leave the port empty, not {port}."
        )


def _require_arguments(args: Sequence[str], limits: ArgumentLimits) -> None:
    if len(args) > limits.count:
        raise InvalidRequest(f"Expected at most {limits.count} arguments, got {len(args)}.")
    if not all(_can_be_argument(arg, limits.size_bytes) for arg in args):
        raise InvalidRequest(
            "Expected arguments of Unicode characters other than NUL, each of at most "
            f"{limits.size_bytes} bytes."
        )


def _can_be_argument(arg: str, limit_bytes: int) -> bool:
    """Whether execve(2) can pass this on; JSON may name lone surrogates, which nothing encodes."""
    try:
        return "\0" not in arg and len(arg.encode()) <= limit_bytes
    except UnicodeEncodeError:
        return False
