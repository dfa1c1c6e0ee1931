"""What the tasks say under "Notice" and no other test of a lab shows (see claims.py)."""

from __future__ import annotations

import _thread
import ast
import re
import socket
import threading
import time

import psutil
import pytest

from labs.udp.socketserver import server as framework
from tests.labs.contract import source
from tests.labs.contract_peers import connect, read_to_end, read_until
from tests.labs.programs import WAIT_S, Program
from tests.labs.tcp_peers import wait_for_threads

HOST = "127.0.0.1"
LOOK_S = 0.6  # a program that looks again and again would use most of it


@pytest.mark.parametrize("lab", ["udp/hello", "udp/transform"])
def test_each_start_of_a_udp_client_has_another_port(lab: str) -> None:
    ports = set()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        sock.settimeout(WAIT_S)
        for _ in range(3):
            with Program.lab(lab, "client", "Hi", "--port", str(sock.getsockname()[1])) as client:
                data, address = sock.recvfrom(65535)
                assert data == b"Hi"
                sock.sendto(data, address)
                assert client.finish() == 0
            assert address[0] == HOST
            ports.add(address[1])
    assert len(ports) > 1


@pytest.mark.parametrize(
    ("lab", "program", "flags", "waits"),
    [
        ("udp/hello", "server", ("--port", "0"), "listening"),
        ("threads/event", "demo", ("--speed", "0.01"), "ждёт первого сообщения"),
        ("threads/semaphore", "demo", ("--speed", "0.01"), "входит"),
    ],
)
def test_who_waits_uses_no_processor_time(
    lab: str, program: str, flags: tuple[str, ...], waits: str
) -> None:
    with Program.lab(lab, program, *flags) as waiting:
        waiting.wait_for(waits)
        process = psutil.Process(waiting.pid)
        before = sum(process.cpu_times()[:2])
        time.sleep(LOOK_S)  # nothing happens meanwhile: that is what is promised
        assert sum(process.cpu_times()[:2]) - before < LOOK_S / 6


def test_the_framework_wakes_and_recvfrom_does_not() -> None:
    plain, _port = Program.server("udp/hello")
    woken, _port = Program.server("udp/socketserver")
    with plain, woken:
        wait_for_waking(woken, 1)  # the other one has begun to wait by then
        before = times_woken(plain)
        wait_for_waking(woken, 3)
        assert times_woken(plain) - before <= 1


def times_woken(program: Program) -> int:
    """Return how often a program has waited, as the kernel counts it."""
    return psutil.Process(program.pid).num_ctx_switches().voluntary


def wait_for_waking(program: Program, times: int) -> None:
    """Wait until a program has waited so many times more."""
    before, deadline = times_woken(program), time.monotonic() + WAIT_S
    while times_woken(program) < before + times:
        assert time.monotonic() < deadline, "it does not wake up"
        time.sleep(0.05)  # the kernel has no event for this


def test_each_datagram_has_a_handler_and_an_exception_ends_only_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    made = []

    class Handler(framework.TransformHandler):
        def handle(self) -> None:
            made.append(self)
            if self.request[0] == b"boom":
                raise ValueError("boom")
            super().handle()

    with (
        framework.TransformServer((HOST, 0), Handler) as server,
        socket.socket(type=socket.SOCK_DGRAM) as sock,
    ):
        sock.settimeout(WAIT_S)
        server.timeout = WAIT_S
        for message in (b"one", b"boom", b"two"):
            sock.sendto(message, server.socket.getsockname())
            server.handle_request()
        assert sock.recv(65535).startswith(b"one\n")
        assert sock.recv(65535).startswith(b"two\n")
    assert len({id(handler) for handler in made}) == 3
    assert "ValueError: boom" in capfd.readouterr().err


def test_the_udp_server_has_two_threads_however_many_clients() -> None:
    server, port = Program.server("udp/time")
    with server:
        wait_for_threads(server, 2)
        for name in (b"Anna", b"Boris", b"Vera"):
            with socket.socket(type=socket.SOCK_DGRAM) as sock:
                sock.settimeout(WAIT_S)
                sock.sendto(name, (HOST, port))
                assert sock.recv(65535).startswith(name)
        wait_for_threads(server, 2)


def test_a_tcp_server_has_a_thread_per_client_and_one_more() -> None:
    server, port = Program.server("tcp/time")
    with server, connect(port) as anna, connect(port) as boris:
        for sock in (anna, boris):
            sock.sendall(b"me\n")
            read_until(sock, "me, ")
        wait_for_threads(server, 3)
        anna.close()
        wait_for_threads(server, 2)


@pytest.mark.parametrize("way", ["end", "return", "break", "exception"])
def test_with_closes_and_releases_on_whatever_way_out(way: str) -> None:
    sock, lock = socket.socket(), threading.Lock()

    def leave() -> None:
        for _ in range(1):
            with sock, lock:
                assert lock.locked()
                if way == "return":
                    return
                if way == "break":
                    break
                if way == "exception":
                    raise ValueError(way)

    if way == "exception":
        with pytest.raises(ValueError, match=way):
            leave()
    else:
        leave()
    assert sock.fileno() == -1
    assert not lock.locked()


def test_one_finally_is_left_and_it_stands_inside_of_with() -> None:
    text = source("udp/time_with", "server")
    assert text.count("finally:") == 1
    (block,) = (
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.With) and "socket.socket" in ast.unparse(node.items[0])
    )
    (last,) = (node for node in ast.walk(block) if isinstance(node, ast.Try) and node.finalbody)
    assert "sender.join()" in ast.unparse(last.finalbody[-1])


def test_nobody_sees_on_the_wire_whether_a_server_uses_the_framework() -> None:
    answers = []
    for lab in ("tcp/transform", "tcp/socketserver"):
        server, port = Program.server(lab)
        with server, connect(port) as sock:
            sock.sendall("А роза упала\n".encode())
            answers.append(read_to_end(sock))
    assert answers[0] == answers[1] != b""


def test_the_framework_calls_accept_and_starts_the_threads() -> None:
    ours, frameworks = source("tcp/transform", "server"), source("tcp/socketserver", "server")
    for call in (r"\baccept\(", r"\bThread\(", r"while True:"):
        assert re.search(call, ours), call
        assert not re.search(call, frameworks), call
    assert "LINE_LIMIT_BYTES" in frameworks


def test_a_demo_uses_no_network() -> None:
    assert "socket" not in source("threads/semaphore", "demo")


def test_an_event_neither_counts_nor_goes_down_by_itself() -> None:
    event = threading.Event()
    event.set()
    event.set()
    assert event.wait(0)
    assert event.wait(0)
    event.clear()
    assert not event.wait(0)


def test_the_mailbox_never_sleeps_under_its_lock() -> None:
    tree = ast.parse(source("threads/condition", "demo"))
    sleeps = {getattr(node, "name", "") for node in tree.body if "time.sleep(" in ast.unparse(node)}
    assert sleeps == {"send", "receive"}
    under_a_lock = [node for node in ast.walk(tree) if isinstance(node, ast.With)]
    assert under_a_lock
    assert not [node for node in under_a_lock if "time.sleep(" in ast.unparse(node)]


def test_a_low_level_lock_has_no_owner() -> None:
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(lock.release, ())  # another thread than the one that took it
    assert lock.acquire(timeout=WAIT_S)
