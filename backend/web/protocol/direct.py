"""A WebSocket whose messages pass without ASGI: the data path of bridge, viewers and tracers.

The application accepts it as any other, so gate and access are the same; then its handler attaches
a listener, which hears each message in the callback that brings it, and sends without waiting.
Whole messages in one frame, nearly all that come, are unmasked here; every other frame goes to the
websockets library, whole, which knows all the rules.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

from uvicorn._types import ASGIReceiveEvent
from websockets.frames import Opcode, apply_mask  # type: ignore[attr-defined]
from websockets.http11 import Request

from backend.web.protocol.websocket import CUT, WebSocketConnection, frame_head, text_frame

DIRECT = "socketlab.direct"  # in a scope's extensions: the connection
JOINED_BYTES = 4096  # up to here a copy costs less than a second buffer

# FIN: a message in one frame
_BINARY, _TEXT = 0x80 | int(Opcode.BINARY), 0x80 | int(Opcode.TEXT)
_MASKED = 0x80
_SHORT_BYTES = 125  # of a message whose length stands in the second byte (RFC 6455, 5.2)
_SHORT_HEAD_BYTES = 6  # of its frame, with the mask
_OPCODES = frozenset(Opcode)
_LENGTH_16, _LENGTH_64 = struct.Struct("!H"), struct.Struct("!Q")


@dataclass(frozen=True)
class Cut:
    """Why we ended a connection."""

    code: int
    reason: str


class Listener(Protocol):
    """What hears a connection. None of these raises or waits."""

    def take(self, message: bytes | str) -> None:
        """Take a message."""

    def flush(self) -> None:
        """Note that for now no message follows those that were taken."""

    def take_last(self, message: bytes) -> None:
        """Take a message after which for now none follows: `take` and `flush` in one."""

    def line_is_writable(self) -> None:
        """Note that more may be sent again."""

    def line_has_ended(self, cut: Cut | None) -> None:
        """Note that nothing comes any more."""


class _Inbox(asyncio.Queue[ASGIReceiveEvent]):
    """uvicorn's queue of what the application receives; a listener hears it at once."""

    listener: Listener | None = None

    def put_nowait(self, item: ASGIReceiveEvent) -> None:
        """Tell the listener, or keep it until it is asked for."""
        if self.listener is None:
            super().put_nowait(item)
        else:
            self.tell(self.listener, cast(dict[str, Any], item))

    def tell(self, listener: Listener, event: dict[str, Any]) -> None:
        """Tell a listener what the application would have received."""
        if event["type"] == "websocket.disconnect":
            cut = Cut(event["code"], event["reason"]) if CUT in event else None
            listener.line_has_ended(cut)
        elif event["type"] == "websocket.receive":
            data = event.get("bytes")
            listener.take(event["text"] if data is None else data)


class DirectConnection(WebSocketConnection):
    """One WebSocket, to which a listener can be attached."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = self._inbox = _Inbox()
        self._rest = bytearray()  # of a frame that has not come whole

    def handle_connect(self, event: Request) -> None:
        """Give the application this connection, too."""
        super().handle_connect(event)
        if not self.handshake_complete:
            cast(dict[str, Any], self.scope)["extensions"][DIRECT] = self

    # For the handler

    @property
    def is_writable(self) -> bool:
        """Whether the buffer of what is sent has room."""
        return self.writable.is_set()

    def attach(self, listener: Listener) -> None:
        """Let a listener hear all that comes, and what has come already."""
        self._inbox.listener = listener
        self.resume_reading()
        self.read_paused = True  # for uvicorn, which pauses after each message where it is not
        while not self._inbox.empty():
            self._inbox.tell(listener, cast(dict[str, Any], self._inbox.get_nowait()))
        listener.flush()

    def detach(self) -> None:
        """Let the application receive again what comes."""
        self._inbox.listener = None
        self.resume_reading()
        self.read_paused = False

    def pause_reading(self) -> None:
        """Let what comes wait in the kernel."""
        self.transport.pause_reading()

    def resume_reading(self) -> None:
        """Take what comes again."""
        self.transport.resume_reading()

    def send_binary(self, data: bytes, *, after: bytes = b"") -> bool:
        """Send a message of bytes, in one piece with a frame before; return as `send_frame` does.

        After the end both are let go.
        """
        if not (self.disconnected or self.close_sent or self._is_cut):
            head = after + frame_head(Opcode.BINARY, len(data))
            if len(data) <= JOINED_BYTES:
                self.transport.write(head + data)
            else:
                self.transport.writelines((head, data))
        return self.writable.is_set()

    def send_text(self, text: bytes) -> None:
        """Send a message of text, in UTF-8; after the end it is let go."""
        self.send_frame(text_frame(text))

    def send_frame(self, frame: bytes) -> bool:
        """Send a whole frame as it is; return whether the buffer has room for more.

        After the end it is let go.
        """
        if not (self.disconnected or self.close_sent or self._is_cut):
            self.transport.write(frame)
        return self.writable.is_set()

    # What the connection brings

    def resume_writing(self) -> None:
        """Tell the listener that there is room."""
        super().resume_writing()
        if self._inbox.listener is not None:
            self._inbox.listener.line_is_writable()

    def data_received(self, data: bytes) -> None:
        """Take what came. The library gets frames whole, so that it never stands within one."""
        if not self.handshake_initiated:
            super().data_received(data)
        elif self._rest:
            self._take_pieces(data)
        elif (taken := self._take_short(data)) < len(data):
            self._take_pieces(data[taken:])

    def _take_short(self, data: bytes) -> int:
        """Take the short messages of bytes with which a piece begins; return their size.

        Such messages are what comes most, and nearly always one alone.
        """
        at, size, limit_bytes = 0, len(data), min(_SHORT_BYTES, self.config.ws_max_size)
        while (
            size - at >= _SHORT_HEAD_BYTES
            and data[at] == _BINARY
            and (length := data[at + 1] ^ _MASKED) <= limit_bytes
            and (end := at + _SHORT_HEAD_BYTES + length) <= size
            and (listener := self._inbox.listener) is not None
            and self._expects_message()
        ):
            start = at + _SHORT_HEAD_BYTES
            message = apply_mask(data[start:end], data[at + 2 : start])
            at = end
            if at == size:
                listener.take_last(message)
            else:
                listener.take(message)
        return at

    def _take_pieces(self, data: bytes) -> None:
        """Take whatever came, as far as it is whole."""
        buffer: bytes | bytearray = data
        if self._rest:
            self._rest += data
            buffer, self._rest = self._rest, bytearray()
        taken = self._take_frames(memoryview(buffer))
        if taken < len(buffer):
            if taken or buffer is data:
                buffer = bytearray(memoryview(buffer)[taken:])
            self._rest = cast(bytearray, buffer)
        if self._inbox.listener is not None:
            self._inbox.listener.flush()

    def _take_frames(self, came: memoryview) -> int:
        """Take the frames that have come whole; return their size.

        One that is wrong or too long is left to the library, which says so without its payload.
        """
        at = 0
        while (frame := frame_at(came, at)) is not None:
            if not frame.is_right or frame.end - frame.start > self.config.ws_max_size:
                super().data_received(bytes(came[at:]))
                return len(came)
            if frame.end > len(came):
                break
            listener = self._inbox.listener
            message: bytes | str | None = None
            if listener is not None and frame.is_whole_message and self._expects_message():
                message = _message_of(came[at : frame.end], frame.start - at)
            if listener is not None and message is not None:
                listener.take(message)
            else:
                super().data_received(bytes(came[at : frame.end]))
            at = frame.end
        return at

    def _expects_message(self) -> bool:
        """Whether the library stands between two messages of an open connection."""
        conn = self.conn
        has_ended = conn.close_rcvd or conn.close_sent or conn.parser_exc
        return not (self.frames or self.close_sent or has_ended)


class Frame(NamedTuple):
    """Where the payload of a frame is, and what its head says of it.

    `is_right`: its opcode is one, and it is masked. `is_whole_message`: it is a message of its own.
    """

    start: int
    end: int
    is_right: bool
    is_whole_message: bool


def frame_at(came: memoryview, at: int) -> Frame | None:
    """Return the frame that begins there (RFC 6455, 5.2); None when its head has not come whole."""
    if len(came) - at < 2:
        return None
    first, second = came[at], came[at + 1]
    size, start = second & 0x7F, at + 2
    if size >= 126:
        length = _LENGTH_16 if size == 126 else _LENGTH_64
        if len(came) - start < length.size:
            return None
        (size,) = length.unpack_from(came, start)
        start += length.size
    if second & _MASKED:
        start += 4
        if len(came) < start:
            return None
    is_right = first & 0x0F in _OPCODES and bool(second & _MASKED)
    return Frame(start, start + size, is_right, first in (_BINARY, _TEXT))


def _message_of(frame: memoryview, start: int) -> bytes | str | None:
    """Return the message in a frame whose payload starts there.

    None for text that is not UTF-8: the library says what that means (RFC 6455, 8.1).
    """
    payload = apply_mask(frame[start:], bytes(frame[start - 4 : start]))
    if frame[0] == _BINARY:
        return payload
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None
