"""WebSockets: uvicorn's protocol on the websockets library, with last words for everybody.

A handshake that fails is answered as all errors are. A connection that breaks a rule gets the close
frame that says so, and the handler learns that it was we who closed, and why: the disconnect
message has the key CUT then.
"""

from __future__ import annotations

import struct
from typing import Any, cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.exceptions import SecurityError
from websockets.frames import CloseCode, Opcode
from websockets.http11 import Request

from backend.domain.forwarded import caller_of
from backend.settings import Settings
from backend.web.protocol.connections import Connections
from backend.web.protocol.transport import LingeringTransport
from backend.web.refusals import RefusalCode, refusal_as_http

# In a disconnect message: the server ended the connection. In a scope's extensions: what ends it.
CUT = "socketlab.cut"
# There, too: what sends text whose bytes many are sent.
SEND_SHARED = "socketlab.send_shared"


class WebSocketConnection(WebSocketsSansIOProtocol):
    """One WebSocket, from the handshake on."""

    transport: LingeringTransport

    def __init__(
        self, *args: Any, settings: Settings, connections: Connections, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._trusted = settings.trusted_networks
        self._connections = connections
        self._is_cut = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.release(self.transport)
        self.transport.has_unread = False
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; what was right before something wrong still counts."""
        self.conn.receive_data(data)
        self.handle_events()
        if self.conn.parser_exc is not None:
            self.handle_parser_exception()
        elif self.conn.handshake_exc is not None and not self.handshake_initiated:
            is_long = isinstance(self.conn.handshake_exc, SecurityError)
            code: RefusalCode = "headers_too_large" if is_long else "bad_handshake"
            self._refuse(code, f"The handshake failed: {self.conn.handshake_exc}.")

    # The handshake

    def handle_connect(self, event: Request) -> None:
        """Let the application answer a handshake that is one (RFC 6455, 4.2.1)."""
        response = self.conn.accept(event)
        if response.status_code == 101:
            self._note_caller(event.headers)
            super().handle_connect(event)
            # Its task has not begun: the application finds these in its scope.
            extensions = cast(dict[str, Any], self.scope)["extensions"]
            extensions[CUT] = self.cut
            extensions[SEND_SHARED] = self.send_shared
            return
        error = self.conn.handshake_exc
        headers = {}
        code: RefusalCode = "bad_handshake"
        if response.status_code == 405:
            code, headers = "method_not_allowed", {"allow": "GET, OPTIONS"}
        elif _version(event.headers) != "13":
            code = "upgrade_required"
            headers = {"upgrade": "websocket", "sec-websocket-version": "13"}
        self._refuse(code, f"The handshake failed: {error}.", headers)

    def _note_caller(self, headers: Headers) -> None:
        """Take it from a proxy of ours who asks, and with which scheme."""
        if self.client is None or not self._trusted:
            return
        raw = [
            (name.lower().encode("ascii"), value.encode("latin-1", "replace"))
            for name, value in headers.raw_items()
        ]
        caller = caller_of(self.client[0], raw, self._trusted)
        if caller.address != self.client[0]:
            self.client = (caller.address, 0)
        if caller.scheme:
            self.scheme = "wss" if caller.scheme == "https" else "ws"

    def _refuse(
        self, code: RefusalCode, message: str, headers: dict[str, str] | None = None
    ) -> None:
        fields = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        self.transport.write(refusal_as_http(code, message, [*self.default_headers, *fields]))
        self.handshake_complete = True
        self.close_sent = True
        self.transport.has_unread = True
        self.transport.close()

    # The end

    def send_receive_event_to_app(self) -> None:
        """Pass a message on; text that is not UTF-8 ends the connection (RFC 6455, 8.1)."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError as error:
                self.frames = []
                reason = f"text that is not UTF-8: {error.reason} at position {error.start}"
                self.conn.fail(CloseCode.INVALID_DATA, reason)
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        """Say what was wrong and close, so that the other side can still read it."""
        if not self.close_sent and self.handshake_complete and self.conn.close_sent is not None:
            self._tell_cut(self.conn.close_sent.code, self.conn.close_sent.reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
        self.transport.has_unread = True
        self.transport.close()

    def keepalive_timeout(self) -> None:
        """Give up on one who answers no ping; the handler learns of it at once."""
        if not (self.close_sent or self.transport.is_closing()):
            reason = f"no answer to a ping within {self.ping_timeout:g} s"
            self._tell_cut(CloseCode.INTERNAL_ERROR, reason)
        super().keepalive_timeout()

    def cut(self, code: int, reason: str) -> None:
        """End the connection from outside of its handler, which learns of it at once."""
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self._tell_cut(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.has_unread = True
        self.transport.close()

    async def send(self, message: ASGISendEvent) -> None:
        """Send for the application; one that has not yet heard of a cut learns it here."""
        if self._is_cut:
            raise ClientDisconnected
        await super().send(message)

    async def send_shared(self, text: bytes) -> None:
        """Send a text message without a copy of it; return when more may be sent.

        Raises ClientDisconnected.
        """
        if self.disconnected or self.close_sent or self._is_cut:
            raise ClientDisconnected
        self.transport.writelines((frame_head(Opcode.TEXT, len(text)), text))
        await self.writable.wait()  # only then is there to be more: one text waits here, not two

    def _tell_cut(self, code: int, reason: str) -> None:
        self._is_cut = True
        message = {"type": "websocket.disconnect", "code": code, "reason": reason, CUT: True}
        self.queue.put_nowait(cast(ASGIReceiveEvent, message))


def frame_head(opcode: Opcode, size_bytes: int) -> bytes:
    """Return what stands before the payload of a whole message of a server (RFC 6455, 5.2)."""
    first = 0x80 | opcode
    if size_bytes < 126:
        return bytes((first, size_bytes))
    if size_bytes < 65536:
        return struct.pack("!BBH", first, 126, size_bytes)
    return struct.pack("!BBQ", first, 127, size_bytes)


def text_frame(text: bytes) -> bytes:
    """Return a whole message of text, in UTF-8, of a server."""
    return frame_head(Opcode.TEXT, len(text)) + text


def _version(headers: Headers) -> str:
    versions = headers.get_all("Sec-WebSocket-Version")
    return versions[0] if len(versions) == 1 else ""
