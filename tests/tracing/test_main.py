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
from tests.tracing.runs import Outcome, Traced, traced, untraced

# name: (source, expected status)
PROGRAMS: dict[str, tuple[str, int]] = {
    "what it is": (
        """
        import sys
        print(sys.argv[1:], __name__, __file__ == sys.argv[0], sys.path[0])
        print(__doc__, __spec__, __package__, __cached__, __builtins__.__name__)
        print(type(__loader__).__name__, sorted(globals()))
        print(sys.modules["__main__"].__dict__ is globals())
        print(sys.flags, sys.dont_write_bytecode, sys.excepthook is sys.__excepthook__)
        """,
        0,
    ),
    "with a docstring and annotations": (
        """
        'What it is for.'
        from __future__ import annotations
        count: int = 5
        print(__doc__, __annotations__)
        """,
        0,
    ),
    "without future imports of ours": ("print(1 / 2); x: 1 + 1 = 3; print(__annotations__)", 0),
    "no threads of ours": (
        """
        import threading
        print(threading.enumerate(), threading.active_count(), threading.main_thread().name)
        print(threading.current_thread() is threading.main_thread())
        """.replace("threading.enumerate()", "[t.name for t in threading.enumerate()]"),
        0,
    ),
    "says UTF-8": ("print('Привет, 🧵'); import sys; print('плохо', file=sys.stderr)", 0),
    "ends by itself": ("print('done')", 0),
    "exits with 0": ("import sys; sys.exit(0)", 0),
    "exits with 3": ("import sys; sys.exit(3)", 3),
    "exits with None": ("import sys; sys.exit()", 0),
    "exits with a text": ("import sys; sys.exit('текст')", 1),
    "exits with an object": ("import sys; sys.exit([1, 2])", 1),
    "exits with True": ("raise SystemExit(True)", 1),
    "exits with 256": ("raise SystemExit(256)", 0),
    "exits at once": ("import os; print('x', flush=True); os._exit(7)", 7),
    "raises": (
        """
        def inner():
            raise ValueError('что-то не так')
        def outer():
            inner()
        outer()
        """,
        1,
    ),
    "raises at its first line": ("1 / 0", 1),
    "raises from another": (
        """
        try:
            {}['key']
        except KeyError as error:
            raise OSError(5, 'reading') from error
        """,
        1,
    ),
    "raises while handling": (
        """
        try:
            {}['key']
        except KeyError:
            undefined
        """,
        1,
    ),
    "raises a group": (
        """
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise ExceptionGroup('many', [error, ValueError('x')])
        """,
        1,
    ),
    "raises with a note": (
        """
        error = ValueError('x')
        error.add_note('a note')
        raise error
        """,
        1,
    ),
    "raises in too deep a recursion": (
        """
        def deeper():
            deeper()
        deeper()
        """,
        1,
    ),
    "has a syntax error": ("print('never')\ndef (:\n    pass", 1),
    "has a wrong indentation": ("if True:\nprint('never')", 1),
    "has a tab too many": ("if True:\n    x = 1\n\ty = 2", 1),
    "imports what does not exist": ("import no_such_module", 1),
    "has an excepthook of its own": (
        """
        import sys
        sys.excepthook = lambda kind, error, trace: print('hook', kind, error, trace.tb_lineno)
        raise ValueError('x')
        """,
        1,
    ),
    "is interrupted": (
        """
        import os, signal
        os.kill(os.getpid(), signal.SIGINT)
        signal.pause()
        """,
        -signal.SIGINT,
    ),
    "is interrupted and cleans up": (
        """
        import atexit, threading
        atexit.register(print, 'at exit')
        may_end = threading.Event()
        threading.Thread(target=lambda: (may_end.wait(), print('thread'))).start()
        try:
            raise KeyboardInterrupt
        finally:
            print('finally')
            may_end.set()
        """,
        -signal.SIGINT,
    ),
    "handles its interrupt": (
        """
        import os, signal
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        except KeyboardInterrupt:
            print('interrupted')
        """,
        0,
    ),
    "is terminated": ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    "leaves in order": (
        """
        import atexit
        atexit.register(print, 'registered first')
        atexit.register(print, 'registered second')
        print('main')
        """,
        0,
    ),
    "leaves in order after an error": (
        """
        import atexit, sys
        atexit.register(lambda: print('at exit', sys.excepthook is sys.__excepthook__))
        raise ValueError('x')
        """,
        1,
    ),
    "raises at exit": (
        """
        import atexit
        def leave():
            raise ValueError('at exit')
        atexit.register(leave)
        """,
        0,
    ),
    "has threads that go on": (
        """
        import threading, time
        def work():
            threading.main_thread().join()
            for number in range(3):
                time.sleep(0.05)
                print(number, threading.current_thread().name)
        threading.Thread(target=work).start()
        print('main is done')
        """,
        0,
    ),
    "has threads that go on after an error": (
        """
        import threading, time
        main = threading.main_thread()
        threading.Thread(target=lambda: (main.join(), print('thread is done'))).start()
        raise ValueError('main is done')
        """,
        1,
    ),
    "has a daemon thread": (
        """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        print('main is done')
        """,
        0,
    ),
    "has a thread that raises": (
        """
        import threading
        thread = threading.Thread(target=lambda: 1 / 0, name='worker')
        thread.start()
        thread.join()
        """,
        0,
    ),
    "forks": (
        """
        import os, sys
        pid = os.fork()
        if pid == 0:
            print('child')
            sys.exit(5)
        print('parent', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """,
        0,
    ),
    "forks and uses sockets": (
        """
        import os, socket
        with socket.create_server(('127.0.0.1', 0)) as listener:
            pid = os.fork()
            if pid == 0:
                with socket.create_connection(listener.getsockname()) as sock:
                    sock.sendall(b'from the child')
                os._exit(0)
            print(listener.accept()[0].recv(100))
            os.waitpid(pid, 0)
        """,
        0,
    ),
    "has low-level threads that raise": (
        """
        import _thread, sys
        def work(number):
            if number == 1:
                done.release()
                raise SystemExit(5)
            1 / 0
        def hook(args):
            sys.__unraisablehook__(args)
            done.release()
        sys.unraisablehook = hook
        done = _thread.allocate_lock()
        done.acquire()
        for number in range(3):
            _thread.start_new_thread(work, (number,))
            done.acquire()
        """,
        0,
    ),
    "raises in a finalizer": (
        """
        import socket
        class Thing:
            def __del__(self):
                with socket.socket() as sock:
                    sock.bind(5)
        Thing()
        """,
        0,
    ),
    "shows its own tracebacks": (
        """
        import logging, socket, socketserver, sys, threading, traceback
        def fail():
            with socket.socket() as sock:
                sock.connect(("127.0.0.1", 1))
        for show in (traceback.print_exc, lambda: print(traceback.format_exc(), file=sys.stderr)):
            try:
                fail()
            except OSError:
                show()
        try:
            fail()
        except OSError as error:
            logging.exception("failed")
            print(traceback.extract_tb(error.__traceback__)[-1].name)
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(5, 5, 5)
        with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
            server.handle_error = lambda request, address: traceback.print_exc()
            with socket.create_connection(server.server_address):
                server.handle_request()
        """,
        0,
    ),
    "uses multiprocessing": (
        """
        import multiprocessing
        def square(x):
            return x * x
        if __name__ == '__main__':
            with multiprocessing.get_context('fork').Pool(2) as pool:
                print(pool.map(square, range(5)))
            with multiprocessing.get_context('spawn').Pool(1) as pool:
                print(pool.map(square, range(5)))
        """,
        0,
    ),
    "pickles what it defines": (
        """
        import pickle
        class Thing:
            pass
        print(type(pickle.loads(pickle.dumps(Thing()))))
        """,
        0,
    ),
    "looks at its own source": (
        """
        import inspect
        def thing():
            return 5
        print(inspect.getsource(thing), inspect.getfile(thing) == __file__)
        """,
        0,
    ),
    "has dataclasses and type hints": (
        """
        import dataclasses, typing
        @dataclasses.dataclass
        class Point:
            x: int
            y: 'Point'
        print(Point(1, None), typing.get_type_hints(Point))
        """,
        0,
    ),
    "is in another encoding": ("# coding: cp1251\nprint('Привет')", 0),
    "reads its input": ("import sys; print(repr(sys.stdin.read()))", 0),
    "warns": (
        """
        import warnings
        warnings.warn('careful')
        warnings.warn('old', DeprecationWarning)
        """,
        0,
    ),
    "leaves a socket open": (
        """
        import socket, warnings
        warnings.simplefilter('always')
        sock = socket.socket()
        del sock
        """,
        0,
    ),
}


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


def test_the_channel_is_not_inherited(tmp_path: Path) -> None:
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
    assert len(child) == len(forked) == 3 + listing
    assert len(own) == 4 + listing
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
