"""Start, show, type into and stop programs."""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.web.api.rooms import room_of

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
async def start_run(request: Request, room: str, body: StartRequest) -> dict[str, Any]:
    """Start a program; answer once it listens or runs."""
    run = await room_of(request).start_run(body.lab, body.program, port=body.port, args=body.args)
    return run.as_dict()


@router.get("/{run}")
async def show_run(request: Request, room: str, run: str) -> dict[str, Any]:
    """Show one run."""
    return room_of(request).run(run).as_dict()


@router.delete("/{run}")
async def stop_run(request: Request, room: str, run: str) -> dict[str, Any]:
    """Stop a run; answer with it once it has ended. A second time does nothing."""
    found = room_of(request).run(run)
    await found.stop()
    return found.as_dict()


@router.post("/{run}/stdin", status_code=204)
async def type_into_run(request: Request, room: str, run: str, body: TypeRequest) -> Response:
    """Type into a program, or end its input."""
    found = room_of(request).run(run)
    if body.text is None:
        found.end_input()
    else:
        found.type(body.text)
    return Response(status_code=204)
