"""Puts the tracing in place, in the process of the program, before the program begins.

What is the same for all programs the fork server does once, before it forks (`prepare`); what is of
one program is done in its process (`Prepared.begin`).
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from backend.tracing import (
    blind,
    bounds,
    conditions,
    debuggers,
    descriptors,
    forks,
    frames,
    locks,
    pollers,
    prints,
    queues,
    sleeps,
    sockets,
    stand_ins,
    threads,
    tls_in_memory,
    typed,
    waits,
)
from backend.tracing.channel import Channel
from backend.tracing.holders import Holders
from backend.tracing.order import Order
from backend.tracing.sites import Sites
from backend.tracing.spawned import MODULE, Spawned

if TYPE_CHECKING:
    from backend.tracing.giving import Watch


def hide_frames() -> None:
    """Hide the frames of all functions of ours; to be called once, before `install`."""
    frames.hide(
        module for name, module in sys.modules.items() if name.startswith("backend.tracing.")
    )


class Prepared(NamedTuple):
    """The tracing, in place; it tells nothing yet."""

    channel: Channel
    sites: Sites
    watched: Mapping[str, Watch]  # by the name of a module
    spawned: Spawned

    def get_ready(self) -> None:
        """Do ahead what needs no order, in the process of the program."""
        self.channel.pipe.make_room()
        self.channel.workers.start()

    def begin(self, order: Order, program: str) -> None:
        """Trace everything that the program, a path, does from now on in this process.

        Raises OSError when the order's channel is no descriptor of this process.
        """
        if order.bounds is not None:
            bounds.apply(order.bounds)
        self.sites.open(order.folder or program)
        if order.folder:
            self.spawned.begin(order)
        else:
            self.channel.open(order.channel, order.run)
        self.spawned.prints = order.prints
        if order.prints:
            prints.install(self.channel)


def prepare(*, is_child: bool = False) -> Prepared:
    """Put the tracing in place, in a program or in a child that one has made by multiprocessing."""
    sites = Sites()
    channel = Channel(sites.all_threads, on_close=_kill_group)
    # Runs after the program's own exit handlers, when its last thread has ended.
    atexit.register(channel.flush)
    # The playground may have been started with SIGINT ignored (`nohup`, a shell's `&`).
    if not is_child and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    stand_ins.install()
    descriptors.install(channel.pipe)
    blinds = blind.BlindTeller(channel, sites)
    holders = Holders()
    calls = sockets.install(channel, sites, blinds, holders)
    encryption = tls_in_memory.Encryption(calls, sites)
    teller = threads.ThreadTeller(channel, sites)
    threads.install(teller)
    sleeps.install(teller)
    locks.install(teller)
    waiting = waits.WaitTeller(channel, sites)
    conditions.install(teller, waiting)
    waits.install(waiting)
    pollers.install(waiting, sites)
    queues.install(waiting)
    typed.install(waiting)
    forks.install()
    spawned = Spawned(calls, holders)
    watched = {
        **blinds.watched(),
        tls_in_memory.MODULE: encryption.watch,
        MODULE: spawned.watch,
        **debuggers.watched(sites),
    }
    return Prepared(channel, sites, watched, spawned)


def _kill_group() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
