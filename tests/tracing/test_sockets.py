"""The traced socket: it tells where it listens, and is a socket as ever."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from textwrap import dedent
from typing import get_args
from unittest.mock import Mock

import pytest

from backend.domain.traced_events import BlockingCall, InstantCall
from backend.tracing import receiving, sockets, transfers
from tests.tracing.runs import Outcome, Record, traced, untraced


def calls_of(tmp_path: Path, source: str) -> tuple[Outcome, list[Record]]:
    """Run a program; return its end and the binds and listens that were told."""
    program = tmp_path / "program.py"
    program.write_text(dedent(source))
    outcome, records = traced(program)
    return outcome, [r for r in records if r.get("call") in ("bind", "listen")]


def test_every_call_that_is_wrapped_is_a_word_of_the_domain() -> None:
    """The tracer knows the standard library only; what it may say stands in traced_events.py."""
    real, teller = socket.socket, Mock()
    waiting = {
        **receiving.receiving(real, teller),
        **transfers.sending(real, teller),
        **sockets._connecting(real, teller),
    }
    instant = sockets._instant(real, teller)
    assert {name for name in waiting if not name.startswith("_")} | {"sendfile"} == set(
        get_args(BlockingCall)
    )
    of_a_life = {"socket", "socketpair", "dup", "detach", "close"}
    assert set(instant) | of_a_life == set(get_args(InstantCall))


def test_bind_and_listen_are_told_with_the_address_that_the_kernel_gave(tmp_path: Path) -> None:
    source = """
        import socket
        with socket.socket() as sock:
            sock.bind(('127.0.0.1', 0))
            sock.listen()
            print(sock.getsockname()[1])
    """
    began = time.monotonic()
    outcome, calls = calls_of(tmp_path, source)
    local = f"127.0.0.1:{outcome.out.strip()}"
    assert [(call["call"], call["transport"], call["local"]) for call in calls] == [
        ("bind", "tcp", local),
        ("listen", "tcp", local),
    ]
    assert all("error" not in call for call in calls)
    assert began < calls[0]["t"] < calls[1]["t"] < time.monotonic()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "import socket; socket.socket(type=socket.SOCK_DGRAM).bind(('127.0.0.1', 0))",
            ["udp bind"],
        ),
        ("import socket; socket.create_server(('127.0.0.1', 0))", ["tcp bind", "tcp listen"]),
        (
            "import socket; socket.create_server(('::1', 0), family=socket.AF_INET6)",
            ["tcp bind", "tcp listen"],
        ),
        (
            "import socketserver as s; s.TCPServer(('127.0.0.1', 0), s.BaseRequestHandler)",
            ["tcp bind", "tcp listen"],
        ),
        (
            "import socketserver as s; s.ThreadingUDPServer(('', 0), s.BaseRequestHandler)",
            ["udp bind"],
        ),
        (
            "import http.server as h; h.HTTPServer(('127.0.0.1', 0), h.BaseHTTPRequestHandler)",
            ["tcp bind", "tcp listen"],
        ),
        (
            "import asyncio\nasync def f():\n"
            "    (await asyncio.start_server(print, '127.0.0.1', 0)).close()\nasyncio.run(f())",
            ["tcp bind", "tcp listen"],
        ),
        ("from socket import *; socket(AF_INET, SOCK_DGRAM).bind(('127.0.0.1', 0))", ["udp bind"]),
    ],
)
def test_whatever_makes_the_socket_its_calls_are_told(
    tmp_path: Path, source: str, expected: list[str]
) -> None:
    outcome, calls = calls_of(tmp_path, source)
    assert outcome.status == 0, outcome.err
    assert [f"{call['transport']} {call['call']}" for call in calls] == expected


def test_a_pair_of_the_programs_own_is_told_and_one_of_the_librarys_is_not(tmp_path: Path) -> None:
    """An event loop of asyncio has a pair of its own, to wake itself up."""
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio, socket\n"
        "asyncio.run(asyncio.sleep(0))\n"
        "left, right = socket.socketpair()\n"
        "right.recv(left.send(b'x'))\n"
    )
    outcome, records = traced(program)
    assert (outcome.status, outcome.err) == (0, "")
    told = [(r["call"], r["transport"], r["line"]) for r in records if r.get("phase") != "enter"]
    assert told == [
        ("socketpair", "unix", 3),
        ("socketpair", "unix", 3),
        ("send", "unix", 4),
        ("recv", "unix", 4),
    ]


def test_an_ipv6_address_is_in_brackets(tmp_path: Path) -> None:
    source = "import socket; s = socket.create_server(('::1', 0), family=socket.AF_INET6)"
    _, calls = calls_of(tmp_path, source)
    assert calls[0]["local"].startswith("[::1]:")


def test_a_port_in_use_is_told_by_its_errno_name_and_raised_as_ever(tmp_path: Path) -> None:
    source = """
        import socket
        first = socket.create_server(('127.0.0.1', 0))
        try:
            socket.socket().bind(first.getsockname())
        except OSError as error:
            print(error)
        try:
            socket.socket().listen('many')
        except TypeError as error:
            print(error)
    """
    outcome, calls = calls_of(tmp_path, source)
    assert [call.get("error") for call in calls] == [None, None, "EADDRINUSE", "TypeError"]
    assert "local" not in calls[-1]
    assert outcome == untraced(tmp_path / "program.py")


def test_a_unix_socket_is_told_by_its_path(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    source = f"""
        import socket
        sock = socket.socket(socket.AF_UNIX)
        sock.bind({path!r})
        sock.listen()
    """
    outcome, calls = calls_of(tmp_path, source)
    assert outcome.status == 0
    assert [(call["transport"], call["local"]) for call in calls] == [("unix", path)] * 2


SAME = {
    "is a class like the real one": """
        import socket, _socket
        print(socket.socket, socket.socket.__module__, socket.socket.__qualname__)
        print(socket.SocketType is _socket.socket, issubclass(socket.socket, _socket.socket))
    """,
    "shows itself as ever": """
        import socket
        with socket.socket(type=socket.SOCK_DGRAM) as sock:
            print(str(sock).replace(str(sock.fileno()), 'N'))
        print(sock._closed)
    """,
    "takes no attributes that it did not take": """
        import socket
        sock = socket.socket()
        try:
            sock.colour = 'red'
            print('took it')
        except AttributeError as error:
            print(error)
        print(hasattr(sock, '__dict__'))
    """,
    "is weakly referenced, duplicated and detached": """
        import socket, weakref
        sock = socket.socket()
        print(weakref.ref(sock)() is sock)
        other = sock.dup()
        print(type(other) is type(sock), other.fileno() != sock.fileno())
        again = socket.socket(fileno=other.detach())
        print(type(again) is type(sock), again.type)
    """,
    "accepts sockets of its own class": """
        import socket
        with socket.create_server(('127.0.0.1', 0)) as listener:
            with socket.create_connection(listener.getsockname()) as sock:
                accepted = listener.accept()[0]
                print(type(accepted) is type(listener) is type(sock) is socket.socket)
                accepted.makefile('w').write('hello')
                accepted.close()
    """,
    "is subclassed": """
        import socket
        class Mine(socket.socket):
            def bind(self, address):
                print('mine')
                super().bind(address)
        with Mine() as sock:
            sock.bind(('127.0.0.1', 0))
            print(isinstance(sock, socket.socket), sock.getsockname()[0])
    """,
    "refuses what it refused": """
        import socket
        sock = socket.socket()
        for call in (
            lambda: sock.bind(),
            lambda: sock.bind(('127.0.0.1',)),
            lambda: sock.bind(('127.0.0.1', 70000)),
            lambda: sock.bind(('127.0.0.1', 'http')),
            lambda: sock.bind(('256.256.256.256', 0)),
            lambda: sock.bind(5),
            lambda: sock.listen(1, 2),
            lambda: sock.bind(address=('127.0.0.1', 0)),
            lambda: socket.socket(type=socket.SOCK_DGRAM).listen(),
            lambda: sock.bind(('192.0.2.1', 0)),
        ):
            try:
                call()
            except Exception as error:
                print(type(error).__name__, getattr(error, 'errno', None))
        sock.close()
        try:
            sock.bind(('127.0.0.1', 0))
        except OSError as error:
            print(error)
    """,
    "is called by no Python code": """
        import _thread, atexit, socket, threading
        sock = socket.socket()
        address = ('127.0.0.1', 0)
        _thread.start_new_thread(sock.bind, (address,))
        while sock.getsockname()[1] == 0:
            pass
        other = socket.socket()
        thread = threading.Thread(target=other.bind, args=(address,))
        thread.start()
        thread.join()
        print(other.getsockname()[1] > 0)
        atexit.register(print, 'all done')
        for function in (socket.socket, threading.Lock, threading.Condition, threading.Event):
            atexit.register(function)
        atexit.register(sock.setblocking, False)
        atexit.register(socket.socketpair)
        atexit.register(threading.Thread(target=int).start)
        atexit.register(sock.listen)
    """,
    "shows only the program's own lines when it fails": """
        import socket, threading
        def serve():
            with socket.socket() as sock:
                sock.bind(('192.0.2.1', 0))
        def serve_again():
            try:
                serve()
            except OSError:
                serve()
        thread = threading.Thread(target=serve_again)
        thread.start()
        thread.join()
        try:
            serve_again()
        except OSError as error:
            raise ExceptionGroup('both', [error, error.__context__]) from ValueError('x')
    """,
}


@pytest.mark.parametrize("name", SAME)
def test_a_traced_socket(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(dedent(SAME[name]))
    assert traced(program)[0] == untraced(program)
