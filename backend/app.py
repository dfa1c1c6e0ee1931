"""The one place where the parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from backend.runtime.catalog import Catalog
from backend.runtime.rooms import Rooms
from backend.settings import Settings
from backend.web import errors
from backend.web.api import events, explanations, labs, recordings, rooms, runs
from backend.web.gate import Gate
from backend.web.pages import docs, pages, replay, sandbox
from backend.web.pages.site import FRONTEND, Site
from backend.web.sockets import clients, traces


def create_app(settings: Settings) -> FastAPI:
    """Return the application. Its runs live between start-up and shutdown of its lifespan.

    `settings.port` must be the port that it is served on: the Host check depends on it.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await app.state.rooms.close()

    app = FastAPI(
        title="Socket Lab",
        description="Start real socket programs, be their client, see what they do.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        middleware=[Middleware(Gate, settings=settings)],
    )
    catalog = Catalog.read(settings.labs_dir)
    app.state.settings = settings
    app.state.catalog = catalog
    app.state.site = Site()
    app.state.explanations = explanations.read_explanations(FRONTEND / "explanations.toml")
    app.state.rooms = Rooms(catalog=catalog, settings=settings)
    errors.install(app)
    api = (labs, rooms, runs, events, recordings, clients, traces, explanations, docs, sandbox)
    for module in (*api, pages, replay):
        app.include_router(module.router)
    app.mount("/static", app.state.site.assets, name="static")

    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, str]:
        """Say that the server is alive."""
        return {"status": "ok"}

    return app
