"""The description of a hosted playground says who may ask, and Schemathesis finds it true.

It calls every operation as the host of a room, with bodies as described and others; leaves the
credential out and brings wrong ones. Nothing may answer 5xx, or pass a credential over.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.app import create_app
from backend.settings import Settings
from tests.classroom import HOST_KEY, hosting, join, make_room

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")

# Paths from dictionaries are few: of many examples most were there before.
HOW = ("--max-examples", "150", "--suppress-health-check=filter_too_much")
WITHIN_S = 1500

Json = dict[str, Any]


def described(**settings: Any) -> Json:
    description: Json = create_app(Settings.model_validate({"port": 8000, **settings})).openapi()
    return description


def test_a_hosted_playground_says_which_operations_want_a_credential() -> None:
    description = described(host_key=HOST_KEY)
    (scheme,) = description["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            asks = operation.get("security", [])
            is_of_rooms = path.startswith("/api/rooms") or path == "/metrics"
            assert bool(asks) == is_of_rooms, (method, path)
            is_door = (method, path) == ("post", "/api/rooms/{room}/people")
            assert ({} in asks) == (is_door or path == "/metrics"), (method, path)


def test_a_local_playground_wants_none() -> None:
    description = described()
    assert "securitySchemes" not in description["components"]
    assert not [
        operation
        for operations in description["paths"].values()
        for operation in operations.values()
        if "security" in operation
    ]


# The gate holds each answer that its tests get to the description (tests/server.py), and asks each
# route with each credential (test_access.py).
@pytest.mark.soak
async def test_no_credential_is_passed_over_and_nothing_fails(tmp_path: Path) -> None:
    limits = {"wait_limit_s": 0.05, "post_wait_s": 0.2, "attempts_per_minute": 1_000_000}
    with hosting(client_silence_s=600, runs_per_room=8, **limits) as playground:
        host = await make_room(playground)
        for name in ("First", "Second", "Third", "Fourth"):
            await join(host, name)
        run = await host.start("udp/echo", port=0)
        for _ in range(2):
            await host.ask("POST", f"runs/{run['id']}/clients")
        code = (await host.info())["code"]
        command = (
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", f"{playground.url}/api/openapi.json", *HOW),
            *("--continue-on-failure", "--no-color", "-H", f"Authorization: Bearer {host.token}"),
        )
        named = {"ROOM": host.room, "CODE": code, "HOST_KEY": HOST_KEY}
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "NO_PROXY": "*", **named},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert (await host.ask("GET")).status_code == 200  # who it was has been there to the end
