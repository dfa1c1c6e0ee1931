"""Lighthouse finds pages quick, usable by everybody and well made, on a phone and on a desktop.

Other work on the machine makes a page slower in its eyes, and never quicker: so a page is quick
when two looks of five find it so, and where Lighthouse found the machine itself too slow nothing
is known. The pages are in Russian, which weighs more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.browser.conftest import ROOT
from tests.server import Playground, serving
from tests.soak.lighthouse import BEST, PERFORMANCE, Device, Report, look

pytestmark = pytest.mark.soak

LOOKS = 5  # at most
ENOUGH = 2  # of them that find a page quick
FAST = 1000  # points of a machine from which on Lighthouse does not warn that it is slow itself
LEAST: dict[Device, int] = {"mobile": 95, "desktop": 98}  # points for performance; else 100
CLIENTS = 3
ROUNDS = 12  # lines of each client that are there already
PAUSE_S = 1.0  # between two rounds while somebody looks
EVENTS = 300

each_device = pytest.mark.parametrize("device", ["mobile", "desktop"])


@pytest.fixture(scope="module")
def course() -> Iterator[Playground]:
    with serving(labs_dir=ROOT / "labs") as playground:
        yield playground


@contextlib.asynccontextmanager
async def talking(playground: Playground) -> AsyncIterator[None]:
    """Let a chat be at work: some clients that have talked, and talk on."""
    run = await playground.start("chat/threads")
    async with contextlib.AsyncExitStack() as stack:
        peers = []
        for _ in range(CLIENTS):
            playground.mark()
            peers.append(await stack.enter_async_context(playground.client(run)))
            await peers[-1].told("opened")
            await playground.printed(run, "подключился")  # from here on it hears the others

        async def say(number: int) -> None:
            for speaker in peers:
                await speaker.send(f"line {number} for everybody\n".encode())
                for other in peers:
                    if other is not speaker:
                        await other.data()

        async def go_on() -> None:
            for number in range(ROUNDS, 10_000):
                await asyncio.sleep(PAUSE_S)
                await say(number)

        for number in range(ROUNDS):
            await say(number)
        room = await playground.room()
        assert room["last_seq"] >= EVENTS
        talk = asyncio.create_task(go_on())
        try:
            yield
        finally:
            talk.cancel()
            await asyncio.gather(talk, return_exceptions=True)
            await playground.stop(run)


@contextlib.asynccontextmanager
async def threads(playground: Playground) -> AsyncIterator[None]:
    """Let threads wait for each other, as long as somebody looks."""
    run = await playground.start("threads/semaphore", "demo", "--speed", "0.1")
    try:
        yield
    finally:
        await playground.stop(run)


def quick(reports: list[Report], device: Device) -> int:
    return sum(report.scores[PERFORMANCE] >= LEAST[device] for report in reports)


async def expect_good(playground: Playground, path: str, device: Device) -> None:
    reports = list[Report]()
    while len(reports) < LOOKS and quick(reports, device) < ENOUGH:
        reports.append(await asyncio.to_thread(look, f"{playground.url}{path}?lang=ru", device))
        print(device, path, reports[-1])
    for report in reports:
        assert report.faults == []
        assert [report.scores[name] for name in BEST] == [100] * len(BEST)
    found = [str(report) for report in reports]
    if sum(report.machine >= FAST for report in reports) < ENOUGH > quick(reports, device):
        pytest.skip(f"this machine is too slow now, or has too much other work: {found}")
    assert quick(reports, device) == ENOUGH, found


@each_device
async def test_the_catalogue(course: Playground, device: Device) -> None:
    await expect_good(course, "/r/local", device)


@each_device
async def test_a_workbench_in_which_three_talk(course: Playground, device: Device) -> None:
    async with talking(course):
        await expect_good(course, "/r/local/labs/chat/threads", device)


@each_device
async def test_a_workbench_in_which_threads_wait(course: Playground, device: Device) -> None:
    async with threads(course):
        await expect_good(course, "/r/local/labs/threads/semaphore", device)
