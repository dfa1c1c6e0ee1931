"""Bad attempts to come in, by the address that they come from: too many, and it has to wait."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator

from starlette.requests import HTTPConnection

from backend.domain.attempts import Attempts
from backend.domain.errors import TooManyAttempts, Unauthorized, UnknownRoom
from backend.settings import Settings


class Door:
    """Counts wrong codes and keys; locally there is nothing to guess, and nobody is counted."""

    def __init__(self, settings: Settings) -> None:
        self._limit = settings.attempts_per_minute
        self._is_watched = settings.is_hosted
        self._attempts = Attempts(limit=self._limit, window_s=60.0)

    @contextlib.contextmanager
    def attempt(self, connection: HTTPConnection) -> Iterator[None]:
        """Let somebody try; count it when it was a wrong code or key. Raises TooManyAttempts."""
        host = connection.client.host if connection.client else ""
        now = time.monotonic()
        if self._is_watched and (wait_s := self._attempts.wait_s(host, now)) > 0:
            raise TooManyAttempts(self._limit, math.ceil(wait_s))
        try:
            yield
        except (UnknownRoom, Unauthorized):
            self._attempts.note_bad(host, now)
            raise
