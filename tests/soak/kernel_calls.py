"""What a program and its children asked of the kernel, as strace saw it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SENDING = ("sendto", "sendmsg", "write", "writev", "sendfile")
TAKING = ("recvfrom", "recvmsg", "read", "readv")
MAKING = ("socket", "socketpair")
COMMAND = (  # -s is of arrays, too: both ends of a pair
    *("strace", "-f", "-qq", "-yy", "-s", "2", "-e", "signal=none"),
    *("-e", f"trace={','.join(SENDING + TAKING + MAKING)}"),
)
UNFINISHED = " <unfinished ...>"
LINE = re.compile(r"(\d+) +(?:<\.\.\. \w+ resumed>)?(.*)", re.DOTALL)
CALL = re.compile(r"(\w+)\((\d+)<(TCP|UDP)(?:v6)?:\[(.*?)\]>,.* = (\d+)$")
PORTS = re.compile(r":(\d+)(?:->.*:(\d+))?$")

UNIX = re.compile(r"(\w+)\(\d+<UNIX:\[(\d+)(?:->(\d+))?(?:,(@?\".*?\"))?\]>,.* = (\d+)$")
UNIX_MADE = re.compile(r"socket(?:pair)?\(AF_UNIX, SOCK_DGRAM")
INODE = re.compile(r"<UNIX:\[(\d+)")
UNIX_NAME = re.compile(r"sun_path=(@?\".*?\")")

Flow = tuple[int, int]  # port of the sender, port of the receiver


@dataclass
class Asked:
    """Bytes of streams by direction, which of these were read to their end; sizes of datagrams.

    Those of unix sockets are also here with the inode of who sent, and of who took them; where
    each socket's went to are inodes and names, and a socket's own name is known if it has one.
    """

    sent: Counter[Flow] = field(default_factory=Counter)
    taken: Counter[Flow] = field(default_factory=Counter)
    ended: set[Flow] = field(default_factory=set)
    datagrams_sent: list[int] = field(default_factory=list)
    datagrams_taken: list[int] = field(default_factory=list)
    unix_sent: list[Flow] = field(default_factory=list)
    unix_taken: list[Flow] = field(default_factory=list)
    unix_targets: dict[int, set[int | str]] = field(default_factory=lambda: defaultdict(set))
    unix_names: dict[int, str] = field(default_factory=dict)


def read(path: Path) -> Asked:
    """Read what strace has written."""
    asked, texts = Asked(), list(_joined(path))
    _read_unix(asked, texts)
    for call, kind, ends, size, text in _calls(texts):
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


def _read_unix(asked: Asked, texts: list[str]) -> None:
    """Take the calls on unix sockets of datagrams."""
    made = [INODE.findall(text) for text in texts if UNIX_MADE.match(text)]
    inodes = {int(inode) for each in made for inode in each}
    for text in texts:
        told = UNIX.match(text)
        if told is None or int(told[2]) not in inodes or "MSG_PEEK" in text:
            continue
        inode, size = int(told[2]), int(told[5])
        if told[4]:
            asked.unix_names[inode] = told[4]
        if told[1] not in SENDING:
            asked.unix_taken.append((inode, size))
            asked.datagrams_taken.append(size)
            continue
        name = UNIX_NAME.search(text)
        asked.unix_targets[inode].add(name[1] if name else int(told[3]))
        asked.unix_sent.append((inode, size))
        asked.datagrams_sent.append(size)


def _calls(texts: list[str]) -> Iterator[tuple[str, str, str, int, str]]:
    """Yield each call on a socket of the internet that did not fail."""
    ends: dict[str, str] = {}  # by descriptor: those of a connection that was reset are not known
    for text in texts:
        if told := CALL.match(text):
            if not told[4].isdigit():
                ends[told[2]] = told[4]
            yield told[1], told[3], ends.get(told[2], told[4]), int(told[5]), text


def _joined(path: Path) -> Iterator[str]:
    """Yield each call; what was cut is joined."""
    begun: dict[str, str] = {}
    for line in path.read_text().splitlines():
        found = LINE.match(line)
        if found is None:
            continue
        thread, text = found[1], begun.pop(found[1], "") + found[2]
        if text.endswith(UNFINISHED):
            begun[thread] = text.removesuffix(UNFINISHED)
        else:
            yield text
