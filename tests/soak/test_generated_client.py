"""A client that is generated from the OpenAPI description does what the page can do."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.server import LABS, Playground, serving
from tests.soak.tools import FOLDER, tool

pytestmark = pytest.mark.soak

WITHIN_S = 120
SCRIPT = Path(__file__).with_name("generated_client.py")
# The generator knows only the types that it is told of; JSON lines are a text to it.
CONFIGURATION = "content_type_overrides:\n  application/x-ndjson: text/plain\n"


def run(*command: str, env: dict[str, str]) -> str:
    """Run a command to its end, and return what it printed."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=WITHIN_S, check=False, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def generate(playground: Playground, folder: Path) -> None:
    """Generate the package `playground_client`; the generator may miss nothing."""
    description = folder / "openapi.json"
    description.write_text(json.dumps(await playground.get("/api/openapi.json")))
    configuration = folder / "generator.yaml"
    configuration.write_text(CONFIGURATION)
    run(
        *(tool("openapi-python-client"), "generate", "--fail-on-warning", "--meta", "none"),
        *("--path", str(description), "--config", str(configuration)),
        *("--output-path", str(folder / "playground_client")),
        env={**os.environ, "PATH": f"{FOLDER}{os.pathsep}{os.environ['PATH']}"},
    )


async def test_a_generated_client_starts_lists_and_stops_runs_and_reads_errors(
    tmp_path: Path,
) -> None:
    with serving() as playground:
        await generate(playground, tmp_path)
        printed = run(
            *(tool("python"), str(SCRIPT), playground.url),
            env={**os.environ, "PYTHONPATH": str(tmp_path), "NO_PROXY": "*"},
        )
        alive = [run for run in (await playground.room())["runs"] if run["state"] == "listening"]
    assert alive == []
    answered = json.loads(printed)
    assert len(answered.pop("labs")) == len(list(LABS.glob("*/*/lab.toml")))
    assert answered == {
        "started": ["tcp/echo", "threads/typed"],
        "listed": ["tcp/echo", "tcp/echo", "threads/typed"],  # one found its port in use
        "stopped": "exited",
        "typed": ["hello\n"],
        "port taken": "port_in_use",
        "no such lab": "unknown_lab",
        "no such run": "unknown_run",
        "no such room": "unknown_room",
        "no input": "run_ended",
        "no such limit": "invalid",
    }
