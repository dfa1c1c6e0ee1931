"""CPython's own tests of sockets and threads: traced, those pass that pass untraced.

They are copied beside a program of ours, so that they count as the program's own code and what they
do is told. The gate takes classes that are quick and do the most; the soak takes whole files.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from backend.runtime.processes.spawn import command_line
from tests.tracing.runs import ask, environment

LIMIT_S = 900.0  # that a hang ends
RUNNER = Path(__file__).with_name("run_standard_tests.py")
FORKS = Path(__file__).with_name("standard_forks.py")
# How `multiprocessing` makes processes else.
OTHER_MAKERS = [FORKS.with_name(f"standard_{name}.py") for name in ("spawned", "fork_server")]

_SPEC = importlib.util.find_spec("test.test_threading")
_FOLDER = Path(_SPEC.origin or "").parent if _SPEC else None

pytestmark = pytest.mark.skipif(
    _FOLDER is None,
    reason="this Python comes without its own tests (on Debian: libpython3.11-testsuite)",
)

SOCKET_CLASSES = (
    "BasicTCPTest BasicTCPTest2 BasicUDPTest NonBlockingTCPTests SocketPairTest "
    "BasicSocketPairTest FileObjectClassTestCase NetworkConnectionNoServer "
    "NetworkConnectionAttributesTest BufferIOTest ContextManagersTest InheritanceTest "
    "NonblockConstantTest TestExceptions TestUnixDomain TestLinuxAbstractNamespace "
    "SendRecvFdsTests CreateServerTest CreateServerFunctionalTest SendmsgUDPTest RecvmsgUDPTest "
    "RecvmsgIntoTCPTest SendmsgUnixStreamTest"
)
LOCK_CLASSES = "LockTests CRLockTests EventTests ConditionAsRLockTests SemaphoreTests"

WANTED: dict[str, tuple[str, ...]] = {
    "socketserver": ("test.test_socketserver",),
    "locks": tuple(f"test.test_threading.{name}" for name in LOCK_CLASSES.split()),
    "threads": tuple(
        f"test.test_threading.{name}"
        for name in [
            "ThreadTests",
            "ThreadJoinOnShutdown",
            "ThreadingExceptionTests",
            "ExceptHookTests",
            "TimerTests",
            "MiscTestCase",
            "InterruptMainTests",
            "AtexitTests",
        ]
    ),
    "sockets": tuple(f"test.test_socket.{name}" for name in SOCKET_CLASSES.split()),
}
WHOLE: dict[str, tuple[str, ...]] = {
    name: (f"test.test_{name}",)
    for name in (
        "socketserver", "threading", "thread", "socket", "queue", "select", "selectors", "poll",
        "epoll",
    )
}  # fmt: skip
WHOLE |= {
    f"asyncio.{name}": (f"test.test_asyncio.test_{name}",)
    for name in (
        "sock_lowlevel", "streams", "tasks", "server", "sendfile", "buffered_proto", "transports",
        "selector_events", "events", "base_events", "queues", "unix_events",
    )
}  # fmt: skip
# Of test_multiprocessing_fork: what is about processes, their pipes, queues and locks; not its
# managers, pools and shared memory, which take minutes and have no calls that others have not.
PROCESSES = (
    "Process SubclassingProcess Queue Lock Semaphore Condition Event Barrier Value Connection "
    "Listener ListenerClient Poll PicklingConnections PollEintr"
)
FORKED = (
    "TestWait TestSimpleQueue TestForkAwareThreadLock TestIgnoreEINTR TestInvalidHandle "
    "TestInitializers TestCloseFds"
)
WHOLE["multiprocessing_fork"] = (
    *(f"{FORKS.stem}.WithProcessesTest{name}" for name in PROCESSES.split()),
    *(f"{FORKS.stem}.{name}" for name in FORKED.split()),
)
WHOLE |= {
    f"multiprocessing_{maker.stem.removeprefix('standard_')}": tuple(
        f"{maker.stem}.WithProcessesTest{name}" for name in PROCESSES.split()
    )
    for maker in OTHER_MAKERS
}

# What is left out, traced and untraced, and why.
LEFT_OUT = {
    "test.test_socket.ThreadedVSOCKSocketStreamTest": "hangs where the kernel has half a VSOCK",
}

# What fails only when traced, and why that may be.
FAILS_TRACED = {
    "test.test_thread.ThreadRunningTests.test_unraisable_exception": (
        "the hook is given an object of ours for the thread's function; it shows as the function"
    ),
}


@pytest.fixture(autouse=True)
def form() -> None:
    """Run each test once: these programs are started here, by no launcher."""


def failures(folder: Path, names: tuple[str, ...], *, is_traced: bool) -> tuple[set[str], set[str]]:
    """Run tests in a folder that holds a copy of them; return which have failed, and which ran."""
    result = folder / f"result-{is_traced}.json"
    args = (str(result), *names, "--without", *LEFT_OUT)
    program = folder / RUNNER.name
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        command_line(program, args),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=ask(theirs) if is_traced else environment(),
        cwd=folder,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )
    theirs.close()
    reader = threading.Thread(target=drain, args=(ours,))
    reader.start()
    try:
        out, _ = process.communicate(timeout=LIMIT_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join()
        ours.close()
    assert result.exists(), out.decode(errors="replace")[-4000:]
    told = json.loads(result.read_text())
    result.unlink()
    assert told["ran"]
    assert told["file"].startswith(str(folder))
    return set(told["failed"]), set(told["ran"])


def drain(channel: socket.socket) -> None:
    while channel.recv(65536):
        pass


def parts_in_the_way(folder: str, names: list[str], wanted: set[str]) -> set[str]:
    """Return what is not to be copied: at the top, all that is not wanted by name."""
    left_out = {"__pycache__"} & set(names)
    if folder == str(_FOLDER):
        left_out |= set(names) - wanted
    return left_out


def compare(copy: Path, names: tuple[str, ...]) -> None:
    """Run tests in a folder beside a copy of them: traced, they fail where it is known why."""
    traced, ran = failures(copy, names, is_traced=True)
    if traced:  # those with a clock in them may fail now and then, on a busy machine
        again = tuple(sorted(traced))
        traced &= failures(copy, again, is_traced=True)[0]
        traced -= failures(copy, again, is_traced=False)[0]
    assert traced == FAILS_TRACED.keys() & ran


@pytest.mark.parametrize("name", WANTED)
def test_what_passes_untraced_passes_traced(name: str, tmp_path: Path) -> None:
    assert _FOLDER is not None
    wanted = {"__init__.py", "support", "lock_tests.py", f"{WANTED[name][0].split('.')[1]}.py"}
    shutil.copytree(
        *(_FOLDER, tmp_path / "test"),
        ignore=lambda folder, names: parts_in_the_way(folder, names, wanted),
    )
    shutil.copy(RUNNER, tmp_path)
    compare(tmp_path, WANTED[name])


@pytest.mark.soak
@pytest.mark.parametrize("name", WHOLE)
def test_what_passes_untraced_passes_traced_in_whole_files(name: str, tmp_path: Path) -> None:
    assert _FOLDER is not None
    shutil.copytree(_FOLDER, tmp_path / "test", ignore=shutil.ignore_patterns("__pycache__"))
    for beside in (RUNNER, FORKS, *OTHER_MAKERS):
        shutil.copy(beside, tmp_path)
    compare(tmp_path, WHOLE[name])
