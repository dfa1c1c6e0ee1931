"""What the scripts of a page need to begin with; base.html puts it into the page as JSON."""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request

from backend.domain.permissions import ALLOWED, MUTED
from backend.web.pages.language import language_of
from backend.web.playground import PageRoom

# The table of who may do what, as the page reads it (model/permissions.js).
PERMISSIONS = {
    "allowed": {
        policy: {standing: sorted(actions) for standing, actions in row.items()}
        for policy, row in ALLOWED.items()
    },
    "muted": sorted(MUTED),
}


def page_data(request: Request, room: PageRoom) -> dict[str, Any]:
    """Return what every page of a room needs; Unix time of an event = t + clock_offset_s."""
    of_class = {"permissions": PERMISSIONS} if room.is_hosted else {}
    return {
        **of_class,
        "room": room.id,
        "hosted": room.is_hosted,
        "epoch": room.epoch,
        "last_seq": room.last_seq,
        "lang": language_of(request),
        "clock_offset_s": time.time() - time.monotonic(),
    }
