"""The one place where the parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from importlib.metadata import version
from threading import Thread

from fastapi import FastAPI

from backend.runtime.catalog import Catalog
from backend.runtime.changes import Changes
from backend.runtime.class_view import ClassViews
from backend.runtime.doctor.words import read_finding_words
from backend.runtime.held_clients import HeldClients
from backend.runtime.processes.folders import clear_left_behind
from backend.runtime.processes.fork import ForkLauncher
from backend.runtime.processes.spawn import SpawnLauncher
from backend.runtime.rooms import Rooms
from backend.runtime.store.opening import store_for
from backend.settings import Settings
from backend.web import errors
from backend.web.api import clients as plain_clients
from backend.web.api import (
    desks,
    doctor,
    drafts,
    echo,
    events,
    explanations,
    health,
    invitations,
    labs,
    metrics,
    people,
    recordings,
    rooms,
    runs,
    takes,
)
from backend.web.api.description import ABOUT, TAGS, DescribedApp
from backend.web.attempts import Door
from backend.web.gate import gates
from backend.web.meanings import read_meanings
from backend.web.pages import catalogue, class_page, docs, door, replay, sandbox, workbench
from backend.web.pages import doctor as doctor_page
from backend.web.pages.site import FRONTEND, Site
from backend.web.playground import Playground
from backend.web.sockets import clients, traces
from backend.web.sockets import desks as live_desks
from backend.web.sockets import echo as echo_socket
from backend.web.sockets import events as live_events

API = (
    labs,
    rooms,
    people,
    desks,
    invitations,
    runs,
    plain_clients,
    events,
    takes,
    recordings,
    drafts,
    explanations,
    doctor,
    echo,
    health,
    metrics,
)
SOCKETS = (live_events, live_desks, clients, traces, echo_socket)
PAGES = (door, catalogue, class_page, doctor_page, workbench, replay, docs, sandbox)


def create_app(settings: Settings) -> FastAPI:
    """Return the application. Its runs live between start-up and shutdown of its lifespan.

    `settings.port` must be the port that it is served on: the Host check depends on it.
    Raises Defect when the labs or the explanations cannot be read, DataRefused when the data folder
    cannot be used.
    """
    store = store_for(settings)
    form = ForkLauncher if settings.fork_server else SpawnLauncher
    launcher = form(bounds=settings.program_bounds)
    catalog = Catalog.read(settings.labs_dir, settings.labs)
    rooms_here = Rooms(catalog=catalog, settings=settings, launcher=launcher)
    playground = Playground(
        settings=settings,
        catalog=catalog,
        rooms=rooms_here,
        changes=Changes(rooms_here, catalog, store),
        class_views=ClassViews(rooms_here, settings),
        store=store,
        held_clients=HeldClients(settings),
        door=Door(settings),
        site=Site(base=settings.base_path),
        meanings=read_meanings(FRONTEND / "explanations.toml"),
        finding_words=read_finding_words(),
    )

    app = DescribedApp(
        title="Socket Lab",
        version=version("socketlab"),
        description=ABOUT,
        openapi_tags=TAGS,
        lifespan=lambda _app: life_of(playground, launcher),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        servers=[{"url": settings.base_path}] if settings.base_path else None,
        middleware=gates(settings),
    )
    app.state.playground = playground
    errors.install(app)
    _add_routes(app, playground)
    return app


def _add_routes(app: DescribedApp, playground: Playground) -> None:
    # As they are: `include_router` makes each of them once more, which the first request waits for.
    for module in (*API, *SOCKETS, *PAGES):
        app.router.routes.extend(module.router.routes)
    app.mount("/static", playground.site.assets, name="static")
    app.describe([module.router for module in API], playground)


@asynccontextmanager
async def life_of(
    playground: Playground, launcher: ForkLauncher | SpawnLauncher
) -> AsyncIterator[None]:
    """Let the rooms go on where they are remembered; in the end keep all that happened."""
    # Beside us, for it may take long; a server that ends meanwhile leaves it to the next one.
    Thread(target=clear_left_behind, name="clear left folders", daemon=True).start()
    with closing(launcher):
        if isinstance(launcher, ForkLauncher):
            launcher.warm_up()
        await playground.rooms.take_up(playground.store)
        try:
            async with playground.living():
                yield
        finally:
            await playground.store.close()
