"""The timeline as JSON lines. Live it is a WebSocket (web/sockets/events.py).

Lines go out as the reader takes them: `send` of ASGI waits while the connection's buffer is full,
and only then is the next piece read from the history.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic.json_schema import SkipJsonSchema

from backend.domain.errors import InvalidRequest, LimitReached
from backend.domain.recording import MEDIA_TYPE
from backend.domain.timeline import Cursor
from backend.web.api.error_answers import IN_ROOM, Answers, error_answers
from backend.web.playground import CallerHere, PlaygroundHere, RoomHere

router = APIRouter(tags=["events"])

EPOCH_LIMIT = 64  # characters; ours have 16
JSON_LINES: dict[str, Any] = {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
ENDING = "X-Socket-Lab-Ending"  # with the last answers before the server ends
_ENDING_HEADER = {
    "description": "The server ends: nobody will answer for a while.",
    "schema": {"type": "string", "enum": ["true"]},
}
_ANSWERS: Answers = {200: {**JSON_LINES, "headers": {ENDING: _ENDING_HEADER}}}


async def cursor_of(
    after: Annotated[
        int, Query(ge=0, description="The number of the last event that you have.")
    ] = 0,
    epoch: Annotated[
        str | SkipJsonSchema[None],
        Query(max_length=EPOCH_LIMIT, description="The history that this number is of: `epoch`."),
    ] = None,
) -> Cursor:
    """Return where the reader stands that asks for events."""
    return Cursor(after, epoch)


CursorHere = Annotated[Cursor, Depends(cursor_of)]


async def wait_of(
    playground: PlaygroundHere,
    wait_s: Annotated[
        float,
        Query(
            ge=0,
            allow_inf_nan=False,
            description="How long to wait for news, at most `wait_limit_s`.",
        ),
    ] = 0,
) -> float:
    """Return how many seconds a request may wait for something to answer with."""
    return min(wait_s, playground.settings.wait_limit_s)


WaitHere = Annotated[float, Depends(wait_of)]
NOT_KEPT = {"cache-control": "no-store"}  # by whoever is between (RFC 9111, 5.2.2.5)


async def at_the_readers_pace(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces, with room for others between them: a quick reader never makes us wait."""
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)


@router.get(
    "/api/rooms/{room}/events",
    response_class=StreamingResponse,
    response_description="Events, one JSON object a line.",
    responses=_ANSWERS | error_answers(*IN_ROOM, InvalidRequest, LimitReached),
)
async def list_events(
    room: RoomHere,
    caller: CallerHere,
    playground: PlaygroundHere,
    cursor: CursorHere,
    *,
    wait_s: WaitHere,
    limit: Annotated[int, Query(ge=1, le=100_000, description="How many at most.")] = 1000,
) -> StreamingResponse:
    """Return events as JSON lines, the oldest first; a gap comes first where some are gone.

    With `wait_s` the answer waits until there is one, and is empty where none came.
    """
    if wait_s > 0:
        await caller.wait(room.hub.wait(cursor, wait_s))
    lines = at_the_readers_pace(room.hub.lines(cursor, limit))
    ending = {ENDING: "true"} if playground.is_ending else {}
    return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=NOT_KEPT | ending)
