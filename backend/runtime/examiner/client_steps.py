"""The steps of clients: what each sends, and what has to come back."""

from __future__ import annotations

import asyncio
import re
import string

from backend.domain.steps import (
    Accept,
    ClientStep,
    Close,
    Connect,
    Eof,
    HalfClose,
    Receives,
    ReceivesAllPattern,
    ReceivesCount,
    ReceivesLines,
    ReceivesNothing,
    ReceivesPattern,
    ReceivesSame,
    Reset,
    Send,
    SendBytes,
    SendPieces,
    SendSize,
    Vanish,
)
from backend.runtime.examiner.peers import KEPT_BYTES, Peer, UdpPeer
from backend.runtime.examiner.subject import NotAsExpected

SHOWN = 200  # characters of what was sent, expected or came


async def take_client_step(peer: Peer, step: ClientStep, patience: float) -> bytes:
    """Take a step with this peer; return what it sent. Raises NotAsExpected."""
    match step:
        case Connect() | Accept():
            return b""
        case Send() | SendBytes() | SendSize() | SendPieces():
            return await _send(peer, step)
        case HalfClose():
            peer.half_close()
        case Close():
            peer.close()
        case Reset():
            peer.reset()
        case Vanish():
            peer.vanish()
        case ReceivesNothing(receives_nothing_s=for_s):
            if await peer.bell.wait_until(lambda: bool(peer.waiting), for_s):
                raise NotAsExpected(f"nothing for {for_s:g} s", in_words(peer.waiting))
        case Eof(within_s=within_s):
            await _expect_end(peer, within_s * patience)
        case _:
            await _receive(peer, step, patience)
    return b""


async def _send(peer: Peer, step: ClientStep) -> bytes:
    match step:
        case Send(send=text):
            pieces, pause_s = [text.encode()], 0.0
        case SendBytes(send_bytes=digits):
            pieces, pause_s = [bytes.fromhex(digits)], 0.0
        case SendSize(send_size=size):
            letters = string.ascii_letters.encode()
            pieces, pause_s = [(letters * (size // len(letters) + 1))[:size]], 0.0
        case SendPieces(send_pieces=texts, pause_s=pause_s):
            pieces = [text.encode() for text in texts]
    for piece in pieces:
        peer.send(piece)
        await asyncio.sleep(pause_s)
    if isinstance(peer, UdpPeer) and peer.end:
        raise NotAsExpected("the datagram can be sent", peer.end)
    return b"".join(pieces)


async def _receive(peer: Peer, step: ClientStep, patience: float) -> None:
    match step:
        case Receives(receives=text, within_s=within_s):
            expected = text.encode()
            _require(peer, await peer.take(len(expected), within_s * patience), expected)
        case ReceivesSame(within_s=within_s):
            await _receive_same(peer, within_s * patience)
        case ReceivesPattern(receives_pattern=pattern, within_s=within_s):
            message = await peer.take_message(within_s * patience)
            if message is None or not re.fullmatch(pattern, message.decode(errors="replace")):
                raise NotAsExpected(f"the pattern {pattern}", _came(peer, message, line_end=b"\n"))
        case ReceivesAllPattern(receives_all_pattern=pattern, within_s=within_s):
            await _receive_all(peer, pattern, within_s * patience)
        case ReceivesLines(receives_lines=lines, within_s=within_s):
            got = await _lines(peer, len(lines), within_s * patience)
            if got != list(lines):
                came = _came(peer, "\n".join(got).encode() if got else None, line_end=b"\n")
                raise NotAsExpected(in_words("\n".join(lines).encode()), came)
        case ReceivesCount():
            await _receive_count(peer, step, patience)
        case _:
            raise AssertionError(f"no step of a client: {step}")


async def _receive_all(peer: Peer, pattern: str, within_s: float) -> None:
    data = await peer.take(KEPT_BYTES, within_s)  # more than there can be: all of a stream
    is_all = isinstance(peer, UdpPeer) or peer.end == "eof"
    if data is None or not is_all or not re.fullmatch(pattern, data.decode(errors="replace")):
        end = "" if isinstance(peer, UdpPeer) else ", then the end of the stream"
        raise NotAsExpected(f"the pattern {pattern}{end}", _came(peer, data))


async def _receive_same(peer: Peer, within_s: float) -> None:
    """See that what was sent comes back: over UDP datagram by datagram, over TCP as one stream."""
    parts = list(peer.sent) if isinstance(peer, UdpPeer) else [b"".join(peer.sent)]
    peer.sent.clear()
    for part in parts:
        _require(peer, await peer.take(len(part), within_s), part)


async def _receive_count(peer: Peer, step: ReceivesCount, patience: float) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + step.within_s * patience
    for number in range(step.receives_count):
        message = await peer.take_message(max(0.0, deadline - loop.time()))
        if message is None:
            raise NotAsExpected(
                f"{step.receives_count} messages within {step.within_s:g} s", f"{number} of them"
            )
        if step.each is not None and not re.fullmatch(step.each, message.decode(errors="replace")):
            raise NotAsExpected(f"the pattern {step.each}", in_words(message))


async def _lines(peer: Peer, count: int, within_s: float) -> list[str]:
    if isinstance(peer, UdpPeer):
        datagram = await peer.take_message(within_s)
        return [] if datagram is None else datagram.decode(errors="replace").splitlines()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    lines = []
    for _ in range(count):
        line = await peer.take_message(max(0.0, deadline - loop.time()))
        if line is None:
            break
        lines.append(line.decode(errors="replace"))
    return lines


async def _expect_end(peer: Peer, within_s: float) -> None:
    await peer.bell.wait_until(lambda: bool(peer.end or peer.waiting), within_s)
    if peer.end != "eof" or peer.waiting:
        raise NotAsExpected("the end of the stream", _came(peer, None))


def _require(peer: Peer, came: bytes | None, expected: bytes) -> None:
    if came != expected:
        raise NotAsExpected(in_words(expected), _came(peer, came))


def _came(peer: Peer, data: bytes | None, *, line_end: bytes = b"") -> str:
    """Say what has come, with all that follows it on a stream, and that it was the end, if so.

    `line_end` was taken off `data` where more follows.
    """
    ends = {"eof": ", then the end of the stream", "": ""}
    end = ends.get(peer.end, f", then {peer.end}")
    if isinstance(peer, UdpPeer):
        return (
            in_words(data) if data else "nothing" if data is None else "an empty datagram"
        ) + end
    # One piece: what a step takes of a stream may end in the middle of a letter.
    rest = peer.waiting
    stream = (data + line_end if data and rest else data or b"") + rest
    return (in_words(stream) if stream else "nothing") + end


def in_words(data: bytes) -> str:
    """Return bytes as text, with signs for what is none; a long one is cut."""
    text = data.decode(errors="backslashreplace")
    if len(text) > SHOWN:
        return f"{text[:SHOWN]}… ({len(data)} bytes)"
    return text
