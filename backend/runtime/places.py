"""Whether there is place for one more program or client in a room; each raises LimitReached."""

from __future__ import annotations

from collections.abc import Iterable

from backend.domain.errors import LimitReached
from backend.runtime.bridge.client import Client
from backend.runtime.people import Person
from backend.runtime.runs import Run
from backend.settings import Settings


def require_place_for_run(runs: Iterable[Run], settings: Settings, *, is_desk: bool) -> None:
    """See that one more program may live in a room, or on a desk."""
    limit = settings.runs_per_desk if is_desk else settings.runs_per_room
    if sum(not run.life.has_ended for run in runs) >= limit:
        raise LimitReached("programs", limit)


def require_place_for_client(
    clients: Iterable[Client], settings: Settings, person: Person | None
) -> None:
    """See that a room, and a person in it, may have one more client."""
    owners = [client.owner_id for client in clients]
    if len(owners) >= settings.clients_per_room:
        raise LimitReached("clients", settings.clients_per_room)
    if person is not None and owners.count(person.id) >= settings.clients_per_person:
        raise LimitReached("clients of one person", settings.clients_per_person)
