"""A room: it owns its runs, its browser clients, its timeline and its people.

A desk is a room, too, of one person of a class; nothing here knows the difference. A room starts
only programs of the catalogue, and knows which addresses its own programs listen on: the bridge
dials those and nothing else.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from functools import partial

from backend.domain.addresses import reachable
from backend.domain.class_events import RoomChanged, RoomClosing, RoomShown
from backend.domain.errors import LimitReached, NotListening
from backend.domain.events import Problem
from backend.domain.people import PersonInfo, Policy
from backend.domain.permissions import Action, Standing, may
from backend.domain.remembered import RoomMemory, RoomRecord
from backend.domain.room_info import RoomInfo, Shown
from backend.domain.tally import Tally
from backend.runtime.bridge import CLIENTS
from backend.runtime.bridge.client import Client, Owner
from backend.runtime.catalog import Catalog
from backend.runtime.ground import Ground
from backend.runtime.hub import Hub
from backend.runtime.listening import ports_in_use
from backend.runtime.outside import OutsideRun
from backend.runtime.peer_finder import PeerFinder
from backend.runtime.peers import Peers
from backend.runtime.people import People, Person
from backend.runtime.places import require_place_for_client
from backend.runtime.processes.launcher import Launcher
from backend.runtime.room_log import RoomLog, ends_in, person_of
from backend.runtime.room_runs import RoomRuns
from backend.runtime.runs import Run
from backend.runtime.store.forgetful import ForgetfulStore
from backend.runtime.store.store import Store
from backend.runtime.takes import Takes
from backend.settings import Settings


class Room:
    """Runs, clients, people, and the timeline that tells of them.

    `parent` and `owner` are those of a desk: the class's room, and the id of its person there.
    `host` is the address on which its servers listen.
    """

    # Long because it names all that a room has.
    def __init__(
        self,
        room_id: str,
        *,
        catalog: Catalog,
        settings: Settings,
        launcher: Launcher,
        ground: Ground | None = None,
        code: str | None = None,
        name: str = "",
        policy: Policy = "together",
        parent: Room | None = None,
        owner: str | None = None,
        tally: Tally | None = None,
        store: Store | None = None,
        memory: RoomMemory | None = None,
    ) -> None:
        self.id = room_id
        self.code = code
        self.name = name
        self.policy: Policy = policy
        self.locked = False
        self.shown: Shown | None = None
        self.parent = parent
        self.owner = owner
        self.made_at = time.time()
        store = store or ForgetfulStore(settings)
        self._log = RoomLog(store, room_id, memory.numbers if memory else None)
        note = None if tally is None else partial(tally.note, room_id)
        self.hub = Hub(settings, note, log=self._log, memory=memory)
        self.takes = Takes(self._log, self.hub.publish)
        self.people = People(
            limit=settings.people_per_room,
            publish=self.hub.publish,
            last_number=memory.numbers.person if memory else 0,
        )
        self.peers = Peers(self.hub.publish, memory.record.peers if memory else {})
        self._ground = ground or Ground(settings)
        self.host = settings.labs_host if parent is None else self._ground.take_address(room_id)
        self._settings = settings
        self._clients: dict[str, Client] = {}
        self.runs = RoomRuns(
            room_id,
            catalog=catalog,
            settings=settings,
            launcher=launcher,
            ground=self._ground,
            host=self.host,
            is_desk=parent is not None,
            is_among_desks=lambda: self.in_class.policy == "own_desks",
            hub=self.hub,
            log=self._log,
            takes=self.takes,
        )
        self._outside: dict[str, OutsideRun] = {}
        if not settings.is_hosted:
            self.runs.finder = PeerFinder(self.peers, self.runs, self._clients, self._outside)
        if memory is None:
            self._log.note_room(self.record(), self.hub.epoch)
        else:
            self._take_up(memory)

    def _take_up(self, memory: RoomMemory) -> None:
        """Go on as the room that is remembered."""
        record = memory.record
        self.locked, self.shown = record.locked, record.shown
        self.made_at = record.made_at
        for each in memory.people:
            self.people.restore(person_of(each))
        self.runs.restore(memory.runs)
        for end in ends_in(memory):
            self.hub.publish(end)

    def record(self) -> RoomRecord:
        """Return what is kept of the room itself."""
        return RoomRecord(
            id=self.id,
            code=self.code,
            name=self.name,
            policy=self.policy,
            locked=self.locked,
            parent=None if self.parent is None else self.parent.id,
            owner=self.owner,
            shown=self.shown,
            peers=self.peers.given,
            made_at=self.made_at,
        )

    def info(self) -> RoomInfo:
        """Return the room as it is now."""
        return RoomInfo(
            id=self.id,
            code=self.code,
            name=self.name,
            policy=self.in_class.policy,
            locked=self.locked,
            shown=self.in_class.shown,
            epoch=self.hub.epoch,
            last_seq=self.hub.last_seq,
            clock_offset_s=time.time() - time.monotonic(),
            runs=tuple(run.info() for run in self.runs),
            clients=tuple(client.info() for client in self._clients.values()),
            people=tuple(self.info_of(person) for person in self.in_class.people),
            peers=self.peers.names,
            takes=self.takes.numbers(),
        )

    @property
    def in_class(self) -> Room:
        """The room whose people and policy hold here: for a desk its class's."""
        return self if self.parent is None else self.parent

    def info_of(self, person: Person) -> PersonInfo:
        """Return a person as they are now."""
        has_desk = self.in_class.policy == "own_desks" and person.role == "guest"
        return PersonInfo(
            id=person.id,
            name=person.name,
            role=person.role,
            muted=person.muted,
            online=person.online,
            desk=f"{self.in_class.id}.{person.id}" if has_desk else None,
        )

    def standing_of(self, person: Person) -> Standing:
        """Return where somebody of the class stands in this room."""
        if person.role == "host":
            return "host"
        if self.parent is None:
            return "guest"
        return "owner" if person.id == self.owner else "other"

    def allows(self, person: Person, action: Action) -> bool:
        """Whether somebody of the class may do this here, as things are now."""
        shown = self.in_class.shown
        return may(
            action,
            policy=self.in_class.policy,
            standing=self.standing_of(person),
            is_muted=person.muted,
            is_shown=shown is not None and shown.room == self.id,
        )

    # What a host does with the room

    def change(self, *, name: str, policy: Policy, locked: bool) -> None:
        """Give the room another name, policy or door."""
        self.name, self.policy, self.locked = name, policy, locked
        self.hub.publish(RoomChanged(t=time.monotonic(), name=name, policy=policy, locked=locked))

    def show(self, shown: Shown | None) -> None:
        """Show a room to everybody, or none any more."""
        self.shown = shown
        room, lab = (shown.room, shown.lab) if shown else (None, None)
        self.hub.publish(RoomShown(t=time.monotonic(), room=room, lab=lab))

    def announce_end(self, reason: str, *, in_s: float | None = 0.0) -> None:
        """Tell everybody that the room ends; None: that it stays after all."""
        self.hub.publish(RoomClosing(t=time.monotonic(), in_s=in_s, reason=reason))

    def name_peer(self, address: str, name: str) -> None:
        """Call the program at an address so; the empty name takes it away."""
        self.peers.give(address, name)
        self._log.note_room(self.record(), self.hub.epoch)

    # Runs and clients

    def run(self, run_id: str) -> Run:
        """Return a run by its id. Raises UnknownRun."""
        return self.runs.get(run_id)

    async def start_run(
        self,
        lab_id: str,
        program: str,
        *,
        port: int | None,
        args: Sequence[str],
        person: Person | None = None,
    ) -> Run:
        """Start a program; return its run once it listens or runs (see RoomRuns.start)."""
        return await self.runs.start(lab_id, program, port=port, args=args, person=person)

    @contextlib.contextmanager
    def client(self, run: Run, person: Person | None = None) -> Iterator[Client]:
        """Hold a client of this run, not yet connected. Raises LimitReached, NotListening."""
        require_place_for_client(self._clients.values(), self._settings, person)
        address, transport = run.life.address, run.life.transport
        if address is None or transport is None:
            raise NotListening
        host, port = address
        with self.takes.client(run.order.lab) as number:
            client = CLIENTS[transport](
                self._log.next_client(),
                run.id,
                (reachable(host), port),
                settings=self._settings,
                publish=self.hub.publish,
                is_ours=self.runs.listens,
                number=number,
                owner=None if person is None else self._owner(person),
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
        if len(self._outside) >= limit:
            raise LimitReached("programs from outside", limit)
        run = OutsideRun(
            self._log.next_run(),
            hello,
            settings=self._settings,
            publish=self.hub.publish,
            places=self.runs,
        )
        self._outside[run.id] = run
        try:
            yield run
        finally:
            del self._outside[run.id]
            run.end()

    def _owner(self, person: Person) -> Owner:
        return Owner(person.id, person.name, lambda: self.allows(person, "send"))

    def ports_in_use(self) -> set[int]:
        """Return the ports that its programs have, or are about to try."""
        return ports_in_use(self.runs)

    async def close(self, *, why: Problem | None = None) -> None:
        """Stop all runs, all at once, and start no more. A second time waits for the same ends.

        `why` is what the runs say of their end. What has not yet started is ended without asking:
        nobody has seen it.
        """
        await self.runs.close(why=why)
        self.people.close()
        self.hub.end_waits()
        self._ground.leave_address(self.id)
