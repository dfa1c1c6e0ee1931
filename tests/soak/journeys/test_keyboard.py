"""A lab from the catalogue to its end with the keyboard alone: no pointer is there.

After each key the focus has to be in sight, with a ring, and on something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.looks import let_draw
from tests.server import Playground
from tests.soak.journeys.keys import Keys

pytestmark = pytest.mark.soak

ECHO = ".station[data-lab='tcp/echo'] h3 a"
RUN = "run-panel .run__button"
FIELD = "client-card textarea"
MODES = "see-view input[name=see-mode]"
SLIDER = "see-view .see__slider"
LATE = re.compile(r"/lab-report\b.*\.js")


@pytest.fixture
def keys(page: Page) -> Iterator[Keys]:
    """Keys that have found no focus out of sight by the end."""
    found = Keys(page)
    yield found
    assert found.problems == []


def open_echo(keys: Keys, course: Playground) -> None:
    """Come to the workbench from the catalogue."""
    keys.page.goto(f"{course.url}/r/local?lang=en")
    keys.go_to(ECHO)
    keys.page.keyboard.press("Enter")
    keys.page.wait_for_url(re.compile("/labs/tcp/echo"))
    expect(state(keys)).to_have_attribute("data-state", "none")
    expect(keys.page.locator(RUN)).to_be_visible()  # no key finds it before


def state(keys: Keys) -> Locator:
    return keys.page.locator("run-state")


def start(keys: Keys) -> None:
    keys.go_to(RUN)
    keys.press("Enter")
    expect(state(keys)).to_have_attribute("data-state", "listening")
    keys.expect_focus(RUN)


def say(keys: Keys, text: str) -> None:
    """Send a message from the field that has the focus, and see its answer."""
    keys.type(text)
    keys.press("Enter")
    expect(keys.page.locator(".log__entry--received .log__text", has_text=text)).to_be_visible()
    keys.expect_focus(FIELD)


def shown_number(keys: Keys) -> tuple[int, int]:
    """Return at which event of how many the page is."""
    count = keys.page.locator("see-view .see__count")
    expect(count).to_have_text(re.compile(r"event \d+ of \d+"))
    at, of = re.findall(r"\d+", count.inner_text())
    return int(at), int(of)


def test_from_the_catalogue_to_an_answer(keys: Keys, course: Playground) -> None:
    page = keys.page
    open_echo(keys, course)
    start(keys)
    keys.go_to(FIELD)
    say(keys, "by keys")
    keys.go_to(".desk__add")
    keys.press("Enter")
    expect(page.locator("client-card")).to_have_count(2)
    keys.expect_focus("client-card:nth-child(2) textarea")
    keys.go_to(".client__remove", back=True)
    keys.press("Enter")
    expect(page.locator("client-card")).to_have_count(1)
    keys.expect_focus(".desk__add")
    keys.go_to(RUN, back=True)
    keys.press("Enter")
    expect(state(keys)).to_have_attribute("data-state", "exited")
    keys.expect_focus(RUN)


def test_pictures_and_code(keys: Keys, course: Playground) -> None:
    page = keys.page
    open_echo(keys, course)
    start(keys)
    keys.go_to(FIELD)
    say(keys, "look at this")
    keys.go_to(MODES, back=True)
    for mode, picture in (
        *(("hex", "sequence-diagram"), ("calls", "sequence-diagram")),
        *(("lanes", "thread-lanes"), ("list", "event-list"), ("text", "sequence-diagram")),
    ):
        keys.press("ArrowRight")
        assert keys.is_on(f"input[value={mode}]:checked")
        expect(page.locator(picture)).to_be_visible()

    keys.go_to("sequence-diagram .diagram__scroll")
    card = page.locator("sequence-diagram .event-card")
    keys.press("ArrowDown", "ArrowDown")
    expect(card).to_be_visible()
    keys.press("Enter")
    keys.expect_focus("sequence-diagram .diagram__scroll")
    keys.press("Escape")
    expect(card).to_be_hidden()
    keys.press("+", "-", "f", "0", "End", "Home")
    keys.press("ArrowDown")
    expect(card).to_be_visible()
    keys.go_to(".event-card__close")
    keys.press("Enter")
    expect(card).to_be_hidden()
    keys.look("closing the card")

    keys.go_to("lab-reader [role=tab]", back=True)
    keys.press("ArrowRight", "ArrowRight", "End", "Home")
    assert keys.is_on("#tab-task[aria-selected=true]")
    shown = set[str]()
    while not keys.is_on("#tab-server\\.py"):  # past the first versions
        keys.press("ArrowRight")
        name = page.evaluate("document.activeElement.textContent")
        assert name not in shown, f"no way to server.py over {shown}"
        shown.add(name)
    expect(page.locator(".panel.is-shown .code[data-file='server.py']")).to_be_visible()
    keys.go_to(".panel.is-shown .code-scroll")
    keys.press("Shift+ArrowDown", "Shift+ArrowDown")
    expect(page.locator(".code-line.is-sought")).to_be_in_viewport()
    keys.go_to(".panel.is-shown .dock-open")
    keys.press("Enter")
    keys.expect_focus(".dock-next")
    keys.press("n", "p", "Escape")
    keys.look("closing the note")


def test_time(keys: Keys, course: Playground) -> None:
    page = keys.page
    open_echo(keys, course)
    start(keys)
    keys.go_to(FIELD)
    say(keys, "one")
    say(keys, "two")
    keys.go_to(SLIDER, back=True)
    keys.press("ArrowLeft", "ArrowLeft")
    at, of = shown_number(keys)
    assert at < of
    keys.press(",")
    before, _ = shown_number(keys)
    assert before < at
    keys.press(".")
    assert shown_number(keys)[0] == at
    keys.press("Home")
    assert shown_number(keys)[0] <= 1
    keys.press("End")
    expect(page.locator(".see__pause")).to_have_text("Pause")

    keys.press("ArrowLeft", "ArrowLeft")
    keys.go_to("see-view button[aria-keyshortcuts='.']", back=True)
    keys.press("Enter", "Enter", "Enter")  # past the last event it is live again
    expect(page.locator(".see__pause")).to_have_text("Pause")
    keys.look("stepping into the present")
    keys.go_to(".see__pause", back=True)
    keys.press("Enter")
    expect(page.locator(".see__pause")).to_have_text("Live")
    keys.press("Enter")
    expect(page.locator(".see__pause")).to_have_text("Pause")
    keys.expect_focus(".see__pause")

    keys.press("n")
    expect(page.locator(".take__number")).to_have_text("Take 2")
    keys.look("a new take")
    keys.go_to("take-bar button:first-child")
    keys.press("Enter")
    expect(page.locator(".take__number")).to_have_text("Take 1")
    keys.look("the take before")
    if not keys.is_on("take-bar button:nth-child(3)"):
        keys.go_to("take-bar button:nth-child(3)")
    keys.press("Enter")
    expect(page.locator(".take__number")).to_have_text("Take 2")
    keys.look("the take after")


def test_help_and_a_client_that_comes_back(keys: Keys, course: Playground) -> None:
    page = keys.page
    open_echo(keys, course)
    start(keys)
    keys.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    keys.expect_focus("dialog button", "Close")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    keys.expect_focus(RUN)
    keys.go_to(".keys-open", back=True)
    keys.press("Enter")
    expect(dialog).to_be_visible()
    keys.look("opening the help")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    keys.expect_focus(".keys-open")

    keys.go_to(FIELD)
    keys.go_to(".client__action")
    # Each of these goes when it is pressed: the focus goes to what comes in its place.
    keys.expect_focus(".client__action", "Connect")
    page.keyboard.press("Enter")
    expect(page.locator("client-card")).to_have_attribute("data-state", "open")
    keys.expect_focus(".client__action", "Close")
    keys.go_to(".client__action", back=True)
    for action, becomes in (("Finish sending", "closed"), ("Connect again", "open")):
        keys.expect_focus(".client__action", action)
        page.keyboard.press("Enter")
        expect(page.locator("client-card")).to_have_attribute("data-state", becomes)
    keys.expect_focus(".client__action", "Close")


def test_what_comes_late_leaves_the_focus_in_sight(keys: Keys, course: Playground) -> None:
    page, held = keys.page, list[Route]()
    is_held = True

    def hold(route: Route) -> None:
        if is_held:
            held.append(route)
        else:
            route.continue_()

    page.route(LATE, hold)
    open_echo(keys, course)
    keys.go_to("a[rel=next]")
    while not held:
        let_draw(page)
    is_held = False
    for route in held:
        route.continue_()
    expect(page.locator("lab-report button").first).to_be_attached()
    keys.look("the report has come")


def test_every_stop_of_a_workbench_at_work(keys: Keys, course: Playground) -> None:
    page = keys.page
    open_echo(keys, course)
    start(keys)
    keys.go_to(FIELD)
    say(keys, "hello")
    for mode in ("text", "lanes", "list"):
        page.locator(f"see-view input[value={mode}]").focus()
        page.keyboard.press("Space")
        stops = keys.stops()
        assert len(stops) > 20
        assert len(stops) < 80


def test_every_stop_of_the_catalogue(keys: Keys, course: Playground) -> None:
    page = keys.page
    open_echo(keys, course)
    start(keys)
    page.goto(f"{course.url}/r/local?lang=en")
    expect(page.locator(".running-item")).to_be_visible()
    assert len(keys.stops()) > 20
    keys.press("/")
    assert keys.is_on("#filter")
    keys.type("echo")
    expect(page.locator(".station:not([hidden])")).to_have_count(1)
    keys.press("Escape")
    keys.go_to(".running-stop")
    keys.press("Enter")
    expect(page.locator(".running-item")).to_have_count(0)
    keys.look("stopping what runs")
