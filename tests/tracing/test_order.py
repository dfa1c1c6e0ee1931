"""An order is in the environment of a program before it begins, and nowhere afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from backend.runtime.processes.spawn import command_line
from backend.tracing import order
from backend.tracing.bounds import Bounds
from backend.tracing.order import Order
from tests.labs.programs import WAIT_S
from tests.tracing.runs import RUN, Traced, environment, traced

ENVIRONMENTS: tuple[dict[str, str], ...] = (
    {},
    {"A": "1", "B": "2"},
    {"PYTHONPATH": "/somewhere", "A": "1"},
    {"A": "1", "PYTHONPATH": f"/one{os.pathsep}/two{os.pathsep}{os.pathsep}three"},
)


@pytest.mark.parametrize("bounds", [None, Bounds(nice=1, files=256, file_bytes=3, data_bytes=4)])
@pytest.mark.parametrize("before", ENVIRONMENTS)
def test_an_order_that_is_taken_leaves_the_environment_as_it_was(
    before: dict[str, str], bounds: Bounds | None
) -> None:
    given = Order(5, "a:run:with:colons", bounds, folder="/a:b/\udce9", sockets={7: 8, 9: 10})
    carried = order.add(given, before)
    assert order.take(carried) == given
    assert list(carried.items()) == list(before.items())


def test_an_empty_path_which_says_nothing_does_not_become_the_working_directory() -> None:
    assert order.add(Order(5, "r1"), {"PYTHONPATH": ""})["PYTHONPATH"] == order.ENTRY


def test_where_there_is_no_order_there_is_none() -> None:
    assert order.take({"PYTHONPATH": "/somewhere"}) is None


@pytest.mark.parametrize("text", ["", "x:r1", ":r1"])
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        order.take({"SOCKETLAB_TRACE": text})


def output(program: Path, more: dict[str, str], *, is_traced: bool) -> str:
    """Run a program with more in its environment; return its output on both streams."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        plain = {**environment(), **more}
        done = subprocess.run(
            command_line(Path(program.name), ["one", "--two"]),
            cwd=program.parent,
            env=order.add(Order(theirs.fileno(), RUN), plain) if is_traced else plain,
            pass_fds=[theirs.fileno()] if is_traced else [],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=WAIT_S,
            check=False,
        )
    return done.stdout.decode()


@pytest.mark.parametrize("path", [None, "own", f"own{os.pathsep}elsewhere"])
def test_a_program_sees_its_own_environment_and_path(path: str | None, tmp_path: Path) -> None:
    """Also a Python's own `sitecustomize` runs, and is the module of that name."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("print('customized', __file__)")
    program = tmp_path / "program.py"
    source = """
        import os, subprocess, sys
        print(sorted(os.environ.items()), sys.path, sys.argv, sys.orig_argv, __file__)
        print(sorted(path for path in sys.path_importer_cache if 'tracing' in path))
        print('sitecustomize' in sys.modules, [n for n in sys.modules if 'backend' in n])
        print(subprocess.run(['env'], capture_output=True, text=True).stdout)
        print(subprocess.run([sys.executable, '-c', '''if True:
            import socket, sys
            print(sys.path, socket.socket.__init__)
        '''], capture_output=True, text=True).stdout)
        import sitecustomize
    """
    program.write_text(dedent(source))
    more = {} if path is None else {"PYTHONPATH": path}
    texts = [output(program, more, is_traced=is_traced) for is_traced in (False, True)]
    lines = [[line for line in text.split("\n") if " at 0x" not in line] for text in texts]
    assert lines[1] == lines[0]


def test_a_program_is_traced_whatever_lies_beside_it(tmp_path: Path) -> None:
    """The tracer imports what it needs before the program's folder is searched."""
    for name in ("json", "socket", "threading", "sitecustomize", "backend", "opcode", "fcntl"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('not meant')")
    program = tmp_path / "program.py"
    program.write_text("from _socket import *\nprint('ran')")
    outcome, _ = traced(program)
    assert (outcome.status, outcome.out, outcome.err) == (0, "ran\n", "")


def test_a_defect_of_ours_ends_the_program_before_it_begins(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("print('untraced')")
    done = subprocess.run(
        command_line(program, []),
        env=order.add(Order(77, RUN), environment()),  # no such descriptor
        capture_output=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.endswith(b"OSError: [Errno 9] Bad file descriptor\n")


def test_the_program_is_what_the_interpreter_runs(tmp_path: Path) -> None:
    """A folder or an archive with a `__main__.py` is a program, too."""
    (tmp_path / "__main__.py").write_text("import socket\nsocket.socket().bind(('127.0.0.1', 0))")
    with Traced(tmp_path) as run:
        records = run.records()
        assert run.outcome().status == 0
    assert [(r["call"], r["file"], r["line"]) for r in records][1] == ("bind", "__main__.py", 2)
