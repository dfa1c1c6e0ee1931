"""WebSockets that break a rule, over raw sockets: the reason arrives, and the log stays empty.

The log is looked at when the playground ends (tests/server.py).
"""

from __future__ import annotations

import socket

import pytest

from tests.server import Playground
from tests.web.protocol.raw import BINARY, CLOSE, TEXT, UPGRADE, connected, frame

FOLLOW = "/ws/rooms/local/events"
MIB = 2**20

BROKEN = [
    (frame(CLOSE, b"\x03\xe8\xff\xfe"), 1007, "invalid start byte at position 0"),
    (frame(TEXT, b"ab\xff"), 1007, "text that is not UTF-8: invalid start byte at position 2"),
    (frame(CLOSE, b"\x03"), 1002, "close frame too short"),
    (frame(CLOSE, b"\x00\x05"), 1002, "invalid status code"),
    (b"\x81\x01a", 1002, "incorrect masking"),
    (frame(3, b"a"), 1002, "invalid opcode"),
    (frame(BINARY, b"good") + frame(TEXT, b"\xff"), 1007, "text that is not UTF-8"),
    (frame(BINARY, bytes(131_073)), 1009, "131073 bytes exceeds limit of 131072"),
    (frame(BINARY, bytes(16 * MIB)), 1009, "exceeds limit of 131072"),
    (frame(BINARY, bytes(100_000), fin=False) + frame(0, bytes(8 * MIB)), 1009, "100000 bytes"),
]


@pytest.fixture(params=["client", "events", "trace"])
async def path(request: pytest.FixtureRequest, playground: Playground) -> str:
    if request.param == "client":
        run = await playground.start("tcp/echo")
        return f"/ws/rooms/local/runs/{run['id']}/client"
    return f"/ws/rooms/local/{request.param}"


@pytest.mark.parametrize(
    ("sent", "code", "reason"),
    BROKEN,
    ids=lambda value: str(value[:24] if isinstance(value, bytes) else value)[:24],
)
async def test_what_breaks_a_rule_gets_a_close_frame_and_no_reset(
    playground: Playground, path: str, sent: bytes, code: int, reason: str
) -> None:
    with connected(playground) as connection:
        connection.open(path)
        connection.send(sent)
        got, words = connection.closed_with()
        assert got == code or (path.endswith("trace") and got == 1003)  # it takes text only
        assert reason in words or got == 1003
        connection.send(frame(CLOSE, b""))
        connection.rest()


@pytest.mark.parametrize(
    ("changed", "to", "status", "code"),
    [
        (b"Version: 13", b"Version: 8", 426, "upgrade_required"),
        (b"Sec-WebSocket-Key", b"Sec-WebSocket-Lock", 400, "bad_handshake"),
        (b"dGhlIHNhbXBsZSBub25jZQ==", b"c2hvcnQ=", 400, "bad_handshake"),
        (b"Upgrade: websocket", b"Upgrade: websocket\r\nX: " + b"a" * 9000, 431, None),
    ],
)
def test_a_handshake_that_is_none_is_answered_in_our_shape(
    playground: Playground, changed: bytes, to: bytes, status: int, code: str | None
) -> None:
    with connected(playground) as connection:
        connection.ask(FOLLOW, *UPGRADE.replace(changed, to).split(b"\r\n")[:-1])
        answer = connection.answer()
        assert (answer.status, answer.error["code"]) == (status, code or "headers_too_large")
        if status == 426:
            assert answer.headers["sec-websocket-version"] == "13"
        assert connection.rest() == b""


def test_a_handshake_by_another_method_names_the_right_one(playground: Playground) -> None:
    with connected(playground) as connection:
        connection.ask(FOLLOW, *UPGRADE.split(b"\r\n")[:-1], method="POST")
        answer = connection.answer()
        assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, OPTIONS"


async def test_one_who_vanishes_in_the_handshake_is_no_news(
    playground: Playground, path: str
) -> None:
    for _ in range(20):
        with connected(playground) as connection:
            connection.ask(path, *UPGRADE.split(b"\r\n")[:-1])
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert (await playground.room())["id"] == "local"
