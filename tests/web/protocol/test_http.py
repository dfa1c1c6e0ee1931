"""The bounds of a request, over raw sockets: what is over one is answered, and the rest goes on."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator

import pytest

from backend.settings import Settings
from backend.web.refusals import SECURITY_HEADERS
from tests.labs.programs import WAIT_S
from tests.server import ROOM, Playground, serving
from tests.web.protocol.raw import connected

MIB = 2**20
JSON = b"Content-Type: application/json"
RUNS = f"{ROOM}/runs"
SLEEPER = b'{"lab": "threads/sleeper", "program": "demo"}'
BOUNDS = Settings()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Playground]:
    with serving(request_timeout_s=0.5) as playground:
        yield playground


# The head


def test_a_header_that_does_not_end_is_refused_and_costs_no_memory(playground: Playground) -> None:
    before = playground.rss()
    with connected(playground) as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\n" + connection.host + b"X: ")
        for _ in range(32):
            connection.send(b"a" * MIB)
        assert playground.rss() - before < 8 * MIB
        answer = connection.answer()
        assert (answer.status, answer.error["code"]) == (431, "headers_too_large")
        assert str(BOUNDS.headers_limit_bytes) in answer.error["message"]
        assert connection.rest() == b""


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 3_000_000 + b"\r\n", 431, "headers_too_large"),
        (b"GET /healthz HTTP/1.1\r\n" + b"X: a\r\n" * 102, 431, "headers_too_large"),
        (b"GET /" + b"a" * 8000 + b" HTTP/1.1\r\n", 414, "target_too_long"),
        (b"GET /?" + b"a" * 3_000_000, 414, "target_too_long"),
        (b"\r\n" * 30_000, 431, "headers_too_large"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", 400, "bad_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400, "bad_request"),
        ("GET /é HTTP/1.1\r\n\r\n".encode(), 400, "bad_request"),
        (b"GET healthz HTTP/1.1\r\n\r\n", 400, "bad_request"),
        (b"CONNECT example.com:443 HTTP/1.1\r\n\r\n", 405, "method_not_allowed"),
        (b"GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, "bad_request"),
    ],
    ids=lambda value: str(value[:16]) if isinstance(value, bytes) else None,
)
def test_a_head_over_its_bounds_is_refused_in_our_shape(
    playground: Playground, head: bytes, status: int, code: str
) -> None:
    with connected(playground) as connection:
        connection.send(head)
        answer = connection.answer()
        assert (answer.status, answer.error["code"]) == (status, code)
        assert answer.error["message"].endswith(".")
        assert answer.headers["connection"] == "close"
        assert SECURITY_HEADERS.items() <= answer.headers.items()
        assert connection.rest() == b""


def test_a_head_within_its_bounds_is_read_however_it_is_cut(playground: Playground) -> None:
    with connected(playground) as connection:
        lines = [b"X%d: " % number + b"a" * 318 for number in range(98)]
        for cut in (1 << 20, 1000, 7):
            head = b"GET /?" + b"a" * 7000 + b" HTTP/1.1\r\n" + connection.host
            head += b"\r\n".join(lines) + b"\r\n\r\n"
            for start in range(0, len(head), cut):
                connection.send(head[start : start + cut])
            assert connection.answer().status == 307


def test_each_request_of_a_connection_has_bounds_of_its_own(playground: Playground) -> None:
    with connected(playground) as connection:
        for _ in range(30):
            connection.ask("/healthz", b"X: " + b"a" * 7000)
            assert connection.answer().status == 200


def test_requests_sent_at_once_are_answered_in_order_and_the_bad_one_ends_it(
    playground: Playground,
) -> None:
    with connected(playground) as connection:
        for path in ("/healthz", "/api/labs", "/healthz", "/" + "a" * 9000):
            connection.ask(path)
        sizes = [len(connection.answer().body) for _ in range(3)]
        assert sizes[0] == sizes[2] == 15
        assert sizes[1] > 1000
        assert b"200 OK" not in connection.rest()


# The body


def test_a_body_too_large_is_refused_although_more_of_it_comes(playground: Playground) -> None:
    size = 64 * MIB
    with connected(playground) as connection:
        connection.ask(RUNS, JSON, b"Content-Length: %d" % size, method="POST")
        for _ in range(16):
            connection.send(b" " * MIB)
        answer = connection.answer()
        assert (answer.status, answer.error["code"]) == (413, "too_large")
        assert connection.rest() == b""


def test_a_body_that_is_asked_for_is_still_asked_for(playground: Playground) -> None:
    with connected(playground) as connection:
        length = b"Content-Length: %d" % len(SLEEPER)
        connection.ask(RUNS, JSON, length, b"Expect: 100-continue", method="POST")
        assert connection.answer().status == 100
        connection.send(SLEEPER)
        assert connection.answer().status == 201


# Time


@pytest.mark.parametrize(
    "start",
    [
        b"G",
        b"GET /healthz HTTP/1.1\r\nX: a",
        b"POST /api/rooms/local/runs HTTP/1.1\r\n{host}Content-Length: 10\r\n\r\n{",
        b"POST /api/rooms/local/runs HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["method", "header", "body", "chunk"],
)
def test_a_request_that_does_not_become_complete_is_408(hasty: Playground, start: bytes) -> None:
    with connected(hasty) as connection:
        connection.send(start.replace(b"{host}", connection.host + JSON + b"\r\n"))
        answer = connection.answer()
        assert (answer.status, answer.error["code"]) == (408, "request_timeout")
        assert "0.5 s" in answer.error["message"]
        assert connection.rest() == b""


def test_a_header_sent_byte_by_byte_gains_no_time(hasty: Playground) -> None:
    with connected(hasty) as connection:
        began = time.monotonic()
        connection.send(b"GET /healthz HTTP/1.1\r\nX: ")
        connection.sock.settimeout(0.02)
        while True:
            connection.send(b"a")
            try:
                got = connection.sock.recv(1000)
                break
            except TimeoutError:
                assert time.monotonic() - began < WAIT_S
        assert got.startswith(b"HTTP/1.1 408 ")


def test_who_asks_nothing_is_let_go_without_a_word(hasty: Playground) -> None:
    with connected(hasty) as connection:
        assert connection.rest() == b""


def test_a_connection_lives_on_between_requests_and_after_slow_answers(hasty: Playground) -> None:
    with connected(hasty) as connection:
        for _ in range(2):
            connection.ask(RUNS, JSON, b"Content-Length: %d" % len(SLEEPER), method="POST")
            connection.send(SLEEPER)
            answer = connection.answer()
            assert answer.status == 201
            time.sleep(0.7)  # longer than a request may take; there is none
        run = json.loads(answer.body)["id"]
        connection.ask(f"{RUNS}/{run}", method="DELETE")
        assert connection.answer().status == 200


# Another protocol


def test_a_wish_for_http2_is_passed_over_with_the_body_read(playground: Playground) -> None:
    upgrade = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAA")
    with connected(playground) as connection:
        connection.ask("/healthz", *upgrade)
        assert connection.answer().status == 200
        connection.ask(RUNS, JSON, b"Content-Length: %d" % len(SLEEPER), *upgrade, method="POST")
        connection.send(SLEEPER)
        assert connection.answer().status == 201
        connection.ask("/healthz")
        assert connection.answer().status == 200


def test_a_wish_for_another_protocol_changes_nothing_else(playground: Playground) -> None:
    head = b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"
    for version, more in ((b"1.0", b""), (b"1.1", b"X: a\r\n")):
        with connected(playground) as connection:
            line = b"GET /healthz HTTP/" + version + b"\r\n"
            connection.send(line + connection.host + more + head)
            assert connection.answer().headers["connection"] == "close"
            assert connection.rest() == b""


def test_curl_that_wishes_for_http2_gets_its_answer(playground: Playground) -> None:
    url = playground.url + RUNS
    for typed in (SLEEPER.decode(), "{}"):
        curl = ["curl", "-sS", "--http2", "--noproxy", "*", "--json", typed, url]
        done = subprocess.run(curl, capture_output=True, timeout=WAIT_S, check=True)
        assert set(json.loads(done.stdout)) > {"id"} or b"invalid" in done.stdout
