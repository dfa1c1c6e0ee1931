"""A browser's TCP socket: a stream of bytes each way, each direction ended on its own.

Three tasks: what the browser sends is accepted at once, so that pings go on; it is written to the
lab as fast as the kernel takes it; what the lab sends is read as fast as the browser takes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import deque
from typing import Any

from backend.domain.errors import BadInput
from backend.domain.events import ClientEof, ClientReceived, ClientSent, ClientShutdown
from backend.domain.window import CreditWindow
from backend.runtime import kernel
from backend.runtime.client import READ_BYTES, Browser, Client, ClientError

LINGER_S = 2.0  # for the lab to take what a browser sent before it closed
LOOK_AGAIN_S = 0.05
LOOK_AGAIN_AT_MOST_S = 1.0


class TcpClient(Client):
    """A stream, with both its directions closed one by one.

    What the browser sends waits in a queue of at most a window's size until the kernel takes it;
    only then is credit granted again.
    """

    transport = "tcp"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._window = CreditWindow(self._settings.window_bytes)
        self._outgoing: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._shut = False  # the browser closed its direction
        self._writing_ended = asyncio.Event()

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        """Run the three directions until both ends are done, or one is gone."""
        accept = asyncio.create_task(self._accept_from(browser))
        write = asyncio.create_task(self._write_to_lab(sock, browser))
        read = asyncio.create_task(self._read_from_lab(sock, browser))
        tasks = (accept, write, read)
        try:
            await asyncio.wait({accept, read}, return_when=asyncio.FIRST_COMPLETED)
            if read.done():
                await read
                await self._wait_for_both_ends(accept, write)
            else:
                await accept
                self._end_writing()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(write), LINGER_S)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept_from(self, browser: Browser) -> None:
        """Take what the browser sends, never waiting for the lab: so pings go on."""
        while (message := await browser.receive()) is not None:
            if isinstance(message, str):
                control = await self._control(browser, message)
                if control == "shutdown":
                    self._end_writing()
                elif control is not None:
                    await self._refuse_control(browser, message)
            elif self._shut:
                await self._report(
                    browser,
                    ClientError("bad_message", "You closed your direction with shutdown already."),
                )
            else:
                try:
                    self._window.take(len(message))
                except BadInput as error:
                    await self._report(browser, ClientError(error.code, error.message))
                    return
                self._outgoing.append(message)
                self._news.set()

    def _end_writing(self) -> None:
        self._shut = True
        self._news.set()

    async def _write_to_lab(self, sock: socket.socket, browser: Browser) -> None:
        """Pass the queue on; half-close when the browser did. Ends when nothing can be written."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                while self._outgoing:
                    data = self._outgoing[0]
                    await loop.sock_sendall(sock, data)
                    self._outgoing.popleft()
                    self._tell(ClientSent, data)
                    if grant := self._window.release(len(data)):
                        await browser.send_control({"type": "credit", "bytes": grant})
                if self._shut:
                    sock.shutdown(socket.SHUT_WR)
                    self._publish(
                        ClientShutdown(t=time.monotonic(), client=self.id, run=self.run_id)
                    )
                    return
                self._news.clear()
                await self._news.wait()
        except OSError:
            # The lab is gone. What it sent before is still to be read; reading tells why it went.
            return
        finally:
            self._writing_ended.set()

    async def _read_from_lab(self, sock: socket.socket, browser: Browser) -> None:
        """Pass on what the lab sends, up to its FIN. Raises OSError, ConnectionResetError."""
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(sock, READ_BYTES):
            self._tell(ClientReceived, data)
            await browser.send(data)
        self._publish(ClientEof(t=time.monotonic(), client=self.id, run=self.run_id))
        await browser.send_control({"type": "eof"})

    async def _wait_for_both_ends(
        self, accept: asyncio.Task[None], write: asyncio.Task[None]
    ) -> None:
        """After the lab's FIN: wait until our direction has ended, too, or has no reader."""
        assert self._local is not None
        pause_s = LOOK_AGAIN_S
        while not (accept.done() or write.done()):
            if not kernel.tcp_socket_is_held(self._peer, self._local):
                return
            await asyncio.wait(
                {accept, write}, timeout=pause_s, return_when=asyncio.FIRST_COMPLETED
            )
            pause_s = min(2 * pause_s, LOOK_AGAIN_AT_MOST_S)
