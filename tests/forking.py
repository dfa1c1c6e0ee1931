"""Servers without the second of processor time that their imports take: forked, not started.

One process for each process that runs tests has imported what `socketlab serve` imports, and does
nothing but fork itself. What it forked goes on as the command would: a session, an environment and
descriptors of its own, the same `main()`. Between the two stands a keeper, which tells the pid,
waits for the end and tells the exit status, and ends what it keeps when whoever asked has gone.

`serving(by_command=True)` starts the command itself, as people do: tests/test_cli.py.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import io
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import tomllib
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[1]
NUMBER = struct.Struct("=i")
STREAMS = 3
AT_FIRST = dict(os.environ)  # whichever test comes first: the process that forks has no test's
TAKING_TURNS = threading.Lock()


class Forked:
    """A forked process, with those members of `subprocess.Popen` that tests use."""

    def __init__(self, argv: Sequence[str], cwd: Path, env: dict[str, str]) -> None:
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        self._told, tells = os.pipe()
        theirs = [theirs_in, theirs_out, theirs_err, tells]
        request = json.dumps({"argv": list(argv), "cwd": str(cwd), "env": env}).encode()
        with TAKING_TURNS:
            socket.send_fds(forker(), [NUMBER.pack(len(request))], theirs)
            forker().sendall(request)
        for fd in theirs:
            os.close(fd)
        self.stdin = os.fdopen(ours_in, "wb")
        self.stdout, self.stderr = os.fdopen(ours_out, "rb"), os.fdopen(ours_err, "rb")
        self.pid = self._number()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, if the process has ended."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._note_end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status when the process has ended; raises TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self._note_end()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended, told or not."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _note_end(self) -> None:
        self.returncode = self._number()
        os.close(self._told)

    def _number(self) -> int:
        told = os.read(self._told, NUMBER.size)
        assert told, "the process that forks has gone"
        return int(NUMBER.unpack(told)[0])


@functools.cache
def forker() -> socket.socket:
    """Start the process that forks, once; it ends when this socket is closed."""
    ours, theirs = socket.socketpair()
    alive, life = os.pipe()  # the end that nobody writes to is closed when this process ends
    command = [sys.executable, "-m", "tests.forking", str(theirs.fileno()), str(alive)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=AT_FIRST,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno(), alive],
        start_new_session=True,
    )
    theirs.close()
    os.close(alive)

    def end() -> None:
        os.close(life)
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def fork_what_is_asked_for(requests: socket.socket, alive: int) -> None:
    """Fork a keeper for each request, until there are no more.

    `alive` can be read, to its end, when whoever asks has gone.
    """
    import backend.serving  # noqa: F401 -- what `serve` imports when it is called

    warm_up()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the keepers
    while True:
        head, fds, _, _ = socket.recv_fds(requests, NUMBER.size, STREAMS + 1)
        if not head:
            return
        (size,) = NUMBER.unpack(head)
        request = bytearray()
        while len(request) < size:
            request += requests.recv(size - len(request))
        if not os.fork():
            requests.close()
            keep(json.loads(request), fds[:STREAMS], fds[STREAMS], alive)
            return
        for fd in fds:
            os.close(fd)


def warm_up() -> None:
    """Read the labs and make the files of a workbench once, and remember what each text came to.

    The files are the same each time: to parse and to compress them takes a third of a second of
    each playground.
    """
    from backend.app import create_app
    from backend.settings import Settings
    from backend.web.pages import assets, encodings, site
    from backend.web.pages.messages import read_messages
    from backend.web.pages.page_files import PAGES, page_files, workbench_page

    frontend = ROOT / "frontend"
    static = frontend / "static"
    sources = {
        path.relative_to(static).as_posix(): path.read_text(encoding="utf-8")
        for path in static.rglob("*")
        if path.suffix in (".css", ".js")
    }
    read = functools.cache(read_messages)
    replace(site, "read_messages", read)
    said = {language: each.script for language, each in read(frontend / "locales").items()}
    compress = functools.cache(encodings.compress_once)
    replace(assets, "compress_once", compress)
    replace(tomllib, "loads", functools.cache(tomllib.loads))
    for labs in (ROOT / "labs", ROOT / "tests" / "labs_for_tests"):
        create_app(Settings(port=8000, labs_dir=labs, data="none"))
    for kind in ("css", *(f"{language}.js" for language in said)):
        path = f"page/{workbench_page('message')}.{kind}"
        compress(page_files(path, sources, PAGES, said)[path].encode(), "br")


def replace(module: object, name: str, function: object) -> None:
    """Replace a function of a module: mypy lets none be assigned to."""
    setattr(module, name, function)


def keep(request: dict[str, Any], streams: list[int], tells: int, alive: int) -> None:
    """Fork the process itself, wait for its end, and tell both; end it with who asked for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        os.close(tells)
        os.close(alive)
        become(request, streams)
        return
    for fd in streams:
        os.close(fd)
    threading.Thread(target=end_with, args=(alive, pid), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):  # who asked has gone
        os.write(tells, NUMBER.pack(pid))
        _, status = os.waitpid(pid, 0)
        os.write(tells, NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def end_with(alive: int, pid: int) -> None:
    """Wait until whoever asked for a process has gone, however that ended; then end it, too."""
    os.read(alive, 1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def become(request: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be the command, and end as it ends.

    Only the interpreter itself is not taken down: that would write into each page that is shared
    with the process that forked this one, and take as long as to begin.
    """
    from backend.cli import main

    os.setsid()
    for fd, stream in enumerate(streams):
        os.dup2(stream, fd)
        os.close(stream)
    for file in (sys.stdout, sys.stderr):
        assert isinstance(file, io.TextIOWrapper)
        file.reconfigure(write_through=True)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv = request["argv"]
    try:
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    fork_what_is_asked_for(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
