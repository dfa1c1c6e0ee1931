"""A run's states follow what its program does and how it ends, and nothing else."""

from __future__ import annotations

import asyncio
import select
import signal
import socket
from pathlib import Path

import pytest

from backend.domain.errors import BadArguments, PortInUse, RunEnded, StartFailed
from backend.domain.events import Output, RunListening, RunStarted
from backend.domain.launch import StartOrder
from backend.domain.run_state import RunState
from backend.runtime.processes.process import StartedProcess
from backend.runtime.processes.spawn import SpawnLauncher
from tests.labs.programs import WAIT_S
from tests.runtime.stage import LISTEN, staged
from tests.server import is_alive


async def test_a_server_listens_once_the_kernel_says_so(tmp_path: Path) -> None:
    async with staged(tmp_path, LISTEN) as stage:
        assert stage.run.life.address is None
        await stage.run.start()
        assert stage.run.life.state is RunState.LISTENING
        assert stage.run.life.address is not None
        assert stage.run.life.transport == "tcp"
        with socket.create_connection(stage.run.life.address):
            pass
        await stage.ended()
        assert stage.run.life.address is None
    assert stage.kinds == ["run.started", "run.listening", "run.exited"]


@pytest.mark.parametrize(
    ("source", "transport"),
    [
        ("import socket, signal; s = socket.socket(); s.bind(('127.0.0.1', 0)); PAUSE", None),
        (
            "import socket, signal; s = socket.socket(type=socket.SOCK_DGRAM);"
            "s.bind(('127.0.0.1', 0)); PAUSE",
            "udp",
        ),
    ],
    ids=["tcp", "udp"],
)
async def test_bind_is_enough_for_udp_and_not_for_tcp(
    tmp_path: Path, source: str, transport: str | None
) -> None:
    source = source.replace("PAUSE", "print('Listening on port 80'); signal.pause()")
    async with staged(tmp_path, source, start_timeout_s=0.7) as stage:
        if transport is None:
            with pytest.raises(StartFailed):
                await stage.run.start()
            assert stage.kinds == ["run.started", "run.failed"]
        else:
            await stage.run.start()
            assert stage.run.life.transport == transport


async def test_only_the_first_socket_that_listens_is_the_address(tmp_path: Path) -> None:
    source = """
        import socket
        first, second = (socket.create_server(('127.0.0.1', 0)) for _ in range(2))
        print(first.getsockname()[1], flush=True)
        first.accept()
    """
    async with staged(tmp_path, source) as stage:
        await stage.run.start()
        address = stage.run.life.address
        assert address is not None
        with socket.create_connection(address):
            await stage.ended()
        text = "".join(event.text for event in stage.events if isinstance(event, Output))
        assert int(text) == address[1]
    assert stage.kinds.count("run.listening") == 1


async def test_ports_are_tried_in_turn_as_long_as_they_are_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        async with staged(tmp_path, LISTEN, ports=(taken, 0)) as stage:
            await stage.run.start()
            assert stage.run.life.port not in (None, taken, 0)
    assert stage.kinds == [
        "run.started",
        "run.started",
        "run.listening",
        "run.stopping",
        "run.exited",
    ]
    assert [event.args[-1] for event in stage.events if isinstance(event, RunStarted)] == [
        str(taken),
        "0",
    ]


async def test_the_last_port_in_use_is_a_failure_that_names_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        async with staged(tmp_path, LISTEN, ports=(taken,)) as stage:
            with pytest.raises(PortInUse, match=str(taken)):
                await stage.run.start()
    assert stage.run.life.state is RunState.FAILED
    assert stage.run.life.error is not None
    assert stage.run.life.error.code == "port_in_use"


async def test_our_host_and_port_win_over_those_of_the_arguments(tmp_path: Path) -> None:
    source = """
        import argparse, socket
        parser = argparse.ArgumentParser()
        parser.add_argument('--host')
        parser.add_argument('--port', type=int)
        args = parser.parse_args()
        socket.create_server((args.host, args.port)).accept()
    """
    async with staged(tmp_path, source, "--host", "0.0.0.0", "--port", "1") as stage:
        await stage.run.start()
        assert stage.run.life.host == "127.0.0.1"
        assert stage.run.life.port not in (None, 1)


@pytest.mark.parametrize(
    ("source", "failure", "words"),
    [
        ("import sys; sys.exit('the cable is out')", StartFailed, "the cable is out"),
        ("import sys; print('usage', file=sys.stderr); sys.exit(2)", BadArguments, "usage"),
        ("1 / 0", StartFailed, "ZeroDivisionError: division by zero"),
        ("pass", StartFailed, "said nothing"),
        ("import os; os.kill(os.getpid(), 9)", StartFailed, "signal 9"),
    ],
)
async def test_a_server_that_does_not_come_to_listen_says_why(
    tmp_path: Path, source: str, failure: type[Exception], words: str
) -> None:
    async with staged(tmp_path, source) as stage:
        with pytest.raises(failure, match=words):
            await stage.run.start()
    assert stage.kinds == ["run.started", "run.failed"]


@pytest.mark.parametrize(
    ("source", "state", "status"),
    [
        ("print('x')", RunState.EXITED, 0),
        ("print('x'); import sys; sys.exit(3)", RunState.CRASHED, 3),
        ("print('x'); 1 / 0", RunState.CRASHED, 1),
        ("print('x'); import os; os.kill(os.getpid(), 15)", RunState.CRASHED, -15),
        ("import sys; sys.exit(1)", RunState.CRASHED, 1),
        ("print('x', flush=True); import time; time.sleep(0.1); exit(2)", RunState.CRASHED, 2),
    ],
)
async def test_a_demo_runs_and_ends_as_it_ended(
    tmp_path: Path, source: str, state: RunState, status: int
) -> None:
    async with staged(tmp_path, source, program="demo") as stage:
        await stage.run.start()
        await stage.ended()
        assert (stage.run.life.state, stage.run.life.exit_status) == (state, status)
    assert stage.kinds == ["run.started", "run.running", f"run.{state}"]


async def test_a_demo_that_refuses_its_arguments_has_failed(tmp_path: Path) -> None:
    source = "import argparse; argparse.ArgumentParser().parse_args()"
    async with staged(tmp_path, source, "--colour", program="demo") as stage:
        with pytest.raises(BadArguments, match="--colour"):
            await stage.run.start()


async def test_a_silent_demo_counts_as_running(tmp_path: Path) -> None:
    async with staged(tmp_path, "import signal; signal.pause()", program="demo") as stage:
        await asyncio.wait_for(stage.run.start(), WAIT_S)
        assert stage.run.life.state is RunState.RUNNING


async def test_a_stopped_run_is_exited_whatever_signal_it_took(tmp_path: Path) -> None:
    async with staged(tmp_path, LISTEN, stop_int_s=WAIT_S) as stage:
        await stage.run.start()
        await asyncio.gather(stage.run.stop(), stage.run.stop(), stage.run.stop())
        assert (stage.run.life.state, stage.run.life.exit_status) == (
            RunState.EXITED,
            -signal.SIGINT,
        )
        assert stage.run.life.error is None
        await stage.run.stop()
    assert stage.kinds == ["run.started", "run.listening", "run.stopping", "run.exited"]


async def test_a_run_is_stopped_before_it_listens(tmp_path: Path) -> None:
    async with staged(tmp_path, "import signal; print('x'); signal.pause()") as stage:
        starting = asyncio.create_task(stage.run.start())
        async with asyncio.timeout(WAIT_S):
            while not any(isinstance(event, Output) for event in stage.events):
                await asyncio.sleep(0.01)
        await stage.run.stop()
        await asyncio.wait_for(starting, WAIT_S)
        assert stage.run.life.state is RunState.EXITED
    assert not any(isinstance(event, RunListening) for event in stage.events)


async def test_a_run_is_stopped_before_it_has_a_process(tmp_path: Path) -> None:
    async with staged(tmp_path, LISTEN) as stage:
        starting = asyncio.create_task(stage.run.start())
        await asyncio.sleep(0)
        await asyncio.wait_for(stage.run.stop(), WAIT_S)
        await asyncio.wait_for(starting, WAIT_S)
        assert stage.run.life.state is RunState.EXITED
    assert stage.kinds[-2:] == ["run.stopping", "run.exited"]


async def test_who_waits_for_a_stop_may_go_and_the_run_still_ends(tmp_path: Path) -> None:
    async with staged(tmp_path, LISTEN) as stage:
        await stage.run.start()
        stopping = asyncio.create_task(stage.run.stop())
        await asyncio.sleep(0)
        stopping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopping
        await stage.ended()
        assert stage.run.life.state is RunState.EXITED


async def test_a_process_that_cannot_be_made_is_a_failed_run(tmp_path: Path) -> None:
    async with staged(tmp_path, "", "x" * 200_000) as stage:
        with pytest.raises(StartFailed, match="Argument list too long"):
            await stage.run.start()
        assert stage.run.life.state is RunState.FAILED
    assert stage.kinds == ["run.failed"]


async def test_what_is_typed_is_told_and_typing_later_is_refused(tmp_path: Path) -> None:
    async with staged(tmp_path, "print(input(), flush=True)", program="demo") as stage:
        with pytest.raises(RunEnded):
            stage.run.type("too early")
        await stage.run.start()
        stage.run.type("hello\n")
        await stage.ended()
        told = {"stdin": "", "stdout": ""}
        for event in stage.events:
            if isinstance(event, Output):
                told[event.stream] += event.text
        assert told == {"stdin": "hello\n", "stdout": "hello\n"}
        with pytest.raises(RunEnded):
            stage.run.type("too late")
        with pytest.raises(RunEnded):
            stage.run.end_input()


class Late(SpawnLauncher):
    """A launcher that takes its time: another one may be asked over a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.allowed = asyncio.Event(), asyncio.Event()

    async def start(
        self, order: StartOrder, *, run: str, port: int | None = None
    ) -> StartedProcess:
        self.asked.set()
        await self.allowed.wait()
        return await super().start(order, run=run, port=port)


async def test_a_run_is_stopped_while_its_process_is_made(tmp_path: Path) -> None:
    launcher = Late()
    async with staged(tmp_path, LISTEN, launcher=launcher, stop_int_s=60) as stage:
        starting = asyncio.create_task(stage.run.start())
        await launcher.asked.wait()
        stopping = asyncio.create_task(stage.run.stop())
        await asyncio.sleep(0)
        launcher.allowed.set()
        await asyncio.wait_for(asyncio.gather(starting, stopping), WAIT_S)
        assert stage.run.life.state is RunState.EXITED
        assert stage.run.life.pid is not None
        assert not is_alive(stage.run.life.pid)
    assert stage.kinds == ["run.stopping", "run.exited"]


class Overtaken(SpawnLauncher):
    """A launcher whose process calls before it is heard of, as one of a fork server does."""

    async def start(
        self, order: StartOrder, *, run: str, port: int | None = None
    ) -> StartedProcess:
        process = await super().start(order, run=run, port=port)
        await asyncio.to_thread(select.select, [process.trace], [], [], WAIT_S)
        return process


async def test_a_process_begins_before_its_first_call(tmp_path: Path) -> None:
    async with staged(tmp_path, LISTEN, launcher=Overtaken()) as stage:
        await stage.run.start()
        started = next(event for event in stage.events if isinstance(event, RunStarted))
        assert started.t == min(event.t for event in stage.events)
        await stage.run.stop()
