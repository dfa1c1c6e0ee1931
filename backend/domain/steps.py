"""The steps of a check: what a client does, what has to come, what is done to the program.

Each class is one word of checks.toml; the field that has its name says which step it is. Times are
seconds. `docs/own-labs.md` has the same list, and a test holds it to this one.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from backend.domain.traced_events import SocketCall

WITHIN_LIMIT_S = 60.0
SIZE_LIMIT_BYTES = 1_000_000
COUNT_LIMIT = 100

Within = Annotated[float, Meta(ge=0.05, le=WITHIN_LIMIT_S)]
Pause = Annotated[float, Meta(ge=0.05, le=10)]
ClientName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
Lines = Annotated[tuple[str, ...], Meta(min_length=1, max_length=COUNT_LIMIT)]
Status = Annotated[int, Meta(ge=-64, le=255)]
ProgramStream = Literal["stdout", "stderr"]
Traced = Literal["closed_sockets", "idle"]


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a check."""

    def __post_init__(self) -> None:
        """Hold that a word that is only said is said with `true`."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is False:
                raise ValueError(f"{name}: the only value is true")
            if name.endswith("pattern") or name == "each":
                _require_pattern(name, value)


class ClientStep(Step, frozen=True, kw_only=True):
    """A step of one client, or with one connection of a client program; it has a name."""

    client: ClientName = "a"


class Connect(ClientStep, frozen=True, kw_only=True):
    """Connect to the server, and send nothing yet; every other word does it by itself."""

    connect: bool


class Accept(ClientStep, frozen=True, kw_only=True):
    """Wait for the client program's connection (UDP: its first datagram)."""

    accept: bool
    within_s: Within = 5.0


class Send(ClientStep, frozen=True, kw_only=True):
    """Send this text, as it stands there: where a line is to end, it has a line end."""

    send: str


class SendBytes(ClientStep, frozen=True, kw_only=True):
    """Send bytes, written as hexadecimal digits: `ff fe`."""

    send_bytes: Annotated[str, Meta(pattern=r"^([0-9a-fA-F]{2} *)+$")]


class SendSize(ClientStep, frozen=True, kw_only=True):
    """Send so many bytes: letters, without a line end; over UDP in one datagram."""

    send_size: Annotated[int, Meta(ge=0, le=SIZE_LIMIT_BYTES)]


class SendPieces(ClientStep, frozen=True, kw_only=True):
    """Send these texts one after the other, with a pause after each."""

    send_pieces: Lines
    pause_s: Pause = 0.05


class Receives(ClientStep, frozen=True, kw_only=True):
    """The next datagram is this text; over TCP, the next bytes are."""

    receives: str
    within_s: Within = 2.0


class ReceivesPattern(ClientStep, frozen=True, kw_only=True):
    """The whole next datagram, over TCP the next line without its end, has this pattern."""

    receives_pattern: str
    within_s: Within = 2.0


class ReceivesAllPattern(ClientStep, frozen=True, kw_only=True):
    """All that comes until the end of the stream has this pattern; over UDP, the next datagram."""

    receives_all_pattern: str
    within_s: Within = 2.0


class ReceivesLines(ClientStep, frozen=True, kw_only=True):
    """The next datagram consists of these lines; over TCP, the next lines are these."""

    receives_lines: Lines
    within_s: Within = 2.0


class ReceivesCount(ClientStep, frozen=True, kw_only=True):
    """So many datagrams, over TCP lines, come within the time; `each` is their pattern."""

    receives_count: Annotated[int, Meta(ge=1, le=COUNT_LIMIT)]
    within_s: Within
    each: str | None = None


class ReceivesSame(ClientStep, frozen=True, kw_only=True):
    """What comes are the bytes that this client has sent and that have not come back yet."""

    receives_same: bool
    within_s: Within = 5.0


class ReceivesNothing(ClientStep, frozen=True, kw_only=True):
    """Nothing comes for so many seconds."""

    receives_nothing_s: Pause


class HalfClose(ClientStep, frozen=True, kw_only=True):
    """Send no more, and go on reading: FIN."""

    half_close: bool


class Close(ClientStep, frozen=True, kw_only=True):
    """Close the socket."""

    close: bool


class Reset(ClientStep, frozen=True, kw_only=True):
    """Break the connection off: RST."""

    reset: bool


class Vanish(ClientStep, frozen=True, kw_only=True):
    """Neither send nor read from now on, without closing: as behind a cable that was pulled."""

    vanish: bool


class Eof(ClientStep, frozen=True, kw_only=True):
    """The program ends its side of the connection, with no byte before that."""

    eof: bool
    within_s: Within = 2.0


class Types(Step, frozen=True, kw_only=True):
    """Type a line into the program, with Enter."""

    types: str


class EndInput(Step, frozen=True, kw_only=True):
    """End the program's input: Ctrl+D."""

    end_input: bool


class Prints(Step, frozen=True, kw_only=True):
    """The program prints this text, after what was printed for the step before."""

    prints: str
    within_s: Within = 2.0
    stream: ProgramStream = "stdout"


class PrintsPattern(Step, frozen=True, kw_only=True):
    """The program prints what has this pattern somewhere, after what was printed before."""

    prints_pattern: str
    within_s: Within = 2.0
    stream: ProgramStream = "stdout"


class PrintsNothing(Step, frozen=True, kw_only=True):
    """The program prints nothing for so many seconds, after the line that a step found last."""

    prints_nothing_s: Pause
    stream: ProgramStream = "stdout"


class ErrorLines(Step, frozen=True, kw_only=True):
    """The program has written so many lines on standard error: 0 holds that no traceback came."""

    error_lines: Annotated[int, Meta(ge=0, le=COUNT_LIMIT)]


class Interrupt(Step, frozen=True, kw_only=True):
    """Press Ctrl+C."""

    interrupt: bool


class Exits(Step, frozen=True, kw_only=True):
    """The program ends, with this exit status; of a signal it is negative."""

    exits: Status
    within_s: Within = 5.0


class StartAgain(Step, frozen=True, kw_only=True):
    """Start the program once more on the port that it had; Ctrl+C first, if it runs."""

    start_again: bool


class StartBusy(Step, frozen=True, kw_only=True):
    """Start a second one on the same port: it ends with this status and so many lines of error."""

    start_busy: Status
    error_lines: Annotated[int, Meta(ge=0, le=COUNT_LIMIT)] = 1


class Trace(Step, frozen=True, kw_only=True):
    """What the tracer saw: every socket was closed; or no call was made for `for_s` seconds."""

    trace: Traced
    for_s: Pause = 0.5


class Calls(Step, frozen=True, kw_only=True):
    """The tracer sees this socket call, without an error."""

    calls: SocketCall
    within_s: Within = 2.0


class Wait(Step, frozen=True, kw_only=True):
    """Do nothing for so many seconds."""

    wait_s: Pause


KINDS: dict[str, type[Step]] = {
    "connect": Connect,
    "accept": Accept,
    "send": Send,
    "send_bytes": SendBytes,
    "send_size": SendSize,
    "send_pieces": SendPieces,
    "receives": Receives,
    "receives_pattern": ReceivesPattern,
    "receives_all_pattern": ReceivesAllPattern,
    "receives_lines": ReceivesLines,
    "receives_count": ReceivesCount,
    "receives_same": ReceivesSame,
    "receives_nothing_s": ReceivesNothing,
    "half_close": HalfClose,
    "close": Close,
    "reset": Reset,
    "vanish": Vanish,
    "eof": Eof,
    "types": Types,
    "end_input": EndInput,
    "prints": Prints,
    "prints_pattern": PrintsPattern,
    "prints_nothing_s": PrintsNothing,
    "start_busy": StartBusy,  # before error_lines, which it has, too
    "error_lines": ErrorLines,
    "interrupt": Interrupt,
    "exits": Exits,
    "start_again": StartAgain,
    "trace": Trace,
    "calls": Calls,
    "wait_s": Wait,
}


def _require_pattern(name: str, pattern: str | None) -> None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise ValueError(f"{name}: no regular expression: {error}") from None
