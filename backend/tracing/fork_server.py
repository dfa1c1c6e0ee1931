"""The fork server: a process that has loaded what traced programs need, and forks itself for each.

A request is one message on the control socket: directory, program, run, bounds and arguments with
NUL between them, and the descriptors of the report, the program's streams and its trace channel.
On the report the child tells its process id once it is apart (`pid 4711`; `error 11`, an errno, if
it cannot be made). It stays a zombie, when it has ended, until the other end of the report is shut;
then the server tells its exit status (`end 0`). When the control socket ends, the server does, with
all that is below it (`orphans.py`).

A request of directory and program alone is for a spare: a child that is forked ahead, does what
needs no order, and then waits for one (`spares.py`). The program is what was last ordered so, if
any: its code is known then.

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
import time
from array import array
from collections.abc import Callable
from types import CodeType

from backend.tracing import boot, bounds
from backend.tracing.command_lines import CommandLine
from backend.tracing.fork_child import Request, become
from backend.tracing.modules import Apart
from backend.tracing.order import Order
from backend.tracing.orphans import Orphans, adopt
from backend.tracing.pages import Pages
from backend.tracing.programs import Programs
from backend.tracing.spares import wait_for_order

REQUEST_BYTES = 64 * 1024
DESCRIPTORS = 5  # report, standard streams, trace channel
CHANNEL = 3  # descriptor, after the standard streams
QUIET_MS = 20  # before a look: what has just been started needs the processor more
LOOK_MS = 500  # after which a program has begun, and it can be seen where it has written
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
_exit, _fork, _kill = os._exit, os.fork, os.kill
_monotonic = time.monotonic


def prepare(apart: Apart) -> Pages:
    """Load what programs need; hide the frames of ours. What is returned is for `run`."""
    modules, folders = set(sys.modules), set(sys.path_importer_cache)
    for name in WARM:
        __import__(name)
    pages = Pages()
    # `apart` lets those stay that are built in: a fresh interpreter has not loaded them yet.
    for name in set(sys.modules).intersection(sys.builtin_module_names) - modules:
        del sys.modules[name]
    for folder in set(sys.path_importer_cache) - folders:
        del sys.path_importer_cache[folder]
    apart.unnoted(_exercise)
    apart.unnoted(adopt)
    boot.hide_frames()
    return pages


def _exercise() -> None:
    """Begin as most programs do: what that leaves behind, in code and caches, is ready for all."""
    argparse = sys.modules["argparse"]
    for _ in range(EXERCISES):
        parser = argparse.ArgumentParser(description="")
        parser.add_argument("--host", default="")
        parser.add_argument("--port", type=int, default=0)
        parser.add_argument("--quiet", action="store_true", help="")
        parser.parse_args(["--port", "0"])


def run(control: int, apart: Apart, pages: Pages) -> None:
    """Be the fork server; return in each child, when its program has ended.

    `control` is the descriptor of the control socket; `apart` knows what was loaded since the
    interpreter had begun. To be called once `prepare` has hidden its frame.
    """
    prepared = boot.prepare()
    apart.hide(prepared.watched)
    _forget_searches()
    _filled = _tidy()
    line = CommandLine()
    become(_Server(control, pages, prepared.get_ready).next_child(), prepared, line)


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

    def __init__(self, control: int, pages: Pages, get_ready: Callable[[], None]) -> None:
        """`get_ready` is done in a child ahead of its order."""
        self._control = _Socket(fileno=control)
        self._programs = Programs()
        self._orphans = Orphans()
        self._lifeline = os.pipe2(os.O_CLOEXEC)  # its second end is open as long as we are
        self._poll = _poll()
        for fd in (control, self._orphans.ended):
            self._poll.register(fd, select.POLLIN)
        self._children: dict[int, int] = {}  # by report: process
        self._spare = 0  # process id of the newest; 0: none
        self._pages, self._get_ready = pages, get_ready
        self._to_look_at = 0  # process id of a child; 0: none
        self._began = 0.0  # when that was asked for

    def next_child(self) -> Request:
        """Serve requests for ever; return in each child, with its own."""
        while True:
            ready = self._poll.poll(self._patience_ms())
            if not ready:
                self._look()
            for fd, _ in ready:
                if fd == self._control.fileno():
                    request = self._serve()
                    if request is not None:
                        return request
                elif fd == self._orphans.ended:
                    self._orphans.bury(self._children.values())
                elif fd in self._children:
                    self._bury(fd)

    def _patience_ms(self) -> float | None:
        if not self._to_look_at:
            return None
        return max(QUIET_MS, LOOK_MS - (_monotonic() - self._began) * 1000)

    def _look(self) -> None:
        """See where a child that has begun has written, as nothing is asked for."""
        if self._to_look_at not in self._children.values():
            self._to_look_at = 0
        elif _monotonic() - self._began >= LOOK_MS / 1000:
            self._pages.look(self._to_look_at)
            self._to_look_at = 0

    def _serve(self) -> Request | None:
        """Take a request; return it in the child that is forked for it."""
        data, fds = _receive(self._control)
        if not data:
            self._orphans.end_all()
            _exit(0)
        try:
            if len(fds) < DESCRIPTORS:
                raise OSError(errno.EMFILE, "no more descriptors")
            directory, path, *order = map(os.fsdecode, data.split(b"\0"))
            code = self._programs.code_of(path) if path else None
            pid = _fork()
        except OSError as error:
            if fds:
                os.write(fds[0], b"error %d" % (error.errno or 0))
        else:
            if not pid:
                told, lifeline = self._come_apart(fds)
                if not order:
                    directory, path, *order = self._wait(lifeline)
                    code = self._programs.code_of(path)
                _close(lifeline)
                os.chdir(directory)
                return _begun(told, path, order, code)
            report = fds.pop(0)
            self._children[report] = pid
            self._poll.register(report, select.POLLIN)
            self._note_for_a_look(pid, is_spare=not order)
        for fd in fds:
            _close(fd)
        return None

    def _note_for_a_look(self, pid: int, *, is_spare: bool) -> None:
        """Note which child has begun: before another spare is asked for, the last one has."""
        if is_spare:
            pid, self._spare = self._spare, pid
        if self._pages.is_looking and self._to_look_at not in self._children.values():
            self._to_look_at, self._began = pid, _monotonic()

    # In a child

    def _come_apart(self, fds: list[int]) -> tuple[int, int]:
        """Be a session, which costs a turn of the processor, and let go of what is the server's.

        Return the descriptors of the report and the lifeline, which a child closes as it begins.
        """
        os.setsid()
        highest = max(
            *(self._control.detach(), self._orphans.leave(), *self._lifeline),
            *(*self._children, *fds),
        )
        report, *streams, channel = fds
        kept = _dup(report), _dup(self._lifeline[0])
        for number, fd in enumerate((*streams, channel)):
            _dup2(fd, number)
        low = CHANNEL + 1
        for fd in sorted(kept):
            _closerange(low, fd)
            low = fd + 1
        _closerange(low, highest + 1)
        return kept

    def _wait(self, lifeline: int) -> list[str]:
        """Do what needs no order; return the fields of the order, once it is there."""
        self._pages.copy()
        self._get_ready()
        return [*map(os.fsdecode, wait_for_order(CHANNEL, lifeline).split(b"\0"))]

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


def _receive(source: _socket.socket) -> tuple[bytes, list[int]]:
    """Take a message and its descriptors, as `socket.recv_fds` does."""
    fds = array("i")
    space = socket.CMSG_LEN(DESCRIPTORS * fds.itemsize)
    data, parts, _, _ = source.recvmsg(REQUEST_BYTES, space)
    for level, kind, part in parts:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(part[: len(part) - len(part) % fds.itemsize])
    return data, [*fds]


def _begun(told: int, path: str, order: list[str], code: CodeType | None) -> Request:
    """Tell that a child has its order."""
    run, limits, *args = order
    os.write(told, b"pid %d" % os.getpid())
    _close(told)
    return Request(Order(CHANNEL, run, bounds.from_text(limits)), path, args, code)
