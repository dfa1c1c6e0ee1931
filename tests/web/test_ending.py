"""The end of a server: bounded, quiet, and told to who waits. That it is quiet `serving` holds."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import time

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from backend.app import create_app
from backend.settings import Settings
from backend.web.server import listen, serve_until_stopped
from tests.labs.programs import WAIT_S
from tests.server import LABS, Playground, is_alive, serving
from tests.web.viewing import batch


async def started(playground: Playground, count: int = 1) -> list[int]:
    """Wait until so many processes were made; return their ids."""
    pids: list[int] = []

    def note(event: dict[str, object]) -> bool:
        if event["type"] == "run.started":
            pids.append(int(str(event["pid"])))
        return len(pids) == count

    await playground.wait_for(note)
    return pids


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_starts_first_and_who_waits_for_them_is_told(
    number: signal.Signals,
) -> None:
    ends_with = -number if number is signal.SIGTERM else 0  # uvicorn raises SIGTERM once more
    with serving(ends_with=ends_with, stop_int_s=30) as playground:
        playground.mark()
        starts = [asyncio.create_task(playground.try_start("tcp/silent", port=0)) for _ in range(6)]
        pids = await started(playground, 6)
        began = time.monotonic()
        playground.program.send_signal(number)
        answers = await asyncio.wait_for(asyncio.gather(*starts), WAIT_S)
        took_s = time.monotonic() - began
        print(f"6 starts were answered {took_s:.2f} s after the signal")
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.json()["error"]["code"] for answer in answers} == {"shutting_down"}
        assert not any(map(is_alive, pids))
        playground.program.finish()
        assert time.monotonic() - began < 3


async def test_a_start_that_comes_during_the_end_is_refused() -> None:
    with serving(ends_with=-signal.SIGTERM, stop_int_s=2, stop_term_s=1) as playground:
        playground.mark()
        await playground.start("threads/stubborn", "demo")  # so that the end takes a while
        starting = asyncio.create_task(playground.try_start("tcp/silent", port=0))
        await started(playground, 2)
        async with contextlib.AsyncExitStack() as stack:
            reader, writer = await asyncio.open_connection("127.0.0.1", playground.port)
            stack.callback(writer.close)
            body = b'{"lab": "tcp/echo", "program": "server", "port": 0}'
            head = (
                "POST /api/rooms/local/runs HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{playground.port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body[:10])
            await writer.drain()
            await asyncio.sleep(0.1)
            playground.program.send_signal(signal.SIGTERM)
            assert (await starting).status_code == 503
            writer.write(body[10:])
            answer = await asyncio.wait_for(reader.read(), WAIT_S)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b'"shutting_down"' in answer
        playground.program.finish()


async def test_viewers_and_clients_do_not_hold_the_end_and_nothing_is_said() -> None:
    async with contextlib.AsyncExitStack() as stack:
        with serving() as playground:
            runs = [await playground.start(lab) for lab in ("tcp/echo", "udp/echo")]
            viewers = [await stack.enter_async_context(playground.view(after=0)) for _ in range(5)]
            for viewer in viewers:
                await batch(viewer)
            for run in runs * 3:
                await stack.enter_async_context(playground.open_client(run))
            began = time.monotonic()
        took_s = time.monotonic() - began
        print(f"ended in {took_s:.2f} s")
        assert took_s < 4
        for viewer in viewers:
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(read_to_end(viewer), WAIT_S)


async def read_to_end(viewer: ClientConnection) -> None:
    while True:
        await viewer.recv()


def test_ctrl_c_before_the_loop_runs_ends_as_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script may press it as soon as the first line is there."""

    def interrupt(_config: uvicorn.Config) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Config, "get_loop_factory", interrupt)
    settings = Settings(port=0, labs_dir=LABS, data="none")
    with listen("127.0.0.1", 0) as sock:
        serve_until_stopped(create_app(settings), settings, sock)
    gc.collect()  # else what has to be said of it is said in another test
