"""What a program and its children asked of the kernel, as strace saw it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SENDING = ("sendto", "sendmsg", "write", "writev", "sendfile")
TAKING = ("recvfrom", "recvmsg", "read", "readv")
COMMAND = (
    *("strace", "-f", "-qq", "-yy", "-s", "0", "-e", "signal=none"),
    *("-e", f"trace={','.join(SENDING + TAKING)}"),
)
UNFINISHED = " <unfinished ...>"
LINE = re.compile(r"(\d+) +(?:<\.\.\. \w+ resumed>)?(.*)", re.DOTALL)
CALL = re.compile(r"(\w+)\((\d+)<(TCP|UDP)(?:v6)?:\[(.*?)\]>,.* = (\d+)$")
PORTS = re.compile(r":(\d+)(?:->.*:(\d+))?$")

Flow = tuple[int, int]  # port of the sender, port of the receiver


@dataclass
class Asked:
    """Bytes of streams by direction, which of these were read to their end; sizes of datagrams."""

    sent: Counter[Flow] = field(default_factory=Counter)
    taken: Counter[Flow] = field(default_factory=Counter)
    ended: set[Flow] = field(default_factory=set)
    datagrams_sent: list[int] = field(default_factory=list)
    datagrams_taken: list[int] = field(default_factory=list)


def read(path: Path) -> Asked:
    """Read what strace has written."""
    asked = Asked()
    for call, kind, ends, size, text in _calls(path):
        ports = PORTS.search(ends)
        is_sending = call in SENDING
        if "MSG_PEEK" in text:
            continue
        if kind == "UDP":
            (asked.datagrams_sent if is_sending else asked.datagrams_taken).append(size)
        elif ports is not None and ports[2]:
            flow = int(ports[1]), int(ports[2])
            if is_sending:
                asked.sent[flow] += size
            elif size:
                asked.taken[flow[::-1]] += size
            else:
                asked.ended.add(flow[::-1])
    return asked


def _calls(path: Path) -> Iterator[tuple[str, str, str, int, str]]:
    """Yield each call on a socket of the internet that did not fail; what was cut is joined."""
    begun: dict[str, str] = {}
    ends: dict[str, str] = {}  # by descriptor: those of a connection that was reset are not known
    for line in path.read_text().splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        thread, text = found[1], begun.pop(found[1], "") + found[2]
        if text.endswith(UNFINISHED):
            begun[thread] = text.removesuffix(UNFINISHED)
        elif told := CALL.match(text):
            if not told[4].isdigit():
                ends[told[2]] = told[4]
            yield told[1], told[3], ends.get(told[2], told[4]), int(told[5]), text
