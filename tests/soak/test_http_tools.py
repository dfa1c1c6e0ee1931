"""Programs of others that ask over HTTP see right statuses, and leave no word in the log.

They are `curl`, also with an offer of HTTP/2, `wget --spider`, `ab` and `h2load --h1`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import partial

import pytest

from tests.server import ROOM, Playground, serving
from tests.soak import tools

pytestmark = pytest.mark.soak

WITHIN_S = 60
REQUESTS = 1000
CONNECTIONS = 10
# What a page and a script ask for, with the statuses that they get.
ADDRESSES = {
    "/": 307,
    "/r/local": 200,
    "/r/local/labs/udp/echo": 200,
    "/healthz": 200,
    "/api/labs": 200,
    "/api/openapi.json": 200,
    ROOM: 200,
    f"{ROOM}/events": 200,
    f"{ROOM}/recording": 200,
    f"{ROOM}/runs/r0": 404,
    f"{ROOM}/events?limit=0": 422,
    "/nowhere": 404,
    "/ws/rooms/local/events": 426,
}

each_address = pytest.mark.parametrize("address", ADDRESSES)


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with serving() as served:  # which fails if the log says anything
        yield served


run = partial(tools.run, within_s=WITHIN_S)


@pytest.mark.parametrize("flag", ["--http1.1", "--http1.0", "--http2", "--head"])
@each_address
def test_curl_gets_the_status(playground: Playground, address: str, flag: str) -> None:
    show = ("--silent", "--show-error", "--output", os.devnull, "--write-out", "%{http_code}")
    done = run("curl", *show, flag, playground.url + address)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", str(ADDRESSES[address]))


def test_curl_starts_and_stops_a_run_and_is_told_what_is_missing(playground: Playground) -> None:
    runs = f"{playground.url}{ROOM}/runs"
    order = json.dumps({"lab": "tcp/echo", "program": "server", "port": 0})
    unnamed = json.loads(run("curl", "--silent", "--data", order, runs).stdout)
    assert unnamed["error"]["code"] == "unsupported_media_type"
    named = ("--header", "Content-Type: application/json", "--data", order)
    # Offering HTTP/2 with a body: h2c cannot be, the answer comes over HTTP/1.1.
    started = json.loads(run("curl", "--silent", "--http2", *named, runs).stdout)
    assert started["state"] == "listening"
    ended = run("curl", "--silent", "--request", "DELETE", f"{runs}/{started['id']}")
    assert json.loads(ended.stdout)["state"] == "exited"


@each_address
def test_wget_finds_what_is_there_and_nothing_else(playground: Playground, address: str) -> None:
    done = run("wget", "--spider", "--tries=1", playground.url + address)
    exists = ADDRESSES[address] < 400
    assert (done.returncode == 0) is exists, done.stderr
    assert ("Remote file exists" in done.stderr) is exists
    assert f"... {ADDRESSES[address]} " in done.stderr


def number(pattern: str, text: str) -> float:
    """Return the one number that a report has there."""
    found = re.search(pattern, text)
    assert found, text
    return float(found[1])


@pytest.mark.parametrize("flags", [(), ("-k",), ("-i",)], ids=["close", "keep-alive", "head"])
@pytest.mark.parametrize("address", ["/healthz", "/r/local", "/api/labs"])
def test_ab_sees_no_failed_request(
    playground: Playground, address: str, flags: tuple[str, ...]
) -> None:
    # -l: a page tells the time, in more or fewer digits; else ab calls another length a failure.
    counts = ("-q", "-l", "-n", str(REQUESTS), "-c", str(CONNECTIONS))
    report = run("ab", *counts, *flags, playground.url + address).stdout
    assert number(r"Complete requests: +(\d+)", report) == REQUESTS
    assert number(r"Failed requests: +(\d+)", report) == 0
    assert "Non-2xx" not in report
    per_second = number(r"Requests per second: +([\d.]+)", report)
    print(f"ab {' '.join(flags)} {address}: {per_second:.0f} requests/s")


@pytest.mark.parametrize("address", ["/healthz", "/r/local", "/api/labs"])
def test_h2load_sees_no_failed_request(playground: Playground, address: str) -> None:
    counts = ("-n", str(REQUESTS), "-c", str(CONNECTIONS))
    report = run("h2load", "--h1", *counts, playground.url + address).stdout
    assert f" {REQUESTS} done, {REQUESTS} succeeded, 0 failed, 0 errored, 0 timeout" in report
    assert f"status codes: {REQUESTS} 2xx, 0 3xx, 0 4xx, 0 5xx" in report
    per_second = number(r", ([\d.]+) req/s", report)
    print(f"h2load {address}: {per_second:.0f} requests/s")
