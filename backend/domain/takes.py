"""Takes: what happened in one lab since its board was last cleared, and the numbers in it. Pure.

Takes of a lab are numbered from 1, the first one begins with the room. Within a take clients are
counted from 1; one that was connected before the take began keeps the number that it has. A lab
that talks to another lab's server (`server` in its lab.toml) shares that lab's board.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from backend.domain.labs import Lab


class LabTake(msgspec.Struct, frozen=True, kw_only=True):
    """The present take of a lab: its number, the last number of a client in it.

    `is_clear`: no program of the lab was started in it yet.
    """

    number: int = 1
    last_client: int = 0
    is_clear: bool = True

    def next(self) -> LabTake:
        """Return the take that comes after this one."""
        return LabTake(number=self.number + 1)

    def with_run(self) -> LabTake:
        """Return it with a program started in it."""
        return replace(self, is_clear=False)

    def with_client(self, held: Collection[int]) -> LabTake:
        """Return it with one client more; numbers in `held` are of clients of before."""
        number = self.last_client + 1
        while number in held:
            number += 1
        return replace(self, last_client=number)


def board_of(lab: Lab) -> str:
    """Return the lab whose takes this lab has: its own, or that of the server it talks to."""
    return lab.server or lab.id
