"""The launcher of Linux: programs are forked from a warm process, in a fraction of the time.

What cannot be forked is started plainly (`spawn.py`): a program that is no plain file of source, a
request that is too large, anything at all where there is no fork server to be had. One that is lost
is replaced with the next program; a program that was on its way is started once more. What runs
goes on without it; how that ends, nobody can tell then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys

from backend.domain.bounds import Bounds
from backend.domain.launch import StartOrder
from backend.runtime.processes.ends import Ends
from backend.runtime.processes.fork_server import ForkServer, ForkServerLost
from backend.runtime.processes.process import StartedProcess
from backend.runtime.processes.spare import Spare
from backend.runtime.processes.spawn import SpawnLauncher, encoded_apart
from backend.tracing import bounds as trace_bounds
from backend.tracing.frames import IS_KNOWN

CAN_FORK = sys.platform == "linux" and IS_KNOWN and hasattr(os, "pidfd_open")
TRIES = 2  # with a fork server, before a program is started plainly
START_S = 5.0  # from the request to the process
BURY_S = 5.0  # from the question to the exit status
LOST_STATUS = 255  # of a program that ended when its fork server was gone
FIELDS_BYTES = 60 * 1024  # beside the directory; `tracing/fork_server.py` reads 64 KiB
REPORT_BYTES = 64

log = logging.getLogger(__name__)


class ForkLauncher:
    """Starts programs apart from us. See SpawnLauncher, which it falls back on."""

    def __init__(self, *, bounds: Bounds | None = None) -> None:
        self._plain = SpawnLauncher(bounds=bounds)
        self.watcher = self._plain.watcher
        self.governor = self._plain.governor
        self._server: ForkServer | None = None
        self._spare = Spare(self._plain.folders)

    def close(self) -> None:
        """Let go of what all programs had in common, once they have ended."""
        self._spare.drop()
        if self._server is not None:
            self._server.end()
            self._server = None
        self._plain.close()

    def warm_up(self) -> None:
        """Have the fork server started, so that the first program does not wait for it."""
        with contextlib.suppress(OSError):  # which is told when a program is to be started
            self._spare.plan(self._living_server())

    async def start(
        self, order: StartOrder, *, run: str, port: int | None = None
    ) -> StartedProcess:
        """Start the program. Raises OSError, ValueError (see Launcher)."""
        fields = self._fields(order, run, port)
        for _ in range(TRIES if fields is not None else 0):
            assert fields is not None
            try:
                server = self._living_server()
                process = await self._fork(server, *fields)
            except ForkServerLost as lost:
                log.warning("the fork server is lost: %s", lost)
                self._let_go_of(server)
            except OSError as error:  # a TimeoutError, too
                log.warning("a program could not be forked: %s", error)
                break
            else:
                self._spare.plan(server)
                return process
        return await self._plain.start(order, run=run, port=port)

    def _living_server(self) -> ForkServer:
        if self._server is None or not self._server.is_fit():
            self._let_go_of(self._server)
            self._server = ForkServer(self.watcher)
        return self._server

    def _let_go_of(self, server: ForkServer | None) -> None:
        if server is not None and server is self._server:
            self._server = None
            self._spare.drop()
            server.close()

    def _fields(self, order: StartOrder, run: str, port: int | None) -> _Fields | None:
        """Return the program and its order; None: it is not for a fork server."""
        if (
            not CAN_FORK
            or order.command
            or order.path.suffix != ".py"
            or not order.path.is_absolute()
        ):
            return None
        try:
            args = encoded_apart(order.args_with(port))
            path = os.fsencode(order.path)
            if not os.access(path, os.R_OK) or not order.path.is_file():
                return None
        except ValueError:  # which the plain start raises, too
            return None
        limits = trace_bounds.as_text(self._plain.trace_bounds)
        order_fields = [run.encode(), limits.encode(), *args]
        everything = [path, *order_fields]
        is_small = sum(len(each) + 1 for each in everything) <= FIELDS_BYTES
        if not is_small or any(b"\0" in each for each in everything):
            return None
        return path, order_fields

    async def _fork(self, server: ForkServer, path: bytes, order: list[bytes]) -> StartedProcess:
        ends = self._ends_of(server, path, order)
        with contextlib.ExitStack() as undo:
            undo.callback(ends.close)
            pid = await _pid_told(server, ends.report)
            forked = _Forked(pid, ends.report)
            process = StartedProcess(forked, ends.trace, ends.streams, ends.directory, self)
            undo.pop_all()
        return process

    def _ends_of(self, server: ForkServer, path: bytes, order: list[bytes]) -> Ends:
        """Order a child: the spare, or one that is forked now. Raises ForkServerLost."""
        ends = self._spare.take(path, order)
        if ends is None:
            ends = Ends()
            with contextlib.ExitStack() as undo:
                undo.callback(ends.close)
                server.ask(ends, ends.make_folder(self._plain.folders), path, order)
                undo.pop_all()
        return ends


_Fields = tuple[bytes, list[bytes]]


class _Forked:
    """A child of the fork server. See process.Kept."""

    def __init__(self, pid: int, report: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._report = report

    async def bury(self) -> int:
        """Have it reaped."""
        if self.returncode is None:
            with contextlib.suppress(OSError):
                self._report.shutdown(socket.SHUT_WR)
            self.returncode = await self._status_told()
            self._report.close()
        return self.returncode

    async def _status_told(self) -> int:
        loop = asyncio.get_running_loop()
        try:
            told = await asyncio.wait_for(loop.sock_recv(self._report, REPORT_BYTES), BURY_S)
            _, status = told.split()
        except (OSError, ValueError):  # a TimeoutError, too
            log.warning("nobody knows how process %d ended: its fork server is lost", self.pid)
            return LOST_STATUS
        return int(status)


async def _pid_told(server: ForkServer, report: socket.socket) -> int:
    """Return the process id. Raises ForkServerLost, OSError."""
    loop = asyncio.get_running_loop()
    told = await asyncio.wait_for(loop.sock_recv(report, REPORT_BYTES), START_S)
    if not told:
        raise ForkServerLost(server.last_words())
    word, number = told.split()
    if word != b"pid":
        raise OSError(int(number), os.strerror(int(number)))
    return int(number)
