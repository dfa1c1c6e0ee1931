"""`socketlab trace`: a program of one's own, as ever, and beside it what it asks of the kernel."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.labs.programs import ROOT, WAIT_S, Program
from tests.server import Playground, serving

TALK = """
    import socket, sys
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        with socket.socket(type=socket.SOCK_DGRAM) as client:
            client.sendto("Привет".encode(), server.getsockname())
        print(server.recvfrom(100)[0].decode(), sys.argv[1:])
"""
WAIT = """
    import socket
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print("ready", flush=True)
        listener.accept()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return write(tmp_path, TALK)


def write(tmp_path: Path, source: str) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(dedent(source))
    return path


def trace(*args: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "backend.cli", "trace", *map(str, args)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        timeout=WAIT_S,
        check=False,
    )


def events_in(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_program_runs_as_ever_and_the_calls_are_a_table_beside_it(program: Path) -> None:
    done = trace(program, "--json", "two words")
    assert (done.returncode, done.stdout) == (0, "Привет ['--json', 'two words']\n")
    heading, *rows, last = done.stderr.splitlines()
    assert heading.split() == ["time", "thread", "line", "call", "local", "→", "peer", "result"]
    assert last == "exit status 0"
    (sent,) = [row for row in rows if " sendto " in row and "…" not in row]
    assert "mine.py:6" in sent
    assert "MainThread" in sent
    assert "12 B  Привет" in sent
    for call in ("socket", "bind", "recvfrom", "close"):
        assert any(f" {call} " in f"{row} " for row in rows)


def test_with_json_the_calls_are_json_lines(program: Path) -> None:
    done = trace("--json", program)
    assert (done.returncode, done.stdout) == (0, "Привет []\n")
    *events, last = events_in(done.stderr)
    assert last == {"type": "exit", "exit_status": 0}
    assert {event["type"] for event in events} == {"call"}
    assert {"socket", "bind", "sendto", "recvfrom", "close"} == {event["call"] for event in events}


def test_the_table_can_go_into_a_file(program: Path, tmp_path: Path) -> None:
    done = trace("--json", "--output", tmp_path / "calls", program)
    assert (done.returncode, done.stderr) == (0, "")
    assert events_in((tmp_path / "calls").read_text())[-1]["type"] == "exit"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("import sys; sys.exit(3)", 3),
        ("raise ValueError('mine')", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 128 + signal.SIGTERM),
    ],
)
def test_the_exit_status_is_the_programs(tmp_path: Path, source: str, status: int) -> None:
    done = trace("--output", tmp_path / "calls", write(tmp_path, source))
    assert done.returncode == status
    assert ("ValueError: mine" in done.stderr) == (status == 1)


def test_a_program_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    done = trace(tmp_path / "none.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"There is no program {tmp_path / 'none.py'}.\n"


def test_an_output_that_cannot_be_written_is_said_in_one_line(
    program: Path, tmp_path: Path
) -> None:
    done = trace("--output", tmp_path / "no" / "folder", program)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["table", "lines"])
def test_the_program_goes_on_though_whoever_read_the_calls_has_gone(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    source = """
        import select, socket, sys
        socket.socket().close()
        poll = select.poll()
        poll.register(2, 0)
        poll.poll()  # until nobody reads standard error any more
        socket.socket().close()
        print("Привет")
        sys.exit(3)
    """
    shell = '{ "$@" 2>&1 >"$OUT"; echo $? >>"$OUT"; } | head -c 1'
    command = (sys.executable, "-m", "backend.cli", "trace", *flags, str(write(tmp_path, source)))
    done = subprocess.run(
        ["sh", "-c", shell, "sh", *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "OUT": str(tmp_path / "out")},
        stdin=subprocess.DEVNULL,
        timeout=WAIT_S,
        check=True,
    )
    assert len(done.stdout) == 1
    assert (tmp_path / "out").read_text() == "Привет\n3\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a file that is always full")
def test_the_program_goes_on_though_the_disk_is_full_and_that_is_said_once(program: Path) -> None:
    done = trace("--output", "/dev/full", program)
    assert (done.returncode, done.stdout) == (0, "Привет []\n")
    (said,) = done.stderr.splitlines()
    assert said.startswith("socketlab trace: [Errno 28]")


def test_a_file_of_calls_is_utf_8_whatever_the_locale_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
        import threading
        threading.Thread(target=print, args=("ok",), name="поток").start()
    """
    monkeypatch.setenv("LC_ALL", "POSIX")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    calls, program = tmp_path / "calls", write(tmp_path, source)
    command = (sys.executable, "-X", "utf8=0", "-m", "backend.cli", "trace")
    done = subprocess.run(
        [*command, "--output", calls, program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        timeout=WAIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")
    assert "поток" in calls.read_text(encoding="utf-8")


def until_it_waits(run: Program) -> None:
    """Wait until it is told that the program has entered its accept()."""
    deadline = time.monotonic() + WAIT_S
    while " accept " not in run.errors.replace('"', " "):
        assert time.monotonic() < deadline, run.errors


def test_ctrl_c_ends_the_program_and_its_last_calls_are_told(tmp_path: Path) -> None:
    source = """
        import socket
        with socket.create_server(("127.0.0.1", 0)) as listener:
            print("ready", flush=True)
            try:
                listener.accept()
            except KeyboardInterrupt:
                print("interrupted", flush=True)
    """
    command = (sys.executable, "-m", "backend.cli", "trace", "--json")
    with Program(*command, str(write(tmp_path, source))) as run:
        run.wait_for("ready")
        until_it_waits(run)
        os.killpg(run.pid, signal.SIGINT)  # what a terminal does
        assert run.finish() == 0
        assert run.output == "ready\ninterrupted\n"
        events = events_in(run.errors)
        (accept,) = [e for e in events if e.get("call") == "accept" and e["phase"] == "return"]
        assert accept["error"] == "KeyboardInterrupt"
        assert [event.get("call", event["type"]) for event in events[-2:]] == ["close", "exit"]


def test_a_program_that_ctrl_c_kills_is_told_by_its_status(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "backend.cli", "trace", str(write(tmp_path, WAIT)))
    with Program(*command) as run:
        run.wait_for("ready")
        os.killpg(run.pid, signal.SIGINT)
        assert run.finish() == 128 + signal.SIGINT
        assert "KeyboardInterrupt" in run.errors
        assert "terminal.py" not in run.errors


def test_sigterm_goes_on_to_the_program(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "backend.cli", "trace", str(write(tmp_path, WAIT)))
    with Program(*command) as run:
        run.wait_for("ready")
        assert run.stop(signal.SIGTERM) == 128 + signal.SIGTERM


def test_the_program_ends_with_the_command_that_traces_it(tmp_path: Path) -> None:
    source = f"import os\nprint(os.getpid(), flush=True)\n{dedent(WAIT)}"
    command = (sys.executable, "-m", "backend.cli", "trace", str(write(tmp_path, source)))
    with Program(*command) as run:
        pid = int(run.wait_for(r"(\d+)\nready")[1])
        pidfd = os.pidfd_open(pid)
        run.send_signal(signal.SIGKILL)
        try:
            assert select.select([pidfd], [], [], WAIT_S)[0] == [pidfd]  # readable: it has ended
        finally:
            os.close(pidfd)


# With a room


def url(playground: Playground, room: str = "local") -> str:
    return f"{playground.url}/r/{room}"


async def test_with_a_room_the_calls_are_in_its_timeline(program: Path) -> None:
    with serving() as playground:
        done = trace("--room", url(playground), program, "--fast")
        assert (done.returncode, done.stdout, done.stderr) == (0, "Привет ['--fast']\n", "")
        events = await playground.events()
    assert {event["run"] for event in events} == {events[0]["run"]}
    assert events[0]["type"] == "run.started"
    assert (events[0]["lab"], events[0]["program"]) == ("", "mine.py")
    assert events[0]["args"] == ["--fast"]
    assert (events[-1]["type"], events[-1]["exit_status"]) == ("run.exited", 0)
    (received,) = [e for e in events if e.get("call") == "recvfrom" and e["phase"] == "return"]
    assert received["bytes"] == 12
    assert received["file"] == "mine.py"


@pytest.mark.parametrize("room", ["none", "local/more"])
def test_a_room_that_is_not_there_is_said_and_the_program_does_not_run(
    program: Path, room: str
) -> None:
    if room == "none":
        with serving() as playground:
            done = trace("--room", url(playground, room), program)
    else:
        done = trace("--room", "http://127.0.0.1:1/r/local", program)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cannot join the room at http://127.0.0.1")
    assert done.stderr.count("\n") == 1


def test_a_room_that_goes_away_does_not_end_the_program(tmp_path: Path) -> None:
    source = """
        import socket, sys
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(3):
            socket.socket().close()
        print("done", flush=True)
    """
    with serving(ends_with=0) as playground:
        room = url(playground)
        command = (sys.executable, "-m", "backend.cli", "trace", "--room", room)
        run = Program(*command, str(write(tmp_path, source)))
        run.wait_for("ready")
    with run:
        run.type("go on\n")
        assert run.finish() == 0
        assert run.output.endswith("done\n")
        assert "the room is gone" in run.errors
        assert "Traceback" not in run.errors
