"""Labs that cannot be used as they are: whoever hosts is shown what is wrong with them."""

from __future__ import annotations

import msgspec


class BrokenLab(msgspec.Struct, frozen=True, kw_only=True):
    """A lab of one's own that cannot be read; each problem is a line of text for its author."""

    id: str
    problems: tuple[str, ...]
