"""Where hostile text is tried: a room with labs of all kinds, and what programs may tell of."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT
from tests.lab_folder import copy_lab, write_lab
from tests.security.hostile import HOSTILE, SAMPLE, Host, as_bytes, whole
from tests.security.watched import Watched
from tests.server import LABS

# Room for two hundred of everything.
WIDE = {
    "bounded": False, "people_per_room": 500, "rooms_limit": 1000, "attempts_per_minute": 10**6,
    "runs_per_room": 100, "recordings_per_room": 300, "clients_per_person": 50,
    "trace_events_rate": 10**5, "ended_runs_kept": 500, "output_burst_bytes": 10**7,
}  # fmt: skip
ECHO, TYPED, CHAT, WEB = "udp/echo", "threads/typed", "chat/threads", "http/hostile"
WEB_LAB = """
title = { ru = "Чужая страница", en = "A strange page" }
summary = { ru = "Отвечает чем угодно.", en = "Answers anything." }
transport = "tcp"
port = 12399
source = "a test"

[client]
kind = "browser"
presets = ["/"]
"""
WEB_SERVER = '''"""Answer each request with the next file of the folder that is named."""

import argparse
import socket
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--host")
parser.add_argument("--port", type=int)
parser.add_argument("answers", type=Path)
args = parser.parse_args()
with socket.create_server((args.host, args.port)) as listener:
    for path in sorted(args.answers.iterdir()):
        conn, peer = listener.accept()
        with conn:
            conn.recv(65536)
            conn.sendall(path.read_bytes())
            conn.shutdown(socket.SHUT_WR)
            conn.recv(65536)
'''
WEB_STEP = """
[[step]]
program = "server"
snippet = "import socket"
title = { ru = "Модуль", en = "A module" }
text = { ru = "Сокеты ядра.", en = "The kernel's sockets." }
"""


@dataclass
class Stage:
    """A room of one's own, its host's page, and what to say there."""

    host: Host
    page: Watched
    strings: tuple[str, ...]
    folder: Path

    @property
    def alone(self) -> list[str]:
        """Those that are alone on their line."""
        return [text for text in self.strings if alone(text)]

    def bench(self, lab: str, picture: str = "list") -> None:
        """Open the workbench of a lab, and this picture of it."""
        self.page.open(f"/r/{self.host.room}/labs/{lab}?lang=en#token={self.host.token}")
        self.page.picture(picture)


OnStage = Callable[[Callable[[Stage], None], tuple[str, ...]], None]
AMOUNTS = [
    pytest.param(SAMPLE, id="gate"),
    pytest.param(HOSTILE, id="soak", marks=pytest.mark.soak),
]


def write_labs(labs: Path) -> None:
    """Lay out the labs: two of those for tests, a chat of the course, and a strange web server."""
    for folder in (LABS / ECHO, LABS / TYPED, ROOT / "labs" / CHAT):
        copy_lab(folder, labs)
    write_lab(labs, WEB, lab=WEB_LAB, walkthrough=WEB_STEP, server=WEB_SERVER)


def alone(text: str) -> bool:
    """Whether a text is one line of whole characters, and no `who: what`."""
    return text == whole(text) and not set(text) & set("\n\r\0:")


def halves(strings: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Cut them into parts of which all has room in the list of events."""
    for at in range(0, len(strings), 100):
        yield strings[at : at + 100]


def recording_of(strings: tuple[str, ...]) -> bytes:
    """Return a recording of which everything that is text is one of these."""
    run = {"run": "r1", "t": 1.0}
    started = {"type": "run.started", "lab": ECHO, "program": "server", "pid": 1, **run}
    events = [{**started, "args": list(strings)}]
    for n, text in enumerate(strings):
        events += [
            {"type": "output", "stream": "stdout", "text": f"{text}\n", **run},
            {"type": "person.joined", "person": f"p{n}", "name": text, "role": "guest", "t": 1.0},
            {**started, "run": text, "lab": text, "program": text, "args": [text]},
            {"type": text, **run},
            {**told(n, text), **run},
            {**told(n, text), **run, "call": text},
            {"type": "run.crashed", "exit_status": 1, "error": {"code": text, "message": text},
             "run": text, "t": 1.0},
            {"type": "sync", "thread": text, "tid": n, "object": n, "name": text, "kind": text,
             "event": text, **run},
        ]  # fmt: skip
    header = {"type": "recording", "version": 1, "room": strings[0], "clock_offset_s": 0,
              "lab_ids": [ECHO, *strings], "runs": []}  # fmt: skip
    lines = [header, *({"seq": n + 1, **event} for n, event in enumerate(events))]
    return "\n".join(map(json.dumps, lines)).encode()


def told(n: int, name: str) -> dict[str, object]:
    """Return a call of which everything that is text is this."""
    return {"type": "call", "t": 1.0, "run": "r", "call": "recv", "n": n, "socket": n + 1,
            "transport": "tcp", "tid": n + 1, "thread": name, "file": name, "line": 1,
            "error": name, "address": name, "option": name, "how": name, "flags": name,
            "local": name, "peer": name, "phase": "return", "bytes": 1,
            "data": b64encode(as_bytes(name)[:2000]).decode()}  # fmt: skip
