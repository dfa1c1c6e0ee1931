"""A lesson: somebody does a task in terminals and pastes its commands as the page gives them.

The page's own script puts folder, interpreter and port in. The folder is a copy of the labs, with a
space in its name; the terminals begin elsewhere. The ports are those of the labs: one lesson at a
time on a machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.labs.contract import LABS, PORTS
from tests.labs.programs import ROOT, WAIT_S
from tests.labs.tasks import commands_of
from tests.soak.journeys.terminal import CTRL_C, CTRL_D, Terminal, terminal

MODULE = ROOT / "frontend" / "static" / "js" / "model" / "commands.js"
AS_PASTED = """
const { commandHere } = await import(process.argv[1]);
const { command, ...here } = JSON.parse(process.argv[2]);
process.stdout.write(commandHere(command, here));
"""
NODE = Path(sys.executable).with_name("node")
LOCK_S = 600.0  # how long a lesson waits for one of another run of the tests on this machine

Run = Callable[["Lesson"], None]
RUNS: dict[str, Run] = {}  # the lesson of each lab


def lesson_of(lab: str) -> Callable[[Run], Run]:
    """Make a function the lesson of a lab; a test holds that it pastes each command of the task."""

    def register(run: Run) -> Run:
        assert lab not in RUNS, f"{lab} has two lessons"
        RUNS[lab] = run
        return run

    return register


class Lesson:
    """One task in one language, with the terminals that are open."""

    def __init__(self, lab: str, language: str, folder: Path, windows: list[Terminal]) -> None:
        self.lab = lab
        self.folder = folder
        self.windows = windows
        self.commands = commands_of(lab, language)
        self.pasted = set[str]()

    def paste(self, place: str, window: Terminal, *, page_port: int | None = None) -> None:
        """Paste a command into a terminal; `page_port` is that of a server on the page."""
        run = page_port and {"state": "listening", "host": "127.0.0.1", "port": page_port}
        here = {
            "command": self.commands[place],
            "lab": {"id": self.lab, "port": PORTS[self.lab], "server": None},
            "run": run or None,
            "pageHost": "127.0.0.1",
            "terminal": {"folder": str(self.folder), "python": sys.executable, "socketlab": ""},
        }
        command = (str(NODE), "--input-type=module", "-e", AS_PASTED, MODULE.as_uri())
        given = subprocess.run(
            [*command, json.dumps(here)], capture_output=True, text=True, check=True, timeout=WAIT_S
        )
        window.type(given.stdout)
        self.pasted.add(place)

    def shows(self, place: str, window: Terminal, *texts: str, page_port: int | None = None) -> str:
        """Paste a command and wait for its end; return what was shown, in which the texts are."""
        self.paste(place, window, page_port=page_port)
        shown = window.end()
        for text in texts:
            assert text in shown, f"{place}: expected {text!r}, shown is {shown!r}"
        return shown

    def serve(self, place: str, window: Terminal, *, ready: str = "127.0.0.1") -> None:
        """Paste the command of a server and wait until it says where it listens."""
        named = re.search(r"--port (\d+)", self.commands[place])
        port = int(named[1]) if named else PORTS[self.lab]
        assert port
        is_udp = self.lab.startswith("udp/")
        wait_until_free(port, socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM)
        self.paste(place, window)
        window.wait_for_match(rf"\n.*{ready}(?::| port )\d+/?\n")

    def copy(self, program: str, name: str, edits: dict[str, str]) -> None:
        """Copy a program of the lab into the folder, and edit it as the task says."""
        source = (self.folder / "labs" / self.lab / program).read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old in source, f"{program} has no {old!r} any more"
            source = source.replace(old, new)
        (self.folder / name).write_text(source, encoding="utf-8")

    def said(self, place: str, quote: str = '"') -> str:
        """Return what stands between the first quotes of a command."""
        return self.commands[place].split(quote)[1]


def stop(window: Terminal) -> str:
    """Press Ctrl+C, and wait until the shell asks for a command; return what was shown.

    A signal may come in the instant before a call that waits: then the key is pressed again.
    """
    window.press(CTRL_C)
    with contextlib.suppress(AssertionError):
        return window.end(within_s=15)
    window.press(CTRL_C)
    return window.end()


def leave(window: Terminal, words: str = CTRL_D) -> None:
    """End a program with what it takes for an end, and wait until the shell asks for a command."""
    window.press(words)
    window.end()


@contextlib.contextmanager
def lesson(lab: str, language: str, folder: Path) -> Iterator[Lesson]:
    """Prepare a lesson: the labs in a folder of their own, and three terminals elsewhere."""
    project = folder / "Socket Lab"
    shutil.copytree(LABS, project / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(ports_of_the_labs())
        windows = [stack.enter_context(terminal(folder)) for _ in range(3)]
        yield Lesson(lab, language, project, windows)


def wait_until_free(port: int, kind: socket.SocketKind) -> None:
    """Wait until no other program of this machine has a port: what is pasted names it."""

    def is_free() -> bool:
        with socket.socket(socket.AF_INET, kind) as sock:
            if kind == socket.SOCK_STREAM:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                return False
        return True

    wait_until(is_free, f"port {port} is free", within_s=LOCK_S)


@contextlib.contextmanager
def ports_of_the_labs() -> Iterator[None]:
    """Have the labs' own ports to oneself among all tests that ask like this."""
    with (Path(tempfile.gettempdir()) / "socketlab-ports-of-the-labs").open("w") as file:

        def is_ours() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        wait_until(is_ours, "no other lesson goes on", within_s=LOCK_S)
        yield


def wait_until(condition: Callable[[], bool], what: str, within_s: float = WAIT_S) -> None:
    """Look again and again: for what the kernel has no event."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.1)
