"""A browser's UDP socket: one binary message is one datagram, in both directions.

It is connected (connect(2) for SOCK_DGRAM): the kernel lets in only datagrams of the lab, and
reports an ICMP port unreachable as ECONNREFUSED. It stays open after any error, as UDP does. Once
the lab has ended, nothing is sent to another program that took its port.
"""

from __future__ import annotations

import asyncio
import socket
import time

from backend.domain.addresses import as_text
from backend.domain.events import Problem, Transport
from backend.runtime import kernel
from backend.runtime.bridge.client import READ_BYTES, Browser, Client, run_parts
from backend.runtime.bridge.problems import problem_of

SURPLUS_S = 1.0  # between two words on datagrams that were let go


class UdpClient(Client):
    """Datagrams. None waits here: the browser's next one is taken when the kernel has this one."""

    transport: Transport = "udp"
    controls = "none for UDP"

    _surplus = 0  # datagrams that were let go, of which the browser has not yet been told

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        return socket.socket(family, socket.SOCK_DGRAM)

    async def _carry(self, sock: socket.socket, browser: Browser) -> None:
        """Carry datagrams until the browser has gone."""
        parts = (
            self._send_from_browser(sock, browser),
            self._receive_from_lab(sock, browser),
            self._tell_surplus(browser),
        )
        try:
            async with run_parts(*parts) as tasks:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._surplus:
                self._teller.tell_survived(self._too_fast())

    async def _send_from_browser(self, sock: socket.socket, browser: Browser) -> None:
        while (message := await browser.receive()) is not None:
            if isinstance(message, str):
                await self._refuse_control(browser, message)
                continue
            if not await self._is_silenced(browser):
                await self._send(sock, browser, message)
            if message:
                await browser.send_control({"type": "credit", "bytes": len(message)})

    async def _tell_surplus(self, browser: Browser) -> None:
        """Tell the browser, once in a while, how many datagrams were let go."""
        while True:
            await asyncio.sleep(SURPLUS_S)
            if self._surplus:
                problem, self._surplus = self._too_fast(), 0
                await self._report(browser, problem)

    def _too_fast(self) -> Problem:
        message = (
            f"{self._surplus} datagrams were not sent: a client may send "
            f"{self._settings.client_messages_rate} datagrams and "
            f"{self._settings.client_bytes_rate} bytes a second here."
        )
        return Problem(code="limit", message=message)

    async def _send(self, sock: socket.socket, browser: Browser, data: bytes) -> None:
        if self._pace and not self._pace.allows(len(data), time.monotonic()):
            self._surplus += 1
            return
        if not self._is_ours(*self._peer) and kernel.udp_port_is_bound(self._peer):
            message = (
                f"The lab has ended, and {as_text(self._peer)} belongs to another program now. "
                "Nothing was sent."
            )
            await self._report(browser, Problem(code="foreign", message=message))
            return
        try:
            try:
                await _send_datagram(sock, data)
            except ConnectionRefusedError as error:
                # What an earlier datagram met: send(2) reports it, and sends nothing itself.
                await self._report(browser, problem_of(error, self.transport))
                await _send_datagram(sock, data)
        except OSError as error:
            await self._report(browser, problem_of(error, self.transport))
        else:
            self._teller.tell_sent(data)

    async def _receive_from_lab(self, sock: socket.socket, browser: Browser) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data = await loop.sock_recv(sock, READ_BYTES)
            except OSError as error:
                await self._report(browser, problem_of(error, self.transport))
            else:
                self._teller.tell_received(data)
                await browser.send(data)


async def _send_datagram(sock: socket.socket, data: bytes) -> None:
    if data:
        await asyncio.get_running_loop().sock_sendall(sock, data)
    else:
        sock.send(data)  # an empty datagram is one, too, but uvloop's sock_sendall sends none
