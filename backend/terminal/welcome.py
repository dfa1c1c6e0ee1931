"""What `socketlab serve` prints when it begins: where the page is, and how the others come there.

A person reads it in a terminal, or later where it was kept: so it is plain text, and the QR code
only comes where somebody can hold a phone before it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import segno

# Light on dark whatever the terminal's own colours are (ECMA-48, 8.3.117).
INK, PLAIN = "\x1b[97;40m", "\x1b[0m"
QR_COLUMNS = 60  # a wider code than that would be broken into pieces by many terminals


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """Where the page is. `others` are the addresses for other computers, the likeliest first."""

    here: str
    others: tuple[str, ...] = ()
    is_hosted: bool = False
    made_key: str | None = None  # a host key that nobody has seen yet
    key_file: str | None = None  # where it is kept

    @property
    def best(self) -> str:
        """The address to give away."""
        return self.others[0] if self.others else self.here

    @property
    def host_link(self) -> str:
        """Where the host begins; the key stands where no server and no log gets to see it."""
        return f"{self.best}/#host-key={self.made_key}" if self.made_key else f"{self.best}/"


def lines_of(welcome: Welcome, *, with_picture: bool) -> Iterator[str]:
    """Yield what is printed, line by line; the picture is the QR code."""
    yield f"Socket Lab is on {welcome.here} (Ctrl+C ends it)"
    if not welcome.is_hosted:
        return
    yield ""
    if welcome.made_key:
        yield "You are the host. Open this link; it holds the host key, so keep it to yourself:"
        yield f"  {welcome.host_link}"
        if welcome.key_file:
            yield f"The key stays the same, and is kept in {welcome.key_file}."
    else:
        yield "You are the host. Open this address, and give your host key there:"
        yield f"  {welcome.host_link}"
        if welcome.key_file:
            yield f"It is kept in {welcome.key_file}."
    yield ""
    if welcome.others:
        yield "Make a room there. The others open this address and type the room's code:"
        yield from (f"  {address}" for address in welcome.others)
    else:
        yield "Only this machine reaches this address: --host 0.0.0.0 lets others in."
    if with_picture and welcome.others:
        yield ""
        yield from picture(welcome.best)
    yield ""
    yield "Who cannot come in: `socketlab doctor` looks for the reason."


def picture(address: str) -> list[str]:
    """Return a QR code of an address as lines for a terminal; none where it would be too wide."""
    code = segno.make(address, error="l", micro=False)
    if code.symbol_size(border=2)[0] > QR_COLUMNS:
        return []
    out = io.StringIO()
    code.terminal(out, border=2, compact=True)
    return [f"{INK}{line}{PLAIN}" for line in out.getvalue().rstrip("\n").split("\n")]
