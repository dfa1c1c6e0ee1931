"""The fork server: a process that has loaded what traced programs need, and forks itself for each.

A request is one message on the control socket: run, bounds, directory, program and its arguments
with NUL between them, and the descriptors of the report, the program's streams and its trace
channel. On the report the child tells its process id once it is apart (`pid 4711`; `error 11`, an
errno, if it cannot be made). It stays a zombie, when it has ended, until the other end of the
report is shut; then the server tells its exit status (`end 0`). When the control socket ends, the
server does, with all that is below it (`orphans.py`).

When nothing was asked for a moment, a child is forked ahead: a spare (`spares.py`), which gets the
next request. Where there is none, or it does not know a program as it is now, one is forked then.

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
import sys
import time
from collections.abc import Callable
from types import CodeType

from backend.tracing import boot, bounds
from backend.tracing.fork_child import Request, become
from backend.tracing.modules import Apart
from backend.tracing.order import Order
from backend.tracing.orphans import Orphans, adopt
from backend.tracing.pages import Pages
from backend.tracing.programs import Programs
from backend.tracing.spares import DESCRIPTORS, Spare, receive

PATH = 3  # which of its fields the program is
QUIET_MS = 20  # after which a spare is forked: what has just been started needs the processor more
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
    become(_Server(control, pages, prepared.get_ready).next_child(), prepared)


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
        """`get_ready` is done in a child ahead of its request."""
        self._control = _Socket(fileno=control)
        self._programs = Programs()
        self._orphans = Orphans()
        self._poll = _poll()
        for fd in (control, self._orphans.ended):
            self._poll.register(fd, select.POLLIN)
        self._children: dict[int, int] = {}  # by report: process
        self._spare: Spare | None = None
        self._wants_spare = True
        self._pages, self._get_ready = pages, get_ready
        self._to_look_at = 0  # process id of a child; 0: none
        self._began = 0.0  # when that was asked for

    def next_child(self) -> Request:
        """Serve requests for ever; return in each child, with its own."""
        while True:
            ready = self._poll.poll(self._patience_ms())
            request = None if ready else self._use_quiet()
            for fd, _ in ready:
                if fd == self._control.fileno():
                    request = self._serve()
                elif fd == self._orphans.ended:
                    self._bury_orphans()
                elif fd in self._children:
                    self._bury(fd)
                elif self._spare is not None and fd == self._spare.fileno:  # it has ended by itself
                    self._drop_spare()
                    self._wants_spare = False  # or it would go on so; after the next request
                if request is not None:
                    break
            if request is not None:
                return request

    def _patience_ms(self) -> int | None:
        if self._wants_spare:
            return QUIET_MS
        return LOOK_MS if self._to_look_at else None

    def _use_quiet(self) -> Request | None:
        """Do what is for later, as nothing was asked for; return a request in a spare child."""
        if self._to_look_at not in self._children.values():
            self._to_look_at = 0
        elif _monotonic() - self._began >= LOOK_MS / 1000:
            self._pages.look(self._to_look_at)
            self._to_look_at = 0
            if not self._pages.is_looking:
                self._drop_spare()  # the next one knows what was seen
        return self._fork_ahead() if self._wants_spare else None

    def _serve(self) -> Request | None:
        """Take a request; return it in a child that is forked for it."""
        data, fds = receive(self._control)
        if not data:
            self._orphans.end_all()
            _exit(0)
        try:
            if len(fds) < DESCRIPTORS:
                raise OSError(errno.EMFILE, "no more descriptors")
            fields = _fields(data)
            code = self._programs.code_of(fields[PATH])
            spare_pid = self._hand_to_spare(data, fds)
            pid = spare_pid or _fork()
        except OSError as error:
            if fds:
                os.write(fds[0], b"error %d" % (error.errno or 0))
        else:
            if not pid:
                return _apart(fields, fds, code, self._let_go())
            report = fds.pop(0)
            if self._pages.is_looking and self._to_look_at not in self._children.values():
                self._to_look_at, self._began = pid, _monotonic()
            self._children[report] = pid
            self._poll.register(report, select.POLLIN)
            if not spare_pid:
                self._drop_spare()
        for fd in fds:
            _close(fd)
        self._wants_spare = self._spare is None
        return None

    def _hand_to_spare(self, data: bytes, fds: list[int]) -> int:
        """Give a request to the spare child; return its process id, 0 if none has taken it."""
        spare = self._spare
        if spare is None or spare.version != self._programs.version or not spare.hand(data, fds):
            return 0
        self._spare = None
        self._poll.unregister(spare.fileno)
        spare.close()
        return spare.pid

    def _drop_spare(self) -> None:
        """End the spare child, if there is one."""
        spare, self._spare = self._spare, None
        if spare is not None:
            self._poll.unregister(spare.fileno)
            spare.end()
            self._wants_spare = True

    def _fork_ahead(self) -> Request | None:
        """Fork a child ahead; return in it, with its request, when it gets one."""
        self._wants_spare = False
        try:
            spare = Spare(self._programs.version)
        except OSError:  # of processes or descriptors there are no more
            return None
        if spare.pid:
            self._spare = spare
            self._poll.register(spare.fileno, select.POLLIN)
            return None
        spare.keep_only_own(self._let_go())
        self._pages.copy()
        self._get_ready()
        data, fds = spare.wait()
        fields = _fields(data)
        return _apart(fields, fds, self._programs.known(fields[PATH]), spare.fileno)

    def _let_go(self) -> int:
        """Let go of all descriptors, in a child; return the highest, so that they can be closed."""
        highest = max(self._control.detach(), self._orphans.leave(), *self._children)
        return highest if self._spare is None else max(highest, self._spare.detach())

    def _bury_orphans(self) -> None:
        spare = [] if self._spare is None else [self._spare.pid]
        self._orphans.bury([*self._children.values(), *spare])

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


def _fields(data: bytes) -> list[str]:
    return [*map(os.fsdecode, data.split(b"\0"))]


def _apart(fields: list[str], fds: list[int], code: CodeType | None, highest: int) -> Request:
    """Let go of what is the server's, in a child; be a session; tell that it is there."""
    os.setsid()
    report, *streams, channel = fds
    for number, fd in enumerate(streams):
        _dup2(fd, number)
    told = _dup(report)
    own = len(streams)  # the channel's
    _dup2(channel, own)
    _closerange(own + 1, told)
    _closerange(told + 1, max(highest, *fds) + 1)
    run, limits, directory, path, *args = fields
    os.chdir(directory)
    os.write(told, b"pid %d" % os.getpid())
    _close(told)
    return Request(Order(own, run, bounds.from_text(limits)), path, args, code)
