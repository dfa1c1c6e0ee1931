"""A window on a virtual screen, driven by mouse and keys.

The keys and clicks come from xdotool. What the window shows is asked of Tk itself, from a second
process on the same screen (Tk's `send` command).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from tests.labs.programs import WAIT_S, Program

needs_screen = [
    pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")
    for tool in ("Xvfb", "xdotool")
]
needs_screen.append(
    pytest.mark.skipif(find_spec("_tkinter") is None, reason="this Python was built without Tk")
)

LOGIN, MESSAGE = ".!entry", ".!entry2"  # the widgets, by the names that Tk gave them

BUTTON, STATUS = ".!button", ".!label"

# Reads Tcl scripts from standard input, has the window run each, prints the result as one line.
ASK_THE_WINDOW = """
import sys, tkinter
root = tkinter.Tk()
root.withdraw()
own = root.tk.call("tk", "appname")
(window,) = [name for name in root.winfo_interps() if name != own]
for number, script in enumerate(sys.stdin):
    try:
        print(number, ascii(root.send(window, script)), flush=True)
    except tkinter.TclError as error:
        print(number, ascii(f"TclError: {error}"), flush=True)
"""

# Sends what a window manager sends when a person closes the window (ICCCM 4.2.8.1): there is no
# window manager on this screen, and xdotool cannot do it.
CLOSE_THE_WINDOW = """
import ctypes, sys

class Message(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("kind", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24),
    ]

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XInternAtom.restype = ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))
window = ctypes.c_ulong(int(sys.argv[1]))
protocols, delete = (
    x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
)
message = Message(type=33, window=window, kind=protocols, format=32)
message.data[0] = delete
x11.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(message))
x11.XCloseDisplay(display)
"""


def on_screen(display: str, *command: str) -> str:
    """Run a command with a display, return what it prints."""
    return subprocess.run(
        command,
        env={**os.environ, "DISPLAY": display},
        check=True,
        timeout=WAIT_S,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


class Window:
    """The window of the classic client: what a person sees of it and does with it."""

    def __init__(self, client: Program, asks: Program, display: str) -> None:
        self.client = client
        self._asks = asks
        self._display = display
        self._questions = 0

    def ask(self, script: str) -> str:
        """Have the window run one line of Tcl; fail when it does not answer, that is, froze."""
        self._asks.type(f"{script}\n")
        answer = self._asks.wait_for(rf"(?m)^{self._questions} '(.*)'$")[1]
        self._questions += 1
        return answer.encode().decode("unicode_escape")

    def text_of(self, entry: str) -> str:
        return self.ask(f"{entry} get")

    def wait_for(self, script: str, pattern: str) -> str:
        """Ask again and again until the answer matches; return it."""
        deadline = time.monotonic() + WAIT_S
        while not re.search(pattern, answer := self.ask(script)):
            assert time.monotonic() < deadline, f"{script}: expected {pattern!r}, got {answer!r}"
        return answer

    def wait_for_status(self, pattern: str) -> str:
        return self.wait_for(f"{STATUS} cget -text", pattern)

    def do(self, *command: str) -> None:
        on_screen(self._display, "xdotool", *command)

    def close(self) -> None:
        window = on_screen(self._display, "xdotool", "search", "--onlyvisible", "--name", ".")
        on_screen(self._display, sys.executable, "-c", CLOSE_THE_WINDOW, window.strip())

    def click(self, widget: str) -> None:
        x, y = (int(self.ask(f"winfo root{axis} {widget}")) + 8 for axis in "xy")
        self.do("mousemove", str(x), str(y), "click", "1")

    def type(self, entry: str, text: str) -> None:
        """Click into an entry and type; wait until the entry has it."""
        self.click(entry)
        self.press("End")
        self.do("type", "--delay", "5", text)
        self.wait_for(f"{entry} get", re.escape(text) + "$")

    def press(self, key: str) -> None:
        self.do("key", key)


@contextmanager
def opened(screen: str, port: int) -> Iterator[Window]:
    env = {"DISPLAY": screen}
    with Program.lab("chat/window", "client", "--port", str(port), env=env) as client:
        on_screen(screen, "xdotool", "search", "--sync", "--onlyvisible", "--name", ".")
        with Program(sys.executable, "-c", ASK_THE_WINDOW, env=env) as asks:
            yield Window(client, asks, screen)


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Start a virtual screen of our own; Xvfb itself picks a free number and tells it."""
    reads, writes = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[writes],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    try:
        with os.fdopen(reads) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        xvfb.terminate()
        xvfb.wait(WAIT_S)
