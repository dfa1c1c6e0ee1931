"""Who asks: the person whose token a request or WebSocket brings, and what they may do.

Over HTTP the token is in `Authorization: Bearer`; on a WebSocket of a hosted room the first message
is `{"type": "hello", "token": …}`, for a browser cannot give a WebSocket headers. In the local room
there are no credentials: whoever reaches it is host. Credentials are never cookies: lab pages live
on this host, too, and cookies ignore ports.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from backend.domain.errors import Forbidden, Unauthorized
from backend.domain.people import hash_of
from backend.domain.permissions import Action, Standing
from backend.runtime.people import Cut, Person
from backend.runtime.room import Room
from backend.settings import Settings
from backend.web.protocol.websocket import CUT

SCHEME = "bearer"  # RFC 6750, 2.1; schemes are case-insensitive (RFC 9110, 11.1)
NOT_ANY_MORE = "The host has changed what you may do here."
SUBPROTOCOL = "binary"  # what WebSocket tools for sockets ask for, and few go on without


class HelloMessage(msgspec.Struct, frozen=True):
    """The first message of a WebSocket in a hosted room."""

    type: Literal["hello"]  # a field: of a tag msgspec does not ask that it is there
    token: str


_decode_hello = msgspec.json.Decoder(HelloMessage).decode


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who came to a room. `person` is None in the local room, where everybody is host."""

    room: Room
    person: Person | None
    standing: Standing
    uses: set[Action] = field(default_factory=set)  # what was required of them

    @property
    def person_id(self) -> str | None:
        """The caller's id, where people have names."""
        return None if self.person is None else self.person.id

    def may(self, action: Action) -> bool:
        """Whether the caller may do this, as things are now."""
        if self.person is None:
            return True
        return self.room.allows(self.person, action)

    async def wait(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Wait for something, online meanwhile. Raises Unauthorized or Forbidden when cut."""
        if self.person is None:
            return await waiting
        task = asyncio.create_task(waiting)

        def cut(_code: int, _reason: str) -> None:
            task.cancel()

        with self.room.in_class.people.presence(self.person, cut, self.still_may):
            try:
                await asyncio.wait({task})
            finally:
                task.cancel()
        if task.cancelled():
            raise Unauthorized if self.still_may() else Forbidden(NOT_ANY_MORE)
        return task.result()

    def still_may(self) -> bool:
        """Whether the caller may do now whatever was required of them so far."""
        return all(self.may(action) for action in self.uses)

    def require(self, action: Action) -> None:
        """Raise Forbidden when the caller may not do this."""
        self.uses.add(action)
        if not self.may(action):
            room = self.room.in_class
            raise Forbidden(
                f"As {self.standing} you may not {action.replace('_', ' ')} here: "
                f"the room's policy is {room.policy}"
                + (", and you are muted." if self.person and self.person.muted else ".")
            )


@contextlib.asynccontextmanager
async def caller_in(
    room: Room, connection: HTTPConnection, settings: Settings
) -> AsyncIterator[Caller]:
    """Find out who asks, as long as they ask. Raises Unauthorized.

    A WebSocket of a hosted room is accepted here, for it says who it is in its first message; its
    person is online as long as it is open.
    """
    if room.in_class.code is None:
        yield Caller(room=room, person=None, standing="host")
        return
    token = (
        await _token_in_hello(connection, settings.hello_timeout_s)
        if isinstance(connection, WebSocket)
        else bearer_of(connection)
    )
    person = room.in_class.people.holder_of(token) if token else None
    if person is None:
        raise Unauthorized
    caller = Caller(room=room, person=person, standing=room.standing_of(person))
    if isinstance(connection, WebSocket):
        with room.in_class.people.presence(person, _cut_of(connection), caller.still_may):
            yield caller
    else:
        yield caller


def bearer_of(connection: HTTPConnection) -> str | None:
    """Return the token that a request brings in its header."""
    values = connection.headers.getlist("authorization")
    if len(values) != 1:
        return None
    scheme, _, token = values[0].strip().partition(" ")
    return token.strip() if scheme.lower() == SCHEME else None


def holds_host_key(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether a request brings the host key."""
    token, key = bearer_of(connection), settings.host_key
    if token is None or key is None:
        return False
    return secrets.compare_digest(hash_of(token), hash_of(key.get_secret_value()))


async def accept(websocket: WebSocket) -> None:
    """Accept a WebSocket, if it is not yet."""
    if websocket.application_state is WebSocketState.CONNECTING:
        is_offered = SUBPROTOCOL in websocket.scope["subprotocols"]
        await websocket.accept(SUBPROTOCOL if is_offered else None)


async def _token_in_hello(websocket: WebSocket, timeout_s: float) -> str:
    await accept(websocket)
    try:
        async with asyncio.timeout(timeout_s):
            message = await websocket.receive()
    except TimeoutError:
        raise Unauthorized(f"a hello with a token within {timeout_s:g} s") from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    try:
        return _decode_hello(message.get("text") or "").token
    except (msgspec.DecodeError, RecursionError):
        raise Unauthorized('{"type": "hello", "token": …} as the first message') from None


def _cut_of(websocket: WebSocket) -> Cut:
    """Return what ends this WebSocket from outside of its handler (see web/protocol/websocket)."""
    cut: Cut = websocket.scope["extensions"][CUT]
    return cut
