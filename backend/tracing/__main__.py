"""Runs a program, unmodified, as `python PROGRAM ARGS…` would, and tells what it does.

    python -m backend.tracing --channel FD --run ID PROGRAM [ARGS…]

FD is an inherited stream socket; ID stands in every event as its `run`. When the other end of FD
closes, the program and its process group are killed: a lab never outlives the playground that
started it.
"""

from __future__ import annotations

import atexit
import builtins
import io
import os
import signal
import sys
import warnings
from importlib.machinery import SourceFileLoader
from types import ModuleType

from backend.tracing import conditions, frames, locks, sockets, threads
from backend.tracing.channel import Channel
from backend.tracing.sites import Sites


def _kill_group() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _prepare_main(program: str, args: list[str]) -> ModuleType:
    """Make the interpreter look as it does at the start of `python PROGRAM ARGS…`."""
    sys.argv = [program, *args]
    sys.path[0] = os.path.dirname(os.path.realpath(program))
    module = ModuleType("__main__")
    module.__file__ = program
    module.__loader__ = SourceFileLoader("__main__", program)
    module.__dict__["__builtins__"] = builtins
    module.__dict__["__cached__"] = None
    if sys.version_info < (3, 14):
        module.__annotations__ = {}
    sys.modules["__main__"] = module
    return module


def run_program(program: str, args: list[str], channel: Channel) -> None:
    """Run the program as `__main__`; return when its main thread ends.

    An uncaught exception is shown without the tracer's own frames. It is then raised on, in
    silence, so that Python ends the process as ever: other threads first, then the exit handlers,
    then status 1 or, for KeyboardInterrupt, death by SIGINT.
    """
    module = _prepare_main(program, args)
    with io.open_code(os.path.abspath(program)) as source:
        text = source.read()
    try:
        code = compile(text, program, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102
    except SystemExit:
        raise
    except BaseException as error:
        frames.hide(error)
        hook = sys.excepthook
        hook(type(error), error, error.__traceback__)
        sys.excepthook = lambda *_shown: setattr(sys, "excepthook", hook)
        raise


def main() -> None:
    """Read the command line, install the tracing, run the program."""
    match sys.argv[1:]:
        case ["--channel", fd, "--run", run, program, *args] if fd.isdigit():
            pass
        case _:
            sys.exit("usage: python -m backend.tracing --channel FD --run ID PROGRAM [ARGS…]")
    sites = Sites(program)
    channel = Channel(int(fd), run, sites.all_threads, on_close=_kill_group)
    # Runs after the program's own exit handlers, when its last thread has ended.
    atexit.register(channel.flush)
    # The playground may have been started with SIGINT ignored (`nohup`, a shell's `&`).
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sockets.install(channel, sites)
    teller = threads.Teller(channel, sites)
    threads.install(teller)
    locks.install(teller)
    conditions.install(teller)
    # Python 3.12 and later warn of os.fork beside threads; ours are no reason to.
    if sys.version_info >= (3, 12):
        multi_threaded = r"This process \(pid=\d+\) is multi-threaded"
        warnings.filterwarnings("ignore", multi_threaded, DeprecationWarning)
    # A program may have modules of its own called as ours.
    for name in [name for name in sys.modules if name.partition(".")[0] == "backend"]:
        del sys.modules[name]
    frames.install()
    run_program(program, args, channel)


if __name__ == "__main__":
    main()
