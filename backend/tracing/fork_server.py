"""The fork server: a process that has loaded what traced programs need, and forks itself for each.

A request is one message on the control socket: run, bounds, directory, program and its arguments
with NUL between them, and the descriptors of the report, the program's streams and its trace
channel. On the report the child tells its process id once it is apart (`pid 4711`; `error 11`, an
errno, if it cannot be made). It stays a zombie, when it has ended, until the other end of the
report is shut; then the server tells its exit status (`end 0`). When the control socket ends, the
server does.

`run` returns in each child, when the program in it has ended; the server never returns.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import sys
from typing import NamedTuple

from backend.tracing import boot, bounds, fork_child
from backend.tracing.modules import Apart
from backend.tracing.order import Order

REQUEST_BYTES = 64 * 1024
DESCRIPTORS = 5  # report, standard streams, trace channel
# What programs like to import, and what keeps nothing of a socket, lock or thread that is untraced.
WARM = (
    "argparse", "array", "bisect", "codecs", "collections.abc", "contextlib", "copy", "dataclasses",
    "datetime", "enum", "errno", "functools", "heapq", "io", "ipaddress", "itertools", "json",
    "locale", "math", "operator", "pathlib", "queue", "random", "re", "select", "selectors",
    "shutil", "signal", "socket", "socketserver", "string", "struct", "textwrap", "threading",
    "time", "traceback", "types", "typing", "urllib.parse",
)  # fmt: skip


class Request(NamedTuple):
    """A program that is to be started: what is told of it, its file, its arguments."""

    order: Order
    path: str
    args: list[str]


def prepare() -> None:
    """Load what programs need; hide the frames of ours."""
    modules, folders = set(sys.modules), set(sys.path_importer_cache)
    for name in WARM:
        __import__(name)
    # `apart` lets those stay that are built in: a fresh interpreter has not loaded them yet.
    for name in set(sys.modules).intersection(sys.builtin_module_names) - modules:
        del sys.modules[name]
    for folder in set(sys.path_importer_cache) - folders:
        del sys.path_importer_cache[folder]
    boot.hide_frames()
    _tidy()


def run(control: int, apart: Apart) -> None:
    """Be the fork server; return in each child, when its program has ended.

    `control` is the descriptor of the control socket; `apart` knows what was loaded since the
    interpreter had begun. To be called once `prepare` has hidden its frame.
    """
    order, path, args = _Server(control).next_child()
    fork_child.become(order, path, args, apart)


def _tidy() -> None:
    """Let what is there be old, so that no collection in a child soon writes into all of it."""
    import gc

    del sys.modules["gc"]
    gc.collect()


class _Server:
    """Knows the children; uses descriptors by number only, for each child has to let go of them."""

    def __init__(self, control: int) -> None:
        self._control = socket.socket(fileno=control)
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._children: dict[int, int] = {}  # by report: process

    def next_child(self) -> Request:
        """Serve requests for ever; return in each child, with its own."""
        control = self._control.fileno()
        while True:
            for fd, _ in self._poll.poll():
                if fd != control:
                    self._bury(fd)
                elif (request := self._fork()) is not None:
                    return request

    def _fork(self) -> Request | None:
        """Take a request; return it in the child."""
        data, fds, _, _ = socket.recv_fds(self._control, REQUEST_BYTES, DESCRIPTORS)
        if not data:
            os._exit(0)
        try:
            if len(fds) < DESCRIPTORS:
                raise OSError(errno.EMFILE, "no more descriptors")
            pid = os.fork()
        except OSError as error:
            if fds:
                os.write(fds[0], b"error %d" % (error.errno or 0))
        else:
            if not pid:
                return self._apart(data, fds)
            report = fds.pop(0)
            self._children[report] = pid
            self._poll.register(report, select.POLLIN)
        for fd in fds:
            os.close(fd)
        return None

    def _apart(self, data: bytes, fds: list[int]) -> Request:
        """Let go of what is the server's, in a child; be a session; tell that it is there."""
        highest = max(self._control.detach(), *self._children, *fds)
        os.setsid()
        report, *streams, channel = fds
        for number, fd in enumerate(streams):
            os.dup2(fd, number)
        told = os.dup(report)
        own = len(streams)  # the channel's
        os.dup2(channel, own)
        os.closerange(own + 1, told)
        os.closerange(told + 1, highest + 1)
        run, limits, directory, path, *args = map(os.fsdecode, data.split(b"\0"))
        os.chdir(directory)
        os.write(told, b"pid %d" % os.getpid())
        os.close(told)
        return Request(Order(own, run, bounds.from_text(limits)), path, args)

    def _bury(self, report: int) -> None:
        """Take a zombie away and tell how it had ended; end what nobody wants to know of any more.

        Whoever wants to know has seen it end before it shuts its end of the report.
        """
        pid = self._children.pop(report)
        self._poll.unregister(report)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # a zombie does not mind
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):  # nobody is there
            os.write(report, b"end %d" % os.waitstatus_to_exitcode(status))
        os.close(report)
