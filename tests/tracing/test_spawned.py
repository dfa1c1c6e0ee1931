"""Children that `multiprocessing` makes as fresh interpreters are told as those that are forked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from backend.tracing.order import Order, add
from tests.labs.programs import WAIT_S
from tests.tracing.drawn import drawn
from tests.tracing.runs import Record, environment, traced, untraced
from tests.tracing.told_calls import returns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who holds what")

BY_PORT = """
import multiprocessing, socket
def work(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(sock.recv(100).upper())
        assert sock.recv(100) == b""
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        child = CONTEXT.Process(target=work, args=(server.getsockname()[1],))
        child.start()
        conn, _ = server.accept()
        with conn:
            conn.sendall(b"hello")
            print(conn.recv(100))
    child.join()
    print(child.exitcode)
"""
GIVEN = """
import multiprocessing, socket
def work(conn):
    with conn:
        while data := conn.recv(100):
            conn.sendall(data.upper())
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        conn, _ = server.accept()
        conn.sendall(b"welcome")
        print(client.recv(100))
        child = CONTEXT.Process(target=work, args=(conn,))
        child.start()
        conn.close()
    client.sendall(b"hello")
    print(client.recv(100))
    client.shutdown(socket.SHUT_WR)
    print(client.recv(100))
    client.close()
    child.join()
    print(child.exitcode)
"""
POOL = """
import multiprocessing, socket
def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"hello")
        return sock.recv(100) + sock.recv(100)
if __name__ == "__main__":
    with CONTEXT.Pool(2) as pool, socket.create_server(("127.0.0.1", 0)) as server:
        answers = pool.map_async(ask, [server.getsockname()[1]] * 2, chunksize=1)
        for _ in range(2):
            conn, _ = server.accept()
            with conn:
                conn.sendall(conn.recv(100).upper())
        print(answers.get())
        pool.close()
        pool.join()
"""
EXECUTOR = """
import multiprocessing, socket
from concurrent.futures import ProcessPoolExecutor
def ask(port):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"hello")
        return sock.recv(100) + sock.recv(100)
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        with ProcessPoolExecutor(1, mp_context=CONTEXT) as pool:
            answer = pool.submit(ask, server.getsockname()[1])
            conn, _ = server.accept()
            with conn:
                conn.sendall(conn.recv(100).upper())
            print(answer.result())
"""
DATAGRAMS = """
import multiprocessing, socket
def work(sock):
    data, peer = sock.recvfrom(100)
    sock.sendto(data.upper(), peer)
if __name__ == "__main__":
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    with sock, socket.socket(type=socket.SOCK_DGRAM) as mine:
        mine.sendto(b"hello", sock.getsockname())
        child = CONTEXT.Process(target=work, args=(sock,))
        child.start()
        print(mine.recv(100))
        child.join()
"""
LISTENER = """
import multiprocessing, socket
def work(server):
    conn, _ = server.accept()
    with conn:
        conn.sendall(conn.recv(100).upper())
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        child = CONTEXT.Process(target=work, args=(server,))
        child.start()
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"hello")
            print(client.recv(100), client.recv(100))
        child.join()
"""
USED_BY_BOTH = """
import multiprocessing, socket
def work(conn):
    conn.sendall(b"from the child")
if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        conn, _ = server.accept()
    conn.sendall(b"before")
    child = CONTEXT.Process(target=work, args=(conn,))
    child.start()
    child.join()
    conn.sendall(b"after")
    conn.close()
    with client, client.makefile("rb") as stream:
        print(stream.read())
"""
SEES = """
import multiprocessing, os, signal, sys, threading, traceback
def show(where):
    print(where, __name__, sys.argv, sys.flags, sys.path, sys.warnoptions, sys._xoptions)
    with open("/proc/self/cmdline") as file:
        line = file.read().split(chr(0))
    print([each for each in [*sys.orig_argv, *line] if " import " not in each])
    print(sorted(os.environ.items()), sorted({*sys.modules} - {*sys.builtin_module_names}))
    print([each for each in map(int, sorted(os.listdir("/proc/self/fd"))) if each < 200])
    print(threading.enumerate()[0].name, threading.active_count(), signal.getsignal(signal.SIGINT))
    traceback.print_stack(file=sys.stdout)
    sys.stdout.flush()
def inner():
    show("inner")
def work(value):
    show("work")
    again = CONTEXT.Process(target=inner)
    again.start()
    again.join()
    print(again.exitcode, value, flush=True)
    if value:
        raise ValueError(value)
    sys.exit(7)
if __name__ == "__main__":
    os.environ["OF_PROGRAM"] = "caf\\udce9"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for value in ({"a": 1}, 0):
        child = CONTEXT.Process(target=work, args=(value,))
        child.start()
        child.join()
        print(child.exitcode, flush=True)
    class Gone: pass
    child = CONTEXT.Process(target=print, args=(Gone(),))
    child.start()
    child.join()
    print(child.exitcode)
"""
METHODS = ("spawn", "forkserver")
RUN = "run:run-1"


def run(tmp_path: Path, text: str, method: str = "spawn") -> list[Record]:
    """Run a program without and with the tracer, see that it is the same; return what it told."""
    program = tmp_path / "program.py"
    program.write_text(text.replace("CONTEXT", f"multiprocessing.get_context({method!r})"))
    expected = untraced(program)
    outcome, records = traced(program)
    assert (outcome.status, outcome.out, outcome.err) == (
        expected.status,
        expected.out,
        expected.err,
    )
    return records


def lifelines(records: list[Record]) -> list[str]:
    """Return the lifelines of the children, in the order in which they are first told."""
    return [*dict.fromkeys(f"{RUN}/{r['child']}" for r in records if "child" in r)]


def transfers(records: list[Record]) -> list[tuple[str, str, str, str]]:
    """Return what is drawn: what it is, from whom to whom, and its words."""
    drawings = drawn([record for record in records if record["type"] == "call"])
    assert {each["state"] for each in drawings} == {"arrived"}
    assert all(each["sent"] is not None for each in drawings)
    return [(each["what"], each["from"], each["to"], each["data"]) for each in drawings]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("program", "count", "lines"),
    [(BY_PORT, 1, {4, 5, 6}), (LISTENER, 1, {4, 5, 6}), (POOL, 2, {4, 5, 6}), (EXECUTOR, 1, None)],
    ids=["by port", "listener", "pool", "executor"],
)
def test_what_a_child_does_is_drawn_at_its_own_lifeline(
    tmp_path: Path, program: str, count: int, lines: set[int] | None, method: str
) -> None:
    records = run(tmp_path, program, method)
    children = lifelines(records)
    assert 1 <= len(children) <= count  # one worker of a pool may be quick enough for all
    of_children = [record for record in records if "child" in record]
    assert {record["file"] for record in of_children} == {"program.py"}
    assert lines is None or {record["line"] for record in of_children} == lines
    assert all(record["thread"].endswith(f" ({record['child']})") for record in of_children)
    pictures = transfers(records)
    assert {what for what, *_ in pictures} == {"connect", "segment", "fin"}
    assert all({here, there} - {*children} == {RUN} for _, here, there, _ in pictures)
    said = [words for what, *_, words in pictures if what == "segment"]
    assert sorted(said) == ["HELLO"] * count + ["hello"] * count


@pytest.mark.parametrize("method", METHODS)
def test_a_connection_that_is_given_to_a_child_goes_on_there(tmp_path: Path, method: str) -> None:
    records = run(tmp_path, GIVEN, method)
    (child,) = lifelines(records)
    assert transfers(records) == [
        ("connect", RUN, RUN, ""),
        ("segment", RUN, RUN, "welcome"),
        ("segment", RUN, child, "hello"),
        ("segment", child, RUN, "HELLO"),
        ("fin", RUN, child, ""),
        ("fin", child, RUN, ""),
    ]


@pytest.mark.parametrize("method", METHODS)
def test_a_datagram_that_was_waiting_is_taken_by_the_child(tmp_path: Path, method: str) -> None:
    records = run(tmp_path, DATAGRAMS, method)
    (child,) = lifelines(records)
    assert transfers(records) == [
        ("datagram", RUN, child, "hello"), ("datagram", child, RUN, "HELLO"),
    ]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_what_a_child_sends_is_no_gap_in_what_its_parent_sends(tmp_path: Path, method: str) -> None:
    records = run(tmp_path, USED_BY_BOTH, method)
    sent = [(r["offset"], r["bytes"]) for r in returns(records, "sendall")]
    assert sorted(sent) == [(0, 6), (6, 14), (20, 5)]
    assert not [record for record in records if "unseen" in record]


@pytest.mark.parametrize("method", METHODS)
def test_a_child_is_as_it_is_untraced(tmp_path: Path, method: str) -> None:
    run(tmp_path, SEES, method)


def test_where_the_channel_is_not_to_be_had_a_child_goes_on_untold(tmp_path: Path) -> None:
    order = Order(999, "run-1", folder=str(tmp_path))
    code = "import os, socket; socket.socket().close(); print('PYTHONPATH' in os.environ)"
    done = subprocess.run(
        [sys.executable, "-c", code, "--multiprocessing-fork"],
        env=add(order, environment()),
        capture_output=True,
        check=False,
        timeout=WAIT_S,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"False\n", b"")
