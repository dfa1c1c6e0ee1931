"""For each lab: what the timeline tells is what went over the wire, byte for byte, both ways.

A lab's server is started through the API of a served playground. Its classic client, a bare socket
of the test (somebody outside) and a browser's client talk to it, while the wire is watched.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.labs.chat_screen import virtual_screen
from tests.labs.programs import ROOT, WAIT_S
from tests.server import Event, Playground, Run, serving
from tests.sweeps import in_the_soak
from tests.wire.accounts import Said, compare, port_of, said_by
from tests.wire.frames import SYN
from tests.wire.peers import Browser, Outsider, converse
from tests.wire.talks import ASK
from tests.wire.wire import Capture, Proxy, wire_at

LABS = Path(os.environ.get("SOCKETLAB_TEST_LABS_DIR") or ROOT / "labs")

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

CHAT = ("chat/threads", "chat/numbered")

# One for each way of serving: a datagram, a clock, a stream, a web server, one client at a time.
OF_EACH_KIND = ("udp/hello", "udp/time", "tcp/echo", "http/page", "chat/log")

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
    with virtual_screen() as display:
        yield display


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


@pytest.mark.parametrize(
    "lab", [*OF_EACH_KIND, *in_the_soak(*(lab for lab in ASK if lab not in OF_EACH_KIND))]
)
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


@pytest.mark.parametrize("lab", [CHAT[0], *in_the_soak(*CHAT[1:])])
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
    received = [e for e in calls(after, server, "recv_into") if e["bytes"]]  # by its readline()
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
