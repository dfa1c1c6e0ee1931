"""Who holds the host key, and what changes rooms and people: a part of the seam of authority."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from backend.domain.errors import Forbidden, Unauthorized
from backend.runtime.changes import Changes
from backend.web.access import bearer_of, holds_host_key
from backend.web.playground import PlaygroundHere


async def changes_of(playground: PlaygroundHere) -> Changes:
    """Return what changes rooms and people (runtime/changes.py says how, and what it raises)."""
    return playground.changes


ChangesHere = Annotated[Changes, Depends(changes_of)]


async def is_host_of(connection: HTTPConnection, playground: PlaygroundHere) -> bool:
    """Whether whoever comes in brings the host key.

    Raises Unauthorized for a wrong one, TooManyAttempts.
    """
    if bearer_of(connection) is None:
        return False
    with playground.door.attempt(connection):
        if not holds_host_key(connection, playground.settings):
            raise Unauthorized("the host key, or nothing to come as a guest")
    return True


IsHostHere = Annotated[bool, Depends(is_host_of)]


async def hosting(
    connection: HTTPConnection, playground: PlaygroundHere, changes: ChangesHere
) -> Changes:
    """Return what changes rooms to who holds the host key.

    Raises Unauthorized, Forbidden, TooManyAttempts.
    """
    if not playground.settings.is_hosted:
        raise Forbidden("This playground has one room, `local`: others are made in a hosted one.")
    with playground.door.attempt(connection):
        if not holds_host_key(connection, playground.settings):
            raise Unauthorized("the host key")
    return changes


ChangesOfHost = Annotated[Changes, Depends(hosting)]
