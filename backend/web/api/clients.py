"""Clients over plain HTTP, where a network breaks WebSockets: the same socket, the same meaning.

What a WebSocket is by itself is said here: messages have numbers, so that none is lost or sent
twice whatever becomes of an answer on its way; who asks nothing for a while has gone.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import ClientDisconnect

from backend.domain.errors import (
    ClientEnded,
    InvalidRequest,
    LimitReached,
    NotListening,
    NotOpened,
    NotTaken,
    OutOfTurn,
    UnknownClient,
)
from backend.domain.mail import ClientMail, MailOfClients, NewClient
from backend.runtime.bridge.mailbox import wait_for_any
from backend.web.answers import Shown
from backend.web.api.error_answers import BODY, IN_ROOM, OF_RUN, Answers, error_answers
from backend.web.api.events import NOT_KEPT, WaitHere
from backend.web.playground import (
    CallerHere,
    ClientHere,
    ClientsHere,
    PlaygroundHere,
    RunToConnect,
)

router = APIRouter(prefix="/api/rooms/{room}", tags=["clients"])

BYTES = "application/octet-stream"
CONTROL = "application/json"
ASKED_AT_A_TIME = 32  # clients of which one request can fetch the messages

OF_CLIENT = (*OF_RUN, UnknownClient)


def _of_opened(name: str) -> dict[str, Any]:
    """Return how an operation on the client that was just made is called."""
    parameters = {
        "room": "$request.path.room",
        "run": "$response.body#/run",
        "client": "$response.body#/id",
    }
    return {"operationId": name, "parameters": parameters}


_OPENED: Answers = {
    201: {
        "links": {
            name: _of_opened(name) for name in ("fetch_messages", "send_message", "close_client")
        }
    }
}
_MESSAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Bytes: a datagram, or the next part of the stream. JSON: a control "
        'message, as `{"type": "shutdown"}`; what is none is told as the error `bad_message`.',
        "content": {
            BYTES: {"schema": {"type": "string", "format": "binary"}},
            CONTROL: {"schema": {}, "example": {"type": "shutdown"}},
        },
    }
}


@router.post(
    "/runs/{run}/clients",
    status_code=201,
    response_description="The client, whose socket is open.",
    responses=_OPENED | error_answers(*OF_RUN, LimitReached, NotListening, NotOpened),
)
async def open_client(
    run: RunToConnect, caller: CallerHere, on: PlaygroundHere
) -> Shown[NewClient]:
    """Be a client of a run over plain HTTP; answer once its socket is open."""
    return await on.held_clients.open(caller.room, run, caller.person)


@router.post(
    "/runs/{run}/clients/{client}",
    status_code=204,
    response_description="It is taken, now or when it first came.",
    responses=error_answers(*OF_CLIENT, *BODY, ClientEnded, OutOfTurn, NotTaken),
    openapi_extra=_MESSAGE,
)
async def send_message(
    client: ClientHere,
    request: Request,
    on: PlaygroundHere,
    number: Annotated[
        Annotated[int, Field(ge=1)] | SkipJsonSchema[None],
        Query(
            alias="n",
            description="The number of this message: 1, 2 and so on. One that was taken before is "
            "not sent again. Without it the next one.",
        ),
    ] = None,
) -> Response:
    """Send bytes or a control message; answer once it is taken."""
    message = await _message_in(request, on.settings.message_limit_bytes)
    await client.mailbox.post(message, number)
    return Response(status_code=204)


@router.get(
    "/runs/{run}/clients/{client}",
    response_description="The messages that are not acknowledged, the oldest first.",
    responses=error_answers(*OF_CLIENT, InvalidRequest),
)
async def fetch_messages(
    client: ClientHere,
    wait_s: WaitHere,
    response: Response,
    after: Annotated[
        Annotated[int, Field(ge=0)] | SkipJsonSchema[None],
        Query(
            description="The number of the last message that you have; without it none is "
            "acknowledged.",
        ),
    ] = None,
) -> Shown[ClientMail]:
    """Return the messages after that number, which is acknowledged by it.

    With `wait_s` the answer waits until there is one. It is kept until a later request
    acknowledges it, so that an answer that was lost can be asked for again.
    """
    response.headers.update(NOT_KEPT)
    if after is not None:
        client.acknowledge(after)
    await wait_for_any([client.mailbox], wait_s)
    return ClientMail(id=client.id, messages=client.mailbox.letters())


@router.delete(
    "/runs/{run}/clients/{client}",
    status_code=204,
    response_description="Its socket is gone.",
    responses=error_answers(*OF_CLIENT),
)
async def close_client(client: ClientHere) -> Response:
    """Close a client; what it sent before is still written to the lab, if that reads."""
    await client.end()
    return Response(status_code=204)


@router.get(
    "/clients",
    response_description="The messages of each client, in the order in which they were asked for.",
    responses=error_answers(*IN_ROOM, InvalidRequest),
)
async def fetch_messages_of_clients(
    find: ClientsHere,
    wait_s: WaitHere,
    response: Response,
    after: Annotated[
        list[Annotated[str, Query(pattern=r"^c[0-9]{1,9}:[0-9]{1,15}$")]],
        Query(
            min_length=1,
            max_length=ASKED_AT_A_TIME,
            description="For each client its id and the number of the last message that you have.",
            examples=[["c1:2", "c2:7"]],
        ),
    ],
) -> Shown[MailOfClients]:
    """Return messages of several clients at once, as each of them alone would.

    A browser has few connections for one server, and a client that waits on one of its own takes
    it away from all others.
    """
    response.headers.update(NOT_KEPT)
    asked = [one.partition(":") for one in after]
    clients = {name: find(name) for name, _, _ in asked}
    for name, _, number in asked:
        if (held := clients[name]) is not None:
            held.hear()
            held.acknowledge(int(number))
    await wait_for_any([held.mailbox for held in clients.values() if held], wait_s)
    mail = (
        ClientMail(id=name, messages=held.mailbox.letters() if held else None)
        for name, held in clients.items()
    )
    return MailOfClients(clients=tuple(mail))


async def _message_in(request: Request, limit_bytes: int) -> bytes | str:
    """Return the bytes or the control message of a body. Raises HTTPException, InvalidRequest."""
    named = request.headers.get("content-type", "")
    kind = named.partition(";")[0].strip().lower()
    if kind not in (BYTES, CONTROL):
        said = f"Content-Type is {named}" if named else "The header Content-Type is missing"
        raise HTTPException(415, f"{said}, expected {BYTES} for bytes, {CONTROL} for control.")
    try:
        body = await request.body()
        if len(body) > limit_bytes:
            raise InvalidRequest(f"A message may have {limit_bytes} bytes, got {len(body)}.")
        return body if kind == BYTES else body.decode()
    except ClientDisconnect as error:
        raise HTTPException(400, "The body did not come whole.") from error
    except UnicodeDecodeError as error:
        raise HTTPException(400) from error
