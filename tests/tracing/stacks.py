"""Programs that show their stack wherever they come, in every way that the standard library has."""

# Long because it is one table of programs.

from __future__ import annotations

STACK = """
import faulthandler, inspect, io, logging, os, signal, socket, socketserver, sys, threading
import time, traceback, warnings

def show(place):
    print('--', place)
    traceback.print_stack(file=sys.stdout)
    print(traceback.extract_stack())
    print([frame.f_code.co_name for frame, line in traceback.walk_stack(None)])
    print(traceback.StackSummary.extract(traceback.walk_stack(sys._getframe())))
    print([(frame.function, frame.filename, frame.lineno) for frame in inspect.stack()])
    logging.getLogger('stack').warning(place, stack_info=True, stacklevel=2)
    names, depth = [], 0
    while True:
        try:
            names.append(sys._getframe(depth).f_code.co_name)
        except ValueError:
            break
        depth += 1
    frame = sys._getframe()
    while frame:
        names.append((frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
    print(names)
    warnings.warn(place, stacklevel=2)
    warnings.warn(place, stacklevel=3)
    warnings.warn(place, stacklevel=5)
    print(len(sys._current_frames()), len(inspect.getouterframes(sys._current_frames()[threading.get_ident()])))
    dump()

def dump():
    sys.stdout.flush()
    faulthandler.dump_traceback(sys.stdout, threading.active_count() == 1)
    faulthandler.dump_traceback(file=1, all_threads=False)

def fail(place):
    show(place)
    raise ValueError(place)

logging.basicConfig(stream=sys.stdout)
warnings.simplefilter('always')
"""  # noqa: E501

PROGRAMS = {
    "in the main thread": "show('main')",
    "in a started thread": """
        thread = threading.Thread(target=fail, args=('worker',), name='worker')
        thread.start()
        thread.join()
        class Mine(threading.Thread):
            def run(self):
                fail('mine')
        thread = Mine()
        thread.start()
        thread.join()
        timer = threading.Timer(0.01, fail, ['timer'])
        timer.start()
        timer.join()
    """,
    "in a low-level thread": """
        import _thread
        def hook(args):
            sys.__unraisablehook__(args)
            done.release()
        sys.unraisablehook = hook
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(fail, ('low',))
        done.acquire()
    """,
    "in a pool": """
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            future = pool.submit(fail, 'pool')
            concurrent.futures.wait([future])  # result() has two ways
            try:
                future.result()
            except ValueError:
                traceback.print_exc()
    """,
    "in hooks": """
        sys.excepthook = lambda *error: (show('excepthook'), traceback.print_exception(*error))
        threading.excepthook = lambda args: show('threading.excepthook')
        sys.unraisablehook = lambda args: show('unraisablehook')
        thread = threading.Thread(target=fail, args=('worker',))
        thread.start()
        thread.join()
        class Thing:
            def __del__(self):
                fail('del')
        Thing()
        sock = socket.socket()
        sock.connect(('127.0.0.1', 1))
    """,
    "in a handler of a server": """
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.rfile.readline()
                fail('handler')
        class Server(socketserver.ThreadingTCPServer):
            def handle_error(self, request, address):
                show('error')
                traceback.print_exc(file=sys.stdout)
        for kind in (socketserver.TCPServer, Server):
            with kind(('127.0.0.1', 0), Handler) as server:
                server.handle_error = Server.handle_error.__get__(server)
                with socket.create_connection(server.server_address) as sock:
                    sock.sendall(b'x\\n')
                    server.handle_request()
    """,
    "in what a traced call calls": """
        class Mine(socket.socket):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                show('init')
            def _accept(self):
                show('accept')
                return super()._accept()
            def fileno(self):
                show('fileno')
                return super().fileno()
            def _real_close(self):
                super()._real_close()
                show('close')
            def detach(self):
                show('detach')
                return super().detach()
        class Number(int):
            def __index__(self):
                show('index')
                return 9
        class Host(str):
            def __str__(self):
                show('str')
                return super().__str__()
        with Mine() as sock:
            sock.bind((Host('127.0.0.1'), 0))
            sock.listen(1)
            with sock.dup() as other, socket.create_connection(other.getsockname()) as client:
                conn, _ = other.accept()
                client.sendfile(open(__file__, 'rb'))
                conn.recv(Number(9))
                conn.makefile('rb').close()
                conn.close()
            sock.detach()
    """,
    "in what a lock calls": """
        class Lock:
            def __init__(self):
                self.lock = threading.Lock()
            def acquire(self, *args):
                show('acquire')
                return self.lock.acquire(*args)
            def release(self):
                show('release')
                self.lock.release()
            def __enter__(self):
                return self.acquire()
            def __exit__(self, *error):
                self.release()
        condition = threading.Condition(Lock())
        with condition:
            condition.wait_for(lambda: show('predicate') or True)
            condition.wait(0.01)
            condition.notify_all()
        class Semaphore(threading.BoundedSemaphore):
            def acquire(self, *args):
                show('semaphore')
                return super().acquire(*args)
        with Semaphore() as got:
            barrier = threading.Barrier(1, action=lambda: show('barrier'))
            barrier.wait()
        semaphore = threading.BoundedSemaphore()
        try:
            semaphore.release()
        except ValueError:
            traceback.print_exc(file=sys.stdout)
    """,
    "in errors of wrong calls": """
        sock = socket.socket()
        for call in (
            lambda: sock.bind(), lambda: sock.bind('x', 'y'), lambda: sock.listen('many'),
            lambda: sock.connect(5), lambda: sock.connect(('127.0.0.1', 1)), lambda: sock.recv(),
            lambda: sock.recv(9), lambda: sock.send(), lambda: sock.send('text'),
            lambda: sock.sendall(5), lambda: sock.sendto(b'', 1, 2, 3, 4), lambda: sock.accept(),
            lambda: sock.recv_into(b''), lambda: sock.sendmsg(5), lambda: sock.recvmsg('x'),
            lambda: sock.settimeout('x'), lambda: sock.setsockopt(1), lambda: sock.shutdown(9),
            lambda: socket.socket(99, 99), lambda: socket.socket(fileno=999), lambda: sock.dup(1),
            lambda: threading.Lock(5), lambda: threading.Lock().release(),
            lambda: threading.RLock().release(), lambda: threading.Semaphore(-1),
            lambda: threading.Condition().notify(), lambda: threading.Thread(5),
            lambda: threading.Thread().join(), lambda: threading.Lock().acquire(timeout='x'),
        ):
            try:
                call()
            except Exception as error:
                print(len(traceback.extract_tb(error.__traceback__)))
                step = error.__traceback__
                while step:
                    print(step.tb_frame.f_code.co_name, step.tb_lineno, step.tb_lasti >= 0)
                    step = step.tb_next
                traceback.print_exc(file=sys.stdout)
    """,
    "in a handler of a signal": """
        def interrupt_when_blocked():
            # What has not come on for so many looks of another thread waits in the kernel.
            main, place, looks = threading.main_thread().ident, None, 0
            while looks < 10:
                time.sleep(0.01)
                frame = sys._current_frames()[main]
                here = (frame, frame.f_lasti)
                looks, place = looks + 1 if here == place else 0, here
            os.kill(os.getpid(), signal.SIGALRM)
        def interrupt(wait):
            threading.Thread(target=interrupt_when_blocked, daemon=True).start()
            wait()
        def alarm(number, frame):
            show('alarm')
            print(frame.f_code.co_name, frame.f_lineno)
            traceback.print_stack(frame, file=sys.stdout)
            wake()
        signal.signal(signal.SIGALRM, alarm)
        here, there = socket.socketpair()
        listener = socket.create_server(('127.0.0.1', 0))
        lock, event, semaphore = threading.Lock(), threading.Event(), threading.Semaphore(0)
        condition = threading.Condition()
        thread = threading.Thread(target=event.wait)
        lock.acquire()
        for wait, wake in (
            (lambda: here.recv(9), lambda: there.send(b'x')),
            (lambda: here.recvfrom(9), lambda: there.send(b'x')),
            (lambda: here.recv_into(bytearray(9)), lambda: there.send(b'x')),
            (lambda: here.makefile('rb', 0).read(1), lambda: there.send(b'x')),
            (lambda: listener.accept()[0].close(),
             lambda: socket.create_connection(listener.getsockname()).close()),
            (lambda: lock.acquire(), lambda: lock.release()),
            (lambda: semaphore.acquire(), lambda: semaphore.release()),
            (lambda: (thread.start(), thread.join()), lambda: event.set()),
            (lambda: event.clear() or event.wait(), lambda: event.set()),
        ):
            interrupt(wait)
        def alarm(number, frame):
            raise TimeoutError('alarm')
        signal.signal(signal.SIGALRM, alarm)
        for wait in (lambda: here.recv(9), listener.accept, lock.acquire, semaphore.acquire,
                     lambda: event.clear() or event.wait()):
            lock.acquire(False)
            try:
                interrupt(wait)
            except TimeoutError:
                traceback.print_exc(file=sys.stdout)
        # One after the other: the garbage collection of the end would choose an order.
        del wait, wake, here, there, listener
    """,
    "of all threads": """
        import _thread
        lock = _thread.allocate_lock()
        ident = None
        def work():
            global ident
            ident = threading.get_ident()
            lock.acquire()
        def is_waiting():
            line = work.__code__.co_firstlineno + 3
            return ident and sys._current_frames()[ident].f_lineno == line
        with lock:
            thread = threading.Thread(target=work)
            thread.start()
            while not is_waiting():
                time.sleep(0.01)
            print(len(sys._current_frames()), threading.active_count())
            faulthandler.dump_traceback(1)
        thread.join()
        for wrong in (object(), True), ('x',), (1, 2, 3), (-1,), (None,):
            try:
                faulthandler.dump_traceback(*wrong)
            except Exception as error:
                print(type(error), error)
    """,
    "of a thread that is in C only": """
        import _thread
        lock = _thread.allocate_lock()
        with lock:
            _thread.start_new_thread(lock.acquire, ())
            print('one more')
            faulthandler.dump_traceback(1)
    """,
    "in exit handlers": """
        import atexit, weakref
        class Thing: pass
        thing = Thing()
        weakref.finalize(thing, show, 'finalizer')
        atexit.register(show, 'at exit')
        atexit.register(faulthandler.dump_traceback, 1)
        atexit.register(socket.socket)
    """,
    "in a profile": """
        called = []
        def profile(frame, event, arg):
            if event in ('call', 'return') and frame.f_code.co_filename == __file__:
                called.append((frame.f_code.co_name, event))
        def work():
            with socket.socket() as sock:
                sock.bind(('127.0.0.1', 0))
            with threading.Lock():
                pass
        sys.setprofile(profile)
        work()
        sys.setprofile(None)
        print(called)
        import cProfile, pstats
        profile = cProfile.Profile()
        def outer():
            work()
            inner()
        def inner():
            work()
        profile.runcall(outer)
        stats = sorted(pstats.Stats(profile).stats.items())
        for (file, _, name), (calls, _, _, _, callers) in stats:
            if file == __file__:
                print(name, calls, sorted((key[2], numbers[0]) for key, numbers in callers.items()))
    """,
}
