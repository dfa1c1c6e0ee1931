"""Labs and settings for the runtime, in this process: asyncio's own loop, no web server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.runtime.catalog import Catalog
from backend.runtime.room import Room
from backend.settings import Settings
from tests.launching import launcher
from tests.server import LABS


@pytest.fixture
def settings() -> Settings:
    return Settings(labs_dir=LABS)


def make_room(room_id: str, settings: Settings) -> Room:
    """Return a room that starts programs as production does."""
    catalog = Catalog.read(settings.labs_dir)
    return Room(room_id, catalog=catalog, settings=settings, launcher=launcher())


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[Room]:
    made = make_room("local", settings)
    yield made
    await made.close()
