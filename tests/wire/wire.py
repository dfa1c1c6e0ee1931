"""What really goes over loopback: as tshark captures it, or as a proxy in between records it.

Both give frames; where nobody may capture, peers have to go through the proxy's ports instead.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from tests.labs.programs import WAIT_S
from tests.wire.frames import HOST, SYN, Flow, Frame, Recorder

FIELDS = (
    *("udp.srcport", "udp.dstport", "udp.payload"),
    *("tcp.srcport", "tcp.dstport", "tcp.payload", "tcp.seq_raw", "tcp.flags"),
    "frame.time_epoch",
)


class Capture:
    """tshark on the loopback interface: at these ports and, where asked for, at all of TCP."""

    def __init__(self, ports: Iterable[int], *, all_tcp: bool = False) -> None:
        self.recorder = Recorder()
        self._marks = itertools.count(1)
        self._marker = socket.socket(type=socket.SOCK_DGRAM)
        self._marker.bind((HOST, 0))
        self._mark_port: int = self._marker.getsockname()[1]
        ports = [*ports, self._mark_port]
        decode = [("-d", f"{kind}.port=={port},data") for port in ports for kind in ("tcp", "udp")]
        self._process = subprocess.Popen(
            [
                *("tshark", "-i", "lo", "-n", "-l", "-B", "16"),
                *("-f", " or ".join([*(f"port {port}" for port in ports), *["tcp"] * all_tcp])),
                *itertools.chain(*decode),
                *("-T", "fields", "-E", "separator=|", "-E", "occurrence=f"),
                *itertools.chain(*(("-e", field) for field in FIELDS)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._threads = [
            threading.Thread(target=self._read_frames),
            threading.Thread(target=self._read_errors),
        ]
        self._errors = ""
        for thread in self._threads:
            thread.start()

    def _read_frames(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            udp_from, udp_to, udp, tcp_from, tcp_to, tcp, seq, flags, at = line.strip().split("|")
            if udp_from:
                data = bytes.fromhex(udp)
                self.recorder.note(Frame("udp", int(udp_from), int(udp_to), data, at=float(at)))
            elif tcp_from:
                self.recorder.note(
                    Frame(
                        *("tcp", int(tcp_from), int(tcp_to), bytes.fromhex(tcp)),
                        seq=int(seq),
                        flags=int(flags, 16),
                        at=float(at),
                    )
                )

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors += line

    def works(self) -> bool:
        """Wait until it captures; return False when it may not."""
        deadline = time.monotonic() + WAIT_S
        while not self._mark(within_s=0.1, any_of_them=True):
            if self._process.poll() is not None or time.monotonic() > deadline:
                return False
        return True

    def is_complete(self) -> bool:
        """Wait until all that went over the wire before has been seen."""
        return self._mark(within_s=WAIT_S)

    def _mark(self, within_s: float, *, any_of_them: bool = False) -> bool:
        """Send a datagram and wait until it is seen: what was sent before has been seen then."""
        mark = b"mark %d" % next(self._marks)
        self._marker.sendto(mark, (HOST, self._mark_port))
        wanted = b"mark" if any_of_them else mark
        return self.recorder.have(
            lambda frame: frame.source == self._mark_port and frame.data.startswith(wanted),
            within_s,
        )

    def port(self, port: int, _transport: str) -> int:
        """Return the port to talk to: the server's own."""
        return port

    def close(self) -> None:
        """End tshark."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(WAIT_S)
        finally:
            self._process.kill()
            for thread in self._threads:
                thread.join()
            for stream in (self._process.stdout, self._process.stderr):
                assert stream is not None
                stream.close()
            self._marker.close()


class Proxy:
    """A man in the middle for each server: what passes is noted on both of its sides."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self._ports: dict[int, int] = {}
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def is_complete(self) -> bool:
        """Return True: nothing is noted later than it passes."""
        return True

    def port(self, port: int, transport: str) -> int:
        """Return the port to talk to instead of the server's own."""
        if port not in self._ports:
            kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
            sock = self._keep(socket.socket(type=kind))
            sock.bind((HOST, 0))
            self._ports[port] = sock.getsockname()[1]
            if transport == "tcp":
                sock.listen()
            self._run(self._serve_tcp if transport == "tcp" else self._serve_udp, sock, port)
        return self._ports[port]

    def _serve_tcp(self, listener: socket.socket, port: int) -> None:
        while True:
            near = self._keep(listener.accept()[0])
            far = self._keep(socket.create_connection((HOST, port)))
            in_ends = near.getpeername()[1], near.getsockname()[1]
            out_ends = far.getsockname()[1], far.getpeername()[1]
            for flow in (in_ends, in_ends[::-1], out_ends, out_ends[::-1]):
                self._note("tcp", *flow, b"", flags=SYN)
            self._run(self._pump, near, far, (in_ends, out_ends))
            self._run(self._pump, far, near, (out_ends[::-1], in_ends[::-1]))

    def _pump(self, one: socket.socket, other: socket.socket, flows: tuple[Flow, Flow]) -> None:
        passed = 1
        while data := one.recv(65536):
            for flow in flows:
                self._note("tcp", *flow, data, seq=passed)
            passed += len(data)
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)

    def _serve_udp(self, sock: socket.socket, port: int) -> None:
        own = sock.getsockname()
        peers: dict[int, socket.socket] = {}
        while (message := sock.recvfrom(65535))[1] != own:
            data, address = message
            if address[1] not in peers:
                far = peers[address[1]] = self._keep(socket.socket(type=socket.SOCK_DGRAM))
                far.connect((HOST, port))
                self._run(self._answer, far, sock, address)
            far = peers[address[1]]
            self._note("udp", address[1], own[1], data)
            self._note("udp", far.getsockname()[1], port, data)
            far.send(data)

    def _answer(self, far: socket.socket, sock: socket.socket, address: tuple[str, int]) -> None:
        while data := far.recv(65535):
            self._note("udp", far.getpeername()[1], far.getsockname()[1], data)
            self._note("udp", sock.getsockname()[1], address[1], data)
            sock.sendto(data, address)

    def _note(
        self, kind: str, source: int, target: int, data: bytes, *, seq: int = 0, flags: int = 0
    ) -> None:
        self.recorder.note(Frame(kind, source, target, data, seq, flags, time.time()))

    def _keep(self, sock: socket.socket) -> socket.socket:
        self._sockets.append(sock)
        return sock

    def _run(self, work: Callable[..., None], *args: object) -> None:
        def quietly() -> None:
            with contextlib.suppress(OSError):  # the other end, or the test, is over
                work(*args)

        self._threads.append(threading.Thread(target=quietly))
        self._threads[-1].start()

    def close(self) -> None:
        """Wake all threads and wait for their ends."""
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.sendto(b"", sock.getsockname())
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(WAIT_S)
        for sock in self._sockets:
            sock.close()


@contextlib.contextmanager
def wire_at(ports: Iterable[int]) -> Iterator[Capture | Proxy]:
    """Watch these ports: with tshark where that is permitted, else with a proxy."""
    if shutil.which("tshark") and not os.environ.get("SOCKETLAB_TEST_PROXY"):
        capture = Capture(ports)
        try:
            if capture.works():
                yield capture
                return
        finally:
            capture.close()
    proxy = Proxy()
    try:
        yield proxy
    finally:
        proxy.close()
