"""A defect of ours ends a run as failed, in sight: in the log, in the run, for who waits for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend.domain.errors import RunBroken
from backend.domain.launch import StartOrder
from backend.domain.run_state import RunState
from backend.runtime.processes.launcher import Process
from tests.labs.programs import WAIT_S
from tests.runtime.stage import LISTEN, Stage, staged
from tests.server import is_alive

TALK = """
    import socket, sys, time
    port = int(sys.argv[sys.argv.index('--port') + 1])
    listener = socket.create_server(('127.0.0.1', port))
    while True:
        print('x', flush=True)
        time.sleep(0.05)
"""


def assert_broken(stage: Stage, caplog: pytest.LogCaptureFixture, what: str) -> None:
    """Hold that a defect has ended the run, in sight."""
    life = stage.run.life
    assert life.state is RunState.FAILED
    assert life.error is not None
    assert life.error.code == "defect"
    assert what in life.error.message
    assert life.pid is None or not is_alive(life.pid)
    assert any(what in str(record.exc_info) for record in caplog.records)
    assert "r1 (udp/test" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("what", ["run.started", "run.listening", "run."])
async def test_a_defect_at_the_start_fails_the_run_and_is_raised(
    tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, TALK) as stage:
        stage.breaks_at = (what,)
        with pytest.raises(RunBroken, match="LookupError: nobody takes run"):
            await asyncio.wait_for(stage.run.start(), WAIT_S)
        await asyncio.wait_for(stage.run.stop(), WAIT_S)
        assert_broken(stage, caplog, "nobody takes run.")
        assert stage.kinds[-1:] == ([] if what == "run." else ["run.failed"])


@pytest.mark.parametrize("what", ["output", "call", ""])
async def test_a_defect_while_a_program_talks_fails_the_run(
    tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = TALK.replace("print", "socket.socket().close(); print")
    async with staged(tmp_path, source) as stage:
        await stage.run.start()
        stage.breaks_at = (what,)
        await stage.ended()
        await asyncio.wait_for(stage.run.stop(), WAIT_S)
        assert_broken(stage, caplog, "nobody takes ")


async def test_a_stop_that_cannot_be_told_stops(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, LISTEN) as stage:
        await stage.run.start()
        stage.breaks_at = ("run.",)
        await asyncio.wait_for(stage.run.stop(), WAIT_S)
        assert_broken(stage, caplog, "nobody takes run.stopping")


async def test_an_end_that_cannot_be_told_is_an_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, "print('x')", program="demo") as stage:
        stage.breaks_at = ("run.exited",)
        await stage.run.start()
        await stage.ended()
        await asyncio.wait_for(stage.run.stop(), WAIT_S)
        assert (stage.run.life.state, stage.run.life.exit_status) == (RunState.EXITED, 0)
    assert "nobody takes run.exited" in caplog.text


class Unable:
    """A launcher that cannot do its work: a defect."""

    async def start(self, order: StartOrder, *, run: str, port: int | None = None) -> Process:
        raise LookupError("no interpreter")


async def test_a_launcher_that_fails_fails_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, LISTEN, launcher=Unable()) as stage:
        with pytest.raises(RunBroken, match="no interpreter"):
            await asyncio.wait_for(stage.run.start(), WAIT_S)
        assert_broken(stage, caplog, "no interpreter")
    assert stage.kinds == ["run.failed"]


async def test_an_argument_that_nothing_encodes_fails_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(tmp_path, LISTEN, "\ud800") as stage:
        with pytest.raises(RunBroken, match="UnicodeEncodeError"):
            await asyncio.wait_for(stage.run.start(), WAIT_S)
        assert_broken(stage, caplog, "surrogates not allowed")
