"""Labs and settings for the runtime, in this process: asyncio's own loop, no web server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.runtime.catalog import Catalog
from backend.runtime.rooms import Room
from backend.settings import Settings
from tests.server import LABS


@pytest.fixture
def settings() -> Settings:
    return Settings(labs_dir=LABS)


@pytest.fixture
async def room(settings: Settings) -> AsyncIterator[Room]:
    made = Room("local", catalog=Catalog.read(settings.labs_dir), settings=settings)
    yield made
    await made.close()
