"""What the scripts of a page need to begin with; base.html puts it into the page as JSON."""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request

from backend.web.pages.language import language_of
from backend.web.playground import PageRoom


def page_data(request: Request, room: PageRoom) -> dict[str, Any]:
    """Return what every page of a room needs; Unix time of an event = t + clock_offset_s."""
    return {
        "room": room.id,
        "hosted": room.is_hosted,
        "epoch": room.epoch,
        "lang": language_of(request),
        "clock_offset_s": time.time() - time.monotonic(),
    }
