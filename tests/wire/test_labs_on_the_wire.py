"""For each lab: what the timeline tells is what went over the wire, byte for byte, both ways.

A lab's server is started through the API of a served playground. Its classic client, a bare socket
of the test (somebody outside) and a browser's client talk to it, while the wire is watched.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
from base64 import b64decode
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, WAIT_S
from tests.server import Event, Peer, Playground, Run, serving
from tests.wire.wire import HOST, SYN, Capture, Flow, Frame, Proxy, datagrams, streams, wire_at

LABS = Path(os.environ.get("SOCKETLAB_TEST_LABS_DIR") or ROOT / "labs")
TOLD_BYTES = 2048

SHOW_WINDOW = """
import sys, tkinter
root = tkinter.Tk()
root.withdraw()
own = root.tk.call("tk", "appname")
windows = []
while not windows:
    windows = [name for name in root.winfo_interps() if name != own]
for script in sys.argv[1:]:
    root.send(windows[0], script)
"""


@dataclass(frozen=True)
class Talk:
    """What is said to a lab: by its classic client, and by the other two."""

    typed: str  # into the classic client
    prints: str  # the classic client, in the end
    says: bytes  # a bare socket, and a browser's
    answer: str = ""  # what they get
    shows: str = ""  # what the server prints about them, where they get nothing
    ends: str = ""  # typed when the classic client is to leave
    bye: bytes = b""  # sent when the others leave
    args: tuple[str, ...] = ()  # of the client
    server_args: tuple[str, ...] = ()
    cuts: tuple[int, ...] = ()  # where the bare socket cuts what it sends


TOPOT = "топот"
TRANSFORMED = "(?s)топот.*ТОПОТ.*5"
TWICE = "(?s)Пётр, .*Пётр, "
TIME = r"Анна, \d\d:\d\d:\d\d"
OFTEN = ("--interval", "0.2")
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LOGIN = "Анна\nАнна: два\nАнна: три\n"

ASK: dict[str, Talk] = {
    "udp/hello": Talk("", "server: Hello, client", b"Hello, server", "^Hello, client$"),
    "udp/transform": Talk("топот\n", "ТОПОТ", TOPOT.encode(), TRANSFORMED),
    "udp/socketserver": Talk("топот\n", "ТОПОТ", TOPOT.encode(), TRANSFORMED),
    "udp/time": Talk(
        *("Пётр\n", TWICE, "Анна".encode(), TIME), ends="end\n", bye=b"end", server_args=OFTEN
    ),
    "udp/time_with": Talk(
        *("Пётр\n", TWICE, "Анна".encode(), TIME), ends="end\n", bye=b"end", server_args=OFTEN
    ),
    "tcp/echo": Talk("", "эхо", b"0123456789" * 600, "^(0123456789){600}$", args=("эхо",)),
    "tcp/trapezoid": Talk(
        *("3\n5\n4\n", "Площадь трапеции: 16", b"3 5 4\n", r"^16(\.0)?\n$"), cuts=(1, 4)
    ),
    "tcp/transform": Talk("топот\n", "ТОПОТ", f"{TOPOT}\n".encode(), TRANSFORMED, cuts=(3,)),
    "tcp/socketserver": Talk("топот\n", "ТОПОТ", f"{TOPOT}\n".encode(), TRANSFORMED, cuts=(3,)),
    "tcp/time": Talk(
        *("Пётр\n", TWICE, "Анна\n".encode(), TIME), ends="end\n", bye=b"end\n", server_args=OFTEN
    ),
    "http/page": Talk("", "", GET, r"(?s)^HTTP/1\.1 200 OK.*</html>", cuts=(5, 20)),
    "chat/log": Talk(
        *("один\n", "Отправлено байт", "два\nтри\n".encode()), shows=r"\): три\n", ends="end\n"
    ),
    "chat/login": Talk(
        *("Пётр\nпривет\n", "Сообщение:", LOGIN.encode()), shows="Анна: три\n", ends="end\n"
    ),
}
CHAT = ("chat/threads", "chat/numbered")
WINDOW = "chat/window"
BACKLOG = "chat/log "  # once more, for another test
SERVERS = (*ASK, *CHAT, BACKLOG)


class Stage:
    """A playground with the servers of all labs, and the wire at their ports."""

    def __init__(self, playground: Playground, runs: dict[str, Run], wire: Capture | Proxy) -> None:
        self.playground = playground
        self.runs = runs
        self.wire = wire

    def transport(self, lab: str) -> str:
        return "udp" if lab.startswith("udp") else "tcp"

    def port(self, lab: str) -> int:
        """Return the port that peers talk to."""
        return self.wire.port(self.runs[lab]["port"], self.transport(lab))

    async def classic(self, lab: str, *args: str) -> Run:
        """Start the classic client."""
        return await self.playground.start(lab.strip(), "client", *args, port=self.port(lab))

    async def ended(self, run: Run) -> None:
        """Wait until a run has ended: then all of its calls have been told."""
        event = await self.playground.wait_for(
            lambda e: e.get("run") == run["id"] and e["type"] in ("run.exited", "run.crashed")
        )
        assert event["type"] == "run.exited", event

    async def check(self, lab: str, outside: dict[int, Said]) -> None:
        """Stop the server; then the timeline, the wire and the peers from outside must agree."""
        run = self.runs[lab]
        await self.playground.stop(run)
        assert await asyncio.to_thread(self.wire.is_complete)
        events = await self.playground.events(0)
        frames = self.wire.recorder.at_port(run["port"])
        proxied: set[int] = set()
        if isinstance(self.wire, Proxy):
            proxied = {self.port(lab), *(frame.source for frame in frames)} - {run["port"]}
            frames += self.wire.recorder.at_port(self.port(lab))
        ticks = lab in ASK and ASK[lab].bye != b""
        compare(self.transport(lab), frames, said_by(events, run), outside, proxied, ticks=ticks)


@pytest.fixture(scope="module")
def screen() -> Iterator[str | None]:
    """Give a virtual screen, where there can be one."""
    if shutil.which("Xvfb") is None or find_spec("_tkinter") is None:
        yield None
        return
    reads, writes = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writes), "-nolisten", "tcp"],
        pass_fds=[writes],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    try:
        with os.fdopen(reads) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        xvfb.terminate()
        xvfb.wait(WAIT_S)


@pytest.fixture(scope="module")
def stage(screen: str | None) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        if screen is not None:
            patch.setenv("DISPLAY", screen)
        with serving(labs_dir=LABS, events_kept=100_000) as playground:
            runs = asyncio.run(start_all(playground))
            with wire_at(run["port"] for run in runs.values()) as wire:
                yield Stage(playground, runs, wire)


async def start_all(playground: Playground) -> dict[str, Run]:
    talks = {lab: ASK[lab].server_args if lab in ASK else () for lab in SERVERS}
    runs = await asyncio.gather(
        *(playground.start(lab.strip(), "server", *args) for lab, args in talks.items())
    )
    return dict(zip(talks, runs, strict=True))


# What the timeline tells


@dataclass
class Said:
    """What one socket has sent or received: of a stream in pieces, or datagrams, in order."""

    sent: list[tuple[int, bytes]] = field(default_factory=list)  # size, and its beginning
    received: list[tuple[int, bytes]] = field(default_factory=list)

    def note(self, direction: str, size: int, data: bytes) -> None:
        assert len(data) == min(size, TOLD_BYTES)
        getattr(self, direction).append((size, data))

    def say(self, data: bytes) -> bytes:
        """Note what a peer of the test sends."""
        self.note("sent", len(data), data[:TOLD_BYTES])
        return data

    def hear(self, data: bytes) -> bytes:
        """Note what a peer of the test receives."""
        self.note("received", len(data), data[:TOLD_BYTES])
        return data


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def said_by(events: list[Event], server: Run) -> dict[str, dict[Flow, Said]]:
    """Return what each program and each browser's client says about each of its flows.

    The pieces of a stream have to follow each other without a gap: that is what `offset` says.
    """
    said: dict[str, dict[Flow, Said]] = defaultdict(lambda: defaultdict(Said))
    ends: dict[str, Flow] = {}
    at: dict[tuple[str, int, str], int] = defaultdict(int)
    for event in sorted(events, key=lambda event: event["t"]):
        kind = event["type"]
        if kind == "client.opened" and event["run"] == server["id"]:
            ends[event["client"]] = port_of(event["local"]), port_of(event["peer"])
            said[event["client"]][ends[event["client"]]]
        elif kind in ("client.sent", "client.received") and event["client"] in ends:
            mine = said[event["client"]][ends[event["client"]]]
            mine.note(kind.removeprefix("client."), event["bytes"], b64decode(event["data"]))
        elif kind == "dropped":
            assert event["what"] == "output", event
        elif kind == "call" and event.get("phase") == "return" and "bytes" in event:
            assert "flags" not in event
            direction = "received" if event["call"].startswith("recv") else "sent"
            if event["transport"] == "tcp":
                count = event["run"], event["socket"], direction
                assert event["offset"] == at[count]
                at[count] += event["bytes"]
            flow = port_of(event["local"]), port_of(event["peer"])
            said[event["run"]][flow].note(direction, event["bytes"], b64decode(event["data"]))
        elif kind == "call" and event["call"] == "connect" and event.get("phase") == "return":
            said[event["run"]][port_of(event["local"]), port_of(event["peer"])]
    return said


# Comparing


def compare(
    transport: str,
    frames: list[Frame],
    told: dict[str, dict[Flow, Said]],
    outside: dict[int, Said],
    proxied: set[int],
    *,
    ticks: bool,
) -> None:
    """Compare each side's own account of each flow with the wire; nobody may be unaccounted for.

    `proxied` are ports of a proxy: nobody tells what it does. Of a server that `ticks`, datagrams
    may come to a peer that has read its last one and is saying goodbye.
    """
    flows = datagrams(frames) if transport == "udp" else streams(frames)
    accounts = {
        flow: said
        for mine in told.values()
        for flow, said in mine.items()
        if flow in flows or flow[::-1] in flows
    }
    for port, said in outside.items():
        (flow,) = [flow for flow in flows if flow[0] == port]
        accounts[flow] = said
    unaccounted = {flow[0] for flow in flows} - {flow[0] for flow in accounts} - proxied
    assert not unaccounted, f"nobody has told of the ports {unaccounted}"
    empty: list[bytes] | bytes = [] if transport == "udp" else b""
    for flow, said in accounts.items():
        assert_same(f"sent {flow}", said.sent, flows.get(flow, empty))
        came = flows.get(flow[::-1], empty)
        if ticks and isinstance(came, list) and said.sent[-1][1] == b"end":
            came = came[: max(1, len(said.received))]
        assert_same(f"received {flow}", said.received, came)


def assert_same(what: str, told: list[tuple[int, bytes]], wire: list[bytes] | bytes) -> None:
    if isinstance(wire, list):
        assert told == [(len(data), data[:TOLD_BYTES]) for data in wire], what
        return
    at = 0
    for size, data in told:
        assert data == wire[at : at + size][:TOLD_BYTES], f"{what} at {at}"
        at += size
    assert at == len(wire), f"{what}: told {at} bytes, the wire {len(wire)}: {wire[at:]!r}"


# The peers


class Outsider:
    """A bare socket, somebody's own script."""

    def __init__(self, transport: str, port: int) -> None:
        kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
        self.sock = socket.socket(type=kind)
        self.sock.settimeout(WAIT_S)
        self.sock.connect((HOST, port))
        self.port: int = self.sock.getsockname()[1]
        self.said = Said()
        self._heard = b""

    async def say(self, data: bytes, cuts: tuple[int, ...] = ()) -> None:
        """Send it, cut into pieces."""
        for begin, end in zip((0, *cuts), (*cuts, len(data)), strict=True):
            self.sock.sendall(self.said.say(data[begin:end]))

    async def hear(self, pattern: str) -> None:
        """Receive until it matches."""
        while not re.search(pattern, self._heard.decode(errors="replace")):
            await self._receive()

    async def leave(self) -> None:
        """Say that this was all, and receive what is left."""
        if self.sock.type == socket.SOCK_STREAM:
            self.sock.shutdown(socket.SHUT_WR)
            while await self._receive():
                pass
        self.sock.close()

    async def _receive(self) -> bytes:
        data = await asyncio.to_thread(self.sock.recv, 65536)
        if data:
            self._heard += self.said.hear(data)
        return data


class Browser:
    """A client over the WebSocket."""

    def __init__(self, peer: Peer, transport: str) -> None:
        self._peer = peer
        self._transport = transport
        self._heard = b""

    async def say(self, data: bytes, _cuts: tuple[int, ...] = ()) -> None:
        """Send it as one message."""
        await self._peer.send(data)

    async def hear(self, pattern: str) -> None:
        """Receive until it matches."""
        while not re.search(pattern, self._heard.decode(errors="replace")):
            self._heard += await self._peer.data()

    async def leave(self) -> None:
        """Say that this was all, and receive what is left."""
        if self._transport == "tcp":
            await self._peer.control("shutdown")
            await self._peer.stream()


async def converse(
    peer: Outsider | Browser, talk: Talk, shown: Callable[[], Awaitable[object]]
) -> None:
    await peer.say(talk.says, talk.cuts)
    if talk.answer:
        await peer.hear(talk.answer)
    if talk.bye:
        await peer.say(talk.bye)
    await shown()
    await peer.leave()


@pytest.mark.parametrize("lab", ASK)
async def test_a_lab_tells_what_goes_over_the_wire(stage: Stage, lab: str) -> None:
    talk, server, playground = ASK[lab], stage.runs[lab], stage.playground
    playground.since = 0
    if talk.prints:
        run = await stage.classic(lab, *talk.args)
        if talk.typed:
            await playground.type(run, text=talk.typed)
        await printed(playground, run, talk.prints)
        if talk.ends:
            await playground.type(run, text=talk.ends)
        await stage.ended(run)
    times = 0

    async def shown() -> None:
        nonlocal times
        times += 1
        if talk.shows:
            await printed(playground, server, f"(?s)({talk.shows}.*){{{times}}}")
        if talk.bye and stage.transport(lab) == "udp":
            await printed(playground, server, "(?s)" + "отключился.*" * (times + 1))

    async with playground.open_client(server) as peer:
        await converse(Browser(peer, stage.transport(lab)), talk, shown)
    outsider = Outsider(stage.transport(lab), stage.port(lab))
    await converse(outsider, talk, shown)
    await stage.check(lab, {outsider.port: outsider.said})


@pytest.mark.parametrize("lab", CHAT)
async def test_a_chat_tells_what_goes_over_the_wire(stage: Stage, lab: str) -> None:
    server, playground = stage.runs[lab], stage.playground
    playground.since = 0
    run = await stage.classic(lab)
    await printed(playground, run, "мой адрес")
    outsider = Outsider("tcp", stage.port(lab))
    async with playground.open_client(server) as peer:
        browser = Browser(peer, "tcp")
        await printed(playground, server, "(?s)(127.0.0.1:.*){4}")  # its own address, three peers
        await browser.say("от браузера\n".encode())
        await printed(playground, run, ": от браузера")
        await outsider.hear(": от браузера")
        await outsider.say("снаружи\n".encode(), (3, 4))
        await printed(playground, run, ": снаружи")
        await browser.hear(": снаружи")
        await playground.type(run, text="из консоли\n")
        await browser.hear(": из консоли")
        await outsider.hear(": из консоли")
        await playground.type(run, eof=True)
        await stage.ended(run)
        await outsider.leave()
        await browser.leave()
    await stage.check(lab, {outsider.port: outsider.said})


async def test_the_chat_window_tells_what_goes_over_the_wire(
    stage: Stage, screen: str | None
) -> None:
    if screen is None:
        pytest.skip("the window needs Tk and a virtual screen: python3-tk and xvfb")
    playground = stage.playground
    playground.since = 0
    server = await playground.start("chat/login")
    with wire_at([server["port"]]) as wire:
        scene = Stage(playground, {WINDOW: server}, wire)
        run = await playground.start(WINDOW, "client", port=scene.port(WINDOW))
        script = (".!entry insert 0 {Анна}", ".!entry2 insert 0 {привет}", ".!button invoke")
        await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", SHOW_WINDOW, *script], check=True, timeout=WAIT_S
        )
        await printed(playground, server, "Анна: привет")
        await playground.stop(run)
        await scene.check(WINDOW, {})


async def test_a_client_in_the_backlog_is_connected_and_not_accepted(stage: Stage) -> None:
    """chat/log serves one client at a time: the wire and the calls say so."""
    server, playground = stage.runs[BACKLOG], stage.playground
    playground.since = 0
    first = await stage.classic(BACKLOG)
    await playground.type(first, text="первый\n")
    await printed(playground, server, r"\): первый\n")
    second = await stage.classic(BACKLOG)
    await playground.type(second, text="второй\n")
    await printed(playground, second, "Отправлено байт")
    await playground.type(second, text="end\n")
    await stage.ended(second)  # all its bytes wait in the kernel, with nobody to read them
    before = await playground.events(0)
    connected = calls(before, second, "connect")[0]
    assert len(calls(before, server, "accept")) == 1
    await playground.type(first, text="end\n")
    await printed(playground, server, r"\): второй\n")
    await stage.check(BACKLOG, {})
    after = await playground.events(0)
    accepted = [e for e in calls(after, server, "accept") if "error" not in e]
    (left,) = calls(after, first, "close")
    assert accepted[1]["peer"] == connected["local"] or isinstance(stage.wire, Proxy)
    assert connected["t"] < left["t"] < accepted[1]["t"]
    received = [e for e in calls(after, server, "recv") if e["bytes"]]
    (arrived,) = [e for e in received if e["socket"] == accepted[1]["accepted"]]
    assert b64decode(arrived["data"]) == "второй\n".encode()
    assert arrived["t"] > left["t"]
    if isinstance(stage.wire, Capture):
        port = port_of(connected["local"])
        seen = stage.wire.recorder.at_port(server["port"])
        frames = [frame for frame in seen if port in (frame.source, frame.target)]
        assert [bool(frame.flags & SYN) for frame in frames[:3]] == [True, True, False]
        assert frames[1].source == server["port"]  # SYN and ACK: the kernel's, not the program's
        offset = playground_clock(await playground.room())
        assert frames[2].at < left["t"] + offset


def playground_clock(room: dict[str, float]) -> float:
    """Return what has to be added to an event's time to get the time of day."""
    return room["clock_offset_s"]


def calls(events: list[Event], run: Run, call: str) -> list[Event]:
    return [
        event
        for event in sorted(events, key=lambda event: event["t"])
        if event["type"] == "call"
        and (event["run"], event["call"]) == (run["id"], call)
        and event.get("phase") != "enter"
    ]


async def printed(playground: Playground, run: Run, pattern: str) -> None:
    """Wait until what a run has printed matches."""
    seen = ""

    def matches(event: Event) -> bool:
        nonlocal seen
        if event["type"] == "output" and event["run"] == run["id"]:
            seen += event["text"]
        return re.search(pattern, seen) is not None

    try:
        await playground.wait_for(matches)
    except TimeoutError:
        raise AssertionError(f"expected {pattern!r}, got {seen!r}") from None
