"""The runs of a room: started, remembered, forgotten when there are too many, stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from backend.domain.addresses import Address
from backend.domain.errors import InvalidRequest, ShuttingDown, UnknownRun
from backend.domain.events import (
    Event,
    Problem,
    RunCrashed,
    RunExited,
    RunFailed,
    RunListening,
    RunRunning,
    RunStarted,
    RunStopping,
)
from backend.domain.labs import Lab
from backend.domain.launch import StartOrder
from backend.domain.programs import is_first_version
from backend.domain.remembered import RunRecord, StartRequest
from backend.domain.traced_events import SocketTransport
from backend.runtime.catalog import Catalog
from backend.runtime.ground import Ground
from backend.runtime.hub import Hub
from backend.runtime.listening import lab_at, newest_address, one_listens
from backend.runtime.peer_finder import PeerFinder
from backend.runtime.people import Person
from backend.runtime.places import require_place_for_run
from backend.runtime.processes.launcher import Launcher
from backend.runtime.room_log import RoomLog, as_ended, order_of
from backend.runtime.runs import Run
from backend.runtime.takes import Takes
from backend.settings import Settings

OF_A_LIFE = frozenset(
    {RunStarted, RunListening, RunRunning, RunStopping, RunExited, RunCrashed, RunFailed}
)


class RoomRuns:
    """The runs of one room, in the order in which they were started."""

    def __init__(
        self,
        room_id: str,
        *,
        catalog: Catalog,
        settings: Settings,
        launcher: Launcher,
        ground: Ground,
        host: str,
        is_desk: bool,
        is_among_desks: Callable[[], bool],
        hub: Hub,
        log: RoomLog,
        takes: Takes,
    ) -> None:
        """`host` is where its servers listen; among desks no first version is started."""
        self._room = room_id
        self._catalog = catalog
        self._settings = settings
        self._launcher = launcher
        self._ground = ground
        self._host = host
        self._is_desk = is_desk
        self._is_among_desks = is_among_desks
        self._hub = hub
        self._log = log
        self.finder: PeerFinder | None = None
        self._takes = takes
        self._runs: dict[str, Run] = {}
        self._is_closing = False

    def __iter__(self) -> Iterator[Run]:
        return iter(tuple(self._runs.values()))

    def get(self, run_id: str) -> Run:
        """Return a run by its id. Raises UnknownRun."""
        try:
            return self._runs[run_id]
        except KeyError:
            raise UnknownRun(run_id) from None

    def restore(self, records: Sequence[RunRecord]) -> None:
        """Take back the runs that are remembered: what lived has ended meanwhile."""
        for record in map(as_ended, records):
            run = self._make(record.info.id, order_of(self._catalog, record), record.request)
            run.restore(record.info)
            self._runs[run.id] = run
            self._log.note_run(run)

    async def start(
        self,
        lab_id: str,
        program: str,
        *,
        port: int | None,
        args: Sequence[str],
        person: Person | None = None,
    ) -> Run:
        """Start a program; return its run once it listens or runs.

        `port` None: the lab's default port if it is free, else another; for a client the port of
        the room's newest server of that lab. Raises UnknownLab, UnknownProgram, InvalidRequest,
        LimitReached, PortInUse, BadArguments, StartFailed, ShuttingDown.
        """
        if self._is_closing:
            raise ShuttingDown
        lab = self._catalog.get(lab_id)
        self._require_start_here(lab, program)
        order = self._ground.order(
            lab,
            program,
            args=args,
            port=port,
            host=self._host,
            server=newest_address(self, lab),
            by_guest=person is not None and person.role == "guest",
        )
        if person is not None:
            order = replace(order, owner=person.id, owner_name=person.name)
        require_place_for_run(self, self._settings, is_desk=self._is_desk)
        self._forget_oldest()
        self._takes.note_start(lab, program)
        request = StartRequest(lab=lab_id, program=program, port=port, args=tuple(args))
        run = self._make(self._log.next_run(), order, request)
        self._runs[run.id] = run
        await run.start()
        return run

    def _require_start_here(self, lab: Lab, program: str) -> None:
        """See that a first version is not started among desks. Raises InvalidRequest.

        Its port stands in it, so that of a class only one person could run it.
        """
        if is_first_version(program) and self._is_among_desks():
            raise InvalidRequest(
                f"The first version of {lab.id} listens on the port that stands in it, and here "
                "everybody has a desk of their own. Run it in a terminal: "
                f"python {lab.program_path(program).name}"
            )

    def _make(self, run_id: str, order: StartOrder, request: StartRequest) -> Run:
        def publish(*events: Event) -> None:
            self._hub.publish(*events)
            if self.finder is not None:
                self.finder.take(*events)
            if not OF_A_LIFE.isdisjoint(map(type, events)):
                self._log.note_run(run)

        run = Run(
            run_id,
            self._room,
            order,
            request=request,
            settings=self._settings,
            launcher=self._launcher,
            publish=publish,
        )
        return run

    async def start_again(self, run: Run, person: Person | None = None) -> Run:
        """Start what was asked for when this run was started. Raises as `start` does."""
        asked = run.request
        return await self.start(
            asked.lab, asked.program, port=asked.port, args=asked.args, person=person
        )

    def _forget_oldest(self) -> None:
        ended = [run.id for run in self._runs.values() if run.life.has_ended]
        for run_id in ended[: max(0, len(ended) - self._settings.ended_runs_kept)]:
            self._log.forget_run(self._runs.pop(run_id))

    def listens(self, host: str, port: int) -> bool:
        """Whether one of these programs listens there now."""
        return one_listens(self, (host, port))

    def has_process(self, pid: int) -> bool:
        """Whether a process is one of these programs."""
        return any(run.life.pid == pid for run in self)

    def is_lab(self, lab_id: str) -> bool:
        """Whether there is such a lab."""
        return any(lab.id == lab_id for lab in self._catalog.labs)

    def lab_at(self, address: Address, transport: SocketTransport) -> str | None:
        """Return the lab to which a program belongs that has this address, or talks to it."""
        return lab_at(self, self._catalog.labs, address, transport)

    async def close(self, *, why: Problem | None) -> None:
        """Stop all runs, all at once, and start no more. A second time waits for the same ends."""
        self._is_closing = True
        for run in self:
            run.call_off()
        await asyncio.gather(*(run.stop(why=why) for run in self))
