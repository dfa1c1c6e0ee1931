"""What is pressed before the page has heard what runs is done once it has."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import OpenBench
from tests.browser.looks import let_all_come, let_draw
from tests.server import Playground
from tests.sweeps import in_the_soak


def hold_events(page: Page) -> Callable[[], None]:
    """Keep the room's events from the page, whichever way it asks, until the answer is called."""
    held: list[WebSocketRoute] = []
    held_plain: list[Route] = []

    def hold(socket: WebSocketRoute) -> None:
        held.append(socket)

    def hold_plain(route: Route) -> None:
        held_plain.append(route)

    page.route_web_socket("**/events?*", hold)
    page.route("**/events?*", hold_plain)

    def let_go() -> None:
        for socket in held:
            socket.connect_to_server()
        for route in held_plain:
            route.continue_()
        page.unroute_all()

    return let_go


def start_server(playground: Playground, lab: str) -> str:
    """Start the server of a lab from elsewhere; return its run's id."""
    order = {"lab": lab, "program": "server", "port": 0}
    answer = httpx.post(
        f"{playground.url}/api/rooms/local/runs", json=order, timeout=30, trust_env=False
    )
    return str(answer.json()["id"])


def test_a_message_waits_until_it_is_known_where_to(
    open_bench: OpenBench, page: Page, course: Playground
) -> None:
    start_server(course, "udp/hello")
    let_go = hold_events(page)
    client = open_bench("udp/hello").client()
    client.card.get_by_label("Сообщение").fill("Привет")
    client.press("Отправить")
    expect(client.title).to_have_text("Новый клиент")
    expect(client.failure).to_have_count(0)
    expect(page.locator(".first")).to_be_hidden()  # nor does it say "start the program"
    let_go()
    expect(client.sent).to_have_text("Привет")
    expect(client.received).to_have_count(1)


def test_a_server_that_runs_already_is_not_started_again(
    open_bench: OpenBench, page: Page, course: Playground
) -> None:
    start_server(course, "udp/hello")
    let_go = hold_events(page)
    bench = open_bench("udp/hello")
    bench.press_start()
    let_go()
    expect(bench.state).to_have_attribute("data-state", "listening")
    expect(bench.panel.get_by_role("button", name="Остановить", exact=True)).to_be_enabled()
    runs = httpx.get(f"{course.url}/api/rooms/local", timeout=30, trust_env=False).json()["runs"]
    assert [run["state"] for run in runs if run["exit_status"] is None] == ["listening"]


# Counts what is to be done in a task of its own.
COUNT_TASKS = """window.later = 0;
const ask = setTimeout;
window.setTimeout = (...how) => { window.later += 1; return ask(...how); };"""
# How many of these come in a third of a second.
IN_20_FRAMES = """() => new Promise((resolve) => {
  const before = later;
  let frames = 0;
  const look = () => ++frames < 20 ? requestAnimationFrame(look) : resolve(later - before);
  look();
})"""


def test_what_is_not_known_yet_is_shown_no_more_often_than_it_changes(
    page: Page, course: Playground
) -> None:
    start_server(course, "udp/hello")
    hold_events(page)
    page.add_init_script(COUNT_TASKS)
    page.goto(f"{course.url}/r/local/labs/udp/hello?lang=ru")
    expect(page.locator("run-panel[data-told]")).to_be_visible()
    # Two changes, of which the second comes while the first is being shown.
    page.evaluate("() => [1, 2].map(() => document.dispatchEvent(new Event('failure-hide')))")
    assert any(page.evaluate(IN_20_FRAMES) == 0 for _ in range(30))


# From now on `moved` says how far what is in sight has moved by itself (Layout Instability).
WATCH = """window.moved = 0;
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.moved += value;
}).observe({ type: "layout-shift", buffered: true });"""


def test_on_a_slow_machine_nothing_moves_until_it_is_known_what_runs(
    page: Page, course: Playground
) -> None:
    start_server(course, "udp/hello")  # so that there is something to be known
    hold_events(page)
    page.add_init_script(WATCH)
    page.set_viewport_size({"width": 1350, "height": 940})
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(f"{course.url}/r/local/labs/chat/threads?lang=ru")
    expect(page.locator("run-panel")).to_be_visible()
    expect(page.locator("client-desk")).to_be_visible()
    page.evaluate("() => customElements.whenDefined('port-holder').then(() => true)")  # comes late
    let_draw(page)
    assert page.evaluate("moved") < 0.005


# However long it takes here until all is known, the controls wait for it.
WAIT_FOR_ALL = """addEventListener("DOMContentLoaded", () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("run-panel, run-panel ~ * { animation-delay: 1h }");
  document.adoptedStyleSheets.push(sheet);
});"""


@pytest.mark.parametrize("width", [1350, *in_the_soak(1920)])
def test_nothing_moves_when_it_is_known_what_runs(
    page: Page, course: Playground, width: int
) -> None:
    start_server(course, "chat/threads")
    let_go = hold_events(page)
    for script in (WATCH, WAIT_FOR_ALL):
        page.add_init_script(script)
    page.set_viewport_size({"width": width, "height": 940})
    page.goto(f"{course.url}/r/local/labs/chat/threads?lang=ru")
    expect(page.locator("run-panel[data-told=little]")).to_be_attached()
    let_draw(page)
    let_go()
    expect(page.locator("run-panel .run__address")).to_be_visible()
    expect(page.locator(".first")).to_be_visible()
    expect(page.locator("sequence-diagram")).to_be_visible()
    let_all_come(page)
    let_draw(page)
    assert page.evaluate("moved") < 0.01


# `seen` are the parts of an element that are to be seen as soon as its script is there.
SEEN_EARLY = """(name) => customElements.whenDefined(name).then(() => {
  window.seen = { ...window.seen, [name]:
    [...document.querySelectorAll(name + ", " + name + " *")].filter((each) =>
      each.matches("button, p, .take__number") && each.checkVisibility()).length };
})"""


def test_what_comes_late_shows_nothing_before_it_is_told_what_to_show(
    page: Page, course: Playground
) -> None:
    for name in ("take-bar", "port-holder"):
        page.add_init_script(f"({SEEN_EARLY})('{name}')")
    page.goto(f"{course.url}/r/local/labs/chat/threads?lang=ru")
    expect(page.locator("take-bar").get_by_role("button", name="Новый дубль")).to_be_visible()
    assert page.evaluate("seen") == {"take-bar": 0, "port-holder": 0}
