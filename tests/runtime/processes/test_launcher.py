"""How a program becomes a process: what it gets, and that nothing else reaches it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from backend.domain.launch import StartOrder
from backend.runtime.processes.process import StartedProcess
from backend.runtime.processes.spawn import SpawnLauncher
from tests.labs.programs import ROOT, WAIT_S
from tests.launching import make_launcher
from tests.server import is_alive, until


def order(tmp_path: Path, source: str, *args: str) -> StartOrder:
    path = tmp_path / "program.py"
    path.write_text(dedent(source))
    return StartOrder(lab="", program="program.py", path=path, args=args)


@contextlib.asynccontextmanager
async def launched(tmp_path: Path, source: str, *args: str) -> AsyncIterator[StartedProcess]:
    launcher = make_launcher()
    process = await launcher.start(order(tmp_path, source, *args), run="r1")
    with contextlib.closing(launcher), contextlib.closing(process):
        try:
            yield process
        finally:
            await process.reap()


async def output_of(process: StartedProcess) -> str:
    """Read standard output to its end."""
    assert process.streams is not None
    os.set_blocking(process.streams.stdout.fileno(), True)
    return (await asyncio.to_thread(process.streams.stdout.read)).decode()


async def test_a_program_gets_its_arguments_directory_and_a_group_of_its_own(
    tmp_path: Path,
) -> None:
    source = """
        import json, os, sys
        print(json.dumps([sys.argv[1:], os.getcwd(), os.getpid(), os.getpgrp(), os.getsid(0)]))
        open("left behind", "w").close()
    """
    async with launched(tmp_path, source, "one", "два", "") as process:
        args, cwd, pid, group, session = json.loads(await output_of(process))
        assert args == ["one", "два", ""]
        assert Path(cwd) not in (tmp_path, Path.cwd())
        assert os.listdir(cwd) == ["left behind"]
        assert pid == group == session == process.pid
        assert await process.reap() == 0
    assert not Path(cwd).exists()


async def test_a_program_gets_no_descriptor_and_no_variable_that_is_not_meant_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKETLAB_SECRET", "key")
    monkeypatch.setenv("PYTHONSTARTUP", "x.py")
    monkeypatch.setenv("TZ", "Europe/Minsk")
    source = """
        import json, os
        print(json.dumps([sorted(os.listdir('/proc/self/fd'), key=int), sorted(os.environ)]))
    """
    with socket.socket() as ours:
        os.set_inheritable(ours.fileno(), True)
        async with launched(tmp_path, source) as process:
            descriptors, names = json.loads(await output_of(process))
    assert descriptors[:3] == ["0", "1", "2"]
    assert len(descriptors) == 5  # and the channel, and the folder that is listed
    assert "TZ" in names
    assert not {"SOCKETLAB_SECRET", "PYTHONSTARTUP"} & set(names)


async def test_the_channel_tells_what_the_program_calls(tmp_path: Path) -> None:
    source = "import signal, socket; sock = socket.socket(); signal.pause()"
    async with launched(tmp_path, source) as process:
        loop = asyncio.get_running_loop()
        told = await asyncio.wait_for(loop.sock_recv(process.trace, 4096), WAIT_S)
        first = json.loads(told.splitlines()[0])
    assert (first["type"], first["call"], first["run"]) == ("call", "socket", "r1")


async def test_when_the_channel_closes_the_program_dies(tmp_path: Path) -> None:
    source = "import signal, socket; sock = socket.socket(); signal.pause()"
    async with launched(tmp_path, source) as process:
        told = asyncio.get_running_loop().sock_recv(process.trace, 4096)
        assert b'"call":"socket"' in await asyncio.wait_for(told, WAIT_S)
        process.trace.close()
        await asyncio.wait_for(process.ended(), WAIT_S)
        assert await process.reap() == -signal.SIGKILL


async def test_an_ended_process_is_a_zombie_until_it_is_reaped(tmp_path: Path) -> None:
    async with launched(tmp_path, "import sys; sys.exit(3)") as process:
        await asyncio.wait_for(process.ended(), WAIT_S)
        await asyncio.wait_for(process.ended(), WAIT_S)  # and may be waited for again
        os.kill(process.pid, 0)
        assert await process.reap() == 3
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)
        assert await process.reap() == 3


async def test_what_is_left_of_the_group_dies_with_its_leader(tmp_path: Path) -> None:
    source = """
        import os, signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = os.fork()
        if child == 0:
            signal.pause()
        print(child)
    """
    async with launched(tmp_path, source) as process:
        assert process.streams is not None
        os.set_blocking(process.streams.stdout.fileno(), True)
        child = int(await asyncio.to_thread(process.streams.stdout.readline))
        await asyncio.wait_for(process.ended(), WAIT_S)
        assert is_alive(child)
        assert await process.reap() == 0
        assert await output_of(process) == ""  # ends when the child has let go of it
        await until(lambda: not is_alive(child), within_s=1, what="the child is gone")


async def test_a_group_that_is_gone_gets_no_signal(tmp_path: Path) -> None:
    async with launched(tmp_path, "pass") as process:
        await asyncio.wait_for(process.ended(), WAIT_S)
        await process.reap()
        process.signal_group(signal.SIGTERM)


@pytest.mark.parametrize("argument", ["x" * 200_000, "\0", "\ud800"])
async def test_a_process_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, argument: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    launcher = make_launcher()
    process = await launcher.start(order(tmp_path, "pass"), run="r0")  # what all have in common
    await process.reap()
    process.close()
    before = os.listdir("/proc/self/fd"), sorted(tmp_path.rglob("*"))
    with pytest.raises((OSError, ValueError)):
        await launcher.start(order(tmp_path, "pass", argument), run="r1")
    assert (os.listdir("/proc/self/fd"), sorted(tmp_path.rglob("*"))) == before
    launcher.close()
    assert os.listdir(tmp_path) == ["program.py"]


SIGNALS = """
    import signal
    default = [signal.SIG_DFL, signal.default_int_handler, signal.SIG_IGN]
    numbers = (signal.SIGQUIT, signal.SIGINT, signal.SIGPIPE)
    print([signal.getsignal(number) for number in numbers] == default)
    print(signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set())
"""


@pytest.fixture
def background() -> Iterator[None]:
    """Let this process ignore and block signals, as one that a script has put in its background."""
    blocked = {signal.SIGINT, signal.SIGUSR1}
    numbers = (signal.SIGINT, signal.SIGQUIT)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    yield
    assert signal.pthread_sigmask(signal.SIG_SETMASK, mask) == mask | blocked
    after = [signal.signal(*pair) for pair in zip(numbers, before, strict=True)]
    assert after == [signal.SIG_IGN] * 2


@pytest.mark.usefixtures("background")
async def test_a_program_has_its_signals_as_from_a_terminal(tmp_path: Path) -> None:
    async with launched(tmp_path, SIGNALS) as process:
        assert await output_of(process) == "True\nTrue\n"


# Started in a process whose own encoding is ASCII: what is not ASCII in an order is UTF-8 all the
# same.
LAUNCH_IN_ASCII = """
    import asyncio, os, sys
    from pathlib import Path
    from backend.domain.launch import StartOrder
    from backend.runtime.processes.spawn import SpawnLauncher

    async def main(path):
        assert sys.getfilesystemencoding() == "ascii", sys.getfilesystemencoding()
        order = StartOrder(lab="", program="p", path=path, args=("\\xe9", "\\u0434\\u0430"))
        process = await SpawnLauncher().start(order, run="r1")
        await process.ended()
        sys.stdout.buffer.write(process.streams.stdout.read())
        sys.stderr.buffer.write(process.streams.stderr.read())
        print(await process.reap())
        process.close()

    asyncio.run(main(Path(sys.argv[1])))
"""


def test_arguments_and_paths_arrive_whatever_the_locale(tmp_path: Path) -> None:
    folder = tmp_path / "где é"
    folder.mkdir()
    program = order(folder, "import sys; print(sys.argv[1:], __file__)").path
    done = subprocess.run(
        [sys.executable, "-c", dedent(LAUNCH_IN_ASCII), os.fsencode(program)],
        env={
            **os.environ,
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "LC_ALL": "POSIX",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.stderr == b""
    assert done.stdout.decode() == f"['é', 'да'] {program}\n0\n"


async def test_a_program_of_ones_own_has_what_its_tracer_has(tmp_path: Path) -> None:
    source = f"""
        import os, signal
        with open({str(tmp_path / "out")!r}, "w") as file:
            print(os.getcwd(), os.getpgrp(), os.getppid(), os.environ["HERE"], file=file)
        signal.pause()
    """
    os.environ["HERE"] = "da"
    process = await SpawnLauncher(here=True).start(order(tmp_path, source), run="r1")
    del os.environ["HERE"]
    assert process.streams is None
    with contextlib.closing(process):
        await until(
            lambda: bool((tmp_path / "out").exists() and (tmp_path / "out").read_text()),
            within_s=WAIT_S,
            what="it has written",
        )
        process.signal_group(signal.SIGTERM)  # and not to us
        await asyncio.wait_for(process.ended(), WAIT_S)
        assert await process.reap() == -signal.SIGTERM
    words = (tmp_path / "out").read_text().split()
    assert words == [os.getcwd(), str(os.getpgrp()), str(os.getpid()), "da"]
