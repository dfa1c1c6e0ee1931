"""What the kernel says to a client's socket, as a problem: a code for scripts, words for people."""

from __future__ import annotations

import errno
from typing import Any

from backend.domain.events import Problem, ProblemCode, Transport

# ETIMEDOUT is not here: Python raises it as TimeoutError, like a wait of ours that took too long.
_CODES: dict[int, ProblemCode] = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EMSGSIZE: "too_big",
}

_WORDS: dict[tuple[ProblemCode, Transport], str] = {
    ("refused", "udp"): "Nobody receives on that port: the kernel answered the datagram with "
    "ICMP port unreachable.",
    ("refused", "tcp"): "Nobody listens on that port: the kernel answered SYN with RST.",
    ("reset", "tcp"): "The other side ended the connection at once (RST), perhaps with unread "
    "bytes.",
    ("too_big", "udp"): "One UDP datagram over IPv4 carries at most 65,507 bytes.",
}


def problem_of(error: OSError, transport: Transport) -> Problem:
    """Return what this error of a socket call means; one without words of ours has the kernel's."""
    if isinstance(error, TimeoutError):
        return Problem(code="timeout", message="No answer came in time.")
    code = _CODES.get(error.errno or 0, "failed")
    return Problem(code=code, message=_WORDS.get((code, transport), str(error)))


def error_message(problem: Problem) -> dict[str, Any]:
    """Return the control message that tells a browser of a problem."""
    return {"type": "error", "code": problem.code, "message": problem.message}
