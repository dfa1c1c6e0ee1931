"""The takes of a room: one after the other for each lab, told as events and kept with the room."""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from backend.domain.events import Event, TakeBegan
from backend.domain.labs import Lab
from backend.domain.programs import role_of
from backend.domain.takes import LabTake, board_of
from backend.runtime.room_log import RoomLog


class Takes:
    """Which take of each lab is the present one, and who is counted in it."""

    def __init__(self, log: RoomLog, publish: Callable[[Event], object]) -> None:
        self._log = log
        self._publish = publish
        self._held: defaultdict[str, set[int]] = defaultdict(set)

    def numbers(self) -> dict[str, int]:
        """Return the number of the present take of each lab that has had one."""
        return {lab: take.number for lab, take in self._log.takes.items()}

    def begin(self, lab: Lab) -> TakeBegan:
        """Clear the board of a lab: tell that its next take begins."""
        board = board_of(lab)
        take = self._of(board).next()
        self._log.note_take(board, take)
        began = TakeBegan(t=time.monotonic(), lab=board, take=take.number)
        self._publish(began)
        return began

    def note_start(self, lab: Lab, program: str) -> None:
        """Note that a program is about to start: a demo that is started anew begins a take."""
        board = board_of(lab)
        if role_of(program) == "demo" and not self._of(board).is_clear:
            self.begin(lab)
        self._log.note_take(board, self._of(board).with_run())

    @contextlib.contextmanager
    def client(self, board: str) -> Iterator[int]:
        """Count one client more, as long as it is there; yield its number."""
        held = self._held[board]
        take = self._of(board).with_client(held)
        self._log.note_take(board, take)
        held.add(take.last_client)
        try:
            yield take.last_client
        finally:
            held.discard(take.last_client)

    def _of(self, board: str) -> LabTake:
        return self._log.takes.get(board) or LabTake()
