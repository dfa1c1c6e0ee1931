"""HTTP/1.1 with bounds: uvicorn's protocol on httptools, which has none of its own.

The head of a request (target, number and size of headers) is measured while it comes, and a request
has a time to be complete; what is over a bound is answered and the connection closed. A request to
go on in another protocol than WebSocket (`curl --http2`) is answered as if it had not asked (RFC
9110, 7.8).
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend.domain.forwarded import caller_of, is_within
from backend.settings import Settings
from backend.web.protocol.connections import Connections
from backend.web.protocol.transport import LingeringTransport
from backend.web.refusals import RefusalCode, refusal_as_http

log = logging.getLogger("uvicorn.error")


class _RefusedError(Exception):
    """Makes the parser stop; why stands in `_refusal`."""


class HttpConnection(HttpToolsProtocol):
    """One connection: requests one after the other, each within the bounds."""

    transport: LingeringTransport

    def __init__(
        self, *args: Any, settings: Settings, connections: Connections, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._settings = settings
        self._trusted = settings.trusted_networks
        self._peer = ""
        self._connections = connections
        self._is_in_head = True  # until the empty line after the headers, and after a whole request
        self._head_bytes = 0  # received of a head that is not complete
        self._fields_bytes = 0  # of the headers that are complete
        self._completed = 0  # requests
        self._skips_upgrade = False
        self._request_line = b""  # of a request whose upgrade is skipped
        self._refusal: tuple[RefusalCode, str] | None = None
        self._deadline: asyncio.TimerHandle | None = None

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in, or say that there are too many."""
        line = LingeringTransport(transport)
        super().connection_made(line)
        self._peer = self.client[0] if self.client else ""
        is_proxy = is_within(self._peer, self._trusted)
        if self._connections.admit(line, None if is_proxy else self._peer):
            self._set_deadline()
            return
        self._connections.tell_full()
        if self._connections.may_answer(line):
            self._refuse("busy", "Too many connections are open. Close some, then try again.")
        else:
            line.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._drop_deadline()
        self._connections.release(self.transport)
        self.transport.has_unread = False
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read a piece of a request, or of several."""
        if self._refusal is not None or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        if self._deadline is None and self._is_in_head:
            self._set_deadline()
        was_in_head, completed = self._is_in_head, self._completed
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._skips_upgrade:
                self._read_again_without_upgrade(data[upgrade.args[0] :])
            else:
                self.handle_websocket_upgrade()
            return
        except httptools.HttpParserError as error:
            self._refuse(*(self._refusal or ("bad_request", _words(error))))
            return
        if was_in_head and self._is_in_head and completed == self._completed:
            self._head_bytes += len(data)
            if self._head_bytes > self._head_limit_bytes:
                self._refuse("headers_too_large", self._too_large())

    def handle_websocket_upgrade(self) -> None:
        """Let the WebSocket's protocol have the connection."""
        self._drop_deadline()
        self._connections.work(self.transport)
        self.transport.has_unread = False
        super().handle_websocket_upgrade()

    # What the parser finds

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._fields_bytes = 0
        if self._deadline is None:
            self._set_deadline()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the target; it may be longer than its bound by no more than a piece."""
        super().on_url(url)
        limit = self._settings.target_limit_bytes
        if len(self.url) > limit:
            self._stop(
                "target_too_long", f"The path with its query may have {limit} bytes at most."
            )

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        super().on_header(name, value)
        limit = self._settings.headers_limit
        if len(self.headers) > limit:
            self._stop("headers_too_large", f"A request may have {limit} headers at most.")
        self._fields_bytes += len(name) + len(value) + len(": \r\n")
        if self._fields_bytes > self._settings.headers_limit_bytes:
            self._stop("headers_too_large", self._too_large())

    def on_headers_complete(self) -> None:
        """Begin to answer; what asks for another protocol is read again, without asking."""
        method: bytes = self.parser.get_method()
        if method == b"CONNECT":
            self._stop("method_not_allowed", "This is no proxy: CONNECT leads nowhere.")
        if not self.url.isascii():
            self._stop("bad_request", "The path has bytes that are not ASCII: write them as %XX.")
        self._is_in_head = False
        self.transport.has_unread = True
        self._skips_upgrade = self.parser.should_upgrade() and not self._should_upgrade()
        if self._skips_upgrade:
            self._request_line = b"%b %b HTTP/%b\r\n" % (
                method,
                self.url,
                self.parser.get_http_version().encode("ascii"),
            )
            return
        self._connections.work(self.transport)
        if self._trusted:
            self._note_caller()
        super().on_headers_complete()

    def _note_caller(self) -> None:
        """Take it from a proxy of ours who asks, and with which scheme."""
        caller = caller_of(self._peer, self.headers, self._trusted)
        if caller.address != self._peer:
            if not self._connections.speak_for(self.transport, caller.address):
                self._stop("busy", "Too many connections are open. Close some, then try again.")
            self.scope["client"] = (caller.address, 0)
        if caller.scheme:
            self.scope["scheme"] = caller.scheme

    def on_message_complete(self) -> None:
        """Note the end of a request."""
        if not self._skips_upgrade:
            self._end_request()
            super().on_message_complete()

    def _end_request(self) -> None:
        self._drop_deadline()
        self._is_in_head = True
        self._head_bytes = 0
        self._completed += 1
        self.transport.has_unread = False

    def on_response_complete(self) -> None:
        """Note the end of an answer."""
        super().on_response_complete()
        if self._is_in_head and not self.pipeline and not self.transport.is_closing():
            self._connections.wait(self.transport)

    def _read_again_without_upgrade(self, rest: bytes) -> None:
        """Read the head once more without its wish, and then its body, which the parser left."""
        self._skips_upgrade = False
        self._is_in_head = True
        head = [self._request_line]
        wishes = (b"upgrade", b"http2-settings")
        for name, value in self.headers:
            if name == b"connection":
                options = (option.strip() for option in value.split(b","))
                kept = b", ".join(option for option in options if option.lower() not in wishes)
                head += [name, b": ", kept, b"\r\n"]
            elif name not in wishes:
                head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"".join(head) + b"\r\n" + rest)

    # Bounds

    @property
    def _head_limit_bytes(self) -> int:
        return self._settings.target_limit_bytes + self._settings.headers_limit_bytes

    def _too_large(self) -> str:
        limit = self._settings.headers_limit_bytes
        return f"The headers of a request may have {limit} bytes at most."

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(self._settings.request_timeout_s, self._on_deadline)

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _on_deadline(self) -> None:
        """End what is not complete in time; where it is we that do not read, wait again."""
        self._deadline = None
        is_answered = self.cycle is not None and self.cycle.response_complete
        if self.flow.read_paused:
            self._set_deadline()
        elif (self._is_in_head and not self._head_bytes) or (not self._is_in_head and is_answered):
            self.transport.close()  # nothing was asked, or all is said
        else:
            limit_s = self._settings.request_timeout_s
            self._refuse("request_timeout", f"The request was not complete after {limit_s:g} s.")

    def _stop(self, code: RefusalCode, message: str) -> None:
        """Refuse from within the parser."""
        self._refusal = (code, message)
        raise _RefusedError

    def _refuse(self, code: RefusalCode, message: str) -> None:
        """Answer what cannot be served, after the answers before it, and close."""
        self._refusal = (code, message)
        self._drop_deadline()
        self.transport.has_unread = True
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self._is_in_head or self.pipeline:
                cycle.keep_alive = False  # it is of an earlier request: its answer is the last
                return
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        self.transport.write(refusal_as_http(code, message, self.server_state.default_headers))
        self.transport.close()


def _words(error: httptools.HttpParserError) -> str:
    """Say why the parser stopped; a defect of ours in one of its calls goes to the log, too."""
    if isinstance(error, httptools.HttpParserCallbackError):
        cause = error.__context__
        if not isinstance(cause, httptools.HttpParserInvalidURLError):
            log.error("A request could not be read", exc_info=cause)
        return "The target of the request is no path."
    return f"This is no HTTP/1.1: {error}."
