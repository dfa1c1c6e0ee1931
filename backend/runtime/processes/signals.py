"""Signals as a program has them that is started from a terminal."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

# What a shell without job control ignores in its background jobs (POSIX, Shell Command Language,
# 2.11). What a process ignores, its children ignore, too: execve(2).
_IGNORED_IN_BACKGROUND = (signal.SIGINT, signal.SIGQUIT)


@contextlib.contextmanager
def signals_of_a_terminal() -> Iterator[None]:
    """Let processes that are made inside have no signal blocked, and SIGINT and SIGQUIT by default.

    We ourselves go on ignoring what we ignored: for as long as this lasts a signal that is ignored
    has a handler that does nothing, which execve(2) turns into the default. Outside of the main
    thread, where Python allows no handler, only the mask is cleared.
    """
    ignored = [
        number
        for number in _IGNORED_IN_BACKGROUND
        if threading.current_thread() is threading.main_thread()
        and signal.getsignal(number) is signal.SIG_IGN
    ]
    with contextlib.ExitStack() as stack:
        for number in ignored:
            signal.signal(number, _do_nothing)
            stack.callback(signal.signal, number, signal.SIG_IGN)
        mask = signal.pthread_sigmask(signal.SIG_SETMASK, ())
        stack.callback(signal.pthread_sigmask, signal.SIG_SETMASK, mask)
        yield


def _do_nothing(*_signal_and_frame: object) -> None:
    pass
