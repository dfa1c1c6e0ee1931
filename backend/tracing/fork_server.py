"""The fork server: a process that has loaded what traced programs need, and forks itself for each.

A request is one message on the control socket: run, bounds, directory, program and its arguments
with NUL between them, and the descriptors of the report, the program's streams and its trace
channel. On the report the child tells its process id once it is apart (`pid 4711`; `error 11`, an
errno, if it cannot be made). It stays a zombie, when it has ended, until the other end of the
report is shut; then the server tells its exit status (`end 0`). When the control socket ends, the
server does, with all that is below it (`orphans.py`).

`run` returns in each child, when the program in it has ended; the server never returns.
"""

from __future__ import annotations

import _socket
import contextlib
import errno
import functools
import os
import select
import signal
import socket
import sys
from array import array
from collections.abc import Callable
from types import CodeType

from backend.tracing import boot, bounds
from backend.tracing.fork_child import Request, become
from backend.tracing.modules import Apart
from backend.tracing.order import Order
from backend.tracing.orphans import Orphans, adopt
from backend.tracing.programs import Programs

REQUEST_BYTES = 64 * 1024
PATH = 3  # which of its fields the program is
DESCRIPTORS = 5  # report, standard streams, trace channel
EXERCISES = 10  # after 8 CPython 3.11 has specialised code
# What programs like to import, and what keeps nothing of a socket, lock or thread that is untraced.
WARM = (
    "argparse", "array", "bisect", "codecs", "collections.abc", "contextlib", "copy", "dataclasses",
    "datetime", "enum", "errno", "functools", "heapq", "io", "ipaddress", "itertools", "json",
    "locale", "math", "operator", "pathlib", "queue", "random", "re", "select", "selectors",
    "shutil", "signal", "socket", "socketserver", "string", "struct", "textwrap", "threading",
    "time", "traceback", "types", "typing", "urllib.parse",
)  # fmt: skip
# Of CPython's allocator of small objects (Objects/obmalloc.c): sizes in bytes.
ALIGNED, LARGEST, POOL, POOL_HEAD = 16, 512, 16 * 1024, 48
BYTES_HEAD = sys.getsizeof(b"")
FILL_LIMIT = 20_000  # objects of a size, where the allocator is another
_MAKERS: dict[int, Callable[[], object]] = {16: object, 32: lambda: len(sys.argv) + 0.5}
# As they are, before the tracing, which is the programs', stands before them.
_Socket, _poll = _socket.socket, select.poll
_close, _closerange, _dup, _dup2 = os.close, os.closerange, os.dup, os.dup2
_exit, _kill = os._exit, os.kill


def prepare(apart: Apart) -> None:
    """Load what programs need; hide the frames of ours."""
    modules, folders = set(sys.modules), set(sys.path_importer_cache)
    for name in WARM:
        __import__(name)
    # `apart` lets those stay that are built in: a fresh interpreter has not loaded them yet.
    for name in set(sys.modules).intersection(sys.builtin_module_names) - modules:
        del sys.modules[name]
    for folder in set(sys.path_importer_cache) - folders:
        del sys.path_importer_cache[folder]
    apart.unnoted(_exercise)
    apart.unnoted(adopt)
    boot.hide_frames()


def _exercise() -> None:
    """Begin as most programs do: what that leaves behind, in code and caches, is ready for all."""
    argparse = sys.modules["argparse"]
    for _ in range(EXERCISES):
        parser = argparse.ArgumentParser(description="")
        parser.add_argument("--host", default="")
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--quiet", action="store_true", help="")
        parser.parse_args(["--port", "0"])


def run(control: int, apart: Apart) -> None:
    """Be the fork server; return in each child, when its program has ended.

    `control` is the descriptor of the control socket; `apart` knows what was loaded since the
    interpreter had begun. To be called once `prepare` has hidden its frame.
    """
    prepared = boot.prepare()
    apart.hide(prepared.watched)
    _forget_searches()
    _filled = _tidy()
    become(_Server(control).next_child(), prepared)


def _forget_searches() -> None:
    """Forget what was searched for the server's sake only."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    ours = os.path.join(root, "backend", "")
    for folder in list(sys.path_importer_cache):
        is_ours = folder == root or os.path.join(folder, "").startswith(ours)
        if folder == sys.argv[0] or (is_ours and folder not in sys.path):
            del sys.path_importer_cache[folder]


def _tidy() -> list[object]:
    """Let what is there be old, so that no collection in a child soon writes into all of it.

    What is returned is to be kept: it fills the gaps that are left between other objects, so that
    what children make comes into pages of their own, one after the other, and copies none of ours.
    """
    import gc

    del sys.modules["gc"]
    gc.collect()
    fill: list[object] = []
    for size in range(ALIGNED, LARGEST + ALIGNED, ALIGNED):
        make = _MAKERS.get(size) or functools.partial(bytes, size - BYTES_HEAD)
        for _ in range(FILL_LIMIT):
            fill.append(made := make())
            if id(made) % POOL == POOL_HEAD:  # the first in a new one
                break
    return fill


class _Server:
    """Knows the children; uses descriptors by number only, for each child has to let go of them."""

    def __init__(self, control: int) -> None:
        self._control = _Socket(fileno=control)
        self._programs = Programs()
        self._orphans = Orphans()
        self._poll = _poll()
        for fd in (control, self._orphans.ended):
            self._poll.register(fd, select.POLLIN)
        self._children: dict[int, int] = {}  # by report: process

    def next_child(self) -> Request:
        """Serve requests for ever; return in each child, with its own."""
        control = self._control.fileno()
        while True:
            for fd, _ in self._poll.poll():
                if fd == self._orphans.ended:
                    self._orphans.bury(self._children.values())
                elif fd != control:
                    self._bury(fd)
                elif (request := self._fork()) is not None:
                    return request

    def _fork(self) -> Request | None:
        """Take a request; return it in the child."""
        data, fds = self._receive()
        if not data:
            self._orphans.end_all()
            _exit(0)
        try:
            if len(fds) < DESCRIPTORS:
                raise OSError(errno.EMFILE, "no more descriptors")
            fields = [*map(os.fsdecode, data.split(b"\0"))]
            code = self._programs.code_of(fields[PATH])
            pid = os.fork()
        except OSError as error:
            if fds:
                os.write(fds[0], b"error %d" % (error.errno or 0))
        else:
            if not pid:
                return self._apart(fields, fds, code)
            report = fds.pop(0)
            self._children[report] = pid
            self._poll.register(report, select.POLLIN)
        for fd in fds:
            _close(fd)
        return None

    def _receive(self) -> tuple[bytes, list[int]]:
        """Take a message and its descriptors, as `socket.recv_fds` does."""
        fds = array("i")
        space = socket.CMSG_LEN(DESCRIPTORS * fds.itemsize)
        data, parts, _, _ = self._control.recvmsg(REQUEST_BYTES, space)
        for level, kind, part in parts:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(part[: len(part) - len(part) % fds.itemsize])
        return data, [*fds]

    def _apart(self, fields: list[str], fds: list[int], code: CodeType | None) -> Request:
        """Let go of what is the server's, in a child; be a session; tell that it is there."""
        control, orphans = self._control.detach(), self._orphans.leave()
        highest = max(control, orphans, *self._children, *fds)
        os.setsid()
        report, *streams, channel = fds
        for number, fd in enumerate(streams):
            _dup2(fd, number)
        told = _dup(report)
        own = len(streams)  # the channel's
        _dup2(channel, own)
        _closerange(own + 1, told)
        _closerange(told + 1, highest + 1)
        run, limits, directory, path, *args = fields
        os.chdir(directory)
        os.write(told, b"pid %d" % os.getpid())
        _close(told)
        return Request(Order(own, run, bounds.from_text(limits)), path, args, code)

    def _bury(self, report: int) -> None:
        """Take a zombie away and tell how it had ended; end what nobody wants to know of any more.

        Whoever wants to know has seen it end before it shuts its end of the report.
        """
        pid = self._children.pop(report)
        self._poll.unregister(report)
        with contextlib.suppress(ProcessLookupError):
            _kill(pid, signal.SIGKILL)  # a zombie does not mind
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):  # nobody is there
            os.write(report, b"end %d" % os.waitstatus_to_exitcode(status))
        _close(report)
