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
from backend.runtime.bridge.client import READ_BYTES, Client
from backend.runtime.bridge.problems import problem_of

SURPLUS_S = 1.0  # between two words on datagrams that were let go


class UdpClient(Client):
    """Datagrams. At most one waits here: the next is taken when the kernel has this one."""

    transport: Transport = "udp"
    controls = "none for UDP"

    _gone: asyncio.Future[None]  # the browser
    _waiting: bytes | None = None  # the datagram that the kernel had no room for
    _surplus = 0  # datagrams that were let go, of which the browser has not yet been told
    _surplus_timer: asyncio.TimerHandle | None = None

    def _make_socket(self, family: socket.AddressFamily) -> socket.socket:
        return socket.socket(family, socket.SOCK_DGRAM)

    async def _carry(self) -> None:
        """Carry datagrams until the browser has gone."""
        self._gone = self._loop.create_future()
        self._listen()
        self._browser.attach(self)
        try:
            await self._gone
        finally:
            if self._surplus_timer is not None:
                self._surplus_timer.cancel()
            if self._surplus:
                self._teller.tell_survived(self._too_fast())

    def browser_has_gone(self) -> None:
        """End."""
        if not self._gone.done():
            self._gone.set_result(None)

    # From the browser

    def _take(self, message: bytes | str) -> None:
        if isinstance(message, str):
            self._refuse_control(message)
        elif self._is_silenced() or self._send(message):
            self._grant_again(message)
        else:
            self._waiting = message
            self._loop.add_writer(self._sock, self._guard, self._send_waiting)
        if self._waiting is not None or not self._browser.is_ready:
            self._browser.hold()

    def _flush(self) -> None:
        pass  # each datagram has gone by itself

    def _grant_again(self, message: bytes) -> None:
        if message:
            self._credit.grant(len(message))

    def _send(self, data: bytes) -> bool:
        """Send a datagram, or let it go; return False when the kernel has no room for it yet."""
        if self._pace and not self._pace.allows(len(data), time.monotonic()):
            self._count_surplus()
            return True
        if not self._is_ours(*self._peer) and kernel.udp_port_is_bound(self._peer):
            message = (
                f"The lab has ended, and {as_text(self._peer)} belongs to another program now. "
                "Nothing was sent."
            )
            self._report(Problem(code="foreign", message=message))
            return True
        return self._send_to_lab(data)

    def _send_to_lab(self, data: bytes) -> bool:
        began = time.monotonic()
        try:
            try:
                self._sock.send(data)
            except ConnectionRefusedError as error:
                # What an earlier datagram met: send(2) reports it, and sends nothing itself.
                self._report(problem_of(error, self.transport))
                began = time.monotonic()
                self._sock.send(data)
        except BlockingIOError:
            return False
        except OSError as error:
            self._report(problem_of(error, self.transport))
        else:
            self._teller.tell_sent(data, began)
        return True

    def _send_waiting(self) -> None:
        """Send the datagram that waits, now that the kernel may have room."""
        assert self._waiting is not None
        if self._send_to_lab(self._waiting):
            self._loop.remove_writer(self._sock)
            waited, self._waiting = self._waiting, None
            self._grant_again(waited)
            if self._browser.is_ready:
                self._browser.go_on()

    # From the lab

    def _read_from_lab(self) -> None:
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            self._listen()  # send(2) has met the error
        except OSError as error:
            self._listen()
            self._report(problem_of(error, self.transport))
        else:
            if self._pass_on(data):
                return
        if not self._browser.is_ready:
            self._loop.remove_reader(self._sock)

    def _go_on(self) -> None:
        self._listen()
        if self._waiting is None:
            self._browser.go_on()

    # Who is too fast

    def _count_surplus(self) -> None:
        """Count a datagram that is let go; the browser is told once in a while how many."""
        if not self._surplus:
            self._surplus_timer = self._loop.call_later(SURPLUS_S, self._guard, self._tell_surplus)
        self._surplus += 1

    def _tell_surplus(self) -> None:
        problem, self._surplus = self._too_fast(), 0
        self._report(problem)

    def _too_fast(self) -> Problem:
        message = (
            f"{self._surplus} datagrams were not sent: a client may send "
            f"{self._settings.client_messages_rate} datagrams and "
            f"{self._settings.client_bytes_rate} bytes a second here."
        )
        return Problem(code="limit", message=message)
