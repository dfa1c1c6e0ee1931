"""Programs that a tracer might get in the way of, each with the exit status that it must have."""

from __future__ import annotations

import signal

# Long because it is one table. name: (source, expected status)
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
