"""A playground as people run it: `socketlab serve` in a process of its own, on a free port.

What it holds (processes, descriptors, memory) is looked at from outside, through psutil. Labs are
those of `labs_for_tests`, laid out as the real ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.asyncio import client as websockets

from backend.runtime.processes.fork_server import NAME
from tests.described import hold_to_description
from tests.forking import Forked
from tests.labs.programs import WAIT_S, Program, started
from tests.peers import TRUSTING, Peer, PlainPeer, Way

LABS = Path(__file__).parent / "labs_for_tests"
ROOM = "/api/rooms/local"
NOTHING = re.compile("")

Event = dict[str, Any]
Run = dict[str, Any]


class Playground:
    """A served playground: requests, WebSockets, and what its process holds."""

    def __init__(self, program: Program, port: int, scheme: str = "http") -> None:
        self.program = program
        self.process = psutil.Process(program.pid)
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.tls: dict[str, Any] = {}  # what a WebSocket needs where the certificate is our own
        self.since = 0

    def programs(self) -> list[psutil.Process]:
        """Return the processes of its runs: all below it but the fork server."""
        found = []
        for each in below(self.process):
            with contextlib.suppress(psutil.NoSuchProcess):
                if each.ppid() != self.process.pid or NAME not in each.cmdline():
                    found.append(each)
        return found

    async def settle(self) -> None:
        """Wait until all is there that a start leaves: a child that waits for the next one."""
        await until(lambda: has_spare(self.process), within_s=WAIT_S, what="a spare child waits")

    def mark(self) -> None:
        """Let the timeline be read from here on, if not said otherwise."""
        with self.asked() as api:
            self.since = api.get(ROOM).json()["last_seq"]

    def asked(self) -> httpx.Client:
        """Return a client for those who cannot wait otherwise."""
        return httpx.Client(base_url=self.url, verify=TRUSTING, trust_env=False, timeout=WAIT_S)

    async def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Make one request on a connection of its own; the description must know its answer."""
        async with httpx.AsyncClient(
            base_url=self.url, verify=TRUSTING, trust_env=False, timeout=WAIT_S
        ) as client:
            response = await client.request(method, path, **kwargs)
        hold_to_description(response)
        return response

    async def get(self, path: str, **kwargs: Any) -> Any:
        """Return the JSON that stands at a path."""
        response = await self.request("GET", path, **kwargs)
        assert response.status_code == 200, response.text
        return response.json()

    async def try_start(self, lab: str, program: str = "server", **body: Any) -> httpx.Response:
        """Ask for a run, whatever the answer."""
        body = {"lab": lab, "program": program, **body}
        return await self.request("POST", f"{ROOM}/runs", json=body)

    async def start(self, lab: str, program: str = "server", *args: str, port: int = 0) -> Run:
        """Start a run; programs without network get no port."""
        body: dict[str, Any] = {"args": list(args)}
        if program != "demo":
            body["port"] = port
        response = await self.try_start(lab, program, **body)
        assert response.status_code == 201, response.text
        run: Run = response.json()
        return run

    async def stop(self, run: Run) -> Run:
        """Stop a run; return it as it ended."""
        response = await self.request("DELETE", f"{ROOM}/runs/{run['id']}")
        assert response.status_code == 200, response.text
        ended: Run = response.json()
        return ended

    async def type(self, run: Run, **body: Any) -> httpx.Response:
        """Type into a run, or end its input."""
        return await self.request("POST", f"{ROOM}/runs/{run['id']}/stdin", json=body)

    async def room(self) -> dict[str, Any]:
        """Return the room as the API shows it."""
        room: dict[str, Any] = await self.get(ROOM)
        return room

    async def events(self, after: int | None = None, limit: int = 100_000) -> list[Event]:
        """Return the timeline after that number, or after the mark."""
        params = {"after": self.since if after is None else after, "limit": limit}
        response = await self.request("GET", f"{ROOM}/events", params=params)
        assert response.status_code == 200, response.text
        return [json.loads(line) for line in response.text.splitlines()]

    def connect(self, path: str, **kwargs: Any) -> websockets.connect:
        """Return a WebSocket to be opened with `async with`."""
        kwargs = {"compression": None, "max_size": None, "ping_interval": None, **kwargs}
        address = self.url.replace("http", "ws", 1) + path
        return websockets.connect(address, proxy=None, **self.tls, **kwargs)

    def view(self, after: int | None = None, **kwargs: Any) -> websockets.connect:
        """Return a WebSocket that follows the timeline after that number, or after the mark."""
        after = self.since if after is None else after
        return self.connect(f"/ws/rooms/local/events?after={after}", **kwargs)

    async def wait_for(self, wanted: Callable[[Event], bool]) -> Event:
        """Return the first event after the mark that is wanted."""
        async with asyncio.timeout(WAIT_S), self.view() as viewer:
            async for batch in viewer:
                for event in json.loads(batch):
                    if wanted(event):
                        found: Event = event
                        return found
        raise AssertionError("the timeline ended before the event came")

    async def wait_for_event(self, kind: str, **values: Any) -> Event:
        """Return the first event of this type with these values."""
        values["type"] = kind
        return await self.wait_for(lambda event: values.items() <= event.items())

    async def printed(self, run: Run, text: str) -> str:
        """Wait until the run's standard output has this text in it; return all of it so far."""
        seen = ""

        def note(event: Event) -> bool:
            nonlocal seen
            if event["type"] == "output" and event["run"] == run["id"]:
                seen += event["text"] if event["stream"] == "stdout" else ""
            return text in seen

        await self.wait_for(note)
        return seen

    @contextlib.asynccontextmanager
    async def client(self, run: Run, **kwargs: Any) -> AsyncIterator[Peer]:
        """Be a client of a run."""
        path = f"/ws/rooms/local/runs/{run['id']}/client"
        async with self.connect(path, **kwargs) as websocket:
            yield Peer(websocket)

    @contextlib.asynccontextmanager
    async def plain_client(self, run: Run) -> AsyncIterator[PlainPeer]:
        """Be a client of a run over plain HTTP."""
        path = f"{ROOM}/runs/{run['id']}/clients"
        response = await self.request("POST", path)
        assert response.status_code == 201, response.text
        peer = PlainPeer(self.url, path, response.json())
        try:
            yield peer
        finally:
            await peer.close()

    @contextlib.asynccontextmanager
    async def open_client(
        self, run: Run, way: Way = "websocket", **kwargs: Any
    ) -> AsyncIterator[Peer]:
        """Be a client of a run whose socket is open."""
        of_run = self.client(run, **kwargs) if way == "websocket" else self.plain_client(run)
        async with of_run as peer:
            peer.opened = await peer.told("opened")
            yield peer

    def rss(self) -> int:
        """Memory of the backend's process, in bytes."""
        size: int = self.process.memory_info().rss
        return size


@contextlib.contextmanager
def serving(
    *,
    port: int = 0,
    ends_with: int = 0,
    may_say: re.Pattern[str] = NOTHING,
    by_command: bool | str = False,
    **settings: object,
) -> Iterator[Playground]:
    """Serve a playground with these settings; at the end it must go in peace and say nothing.

    `ends_with` is the exit status that it has to have in the end; `may_say` is what its log may
    have. The server is a fork of one that has imported all (tests/forking.py), or, `by_command`, an
    interpreter of its own, where a shell may have done something before.
    """
    environment = {"SOCKETLAB_LABS_DIR": str(LABS), "SOCKETLAB_DATA": "none"}
    environment |= {f"SOCKETLAB_{name.upper()}": str(value) for name, value in settings.items()}
    words = ("serve", "--port", str(port))
    command = (sys.executable, "-m", "backend.cli", *words) if by_command else ("socketlab", *words)
    if isinstance(by_command, str):
        command = ("sh", "-c", f'{by_command}; exec "$@"', "sh", *command)
    start = started if by_command else Forked
    with Program(*command, env=environment, start=start) as program:
        address = r"(https?)://127\.0\.0\.1:(\d+)"
        scheme, taken = program.wait_for(address, within_s=3 * WAIT_S).groups()
        yield Playground(program, int(taken), scheme)
        assert program.stop() == ends_with
        assert may_say.fullmatch(program.errors), program.errors


def below(process: psutil.Process) -> list[psutil.Process]:
    """Return all processes below one, but the spare child of a fork server."""
    return [each for each, waits in _children(process) if not waits]


def has_spare(process: psutil.Process) -> bool:
    """Whether a child waits for the next start: a playground has descriptors for it, then."""
    return any(waits for _, waits in _children(process))


def _children(process: psutil.Process) -> Iterator[tuple[psutil.Process, bool]]:
    """Yield all processes below one, and whether each is the spare child of a fork server."""
    for each in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            parent = each.parent()
            is_of_server = (
                parent is not None and parent.ppid() == process.pid and NAME in parent.cmdline()
            )
            yield each, is_of_server and is_spare(each.pid, of=each.ppid())


def is_spare(pid: int, *, of: int) -> bool:
    """Whether a child of a fork server is nobody's program: it has the server's lifeline."""
    return bool(_pipes(pid) & _pipes(of))


def _pipes(pid: int) -> set[str]:
    """Return the pipes that a process has open. Raises FileNotFoundError when there is none."""
    found = set()
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(f"/proc/{pid}/fd/{number}"))
    return {each for each in found if each.startswith("pipe:")}


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def until(condition: Callable[[], bool], *, within_s: float, what: str) -> float:
    """Wait for something that no event tells (a process gone); return the seconds it took."""
    began = time.monotonic()
    while not condition():
        spent_s = time.monotonic() - began
        assert spent_s < within_s, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.01)
    return time.monotonic() - began
