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
import time
from importlib.machinery import SourceFileLoader
from types import ModuleType

from backend.tracing import sockets
from backend.tracing.channel import Channel


def _kill_group() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _prepare_main(program: str, args: list[str]) -> ModuleType:
    """Make the interpreter look as it does at the start of `python PROGRAM ARGS…`."""
    sys.argv = [program, *args]
    sys.path[0] = os.path.dirname(os.path.abspath(program))  # noqa: PTH100, PTH120
    module = ModuleType("__main__")
    module.__file__ = program
    module.__loader__ = SourceFileLoader("__main__", program)
    module.__dict__["__builtins__"] = builtins
    module.__dict__["__cached__"] = None
    sys.modules["__main__"] = module
    return module


def run_program(program: str, args: list[str], channel: Channel) -> None:
    """Run the program as `__main__`; return when its main thread ends.

    An uncaught exception is shown without the tracer's own frames, and ends the process with the
    status that Python gives it.
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
        trace = error.__traceback__.tb_next if error.__traceback__ else None
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        if isinstance(error, KeyboardInterrupt):
            channel.flush()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGINT)
        sys.exit(1)


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
    sockets.install(channel)
    run_program(program, args, channel)


if __name__ == "__main__":
    main()
