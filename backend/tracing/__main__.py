"""Runs a program, unmodified, as `python PROGRAM ARGS…` would, and tells what it does.

    python -m backend.tracing --channel FD PROGRAM [ARGS…]

FD is an inherited stream socket. When its other end closes, the program and its process group are
killed: a lab never outlives the playground that started it.
"""

from __future__ import annotations

import atexit
import builtins
import io
import os
import signal
import sys
import threading
import time
import warnings
from importlib.machinery import SourceFileLoader
from types import ModuleType, TracebackType

from backend.tracing import sockets
from backend.tracing.channel import Channel

_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120


def _kill_group() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _prepare_main(program: str, args: list[str]) -> ModuleType:
    """Make the interpreter look as it does at the start of `python PROGRAM ARGS…`."""
    sys.argv = [program, *args]
    sys.path[0] = os.path.dirname(os.path.realpath(program))  # noqa: PTH120
    module = ModuleType("__main__")
    module.__file__ = program
    module.__loader__ = SourceFileLoader("__main__", program)
    module.__dict__["__builtins__"] = builtins
    module.__dict__["__cached__"] = None
    if sys.version_info < (3, 14):
        module.__annotations__ = {}
    sys.modules["__main__"] = module
    return module


def _hide_own_frames(error: BaseException) -> None:
    """Take the tracer's frames out of the tracebacks of an error and of all that led to it."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = trace = _next_of_program(one.__traceback__)
        while trace is not None:
            following = _next_of_program(trace.tb_next)
            trace.tb_next = following
            trace = following
        pending += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def _next_of_program(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == _FOLDER:  # noqa: PTH120
        trace = trace.tb_next
    return trace


def _hide_own_frames_of_threads() -> None:
    """Make threads that an exception ends show it without the tracer's frames."""
    hook = threading.excepthook

    def excepthook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            _hide_own_frames(args.exc_value)
        hook(args)

    threading.excepthook = excepthook


def run_program(program: str, args: list[str], channel: Channel) -> None:
    """Run the program as `__main__`; return when its main thread ends.

    An uncaught exception is shown without the tracer's own frames. It is then raised on, in
    silence, so that Python ends the process as ever: other threads first, then the exit handlers,
    then status 1 or, for KeyboardInterrupt, death by SIGINT.
    """
    module = _prepare_main(program, args)
    with io.open_code(os.path.abspath(program)) as source:  # noqa: PTH100
        text = source.read()
    channel.tell({"type": "ready", "t": time.monotonic()})
    try:
        code = compile(text, program, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102
    except SystemExit:
        raise
    except BaseException as error:
        _hide_own_frames(error)
        hook = sys.excepthook
        hook(type(error), error, error.__traceback__)
        sys.excepthook = lambda *_shown: setattr(sys, "excepthook", hook)
        raise


def main() -> None:
    """Read the command line, install the tracing, run the program."""
    if len(sys.argv) < 4 or sys.argv[1] != "--channel" or not sys.argv[2].isdigit():
        sys.exit("usage: python -m backend.tracing --channel FD PROGRAM [ARGS…]")
    program, args = sys.argv[3], sys.argv[4:]
    channel = Channel(int(sys.argv[2]), on_close=_kill_group)
    # Runs after the program's own exit handlers, when its last thread has ended.
    atexit.register(channel.flush)
    # The playground may have been started with SIGINT ignored (`nohup`, a shell's `&`).
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Python 3.12 and later warn of os.fork beside threads; ours are no reason to.
    warnings.filterwarnings("ignore", r"This process \(pid=\d+\) is multi-thr", DeprecationWarning)
    sockets.install(channel)
    _hide_own_frames_of_threads()
    run_program(program, args, channel)


if __name__ == "__main__":
    main()
