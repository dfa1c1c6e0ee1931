"""What the kernel's own tables say about sockets that are not ours, and itself (proc(5)).

Only Linux has these tables; elsewhere the answer is None: not known.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from backend.domain.addresses import Address, is_ipv6
from backend.domain.traced_events import SocketTransport
from backend.runtime.processes.proc import pids

PIDS_LIMIT = 2000  # processes that are looked at, the newest
COMMAND_LIMIT_BYTES = 4096

_LISTEN = "0A"  # TCP_LISTEN of the kernel's net/tcp_states.h
_PROC = Path("/proc/net")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def _encode(address: Address) -> str:
    host, port = address
    family = socket.AF_INET6 if is_ipv6(host) else socket.AF_INET
    packed = socket.inet_pton(family, host)
    words = [packed[i : i + 4] for i in range(0, len(packed), 4)]
    if sys.byteorder == "little":
        words = [word[::-1] for word in words]
    return f"{b''.join(words).hex().upper()}:{port:04X}"


def _rows(table: str) -> Iterator[list[str]]:
    with (_PROC / table).open(encoding="ascii") as lines:
        next(lines)
        for line in lines:
            yield line.split()


def is_own_address(host: str) -> bool:
    """Whether a program of this machine can listen on an IPv4 address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        try:
            sock.bind((host, 0))
        except OSError:
            return False
        return True


def tcp_socket_is_held(local: Address, remote: Address) -> bool | None:
    """Whether a process still holds the TCP socket with these two ends.

    False after its owner has closed it, although the kernel may still send its last bytes: an
    orphan has inode 0. A socket that was only shut down (half-closed) is held.
    """
    wanted = [_encode(local), _encode(remote)]
    try:
        rows = _rows("tcp6" if is_ipv6(local[0]) else "tcp")
        return any(row[1:3] == wanted and row[9] != "0" for row in rows)
    except OSError:
        return None


def udp_port_is_bound(address: Address) -> bool | None:
    """Whether some process would receive datagrams that are sent to this address."""
    suffix = f":{address[1]:04X}"
    wanted = {_encode(address), "0" * 8 + suffix, "0" * 32 + suffix}
    try:
        return any(row[1] in wanted for table in ("udp", "udp6") for row in _rows(table))
    except OSError:
        return None


def inode_of(transport: SocketTransport, local: Address, *, listens: bool = False) -> int | None:
    """Return the inode of the socket at a local address; `listens`, of who holds it for others."""
    suffix = f":{local[1]:04X}"
    wanted = {_encode(local)}
    if listens or transport == "udp":  # whoever binds to all addresses has this one, too
        wanted |= {"0" * 8 + suffix, "0" * 32 + suffix}
    try:
        for table in (transport, f"{transport}6"):
            for row in _rows(table):
                is_right = not (listens and transport == "tcp") or row[3] == _LISTEN
                if row[1] in wanted and is_right and row[9] != "0":
                    return int(row[9])
    except OSError:
        pass
    return None


def holders_of(inodes: Collection[int], own_pid: int) -> dict[int, int]:
    """Return the newest process that holds each of these sockets, as far as we may look.

    The playground's own sockets, `own_pid`'s, are its pages' clients, which have names already:
    they are left out.
    """
    links = {f"socket:[{inode}]": inode for inode in inodes}
    holders: dict[int, int] = {}
    for pid in [own_pid, *sorted(pids(), reverse=True)[:PIDS_LIMIT]]:
        if not links:
            break
        try:
            with os.scandir(f"/proc/{pid}/fd") as entries:
                for entry in entries:
                    # Many times quicker than by a Path, and there may be thousands.
                    inode = links.pop(os.readlink(entry.path), None)  # noqa: PTH115
                    if inode is not None and pid != own_pid:
                        holders[inode] = pid
        except OSError:  # it has ended, or is another user's
            continue
    return holders


def command_line(pid: int) -> list[str]:
    """Return the words of a process's command line (proc(5)); none once it has ended."""
    try:
        with Path(f"/proc/{pid}/cmdline").open("rb") as file:
            words = file.read(COMMAND_LIMIT_BYTES)
    except OSError:
        return []
    return words.decode("utf-8", "replace").rstrip("\0").split("\0")


def working_folder(pid: int) -> Path | None:
    """Return the folder in which a process works; None once it has ended, or if we may not look."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def boot_id() -> str:
    """Return the identity of this run of the machine (random(4)), empty where it has none."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def clock_offset_s() -> float:
    """Return what makes Unix time of the clock of events, CLOCK_MONOTONIC (clock_gettime(2))."""
    return time.time() - time.monotonic()
