"""What passes between a program's two ends, written down by whoever stands between them."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from dataclasses import dataclass, field

from tests.ports import HOST

PIECE_BYTES = 65_536
LOOK_S = 0.05  # how often the relay looks whether it is to end

Address = tuple[str, int]


@dataclass
class Passed:
    """One connection, or the datagrams of one client: who, and all that each side sent.

    `client` is the address of the program's client, `ours` the one that its server sees; a piece of
    what passed is a datagram, or what the relay took at once.
    """

    transport: str
    client: str
    ours: str
    up: list[bytes] = field(default_factory=list)
    down: list[bytes] = field(default_factory=list)


@dataclass
class Relay:
    """Listens on a TCP and a UDP port of one number, passes all on to a server's port."""

    port: int
    to: Address
    passed: list[Passed] = field(default_factory=list)

    def __enter__(self) -> Relay:
        self._is_over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((HOST, self.port))
        self._datagrams = socket.socket(type=socket.SOCK_DGRAM)
        self._datagrams.bind((HOST, self.port))
        for sock in (self._listener, self._datagrams):
            sock.settimeout(LOOK_S)
        self._start(self._accept)
        self._start(self._carry_datagrams)
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()
        self._datagrams.close()

    def _start(self, function: object, *args: object) -> None:
        thread = threading.Thread(target=function, args=args)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._is_over.is_set():
            with contextlib.suppress(TimeoutError):
                client, address = self._listener.accept()
                self._start(self._carry, client, address)

    def _carry(self, client: socket.socket, address: Address) -> None:
        with client, socket.create_connection(self.to) as server:
            passed = Passed("tcp", name_of(address), name_of(server.getsockname()))
            self.passed.append(passed)
            up = threading.Thread(target=self._carry_stream, args=(client, server, passed.up))
            up.start()
            self._carry_stream(server, client, passed.down)
            up.join()

    def _carry_stream(
        self, source: socket.socket, sink: socket.socket, passed: list[bytes]
    ) -> None:
        """Carry one direction to its end, and end it there as it ended here."""
        with contextlib.suppress(OSError):
            source.settimeout(LOOK_S)
            while not self._is_over.is_set():
                try:
                    data = source.recv(PIECE_BYTES)
                except TimeoutError:
                    continue
                passed.append(data)
                if not data:
                    break
                send_all(sink, data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _carry_datagrams(self) -> None:
        """Carry datagrams: each client has a socket of its own towards the server."""
        clients: dict[Address, tuple[socket.socket, Passed]] = {}
        with selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
            selector.register(self._datagrams, selectors.EVENT_READ)
            while not self._is_over.is_set():
                for key, _ in selector.select(LOOK_S):
                    if key.data is not None:
                        client, passed = key.data
                        data = clients[client][0].recv(PIECE_BYTES)
                        passed.down.append(data)
                        self._datagrams.sendto(data, client)
                        continue
                    data, client = self._datagrams.recvfrom(PIECE_BYTES)
                    if client not in clients:
                        sock = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
                        sock.connect(self.to)
                        passed = Passed("udp", name_of(client), name_of(sock.getsockname()))
                        self.passed.append(passed)
                        clients[client] = sock, passed
                        selector.register(sock, selectors.EVENT_READ, (client, passed))
                    sock, passed = clients[client]
                    passed.up.append(data)
                    sock.send(data)


def send_all(sock: socket.socket, data: bytes) -> None:
    """Send all, however long it takes: a timeout is for the other direction, which looks."""
    rest = memoryview(data)
    while rest:
        with contextlib.suppress(TimeoutError):
            rest = rest[sock.send(rest) :]


def name_of(address: Address) -> str:
    """Return an address as a trace has it."""
    return f"{address[0]}:{address[1]}"
