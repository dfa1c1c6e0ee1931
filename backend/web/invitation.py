"""How others come into a room: the addresses that lead here, as links and as QR codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import msgspec
import segno

from backend.domain.addresses import host_as_text, is_loopback, is_wildcard
from backend.settings import Settings

WAYS = 4  # addresses of this machine that an invitation names, the likeliest


class QrCode(msgspec.Struct, frozen=True, kw_only=True):
    """A QR code (ISO/IEC 18004): the `d` of an SVG path of its dark squares, `size` a side.

    The quiet zone, 4 squares around it, is for whoever draws it.
    """

    size: int
    path: str


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One address of this playground: `link` leads from it to the door of the room."""

    address: str
    link: str
    qr: QrCode


def ways_to(room_code: str, settings: Settings, addresses: Sequence[str]) -> tuple[Way, ...]:
    """Return the ways to a room, on a machine with these addresses, the likeliest first."""
    reach = reach_of(settings, addresses)
    return tuple(
        Way(address=base, link=link, qr=qr_code(link))
        for base in (reach.others or (reach.here,))[:WAYS]
        for link in [f"{base}/join/{room_code}"]
    )


class Reach(NamedTuple):
    """Where a playground is: for this machine, and for others, the likeliest first."""

    here: str
    others: tuple[str, ...]


def reach_of(settings: Settings, addresses: Sequence[str]) -> Reach:
    """Return where a playground is, on a machine with these addresses."""

    def at(host: str) -> str:
        return f"{settings.scheme}://{host_as_text(host)}:{settings.port}"

    host = settings.host
    if settings.public_url:
        others: tuple[str, ...] = (settings.public_url,)
    elif is_wildcard(host):
        others = tuple(at(each) for each in addresses if host == "::" or ":" not in each)
    else:
        others = () if is_loopback(host) else (at(host),)
    return Reach(at("127.0.0.1" if is_wildcard(host) else host), others)


def qr_code(text: str) -> QrCode:
    """Return the QR code of a text."""
    code = segno.make(text, error="m", micro=False)
    rows = [[bool(square) for square in row] for row in code.matrix]
    return QrCode(size=len(rows), path="".join(_lines(rows)))


def _lines(rows: list[list[bool]]) -> Iterator[str]:
    """Yield the runs of dark squares, each as a rectangle of one square's height."""
    for y, row in enumerate(rows):
        for is_dark, run in groupby(range(len(row)), key=row.__getitem__):
            if is_dark:
                x, *more = run
                yield f"M{x} {y}h{len(more) + 1}v1h-{len(more) + 1}z"
