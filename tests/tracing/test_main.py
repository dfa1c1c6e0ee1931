"""A program that is traced behaves as it does untraced.

Each program here runs twice, by Python itself and under the tracer: what it prints, on both
streams, and how it ends must be the same to the letter.
"""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from tests.labs.programs import ROOT, WAIT_S
from tests.tracing.odd_programs import PROGRAMS
from tests.tracing.runs import Outcome, Traced, traced, untraced

# A signal between Python's last look for one and pause(2) would wait for the next: so it looks on.
SLEEP = "import time\nprint('ready')\nwhile True:\n    time.sleep(0.05)"


def write(tmp_path: Path, source: str) -> Path:
    program = tmp_path / "program.py"
    text = dedent(source).lstrip("\n") + "\n"
    program.write_bytes(text.encode("cp1251" if "cp1251" in text else "utf-8"))
    return program


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_behaves_as_untraced(name: str, tmp_path: Path) -> None:
    source, status = PROGRAMS[name]
    program = write(tmp_path, source)
    args = ("one", "--two", "три", "")
    expected = untraced(program, *args)
    assert expected.status == status
    with Traced(program, *args) as run:
        assert run.process.stdin is not None
        run.process.stdin.close()
        run.process.stdin = None
        assert comparable(run.outcome()) == comparable(expected)


def comparable(outcome: Outcome) -> Outcome:
    """Leave out what differs from run to run, and the few frames that the tracer takes up."""
    err = re.sub(r"0x[0-9a-f]+", "0x…", outcome.err)
    err = re.sub(r"repeated 9\d\d more times", "repeated 9… more times", err)
    return replace(outcome, err=err)


def test_modules_beside_the_program_are_found_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "beside.py").write_text("print('beside')")
    program = tmp_path / "real" / "program.py"
    program.write_text("import beside, sys; print(sys.path[0], __file__)")
    link = tmp_path / "link.py"
    link.symlink_to(program)
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    for path in (program, link, tmp_path / "folder" / "program.py"):
        assert traced(path)[0] == untraced(path)


def test_our_package_cannot_be_imported_by_accident(tmp_path: Path) -> None:
    (tmp_path / "backend.py").write_text("print('the program has a module of this name')")
    program = tmp_path / "program.py"
    program.write_text("import backend, socket; print(socket.socket.__module__, socket.socket)")
    assert traced(program)[0] == untraced(program)


def test_a_program_that_is_interrupted_from_outside_dies_by_sigint(tmp_path: Path) -> None:
    program = write(tmp_path, SLEEP)
    with Traced(program) as run:
        assert run.line() == "ready"
        os.killpg(run.process.pid, signal.SIGINT)
        outcome = run.outcome()
    assert outcome.status == -signal.SIGINT
    assert outcome.err.startswith(f'Traceback (most recent call last):\n  File "{program}"')
    assert outcome.err.endswith("\nKeyboardInterrupt\n")
    assert "tracing" not in outcome.err


def test_no_thread_of_ours_takes_a_signal_that_is_for_the_program(tmp_path: Path) -> None:
    """A signal that another thread takes does not wake a main thread that waits in a call."""
    source = """
        import glob
        for path in glob.glob('/proc/self/task/*/status'):
            lines = dict(line.split(':', 1) for line in open(path))
            print(lines['Pid'].strip() == lines['Tgid'].strip(), int(lines['SigBlk'], 16))
    """
    outcome, _ = traced(write(tmp_path, source))
    blocked = {line.split()[0]: int(line.split()[1]) for line in outcome.out.splitlines()}
    theirs = sum(1 << (number - 1) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1))
    assert len(outcome.out.splitlines()) == 3
    assert blocked["True"] == 0
    assert blocked["False"] & theirs == theirs


def test_sigint_works_although_the_playground_ignores_it(tmp_path: Path) -> None:
    program = write(tmp_path, SLEEP)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run = Traced(program)
    finally:
        signal.signal(signal.SIGINT, before)
    with run:
        assert run.line() == "ready"
        run.process.send_signal(signal.SIGINT)
        assert run.outcome().status == -signal.SIGINT


def test_the_channel_is_a_forked_childs_and_no_other_programs(tmp_path: Path) -> None:
    source = """
        import os, subprocess, sys
        look = "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"
        subprocess.run([sys.executable, '-c', look], close_fds=False)
        print(sorted(map(int, os.listdir('/proc/self/fd'))))
        if os.fork() == 0:
            print(sorted(map(int, os.listdir('/proc/self/fd'))))
            os._exit(0)
        os.wait()
    """
    with Traced(write(tmp_path, source)) as run:
        child, own, forked = (eval(line) for line in run.outcome().out.splitlines())
    listing = 1  # the descriptor of the folder that is listed
    assert len(child) == 3 + listing
    assert len(own) == len(forked) == 4 + listing  # what is forked is told, too
    assert child[:3] == own[:3] == forked[:3] == [0, 1, 2]


def test_the_end_of_the_channel_kills_the_process_group(tmp_path: Path) -> None:
    source = """
        import os, signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = os.fork()
        if child == 0:
            signal.pause()
        print(child)
        signal.pause()
    """
    with Traced(write(tmp_path, source)) as run:
        child = int(run.line())
        run.channel.close()
        assert run.process.wait(WAIT_S) == -signal.SIGKILL
        assert run.outcome().out == ""  # returns once the child, too, has let go of the pipe
        assert run.process.returncode == -signal.SIGKILL
        assert not Path(f"/proc/{child}/fd/1").exists()


def test_the_end_of_the_channel_kills_a_program_that_computes(tmp_path: Path) -> None:
    program = write(tmp_path, "print('ready')\nwhile True:\n    pass")
    with Traced(program) as run:
        assert run.line() == "ready"
        run.channel.close()
        assert run.process.wait(WAIT_S) == -signal.SIGKILL


def test_the_end_of_the_channel_kills_only_the_program_where_it_leads_no_group(
    tmp_path: Path,
) -> None:
    """So a tracer that is tried out in a shell does not kill that shell."""
    program = write(tmp_path, "import signal; print('ready'); signal.pause()")
    source = f"""
        import os, socket, subprocess, sys
        ours, theirs = socket.socketpair()
        sys.path.insert(0, {str(ROOT)!r})
        from backend.tracing import order
        traced = subprocess.Popen(
            [sys.executable, {str(program)!r}],
            env=order.add(order.Order(theirs.fileno(), 'r1'), os.environ),
            pass_fds=[theirs.fileno()], stdout=subprocess.PIPE)
        theirs.close()
        traced.stdout.readline()
        ours.close()
        print(traced.wait())
    """
    shell = tmp_path / "shell.py"
    shell.write_text(dedent(source))
    outcome = untraced(shell)
    assert (outcome.status, outcome.out) == (0, f"{-signal.SIGKILL}\n")


def test_what_was_told_last_arrives_whatever_the_end(tmp_path: Path) -> None:
    for end in ("", "sys.exit(3)", "raise ValueError", "raise KeyboardInterrupt"):
        source = f"import socket, sys\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\n{end}"
        _, records = traced(write(tmp_path, source))
        assert [record.get("call") for record in records] == ["socket", "bind"]


def test_a_bind_in_an_exit_handler_is_still_told(tmp_path: Path) -> None:
    source = """
        import atexit, socket
        sock = socket.socket()
        atexit.register(sock.bind, ('127.0.0.1', 0))
    """
    _, records = traced(write(tmp_path, source))
    assert [record["call"] for record in records] == ["socket", "bind"]


def test_a_program_that_does_not_exist_is_told_in_one_line(tmp_path: Path) -> None:
    outcome, _ = traced(tmp_path / "none.py")
    assert outcome.status != 0
    assert "none.py" in outcome.err
