"""What nobody reads costs no memory, and is cut after a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time

import httpx
import pytest

from tests.labs.programs import WAIT_S
from tests.server import Playground, serving
from tests.web.unread import DOWNLOADS, FAST, MIB, VIEW, asking, fill_history


async def highest_rss(playground: Playground, during_s: float) -> int:
    """Return the most memory that the server had while we looked."""
    highest, end = 0, time.monotonic() + during_s
    while time.monotonic() < end:
        highest = max(highest, playground.rss())
        await asyncio.sleep(0.05)
    return highest


async def test_unread_downloads_and_viewers_cost_no_memory() -> None:
    with serving(**FAST) as playground:
        await fill_history(playground)
        assert len((await playground.request("GET", DOWNLOADS[0])).content) > 15 * MIB
        before = playground.rss()
        for path in DOWNLOADS:
            with contextlib.ExitStack() as stack:
                for _ in range(20):
                    stack.enter_context(asking(playground, path))
                cost = await highest_rss(playground, 1.5) - before
                print(f"20 unread {path}: +{cost / MIB:.1f} MiB")
                assert cost < 16 * MIB  # 320 MiB, were each held whole
                assert (await playground.room())["id"] == "local"
        with contextlib.ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(asking(playground, VIEW, upgrade=True))
            cost = await highest_rss(playground, 1.5) - before
            print(f"20 viewers that read nothing: +{cost / MIB:.1f} MiB")
            assert cost < 12 * MIB  # 0.3 for each, which its connection holds


async def test_unread_pages_and_their_files_cost_no_memory() -> None:
    with serving() as playground:
        page = "/r/local/labs/tcp/echo"
        files = re.findall(
            r'/static/[^"]+\.(?:js|css)', (await playground.request("GET", page)).text
        )
        assert len(files) >= 2
        for path in (page, *files):
            size = len((await playground.request("GET", path)).content)
            before = playground.rss()
            with contextlib.ExitStack() as stack:
                for _ in range(40):
                    stack.enter_context(asking(playground, path))
                cost = await highest_rss(playground, 0.7) - before
            print(f"40 unread {path} of {size / 1024:.0f} KiB: +{cost / MIB:.1f} MiB")
            assert cost < 8 * MIB


async def test_a_download_that_the_history_outruns_says_what_is_gone() -> None:
    with serving(**FAST) as playground:
        await fill_history(playground)
        before = (await playground.room())["last_seq"]
        reader = httpx.AsyncClient(base_url=playground.url, trust_env=False, timeout=WAIT_S)
        async with reader, reader.stream("GET", DOWNLOADS[1]) as response:
            lines = response.aiter_lines()
            assert json.loads(await anext(lines))["type"] == "recording"
            await fill_history(playground, 40 * MIB)
            told = [json.loads(line) async for line in lines]
    gaps = [event for event in told if event["type"] == "gap"]
    assert gaps[-1]["missed"] == gaps[-1]["next"] - gaps[-1]["after"] - 1 > 0
    at = 0
    for event in told:
        if event["type"] == "gap":
            assert event["after"] == at
            at = event["next"] - 1
        else:
            at += 1
            assert event["seq"] == at
    assert at == before


@pytest.mark.parametrize(
    ("path", "is_viewer"),
    [
        (DOWNLOADS[0], False),
        pytest.param(DOWNLOADS[1], False, marks=pytest.mark.soak),
        (VIEW, True),
    ],
)
async def test_who_takes_nothing_is_cut_and_who_reads_slowly_is_not(
    path: str, is_viewer: bool
) -> None:
    unread_s = 1.5
    with serving(unread_s=unread_s, **FAST) as playground:
        await fill_history(playground)
        with (
            asking(playground, path, upgrade=is_viewer) as silent,
            asking(playground, path, upgrade=is_viewer) as slow,
        ):
            connected = {sock.getsockname()[1] for sock in (silent, slow)}
            slow.settimeout(WAIT_S)

            def still_there() -> set[int]:
                there = playground.process.net_connections("tcp")
                return {one.raddr.port for one in there if one.raddr} & connected

            began = time.monotonic()
            while time.monotonic() - began < 3 * unread_s + 1:
                assert slow.recv(65_536)
                await asyncio.sleep(0.1)
            assert still_there() == {slow.getsockname()[1]}


async def test_many_viewers_and_downloads_that_read_nothing_do_not_hold_the_end() -> None:
    with contextlib.ExitStack() as stack:
        with serving(**FAST) as playground:  # its end has to be quiet
            await fill_history(playground)
            await playground.start("threads/sleeper", "demo")
            for path, is_viewer in [*((path, False) for path in DOWNLOADS), (VIEW, True)] * 3:
                stack.enter_context(asking(playground, path, upgrade=is_viewer))
            await asyncio.sleep(0.5)
            began = time.monotonic()
        took_s = time.monotonic() - began
    print(f"ended in {took_s:.2f} s")
    assert took_s < 4
