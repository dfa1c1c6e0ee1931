"""A run of a program made for the test, with the launcher of production, and what it told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from backend.domain.events import Event
from backend.domain.launch import StartOrder
from backend.domain.remembered import StartRequest
from backend.runtime.processes.launcher import Launcher
from backend.runtime.runs import Run
from backend.settings import Settings
from tests import launching
from tests.labs.programs import WAIT_S

# A signal between Python's last look for one and accept(2) would wait for the next: so it looks on.
LISTEN = """
    import select, socket, sys
    port = int(sys.argv[sys.argv.index('--port') + 1])
    with socket.create_server(('127.0.0.1', port)) as listener:
        while not select.select([listener], [], [], 0.05)[0]:
            pass
        listener.accept()
"""


class Stage:
    """A run of a program made for the test, and the events that it told."""

    def __init__(
        self,
        path: Path,
        program: str,
        args: tuple[str, ...],
        ports: tuple[int, ...],
        *,
        launcher: Launcher | None = None,
        **more: Any,
    ) -> None:
        self.events: list[Event] = []
        self.breaks_at: tuple[str, ...] = ()
        self._news = asyncio.Event()
        self.run = Run(
            "r1",
            "local",
            StartOrder(
                lab="udp/test",
                program=program,
                path=path,
                args=args,
                host="127.0.0.1",
                ports=ports,
            ),
            request=StartRequest(lab="udp/test", program=program, port=None, args=args),
            settings=Settings(**more),
            launcher=launcher or launching.launcher(),
            publish=self._publish,
        )

    def _publish(self, *events: Event) -> None:
        self._news.set()
        for event in events:
            if tag_of(event).startswith(self.breaks_at):
                raise LookupError(f"nobody takes {tag_of(event)}")
            self.events.append(event)

    @property
    def kinds(self) -> list[str]:
        """The types of the run's own events."""
        tags = [tag_of(event) for event in self.events]
        return [tag for tag in tags if tag.startswith("run.")]

    async def ended(self) -> None:
        async with asyncio.timeout(WAIT_S):
            while not self.run.life.has_ended:
                self._news.clear()
                await self._news.wait()


def tag_of(event: Event) -> str:
    return str(type(event).__struct_config__.tag)


@contextlib.asynccontextmanager
async def staged(
    tmp_path: Path,
    source: str,
    *args: str,
    program: str = "server",
    ports: tuple[int, ...] = (0,),
    **settings: Any,
) -> AsyncIterator[Stage]:
    path = tmp_path / f"{program}.py"
    path.write_text(dedent(source))
    stage = Stage(path, program, args, () if program == "demo" else ports, **settings)
    yield stage
    await asyncio.wait_for(stage.run.stop(), WAIT_S)
