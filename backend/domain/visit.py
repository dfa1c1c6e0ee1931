"""What a program from outside and the room say to each other, beside the events themselves.

The program's end is `socketlab trace --room`, the room's is runtime/outside.py. First comes a
Hello, which is answered with a Welcome; then lists of events; at last a Bye.
"""

from __future__ import annotations

import binascii

import msgspec

from backend.domain.addresses import Address, from_text
from backend.domain.errors import InvalidRequest
from backend.domain.events import PAYLOAD_LIMIT_BYTES
from backend.domain.traced_events import Call, TraceEvent

OWNS = {"bind", "listen"}
TALKS = {"connect", "connect_ex", "sendto", "sendmsg"}
DATA_LIMIT = (PAYLOAD_LIMIT_BYTES + 2) // 3 * 4  # characters of base64


class Hello(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which program it is, and `t`, the time in seconds on its machine's monotonic clock.

    `lab` is the one that its owner wants to see it in; empty: wherever it turns out to belong.
    """

    program: str
    lab: str = ""
    args: tuple[str, ...]
    pid: int
    t: float


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """The id of the run that the program is in the room."""

    run: str


class Bye(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The program has ended; its status is negative for a signal, as in subprocess."""

    exit_status: int


def touched(event: Call) -> Address | None:
    """Return the address that a socket call makes its program's own, or talks to; None: neither."""
    if event.error not in (None, "EINPROGRESS"):
        return None
    text = event.address or (event.local if event.call in OWNS else event.peer)
    if event.call not in OWNS | TALKS or text is None:
        return None
    try:
        return from_text(text)
    except ValueError:  # of a Unix socket
        return None


def require_sound(event: TraceEvent) -> None:
    """Raise InvalidRequest for what no tracer tells: everybody's page draws it."""
    if not isinstance(event, Call):
        return
    for name in ("bytes", "offset", "backlog", "held", "line"):
        number = getattr(event, name)
        if number is not None and number < 0:
            raise InvalidRequest(f"Expected {name} from 0 on, got {number}.")
    data = event.data or ""
    if len(data) > DATA_LIMIT:
        raise InvalidRequest(f"Expected {DATA_LIMIT} characters of data at most, got {len(data)}.")
    try:
        binascii.a2b_base64(data, strict_mode=True)
    except ValueError as error:
        raise InvalidRequest(f"Expected data in base64: {error}.") from None
