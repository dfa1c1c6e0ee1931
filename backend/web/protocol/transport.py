"""A connection that ends so that the other side gets our last words.

close(2) with bytes unread makes the kernel send RST, which destroys what the other side has not yet
read: a 413, or the close frame with 1009, would be lost (RFC 9112, 9.6; RFC 6455, 7.1.1). So where
more may be coming, our direction ends first, and what comes is thrown away until the other one ends
too, for LINGER_S at most. Who does not read at all is cut by web/unread.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

LINGER_S = 2.0  # for the other side to read our last words and close


class LingeringTransport(asyncio.Transport):
    """The transport that the event loop made, closed with care."""

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self.has_unread = False  # more is on its way that nobody here will read
        self._transport = transport
        self._is_closing = False
        self._lingering: _Lingering | None = None

    def close(self) -> None:
        """End the connection, when what was written is sent."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._transport.is_closing():
            return
        if self.has_unread:
            self._lingering = _Lingering(self._transport.get_protocol())
            self._transport.set_protocol(self._lingering)
            self._transport.resume_reading()
            if self._transport.can_write_eof():
                self._transport.write_eof()
            else:  # TLS: it says so itself, and takes what comes until the other side answers
                self._transport.close()
            asyncio.get_running_loop().call_later(LINGER_S, self._transport.abort)
        else:
            self._transport.close()

    def abort(self) -> None:
        """End the connection now."""
        self._is_closing = True
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether the connection ends."""
        return self._is_closing or self._transport.is_closing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes; after the end they are let go."""
        if not self._is_closing:
            self._transport.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send bytes piece by piece, without a copy of them all; as write()."""
        if not self._is_closing:
            self._transport.writelines(list_of_data)

    def pause_reading(self) -> None:
        """Let bytes wait in the kernel."""
        if not self.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take bytes again."""
        if not self.is_closing():
            self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait here to be sent."""
        return self._transport.get_write_buffer_size()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Let another protocol have what comes."""
        if self._lingering is None:
            self._transport.set_protocol(protocol)
        else:
            self._lingering.protocol = protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the loop's own transport knows."""
        return self._transport.get_extra_info(name, default)


class _Lingering(asyncio.Protocol):
    """Throws away what comes; the protocol that it stands in for still learns of the end."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def connection_lost(self, exc: Exception | None) -> None:
        self.protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self.protocol.pause_writing()

    def resume_writing(self) -> None:
        self.protocol.resume_writing()
