"""What a client over plain HTTP is told: the messages of the client WebSocket, each with a number.

`n` counts from 1 without gaps. Control messages are those of the WebSocket; bytes are base64, for
JSON has none; the last one is `closed`, as a WebSocket closes at last.
"""

from __future__ import annotations

from typing import Any

import msgspec

from backend.domain.events import ProblemCode, Transport


class _Letter(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    n: int


class OpenedLetter(_Letter, frozen=True, kw_only=True, tag="opened"):
    """The socket is connected."""

    client: str
    transport: Transport
    local: str
    peer: str
    number: int | None = None
    message_limit: int


class CreditLetter(_Letter, frozen=True, kw_only=True, tag="credit"):
    """So many bytes more may be sent."""

    bytes: int


class BytesLetter(_Letter, frozen=True, kw_only=True, tag="bytes"):
    """Bytes from the lab, as base64: one datagram, or a piece of the stream."""

    data: bytes


class EofLetter(_Letter, frozen=True, kw_only=True, tag="eof"):
    """The lab sends nothing more."""


class ErrorLetter(_Letter, frozen=True, kw_only=True, tag="error"):
    """Something went wrong; whether the client lives on depends on the code."""

    code: ProblemCode
    message: str


class ClosedLetter(_Letter, frozen=True, kw_only=True, tag="closed"):
    """The socket is gone, and nothing more comes; `reason` is a code, empty when all is done."""

    reason: str


Letter = OpenedLetter | CreditLetter | BytesLetter | EofLetter | ErrorLetter | ClosedLetter


def letter_of(n: int, control: dict[str, Any]) -> Letter:
    """Return a control message with its number. Raises msgspec.ValidationError for none of ours."""
    letter: Letter = msgspec.convert({"n": n, **control}, Letter)
    return letter


class NewClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client over plain HTTP whose socket is open; its next message is that after `after`."""

    id: str
    run: str
    transport: Transport
    local: str
    peer: str
    number: int | None = None
    message_limit: int
    credit: int
    after: int


class ClientMail(msgspec.Struct, frozen=True, kw_only=True):
    """The messages of one client that it has not acknowledged; null: you have no such client."""

    id: str
    messages: tuple[Letter, ...] | None


class MailOfClients(msgspec.Struct, frozen=True, kw_only=True):
    """The messages of several clients."""

    clients: tuple[ClientMail, ...]
