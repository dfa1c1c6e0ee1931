"""Start, show, type into and stop programs."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.domain.room_info import RunInfo
from backend.web.answers import Shown
from backend.web.playground import RoomHere, RunHere

router = APIRouter(prefix="/api/rooms/{room}/runs", tags=["runs"])


class StartRequest(BaseModel):
    """What to start. `port` null: the lab's default if free, else another free one."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lab: str
    program: str
    port: Annotated[int, Field(ge=0, le=65535)] | None = None
    args: list[str] = []


class TypeRequest(BaseModel):
    """What to type: a text, or the end of input."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str | None = None
    eof: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (not self.eof):
            raise ValueError('expected either {"text": "…"} or {"eof": true}')
        return self


@router.post("", status_code=201)
async def start_run(room: RoomHere, body: StartRequest) -> Shown[RunInfo]:
    """Start a program; answer once it listens or runs."""
    run = await room.start_run(body.lab, body.program, port=body.port, args=body.args)
    return run.info()


@router.get("/{run}")
async def show_run(run: RunHere) -> Shown[RunInfo]:
    """Show one run."""
    return run.info()


@router.delete("/{run}")
async def stop_run(run: RunHere) -> Shown[RunInfo]:
    """Stop a run; answer with it once it has ended. A second time does nothing."""
    await run.stop()
    return run.info()


@router.post("/{run}/stdin", status_code=204)
async def type_into_run(run: RunHere, body: TypeRequest) -> Response:
    """Type into a program, or end its input."""
    if body.text is None:
        run.end_input()
    else:
        run.type(body.text)
    return Response(status_code=204)
