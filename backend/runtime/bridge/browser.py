"""A client's browser, as the bridge sees it: a WebSocket or, over plain HTTP, a mailbox.

Both directions are calls that neither wait nor raise. What keeps memory bounded is `is_ready` for
what the browser is sent, and `hold` and the credit for what it says.
"""

from __future__ import annotations

from typing import Any, Protocol

from backend.domain.events import Problem


class Ear(Protocol):
    """What hears a browser. None of these raises or waits."""

    def take(self, message: bytes | str) -> None:
        """Take a message of the browser: bytes, or a control message."""

    def flush(self) -> None:
        """Note that for now no message follows those that were taken."""

    def take_last(self, message: bytes) -> None:
        """Take bytes after which for now nothing follows: `take` and `flush` in one."""

    def browser_is_ready(self) -> None:
        """Note that the browser may be sent more again."""

    def browser_has_gone(self) -> None:
        """Note that no message comes any more."""


class Browser(Protocol):
    """The other end of a client: a WebSocket or a mailbox.

    What is sent waits until the browser takes it, so whoever sends looks at `is_ready`. `cut` is
    why we ended it, if it was we who did.
    """

    cut: Problem | None

    @property
    def is_ready(self) -> bool:
        """Whether more may be sent now. One that has gone is: what it is sent is let go."""

    def attach(self, ear: Ear) -> None:
        """Let this one hear all messages, those that have come already first."""

    def detach(self) -> None:
        """Let nobody hear it any more."""

    def hold(self) -> None:
        """Let its messages wait until `go_on`."""

    def go_on(self) -> None:
        """Let what waits, and all that follows, be heard."""

    def send(self, data: bytes, credit: int) -> bool:
        """Send bytes, after a credit where there is one; return `is_ready`, as it is then."""

    def send_control(self, message: dict[str, Any]) -> None:
        """Send a control message."""
