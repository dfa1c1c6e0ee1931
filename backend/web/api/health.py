"""Whether the server is alive."""

from __future__ import annotations

from typing import Literal

import msgspec
from fastapi import APIRouter

from backend.web.answers import Shown
from backend.web.api.error_answers import error_answers

router = APIRouter(tags=["health"])


class Health(msgspec.Struct, frozen=True):
    """What a server that is alive says."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", response_description="It is.", responses=error_answers())
async def show_health() -> Shown[Health]:
    """Say that the server is alive."""
    return Health()
