"""The browser's end of a client over plain HTTP: what was posted, and what was not fetched.

What is posted is taken by the bridge one message after the other, in the order of its numbers and
each once, however often it comes. What the lab says waits here, numbered, until the browser
acknowledges it; where too much waits, the lab is not read any more, as on a WebSocket.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Any

from backend.domain.errors import ClientEnded, InvalidRequest, NotTaken, OutOfTurn
from backend.domain.events import Problem
from backend.domain.mail import BytesLetter, ClosedLetter, Letter, letter_of
from backend.runtime.bridge.browser import Ear

CONTROL_BYTES = 128  # what a control message counts for
POSTS_AT_A_TIME = 4  # of one client, that wait for their turn


class Mailbox:
    """Messages both ways. `cut`: why we ended it, if it was we who did."""

    def __init__(self, *, limit_bytes: int, post_wait_s: float) -> None:
        self.cut: Problem | None = None
        self._limit_bytes = limit_bytes
        self._post_wait_s = post_wait_s
        self._change = asyncio.Event()
        self._ear: Ear | None = None
        self._is_held = False
        self._turn = asyncio.Lock()
        self._posts = 0  # that wait
        self._taken = 0  # the number of the last message that the bridge took
        self._is_closed = False  # the browser has gone
        self._is_finished = False  # the bridge has
        self._letters: deque[tuple[Letter, int]] = deque()  # with what each counts for
        self._held_bytes = 0
        self._last = 0  # the number of the newest letter
        self._acknowledged = 0

    # The bridge's side

    @property
    def is_ready(self) -> bool:
        """Whether more may be sent now."""
        return self._is_closed or self._held_bytes <= self._limit_bytes

    def attach(self, ear: Ear) -> None:
        """Let this one hear all messages."""
        self._ear = ear
        self._tell_change()
        if self._is_closed:
            ear.browser_has_gone()

    def detach(self) -> None:
        """Let nobody hear it any more."""
        self._ear = None

    def hold(self) -> None:
        """Let messages wait until `go_on`."""
        self._is_held = True

    def go_on(self) -> None:
        """Let what waits be heard."""
        self._is_held = False
        self._tell_change()

    def send(self, data: bytes, credit: int) -> bool:
        """Keep bytes for the browser, after a credit where there is one."""
        if credit:
            self.send_control({"type": "credit", "bytes": credit})
        self._put(BytesLetter(n=self._last + 1, data=data), len(data) + CONTROL_BYTES)
        return self.is_ready

    def send_control(self, message: dict[str, Any]) -> None:
        """Keep a control message for the browser."""
        self._put(letter_of(self._last + 1, message), CONTROL_BYTES)

    def finish(self, reason: str) -> None:
        """Note that the socket is gone: the last message says so."""
        self._is_finished = True
        self._keep(ClosedLetter(n=self._last + 1, reason=reason), CONTROL_BYTES)

    def _put(self, letter: Letter, size_bytes: int) -> None:
        if not self._is_closed:
            self._keep(letter, size_bytes)

    def _keep(self, letter: Letter, size_bytes: int) -> None:
        self._letters.append((letter, size_bytes))
        self._held_bytes += size_bytes
        self._last += 1
        self._tell_change()

    # The browser's side

    @property
    def is_over(self) -> bool:
        """Whether the socket is gone, and the browser knows it."""
        return self._is_finished and not self._letters

    @property
    def has_news(self) -> bool:
        """Whether there is a message to fetch, or none will ever come."""
        return bool(self._letters) or self._is_finished

    async def post(self, message: bytes | str, number: int | None) -> int:
        """Give a message to the bridge; return its number once it is taken.

        `number` None: the next one. One that was taken before is not given again. Raises
        ClientEnded, OutOfTurn, NotTaken.
        """
        if self._posts >= POSTS_AT_A_TIME:
            raise NotTaken(self._post_wait_s)
        self._posts += 1
        try:
            async with self._turn:
                return await self._give(message, number or self._taken + 1)
        finally:
            self._posts -= 1

    async def _give(self, message: bytes | str, number: int) -> int:
        if number <= self._taken:
            return number
        if number > self._taken + 1:
            raise OutOfTurn(number, self._taken + 1)
        ear = await self._hearing()
        self._taken += 1
        ear.take(message)
        ear.flush()
        return number

    async def _hearing(self) -> Ear:
        """Return who hears a message, once it can. Raises ClientEnded, NotTaken."""
        try:
            async with asyncio.timeout(self._post_wait_s):
                while not (self._is_closed or self._is_finished):
                    if self._ear is not None and not self._is_held:
                        return self._ear
                    await self._next_change()
        except TimeoutError:
            raise NotTaken(self._post_wait_s) from None
        raise ClientEnded

    def acknowledge(self, after: int) -> None:
        """Let go the messages up to this number. Raises InvalidRequest."""
        if not self._acknowledged <= after <= self._last:
            raise InvalidRequest(
                f"after: expected a number from {self._acknowledged}, which you have said before, "
                f"to {self._last}, that of the newest message; got {after}."
            )
        was_ready = self.is_ready
        while self._letters and self._letters[0][0].n <= after:
            self._held_bytes -= self._letters.popleft()[1]
        self._acknowledged = after
        if self._ear is not None and self.is_ready and not was_ready:
            self._ear.browser_is_ready()

    def letters(self) -> tuple[Letter, ...]:
        """Return the messages that are not acknowledged, the oldest first."""
        return tuple(letter for letter, _ in self._letters)

    async def wait_for_news(self, *, letters: int = 1) -> None:
        """Return once so many messages are there, or no more will come."""
        while len(self._letters) < letters and not self._is_finished:
            await self._next_change()

    def close(self, cut: Problem | None = None) -> None:
        """Let the browser go: by itself, or because we `cut` it. The bridge learns it at once."""
        if not self._is_closed:
            self._is_closed = True
            self.cut = cut
            self._tell_change()
            if self._ear is not None:
                self._ear.browser_has_gone()

    def _tell_change(self) -> None:
        self._change.set()

    async def _next_change(self) -> None:
        self._change.clear()
        await self._change.wait()


async def wait_for_any(mailboxes: list[Mailbox], within_s: float) -> None:
    """Return once one of them has news, or the time is over."""
    if not mailboxes or within_s <= 0 or any(mailbox.has_news for mailbox in mailboxes):
        return
    waits = [asyncio.create_task(mailbox.wait_for_news()) for mailbox in mailboxes]
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
