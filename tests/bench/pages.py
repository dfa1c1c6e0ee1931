"""What a page costs: bytes, requests and the time until it can be used, at 0 and 100 ms of delay.

    python -m tests.bench.pages [OTHER_TREE]

prints a table for this tree, and beside it one for another (an older checkout with a .venv). The
delay is that of a slow network: a TCP proxy on loopback holds back what each side says by half of
it, and a new connection by a whole one, as a handshake does. Bytes are those on the wire, headers
included, counted by the proxy; "raw" is what the browser unpacks.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, SCREEN, chromium
from tests.labs.programs import WAIT_S, Program

ROOT = Path(__file__).parents[2]
DELAYS_MS = (0, 100)
TIMES = 3
LAB = "/r/local/labs/udp/transform?lang=en"

# Each page with what is there once it can be used.
PAGES = {
    "catalogue": ("/r/local?lang=en", "() => !document.querySelector('.running-none')?.hidden"),
    "workbench": (
        LAB,
        "() => document.querySelector('.run__button')?.disabled === false"
        " && document.querySelector('see-view .see__board') !== null",
    ),
    "workbench (ru)": (
        LAB.replace("en", "ru"),
        "() => document.querySelector('.run__button')?.disabled === false"
        " && document.querySelector('see-view .see__board') !== null",
    ),
    "workbench, plain modules": (
        f"{LAB}&modules=plain",
        "() => document.querySelector('.run__button')?.disabled === false"
        " && document.querySelector('see-view .see__board') !== null",
    ),
    "replay": (
        "/replay?lang=en",
        "() => document.querySelector('playback-bar')?.childElementCount > 0",
    ),
    "api": ("/api/docs?lang=en", "() => document.readyState === 'complete'"),
    "error": ("/nothing?lang=en", "() => document.readyState === 'complete'"),
}


@dataclass
class Cost:
    """What one page costs; times in ms, sizes in bytes."""

    requests: int
    wire: int
    raw: int
    usable_ms: dict[int, float]


class SlowNetwork:
    """A TCP proxy to a port of loopback; `delay_s` is the time there and back."""

    def __init__(self) -> None:
        self.target = 0  # the port of the server, known later
        self.delay_s = 0.0
        self.received = 0  # bytes that the server sent
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> SlowNetwork:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connect, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay_s)  # SYN, SYN+ACK
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(self._carry(reader, back, False), self._carry(there, writer, True))

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, counts: bool
    ) -> None:
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await pieces.get()
                await asyncio.sleep(max(due - time.monotonic(), 0))
                if not data:
                    sink.close()
                    return
                sink.write(data)

        task = asyncio.create_task(deliver())
        try:
            while data := await source.read(65536):
                self.received += len(data) if counts else 0
                pieces.put_nowait((time.monotonic() + self.delay_s / 2, data))
        except OSError:
            pass
        pieces.put_nowait((time.monotonic() + self.delay_s / 2, b""))
        await task


@contextmanager
def served(tree: Path) -> Iterator[SlowNetwork]:
    """Serve a tree's playground behind a network whose delay can be set."""
    with SlowNetwork() as network:
        environment = {
            "SOCKETLAB_LABS_DIR": str(tree / "labs"),
            "SOCKETLAB_DATA": "none",
            "SOCKETLAB_ALLOWED_HOSTS": f'["127.0.0.1:{network.port}"]',
        }
        python = str(tree / ".venv/bin/python")
        command = (python, "-m", "backend.cli", "serve", "--port", "0")
        with Program(*command, cwd=tree, env=environment) as program:
            found = program.wait_for(r"http://127\.0\.0\.1:(\d+)", within_s=WAIT_S)
            network.target = int(found[1])
            yield network
            program.stop()


def visit(browser: Browser, network: SlowNetwork, address: str, usable: str) -> tuple[float, Page]:
    """Open a page in a fresh browser context; return the ms until it can be used, and the page."""
    page = browser.new_context(viewport=SCREEN).new_page()
    began = time.perf_counter()
    page.goto(f"http://127.0.0.1:{network.port}{address}", wait_until="commit")
    page.wait_for_function(usable, timeout=WAIT_S * 1000)
    return (time.perf_counter() - began) * 1000, page


def cost(browser: Browser, network: SlowNetwork, address: str, usable: str) -> Cost:
    """Measure a page at each delay, several times, and what it loads once."""
    network.delay_s = 0
    before = network.received
    _, page = visit(browser, network, address, usable)
    page.wait_for_load_state("networkidle")
    wire = network.received - before
    files = page.evaluate(
        "() => performance.getEntries().filter((e) => e.decodedBodySize !== undefined)"
        ".map((e) => e.decodedBodySize)"
    )
    page.context.close()
    times: dict[int, float] = {}
    for delay_ms in DELAYS_MS:
        network.delay_s = delay_ms / 1000
        taken = []
        for _ in range(TIMES):
            ms, page = visit(browser, network, address, usable)
            page.context.close()
            taken.append(ms)
        times[delay_ms] = median(taken)
    return Cost(len(files), wire, sum(files), times)


def costs(browser: Browser, tree: Path) -> dict[str, Cost]:
    """Measure all pages of a tree."""
    with served(tree) as network:
        visit(browser, network, *PAGES["workbench"])[1].context.close()  # what is kept is made
        return {name: cost(browser, network, *page) for name, page in PAGES.items()}


def row(name: str, of: list[Cost]) -> str:
    """Return a row of the table, earlier trees first."""
    cells = [
        " → ".join(str(each.requests) for each in of),
        " → ".join(f"{each.wire / 1024:.1f}" for each in of),
        " → ".join(f"{each.raw / 1024:.0f}" for each in of),
        *(" → ".join(f"{each.usable_ms[ms] / 1000:.2f}" for each in of) for ms in DELAYS_MS),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    trees = [*map(Path, sys.argv[1:]), ROOT]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        measured = [costs(browser, tree) for tree in trees]
        browser.close()
    print("| page | requests | KiB on the wire | KiB raw | usable, s | at 100 ms, s |")
    print("|---|---|---|---|---|---|")
    for name in PAGES:
        print(row(name, [each[name] for each in measured]))


if __name__ == "__main__":
    main()
