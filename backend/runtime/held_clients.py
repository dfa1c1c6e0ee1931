"""Clients over plain HTTP: between two requests nobody holds them but this.

A browser that is silent for `client_silence_s` has gone. A client whose socket is gone stays until
its last message is acknowledged, or its browser is silent; of those only so many are kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial

from backend.domain.errors import (
    Defect,
    LimitReached,
    NotListening,
    NotOpened,
    UnknownClient,
)
from backend.domain.events import Problem
from backend.domain.mail import CreditLetter, ErrorLetter, NewClient, OpenedLetter
from backend.runtime.bridge.client import Client
from backend.runtime.bridge.mailbox import Mailbox
from backend.runtime.people import Person
from backend.runtime.room import Room
from backend.runtime.runs import Run
from backend.settings import Settings

log = logging.getLogger("uvicorn.error")

FIRST_LETTERS = 2  # `opened` and the first credit


class HeldClient:
    """One client, its mailbox, and when its browser was last heard of."""

    def __init__(
        self,
        room_id: str,
        client: Client,
        owner: str | None,
        *,
        settings: Settings,
        forget: Callable[[HeldClient], object],
    ) -> None:
        self.id = client.id
        self.room_id = room_id
        self.owner = owner
        self.run_id = client.run_id
        self.mailbox = Mailbox(limit_bytes=settings.mailbox_bytes, post_wait_s=settings.post_wait_s)
        self._client = client
        self._silence_s = settings.client_silence_s
        self._forget = forget
        self._serving: asyncio.Task[None] | None = None
        self._heard_at = 0.0
        self._look: asyncio.TimerHandle | None = None

    @property
    def has_ended(self) -> bool:
        """Whether its socket is gone."""
        return self._serving is not None and self._serving.done()

    def start(self, held: contextlib.ExitStack) -> None:
        """Open the socket and carry bytes; what is `held` is let go when it is gone."""
        self._serving = asyncio.create_task(self._serve(held))
        self.hear()
        self._look_for_silence()

    async def _serve(self, held: contextlib.ExitStack) -> None:
        with held:
            try:
                await self._client.serve(self.mailbox)
                problem = self._client.last_problem
            except Exception as error:
                # Nobody awaits this task before its end: the log names it, the browser is told.
                log.exception("A client over plain HTTP failed")
                problem = Problem(code="defect", message=f"Socket Lab itself failed: {error!r}.")
                self.mailbox.send_control(
                    {"type": "error", "code": problem.code, "message": problem.message}
                )
        self.mailbox.finish(problem.code if problem else "")

    async def wait_until_opened(self) -> NewClient:
        """Return what is told first. Raises NotListening, NotOpened."""
        await self.mailbox.wait_for_news(letters=FIRST_LETTERS)
        match self.mailbox.letters():
            case (OpenedLetter() as opened, CreditLetter() as credit, *_):
                self.mailbox.acknowledge(credit.n)
                return NewClient(
                    id=self.id,
                    run=self.run_id,
                    transport=opened.transport,
                    local=opened.local,
                    peer=opened.peer,
                    number=opened.number,
                    message_limit=opened.message_limit,
                    credit=credit.bytes,
                    after=credit.n,
                )
            case (ErrorLetter(code="refused"), *_):
                raise NotListening
            case (ErrorLetter(message=message), *_):
                raise NotOpened(message)
            case other:
                raise Defect(f"a client told {other} in place of what is told first")

    def hear(self) -> None:
        """Note that its browser has asked something."""
        self._heard_at = asyncio.get_running_loop().time()

    def acknowledge(self, after: int) -> None:
        """Let go the messages up to this number; with the last of all, the client. See Mailbox."""
        self.mailbox.acknowledge(after)
        if self.mailbox.is_over:
            self.drop()

    def cut(self, _code: int, reason: str) -> None:
        """End it, for its owner has to go."""
        message = f"The client was closed: {reason}."
        self.mailbox.close(Problem(code="forbidden", message=message))

    def _look_for_silence(self) -> None:
        """End it when its browser is silent; a client that has ended is forgotten then."""
        loop = asyncio.get_running_loop()
        left_s = self._heard_at + self._silence_s - loop.time()
        if left_s <= 0 and self.has_ended:
            self.drop()
            return
        if left_s <= 0:
            message = f"No request came from the browser for {self._silence_s:g} s."
            self.mailbox.close(Problem(code="timeout", message=message))
            left_s = self._silence_s
        self._look = loop.call_later(left_s, self._look_for_silence)

    async def end(self) -> None:
        """Close it, as its browser asks or because all ends; return once its socket is gone."""
        self.mailbox.close()
        self.drop()
        if self._serving is not None:
            await asyncio.wait({self._serving})

    def drop(self) -> None:
        """Keep it no longer."""
        if self._look is not None:
            self._look.cancel()
        self._forget(self)


class HeldClients:
    """All clients over plain HTTP of a playground."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients: dict[tuple[str, str], HeldClient] = {}

    async def open(self, room: Room, run: Run, person: Person | None) -> NewClient:
        """Make a client of a run for a person; return once its socket is open.

        They are online as long as that is. Raises LimitReached, NotListening, NotOpened.
        """
        self._make_place(room)
        owner = None if person is None else person.id
        with contextlib.ExitStack() as undo:
            client = undo.enter_context(room.client(run, person))
            held = HeldClient(room.id, client, owner, settings=self._settings, forget=self._forget)
            if person is not None:
                still_may = partial(room.allows, person, "connect")
                undo.enter_context(room.in_class.people.presence(person, held.cut, still_may))
            self._clients[room.id, client.id] = held
            held.start(undo.pop_all())
        try:
            return await held.wait_until_opened()
        except BaseException:
            await held.end()
            raise

    def get(self, room: Room, client_id: str) -> HeldClient:
        """Return a client of a room, whoever owns it. Raises UnknownClient."""
        try:
            return self._clients[room.id, client_id]
        except KeyError:
            raise UnknownClient(client_id) from None

    def find(self, room: Room, client_id: str, owner: str | None) -> HeldClient | None:
        """Return a client of this owner, None when they have no such client."""
        held = self._clients.get((room.id, client_id))
        return held if held is not None and held.owner == owner else None

    def _forget(self, held: HeldClient) -> None:
        self._clients.pop((held.room_id, held.id), None)

    def _make_place(self, room: Room) -> None:
        """Forget the oldest whose socket is gone where a room has too many. Raises LimitReached."""
        limit = self._settings.clients_per_room
        of_room = [held for held in self._clients.values() if held.room_id == room.id]
        if len(of_room) < limit:
            return
        oldest = next((held for held in of_room if held.has_ended), None)
        if oldest is None:
            raise LimitReached("clients", limit)
        oldest.drop()

    async def close(self) -> None:
        """End all of them."""
        await asyncio.gather(*(held.end() for held in tuple(self._clients.values())))
