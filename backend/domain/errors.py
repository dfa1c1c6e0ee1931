"""The one tree of errors.

    SocketLabError
    ├── Defect                 ours: something that must not happen
    │   ├── ForbiddenTransition
    │   └── RunBroken          it ended a run
    ├── LabFailure             a lab's program failed
    │   ├── PortInUse
    │   ├── BadArguments
    │   ├── StartFailed
    │   └── NotOpened
    └── BadInput               a person or a script asked for what cannot be
        ├── UnknownLab, UnknownProgram, UnknownRoom, UnknownRun, UnknownClient
        ├── UnknownRecording, UnknownDraft
        ├── NotKept             the disk does not take it now
        │   └── DataRefused     nor can it at all
        │       ├── FolderTaken
        │       └── NewerDatabase
        ├── InvalidRequest
        ├── RunEnded
        ├── NotListening
        ├── ClientEnded, OutOfTurn, NotTaken
        ├── InputFull
        ├── LimitReached
        ├── WindowExceeded
        └── ShuttingDown

Every error has a `code` for scripts and a message, with its numbers, for people.
`web/errors.py` is the one place that maps it to HTTP statuses and to WebSocket close codes.
"""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal[
    "error", "defect", "lab_failure", "port_in_use", "bad_arguments", "start_failed", "bad_input",
    "unknown_lab", "unknown_program", "unknown_room", "unknown_run", "unknown_client", "invalid",
    "run_ended", "client_ended", "out_of_turn", "not_taken", "not_opened", "refused", "input_full",
    "limit", "window", "shutting_down", "not_kept", "unknown_recording", "unknown_draft",
]  # fmt: skip


class SocketLabError(Exception):
    """Any error that Socket Lab raises by intent."""

    code: ErrorCode = "error"

    @property
    def message(self) -> str:
        """What happened, in words that a student understands."""
        return str(self)


class Defect(SocketLabError):
    """Socket Lab itself failed."""

    code: ErrorCode = "defect"


class ForbiddenTransition(Defect):
    """Something happened to a run that cannot happen in its state, or led where it cannot lead."""

    def __init__(self, state: str, wanted: str) -> None:
        super().__init__(f"a run that is {state} knows no way to {wanted}")


class RunBroken(Defect):
    """A defect of ours in the life of a run, which ended the run."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Socket Lab itself failed here and ended the program: {what}. "
            "The server's log says more."
        )


class LabFailure(SocketLabError):
    """A lab's program could not do its work."""

    code: ErrorCode = "lab_failure"


class PortInUse(LabFailure):
    """Another program already holds the port."""

    code = "port_in_use"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Port {port} on {host} is in use by another program. "
            "Stop that program, or choose another port."
        )
        self.host = host
        self.port = port


class BadArguments(LabFailure):
    """The program refused its command line."""

    code = "bad_arguments"


class StartFailed(LabFailure):
    """The program ended, or took too long, before it listened."""

    code = "start_failed"


class NotOpened(LabFailure):
    """The socket of a client could not be connected."""

    code = "not_opened"


class BadInput(SocketLabError):
    """What was asked for is not possible."""

    code: ErrorCode = "bad_input"


class UnknownLab(BadInput):
    """No lab has this id."""

    code = "unknown_lab"

    def __init__(self, lab_id: str) -> None:
        super().__init__(f"There is no lab {lab_id!r}.")


class UnknownProgram(BadInput):
    """The lab has no such program."""

    code = "unknown_program"

    def __init__(self, lab_id: str, program: str, programs: tuple[str, ...]) -> None:
        super().__init__(f"Lab {lab_id} has no program {program!r}, only {', '.join(programs)}.")


class UnknownRoom(BadInput):
    """No room has this id."""

    code = "unknown_room"

    def __init__(self, room_id: str) -> None:
        super().__init__(f"There is no room {room_id!r}.")


class UnknownRun(BadInput):
    """The room has no such run."""

    code = "unknown_run"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id!r} in this room.")


class UnknownRecording(BadInput):
    """The room keeps no such recording."""

    code = "unknown_recording"

    def __init__(self, recording_id: str) -> None:
        super().__init__(f"There is no recording {recording_id!r} in this room.")


class UnknownDraft(BadInput):
    """There is no such draft."""

    code = "unknown_draft"

    def __init__(self, program: str) -> None:
        super().__init__(f"There is no draft {program!r} of yours for this lab.")


class NotKept(BadInput):
    """The disk does not take, or give back, what is to be remembered."""

    code = "not_kept"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Socket Lab cannot remember this now: {reason}. Try again in a moment.")


class DataRefused(NotKept):
    """The data folder, or the database in it, cannot be used."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)


class FolderTaken(DataRefused):
    """Another playground has the data folder."""


class NewerDatabase(DataRefused):
    """The database is of a version that we do not know."""


class UnknownClient(BadInput):
    """The run has no such client over plain HTTP, or has it no more."""

    code = "unknown_client"

    def __init__(self, client_id: str) -> None:
        super().__init__(
            f"There is no client {client_id!r} over plain HTTP, or it was closed: it ends when "
            "no request comes for it."
        )


class InvalidRequest(BadInput):
    """A field has a value that it cannot have."""

    code = "invalid"


class RunEnded(BadInput):
    """The run has ended, or its input is closed: it cannot be typed into."""

    code = "run_ended"


class NotListening(BadInput):
    """The run cannot be connected to: it does not listen."""

    code = "refused"

    def __init__(self) -> None:
        super().__init__("This run does not listen: it has ended, or is no server.")


class ClientEnded(BadInput):
    """The socket of a client over plain HTTP is gone: nothing can be sent."""

    code = "client_ended"

    def __init__(self) -> None:
        super().__init__("This client's socket is gone. Its last messages say why.")


class OutOfTurn(BadInput):
    """A message to a client over plain HTTP has a number whose turn it is not yet."""

    code = "out_of_turn"

    def __init__(self, number: int, expected: int) -> None:
        super().__init__(f"Message {number} came, expected {expected}: one after the other.")


class NotTaken(BadInput):
    """A client over plain HTTP takes nothing at present: fetch its messages, then send again."""

    code = "not_taken"

    def __init__(self, waited_s: float) -> None:
        super().__init__(
            f"The message was not taken within {waited_s:g} s, and nothing of it was sent: too "
            "much waits here. Fetch the client's messages, then send this one again."
        )


class InputFull(BadInput):
    """The program does not read what was typed so far."""

    code = "input_full"


class LimitReached(BadInput):
    """A limit of this room was reached."""

    code = "limit"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"This room allows {limit} {what} at a time. End one, then try again.")
        self.limit = limit


class WindowExceeded(BadInput):
    """The sender of a bridged TCP connection sent more bytes than it had credit for."""

    code = "window"

    def __init__(self, sent: int, credit: int) -> None:
        super().__init__(f"Sent {sent} bytes with a credit of {credit}. Wait for more credit.")


class ShuttingDown(BadInput):
    """The server is ending: nothing is started any more."""

    code = "shutting_down"

    def __init__(self) -> None:
        super().__init__("The server is ending, so the program was not started, or ended at once.")
