"""The order to trace a program, as its environment carries it to the interpreter that runs it.

The interpreter runs the program itself, as `python PROGRAM ARGS…` ever does: so `__main__`,
`sys.argv`, `sys.path`, errors in the source and the end of the process are its own, and no frame of
ours lies below the program's. It imports `entry/sitecustomize.py` before, because that folder
stands first in PYTHONPATH. Before the program begins, everything of this is taken back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import NamedTuple

from backend.tracing.bounds import Bounds, as_text, from_text

ENTRY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "entry")
_ORDER, _PATH = "SOCKETLAB_TRACE", "PYTHONPATH"


class Order(NamedTuple):
    """What the tracer is told: the channel's descriptor, and the run that each record names.

    `bounds` is what the program may have of the machine; None: whatever we have. `prints` is
    whether what it prints is told, too. `folder` is that of a traced program whose child it is,
    and `sockets` are those that it may hold, as numbers by inode.
    """

    channel: int
    run: str
    bounds: Bounds | None = None
    prints: bool = False
    folder: str = ""
    sockets: Mapping[int, int] = MappingProxyType({})


def add(order: Order, environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment with the order in it, for `python PROGRAM ARGS…` without -E, -I, -S.

    The channel is a stream socket that the process has to inherit under that very number. When its
    other end closes, the program and its process group are killed.
    """
    path = environment.get(_PATH)
    bounds, folder = as_text(order.bounds), os.fsencode(order.folder).hex()
    sockets = ",".join([f"{inode}={number}" for inode, number in order.sockets.items()])
    return {
        **environment,
        _PATH: ENTRY + os.pathsep + path if path else ENTRY,
        _ORDER: f"{order.channel}:{order.prints:d}:{bounds}:{folder}:{sockets}:{order.run}",
    }


def take(environment: MutableMapping[str, str]) -> Order | None:
    """Take the order out of an environment, which is then as it was before; None if none is there.

    Raises ValueError when it is none that `add` has made.
    """
    first, _, path = environment.get(_PATH, "").partition(os.pathsep)
    if first == ENTRY and path:
        environment[_PATH] = path
    elif first == ENTRY:
        del environment[_PATH]
    text = environment.pop(_ORDER, None)
    if text is None:
        return None
    channel, _, rest = text.partition(":")
    prints, _, rest = rest.partition(":")
    bounds, _, rest = rest.partition(":")
    folder, _, rest = rest.partition(":")
    sockets, _, run = rest.partition(":")
    pairs = [each.split("=") for each in sockets.split(",") if each]
    given = int(channel), run, from_text(bounds), prints == "1"
    return Order(
        *given,
        os.fsdecode(bytes.fromhex(folder)),
        {int(inode): int(number) for inode, number in pairs},
    )
