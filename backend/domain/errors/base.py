"""The branches of the tree of errors, and those of runs and their clients (see __init__)."""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal[
    "error", "defect", "lab_failure", "port_in_use", "bad_arguments", "start_failed", "bad_input",
    "unknown_lab", "unknown_program", "unknown_room", "unknown_run", "unknown_client",
    "unknown_person", "unauthorized", "forbidden", "locked", "invalid",
    "run_ended", "client_ended", "out_of_turn", "not_taken", "not_opened", "refused", "input_full",
    "limit", "window", "shutting_down", "not_kept", "unknown_recording", "unknown_draft",
    "attempts",
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
        super().__init__("This run does not listen: it has ended, or it is not a server.")


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
        super().__init__(
            "Socket Lab is shutting down, so the program was not started, or was ended at once."
        )


def words_of(defect: BaseException) -> str:
    """Return what a defect says of itself, that of a group its first one's."""
    while isinstance(defect, BaseExceptionGroup):
        defect = defect.exceptions[0]
    if isinstance(defect, Defect):
        return defect.message
    return f"{type(defect).__name__}: {defect}"
