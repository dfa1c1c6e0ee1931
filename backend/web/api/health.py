"""Whether the server is alive, and whether it can work."""

from __future__ import annotations

from typing import Literal

import msgspec
from fastapi import APIRouter

from backend.domain.class_events import MemoryState
from backend.domain.errors import ShuttingDown
from backend.web.answers import Shown
from backend.web.api.error_answers import error_answers
from backend.web.playground import PlaygroundHere

router = APIRouter(tags=["health"])


class Health(msgspec.Struct, frozen=True):
    """What a server that is alive says."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", response_description="It is.", responses=error_answers())
async def show_health() -> Shown[Health]:
    """Say that the server is alive."""
    return Health()


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What a server that can work says; with a `memory` that fails, too, for its labs go on."""

    status: Literal["ok"] = "ok"
    memory: MemoryState


@router.get("/readyz", response_description="It can.", responses=error_answers(ShuttingDown))
async def show_readiness(playground: PlaygroundHere) -> Shown[Readiness]:
    """Say that the server can work; 503 while it ends, 500 when it lacks its labs."""
    playground.require_ready()
    return Readiness(memory=playground.store_load().memory)
