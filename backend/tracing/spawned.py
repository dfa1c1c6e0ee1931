"""Follows the children that a program makes by `multiprocessing` as fresh interpreters ("spawn").

A child is told into its parent's channel, with its id, as one that was forked. It inherits the
channel, and begins as any traced program does: by an order in its environment (`order.py`), which
its parent's never has in it. Its command is as ever. What the library starts for itself, such as
its resource tracker, is not told; nor is a child that another interpreter runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from backend.tracing import order
from backend.tracing.arguments import attempt
from backend.tracing.holders import Holders
from backend.tracing.notes import compact
from backend.tracing.order import Order
from backend.tracing.records import CallTeller
from backend.tracing.stand_ins import StandIn

MODULE = "multiprocessing.util"
_OF_CHILD = "--multiprocessing-fork"  # the last argument of a child, and of nothing else
_OF_SERVER = "from multiprocessing.forkserver import main;"  # begins that of who forks children
_environment = os.environ  # a program may put another one in its place, which no child inherits


class Spawned:
    """The children of a program, or what such a child is itself.

    `prints` is whether what they print is told.
    """

    def __init__(self, calls: CallTeller, holders: Holders) -> None:
        self._calls, self._holders = calls, holders
        self.prints = False

    def begin(self, given: Order) -> None:
        """Be a child, or the process of the library that forks them, of which nothing is told."""
        channel = self._calls.channel
        channel.run = given.run
        if sys.argv[-1] == _OF_CHILD:
            self._tell(given)
            return
        channel.capacity = 0
        attempt(os.set_inheritable, given.channel, False)

        def begin_in_child() -> None:
            if not channel.run_json:  # else it was forked by a child, and goes on
                self._tell(given)

        os.register_at_fork(after_in_child=begin_in_child)

    def _tell(self, given: Order) -> None:
        """Tell of this process from now on, apart from its parent, as of one that was forked.

        Where that is not possible, nothing is told.
        """
        channel = self._calls.channel
        channel.run_json = compact(given.run)
        channel.go_on_in_child()
        try:
            channel.pipe.open(given.channel)
        except OSError:
            channel.pipe.is_closed, channel.capacity = True, 0
        self._calls.sites.go_on_in_child()
        self._calls.go_on_in_child()
        self._holders.begin_family(given.sockets)

    def watch(self, origin: str | None) -> Callable[[Any], None] | None:
        """Return what is to be done with the library's own module once it is executed."""
        is_own = origin is not None and self._calls.sites.own_name(origin) is not None
        return None if is_own else lambda module: attempt(self._follow, module)

    def _follow(self, util: Any) -> None:
        real = util.spawnv_passfds

        def spawnv_passfds(*args: Any, **kwargs: Any) -> Any:
            attempt(self._follow_starts)
            return real(*args, **kwargs)

        util.spawnv_passfds = StandIn(spawnv_passfds, real)

    def _follow_starts(self) -> None:
        """Put ours before what starts a program, which the library loads for the first one."""
        module: Any = __import__("_posixsubprocess")
        real = module.fork_exec
        if isinstance(real, StandIn):
            return

        def fork_exec(*args: Any, **kwargs: Any) -> Any:
            return real(*(attempt(self._with_order, args) or args), **kwargs)

        module.fork_exec = StandIn(fork_exec, real)

    def _with_order(self, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Return the arguments that start a traced child; None for any other program.

        Of them these count: its command, the files to look for, whether others are closed, the
        descriptors that it inherits, its folder, and its environment (None: as ours is).
        """
        command, files, closes, kept, folder, environment, *rest = args
        channel, flags = self._calls.channel, sys.flags
        is_ours = [*map(os.fsencode, files)] == [os.fsencode(sys.executable)]
        is_child = command[-1] == _OF_CHILD or command[-1].startswith(_OF_SERVER)
        if not is_child or environment is not None or not is_ours:
            return None
        if channel.pipe.is_closed or flags.ignore_environment or flags.no_site:
            return None
        self._holders.begin_family({})
        fd = channel.pipe.fd
        given = Order(
            fd, channel.run, None, self.prints, self._calls.sites.base, self._holders.shared()
        )
        told = order.add(given, _environment)
        pairs = [os.fsencode(name) + b"=" + os.fsencode(told[name]) for name in told]
        return command, files, closes, tuple(sorted({*kept, fd})), folder, pairs, *rest
