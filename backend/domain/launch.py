"""A start order: which program is to be started, how, and what may be asked for.

It is made once, from a request, and carried unchanged to the launcher. Only which of its ports is
tried, and the id of the run, are added on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.domain.addresses import Address, reachable
from backend.domain.errors import InvalidRequest
from backend.domain.labs import Lab


@dataclass(frozen=True, kw_only=True)
class StartOrder:
    """One program and how it is started.

    `program` is its name in the lab; without a lab (`lab` empty) the name of its file. `ports` are
    tried in this order, as long as the one before is in use; empty for a program without `--host`
    and `--port`.
    """

    lab: str
    program: str
    path: Path
    args: tuple[str, ...] = ()
    host: str = ""
    ports: tuple[int, ...] = ()

    @property
    def is_server(self) -> bool:
        """Whether the program is one that listens."""
        return self.program == "server"

    def args_with(self, port: int | None) -> tuple[str, ...]:
        """Return the arguments for this port, None for a program that takes none.

        Host and port come last: of two equal options the last one counts.
        """
        if port is None:
            return self.args
        return (*self.args, "--host", self.host, "--port", str(port))


@dataclass(frozen=True, kw_only=True)
class ArgumentLimits:
    """How many arguments a program may get, and how many bytes each."""

    count: int
    size_bytes: int


def make_order(
    lab: Lab,
    program: str,
    *,
    args: Sequence[str],
    port: int | None,
    host: str,
    server: Address | None,
    limits: ArgumentLimits,
) -> StartOrder:
    """Return the order for a lab's program.

    `host` is where labs listen, `server` where the newest server of this lab does, if there is one.
    `port` None: for a server the lab's own, then any free one (0); for others the port of `server`
    or else the lab's own. Raises UnknownProgram, InvalidRequest.
    """
    path = lab.program_path(program)
    _require_arguments(args, limits)
    ports: tuple[int, ...] = ()
    if lab.port is None:
        if port is not None:
            raise InvalidRequest(f"Lab {lab.id} has no network, so it takes no port.")
    elif program == "server":
        ports = (lab.port, 0) if port is None else (port,)
    elif port is None and server is not None:
        host, ports = reachable(server[0]), (server[1],)
    else:
        host, ports = reachable(host), (lab.port if port is None else port,)
    return StartOrder(
        lab=lab.id, program=program, path=path, args=tuple(args), host=host, ports=ports
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
