"""A real headless Chromium for tests of the page.

`browser` is one Chromium for this package: while Playwright's synchronous interface is open it
holds the event loop of its thread, so it must end before the asynchronous tests of others run.
`page` is a fresh page that fails its test when the page itself reports an error.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.bench import Bench
from tests.essentials import find_chromium
from tests.labs.programs import WAIT_S
from tests.server import ROOM, Playground, serving

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "frontend" / "static"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# One process for all pages of a context.
ONE_PROCESS = "--renderer-process-limit=1"
WAIT_MS = 1000 * WAIT_S
SCREEN: ViewportSize = {"width": 1280, "height": 800}

expect.set_options(timeout=WAIT_MS)


def chromium() -> str:
    """Return the path of the Chromium to drive."""
    found = find_chromium()
    assert found  # as tests/essentials.py has seen to
    return found


@pytest.fixture(scope="package")
def playwright_here() -> Iterator[Playwright]:
    """Open Playwright's interface, once."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright_here: Playwright) -> Iterator[Browser]:
    """Run one Chromium."""
    flags = [*FLAGS, ONE_PROCESS]
    browser = playwright_here.chromium.launch(executable_path=chromium(), args=flags)
    yield browser
    browser.close()


@pytest.fixture
def page_errors() -> list[str]:
    """Collect what the page reports; a test that expects an error takes it out."""
    return []


def report_to(page_errors: list[str], page: Page) -> None:
    """Note what the page throws, logs as an error, or breaks of its own CSP."""

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            page_errors.append(f"console: {message.text}")

    page.on("console", note_message)
    page.on("pageerror", lambda error: page_errors.append(f"thrown: {error}"))


class Profile:
    """A person's browser, which one test after the other gets as if it were new.

    A page of it stays: so does the process of its pages, which knows the scripts that it has
    compiled. That is a quarter of the processor time of most tests.
    """

    def __init__(self, browser: Browser, files_url: str) -> None:
        self._context = browser.new_context(locale="en-GB", viewport=SCREEN)
        self._context.set_default_timeout(WAIT_MS)
        self._stays = self._context.new_page()
        self._stays.goto(files_url)
        self._session = self._context.new_cdp_session(self._stays)

    @contextlib.contextmanager
    def lent(self, page_errors: list[str]) -> Iterator[Page]:
        """Open a page; close it with all others at the end, and forget what they have kept."""
        origins: set[str] = set()

        def note(page: Page) -> None:
            report_to(page_errors, page)
            page.on("framenavigated", lambda frame: origins.add(urljoin(frame.url, "/")))

        self._context.on("page", note)
        yield self._context.new_page()
        self._context.remove_listener("page", note)
        for page in self._context.pages:
            if page is not self._stays:
                page.close()
        self._context.clear_cookies()
        self._context.clear_permissions()
        for origin in origins:
            everything = {"origin": origin, "storageTypes": "all"}
            self._session.send("Storage.clearDataForOrigin", everything)

    def close(self) -> None:
        """Close all pages."""
        self._context.close()


@pytest.fixture(scope="package")
def profile(browser: Browser, files_url: str) -> Iterator[Profile]:
    """Keep a browser's profile for one test after the other."""
    profile = Profile(browser, files_url)
    yield profile
    profile.close()


@pytest.fixture
def page(profile: Profile, page_errors: list[str]) -> Iterator[Page]:
    """Open a fresh page; fail when it has thrown, logged an error or broken its own CSP."""
    with profile.lent(page_errors) as page:
        yield page
    assert page_errors == []


@pytest.fixture(scope="package")
def course_for_all() -> Iterator[Playground]:
    """Serve the twenty labs of the course, to one test after the other."""
    # A lab that is stopped ends by itself, if only it comes to its turn.
    with serving(labs_dir=ROOT / "labs", runs_per_room=100, stop_int_s=10) as playground:
        yield playground


@pytest.fixture
def course(course_for_all: Playground) -> Iterator[Playground]:
    """Serve the twenty labs of the course; at the end nothing runs."""
    yield course_for_all
    stop_all(course_for_all)


@pytest.fixture
def course_url(course: Playground) -> str:
    """Return the address of the course's playground."""
    return course.url


@pytest.fixture(scope="package")
def lab_ids(course_for_all: Playground) -> list[str]:
    """Return the ids of all labs of the course."""
    with course_for_all.asked() as api:
        return [lab["id"] for lab in api.get("/api/labs").json()["labs"]]


OpenBench = Callable[[str], Bench]


@pytest.fixture
def open_bench(page: Page, course: Playground) -> OpenBench:
    """Open the workbench of a lab, the second one in a new tab."""
    fresh = [page]

    def open_one(lab: str) -> Bench:
        tab = fresh.pop() if fresh else page.context.new_page()
        return Bench(tab, course.url, lab)

    return open_one


def clear_board(playground: Playground, lab: str) -> None:
    """Begin a take: whatever ran in the room before is not on the board of this lab."""
    with playground.asked() as api:
        api.post(f"{ROOM}/takes", json={"lab": lab}).raise_for_status()


def stop_all(playground: Playground) -> None:
    """Stop whatever runs in the room."""
    with playground.asked() as api:
        for run in api.get(ROOM).json()["runs"]:
            if run["state"] not in ("exited", "crashed", "failed"):
                api.delete(f"{ROOM}/runs/{run['id']}").raise_for_status()


class _Files(SimpleHTTPRequestHandler):
    """The page's own files, and an empty page to import them in."""

    def do_GET(self) -> None:
        if self.path == "/":
            body = b"<!doctype html><title>modules</title><link rel=icon href=data:,>"
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="package")
def files_url() -> Iterator[str]:
    """Serve frontend/static; return its address."""
    handler = functools.partial(_Files, directory=str(STATIC))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Modules:
    """Runs functions of the page's modules: values in, values out."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def run(self, name: str, body: str, **values: Any) -> Any:
        """Run the JavaScript `body` with module `js/{name}.js` as `m` and the values as `v`."""
        script = f"async (v) => {{ const m = await import('/js/{name}.js'); {body} }}"
        return self._page.evaluate(script, values)


@pytest.fixture(scope="package")
def modules_page(browser: Browser, files_url: str) -> Iterator[tuple[Page, list[str]]]:
    """Open one empty page for all tests of modules, which keep nothing in it."""
    context = browser.new_context(locale="en-GB")
    page, errors = context.new_page(), list[str]()
    page.set_default_timeout(WAIT_MS)
    report_to(errors, page)
    page.goto(files_url)
    yield page, errors
    context.close()


@pytest.fixture
def modules(modules_page: tuple[Page, list[str]]) -> Iterator[Modules]:
    """Return the page's modules; fail when the page reports an error."""
    page, errors = modules_page
    errors.clear()
    yield Modules(page)
    assert errors == []
