"""The people of one room: their credentials, and who is there now.

Who is online is known from what they hold open: WebSockets, or requests that wait. Whoever holds
one gives a `Cut`, by which it is ended when the person has to go, or may not any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from backend.domain.class_events import (
    PersonJoined,
    PersonLeft,
    PersonMuted,
    PersonOnline,
    PersonRenamed,
)
from backend.domain.errors import LimitReached, UnknownPerson
from backend.domain.events import Event
from backend.domain.people import Role, hash_of

Cut = Callable[[int, str], None]  # close code and reason (RFC 6455, 7.1.5 and 7.1.6)
StillMay = Callable[[], bool]  # whether the person might open this now

AWAY_AFTER_S = 2.0  # a page that loads anew is not away


@dataclass(eq=False, kw_only=True)
class Person:
    """Somebody of a room. `token_hash` is all that is known of their credential."""

    id: str
    name: str
    role: Role
    token_hash: bytes
    muted: bool = False
    online: bool = False
    connections: dict[Cut, StillMay] = field(default_factory=dict)

    def cut_all(self, code: int, reason: str) -> None:
        """End everything that this person holds open."""
        for cut in tuple(self.connections):
            cut(code, reason)

    def cut_what_is_not_theirs(self, code: int, reason: str) -> None:
        """End what this person holds open and might not open now."""
        for cut, still_may in tuple(self.connections.items()):
            if not still_may():
                cut(code, reason)


class People:
    """All people of a room, in the order in which they came."""

    def __init__(
        self, *, limit: int, publish: Callable[[Event], object], last_number: int = 0
    ) -> None:
        self._limit = limit
        self._publish = publish
        self._by_id: dict[str, Person] = {}
        self._by_token: dict[bytes, Person] = {}
        self._last_number = last_number
        self._has_closed = False

    def __iter__(self) -> Iterator[Person]:
        return iter(tuple(self._by_id.values()))

    def get(self, person_id: str) -> Person:
        """Return a person by their id. Raises UnknownPerson."""
        try:
            return self._by_id[person_id]
        except KeyError:
            raise UnknownPerson(person_id) from None

    def holder_of(self, token: str) -> Person | None:
        """Return whose credential this is."""
        return self._by_token.get(hash_of(token))

    def next_id(self) -> str:
        """Return an id for whoever comes next: nobody gets that of another, or of one who left."""
        self._last_number += 1
        return f"p{self._last_number}"

    def require_place(self) -> None:
        """See that one more may come. Raises LimitReached."""
        if len(self._by_id) >= self._limit:
            raise LimitReached("people", self._limit)

    def restore(self, person: Person) -> None:
        """Take somebody back whom the store remembers; nobody is told."""
        self._by_id[person.id] = person
        self._by_token[person.token_hash] = person
        self._last_number = max(self._last_number, int(person.id[1:]))

    def add(self, person: Person) -> None:
        """Let somebody in."""
        self.restore(person)
        self._publish(
            PersonJoined(t=time.monotonic(), person=person.id, name=person.name, role=person.role)
        )

    def rename(self, person: Person, name: str) -> None:
        """Call somebody by another name from now on."""
        if name != person.name:
            person.name = name
            self._publish(PersonRenamed(t=time.monotonic(), person=person.id, name=name))

    def mute(self, person: Person, *, muted: bool) -> None:
        """Let somebody only look, or take part again."""
        if muted != person.muted:
            person.muted = muted
            self._publish(PersonMuted(t=time.monotonic(), person=person.id, muted=muted))

    def renew(self, person: Person, token: str) -> None:
        """Give somebody another credential; with the old one nobody gets in any more."""
        self._by_token.pop(person.token_hash, None)
        person.token_hash = hash_of(token)
        self._by_token[person.token_hash] = person

    def remove(self, person: Person, *, removed: bool) -> None:
        """Let somebody go for good."""
        self._by_id.pop(person.id, None)
        self._by_token.pop(person.token_hash, None)
        self._publish(PersonLeft(t=time.monotonic(), person=person.id, removed=removed))

    @contextlib.contextmanager
    def presence(self, person: Person, cut: Cut, still_may: StillMay) -> Iterator[None]:
        """Hold something open for this person: as long as they hold anything, they are online."""
        person.connections[cut] = still_may
        self._tell_online(person)
        try:
            yield
        finally:
            person.connections.pop(cut, None)
            asyncio.get_running_loop().call_later(AWAY_AFTER_S, self._tell_online, person)

    def close(self) -> None:
        """Tell no more of who is there: the room ends, and its timeline with it."""
        self._has_closed = True

    def _tell_online(self, person: Person) -> None:
        if self._has_closed:
            return
        online = bool(person.connections)
        if online != person.online and self._by_id.get(person.id) is person:
            person.online = online
            self._publish(PersonOnline(t=time.monotonic(), person=person.id, online=online))
