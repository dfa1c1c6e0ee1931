"""The other end for the UDP labs: a bare socket as a learner would write it, and `nc`."""

from __future__ import annotations

import shutil
import socket
import struct

import pytest

from tests.labs.programs import WAIT_S, Program

HOST = "127.0.0.1"
NOBODY_PORT = 1  # a privileged port that no program here listens on
LARGEST = 65_507  # bytes: 65,535 less 20 of the IPv4 header and 8 of the UDP header

needs_nc = pytest.mark.skipif(shutil.which("nc") is None, reason="nc is not installed")


def udp_socket() -> socket.socket:
    """Open a socket on a free port that waits for a datagram, but not for ever."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((HOST, 0))
    sock.settimeout(WAIT_S)
    return sock


def port_of(sock: socket.socket) -> int:
    """Tell the port of a socket."""
    port: int = sock.getsockname()[1]
    return port


def ask(port: int, message: bytes) -> bytes:
    """Send one datagram, return the datagram that comes back."""
    with udp_socket() as sock:
        sock.sendto(message, (HOST, port))
        return sock.recvfrom(65535)[0]


def ask_with_nc(port: int, typed: str, lines: int = 1) -> str:
    """Type into `nc -u` and return what it shows, once that has the given number of lines."""
    with Program("nc", "-u", HOST, str(port)) as nc:
        nc.type(typed)
        nc.wait_for(r"(?s)" + r".*?\n" * (lines - 1) + r".+")
        return nc.output


def send_without_return_address(port: int, message: bytes) -> None:
    """Send a datagram whose source port is 0: RFC 768 allows it, and nobody can answer it."""
    header = struct.pack("!HHHH", 0, port, 8 + len(message), 0)  # source, target, length, no sum
    try:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    except PermissionError:
        pytest.skip("only root may write a UDP header by hand")
    with sock:
        sock.sendto(header + message, (HOST, 0))


def start_on(lab: str, port: int, *args: str) -> Program:
    """Start a lab's server on one port; return it as soon as it listens there."""
    program = Program.lab(lab, "server", "--port", str(port), *args)
    try:
        program.wait_for(rf"127\.0\.0\.1(?::| port ){port}\b")
    except BaseException:
        program.__exit__(None, None, None)
        raise
    return program
