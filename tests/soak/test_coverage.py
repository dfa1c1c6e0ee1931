"""What `coverage` measures of a traced program is what it measures without the tracer."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.soak.tools import run, tool

pytestmark = pytest.mark.soak

WITHIN_S = 60
SOCKETLAB = str(Path(sys.prefix) / "bin" / "socketlab")
PROGRAM = """
    import socket
    import threading


    def echo(conn):
        with conn:
            while data := conn.recv(10):
                if data == b"never":
                    conn.sendall(b"either")
                else:
                    conn.sendall(data)


    def fail(sock):
        try:
            sock.send("no bytes")
            print("never")
        except TypeError as error:
            print(error)
        return lock.acquire(timeout=0.01)


    lock = threading.Lock()
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    conn, _ = server.accept()
    worker = threading.Thread(target=echo, args=(conn,))
    worker.start()
    client.sendall(b"hello")
    print(client.recv(10), fail(client))
    client.close()
    worker.join()
    print("done")
"""


@pytest.mark.parametrize("how", [(), ("--branch",)], ids=["lines", "branches"])
def test_the_same_lines_are_measured(how: tuple[str, ...], tmp_path: Path) -> None:
    python = tool("python")
    (tmp_path / "program.py").write_text(dedent(PROGRAM))
    measuring = ("-m", "coverage", "run", *how, "program.py")
    reports = []
    for begin in ((python,), (SOCKETLAB, "trace", "--output", "trace", "--python", python)):
        done = run(*begin, *measuring, within_s=WITHIN_S, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        told = run(python, "-m", "coverage", "report", "-m", within_s=WITHIN_S, cwd=tmp_path)
        reports.append((done.stdout, told.stdout))
        (tmp_path / ".coverage").unlink()
    assert "program.py" in reports[0][1]
    assert reports[1] == reports[0]
