"""What is traced looks, is copied and pickled as what it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tracing.runs import traced, untraced

# Each prints a line for each thing: the expression itself, or what asking for it raises.
SHOW = """
import _thread, copy, inspect, os, pickle, pickletools, queue, re, select, socket, threading, time

NAMES = {
    "socket": [name for name in dir(socket.socket) if not name.startswith("_")]
        + ["__init__", "__repr__", "__enter__", "__exit__"],
    "Thread": [name for name in dir(threading.Thread) if not name.startswith("_")] + ["__init__"],
    "Event": ["__init__", "is_set", "set", "clear", "wait", "__repr__"],
    "Condition": ["__init__", "wait", "wait_for", "notify", "notify_all", "__enter__", "__exit__"],
    "Semaphore": ["__init__", "acquire", "release", "__enter__", "__exit__"],
    "BoundedSemaphore": ["__init__", "acquire", "release"],
}
CLASSES = (socket.socket, threading.Thread, threading.Event, threading.Condition,
    threading.Semaphore, threading.BoundedSemaphore, threading.Timer, threading.Barrier)
FUNCTIONS = (threading.Lock, threading.RLock, _thread.allocate_lock, _thread.start_new_thread,
    time.sleep, os.close, os.closerange, os.dup, os.dup2, socket.create_server, socket.socketpair)
THINGS = (socket.socket(), threading.Lock(), threading.RLock(), threading.Event(),
    threading.Condition(), threading.Semaphore(3), threading.BoundedSemaphore(), threading.Thread())
METHODS = [getattr(cls, name) for cls in CLASSES for name in NAMES.get(cls.__name__, ())]

def show(thing, what):
    try:
        said = what(thing)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    name = getattr(thing, "__qualname__", type(thing).__name__)
    print(name, re.sub("0x[0-9a-f]+", "0x", str(said)))
"""
ASKS = {
    "signatures": "for each in (*CLASSES, *FUNCTIONS, *METHODS): show(each, inspect.signature)",
    "names": """
for each in (*CLASSES, *FUNCTIONS, *METHODS):
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        show(each, lambda thing: getattr(thing, name, "socket"))
""",
    "repr": "for each in (*CLASSES, *FUNCTIONS, *THINGS): show(each, repr)",
    "pickled": """
for each in (*CLASSES, *FUNCTIONS):
    show(each, lambda thing: pickle.loads(pickle.dumps(thing)) is thing)
    show(each, lambda thing: pickle.dumps(thing))
for each in THINGS:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        show(each, lambda thing: pickle.dumps(thing, protocol))
""",
    "copied": """
for each in (*CLASSES, *FUNCTIONS):
    show(each, lambda thing: copy.copy(thing) is thing and copy.deepcopy(thing) is thing)
for each in THINGS:
    show(each, lambda thing: type(copy.copy(thing)).__name__)
    show(each, lambda thing: type(copy.deepcopy(thing)).__name__)
event = threading.Event()
twin = copy.copy(event)
twin.set()
print(twin.is_set(), event.is_set(), twin.wait(1))
""",
    "words": """
def enter(thing):
    with thing: pass
def unpack(thing): first, second = thing
def put(thing): thing[0] = 1
BOUND = (threading.Lock(), threading.RLock(), _thread.allocate_lock(), select.poll(),
    select.epoll(), threading.Lock, threading.RLock, select.poll, select.select, select.epoll,
    time.sleep, os.close, os.dup, _thread.start_new_thread)
for each in BOUND:
    for ask in (enter, unpack, put, list, len, int, hash, ascii, open, iter, next, bool, abs,
        lambda thing: thing("no", "such", "arguments", "at", "all"), lambda thing: thing.acquir,
        lambda thing: thing[0], lambda thing: 1 in thing, lambda thing: thing + 1,
        lambda thing: thing < 1, lambda thing: f"{thing:5}", lambda thing: "" + thing,
        lambda thing: thing.__self__, lambda thing: type(thing), lambda thing: type(type(thing)),
        lambda thing: (type(thing).__name__, type(thing).__qualname__, type(thing).__module__),
        inspect.isbuiltin, inspect.isfunction, inspect.isclass, inspect.isroutine, callable):
        if ask not in (hash, bool) and not (ask is enter and isinstance(each, select.epoll)):
            show(each, ask)
for each in (queue.SimpleQueue(), type("Own", (queue.SimpleQueue,), {})()):
    show(each, lambda thing: thing.join)
""",
    "classes": """
def inherit(thing): return type("Mine", (type(thing),), {})()
def use(thing):
    made = inherit(thing)
    return made.acquire(), made.acquire(False), made.release()
def fork(thing):
    with type(thing)() as made: return type(made), made is thing
for each in (threading.Lock(), threading.RLock(), select.poll(), select.epoll()):
    for ask in (inherit, use, fork, lambda thing: type(thing)(), lambda thing: type(thing)("no"),
        lambda thing: type(type(thing)()) is type(thing)):
        show(each, ask)
""",
    "attributes": """
def put(thing): thing.x = 1
def take(thing): del thing.x
def twice(thing): put(thing); return thing.x, take(thing)
for each in FUNCTIONS:
    for ask in (put, take, twice, lambda thing: sorted(getattr(thing, "__annotations__", ()))):
        show(each, ask)
    if not isinstance(each, type):
        show(each, vars)
""",
    "kinds": """
for each in THINGS:
    show(each, lambda thing: (type(thing).__name__, thing.__class__.__name__))
    show(each, lambda thing: [isinstance(thing, cls) for cls in CLASSES])
for each in CLASSES:
    show(each, lambda cls: [issubclass(cls, other) for other in CLASSES])
class Holder:
    made, again, nap, shut = threading.Lock, threading.RLock, time.sleep, os.close
print(Holder().made().locked(), Holder().nap(0))
show(Holder(), lambda holder: holder.shut(1 << 20))
""",
}


@pytest.mark.parametrize("ask", ASKS)
def test_what_is_traced_has_the_face_of_what_it_stands_for(ask: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(SHOW + ASKS[ask])
    expected = untraced(program)
    assert expected.status == 0, expected.err
    outcome, _ = traced(program)
    assert outcome.out.splitlines() == expected.out.splitlines()
    assert outcome == expected
