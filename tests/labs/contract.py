"""What LABS.md fixes for all twenty labs: their ports, relatives and programs."""

from __future__ import annotations

import signal
import subprocess

import pytest

from tests.labs.programs import ROOT, Program

LABS = ROOT / "labs"

PORTS = {
    "udp/hello": 12345,
    "udp/transform": 12346,
    "udp/time": 12347,
    "udp/time_with": 12348,
    "udp/socketserver": 12349,
    "tcp/echo": 50007,
    "tcp/trapezoid": 12351,
    "tcp/transform": 12352,
    "tcp/time": 12353,
    "tcp/socketserver": 12354,
    "http/page": 8080,
    "chat/threads": 12361,
    "chat/numbered": 12362,
    "chat/log": 50008,
    "chat/login": 50009,
    "chat/window": 50009,
    "threads/semaphore": None,
    "threads/event": None,
    "threads/condition": None,
    "threads/lowlevel": None,
}

# A folder with a program but no lab.toml is found, too: its folder is incomplete.
FOUND = sorted(
    {path.parent.relative_to(LABS).as_posix() for path in LABS.glob("*/*/lab.toml")}
    | {path.parent.relative_to(LABS).as_posix() for path in LABS.glob("*/*/[!_]*.py")}
)


def programs_of(lab: str) -> list[str]:
    """The programs that a lab must have, the one to start first standing first."""
    if lab.startswith("threads/"):
        return ["demo"]
    if lab == "http/page":
        return ["server"]
    if lab == "chat/window":
        return ["client"]
    return ["server", "client"]


def first_versions_of(lab: str) -> list[str]:
    """The first versions that a lab has, of the programs that it must have."""
    names = [f"first_{program}" for program in programs_of(lab)]
    return [name for name in names if (LABS / lab / f"{name}.py").is_file()]


def read(lab: str, name: str) -> str:
    return (LABS / lab / name).read_text(encoding="utf-8")


def source(lab: str, program: str) -> str:
    return read(lab, f"{program}.py")


PROGRAMS = [(lab, program) for lab in FOUND for program in programs_of(lab)]

SERVERS = [lab for lab, program in PROGRAMS if program == "server"]

TCP_SERVERS = [lab for lab in SERVERS if not lab.startswith("udp/")]

FIRST_VERSIONS = [(lab, program) for lab in FOUND for program in first_versions_of(lab)]

each_first_version = pytest.mark.parametrize(
    ("lab", "program"), FIRST_VERSIONS, ids=[f"{lab}/{program}" for lab, program in FIRST_VERSIONS]
)

each_program = pytest.mark.parametrize(
    ("lab", "program"), PROGRAMS, ids=[f"{lab}/{program}" for lab, program in PROGRAMS]
)


# --- stopping -----------------------------------------------------------------------------------


def stop(program: Program, number: signal.Signals = signal.SIGINT) -> int:
    """Signal a program at once, whatever it does; return its status.

    A signal that comes in the instant before a blocking call waits with the call (`Program.stop`):
    on a busy machine in about one of a thousand programs that use threads. Then it is sent again.
    """
    try:
        program.send_signal(number)
        return program.finish(within_s=15)
    except subprocess.TimeoutExpired:
        return program.stop(number)


def assert_stops_well(server: Program) -> None:
    """Stop a server at rest; it must end in good order and say nothing of an error.

    A peer may have been served and have left before the main thread, which started a thread for
    it, ran again. That thread is then freed by the main one, and a signal that comes in that
    instant ends in the callback of a weak reference, where CPython prints and forgets it.
    """
    server.wait_until_idle()
    assert (stop(server), server.errors) == (0, "")
    assert "Traceback" not in server.output
