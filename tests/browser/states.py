"""States of the pages as somebody meets them: each is brought about on a fresh page."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visits import RUNS, START, Visit


def catalogue(visit: Visit) -> None:
    """All labs."""
    visit.open("/r/local")


def error(visit: Visit) -> None:
    """A page that is not there."""
    visit.open("/r/local/labs/no/lab")


def untouched(visit: Visit) -> None:
    """A workbench, before anything was pressed."""
    visit.bench("udp/transform")


def talking(visit: Visit) -> None:
    """Two clients and a server that answers."""
    visit.start("tcp/transform")
    visit.add_client()
    visit.send(0)
    visit.send(1)
    expect(visit.page.locator(".log__entry--received")).to_have_count(2)


def backlog(visit: Visit) -> None:
    """A client that waits until the server has done with another; then it is done."""
    visit.start("chat/log")
    visit.send(0)
    visit.add_client()
    visit.send(1)


def chat(visit: Visit) -> None:
    """A chat, and the threads that serve it."""
    visit.start("chat/threads")
    visit.show("lanes")


def to_nobody(visit: Visit) -> None:
    """A datagram to a server that was stopped."""
    visit.start("udp/hello")
    visit.send()
    visit.page.get_by_role("button", name=re.compile("^(Stop|Остановить)$")).first.click()
    expect(visit.page.locator("run-state")).to_have_attribute("data-state", "exited")
    visit.send()


def failure(visit: Visit) -> None:
    """A program that does not know its arguments."""
    visit.start("tcp/echo", args="--nonsense", until="exited|crashed|failed")


def printed_help(visit: Visit) -> None:
    """A program that has printed its help, which is longer than the note of it."""
    visit.start("tcp/echo", args="--help", until="exited|crashed|failed")
    expect(visit.page.locator("#run-failure .failure__meaning")).to_contain_text("usage")


def many_answers(visit: Visit) -> None:
    """Answers to a form, of which not all are in sight."""
    visit.start("tcp/trapezoid")
    card = visit.page.locator("client-card")
    for _ in range(12):
        card.locator("button[type=submit]").first.click()
    expect(card.locator(".form__history li")).to_have_count(11)


def past(visit: Visit) -> None:
    """A moment that has passed, in a second take."""
    talking(visit)
    visit.page.get_by_role("button", name=re.compile("^(New take|Новый дубль)$")).click()
    expect(visit.page.locator(".take__number")).to_be_visible()
    visit.page.locator(".see__slider").press("Home")


def docked(visit: Visit) -> None:
    """The console below all columns, the first of which is folded."""
    talking(visit)
    visit.page.locator(".console__dock").click()
    visit.page.get_by_role("separator").first.press("Enter")


def threads(visit: Visit) -> None:
    """Threads that wait for each other, while they do."""
    visit.start("threads/semaphore")
    expect(visit.page.locator(".lane-wait").first).to_be_attached()


def threads_over(visit: Visit) -> None:
    """Threads that have waited for each other."""
    visit.start("threads/condition", args="--speed 10", until="exited")


def events(visit: Visit) -> None:
    """The list of events, one of them open."""
    talking(visit)
    visit.show("list")
    visit.page.locator("event-list .event").first.evaluate("row => row.click()")


def calls(visit: Visit) -> None:
    """The diagram with its calls, one of them explained."""
    talking(visit)
    visit.show("calls")
    visit.page.locator("sequence-diagram .item").first.evaluate(
        "item => item.dispatchEvent(new MouseEvent('click', { bubbles: true }))"
    )


def program(visit: Visit) -> None:
    """A client.py beside the server, in the console."""
    visit.start("tcp/echo")
    visit.page.locator("run-console button", has_text="client.py").first.click()
    expect(visit.page.locator("run-console [role=tab]")).to_have_count(2)


def pages_of_http(visit: Visit) -> None:
    """The small browser of the HTTP lab."""
    visit.start("http/page")


def differences(visit: Visit) -> None:
    """What a lab has that another has not, on a page of its own."""
    visit.open("/r/local/labs/chat/numbered/differences?with=chat/threads")


def promises(visit: Visit) -> None:
    """What a first version does not promise, unfolded."""
    visit.open("/r/local/labs/tcp/echo/differences")
    visit.page.locator(".diff-promises summary").first.click()
    expect(visit.page.locator(".diff-promises li").first).to_be_visible()


def promises_beside(visit: Visit) -> None:
    """The same on a workbench, where each can be tried."""
    visit.open("/r/local/labs/tcp/echo#differences")
    visit.page.locator(".diff-promises summary").first.click()
    expect(visit.page.locator(".diff-promises li button").first).to_be_visible()


def first_version(visit: Visit) -> None:
    """A first version of a lab's server, which runs."""
    visit.open("/r/local/labs/udp/hello#first_server.py")
    visit.page.locator("#panel-first_server\\.py .first-start").click()
    expect(visit.page.locator("run-state")).to_have_attribute("data-state", RUNS)


def first_demo(visit: Visit) -> None:
    """A first version of a demo, which runs."""
    visit.open("/r/local/labs/threads/semaphore#first_demo.py")
    visit.page.locator("#panel-first_demo\\.py .first-start").click()
    expect(visit.page.locator("run-state")).to_have_attribute("data-state", RUNS)


def first_server_over(visit: Visit) -> None:
    """A first version of a server that has served its one client, and has ended."""
    visit.open("/r/local/labs/udp/hello#first_server.py")
    visit.page.locator("#panel-first_server\\.py .first-start").click()
    state = visit.page.locator("run-state")
    expect(state).to_have_attribute("data-state", RUNS)
    visit.send()
    visit.page.locator("run-panel .run__button").click()
    expect(state).to_have_attribute("data-state", re.compile("^(exited|crashed|failed)$"))


def print_sheet(visit: Visit) -> None:
    """A lab as it is printed, with room for answers."""
    visit.bench("udp/hello")
    visit.page.emulate_media(media="print")


def guide(visit: Visit) -> None:
    """A step of the walk through a program."""
    visit.open("/r/local/labs/tcp/echo#server.py")
    visit.page.locator(".panel.is-shown .dock-open").click()
    expect(visit.page.locator(".panel.is-shown .note.is-open")).to_be_visible()


def keys(visit: Visit) -> None:
    """All keys of a workbench."""
    visit.bench("tcp/echo")
    visit.page.keyboard.press("?")
    expect(visit.page.get_by_role("dialog")).to_be_visible()


def replay(visit: Visit) -> None:
    """The page of recordings, before one is chosen."""
    visit.open("/replay")


def recording(visit: Visit) -> None:
    """A recording."""
    visit.open("/replay?example=1")
    expect(visit.page.locator("playback-bar")).to_be_visible()


def doctor(visit: Visit) -> None:
    """What the machine can do."""
    visit.open("/r/local/doctor")


def api(visit: Visit) -> None:
    """The description of the API."""
    visit.open("/api/docs")


def home(visit: Visit) -> None:
    """The door of a hosted playground."""
    visit.open("/", hosted=True)


def join(visit: Visit) -> None:
    """An invitation to a room."""
    _, code = visit.make_room()
    visit.open(f"/join/{code}", hosted=True)


def class_view(visit: Visit) -> None:
    """A class, as its host sees it."""
    room, _ = visit.make_room()
    visit.open(f"/r/{room}/class", hosted=True)
    expect(visit.page.locator("class-desk")).to_have_count(2)


def room_panel(visit: Visit) -> None:
    """A workbench of a class, the panel of the room open."""
    room, _ = visit.make_room()
    visit.open(f"/r/{room}/labs/tcp/echo", hosted=True)
    visit.page.locator("room-panel button").first.click()


def guest(visit: Visit) -> None:
    """A workbench of a class, as a guest sees it, with a server at work."""
    room, _ = visit.make_room(as_guest=True)
    visit.open(f"/r/{room}/labs/udp/hello", hosted=True)
    visit.page.get_by_role("button", name=START).first.click()
    expect(visit.page.locator("run-state")).to_have_attribute("data-state", RUNS)
    visit.send()


def guest_arguments(visit: Visit) -> None:
    """What a program takes of guests, and what it does not."""
    room, _ = visit.make_room(as_guest=True)
    visit.open(f"/r/{room}/labs/udp/time", hosted=True)
    visit.page.locator("run-panel summary").click()
    visit.page.locator("#run-args").fill("--host 0.0.0.0")


def guest_of_class(visit: Visit) -> None:
    """The catalogue of a class, as a guest sees it."""
    room, _ = visit.make_room(as_guest=True)
    visit.open(f"/r/{room}", hosted=True)


WORKBENCHES = (
    *(untouched, talking, backlog, chat, to_nobody, failure, threads, threads_over, events, calls),
    *(program, pages_of_http, keys, guide, print_sheet, printed_help, many_answers, past, docked),
)
FIRST_VERSIONS = (first_version, first_demo, first_server_over, promises, promises_beside)
CLASSES = (home, join, class_view, room_panel, guest, guest_arguments, guest_of_class)
STATES: dict[str, Callable[[Visit], None]] = {
    state.__name__: state
    for state in (
        *(catalogue, error, differences, replay, recording, doctor, api),
        *(*WORKBENCHES, *FIRST_VERSIONS, *CLASSES),
    )
}
