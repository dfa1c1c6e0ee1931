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

from backend.domain.addresses import Address, reachable
from backend.domain.errors import (
    LimitReached,
    NotListening,
    ShuttingDown,
    UnknownRoom,
    UnknownRun,
)
from backend.domain.labs import Lab
from backend.domain.launch import ArgumentLimits, StartOrder, make_order
from backend.domain.room_info import RoomInfo
from backend.runtime.bridge import CLIENTS
from backend.runtime.bridge.client import Client
from backend.runtime.catalog import Catalog
from backend.runtime.hub import Hub
from backend.runtime.outside import OutsideRun
from backend.runtime.processes.launcher import Launcher
from backend.runtime.runs import Run
from backend.settings import Settings

LOCAL = "local"


class Room:
    """Runs, clients and the timeline that tells of them."""

    def __init__(
        self, room_id: str, *, catalog: Catalog, settings: Settings, launcher: Launcher
    ) -> None:
        self.id = room_id
        self.hub = Hub(settings)
        self._catalog = catalog
        self._launcher = launcher
        self._settings = settings
        self._runs: dict[str, Run] = {}
        self._clients: dict[str, Client] = {}
        self._outside = 0
        self._is_closing = False
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
        LimitReached, PortInUse, BadArguments, StartFailed, ShuttingDown.
        """
        if self._is_closing:
            raise ShuttingDown
        order = self._order(self._catalog.get(lab_id), program, port, args)
        living = sum(not run.life.has_ended for run in self._runs.values())
        if living >= self._settings.runs_per_room:
            raise LimitReached("programs", self._settings.runs_per_room)
        self._forget_oldest()
        run = Run(
            f"r{next(self._run_numbers)}",
            self.id,
            order,
            settings=self._settings,
            launcher=self._launcher,
            publish=self.hub.publish,
        )
        self._runs[run.id] = run
        await run.start()
        return run

    def _order(self, lab: Lab, program: str, port: int | None, args: Sequence[str]) -> StartOrder:
        limits = ArgumentLimits(
            count=self._settings.args_limit, size_bytes=self._settings.arg_limit_bytes
        )
        return make_order(
            lab,
            program,
            args=args,
            port=port,
            host=self._settings.labs_host,
            server=self._newest_server(lab),
            limits=limits,
        )

    def _newest_server(self, lab: Lab) -> Address | None:
        """Return where the newest server of a lab, which may be another lab's, listens."""
        path = lab.paths.get("server")
        addresses = [run.life.address for run in self._runs.values() if run.order.path == path]
        return next((address for address in reversed(addresses) if address is not None), None)

    def _forget_oldest(self) -> None:
        ended = [run.id for run in self._runs.values() if run.life.has_ended]
        for run_id in ended[: max(0, len(ended) - self._settings.ended_runs_kept)]:
            del self._runs[run_id]

    @contextlib.contextmanager
    def client(self, run: Run) -> Iterator[Client]:
        """Hold a client of this run, not yet connected. Raises LimitReached, NotListening."""
        limit = self._settings.clients_per_room
        if len(self._clients) >= limit:
            raise LimitReached("clients", limit)
        address, transport = run.life.address, run.life.transport
        if address is None or transport is None:
            raise NotListening
        host, port = address
        client = CLIENTS[transport](
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
        addresses = (run.life.address for run in self._runs.values())
        return any(at is not None and (reachable(at[0]), at[1]) == (host, port) for at in addresses)

    async def close(self) -> None:
        """Stop all runs, all at once, and start no more. A second time waits for the same ends.

        What has not yet started is ended without asking: nobody has seen it.
        """
        self._is_closing = True
        for run in self._runs.values():
            run.call_off()
        await asyncio.gather(*(run.stop() for run in self._runs.values()))
        self.hub.end_waits()


class Rooms:
    """All rooms of this playground."""

    def __init__(self, *, catalog: Catalog, settings: Settings, launcher: Launcher) -> None:
        local = Room(LOCAL, catalog=catalog, settings=settings, launcher=launcher)
        self._rooms = {LOCAL: local}

    def get(self, room_id: str) -> Room:
        """Return a room by its id. Raises UnknownRoom."""
        try:
            return self._rooms[room_id]
        except KeyError:
            raise UnknownRoom(room_id) from None

    async def close(self) -> None:
        """Stop everything in every room."""
        await asyncio.gather(*(room.close() for room in self._rooms.values()))
