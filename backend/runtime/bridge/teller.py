"""What one client tells the timeline.

The steps of its life, and the problem that ends it, are always told. Transfers, and problems that
it survives, are told up to `client_events_rate`; the rest is counted, and the count is told before
the next that passes, at the latest before the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from backend.domain.events import (
    ClientClosed,
    ClientEof,
    ClientFailed,
    ClientOpened,
    ClientReceived,
    ClientSent,
    ClientShutdown,
    Dropped,
    Event,
    Problem,
    payload,
)
from backend.domain.meter import Bucket, Meter
from backend.domain.room_info import ClientInfo
from backend.settings import Settings


class ClientTeller:
    """Publishes what happens to one client, and knows when bytes last passed."""

    def __init__(
        self,
        client_id: str,
        run_id: str,
        *,
        settings: Settings,
        publish: Callable[[Event], object],
    ) -> None:
        self.active_at = time.monotonic()
        self._client = client_id
        self._run = run_id
        self._publish = publish
        rate = settings.client_events_rate
        self._meter = Meter(Bucket(rate=rate, burst=rate, now=self.active_at))

    def tell_opened(self, client: ClientInfo, *, name: str | None) -> None:
        """Tell that the socket is connected, and by its owner's name whose it is."""
        assert client.local is not None
        self._publish(
            ClientOpened(
                t=time.monotonic(),
                client=self._client,
                run=self._run,
                transport=client.transport,
                local=client.local,
                peer=client.peer,
                number=client.number,
                owner=client.owner,
                name=name,
            )
        )

    def tell_sent(self, data: bytes, t: float) -> None:
        """Tell that the kernel took bytes; when there is too much to tell, count it.

        `t` is the time before it was asked to: the lab may have them before it has answered.
        """
        self.active_at = t
        if self._may_tell(t, len(data)):
            self._tell_transfer(ClientSent, data, t)

    def tell_received(self, data: bytes) -> None:
        """Tell that bytes came from the lab; when there is too much to tell, count it."""
        now = self.active_at = time.monotonic()
        if self._may_tell(now, len(data)):
            self._tell_transfer(ClientReceived, data, now)

    def _tell_transfer(
        self, kind: type[ClientSent] | type[ClientReceived], data: bytes, t: float
    ) -> None:
        self._publish(
            kind(t=t, client=self._client, run=self._run, bytes=len(data), data=payload(data))
        )

    def tell_shutdown(self) -> None:
        """Tell that the client half-closed."""
        self._publish(ClientShutdown(t=time.monotonic(), client=self._client, run=self._run))

    def tell_eof(self) -> None:
        """Tell that the lab half-closed."""
        self._publish(ClientEof(t=time.monotonic(), client=self._client, run=self._run))

    def tell_survived(self, problem: Problem) -> None:
        """Tell of a problem after which the client lives on; when there are too many, count it."""
        if self._may_tell(time.monotonic(), 0):
            self.tell_failed(problem)

    def tell_failed(self, problem: Problem) -> None:
        """Tell of the problem that ends the client."""
        self._publish(
            ClientFailed(
                t=time.monotonic(),
                client=self._client,
                run=self._run,
                code=problem.code,
                message=problem.message,
            )
        )

    def tell_closed(self) -> None:
        """Tell that the client's life is over."""
        self._tell_untold()
        self._publish(ClientClosed(t=time.monotonic(), client=self._client, run=self._run))

    def _may_tell(self, now: float, size_bytes: int) -> bool:
        if self._meter.passes(size_bytes, now):
            self._tell_untold()
            return True
        return False

    def _tell_untold(self) -> None:
        if untold := self._meter.collect():
            self._publish(
                Dropped(
                    t=time.monotonic(),
                    client=self._client,
                    run=self._run,
                    what="messages",
                    count=untold.count,
                    bytes=untold.bytes,
                )
            )
