"""Errors of rooms and people, of what is remembered, of clients over plain HTTP."""

from __future__ import annotations

from backend.domain.errors.base import BadInput, ErrorCode


class UnknownPerson(BadInput):
    """The room has no such person."""

    code = "unknown_person"

    def __init__(self, person_id: str) -> None:
        super().__init__(f"There is no person {person_id!r} in this room.")


class Unauthorized(BadInput):
    """The credential is missing, or is not one of this room."""

    code = "unauthorized"

    def __init__(self, expected: str = "the token of a person of this room") -> None:
        super().__init__(f"Expected {expected}: `Authorization: Bearer …` over HTTP.")


class Forbidden(BadInput):
    """Whoever asks may not do this, as the room's policy is now."""

    code: ErrorCode = "forbidden"


class DoorLocked(Forbidden):
    """The host lets nobody in at present."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__("The door of this room is locked. Ask its host to let you in.")


class TooManyAttempts(BadInput):
    """Too many wrong codes or keys came from an address; `Retry-After` says how long to wait."""

    code = "attempts"
    wait_s = 60

    def __init__(self, limit: int, wait_s: int) -> None:
        super().__init__(
            f"{limit} wrong codes or keys came from your address within a minute. "
            f"Try again in {wait_s} s."
        )
        self.wait_s = wait_s


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
        super().__init__(f"Socket Lab cannot save this now: {reason}. Try again in a moment.")


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
