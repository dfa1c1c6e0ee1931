"""A browser's UDP socket: one binary message is one datagram, in both directions."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from backend.domain.events import ClientReceived, ClientSent
from backend.runtime import kernel
from backend.runtime.client import READ_BYTES, Browser, Client, ClientError, shown


class UdpClient(Client):
    """Datagrams: one binary message is one datagram, in both directions.

    The socket is connected (connect(2) for SOCK_DGRAM): the kernel lets in only datagrams of the
    lab, and reports an ICMP port unreachable as ECONNREFUSED. It stays open after any error.
    """

    transport = "udp"

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        return socket.socket(family, socket.SOCK_DGRAM)

    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        receive = asyncio.create_task(self._receive(sock, browser))
        try:
            while (message := await browser.receive()) is not None:
                if isinstance(message, str):
                    await self._refuse_control(browser, message)
                    continue
                await self._send(sock, browser, message)
                if message:
                    await browser.send_control({"type": "credit", "bytes": len(message)})
        finally:
            receive.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await receive

    async def _send(self, sock: socket.socket, browser: Browser, data: bytes) -> None:
        if not self._is_ours(*self._peer) and kernel.udp_port_is_bound(self._peer):
            message = f"The lab has ended, and {shown(self._peer)} belongs to another program now."
            await self._report(browser, ClientError("refused", message))
            return
        loop = asyncio.get_running_loop()
        for attempt in (1, 2):
            try:
                await loop.sock_sendall(sock, data) if data else sock.send(data)
            except ConnectionRefusedError as error:
                # send(2) reports what an earlier datagram met, and sends nothing itself.
                await self._report(browser, error)
                if attempt == 1:
                    continue
            except OSError as error:
                await self._report(browser, error)
            else:
                self._tell(ClientSent, data)
            return

    async def _receive(self, sock: socket.socket, browser: Browser) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data = await loop.sock_recv(sock, READ_BYTES)
            except OSError as error:
                await self._report(browser, error)
            else:
                self._tell(ClientReceived, data)
                await browser.send(data)
