"""Rooms: each owns its runs, its browser clients and its timeline.

Local use has one room, `local`. A room starts only programs of the catalogue, and knows which
addresses its own programs listen on: the bridge dials those and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterator, Sequence

from backend.domain.errors import (
    InvalidRequest,
    LimitReached,
    NotListening,
    UnknownProgram,
    UnknownRoom,
    UnknownRun,
)
from backend.domain.labs import Lab
from backend.domain.room_info import RoomInfo
from backend.runtime.bridge import CLIENTS
from backend.runtime.bridge.client import Client
from backend.runtime.catalog import Catalog
from backend.runtime.hub import Hub
from backend.runtime.outside import OutsideRun
from backend.runtime.runs import Assignment, Run
from backend.settings import Settings

LOCAL = "local"
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def reachable(host: str) -> str:
    """Return the address at which something that listens on `host` is reached from here."""
    return _ANY.get(host, host)


def _can_be_argument(arg: str, limit_bytes: int) -> bool:
    """Whether execve(2) can pass this on; JSON may name lone surrogates, which nothing encodes."""
    try:
        return "\0" not in arg and len(arg.encode()) <= limit_bytes
    except UnicodeEncodeError:
        return False


class Room:
    """Runs, clients and the timeline that tells of them."""

    def __init__(self, room_id: str, *, catalog: Catalog, settings: Settings) -> None:
        self.id = room_id
        self.hub = Hub(settings)
        self._catalog = catalog
        self._settings = settings
        self._runs: dict[str, Run] = {}
        self._clients: dict[str, Client] = {}
        self._outside = 0
        self._run_numbers = itertools.count(1)
        self._client_numbers = itertools.count(1)

    def info(self) -> RoomInfo:
        """Return the room as it is now."""
        return RoomInfo(
            id=self.id,
            epoch=self.hub.epoch,
            last_seq=self.hub.last_seq,
            clock_offset_s=time.time() - time.monotonic(),
            runs=tuple(run.info() for run in self._runs.values()),
            clients=tuple(client.info() for client in self._clients.values()),
        )

    def run(self, run_id: str) -> Run:
        """Return a run by its id. Raises UnknownRun."""
        try:
            return self._runs[run_id]
        except KeyError:
            raise UnknownRun(run_id) from None

    async def start_run(
        self, lab_id: str, program: str, *, port: int | None, args: Sequence[str]
    ) -> Run:
        """Start a program; return its run once it listens or runs.

        `port` None: the lab's default port if it is free, else another; for a client the port of
        the room's newest server of that lab. Raises UnknownLab, UnknownProgram, InvalidRequest,
        LimitReached, PortInUse, BadArguments, StartFailed.
        """
        assignment = self._assignment(self._catalog.get(lab_id), program, port, args)
        living = sum(not run.has_ended for run in self._runs.values())
        if living >= self._settings.runs_per_room:
            raise LimitReached("programs", self._settings.runs_per_room)
        self._forget_oldest()
        run = Run(
            f"r{next(self._run_numbers)}",
            self.id,
            assignment,
            settings=self._settings,
            publish=self.hub.publish,
        )
        self._runs[run.id] = run
        await run.start()
        return run

    def _assignment(
        self, lab: Lab, program: str, port: int | None, args: Sequence[str]
    ) -> Assignment:
        if program not in lab.programs:
            raise UnknownProgram(lab.id, program, lab.programs)
        limit = self._settings.args_limit
        if len(args) > limit:
            raise InvalidRequest(f"Expected at most {limit} arguments, got {len(args)}.")
        for arg in args:
            if not _can_be_argument(arg, self._settings.arg_limit_bytes):
                raise InvalidRequest(
                    "Expected arguments of Unicode characters other than NUL, each of at most "
                    f"{self._settings.arg_limit_bytes} bytes."
                )
        host = self._settings.labs_host
        ports: tuple[int, ...]
        if lab.port is None:
            if port is not None:
                raise InvalidRequest(f"Lab {lab.id} has no network, so it takes no port.")
            ports = ()
        elif program == "server":
            ports = (lab.port, 0) if port is None else (port,)
        else:
            server = self._newest_server(lab)
            host = reachable(host)
            if port is None and server is not None and server.port is not None:
                host, port = reachable(server.host or host), server.port
            ports = (lab.port if port is None else port,)
        return Assignment(
            lab=lab.id,
            program=program,
            path=lab.program_path(program),
            args=tuple(args),
            host=host,
            ports=ports,
        )

    def _newest_server(self, lab: Lab) -> Run | None:
        path = lab.program_path("server") if "server" in lab.programs else None
        servers = [
            run for run in self._runs.values() if run.address and run.assignment.path == path
        ]
        return servers[-1] if servers else None

    def _forget_oldest(self) -> None:
        ended = [run.id for run in self._runs.values() if run.has_ended]
        for run_id in ended[: max(0, len(ended) - self._settings.ended_runs_kept)]:
            del self._runs[run_id]

    @contextlib.contextmanager
    def client(self, run: Run) -> Iterator[Client]:
        """Hold a client of this run, not yet connected. Raises LimitReached, NotListening."""
        limit = self._settings.clients_per_room
        if len(self._clients) >= limit:
            raise LimitReached("clients", limit)
        if run.address is None or run.transport is None:
            raise NotListening
        host, port = run.address
        client = CLIENTS[run.transport](
            f"c{next(self._client_numbers)}",
            run.id,
            (reachable(host), port),
            settings=self._settings,
            publish=self.hub.publish,
            is_ours=self._listens,
        )
        self._clients[client.id] = client
        try:
            yield client
        finally:
            del self._clients[client.id]

    @contextlib.contextmanager
    def outside(self, hello: str) -> Iterator[OutsideRun]:
        """Hold the lifeline of a program that runs elsewhere; its end is told in any case.

        Raises InvalidRequest, LimitReached.
        """
        limit = self._settings.runs_per_room
        if self._outside >= limit:
            raise LimitReached("programs from outside", limit)
        run = OutsideRun(
            f"r{next(self._run_numbers)}",
            hello,
            settings=self._settings,
            publish=self.hub.publish,
        )
        self._outside += 1
        try:
            yield run
        finally:
            self._outside -= 1
            run.end()

    def _listens(self, host: str, port: int) -> bool:
        """Whether one of this room's programs listens there now."""
        addresses = (run.address for run in self._runs.values())
        return any(at is not None and (reachable(at[0]), at[1]) == (host, port) for at in addresses)

    async def close(self) -> None:
        """Stop all runs, all at once."""
        await asyncio.gather(*(run.stop() for run in self._runs.values()))


class Rooms:
    """All rooms of this playground."""

    def __init__(self, *, catalog: Catalog, settings: Settings) -> None:
        self._rooms = {LOCAL: Room(LOCAL, catalog=catalog, settings=settings)}

    def get(self, room_id: str) -> Room:
        """Return a room by its id. Raises UnknownRoom."""
        try:
            return self._rooms[room_id]
        except KeyError:
            raise UnknownRoom(room_id) from None

    async def close(self) -> None:
        """Stop everything in every room."""
        await asyncio.gather(*(room.close() for room in self._rooms.values()))
