"""What the network doctor asks over HTTP: whether an answer comes through, also after a wait.

Whoever reaches the server may ask; it says nothing but the time and the asker's own address.
"""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request
from starlette.datastructures import Address

from backend.domain.errors import InvalidRequest
from backend.domain.findings import Echo
from backend.domain.forwarded import is_within
from backend.settings import Settings
from backend.web.answers import Shown
from backend.web.api.error_answers import error_answers
from backend.web.api.events import WaitHere
from backend.web.playground import PlaygroundHere

router = APIRouter(tags=["health"])

FORWARDING = ("x-forwarded-for", "forwarded")


@router.get(
    "/api/echo",
    response_description="What is known of you.",
    responses=error_answers(InvalidRequest),
)
async def show_echo(
    request: Request,
    playground: PlaygroundHere,
    wait_s: WaitHere,
) -> Shown[Echo]:
    """Say who asks, as far as it is known here, perhaps after a while."""
    await asyncio.sleep(wait_s)
    caller = request.client or Address("", 0)
    return Echo(
        instance=playground.instance,
        time=time.time(),
        caller=caller.host,
        hidden_by=caller.host if _is_hidden(request, caller, playground.settings) else None,
    )


def _is_hidden(request: Request, caller: Address, settings: Settings) -> bool:
    """Whether somebody names the caller who is not believed; who is, left port 0 (web/protocol)."""
    is_named = any(name in request.headers for name in FORWARDING)
    return is_named and caller.port != 0 and not is_within(caller.host, settings.trusted_networks)
