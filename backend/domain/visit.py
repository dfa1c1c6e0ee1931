"""What a program from outside and the room say to each other, beside the events themselves.

The program's end is `socketlab trace --room`, the room's is runtime/outside.py. First comes a
Hello, which is answered with a Welcome; then lists of events; at last a Bye.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

import msgspec

from backend.domain.addresses import Address, from_text
from backend.domain.events import PAYLOAD_LIMIT_BYTES, Dropped, Output
from backend.domain.traced_events import Call, TraceEvent

OWNS = {"bind", "listen"}
TALKS = {"connect", "connect_ex", "sendto", "sendmsg"}
TEXT_LIMIT = 4096  # characters of a piece of output
DATA_LIMIT = (PAYLOAD_LIMIT_BYTES + 2) // 3 * 4  # characters of base64
Told = TraceEvent | Output  # `tracing/prints.py` tells the output
COUNT_LIMIT = 2**53 - 1  # what a page can count to

_BASE64 = (string.ascii_letters + string.digits + "+/").encode()
_PADDINGS = frozenset({b"", b"=", b"=="})
_decode_events = msgspec.json.Decoder(list[Told]).decode
_decode_event = msgspec.json.Decoder(Told).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


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


def read_events(message: str) -> tuple[list[Told], int]:
    """Return the events of a message, and how many others are none that a tracer tells.

    One that does not fit costs itself only. Raises ValueError, RecursionError when the message is
    no list at all.
    """
    found: Sequence[Told | None]
    try:
        found = _decode_events(message)
    except msgspec.DecodeError:
        found = [_read_event(raw) for raw in _decode_list(message)]
    sound = [event for event in found if event is not None and is_sound(event)]
    return sound, len(found) - len(sound)


def _read_event(raw: msgspec.Raw) -> Told | None:
    try:
        event: Told = _decode_event(raw)
        return event
    except (msgspec.DecodeError, RecursionError):
        return None


def is_sound(event: Told) -> bool:
    """Whether it can be what a tracer tells: everybody's page draws it."""
    if isinstance(event, Dropped):
        return 0 <= event.count <= COUNT_LIMIT and 0 <= event.bytes <= COUNT_LIMIT
    if isinstance(event, Output):
        return len(event.text) <= TEXT_LIMIT and event.stream != "stdin"
    if not isinstance(event, Call):
        return True
    # listen(-1) is one that the kernel takes: whatever a C function takes can be told.
    backlog = None if event.backlog is None else abs(event.backlog)
    for number in (event.bytes, event.offset, backlog, event.held, event.line):
        if number is not None and not 0 <= number <= COUNT_LIMIT:
            return False
    return event.data is None or (len(event.data) <= DATA_LIMIT and is_base64(event.data))


def is_base64(text: str) -> bool:
    """Whether a text is base64 (RFC 4648, 4); to decode it would take ten times as long."""
    if not text.isascii():
        return False
    raw = text.encode()
    padding = raw.translate(None, _BASE64)
    return len(raw) % 4 == 0 and padding in _PADDINGS and raw.endswith(padding)
