"""The command, as it is typed into a terminal."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, WAIT_S, Program
from tests.ports import unused_port
from tests.server import LABS, Playground, is_alive, serving, until
from tests.sweeps import in_the_soak

COMMAND = (sys.executable, "-m", "backend.cli")
ENVIRONMENT = {"SOCKETLAB_LABS_DIR": str(LABS), "COLUMNS": "120"}


def socketlab(*args: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *args],
        input=typed,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT, **environment},
        timeout=3 * WAIT_S,
        check=False,
    )


# labs, server, client


def test_labs_lists_every_lab_with_its_port_and_programs() -> None:
    done = socketlab("labs")
    assert done.returncode == 0
    for folder in LABS.glob("*/*"):
        assert f"{folder.parent.name}/{folder.name}" in done.stdout
    line = next(line for line in done.stdout.splitlines() if "udp/echo" in line)
    for word in ("udp", "21001", "server, client"):
        assert word in line


def test_server_runs_the_program_with_the_rest_of_the_line_and_its_exit_status() -> None:
    done = socketlab("server", "tcp/silent", "--port", "0", "--status", "3")
    assert (done.returncode, done.stderr) == (3, "it rains\n")


def test_server_runs_a_demo_where_there_is_no_server() -> None:
    done = socketlab("server", "threads/status", "5")
    assert (done.returncode, done.stdout) == (5, "ending with 5\n")


def test_a_signal_that_ends_the_program_ends_the_command() -> None:
    done = socketlab("server", "threads/status", str(-signal.SIGTERM))
    assert done.returncode == -signal.SIGTERM


def test_help_is_the_programs_own() -> None:
    done = socketlab("server", "tcp/give", "--help")
    assert done.returncode == 0
    assert "sends so many bytes and closes" in done.stdout
    assert "--bytes" in done.stdout


def test_client_talks_to_a_server_over_its_terminal() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(WAIT_S)
        port = server.getsockname()[1]
        command = (*COMMAND, "client", "udp/echo", "--port", str(port))
        with Program(*command, env=ENVIRONMENT) as client:
            client.type("привет\n")
            data, address = server.recvfrom(100)
            assert data.decode() == "привет\n"
            server.sendto(b"hello\n", address)
            client.wait_for("hello\n")
            client.end_input()
            assert client.finish() == 0
            assert client.output.endswith("end of input\n")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("labs", "--labs", "no/such/folder"), "no/such/folder"),
        (("server", "names/lookup"), "'names/lookup'"),
        (("server", "udp/none"), "'udp/none'"),
        (("client", "tcp/echo"), "'client'"),
    ],
)
def test_what_does_not_exist_is_told_in_one_line(args: tuple[str, ...], words: str) -> None:
    done = socketlab(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_labs_that_cannot_be_read_are_told_with_what_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "labs" / "udp" / "broken"
    folder.mkdir(parents=True)
    (folder / "lab.toml").write_text("transport = 5\n")
    for command in ("labs", "serve"):
        done = socketlab(command, SOCKETLAB_LABS_DIR=str(tmp_path / "labs"), SOCKETLAB_PORT="0")
        assert done.returncode == 2
        assert "lab.toml" in done.stderr
        assert "Traceback" not in done.stderr


WEB = {"fastapi", "jinja2", "starlette", "uvicorn"}


@pytest.mark.parametrize(
    ("args", "web"),
    [
        (("labs",), set()),
        (("server", "threads/status", "0"), set()),
        (("client", "udp/echo", "--help"), set()),
        (("trace", str(LABS / "threads" / "status" / "demo.py"), "0"), set()),
        (("serve", "--port", "0"), WEB),
    ],
)
def test_only_serve_imports_the_web(args: tuple[str, ...], web: set[str], tmp_path: Path) -> None:
    """What is imported, Python itself says, before the command becomes the program."""
    labs = str(tmp_path if web else LABS)  # without labs serve gives up
    done = socketlab(*args, PYTHONPROFILEIMPORTTIME="1", SOCKETLAB_LABS_DIR=labs)
    imported = set(re.findall(r"^import time: .*\| +(\w+)$", done.stderr, re.MULTILINE))
    assert "click" in imported
    assert imported & WEB == web


# serve


@pytest.mark.parametrize("host", ["0.0.0.0", *in_the_soak("::", "")])
async def test_where_strangers_reach_it_the_local_room_does_not_exist(host: str) -> None:
    with serving(by_command=host == "0.0.0.0", host=host) as playground:
        assert (await playground.request("GET", "/api/rooms/local")).status_code == 404
        assert (await playground.request("GET", "/api/rooms")).status_code == 401


async def test_serve_listens_everywhere_when_that_is_said_to_be_safe() -> None:
    with serving(trusted_bind="true", host="0.0.0.0") as playground:
        assert await playground.get("/healthz") == {"status": "ok"}


def test_serve_says_in_one_line_that_its_port_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        done = socketlab("serve", "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    assert str(port) in done.stderr
    assert "in use" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SOCKETLAB_PORT", "many", "port"),
        ("SOCKETLAB_RUNS_PER_ROOM", "0", "runs_per_room"),
        ("SOCKETLAB_ALLOWED_HOSTS", "not json", "allowed_hosts"),
    ],
)
def test_serve_says_in_one_line_which_setting_is_wrong(name: str, value: str, word: str) -> None:
    done = socketlab("serve", **{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert word in done.stderr
    assert done.stderr.count("\n") == 1


def test_serve_says_in_one_line_that_the_settings_file_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "socketlab.toml").write_text("port: 9000\n")
    done = subprocess.run(
        [*COMMAND, "serve"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SOCKETLAB_FILE": "socketlab.toml"},
        timeout=3 * WAIT_S,
        check=False,
    )
    assert done.returncode == 2
    assert "line 1" in done.stderr
    assert done.stderr.count("\n") == 1


async def living_labs(playground: Playground) -> list[int]:
    """Start some labs, one of which a client talks to; return their process ids."""
    runs = await asyncio.gather(
        playground.start("tcp/echo"),
        playground.start("udp/echo"),
        playground.start("threads/sleeper", "demo"),
    )
    pids = [run["pid"] for run in runs]
    assert all(map(is_alive, pids))
    return pids


async def test_ctrl_c_ends_serve_with_0_and_every_lab_with_it() -> None:
    with serving(by_command=True) as playground:
        pids = await living_labs(playground)
        assert playground.program.stop() == 0
        assert "Socket Lab has ended" in playground.program.output
        assert not any(map(is_alive, pids))


async def test_a_playground_in_the_background_of_a_script_interrupts_its_labs(
    tmp_path: Path,
) -> None:
    """There SIGINT is ignored, as for a job that `nohup` or a job runner has started."""
    command = ("sh", "-c", 'trap "" INT QUIT; exec "$@"', "sh", *COMMAND, "serve", "--port", "0")
    environment = {**ENVIRONMENT, "SOCKETLAB_STOP_INT_S": str(WAIT_S)}
    with Program(*command, env=environment) as program:
        port = program.wait_for(r"http://127\.0\.0\.1:(\d+)", within_s=3 * WAIT_S)[1]
        playground = Playground(program, int(port))
        run = await playground.start("threads/sleeper", "demo", str(tmp_path / "report"))
        assert (await playground.stop(run))["exit_status"] == -signal.SIGINT
        assert (tmp_path / "report").read_text() == "interrupted"
        assert program.stop(signal.SIGTERM) == -signal.SIGTERM


async def test_sigterm_ends_serve_and_every_lab_with_it() -> None:
    with serving(by_command=True, ends_with=-signal.SIGTERM) as playground:
        pids = await living_labs(playground)
        playground.program.send_signal(signal.SIGTERM)
        assert playground.program.finish() == -signal.SIGTERM
        assert not any(map(is_alive, pids))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_labs_are_interrupted_and_may_clean_up_when_serve_ends(
    tmp_path: Path, number: signal.Signals
) -> None:
    status = 0 if number == signal.SIGINT else -number
    with serving(by_command=True, stop_int_s=WAIT_S, shutdown_s=20, ends_with=status) as playground:
        await playground.start("threads/sleeper", "demo", str(tmp_path / "report"))
        assert playground.program.stop(number) == status
    assert (tmp_path / "report").read_text() == "interrupted"


async def test_ctrl_c_ends_serve_also_while_pages_are_open() -> None:
    with serving(by_command=True) as playground:
        run = await playground.start("tcp/echo")
        async with playground.view() as viewer, playground.open_client(run) as peer:
            playground.program.send_signal(signal.SIGINT)
            await asyncio.wait_for(viewer.wait_closed(), WAIT_S)
            await asyncio.wait_for(peer.websocket.wait_closed(), WAIT_S)
            assert viewer.close_code == 1012  # the service restarts: pages may try again
            assert await asyncio.to_thread(playground.program.finish) == 0
        assert not is_alive(run["pid"])


@pytest.mark.parametrize(
    "later_s", [0.0, *in_the_soak(0.5)], ids=["at once", "when no connection is left"]
)
async def test_a_second_ctrl_c_ends_serve_at_once_and_its_labs_with_it(later_s: float) -> None:
    with serving(by_command=True, stop_int_s=60, ends_with=0) as playground:
        run = await playground.start("threads/stubborn", "demo")
        pids = [int(pid) for pid in (await playground.printed(run, "\n")).split()]
        playground.program.send_signal(signal.SIGINT)
        await playground_is_deaf(playground)
        await asyncio.sleep(later_s)
        playground.program.send_signal(signal.SIGINT)
        await asyncio.to_thread(playground.program.finish)
        await until(lambda: not any(map(is_alive, pids)), within_s=1, what="the labs are gone")


async def playground_is_deaf(playground: Playground) -> None:
    """Wait until the playground accepts no more connections."""

    def refused() -> bool:
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", playground.port)) != 0

    await until(refused, within_s=WAIT_S, what="serve is shutting down")


async def test_serve_takes_the_port_that_it_is_given() -> None:
    port = unused_port()
    with Program(*COMMAND, "serve", "--port", str(port), env=ENVIRONMENT) as program:
        program.wait_for(rf"Socket Lab is on http://127\.0\.0\.1:{port} ")
        assert await Playground(program, port).get("/healthz") == {"status": "ok"}
        assert program.stop() == 0
        assert program.errors == ""
