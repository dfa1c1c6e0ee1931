"""A debugger on `bdb` steps through a traced program as through the untraced one."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.tracing.runs import traced, untraced

BEGIN = """
import io, pdb, queue, socket, sys, threading

def debug(commands):
    typed = io.StringIO("\\n".join([*commands.split(), "c", ""]))
    debugger = pdb.Pdb(stdin=typed, stdout=sys.stdout)
    debugger.set_trace(sys._getframe(1))

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
lock = threading.Lock()
"""
BODIES = {
    "next": ("n " * 12, """
        client.sendall(b"x")
        conn.recv(1)
        with lock:
            client.send(b"y")
        conn.settimeout(5)
        conn.recv(1, 0)
        made = threading.Lock()
        queue.Queue().put(1)
        return made
    """),
    "next, where calls fail": ("n " * 12, """
        for call in (lambda: client.send("x"), lambda: conn.recv("x"), lambda: lock.release()):
            try:
                call()
            except (TypeError, RuntimeError) as error:
                print(error)
        client.send("x")
    """),
    "a step into what fails": ("n s w n", """
        data = "x"
        client.send(data)
    """),
    "steps into what C does": ("s " * 9 + "w", """
        client.sendall(b"x")
        conn.recv(1)
        lock.acquire()
        lock.release()
        conn.setblocking(True)
        return server.fileno()
    """),
    "a step into the library, and out": ("s w r n n", """
        server.listen()
        client = socket.create_connection(server.getsockname())
        return client
    """),
    "until and return": ("unt n r n", """
        client.sendall(b"x")
        conn.recv(1)
        client.close()
    """),
    "a breakpoint behind calls": ("unt c", """
        client.sendall(b"x")
        with lock:
            conn.recv(1)
        print("there")
        client.send("x")
    """),
}  # fmt: skip


def comparable(text: str) -> str:
    """Leave out addresses of memory, ports and numbers of descriptors."""
    return re.sub(r"x[0-9a-f]{6,}|(?<=', )\d{4,5}(?=\))|fd=\d+", "…", text)


def written(name: str) -> str:
    """Return a program that is debugged twice."""
    commands, body = BODIES[name]
    work = f"\ndef work():\n    debug({commands!r})\n{indent(dedent(body), ' ' * 4)}"
    ending = "for _ in range(2):\n    try:\n        work()\n    except Exception as error:\n"
    return BEGIN + work + ending + "        print('failed', error)\n"


@pytest.mark.parametrize("name", BODIES)
def test_a_debugger_steps_as_untraced(name: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(written(name))
    expected, seen = untraced(program), traced(program)[0]
    assert "(Pdb)" in expected.out
    assert comparable(seen.out).splitlines() == comparable(expected.out).splitlines()
    assert (seen.status, seen.err) == (expected.status, expected.err)
