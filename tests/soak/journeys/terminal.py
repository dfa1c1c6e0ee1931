"""A terminal with a shell in it, as somebody types into it: bash on a pseudo-terminal of its own.

Ctrl+C, Ctrl+D and Ctrl+Z are the keys: what they do is the kernel's and the shell's own affair.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import pty
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.labs.programs import WAIT_S

PROMPT = "ready> "
CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"
ENVIRONMENT = {"PS1": PROMPT, "TERM": "dumb", "HISTFILE": "", "LANG": "C.UTF-8"}


class Terminal:
    """One window with a shell; what it shows is read from the last thing that was typed on."""

    def __init__(self, folder: Path) -> None:
        self._shown = ""
        self._more = threading.Condition()
        self._pid, self._screen = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            command = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
            os.execvpe("bash", command, {**os.environ, **ENVIRONMENT})
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.end()

    def _read(self) -> None:
        """Take what is shown at once, as a terminal does: else the programs in it had to wait."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        with contextlib.suppress(OSError):  # EIO: nobody has it open any more
            while data := os.read(self._screen, 65536):
                with self._more:
                    self._shown += decoder.decode(data).replace("\r", "")
                    self._more.notify_all()

    @property
    def shown(self) -> str:
        """What has been shown since something was typed last."""
        with self._more:
            return self._shown

    def wait_for(self, text: str, within_s: float = WAIT_S) -> str:
        """Wait until the terminal shows a text; return all that it shows."""
        self._wait_until(lambda: text in self._shown, what=text, within_s=within_s)
        return self.shown

    def wait_for_match(self, pattern: str) -> re.Match[str]:
        """Wait until what the terminal shows matches."""
        self._wait_until(lambda: re.search(pattern, self._shown) is not None, what=pattern)
        match = re.search(pattern, self.shown)
        assert match
        return match

    def end(self, within_s: float = WAIT_S) -> str:
        """Wait until the shell asks for a command; return what was shown before."""
        self._wait_until(lambda: self._shown.endswith(PROMPT), what=PROMPT, within_s=within_s)
        return self.shown.removesuffix(PROMPT)

    def _wait_until(
        self, condition: Callable[[], bool], *, what: str, within_s: float = WAIT_S
    ) -> None:
        with self._more:
            came = self._more.wait_for(condition, timeout=within_s)
            assert came, f"expected {what!r} within {within_s} s, shown is {self._shown[-2000:]!r}"

    def press(self, key: str) -> None:
        """Press a key, or type what begins without a line end."""
        os.write(self._screen, key.encode())

    def type(self, line: str) -> None:
        """Type a line, Enter at its end."""
        with self._more:
            self._shown = ""
        self.press(f"{line}\n")

    def run(self, command: str) -> str:
        """Type a command; return what it has printed when the shell asks for the next one."""
        self.type(command)
        return self.end()

    def status(self) -> int:
        """Return the exit status of the last command."""
        self.run("echo status=$?")
        match = re.search(r"status=(\d+)", self._shown)
        assert match, self._shown
        return int(match[1])

    def close(self) -> None:
        """Close the window: the kernel hangs up on all that runs in it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGHUP)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._reader.join(timeout=WAIT_S)
        os.close(self._screen)


@contextlib.contextmanager
def terminal(folder: Path) -> Iterator[Terminal]:
    """Open a terminal in a folder, and close it in the end."""
    window = Terminal(folder)
    try:
        yield window
    finally:
        window.close()
