"""What the kernel knows of a socket: who it is, where its streams stand, whether it is still open.

It is asked only where our own counting is not enough: where several threads are in one direction of
a stream at once, and where a socket is used by its number or by another process, too.
"""

from __future__ import annotations

import _socket
import contextlib
import errno
import fcntl
import os
import struct
from typing import Any

_OWN_FDS = "/proc/self/fd"

_FIONREAD = 0x541B  # asm-generic/ioctls.h
_TCP_INFO: int = getattr(_socket, "TCP_INFO", 0)
_INFO_BYTES = 232  # of struct tcp_info, linux/tcp.h: since Linux 5.0
_STATE, _RECEIVED, _NOT_SENT, _SENT, _SENT_AGAIN = 0, 128, 144, 200, 208  # places in it
_FIN_RECEIVED = (6, 8, 9, 11)  # TIME_WAIT, CLOSE_WAIT, LAST_ACK, CLOSING
_LOOKS = 4
_MEMORY, _MEMORY_INFO = 55, struct.Struct("=9I")  # SO_MEMINFO: since Linux 4.12, linux/sock_diag.h
_LIMIT, _QUEUED = 3, 5  # of what is sent and not acknowledged, in memory with what that takes
_CLOSE = 7
_ALL_SAID = (2, 6, _CLOSE, 9, 11)  # with SYN_SENT, TIME_WAIT, LAST_ACK, CLOSING
_AT_ONCE = struct.pack("=ii", 1, 0)  # of SO_LINGER: what is there is dropped, socket(7)

_NETLINK: int | None = getattr(_socket, "AF_NETLINK", None)
_SOCK_DIAG = 4  # the protocol, sock_diag(7)
_BY_FAMILY = 20
_REQUEST = 1
_ALL_STATES, _NO_COOKIE = 0xFFFFFFFF, 0xFFFFFFFF
_HEADER_BYTES = 16
_INODE = _HEADER_BYTES + 68  # of struct inet_diag_msg
_DIAG_STATE = _HEADER_BYTES + 1
_SHOW_PEER, _UNIX_PEER = 4, 2  # of what is asked, and of an attribute: linux/unix_diag.h
_UNIX_MESSAGE_BYTES = 16  # of struct unix_diag_msg
_ATTRIBUTE = struct.Struct("=HH")  # of struct nlattr: its size with this, its kind
_GONE = (4, 5, 6, 7, 9, 11)  # states in which no process has it any more, or FIN is sent


def inode_of(fd: int) -> int | None:
    """Return what a socket is known by in all processes, whatever its number there."""
    try:
        return os.fstat(fd).st_ino
    except OSError:
        return None


def sent_of(sock: Any, real: Any) -> int | None:
    """Return how many bytes of a TCP stream have been given to the kernel; None: not known."""
    info = _info(sock, real)
    if info is None:
        return None
    sent, again = struct.unpack_from("=QQ", info, _SENT)
    waiting: int = struct.unpack_from("=I", info, _NOT_SENT)[0]
    total: int = sent - again + waiting
    return total


def has_room(sock: Any, real: Any) -> bool:
    """Whether the kernel takes more of a TCP stream now (sk_stream_memory_free); False: not known.

    Who gives it bytes is not held up then, or not any more.
    """
    try:
        memory = real.getsockopt(sock, _socket.SOL_SOCKET, _MEMORY, _MEMORY_INFO.size)
    except OSError:
        return False
    if len(memory) != _MEMORY_INFO.size:
        return False
    figures = _MEMORY_INFO.unpack(memory)
    return bool(figures[_QUEUED] < figures[_LIMIT])


def taken_of(sock: Any, real: Any, expected: int) -> int | None:
    """Return how many bytes of a TCP stream have been taken from the kernel; None: not known.

    `expected` are those that we have counted. Once both ends have closed, the kernel's figure has a
    FIN in it or not, as it ended, and it does not say which: ours tells the two apart. The state is
    read before the figures, without a lock (tcp_get_info): a FIN between them counts as a byte, so
    it is looked at once more whether the state was still the same.
    """
    for _ in range(_LOOKS):
        before = _count_waiting(real.fileno(sock))
        info = _info(sock, real)
        if info is None or before is None:
            return None
        after = _info(sock, real)
        is_still = after is not None and after[_STATE] == info[_STATE]
        if is_still and before == _count_waiting(real.fileno(sock)):
            received: int = struct.unpack_from("=Q", info, _RECEIVED)[0]
            taken = received - (info[_STATE] in _FIN_RECEIVED) - before
            if info[_STATE] != _CLOSE:
                return taken
            return expected if expected in (taken, taken - 1) else None
    return None


def has_ended(sock: Any, real: Any) -> bool:
    """Whether the other end has sent its last (FIN), and all of it has been taken.

    Once a FIN was read, what OpenSSL still says to who has gone is answered by a reset.
    """
    info = _info(sock, real)
    if info is None or info[_STATE] not in (*_FIN_RECEIVED, _CLOSE):
        return False
    return _count_waiting(real.fileno(sock)) == 0


def no_fin_of(sock: Any, real: Any) -> str | None:
    """Return why the kernel will send no FIN when the last holder of a connection closes it.

    None: it will, or that is not known. See tcp_close() of Linux.
    """
    try:
        state = real.getsockopt(sock, _socket.IPPROTO_TCP, _TCP_INFO, 1) if _TCP_INFO else b""
        lingers = real.getsockopt(sock, _socket.SOL_SOCKET, _socket.SO_LINGER, len(_AT_ONCE))
    except OSError:
        return None
    if state and state[0] in _ALL_SAID:
        return "over"
    if state and _count_waiting(real.fileno(sock)):
        return "unread"
    return "linger" if lingers == _AT_ONCE else None


def _info(sock: Any, real: Any) -> bytes | None:
    if not _TCP_INFO:
        return None
    try:
        info: bytes = real.getsockopt(sock, _socket.IPPROTO_TCP, _TCP_INFO, _INFO_BYTES)
    except OSError:
        return None
    return info if len(info) == _INFO_BYTES else None


def _count_waiting(fd: int) -> int | None:
    buffer = bytearray(4)
    try:
        fcntl.ioctl(fd, _FIONREAD, buffer)
    except OSError:
        return None
    count: int = struct.unpack("=i", buffer)[0]
    return count


def is_open(inode: int, family: int, is_tcp: bool, local: Any, peer: Any) -> bool | None:
    """Whether some process still has a socket, with these ends; None: not known."""
    try:
        answer = _diagnosis(_request(family, is_tcp, local, peer))
    except (OSError, ValueError, struct.error, TypeError):
        return None
    if not _is_found(answer):
        return False  # there is none with these ends
    found: int = struct.unpack_from("=I", answer, _INODE)[0]
    return found == inode and (not is_tcp or answer[_DIAG_STATE] not in _GONE)


def is_unix_open(inode: int) -> bool | None:
    """Whether some process still has a unix socket; None: not known."""
    try:
        return _is_found(_diagnosis(_unix_request(inode)))
    except OSError:
        return None


def unix_peer_of(inode: int) -> int | None:
    """Return the inode of the socket to which a unix socket is connected; None: not known."""
    try:
        answer = _diagnosis(_unix_request(inode))
    except OSError:
        return None
    if not _is_found(answer):
        return None
    at = _HEADER_BYTES + _UNIX_MESSAGE_BYTES
    while at + _ATTRIBUTE.size <= len(answer):
        size, kind = _ATTRIBUTE.unpack_from(answer, at)
        if kind == _UNIX_PEER:
            peer: int = struct.unpack_from("=I", answer, at + _ATTRIBUTE.size)[0]
            return peer or None  # 0: it has been closed
        at += max((size + 3) & ~3, _ATTRIBUTE.size)
    return None


def _diagnosis(request: bytes) -> bytes:
    """Return the kernel's answer, sock_diag(7); OSError where it gives none."""
    if _NETLINK is None:
        raise OSError
    asking = _socket.socket(_NETLINK, _socket.SOCK_RAW, _SOCK_DIAG)
    try:
        asking.settimeout(0.1)
        asking.send(request)
        return asking.recv(4096)
    finally:
        asking.close()


def _is_found(answer: bytes) -> bool:
    """Whether an answer is about a socket; else there is none: ENOENT. OSError at another error."""
    if struct.unpack_from("=H", answer, 4)[0] == _BY_FAMILY:
        return True
    number = -struct.unpack_from("=i", answer, _HEADER_BYTES)[0]
    if number != errno.ENOENT:
        raise OSError(number, os.strerror(number))
    return False


def _request(family: int, is_tcp: bool, local: Any, peer: Any) -> bytes:
    """Return a struct nlmsghdr with a struct inet_diag_req_v2."""
    protocol = _socket.IPPROTO_TCP if is_tcp else _socket.IPPROTO_UDP
    source, target = (_packed(family, end) for end in (local, peer))
    ports = struct.pack(">HH", local[1], peer[1] if peer else 0)
    body = struct.pack("=BBBBI", family, protocol, 0, 0, _ALL_STATES) + ports + source + target
    return _message(body + struct.pack("=III", 0, _NO_COOKIE, _NO_COOKIE))


def _message(body: bytes) -> bytes:
    return struct.pack("=IHHII", _HEADER_BYTES + len(body), _BY_FAMILY, _REQUEST, 1, 0) + body


def _unix_request(inode: int) -> bytes:
    """Return a struct nlmsghdr with a struct unix_diag_req."""
    asked = inode, _SHOW_PEER, _NO_COOKIE, _NO_COOKIE
    return _message(struct.pack("=BBHIIIII", _socket.AF_UNIX, 0, 0, _ALL_STATES, *asked))


def _packed(family: int, end: Any) -> bytes:
    packed = _socket.inet_pton(family, end[0].partition("%")[0]) if end else b""
    return packed.ljust(16, b"\0")


def is_own(inode: int) -> bool:
    """Whether this process itself has a descriptor of that socket."""
    with contextlib.suppress(OSError):
        for name in os.listdir(_OWN_FDS):
            if name.isdigit() and inode_of(int(name)) == inode:
                return True
    return False
