"""The way from a browser to a playground, which can fall silent: a laptop loses its network.

Nobody closes a connection then. What was open is dead afterwards, too, as under another address;
what is opened anew goes through.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class Wire:
    """Passes on what comes to its port."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._generation = 0
        self._is_whole = True
        self._sockets = list[socket.socket]()
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Let nothing through, and tell nobody."""
        self._is_whole = False
        self._generation += 1

    def mend(self) -> None:
        """Let new connections through."""
        self._is_whole = True

    def close(self) -> None:
        """End everything."""
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._server_port))
                self._sockets += [near, far]
                # To the server it looks as if it had been asked itself, with a page of its own.
                names = (b"127.0.0.1:%d" % self.port, b"127.0.0.1:%d" % self._server_port)
                for ends, (old, new) in (((near, far), names), ((far, near), names[::-1])):
                    threading.Thread(target=self._pass, args=(*ends, old, new), daemon=True).start()

    def _pass(self, source: socket.socket, to: socket.socket, old: bytes, new: bytes) -> None:
        born = self._generation
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._is_whole and born == self._generation:
                    to.sendall(data.replace(old, new) if len(old) == len(new) else data)
            if born == self._generation:
                to.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def wire(server_port: int) -> Iterator[Wire]:
    """Lay a wire to a playground."""
    way = Wire(server_port)
    try:
        yield way
    finally:
        way.close()
