"""Start, show, type into and stop programs."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from backend.domain.errors import (
    BadArguments,
    InputFull,
    InvalidRequest,
    LimitReached,
    PortInUse,
    RunEnded,
    ShuttingDown,
    StartFailed,
    UnknownLab,
    UnknownProgram,
)
from backend.domain.programs import PROGRAMS
from backend.domain.room_info import RunInfo
from backend.web.answers import Shown
from backend.web.api.error_answers import BODY, IN_ROOM, OF_RUN, Answers, error_answers
from backend.web.playground import (
    CallerHere,
    RoomToStart,
    RunHere,
    RunToStart,
    RunToStop,
    RunToType,
)

router = APIRouter(prefix="/api/rooms/{room}/runs", tags=["runs"])


# What execve(2) can pass on. JSON may also name lone surrogates, which no pattern can match.
Argument = Annotated[str, Field(pattern=r"^[^\x00]*$")]


LAST_PORT = 65_535  # 16 bits (RFC 9293, 3.1; RFC 768)


def _port(number: object) -> object:
    """Say what a port may be. 80.0 is taken for 80: to JSON they are one number."""
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if type(number) is not int or not 0 <= number <= LAST_PORT:
        raise PydanticCustomError(
            "port",
            "A port is a whole number from 1 to {last}, or 0 for any free one; got {got}.",
            {"last": LAST_PORT, "got": json.dumps(number, default=str)[:40]},
        )
    return number


Port = Annotated[int, Field(ge=0, le=LAST_PORT), BeforeValidator(_port)]


class StartRequest(BaseModel):
    """What to start. `port` null: the lab's default if free, else another free one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lab: Annotated[
        str,
        Field(
            description="The id of a lab, as the catalogue has it.",
            json_schema_extra={"pattern": "^[^/]+/[^/]+$"},
        ),
    ]
    program: Annotated[
        str,
        Field(description="One of the lab's programs.", json_schema_extra={"enum": list(PROGRAMS)}),
    ]
    port: Annotated[
        Port | None,
        Field(
            description="Where it listens or what it connects to: null chooses, 0 is any free one."
        ),
    ] = None
    args: Annotated[
        list[Argument],
        Field(description="More arguments of its command line; their bound is one of UTF-8 bytes."),
    ] = []


def _as_bool(value: object) -> object:
    """Take true and false only: for a Literal 0 is as good as false, 0 == False."""
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


class TypedText(BaseModel):
    """A text to type."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    eof: Annotated[Literal[False], BeforeValidator(_as_bool)] = False


class EndOfInput(BaseModel):
    """The end of input, as Ctrl+D types it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: None = None
    eof: Annotated[Literal[True], BeforeValidator(_as_bool)]


def _which(body: Any) -> str | None:
    """Return which of the two a body is; None if it is both or neither."""
    if not isinstance(body, dict):
        return None
    is_end, has_text = bool(body.get("eof")), body.get("text") is not None
    return None if is_end == has_text else "end" if is_end else "text"


TypeRequest = Annotated[
    Annotated[TypedText, Tag("text")] | Annotated[EndOfInput, Tag("end")],
    Discriminator(
        _which,
        custom_error_type="text_or_end",
        custom_error_message='expected either {"text": "…"} or {"eof": true}',
    ),
]


def _of_started(name: str) -> dict[str, Any]:
    """Return how an operation on the run that was just started is called."""
    parameters = {"room": "$request.path.room", "run": "$response.body#/id"}
    return {"operationId": name, "parameters": parameters}


STARTED: Answers = {
    201: {
        "links": {
            name: _of_started(name)
            for name in ("show_run", "stop_run", "type_into_run", "open_client")
        }
    }
}


@router.post(
    "",
    status_code=201,
    response_description="The run, which listens or runs.",
    responses=STARTED
    | error_answers(
        *(*IN_ROOM, *BODY, UnknownLab, UnknownProgram),
        *(LimitReached, PortInUse, BadArguments, StartFailed, ShuttingDown),
    ),
)
async def start_run(room: RoomToStart, body: StartRequest, caller: CallerHere) -> Shown[RunInfo]:
    """Start a program; answer once it listens or runs."""
    run = await room.start_run(
        body.lab, body.program, port=body.port, args=body.args, person=caller.person
    )
    return run.info()


@router.get(
    "/{run}", response_description="The run as it is now.", responses=error_answers(*OF_RUN)
)
async def show_run(run: RunHere) -> Shown[RunInfo]:
    """Show one run."""
    return run.info()


@router.post(
    "/{run}/again",
    status_code=201,
    response_description="Another run of the same, which listens or runs.",
    responses=STARTED
    | error_answers(
        *(*OF_RUN, InvalidRequest, UnknownLab, UnknownProgram),
        *(LimitReached, PortInUse, BadArguments, StartFailed, ShuttingDown),
    ),
)
async def start_run_again(room: RoomToStart, run: RunToStart, caller: CallerHere) -> Shown[RunInfo]:
    """Start once more what was asked for then: the same program, port and arguments."""
    again = await room.runs.start_again(run, caller.person)
    return again.info()


@router.delete("/{run}", response_description="The run, ended.", responses=error_answers(*OF_RUN))
async def stop_run(run: RunToStop, caller: CallerHere) -> Shown[RunInfo]:
    """Stop a run; answer with it once it has ended. A second time does nothing."""
    await run.stop(by=caller.person_id)
    return run.info()


@router.post(
    "/{run}/stdin",
    status_code=204,
    response_description="It is typed.",
    responses=error_answers(*OF_RUN, *BODY, RunEnded, InputFull),
)
async def type_into_run(run: RunToType, body: TypeRequest) -> Response:
    """Type into a program, or end its input."""
    match body:
        case TypedText(text=text):
            run.type(text)
        case EndOfInput():
            run.end_input()
    return Response(status_code=204)
